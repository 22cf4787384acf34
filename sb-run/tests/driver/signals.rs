//! Ctrl-C, SIGTERM, time limits.

use std::time::{Duration, Instant};

use crate::sandbox::{Said, Sandbox, alive, kill, need_python, wait};

/// invoke hangs in a command of os.system; `stubborn` ignores SIGTERM altogether.
const HANGS: &str = "import os, signal, time
def prepare(spec): spec['made'] = 'bucket'
def invoke(spec):
    try:
        open('pid', 'w').write('%d\\n' % os.getpid())
        os.system('sleep 1000 & echo $! > sleeper; wait')
        time.sleep(1000)
    finally:
        print('finally')
def cleanup(spec): print('removing', spec['made'])
";

const STUBBORN: &str = "import os, signal, time
def prepare(spec): pass
def invoke(spec):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    open('pid', 'w').write('%d\\n' % os.getpid())
    time.sleep(1000)
def cleanup(spec): print('cleanup ran')
";

#[test]
fn ctrl_c_in_test_runs_cleanup() {
    need_python!();
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let sandbox = Sandbox::with(HANGS);
        let driver = sandbox.start("test");
        let pid = sandbox.wait_for("pid");
        let sleeper = sandbox.wait_for("sleeper");
        kill(signal, driver.id());
        Said::new(&driver.wait_with_output().unwrap())
            .code(code)
            .says("invoke failed: interrupted by")
            .says("removing bucket")
            .says("cleanup done");
        assert!(!alive(&pid) && !alive(&sleeper));
        assert!(sandbox.log("invoke-0001.log").contains("finally"), "the hook's own clean-up ran");
        assert!(sandbox.log("run.yaml").contains("outcome: interrupted"));
        assert_eq!(sandbox.files(), ["pid", "sleeper", "x_benchmark.py"]);
    }
}

#[test]
fn ctrl_c_in_a_single_verb_keeps_the_run() {
    need_python!();
    let sandbox = Sandbox::with(HANGS);
    sandbox.run("prepare").code(0);
    let driver = sandbox.start("invoke");
    let pid = sandbox.wait_for("pid");
    kill("-INT", driver.id());
    Said::new(&driver.wait_with_output().unwrap())
        .code(130)
        .says("run open")
        .never_says("cleanup ...");
    assert!(!alive(&pid));
    sandbox.run("cleanup").code(0).says("removing bucket");
}

#[test]
fn the_user_can_choose_what_ctrl_c_does() {
    need_python!();
    let sandbox = Sandbox::with(HANGS);
    let driver = sandbox.start("test --on-interrupt=keep");
    sandbox.wait_for("pid");
    kill("-INT", driver.id());
    Said::new(&driver.wait_with_output().unwrap()).code(130).never_says("cleanup ...");
    std::fs::remove_file(sandbox.path("pid")).unwrap();
    let driver = sandbox.start("invoke --on_interrupt cleanup");
    sandbox.wait_for("pid");
    kill("-INT", driver.id());
    Said::new(&driver.wait_with_output().unwrap()).code(130).says("removing bucket");
    assert!(!sandbox.path(".sb").exists());
}

