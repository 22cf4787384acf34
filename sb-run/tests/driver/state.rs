//! Precedence, edits, secrets, the lock, the run folder.

use std::os::unix::fs::PermissionsExt;

use crate::sandbox::{Sandbox, need_python};

const SHOW: &str = "def prepare(spec): pass
def invoke(spec): print({key: spec[key] for key in spec if key in ('a', 'b', 'c')})
def cleanup(spec): pass
";

fn with_values(values: &str) -> String {
    format!("BENCHMARK_CONFIG = '''\nx:\n{values}'''\n{SHOW}")
}

#[test]
fn persisted_values_win_and_differences_are_printed() {
    need_python!();
    let sandbox = Sandbox::new();
    sandbox.write("x_benchmark.py", &with_values("  a: 1\n  b: 2\n"));
    sandbox.run("prepare").code(0);
    sandbox.write("x_benchmark.py", &with_values("  a: 9\n  c: 3\n"));
    sandbox.run("invoke").code(0).says("kept from the run: a = 1; the file says 9");
    assert_eq!(sandbox.log("invoke-0001.log"), "{'a': 1, 'b': 2, 'c': 3}\n");
    sandbox.run("invoke --reset-config").code(0).says("forgets a = 1").says("forgets b = 2");
    assert_eq!(sandbox.log("invoke-0002.log"), "{'a': 9, 'c': 3}\n");
    sandbox.run("invoke").code(0).never_says("kept from the run");
    assert_eq!(sandbox.log("invoke-0003.log"), "{'a': 9, 'c': 3}\n");
}

#[test]
fn an_edit_of_the_state_wins_and_is_printed() {
    need_python!();
    let sandbox = Sandbox::new();
    sandbox.write("x_benchmark.py", &with_values("  a: 1\n  b: 2\n"));
    sandbox.run("prepare").code(0);
    let edited =
        sandbox.read(".sb/config.yml").replace("  a: 1\n", "  a: edited\n").replace("  b: 2\n", "");
    sandbox.write(".sb/config.yml", &edited);
    sandbox
        .run("invoke")
        .code(0)
        .says("config.yml was edited: a is \"edited\", was 1")
        .says("b is nothing, was 2");
    // b is gone from the state, so the file's value counts again.
    assert_eq!(
        sandbox.log("invoke-0001.log"),
        "{'a': 'edited', 'b': 2}\n".replace(", 'b': 2", "").replace('}', ", 'b': 2}")
    );
    sandbox.run("invoke").code(0).never_says("was edited");
}

#[test]
fn a_damaged_state_is_named() {
    need_python!();
    let sandbox = Sandbox::fixture("empty");
    sandbox.run("prepare").code(0);
    sandbox.write(".sb/config.yml", "a: [\n");
    sandbox.run("invoke").code(2).says("config.yml:").says("the persisted state cannot be read");
}

#[test]
fn set_tag_cloud_and_region() {
    need_python!();
    let sandbox = Sandbox::new();
    sandbox.write("x_benchmark.py", &with_values("  a: 1\n"));
    sandbox.run("prepare invoke --set a=5 --set=b=[1,x] --tag variant=arm --region=eu-west-1 --cloud=aws").code(0);
    assert_eq!(sandbox.log("invoke-0001.log"), "{'a': 5, 'b': [1, 'x']}\n");
    let outcome = sandbox.log("run.yaml");
    for line in ["provider: aws", "region: eu-west-1", "  variant: arm", "outcome: open"] {
        assert!(outcome.lines().any(|found| found == line), "no '{line}' in {outcome}");
    }
    let other = Sandbox::fixture("os_system");
    other
        .run("prepare --cloud=azure")
        .code(2)
        .says("--cloud=azure, but os_system_benchmark.py says provider: aws");
    assert!(!other.path("out").exists());
}

