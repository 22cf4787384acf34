//! Wrong use and broken files: a clear message, the right exit code, nothing left behind.

use crate::sandbox::{Sandbox, need_python};

#[test]
fn no_benchmark_file() {
    let sandbox = Sandbox::new();
    sandbox.write("bench.py", "");
    sandbox.run("test").code(2).says("holds no *_benchmark.py").says("--file");
    assert_eq!(sandbox.files(), ["bench.py"]);
}

#[test]
fn several_benchmark_files() {
    let sandbox = Sandbox::fixture("empty");
    sandbox.write("b_benchmark.py", "");
    sandbox
        .run("prepare")
        .code(2)
        .says("2 benchmark files")
        .says("b_benchmark.py, empty_benchmark.py")
        .says("--file=b_benchmark.py");
    need_python!();
    sandbox.run("test --file=empty_benchmark.py").code(0);
}

#[test]
fn a_file_that_is_a_pattern() {
    need_python!();
    let sandbox = Sandbox::fixture("empty");
    sandbox.write("cleanup_bench.py", &sandbox.read("empty_benchmark.py"));
    sandbox.run("test --file=empty*.py").code(0);
    sandbox.run("test --file cleanup_bench.py").code(0);
    sandbox.run("validate --file=*.py").code(2).says("2 benchmark files");
    sandbox.run("validate --file=none*.py").code(2).says("holds no none*.py");
}

#[test]
fn verbs_of_the_original_are_known() {
    let sandbox = Sandbox::new();
    sandbox.run("get_traces").code(2).says("here: sb-run collect");
    sandbox.run("analyze-traces").code(2).says("sb-trace stats");
    sandbox.run("login aws").code(2).says("sb-run shell aws_cli");
}

#[test]
fn a_file_that_does_not_exist() {
    let sandbox = Sandbox::new();
    sandbox.run("--file gone_benchmark.py").code(2).says("gone_benchmark.py: no such file");
    assert!(sandbox.files().is_empty());
}

#[test]
fn no_python() {
    let sandbox = Sandbox::fixture("empty");
    let mut command = sandbox.command("test");
    let output = command.env("SB_PYTHON", "/nowhere/python3").output().unwrap();
    crate::sandbox::Said::new(&output)
        .code(2)
        .says("cannot start '/nowhere/python3', which runs the hooks: no such file")
        .says("Python 3.8 or newer");
    assert_eq!(sandbox.files(), ["empty_benchmark.py"]);
    assert!(!sandbox.path("out").exists());

    let output =
        sandbox.command("test").env_remove("SB_PYTHON").env("PATH", "/nowhere").output().unwrap();
    crate::sandbox::Said::new(&output).code(2).says("cannot start 'python3'");
}

#[test]
fn an_old_python() {
    need_python!();
    let sandbox = Sandbox::fixture("empty");
    let python = crate::sandbox::python().unwrap().display();
    // A Python that says it is old: the check comes first, before anything new is used.
    sandbox.write(
        "old",
        &format!("#!/bin/sh\nexec {python} -c \"import sys; sys.version_info = (3, 7, 9)\n$2\"\n"),
    );
    let script = sandbox.path("old");
    assert!(std::process::Command::new("chmod").arg("+x").arg(&script).status().unwrap().success());
    let output = sandbox.command("test").env("SB_PYTHON", &script).output().unwrap();
    crate::sandbox::Said::new(&output).code(2).says("is Python 3.7.9; hooks need 3.8 or newer");
}

#[test]
fn an_interpreter_that_is_none() {
    let sandbox = Sandbox::fixture("empty");
    let output = sandbox.command("test").env("SB_PYTHON", "/bin/false").output().unwrap();
    crate::sandbox::Said::new(&output).code(2).says("'/bin/false' ended before it could load");
}

#[test]
fn unreadable_yaml() {
    need_python!();
    let sandbox = Sandbox::broken("unreadable_yaml");
    sandbox
        .run("test")
        .code(2)
        .says("unreadable_yaml_benchmark.py:9:")
        .says("BENCHMARK_CONFIG is not valid YAML");
    assert!(!sandbox.path("out").exists());
    assert_eq!(sandbox.files(), ["unreadable_yaml_benchmark.py"]);
}

#[test]
fn a_configuration_that_is_none() {
    need_python!();
    Sandbox::broken("no_config").run("test").code(2).says("BENCHMARK_CONFIG is missing");
    Sandbox::broken("config_is_a_dict")
        .run("test")
        .code(2)
        .says("_benchmark.py:3: ")
        .says("of type dict");
}

#[test]
fn missing_hooks_are_named_before_anything_runs() {
    need_python!();
    let sandbox = Sandbox::broken("missing_hook");
    for verb in ["test", "prepare", "validate"] {
        sandbox
            .run(verb)
            .code(2)
            .says("missing hook: cleanup; invoke is not a function")
            .says("def cleanup(spec)")
            .never_says("must not run");
    }
    assert!(!sandbox.path("out").exists());
}

