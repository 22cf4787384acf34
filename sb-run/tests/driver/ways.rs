//! Retries, waits, the config verb, the validator, GitHub Actions, several regions.

use crate::sandbox::{Said, Sandbox, need_python};

#[test]
fn a_hook_that_failed_is_tried_again() {
    need_python!();
    let sandbox = Sandbox::with(
        "def prepare(spec):
    spec['tries'] = (spec['tries'] or 0) + 1
    if spec['tries'] < 3: raise RuntimeError('quota')
def invoke(spec): raise RuntimeError('always')
def cleanup(spec): print('tries', spec['tries'])
",
    );
    sandbox
        .run("test --retry prepare=2,invoke=0")
        .code(1)
        .says("trying prepare again in 1 s (2 left)")
        .says("again in 2 s (1 left)")
        .says("invoke failed");
    assert_eq!(sandbox.log("cleanup.log"), "tries 3\n");
    assert!(sandbox.only_run().join("prepare-0003.log").exists());
    sandbox.run("test --retry fly=2").code(2).says("'fly' is not a hook");
}

#[test]
fn wait_waits_and_config_sets() {
    need_python!();
    let sandbox = Sandbox::fixture("empty");
    sandbox
        .run("config set load_level 20 wait 10ms prepare config set label a_b")
        .code(0)
        .says("waiting 10 ms");
    assert_eq!(sandbox.run("config get load_level").code(0).stdout, "20\n");
    assert_eq!(sandbox.run("config get label").code(0).stdout, "a_b\n");
    let shown = sandbox.run("config show").code(0).stdout;
    assert!(
        shown.starts_with("{\n    \"empty_benchmark\": {\n        \"load_level\": 20,"),
        "{shown}"
    );
    sandbox.run("config fly").code(2).says("get KEY");
    sandbox.run("cleanup").code(0);
    sandbox.run("config get label").code(2).says("no run is open");
}

#[test]
fn all_problems_of_a_file_at_once_without_executing_it() {
    need_python!();
    let sandbox = Sandbox::new();
    sandbox.write("Dockerfile", "RUN true\n");
    sandbox.write(
        "x_benchmark.py",
        "import no_such_module, os
raise SystemExit('it was executed')
BENCHMARK_CONFIG = '''
x:
  provder: aws
  endpoint: DYNAMIC
  root: 3
'''
def prepare(): pass
async def invoke(spec): spec.run_k6({})
",
    );
    let said = sandbox
        .run("validate")
        .code(2)
        .says("x_benchmark.py:1: 'no_such_module' is not on this machine")
        .says("missing hook: cleanup")
        .says("prepare takes 0 arguments")
        .says("invoke is async")
        .says("'provder' is not a known key; is 'provider' meant?")
        .says("root must be text, not 3")
        .says("endpoint is DYNAMIC, but nothing in the file sets spec['endpoint']")
        .says("spec.run_k6 needs workload_script.js")
        .says("a Dockerfile without FROM")
        .never_says("it was executed");
    assert!(said.stdout.is_empty() && said.stderr.contains("to mend"), "{said:#?}");
    assert_eq!(sandbox.files(), ["Dockerfile", "x_benchmark.py"]);
}

#[test]
fn a_module_that_is_missing_may_be_in_the_image() {
    need_python!();
    let sandbox = Sandbox::broken("missing_module");
    sandbox
        .run("validate")
        .code(2)
        .says("_benchmark.py:3: No module named 'no_such_module_anywhere'");
    sandbox.write("Dockerfile", "FROM python:3\n");
    sandbox.run("validate").code(0).says("it must be in the image of the Dockerfile");
    let plan = sandbox.run("prepare --dry-run").code(0).stdout;
    assert!(plan.starts_with("broken: would run prepare"), "{plan}");
}

#[test]
fn what_only_executing_tells_is_found_by_executing() {
    need_python!();
    let sandbox = Sandbox::new();
    sandbox.write(
        "hooks.py",
        "def prepare(spec): pass\ndef invoke(spec): pass\ndef cleanup(spec): pass\n",
    );
    sandbox.write("x_benchmark.py", "from hooks import *\nBENCHMARK_CONFIG = 'x: {}'\n");
    assert!(sandbox.run("validate").code(0).stdout.contains("benchmark x: valid"));
    sandbox.write(
        "x_benchmark.py",
        "from hooks import *\nBENCHMARK_CONFIG = 'x:' + ' {}'\nif True:\n    prepare = 5\n",
    );
    sandbox.run("validate").code(2).says("prepare is not a function");
    sandbox.write("x_benchmark.py", "def x(:\n");
    sandbox.run("validate").code(2).says("x_benchmark.py:1: SyntaxError");
}