#[test]
fn secrets_do_not_reach_out() {
    need_python!();
    let sandbox = Sandbox::with(
        "def prepare(spec):
    spec['db_password'] = 'hunter22'
    spec['db'] = {'connection': 'Server=hunter33', 'port': 1}
    spec.run('test -n hunter22 -a -n Server=hunter33')
    spec['plain'] = 'visible'
def invoke(spec):
    assert spec['db_password'] == 'hunter22' and spec['db']['connection'] == 'Server=hunter33'
    spec.run('exit 3 # hunter22')
def cleanup(spec):
    assert spec['db_password'] == 'hunter22' and spec['db']['port'] == 1
",
    );
    sandbox.run("prepare --local").code(0);
    let mode = std::fs::metadata(sandbox.path(".sb/config.yml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    sandbox.run("invoke --local").code(1);
    sandbox.run("cleanup").code(0);
    for entry in std::fs::read_dir(sandbox.only_run()).unwrap() {
        let path = entry.unwrap().path();
        // The hook logs are kept byte for byte: what a hook prints itself is its own affair.
        if path.to_string_lossy().contains("invoke-") {
            continue;
        }
        let text = sandbox.read(&path);
        assert!(!text.contains("hunter"), "{path:?}: {text}");
    }
    assert!(sandbox.log("run.yaml").contains("db_password: (masked)"));
    assert!(sandbox.log("run.yaml").contains("plain: visible"));
}

#[test]
fn two_runs_are_two_folders() {
    need_python!();
    let sandbox = Sandbox::fixture("os_system");
    sandbox.run("test").code(0);
    sandbox.run("test").code(0);
    let runs = sandbox.runs();
    assert_eq!(runs.len(), 2);
    for run in &runs {
        assert_eq!(sandbox.read(run.join("driver.log")).lines().count(), 8);
        assert_eq!(sandbox.read(run.join("prepare.log")).matches("before sls").count(), 1);
    }
}

#[test]
fn the_driver_marks_its_phases() {
    need_python!();
    let sandbox = Sandbox::fixture("empty");
    sandbox.run("test --repeat 2").code(0);
    let log = sandbox.log("driver.log");
    let labels: Vec<&str> = log
        .lines()
        .map(|line| {
            let (epoch, rest) = line.split_once("+0000|").unwrap();
            assert!(epoch.len() == 13 && epoch.bytes().all(|byte| byte.is_ascii_digit()), "{line}");
            rest.split(' ').next().unwrap()
        })
        .collect();
    let phase = |name: &str| [format!("SB_{name}_START"), format!("SB_{name}_END")];
    let mut expected = vec!["SB_RUN_START".to_string()];
    for name in ["PREPARE", "INVOKE", "INVOKE", "CLEANUP"] {
        expected.extend(phase(name));
    }
    expected.push("SB_RUN_END".into());
    assert_eq!(labels, expected);
    let times: Vec<&str> = log.lines().map(|line| line.split('+').next().unwrap()).collect();
    assert!(times.is_sorted());
}

#[test]
fn run_yaml_tells_the_outcome() {
    need_python!();
    let sandbox = Sandbox::fixture("empty");
    sandbox.run("test").code(0);
    let text = sandbox.log("run.yaml");
    let id = sandbox.only_run().file_name().unwrap().to_string_lossy().into_owned();
    for line in [
        &format!("run_id: {id}"),
        "benchmark: empty_benchmark",
        "outcome: done",
        "- hook: cleanup",
        "  exit_code: 0",
    ] {
        assert!(text.lines().any(|found| found == line), "no '{line}' in {text}");
    }
    let (name, rest) = id.split_at("empty_benchmark-".len());
    let (second, hex) = rest.split_once('-').unwrap();
    assert_eq!((name, second.len(), hex.len()), ("empty_benchmark-", 16, 4), "{id}");
}

#[test]
fn a_run_stays_where_it_began() {
    need_python!();
    let sandbox = Sandbox::fixture("empty");
    sandbox.run("prepare --out first").code(0);
    sandbox.run("cleanup --out second").code(0);
    assert!(!sandbox.path("second").exists());
    assert_eq!(std::fs::read_dir(sandbox.path("first/runs")).unwrap().count(), 1);
}

#[test]
fn a_lost_run_folder_costs_no_values() {
    need_python!();
    let sandbox = Sandbox::fixture("values");
    sandbox.run("prepare").code(0);
    std::fs::remove_dir_all(sandbox.path("out")).unwrap();
    sandbox
        .run("invoke cleanup")
        .code(0)
        .says("the folder of the open run is gone")
        .says("cleanup sees 4711");
}

#[test]
fn only_one_at_a_time() {
    need_python!();
    let sandbox = Sandbox::with(
        "import time
def prepare(spec):
    open('started', 'w').write('yes\\n')
    while not __import__('os').path.exists('go on'): time.sleep(0.01)
def invoke(spec): pass
def cleanup(spec): pass
",
    );
    let first = sandbox.start("prepare");
    sandbox.wait_for("started");
    sandbox.run("cleanup").code(2).says(&format!("another sb-run (process {}, since", first.id()));
    let status = sandbox.run("status").code(0);
    assert!(
        status.stdout.contains("prepare 1") && status.stdout.contains("running"),
        "{status:#?}"
    );
    sandbox.write("go on", "");
    assert!(first.wait_with_output().unwrap().status.success());
    sandbox.run("cleanup").code(0);
    assert!(!sandbox.path(".sb").exists());
}

#[test]
fn unquoted_scalars_of_yaml_1_1_are_warned_about() {
    need_python!();
    let sandbox = Sandbox::new();
    sandbox.write("x_benchmark.py", &with_values("  a: yes\n  b: '1:30'\n  c: 010\n"));
    sandbox
        .run("prepare")
        .code(0)
        .says("x_benchmark.py:3: unquoted yes is read as YAML 1.2; PyYAML reads true")
        .says("x_benchmark.py:5: unquoted 010")
        .never_says("1:30");
}
