//! Values and commands, within one call of sb-run and over several.

use crate::sandbox::{Sandbox, need_python};

#[test]
fn values_flow_within_test() {
    need_python!();
    let sandbox = Sandbox::fixture("values");
    sandbox.run("test").code(0).says("cleanup sees 4711");
    let refused = sandbox.log("invoke-0001.log");
    for words in [
        "spec['refused'] cannot hold a value of type module",
        "of type set; use sorted(...)",
        "of type tuple; use list(...)",
        "of type bytes; decode it",
        "spec['refused']['a'] cannot hold a value of type object",
        "has the key 1 of type int; keys must be str",
        "more than 64 bits",
        "is nan",
        "not valid Unicode",
        "contains itself",
    ] {
        assert!(refused.contains(words), "no '{words}' in {refused}");
    }
    assert_eq!(sandbox.files(), ["helper.py", "values_benchmark.py"]);
}

#[test]
fn values_flow_through_separate_verbs() {
    need_python!();
    let sandbox = Sandbox::fixture("values");
    sandbox.run("prepare").code(0).says("run open: out/runs/values-");
    let state = sandbox.read(".sb/config.yml");
    assert!(
        state.contains("deploy_id: 4711") && state.contains("endpoint: https://example.org/ü"),
        "{state}"
    );
    sandbox.run("invoke").code(0);
    assert!(sandbox.read(".sb/config.yml").contains("result: from invoke"));
    sandbox.run("cleanup").code(0).says("cleanup sees 4711");
    assert_eq!(sandbox.files(), ["helper.py", "values_benchmark.py"]);
    let names = [
        "cleanup.log",
        "driver.log",
        "invoke-0001.log",
        "journal.ndjson",
        "prepare.log",
        "run.yaml",
    ];
    let mut found: Vec<String> = std::fs::read_dir(sandbox.only_run())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    assert_eq!(found, names);
}

#[test]
fn what_was_set_before_a_failure_is_known_after_it() {
    need_python!();
    let sandbox = Sandbox::with(
        "def prepare(spec):
    spec['list'] = []
    spec['list'].append('in place')
    spec['bucket'] = 'b-1'
    spec['list'].append('and again')
    raise RuntimeError('quota')
def invoke(spec): pass
def cleanup(spec): print(spec['bucket'], spec['list'])
",
    );
    sandbox.run("prepare").code(1).says("x_benchmark.py:10: RuntimeError: quota");
    sandbox.run("cleanup").code(0);
    assert_eq!(sandbox.log("cleanup.log"), "b-1 ['in place', 'and again']\n");
}

#[test]
fn invoke_is_told_its_number() {
    need_python!();
    let hooks = "def prepare(spec): pass
def invoke(spec): print(spec['workload_type'], spec['scale_factor'], spec['seconds_to_skip'])
def cleanup(spec): pass
";
    let sandbox = Sandbox::with(hooks);
    sandbox.run("invoke 10 invoke single invoke cleanup").code(0).never_says("--repeat");
    let logs =
        ["invoke-0001.log", "invoke-0002.log", "invoke-0003.log"].map(|log| sandbox.log(log));
    assert_eq!(logs, ["10 1 180\n", "single 1 180\n", "single 1 180\n"]);
    let deaf = Sandbox::fixture("empty");
    deaf.run("prepare invoke 10 cleanup")
        .code(0)
        .says("which ran once and did not ask for it; use --repeat N");
    deaf.run("prepare invoke cleanup").code(0).never_says("--repeat");
}

#[test]
fn repeat_calls_the_hook_again() {
    need_python!();
    let sandbox = Sandbox::fixture("empty");
    sandbox.run("test --repeat 3").code(0);
    assert!(sandbox.only_run().join("invoke-0003.log").exists());
    assert!(!sandbox.only_run().join("invoke-0004.log").exists());
}

