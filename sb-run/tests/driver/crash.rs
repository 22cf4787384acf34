//! sb-run is killed; a new one knows what was set.

use crate::sandbox::{Sandbox, alive, kill, need_python, wait};

const HANGS: &str = "import os, subprocess, sys, time
def prepare(spec):
    spec['bucket'] = 'b-4711'
    spec['api_token'] = 'hunter22'
    spec['list'] = [1]
    spec['list'].append(2)
    escaped = subprocess.Popen(['sleep', '1000'], start_new_session=True)
    own = subprocess.Popen(['sleep', '1000'])
    spec['bucket2'] = 'b-4712'
    open('pids', 'w').write('%d %d %d\\n' % (os.getpid(), own.pid, escaped.pid))
    spec.run('echo by_command=4713 >> $SB_SPEC; echo > written; sleep 1000')
def invoke(spec): pass
def cleanup(spec):
    print(spec['bucket'], spec['bucket2'], spec['api_token'], spec['list'], spec['by_command'])
";

#[test]
fn kill_9_in_prepare_loses_nothing() {
    need_python!();
    let sandbox = Sandbox::with(HANGS);
    let mut driver = sandbox.start("test --local");
    let pids = sandbox.wait_for("pids");
    let journal = sandbox.only_run().join("journal.ndjson");
    wait("the command", || sandbox.read(&journal).contains("command_started"));
    sandbox.wait_for("written");
    kill("-KILL", driver.id());
    driver.wait().unwrap();
    // The hook sees that its driver is gone and ends its group, commands of spec.run included.
    let pids: Vec<&str> = pids.split(' ').collect();
    wait("the hook to end", || !alive(pids[0]) && !alive(pids[1]));

    sandbox
        .run("cleanup")
        .code(0)
        .says("sb-run was killed during prepare")
        .says("b-4711 b-4712 hunter22 [1, 2] 4713");
    assert!(!alive(pids[2]), "what had escaped from the group is ended");
    let outcome = sandbox.log("run.yaml");
    assert!(outcome.contains("outcome: killed"), "{outcome}");
    assert!(!sandbox.path(".sb").exists());
}

#[test]
fn the_state_names_the_run_while_a_hook_runs() {
    need_python!();
    let sandbox = Sandbox::with(HANGS);
    let mut driver = sandbox.start("prepare --local");
    sandbox.wait_for("pids");
    kill("-KILL", driver.id());
    driver.wait().unwrap();
    let status = sandbox.run("status").code(0);
    assert!(status.stdout.contains("cut off: sb-run was killed"), "{status:#?}");
    assert!(status.stdout.contains("values     5"), "{status:#?}");
    sandbox.run("invoke").code(0);
    sandbox.run("cleanup").code(0).says("b-4712");
}
