//! What the original's own tests ask of a driver, case by case, under their names. Images are
//! small ones of this machine, as no registry is at hand.

use crate::engine::{SHELL, need_engine, remove_new_volumes};
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
    remove_new_volumes();
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

/// dir_name, higher_root_path, escape_cmd, file_permissions and spec_attributes, each with hooks on
/// this machine and with hooks in a container (`_docker`), by `test` and by the command line.
#[test]
fn commands_and_hooks_see_the_same_folder_wherever_hooks_run() {
    need_engine!();
    for place in ["", "--docker"] {
        let sandbox = Sandbox::new();
        std::fs::create_dir_all(sandbox.path("higher_root_path/azure")).unwrap();
        sandbox.write("higher_root_path/shared.txt", "shared content\n");
        sandbox.write(
            "higher_root_path/azure/higher_root_path_benchmark.py",
            &format!(
                r#"import os
BENCHMARK_CONFIG = '''
higher_root_path_benchmark:
  root: ..
  static: static
'''
IMAGE = '{SHELL}'
def prepare(spec):
    assert os.path.basename(os.getcwd()) == 'azure' and os.path.exists('../shared.txt'), os.getcwd()
    spec['run_pwd'] = spec.run('pwd', IMAGE).rstrip()
    spec['parent'] = spec.run('cd .. && pwd', IMAGE).rstrip()
    spec['shared'] = spec.run('cat ../shared.txt', IMAGE)
    spec['url'] = spec.run("echo '  POST - https://x.org/dev/upload' | awk '{{print $3}}'", image=IMAGE).rstrip()
    spec.run('echo test_content > created', IMAGE)
    spec['prepare'] = spec['static'] + ' prepare'
def invoke(spec):
    spec['file'] = spec.run('cat created', IMAGE).rstrip()
    spec['invoke'] = spec['prepare'] + ' invoke'
def cleanup(spec):
    spec.run('rm created', IMAGE)
    assert not os.path.exists('created')
    spec['cleanup'] = spec['invoke'] + ' cleanup'
"#
            ),
        );
        let sb_run = |folder: &str, words: &str| {
            let mut command = sandbox.command(&format!("{words} {place}"));
            command.env("SB_IMAGE", crate::engine::PYTHON).current_dir(sandbox.path(folder));
            crate::sandbox::Said::new(&command.output().unwrap()).code(0)
        };
        sb_run("", "test --file=higher_root_path/azure/higher_root_path_benchmark.py");
        for line in [
            "run_pwd: /apps/higher_root_path/azure",
            "parent: /apps/higher_root_path",
            "url: https://x.org/dev/upload",
            "file: test_content",
            "cleanup: static prepare invoke cleanup",
            "shared content",
        ] {
            has(&sandbox, line);
        }
        // The only benchmark of a folder is found there.
        sb_run("higher_root_path/azure", "prepare invoke cleanup");
    }
}

/// The provider's command line answers as logged in: it finds its credentials where it looks.
#[test]
fn credentials_of_every_provider() {
    need_engine!();
    for (provider, folders) in [
        ("azure", &["/root/.azure"][..]),
        ("google", &["/root/.config/gcloud"]),
        ("ibm", &["/root/.bluemix"]),
        ("aws", &["/root/.aws"]),
        ("[aws, pulumi]", &["/root/.aws", "/root/.pulumi"]),
    ] {
        let sandbox = benchmark(
            &format!("x:\n  provider: {provider}\n"),
            &format!(
                "def prepare(spec): spec.run('ls -d {}', IMAGE)\ndef invoke(spec): pass\ndef cleanup(spec): pass\n",
                folders.join(" ")
            ),
        );
        sandbox.run("prepare").code(0);
        assert_eq!(sandbox.log("prepare.log").lines().collect::<Vec<_>>(), folders, "{provider}");
    }
    remove_new_volumes();
}
