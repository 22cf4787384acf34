//! Servers and daemons that outlive their hook.

use std::time::{Duration, Instant};

use crate::sandbox::{Sandbox, alive, need_python};
use crate::signs::{Driver, again};

fn server_pid(sandbox: &Sandbox) -> String {
    let state = sandbox.read(".sb/config.yml");
    let line = state.lines().find_map(|line| line.trim().strip_prefix("server_pid: ")).unwrap();
    line.to_string()
}

#[test]
fn a_server_lives_from_prepare_to_cleanup_within_test() {
    need_python!();
    let sandbox = Sandbox::fixture("server");
    sandbox.run("test").code(0).says("which was still running").says("server.py");
    assert!(sandbox.log("prepare.log").contains("prepare is done\n"));
    // What it prints while invoke runs stands in invoke's log.
    assert!(sandbox.log("invoke-0001.log").contains("server got: hello from "));
    assert_eq!(sandbox.log("cleanup.log"), "cleanup leaves the server alone\n");
    let pid = sandbox.log("run.yaml");
    let pid =
        pid.lines().find_map(|line| line.trim().strip_prefix("server_pid: ")).unwrap().to_string();
    assert!(!alive(&pid));
}

#[test]
fn a_server_lives_from_prepare_to_cleanup_over_separate_verbs() {
    need_python!();
    let (sandbox, said) = again("the server holds the pipe, but not sb-run", || {
        let sandbox = Sandbox::fixture("server");
        let mut driver = Driver::start(&mut sandbox.command("prepare"));
        driver.wait_for("prepare is done");
        let began = Instant::now();
        let said = driver.end().code(0);
        if began.elapsed() < Duration::from_secs(10) {
            return Some((sandbox, said));
        }
        sandbox.run("cleanup").code(0);
        None
    });
    let pid = server_pid(&sandbox);
    assert!(said.stderr.contains(&format!("process {pid} goes on until cleanup")), "{said:#?}");
    assert!(alive(&pid));
    let status = sandbox.run("status").code(0);
    assert!(
        status.stdout.contains(&format!("process    {pid} "))
            && status.stdout.contains("server.py"),
        "{status:#?}"
    );

    sandbox.run("invoke").code(0);
    sandbox.run("invoke").code(0);
    assert!(alive(&pid));
    sandbox.run("cleanup").code(0).says(&format!("ended process {pid}"));
    assert!(!alive(&pid));
    // sb-run was not there, and yet nothing of what the server printed is lost.
    let log = sandbox.log("prepare.log");
    assert!(log.contains("server is up\n"), "{log}");
    assert_eq!(log.matches("server got: hello from ").count(), 2, "{log}");
    let keeper =
        "SB_LOG_KEEPER=".to_string() + &sandbox.only_run().file_name().unwrap().to_string_lossy();
    assert!(!any_process_with(&keeper), "who kept the log has ended");
}

#[test]
fn a_daemon_that_holds_stdout_does_not_hold_sb_run() {
    need_python!();
    let hooks = "import os
def prepare(spec):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            open('daemon', 'w').write('%d\\n' % os.getpid())
            import time
            while True:
                time.sleep(0.02)
                print('still here')
        os._exit(0)
    spec.run('sleep 1000 & echo $! > sleeper')
    print('returned')
def invoke(spec): pass
def cleanup(spec): pass
";
    let sandbox = again("the daemon holds the pipe, but not sb-run", || {
        let sandbox = Sandbox::with(hooks);
        let mut driver = Driver::start(&mut sandbox.command("prepare --local"));
        driver.wait_for("returned");
        let began = Instant::now();
        driver.end().code(0).never_says("Traceback");
        if began.elapsed() < Duration::from_secs(10) {
            return Some(sandbox);
        }
        sandbox.run("cleanup --local").code(0);
        None
    });
    assert!(sandbox.log("prepare.log").contains("returned\n"));
    let daemon = sandbox.wait_for("daemon");
    let sleeper = sandbox.wait_for("sleeper");
    assert!(alive(&daemon) && alive(&sleeper));
    sandbox.run("test --local").code(0).says("continuing run");
    assert!(!alive(&daemon) && !alive(&sleeper));
}

#[test]
fn processes_end_even_if_cleanup_fails() {
    need_python!();
    let sandbox = Sandbox::with(
        "import subprocess
def prepare(spec):
    open('pid', 'w').write('%d\\n' % subprocess.Popen(['sleep', '1000']).pid)
def invoke(spec): pass
def cleanup(spec): raise RuntimeError('cannot')
",
    );
    sandbox
        .run("test")
        .code(1)
        .says("RuntimeError: cannot")
        .says("the state is kept")
        .says("ended process");
    assert!(!alive(&sandbox.wait_for("pid")));
    assert!(sandbox.path(".sb/config.yml").exists());
}

#[test]
fn a_hook_that_returns_but_does_not_exit_is_mentioned() {
    need_python!();
    let sandbox = Sandbox::with(
        "import os, threading, time
def linger():
    while not os.path.exists('mentioned'): time.sleep(0.01)
def prepare(spec): threading.Thread(target=linger).start()
def invoke(spec): pass
def cleanup(spec): pass
",
    );
    let mut driver = Driver::start(&mut sandbox.command("prepare"));
    driver.wait_for("prepare has returned but its process goes on");
    sandbox.write("mentioned", "");
    driver.end().code(0);
}

fn any_process_with(entry: &str) -> bool {
    std::fs::read_dir("/proc").unwrap().flatten().any(|process| {
        let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|one| one == entry.as_bytes())
    })
}