#[test]
fn a_file_that_is_no_python() {
    need_python!();
    Sandbox::broken("syntax_error")
        .run("test")
        .code(2)
        .says("syntax_error_benchmark.py:9: ")
        .says("SyntaxError");
    Sandbox::broken("missing_module")
        .run("test")
        .code(2)
        .says("missing_module_benchmark.py:3: ")
        .says("No module named 'no_such_module_anywhere'")
        .says("python3 -m pip install");
    let sandbox = Sandbox::with("import sys\nsys.exit(5)\n");
    sandbox.run("test").code(2).says("x_benchmark.py:6: ").says("sys.exit(5)");
}

#[test]
fn a_hook_that_raises() {
    need_python!();
    let sandbox = Sandbox::broken("raising");
    sandbox
        .run("test")
        .code(1)
        .says("invoke failed: ")
        .says("raising_benchmark.py:14: ValueError: boom 42")
        .never_says("Traceback")
        .says("cleanup done");
    assert_eq!(sandbox.log("cleanup.log"), "cleaning up a bucket\n");
    let log = sandbox.log("invoke-0001.log");
    assert!(
        log.starts_with("about to fail\n")
            && log.contains("line 19, in invoke")
            && log.contains("boom 42"),
        "{log}"
    );
    assert!(!log.contains("<sb-run>"), "{log}");
    let outcome = sandbox.log("run.yaml");
    assert!(outcome.contains("outcome: raised") && outcome.contains("boom 42"), "{outcome}");
    assert_eq!(sandbox.files(), ["raising_benchmark.py"]);
}

#[test]
fn a_chain_goes_on_with_its_own_cleanup_only() {
    need_python!();
    let sandbox = Sandbox::broken("raising");
    sandbox.run("prepare invoke").code(1).never_says("cleanup ...");
    assert_eq!(sandbox.files(), [".sb", "raising_benchmark.py", "workload_options.json"]);
    sandbox.run("invoke cleanup").code(1).says("cleanup done");
    assert_eq!(sandbox.files(), ["raising_benchmark.py"]);
    sandbox.only_run();
}

#[test]
fn a_hook_that_leaves() {
    need_python!();
    let hooks = |leave: &str| {
        format!(
            "import os, sys\ndef prepare(spec):\n    spec['a'] = 1\n    {leave}\ndef invoke(spec): pass\ndef cleanup(spec): print('a is', spec['a'])\n"
        )
    };
    let test = |leave: &str| Sandbox::with(&hooks(leave));
    let sandbox = test("sys.exit(3)");
    sandbox.run("test").code(1).says("x_benchmark.py:8: sys.exit(3)");
    assert_eq!(sandbox.log("cleanup.log"), "a is 1\n");
    let sandbox = test("sys.exit('no quota')");
    sandbox.run("test").code(1).says("sys.exit(no quota)");
    test("sys.exit(0)").run("test").code(0);
    for code in [0, 9] {
        let sandbox = test(&format!("os._exit({code})"));
        sandbox
            .run("test")
            .code(1)
            .says(&format!("the process ended with code {code} before the function returned"));
        assert_eq!(sandbox.log("cleanup.log"), "a is 1\n");
    }
    let sandbox = test("os.kill(os.getpid(), 9)");
    sandbox.run("test").code(1).says("the process was ended by signal 9");
    assert_eq!(sandbox.log("cleanup.log"), "a is 1\n");
}

#[test]
fn a_hook_that_takes_no_spec() {
    need_python!();
    let sandbox =
        Sandbox::with("def prepare(): pass\ndef invoke(spec): pass\ndef cleanup(spec): pass\n");
    for verb in ["test", "validate"] {
        sandbox.run(verb).code(2).says("prepare takes 0 arguments, but is called with one");
    }
    let sandbox = Sandbox::with(
        "def prepare(*all): pass\ndef invoke(spec, more=1): pass\nclass C:\n    def __call__(self, spec): print('called')\ncleanup = C()\n",
    );
    sandbox.run("test").code(0).says("called");
}

#[test]
fn dynamic_must_be_replaced_by_prepare() {
    need_python!();
    let hooks = "def prepare(spec): spec['endpoint'] = 'DYNAMIC'\ndef invoke(spec): print('must not run')\ndef cleanup(spec): pass\n";
    let sandbox = Sandbox::with(hooks);
    sandbox
        .run("test")
        .code(1)
        .says("endpoint still is DYNAMIC at invoke")
        .never_says("must not run")
        .says("cleanup done");
}

#[test]
fn no_message_is_a_dump() {
    need_python!();
    for name in ["raising", "missing_hook", "unreadable_yaml", "syntax_error", "no_config"] {
        let said = Sandbox::broken(name).run("test");
        for word in ["panicked", "Error {", "Some(", "os error", "Traceback", "\u{1b}"] {
            assert!(!said.stderr.contains(word), "{word} in {said:#?}");
        }
    }
}
