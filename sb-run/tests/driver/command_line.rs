//! Verbs, flags, help, and the papers made from them.

use crate::sandbox::{Sandbox, need_python};

#[test]
fn help_is_an_answer_and_wrong_use_is_not() {
    let sandbox = Sandbox::new();
    let help = sandbox.run("--help").code(0);
    assert!(
        help.stdout.contains("sb-run prepare invoke 10 cleanup")
            && help.stdout.contains("--on-interrupt"),
        "{help:#?}"
    );
    assert!(sandbox.run("invoke --help").code(0).stdout.contains("sb-run invoke --repeat 5"));
    assert!(sandbox.run("--version").code(0).stdout.starts_with("sb-run 0."));
    for words in [
        "fly",
        "--docker --local",
        "invoke custom",
        "invoke steady",
        "invoke 0",
        "wait soon",
        "--timeout 20",
        "--repeat=0",
        "invoke -5",
    ] {
        let said = sandbox.run(words).code(2);
        assert!(!said.stderr.is_empty() && said.stdout.is_empty(), "{said:#?}");
    }
}

#[test]
fn completions_and_manual() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            sandbox.run(&format!("completions {shell}")).code(0).stdout.contains("on-interrupt")
        );
    }
    let page = sandbox.run("man").code(0).stdout;
    assert!(page.contains(".TH sb-run") && page.contains("sb-run-invoke"), "{page}");
}

#[test]
fn flags_stand_anywhere_and_underscores_are_hyphens() {
    need_python!();
    let sandbox = Sandbox::fixture("empty");
    sandbox
        .run("--on_interrupt=keep prepare --out=elsewhere invoke 2 --reset_config cleanup --local")
        .code(0);
    assert_eq!(std::fs::read_dir(sandbox.path("elsewhere/runs")).unwrap().count(), 1);
    assert_eq!(
        sandbox
            .run("empty_benchmark.py --dry-run")
            .code(0)
            .stdout
            .matches("prepare, invoke, collect, cleanup")
            .count(),
        1
    );
}

#[test]
fn python3_from_the_path_is_used() {
    need_python!();
    let sandbox = Sandbox::fixture("empty");
    let output = sandbox.command("").env_remove("SB_PYTHON").output().unwrap();
    crate::sandbox::Said::new(&output).code(0).says("cleanup done");
}

#[test]
fn validate_and_status_of_a_file() {
    need_python!();
    let sandbox = Sandbox::fixture("empty");
    assert_eq!(
        sandbox.run("validate").code(0).stdout,
        "empty_benchmark.py: benchmark empty_benchmark: valid\n"
    );
    assert_eq!(sandbox.run("status").code(0).stdout, "no run is open\n");
    assert_eq!(sandbox.files(), ["empty_benchmark.py"]);
    sandbox.run("prepare").code(0);
    let status = sandbox.run("status").code(0).stdout;
    assert!(
        status.contains("run        empty_benchmark-") && status.contains("prepare 1"),
        "{status}"
    );
}

#[test]
fn a_benchmark_in_another_folder() {
    need_python!();
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("app")).unwrap();
    let fixture = Sandbox::fixture("values");
    for name in fixture.files() {
        std::fs::copy(fixture.path(&name), sandbox.path("app").join(&name)).unwrap();
    }
    sandbox.run("test --file app").code(0);
    sandbox.run("prepare --file=app/values_benchmark.py").code(0);
    assert!(sandbox.path("app/.sb/config.yml").exists());
    assert_eq!(sandbox.runs().len(), 2, "out/ is where sb-run was called");
}
