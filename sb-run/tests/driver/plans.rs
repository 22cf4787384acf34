//! Suites and plans: many runs.

use crate::sandbox::{Said, Sandbox, kill, need_python, wait};

const COUNTS: &str = "import os
def prepare(spec): pass
def invoke(spec):
    print('region', spec['region'], 'size', spec['size'], 'n', spec['workload_type'])
    open('../order', 'a').write('%s %s\\n' % (spec.name, spec['region']))
    if os.path.exists('../fail'): raise RuntimeError('it fails')
def cleanup(spec): pass
";

fn two_apps() -> Sandbox {
    let sandbox = Sandbox::new();
    for name in ["a", "b"] {
        std::fs::create_dir(sandbox.path(name)).unwrap();
        let config = format!("BENCHMARK_CONFIG = '''\n{name}:\n  provider: aws\n'''\n{COUNTS}");
        sandbox.write(&format!("{name}/{name}_benchmark.py"), &config);
    }
    sandbox
}

const SUITE: &str = "benchmarks: [a/a_benchmark.py, b/]
clouds: [aws]
regions: [eu-west-1, US-East-1]
repetitions: 2
order: interleaved
invoke: 3
set: {size: 5}
tags: {study: first}
";

#[test]
fn a_suite_crosses_what_it_names() {
    need_python!();
    let sandbox = two_apps();
    sandbox.write("suite.yaml", SUITE);
    let plan = sandbox.run("suite.yaml --dry-run").code(0).stdout;
    assert_eq!(
        plan,
        "each run: prepare, invoke 3, collect, cleanup
a/a_benchmark.py on aws in eu-west-1, repetition 1
a/a_benchmark.py on aws in us-east-1, repetition 1
b/b_benchmark.py on aws in eu-west-1, repetition 1
b/b_benchmark.py on aws in us-east-1, repetition 1
a/a_benchmark.py on aws in eu-west-1, repetition 2
a/a_benchmark.py on aws in us-east-1, repetition 2
b/b_benchmark.py on aws in eu-west-1, repetition 2
b/b_benchmark.py on aws in us-east-1, repetition 2
"
    );
    assert!(!sandbox.path("out").exists());
    sandbox
        .run("suite.yaml")
        .code(0)
        .says("suite 8/8: b/b_benchmark.py on aws in us-east-1, repetition 2")
        .says("suite: 0 of 8 runs failed");
    let once = "a eu-west-1\na us-east-1\nb eu-west-1\nb us-east-1\n";
    assert_eq!(sandbox.read("order"), once.repeat(2));
    let runs = sandbox.runs();
    assert_eq!(runs.len(), 8);
    let last = sandbox.read(runs[7].join("run.yaml"));
    for line in ["study: first", "repetition: '2'", "region: us-east-1", "size: 5", "benchmark: b"]
    {
        assert!(last.lines().any(|found| found.trim() == line), "no '{line}' in {last}");
    }
    assert_eq!(sandbox.read(runs[0].join("invoke-0001.log")), "region eu-west-1 size 5 n 3\n");
}

#[test]
fn a_file_for_one_cloud_is_not_crossed_with_others() {
    need_python!();
    let sandbox = two_apps();
    let text =
        sandbox.read("b/b_benchmark.py").replace("provider: aws", "provider: [azure, pulumi]");
    sandbox.write("b/b_benchmark.py", &text);
    sandbox.write("suite.yaml", "benchmarks: [a/, b/]\nclouds: [aws, azure]\n");
    sandbox
        .run("suite.yaml")
        .code(0)
        .says("left out: a/a_benchmark.py on azure (its provider is aws)")
        .says("left out: b/b_benchmark.py on aws (its provider is [\"azure\",\"pulumi\"])")
        .says("suite: 0 of 2 runs failed");
    sandbox.write("suite.yaml", "benchmarks: [a/]\nclouds: [google]\n");
    sandbox.run("suite.yaml").code(2).says("nothing to run");
    // Nor is a region crossed with a cloud that has none of that name.
    let regions = "benchmarks: [a/, b/]\nclouds: [aws, azure]\nregions: [eu-west-1, East US]\n";
    sandbox.write("suite.yaml", regions);
    let plan = sandbox.run("suite.yaml --dry-run").code(0).stdout;
    let runs: Vec<&str> = plan.lines().skip(1).collect();
    assert_eq!(
        runs,
        [
            "a/a_benchmark.py on aws in eu-west-1, repetition 1",
            "b/b_benchmark.py on azure in eastus, repetition 1"
        ]
    );
    sandbox.write("suite.yaml", &regions.replace("East US", "East UK"));
    sandbox.run("suite.yaml").code(2).says("'East UK' is not a region of aws");
    sandbox.write("suite.yaml", &regions.replace(", East US", ""));
    sandbox.run("suite.yaml").code(2).says("'eu-west-1' is not a region of azure");
}

