//! Ctrl-C, SIGTERM, time limits.

use std::time::{Duration, Instant};

use crate::sandbox::{Said, Sandbox, alive, kill, need_python};
use crate::signs::{Driver, GRACE, LIMITS, again, run_out};

/// invoke hangs in a command of os.system.
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

/// invoke does not listen to SIGTERM, but shows that it was sent.
const STUBBORN: &str = "import os, signal, time
def prepare(spec): pass
def invoke(spec):
    signal.signal(signal.SIGTERM, lambda *_: open('asked', 'w').write('yes\\n'))
    open('pid', 'w').write('%d\\n' % os.getpid())
    while True: time.sleep(0.01)
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
        "def prepare(spec): pass\ndef invoke(spec): pass\ndef cleanup(spec): print('cleaned')\n",
    );
    let mut driver = Driver::start(&mut sandbox.command("prepare wait 1h invoke cleanup"));
    driver.wait_for("waiting 1 h");
    driver.wait_for_sleep();
    kill("-TERM", driver.id());
    driver
        .end()
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
    let sandbox = again("the end after Ctrl-C twice", || {
        let sandbox = Sandbox::with(STUBBORN);
        let mut driver = Driver::start(&mut sandbox.command("test"));
        let pid = sandbox.wait_for("pid");
        let began = Instant::now();
        kill("-INT", driver.id());
        // The first one asks, and this hook does not listen.
        let asked = driver.shows("the hook to be asked", || sandbox.sign("asked").is_some());
        if !asked || !alive(&pid) {
            return None;
        }
        kill("-INT", driver.id());
        let said = driver.end().code(130);
        assert!(!alive(&pid));
        if began.elapsed() >= GRACE {
            return None;
        }
        said.never_says("cleanup ...");
        Some(sandbox)
    });
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
    // A signal that counts again would be told before the hook begins.
    let pid = sandbox.wait_for("cleanup");
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
    let sandbox = run_out(LIMITS, |limit| {
        let sandbox = Sandbox::with(HANGS);
        sandbox
            .run(&format!("test --timeout invoke={}", limit.flag()))
            .code(1)
            .says(&format!("invoke failed: {} (--timeout)", limit.words))
            .says("removing bucket");
        let (pid, sleeper) = (sandbox.sign("pid")?, sandbox.sign("sleeper")?);
        assert!(!alive(&pid) && !alive(&sleeper));
        let started = statement_time(&sandbox, "INVOKE_START");
        let took = statement_time(&sandbox, "INVOKE_END").saturating_sub(started);
        (took < limit.time + Duration::from_secs(14)).then_some(sandbox)
    });
    assert!(sandbox.log("run.yaml").contains("outcome: timed_out"));
}

/// When the driver made a statement.
fn statement_time(sandbox: &Sandbox, label: &str) -> Duration {
    let log = sandbox.log("driver.log");
    let line = log.lines().find(|line| line.contains(&format!("|SB_{label}"))).unwrap();
    Duration::from_millis(line.split('+').next().unwrap().parse().unwrap())
}

#[test]
fn a_command_of_spec_run_is_stopped_with_its_hook() {
    need_python!();
    let shell = run_out(LIMITS, |limit| {
        let sandbox = Sandbox::with(
            "def prepare(spec): spec.run('echo $$ > shell; sleep 1000; true')
def invoke(spec): pass
def cleanup(spec): pass
",
        );
        let words = format!("test --local --timeout prepare={}", limit.flag());
        sandbox.run(&words).code(1).says(limit.words);
        sandbox.sign("shell")
    });
    assert!(!alive(&shell));
}

#[test]
fn a_file_that_hangs_while_it_is_loaded() {
    need_python!();
    let sandbox =
        Sandbox::with("import time\nopen('loading', 'w').write('1\\n')\ntime.sleep(1000)\n");
    let has_begun = || {
        sandbox.sign("loading")?;
        std::fs::remove_file(sandbox.path("loading")).ok()
    };
    run_out(LIMITS, |limit| {
        sandbox.run(&format!("test --timeout {}", limit.flag())).code(1).says(limit.words);
        has_begun()
    });
    // These read it and do not execute it.
    for words in ["validate", "prepare --dry-run"] {
        sandbox.run(words).code(2).says("missing hook: prepare, invoke, cleanup");
        assert!(!sandbox.path("loading").exists(), "{words}");
    }
    // What only executing can tell is executed, with the limit.
    let text = sandbox.read("x_benchmark.py") + "from hooks import *\n";
    sandbox.write("hooks.py", "");
    sandbox.write("x_benchmark.py", &text);
    run_out(LIMITS, |limit| {
        let words = format!("validate --timeout {}", limit.flag());
        sandbox.run(&words).code(2).says("longer than --timeout");
        has_begun()
    });
    std::fs::remove_file(sandbox.path("hooks.py")).unwrap();
    let driver = sandbox.start("test");
    sandbox.wait_for("loading");
    kill("-INT", driver.id());
    Said::new(&driver.wait_with_output().unwrap()).code(130);
    has_begun();
    assert_eq!(sandbox.files(), ["x_benchmark.py"]);
}