#[test]
fn an_interrupt_between_hooks_is_written_down() {
    need_python!();
    let sandbox = Sandbox::with(
        "def prepare(spec): open('prepared', 'w').write('1\\n')\ndef invoke(spec): pass\ndef cleanup(spec): print('cleaned')\n",
    );
    let driver = sandbox.start("prepare wait 1h invoke cleanup");
    sandbox.wait_for("prepared");
    wait("the wait", || sandbox.log("driver.log").contains("SB_PREPARE_END"));
    std::thread::sleep(Duration::from_millis(300));
    kill("-TERM", driver.id());
    Said::new(&driver.wait_with_output().unwrap())
        .code(143)
        .says("interrupted by SIGTERM")
        .says("cleanup done")
        .never_says("invoke ...");
    assert!(sandbox.log("run.yaml").contains("\noutcome: interrupted\n"));
    assert!(sandbox.log("journal.ndjson").contains(r#""event":"interrupted","by":"SIGTERM""#));
}

#[test]
fn twice_stops_at_once() {
    need_python!();
    let sandbox = Sandbox::with(STUBBORN);
    let driver = sandbox.start("test");
    let pid = sandbox.wait_for("pid");
    kill("-INT", driver.id());
    std::thread::sleep(Duration::from_millis(300));
    assert!(alive(&pid), "the first one asks, and this hook does not listen");
    let began = Instant::now();
    kill("-INT", driver.id());
    let said = Said::new(&driver.wait_with_output().unwrap()).code(130).never_says("cleanup ...");
    assert!(began.elapsed() < Duration::from_secs(3), "{said:#?}");
    assert!(!alive(&pid));
    sandbox.run("cleanup").code(0).says("cleanup ran");
}

#[test]
fn a_hook_that_does_not_listen_is_killed_after_a_while() {
    need_python!();
    let sandbox = Sandbox::with(STUBBORN);
    let driver = sandbox.start("test");
    let pid = sandbox.wait_for("pid");
    kill("-TERM", driver.id());
    Said::new(&driver.wait_with_output().unwrap()).code(143).says("cleanup ran");
    assert!(!alive(&pid));
}

#[test]
fn twice_in_cleanup_stops_it_too() {
    need_python!();
    let sandbox = Sandbox::with(
        "import os, time
def prepare(spec): time.sleep(0)
def invoke(spec):
    open('invoke', 'w').write('1\\n')
    time.sleep(1000)
def cleanup(spec):
    open('cleanup', 'w').write('%d\\n' % os.getpid())
    time.sleep(1000 if not os.path.exists('quick') else 0)
",
    );
    let driver = sandbox.start("test");
    sandbox.wait_for("invoke");
    kill("-INT", driver.id());
    let pid = sandbox.wait_for("cleanup");
    std::thread::sleep(Duration::from_millis(100));
    assert!(alive(&pid), "cleanup runs in spite of the first one");
    kill("-INT", driver.id());
    Said::new(&driver.wait_with_output().unwrap()).code(130).says("the state is kept");
    assert!(!alive(&pid));
    sandbox.write("quick", "");
    sandbox.run("cleanup").code(0);
}

#[test]
fn a_hook_that_takes_too_long() {
    need_python!();
    let sandbox = Sandbox::with(HANGS);
    let began = Instant::now();
    sandbox
        .run("test --timeout invoke=700ms")
        .code(1)
        .says("invoke failed: stopped after 700 ms (--timeout)")
        .says("removing bucket");
    assert!(began.elapsed() < Duration::from_secs(15));
    assert!(!alive(&sandbox.wait_for("pid")) && !alive(&sandbox.wait_for("sleeper")));
    assert!(sandbox.log("run.yaml").contains("outcome: timed_out"));
}

#[test]
fn a_command_of_spec_run_is_stopped_with_its_hook() {
    need_python!();
    let sandbox = Sandbox::with(
        "def prepare(spec): spec.run('echo $$ > shell; sleep 1000; true')
def invoke(spec): pass
def cleanup(spec): pass
",
    );
    sandbox.run("test --local --timeout 1s").code(1).says("stopped after 1 s");
    assert!(!alive(&sandbox.wait_for("shell")));
}

#[test]
fn a_file_that_hangs_while_it_is_loaded() {
    need_python!();
    let sandbox = Sandbox::with("import time\ntime.sleep(1000)\n");
    sandbox.run("test --timeout 500ms").code(1).says("stopped after 500 ms");
    // These read it and do not execute it.
    for words in ["validate", "prepare --dry-run"] {
        sandbox.run(words).code(2).says("missing hook: prepare, invoke, cleanup");
    }
    // What only executing can tell is executed, with the limit.
    let text = sandbox.read("x_benchmark.py") + "from hooks import *\n";
    sandbox.write("hooks.py", "");
    sandbox.write("x_benchmark.py", &text);
    sandbox.run("validate --timeout 500ms").code(2).says("longer than --timeout");
    std::fs::remove_file(sandbox.path("hooks.py")).unwrap();
    let driver = sandbox.start("test");
    wait("the child", || children(driver.id()) > 0);
    kill("-INT", driver.id());
    Said::new(&driver.wait_with_output().unwrap()).code(130);
    assert_eq!(sandbox.files(), ["x_benchmark.py"]);
}

fn children(pid: u32) -> usize {
    let path = format!("/proc/{pid}/task/{pid}/children");
    std::fs::read_to_string(path).unwrap_or_default().split_whitespace().count()
}