#[test]
fn a_suite_stops_when_too_much_fails() {
    need_python!();
    let sandbox = two_apps();
    sandbox.write("fail", "");
    sandbox.write("suite.yaml", &format!("{SUITE}error_budget: 2\n"));
    sandbox.run("suite.yaml").code(1).says("suite stopped: 3 failed runs").says("5 were left out");
    assert_eq!(sandbox.runs().len(), 3);
    sandbox.write("suite.yaml", "benchmarks: [a/a_benchmark.py]\nrepetition: 2\n");
    sandbox
        .run("suite.yaml")
        .code(2)
        .says("suite.yaml: unknown field `repetition`, expected one of");
    sandbox.write("suite.yaml", "benchmarks: [a/\n");
    sandbox.run("suite.yaml").code(2).says("suite.yaml:2:1: ");
    sandbox.write("suite.yaml", "benchmarks: [thumbnail*]\nclouds: [local]\n");
    assert!(
        sandbox.run("suite.yaml --dry-run").code(0).stdout.contains("thumbnail_generator on local")
    );
    sandbox.run("none.yaml").code(2).says("cannot read none.yaml");
}

#[test]
fn a_run_that_could_not_be_cleaned_up_is_not_continued_by_a_suite() {
    need_python!();
    let sandbox = Sandbox::with(
        "def prepare(spec): pass\ndef invoke(spec): pass\ndef cleanup(spec): raise RuntimeError('left')\n",
    );
    sandbox.write("suite.yaml", "benchmarks: [x_benchmark.py]\nrepetitions: 2\n");
    sandbox.run("suite.yaml").code(1).says("its last run is still open").says("2 of 2 runs failed");
    sandbox.only_run();
}

#[test]
fn ctrl_c_ends_a_suite_after_a_cleanup() {
    need_python!();
    let sandbox = Sandbox::with(
        "import time\ndef prepare(spec): pass\ndef invoke(spec):\n    open('started', 'w').write('1\\n')\n    time.sleep(1000)\ndef cleanup(spec): print('cleaned')\n",
    );
    sandbox.write("suite.yaml", "benchmarks: [x_benchmark.py]\nrepetitions: 5\nwait: 1h\n");
    let driver = sandbox.start("suite.yaml");
    sandbox.wait_for("started");
    kill("-INT", driver.id());
    Said::new(&driver.wait_with_output().unwrap()).code(130).says("cleanup done");
    assert_eq!(sandbox.log("cleanup.log"), "cleaned\n");
}

#[test]
fn a_plan_in_python() {
    need_python!();
    let sandbox = two_apps();
    sandbox.write(
        "plan.py",
        "import sys
from sb.sb import Sb
from sb import trace
assert sys.argv[1:] == ['--fast', 'x']
a, b = Sb('a/a_benchmark.py'), Sb('b', log_level='DEBUG', debug=True)
assert (a.name(), b.name()) == ('a', 'b')
a.config.set('label', 'prepare')
a.config.set('size', -5)
for round in range(2):
    for sb in (a, b):
        try:
            sb.prepare().wait(1000).invoke('custom', workload_options={'vus': 2}).invoke(7)
        finally:
            sb.cleanup()
    assert a.bench.spec['size'] == -5 and a.bench.spec['label'] == 'prepare', a.bench.spec['size']
    assert b.bench.spec['size'] is None and b.bench.spec['workload_type'] == 7
a.config.get('label')
try:
    Sb().test()
except ValueError as error:
    print('no benchmark:', error)
open('fail', 'w').close()
try:
    a.test()
except Exception as error:
    print(error.code, error)
trace('PLAN_DONE')
",
    );
    let mut command = sandbox.command("plan.py --fast x");
    let output = command.env("SB_WAIT_SCALE", "0").output().unwrap();
    let said = Said::new(&output).code(0);
    let lines: Vec<&str> = said.stdout.lines().collect();
    assert_eq!(lines[0], "prepare", "{said:#?}");
    assert!(lines[1].starts_with("no benchmark: there is no benchmark"), "{said:#?}");
    assert!(lines[2].starts_with("1 sb-run test failed with exit code 1"), "{said:#?}");
    assert!(lines[3].ends_with("+0000|PLAN_DONE") && lines.len() == 4, "{said:#?}");
    assert_eq!(sandbox.runs().len(), 5);
    assert!(!sandbox.path("a/.sb").exists() && !sandbox.path("b/.sb").exists());

    sandbox.write("broken.py", "raise SystemExit(3)\n");
    sandbox.run("broken.py").code(3);
}

#[test]
fn ctrl_c_reaches_a_plan() {
    need_python!();
    let sandbox = Sandbox::with(
        "import time\ndef prepare(spec):\n    open('started', 'w').write('1\\n')\n    time.sleep(1000)\ndef invoke(spec): pass\ndef cleanup(spec): print('cleaned')\n",
    );
    sandbox.write("plan.py", "from sb.sb import Sb\nsb = Sb('x_benchmark.py')\ntry:\n    sb.prepare()\nfinally:\n    sb.cleanup()\n");
    let mut command = sandbox.command("plan.py");
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut driver = command.spawn().unwrap();
    sandbox.wait_for("started");
    // As a terminal does: to all of the group.
    let group = format!("-{}", driver.id());
    assert!(
        std::process::Command::new("kill").args(["-INT", "--", &group]).status().unwrap().success()
    );
    wait("the end", || driver.try_wait().unwrap().is_some());
    assert_ne!(driver.wait().unwrap().code(), Some(0));
    assert_eq!(sandbox.log("cleanup.log"), "cleaned\n");
}
