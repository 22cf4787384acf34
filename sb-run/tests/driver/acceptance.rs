//! What the original's own tests ask of a driver, case by case, under their names. Images are
//! small ones of this machine, as no registry is at hand.

use crate::engine::{SHELL, need_engine};
use crate::sandbox::{Sandbox, need_python};

fn benchmark(config: &str, hooks: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(
        "x_benchmark.py",
        &format!("import os\nBENCHMARK_CONFIG = '''\n{config}'''\nIMAGE = '{SHELL}'\n{hooks}"),
    );
    sandbox
}

#[track_caller]
fn has(sandbox: &Sandbox, line: &str) {
    let told = sandbox.log("run.yaml");
    assert!(told.lines().any(|found| found.trim() == line), "no '{line}' in {told}");
}

#[test]
fn check_on_prepare() {
    need_engine!();
    let sandbox = benchmark(
        "x: {}\n",
        "def prepare(spec): spec.run('false', IMAGE)\ndef invoke(spec): pass\ndef cleanup(spec): pass\n",
    );
    sandbox
        .run("prepare")
        .code(1)
        .says("RuntimeError: The spec.run() command `false` exited unsuccessfully.");
}

#[test]
fn no_check_on_cleanup() {
    need_engine!();
    let sandbox = benchmark(
        "x: {}\n",
        "def prepare(spec): pass\ndef invoke(spec): pass\ndef cleanup(spec):\n    spec.run('false', IMAGE)\n    spec.run('echo second', IMAGE)\n    print('returned')\n",
    );
    // It does not raise; that something failed is said by the exit code, and the state is kept.
    sandbox.run("cleanup").code(1).says("going on: false").says("the state is kept");
    assert_eq!(sandbox.log("cleanup.log"), "second\nreturned\n");
}

#[test]
fn empty_benchmark_lifecycle() {
    need_python!();
    let sandbox = Sandbox::fixture("empty");
    for words in ["", "--local", "prepare invoke cleanup"] {
        sandbox.run(words).code(0);
    }
    need_engine!();
    let mut command = sandbox.command("test --docker");
    let output = command.env("SB_IMAGE", crate::engine::PYTHON).output().unwrap();
    crate::sandbox::Said::new(&output).code(0).says("hooks run in sb-run-test/python:1");
}

#[test]
fn invoke_without_config() {
    need_python!();
    let sandbox = Sandbox::fixture("empty");
    sandbox.run("invoke single cleanup --file=empty_benchmark.py").code(0);
    sandbox.run("invoke 10 --file=empty_benchmark.py").code(0);
    assert_eq!(sandbox.read("workload_options.json"), r#"{"vus": 1, "iterations": 10}"#);
}

#[test]
fn attributes_pass_static_prepare_invoke_cleanup_in_one_test_and_stepwise() {
    need_python!();
    let hooks = "def prepare(spec): spec['p'] = spec['static'] + ' prepare'
def invoke(spec): spec['i'] = spec['p'] + ' invoke'
def cleanup(spec):
    spec['c'] = spec['i'] + ' cleanup'
    print(spec['c'])
";
    let all = "static prepare invoke cleanup\n";
    let sandbox = benchmark("x:\n  static: static\n", hooks);
    sandbox.run("test").code(0);
    assert_eq!(sandbox.log("cleanup.log"), all);
    let sandbox = benchmark("x:\n  static: static\n", hooks);
    sandbox.run("prepare").code(0);
    assert_eq!(sandbox.run("config get p").stdout, "static prepare\n");
    sandbox.run("invoke").code(0);
    assert_eq!(sandbox.run("config get i").stdout, "static prepare invoke\n");
    sandbox.run("cleanup").code(0);
    assert_eq!(sandbox.log("cleanup.log"), all);
}

#[test]
fn mock_sample_benchmark_and_logged_in_credentials() {
    need_engine!();
    // `git` and the provider's command line are programs of the folder that is mounted.
    let sandbox = benchmark(
        "x:\n  provider: aws\n  endpoint: DYNAMIC\n",
        "def prepare(spec):
    assert 'arn:' in spec.run('./aws sts get-caller-identity', image=IMAGE)
    spec['endpoint'] = 'my-function.com'
    spec['git_version'] = spec.run('./git --version', image=IMAGE).rstrip().split(' ')[-1]
def invoke(spec): spec['result'] = spec['endpoint']
def cleanup(spec): pass
",
    );
    sandbox.tool("aws", "echo arn:aws:iam::1:user/x");
    sandbox.tool("git", "echo git version 2.30.1");
    for name in ["aws", "git"] {
        std::fs::rename(sandbox.path("bin").join(name), sandbox.path(name)).unwrap();
    }
    sandbox.run("test").code(0);
    has(&sandbox, "result: my-function.com");
    has(&sandbox, "git_version: 2.30.1");
    sandbox.run("prepare invoke 2 cleanup --file=x_benchmark.py --debug=True").code(0);
}

#[test]
fn k6_in_an_image_of_ones_own() {
    need_engine!();
    let sandbox = benchmark(
        "x: {}\n",
        "def prepare(spec): spec.build('sb-run-test/k6:1')
def invoke(spec): spec.run_k6({'URL': \"it's\"}, image='sb-run-test/k6:1')
def cleanup(spec): pass
",
    );
    sandbox.write("Dockerfile", &format!("FROM {SHELL}\nCOPY k6 /bin/k6\n"));
    sandbox.tool("k6", "for word; do echo \"[$word]\"; case $word in csv=*) echo metric_name > \"${word#csv=}\";; esac; done; cat workload_options.json; echo");
    std::fs::rename(sandbox.path("bin/k6"), sandbox.path("k6")).unwrap();
    sandbox.run("prepare invoke 4 cleanup").code(0).never_says("--repeat");
    let log = sandbox.log("invoke-0001.log");
    assert!(
        log.contains("[URL=it's]") && log.ends_with("{\"vus\": 1, \"iterations\": 4}\n"),
        "{log}"
    );
    let kept = std::fs::read_dir(sandbox.only_run())
        .unwrap()
        .any(|entry| entry.unwrap().file_name().to_string_lossy().starts_with("k6_metrics"));
    assert!(kept);
    crate::engine::docker(&["rmi", "sb-run-test/k6:1"]).unwrap();
}

#[test]
fn two_benchmarks_in_one_folder_and_a_path_that_does_not_exist() {
    need_python!();
    let sandbox = Sandbox::new();
    for name in ["a", "b"] {
        sandbox.write(&format!("{name}_benchmark.py"), &format!("BENCHMARK_CONFIG = '{name}: {{}}'\ndef prepare(spec): spec['mine'] = '{name}'\ndef invoke(spec): pass\ndef cleanup(spec): print(spec['mine'])\n"));
        sandbox.run(&format!("prepare --file {name}_benchmark.py")).code(0);
    }
    sandbox.run("cleanup --file a_benchmark.py").code(0).says("\na\n");
    assert!(sandbox.path(".sb/config.yml").exists(), "b is still open");
    sandbox.run("cleanup --file b_benchmark.py").code(0).says("\nb\n");
    assert!(!sandbox.path(".sb").exists());
    sandbox.run("prepare --file /nowhere/x_benchmark.py").code(2).says("/nowhere/x_benchmark.py");
}
