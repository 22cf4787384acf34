//! What ARCHITECTURE.md and README.md say is true of the tree.

use std::collections::BTreeSet;
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
    for member in ["sb-run", "sb-trace", "sb-report"] {
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
    let lower = ["read", "carrier", "payload", "statement", "event"];
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