#[test]
fn under_github_actions() {
    need_python!();
    let sandbox = Sandbox::broken("raising");
    sandbox.tool("sb-trace", "[ \"$1 $2\" = 'stats --markdown' ] && echo '| pair | n |'");
    let mut command = sandbox.command("test");
    let summary = sandbox.path("summary");
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary);
    command.env("SB_TRACE", sandbox.path("bin/sb-trace"));
    let said = Said::new(&command.output().unwrap()).code(1);
    for line in [
        "::group::prepare\n",
        "::endgroup::\n",
        "::error file=raising_benchmark.py,line=14::invoke failed: ",
        "::group::cleanup\n",
    ] {
        assert!(said.stderr.contains(line), "no '{line}' in {said:#?}");
    }
    let text = sandbox.read("summary");
    assert!(text.starts_with("### broken-") && text.contains("| pair | n |"), "{text}");
    sandbox.run("test").code(1).never_says("::");

    // What keeps hooks from being called at all is at its place too.
    for (broken, annotation) in [
        ("syntax_error", "::error file=syntax_error_benchmark.py,line=9::"),
        ("unreadable_yaml", "::error file=unreadable_yaml_benchmark.py,line=9::"),
        ("missing_hook", "::error file=missing_hook_benchmark.py::"),
    ] {
        let sandbox = Sandbox::broken(broken);
        let mut command = sandbox.command("test");
        Said::new(&command.env("GITHUB_ACTIONS", "true").output().unwrap())
            .code(2)
            .says(annotation);
    }
    let sandbox = Sandbox::with(
        "def prepare(spec): spec['e'] = 'DYNAMIC'\ndef invoke(spec): pass\ndef cleanup(spec): pass\n",
    );
    let mut command = sandbox.command("test");
    let said = Said::new(&command.env("GITHUB_ACTIONS", "true").output().unwrap()).code(1);
    said.says("::error::e still is DYNAMIC");
}

#[test]
fn masked_values_do_not_reach_out() {
    need_python!();
    let sandbox = Sandbox::with(
        "import fcntl, os, sys, termios, time
def prepare(spec):
    os.system('echo ::add-mask::s3cr3t; echo it is s3cr3t; printf s3c')
    # Until sb-run has taken the first half out of the pipe.
    while int.from_bytes(fcntl.ioctl(1, termios.FIONREAD, bytes(4)), sys.byteorder): time.sleep(0.01)
    os.system('echo r3t!')
    spec['url'] = 'https://s3cr3t@x.org'
    spec.run('echo s3cr3t and more')
def invoke(spec):
    print('again s3cr3t')
    raise RuntimeError('with s3cr3t')
def cleanup(spec): assert spec['url'] == 'https://s3cr3t@x.org'
",
    );
    sandbox.run("test --local").code(1);
    for entry in std::fs::read_dir(sandbox.only_run()).unwrap() {
        let path = entry.unwrap().path();
        let text = sandbox.read(&path);
        assert!(!text.contains("s3cr3t"), "{path:?}: {text}");
    }
    assert_eq!(sandbox.log("prepare.log"), "::add-mask::***\nit is ***\n***!\n*** and more\n");
}

#[test]
fn regions_are_checked_and_crossed() {
    need_python!();
    let sandbox = Sandbox::fixture("os_system");
    sandbox
        .run("test --region eu-west-9")
        .code(2)
        .says("'eu-west-9' is not a region of aws")
        .says("eu-west-1");
    assert!(!sandbox.path("out").exists());
    sandbox.run("test --region eu-west-1,us-east-1").code(0);
    let runs = sandbox.runs();
    let region = |run: &std::path::PathBuf| {
        sandbox
            .read(run.join("run.yaml"))
            .lines()
            .find_map(|line| line.strip_prefix("region: ").map(str::to_string))
    };
    assert_eq!(runs.iter().filter_map(region).collect::<Vec<_>>(), ["eu-west-1", "us-east-1"]);
    let plan =
        sandbox.run("prepare --region EU-WEST-1,us-east-1 --cloud aws --dry-run").code(0).stdout;
    assert!(plan.contains("os_system on aws in eu-west-1: would run prepare"), "{plan}");
}