#[test]
fn spec_run_returns_text_and_checks() {
    need_python!();
    let sandbox = Sandbox::fixture("spec_run");
    let said = sandbox.run("prepare --local").code(0).says("--local: commands of spec.run");
    assert_eq!(said.stderr.matches("/apps/... are not used").count(), 1);
    let log = sandbox.log("prepare.log");
    assert!(log.starts_with("hook first\nout\nerr\n"), "{log}");
    assert!(log.ends_with("kept\nhook last\n"), "{log}");
    assert!(
        sandbox
            .read(".sb/config.yml")
            .contains(&format!("pwd: {}", sandbox.path("").canonicalize().unwrap().display()))
    );

    sandbox
        .run("invoke --local")
        .code(1)
        .says("The spec.run() command `exit 7` exited unsuccessfully.");
    // Cleanup goes on after a failing command, fails in the end, and the state is kept.
    sandbox
        .run("cleanup --local")
        .code(1)
        .says("a command of cleanup failed (exit code 1); going on: echo removing one; false")
        .says("one of its commands failed")
        .says("the state is kept");
    assert_eq!(sandbox.log("cleanup.log"), "removing one\nremoving two\n");
    assert_eq!(sandbox.files(), [".sb", "spec_run_benchmark.py", "workload_options.json"]);
    sandbox.run("cleanup --local").code(1);
    assert_eq!(sandbox.log("cleanup-0002.log"), "removing one\nremoving two\n");
    let journal = sandbox.log("journal.ndjson");
    assert!(journal.contains(r#""line":"exit 7""#) && journal.contains(r#""code":7"#), "{journal}");
}

#[test]
fn a_failure_that_is_allowed_does_not_keep_the_state() {
    need_python!();
    let sandbox = Sandbox::with(
        "def prepare(spec): pass
def invoke(spec): pass
def cleanup(spec): spec.run('false', check=False)
",
    );
    sandbox.run("test --local").code(0);
    assert_eq!(sandbox.files(), ["x_benchmark.py"]);
}

#[test]
fn commands_run_side_by_side() {
    need_python!();
    // Each waits for the other's file: one after the other they would never end.
    let sandbox = Sandbox::with(
        "from concurrent.futures import ThreadPoolExecutor
def wait(names):
    return spec_.run('touch %s; while [ ! -e %s ]; do sleep 0.01; done; echo %s' % (*names, names[0]))
def prepare(spec):
    global spec_
    spec_ = spec
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(wait, [('a', 'b'), ('b', 'a')])) == ['a\\n', 'b\\n']
def invoke(spec): pass
def cleanup(spec): pass
",
    );
    sandbox.run("prepare --local --timeout 2m").code(0);
}

#[test]
fn what_is_not_there_says_so() {
    need_python!();
    let sandbox = Sandbox::with(
        "def prepare(spec): spec.fly()\ndef invoke(spec): pass\ndef cleanup(spec): pass\n",
    );
    sandbox.run("test").code(1).says("AttributeError: spec has no 'fly'");
}

#[test]
fn forked_processes_read_values_but_do_not_set_them() {
    need_python!();
    let sandbox = Sandbox::with(
        "import multiprocessing
def work(n):
    try:
        spec_['x'] = n
    except RuntimeError as error:
        return spec_['provider'] + ': ' + str(error)
def prepare(spec):
    global spec_
    spec_ = spec
    with multiprocessing.get_context('fork').Pool(2) as pool:
        print(pool.map(work, [1, 2])[1])
def invoke(spec): pass
def cleanup(spec): pass
",
    );
    sandbox.run("prepare --timeout 2m").code(0);
    assert!(sandbox.log("prepare.log").starts_with("local: spec is read-only in a forked process"));
}

#[test]
fn a_command_that_cannot_be_run_says_why() {
    need_python!();
    let sandbox = Sandbox::with(
        "def prepare(spec):
    for command in ('echo ' + 'x' * 3_000_000, 'echo a\\0b'):
        try: spec.run(command)
        except RuntimeError as error: print(error)
    assert spec.run('') == ''
def invoke(spec): pass
def cleanup(spec): pass
",
    );
    sandbox.run("prepare --local").code(0);
    assert!(
        sandbox.log("prepare.log").ends_with(
            "cannot run the command: argument list too long\ncannot run the command: nul byte found in provided data\n"
        ),
        "{}",
        sandbox.log("prepare.log")
    );
}
