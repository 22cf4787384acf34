//! What ARCHITECTURE.md and README.md say is true of the tree.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn text(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// All Rust files of the workspace, relative to its root.
fn sources() -> Vec<PathBuf> {
    let root = root();
    ["sb-run", "sb-trace", "sb-report", "tests"]
        .iter()
        .flat_map(|member| walkdir::WalkDir::new(root.join(member)).sort_by_file_name())
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .map(|path| path.strip_prefix(&root).unwrap().to_owned())
        .collect()
}

/// Files whose code (not comments) holds `needle`.
fn using(needle: &str) -> BTreeSet<String> {
    let in_code = |path: &PathBuf| {
        text(path).lines().any(|line| !line.trim_start().starts_with("//") && line.contains(needle))
    };
    let files = sources().into_iter().filter(|path| !path.starts_with("tests"));
    files.filter(in_code).map(|path| path.to_string_lossy().into_owned()).collect()
}

#[test]
fn every_path_in_the_architecture_exists() {
    let page = text("ARCHITECTURE.md");
    let mut seen = 0;
    for word in page.split('`').skip(1).step_by(2) {
        if word.contains('/') && !word.contains([' ', '*', '<']) {
            assert!(
                root().join(word).exists(),
                "ARCHITECTURE.md names `{word}`, which does not exist"
            );
            seen += 1;
        }
    }
    assert!(seen > 10, "no paths were found in ARCHITECTURE.md");
}

#[test]
fn every_module_folder_is_in_the_architecture() {
    let page = text("ARCHITECTURE.md");
    // Those of sb-trace are in a list that `a_module_uses_only_those_before_it` reads.
    for member in ["sb-run", "sb-report"] {
        for entry in std::fs::read_dir(root().join(member).join("src")).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                let name = format!("`{member}/src/{}/`", entry.file_name().to_string_lossy());
                assert!(page.contains(&name), "ARCHITECTURE.md does not name {name}");
            }
        }
    }
}

#[test]
fn files_say_what_they_are_for() {
    for path in sources() {
        // Unit tests in a file of their own belong to the file that names them.
        let headed = text(&path).starts_with("//!") || path.ends_with("tests.rs");
        assert!(headed, "{} has no header", path.display());
    }
}

#[test]
fn libraries_stay_in_their_place() {
    let polars = using("polars::");
    // What stands before the events knows nothing of frames.
    let lower = ["read", "format", "body", "statement", "event"];
    let is_lower = |path: &&String| {
        lower.iter().any(|part| path.starts_with(&format!("sb-trace/src/{part}/")))
    };
    let found: Vec<&String> = polars.iter().filter(is_lower).collect();
    assert!(polars.len() > 3 && found.is_empty(), "{found:?}");
    let plotters = using("plotters");
    let allowed = |path: &String| {
        ["sb-report/src/figure/", "sb-report/src/render/"].iter().any(|p| path.starts_with(p))
    };
    assert!(!plotters.is_empty() && plotters.iter().all(allowed), "{plotters:?}");
    assert_eq!(using("serde_yaml::"), BTreeSet::from(["sb-run/src/benchmark/yaml.rs".to_owned()]));
}

/// The code of a file without comments and unit tests.
fn code(path: &Path) -> String {
    let text = text(path);
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    code.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

/// The files of a program, each with the module of the first level that it belongs to; tests left out.
fn files_of(program: &str) -> Vec<(String, PathBuf)> {
    let folder = PathBuf::from(program).join("src");
    let in_folder = sources().into_iter().filter_map(|path| {
        let inside = path.strip_prefix(&folder).ok()?;
        let module = inside.components().next()?.as_os_str().to_string_lossy();
        let module = module.trim_end_matches(".rs").to_owned();
        let is_test = inside.components().any(|part| part.as_os_str() == "tests")
            || inside.ends_with("tests.rs");
        let is_root = matches!(module.as_str(), "lib" | "main");
        (!is_test && !is_root).then(|| (module, path.clone()))
    });
    in_folder.collect()
}

/// The words in backquotes of a part of ARCHITECTURE.md that are names of modules, in their order.
fn modules_in(from: &str, to: &str, of_line: impl Fn(&str) -> String) -> Vec<String> {
    let page = text("ARCHITECTURE.md");
    let part = page.split(from).nth(1).unwrap().split(to).next().unwrap();
    let lines: Vec<String> = part.lines().map(of_line).collect();
    let words = lines.iter().flat_map(|line| line.split('`').skip(1).step_by(2));
    words.map(str::to_owned).collect()
}

#[test]
fn a_module_uses_only_those_before_it() {
    let first_cell = |line: &str| line.split('|').nth(1).unwrap_or_default().to_owned();
    let of_trace = modules_in("### Modules of sb-trace", "The rules themselves", first_cell);
    let of_report = modules_in("each using only those before it:", "## Invariants", str::to_owned);
    for (program, order) in [("sb-trace", of_trace), ("sb-report", of_report)] {
        let place = |module: &str| order.iter().position(|known| known == module);
        let files = files_of(program);
        assert!(files.len() > 20);
        for (module, path) in files {
            let own = place(&module);
            assert!(
                own.is_some(),
                "ARCHITECTURE.md does not say where `{module}` of {program} stands"
            );
            for used in code(&path).split("crate::").skip(1) {
                // One name, or several in braces.
                let names =
                    used.strip_prefix('{').map_or(used, |list| list.split('}').next().unwrap());
                let several = used.starts_with('{');
                let names = names.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
                let names: Vec<&str> =
                    if several { names.collect() } else { names.take(1).collect() };
                for name in names {
                    if let Some(other) = place(name) {
                        assert!(
                            Some(other) <= own,
                            "{}: {module} uses {name}, which stands behind it",
                            path.display()
                        );
                    }
                }
            }
        }
        for known in &order {
            let exists = files_of(program).iter().any(|(module, _)| module == known);
            assert!(
                exists,
                "ARCHITECTURE.md names a module `{known}` of {program} that is not there"
            );
        }
    }
}

#[test]
fn two_types_of_one_name_do_not_exist() {
    for program in ["sb-trace", "sb-report", "sb-run"] {
        let mut seen: BTreeMap<String, PathBuf> = BTreeMap::new();
        for (_, path) in files_of(program) {
            for line in code(&path).lines() {
                // Types inside of functions and implementations are indented.
                let mut words = line.split_whitespace().skip_while(|word| word.starts_with("pub"));
                let is_type = !line.starts_with(' ')
                    && matches!(words.next(), Some("struct" | "enum" | "trait" | "type"));
                let name = words.next().unwrap_or_default();
                let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap();
                if let Some(other) =
                    is_type.then(|| seen.insert(name.to_owned(), path.clone())).flatten()
                {
                    panic!("{} and {} both name a type {name}", other.display(), path.display());
                }
            }
        }
        assert!(seen.len() > 20, "{seen:?}");
    }
}

#[test]
fn sb_run_does_not_link_polars() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--package", "sb-run", "--edges", "normal", "--prefix", "none"])
        .current_dir(root())
        .output()
        .unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    assert!(tree.contains("clap v"), "{tree}");
    assert!(!tree.contains("polars"), "{tree}");
}

#[test]
fn ci_calls_the_test_line_of_the_readme() {
    let readme = text("README.md");
    let line = "cargo test --release --workspace";
    assert!(readme.contains(&format!("```sh\n{line}\n```")));
    assert!(text(".ci/run").lines().any(|l| l == line));
}
