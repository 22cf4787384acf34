//! The table of failures: each way to fail, in each hook. What holds: the exit code, cleanup runs
//! within `test`, nothing is left running, and cleanup in a new process knows every value that was
//! set before the failure.

use std::fmt::Write;

use crate::sandbox::{Said, Sandbox, alive, kill, need_python, wait};

/// A way to fail: the code of a hook, and what sb-run says.
const WAYS: [(&str, &str); 7] = [
    ("raise ValueError('boom')", "ValueError: boom"),
    ("sys.exit(4)", "sys.exit(4)"),
    ("os._exit(4)", "the process ended with code 4"),
    ("os.kill(os.getpid(), 9)", "ended by signal 9"),
    ("spec.run('exit 9')", "`exit 9` exited unsuccessfully"),
    ("spec.run('kill -9 $$')", "exited unsuccessfully. Exit code: 137"),
    ("time.sleep(1000)", "stopped after 700 ms"),
];

fn file(hook: &str, way: &str) -> Sandbox {
    let mut text = String::from("import os, subprocess, sys, time\n");
    for name in ["prepare", "invoke", "collect", "cleanup"] {
        let _ = writeln!(
            text,
            "def {name}(spec):\n    spec['in_{name}'] = [1]\n    spec['in_{name}'].append(os.getpid())\n    print(sorted(key for key in spec if key.startswith('in_')))"
        );
        if name == hook {
            let _ = writeln!(text, "    if not os.path.exists('mended'): {way}");
        }
    }
    Sandbox::with(&text)
}

/// The keys that cleanup must know, whatever went wrong in this hook.
fn set_before(hook: &str) -> Vec<String> {
    let order = ["prepare", "invoke", "collect", "cleanup"];
    let upto = order.iter().position(|name| *name == hook).unwrap();
    let mut keys: Vec<String> =
        order[..=upto].iter().chain(["cleanup"].iter()).map(|name| format!("in_{name}")).collect();
    keys.sort();
    keys.dedup();
    keys
}

fn last_cleanup(sandbox: &Sandbox) -> String {
    let run = sandbox.only_run();
    let name =
        if run.join("cleanup-0002.log").exists() { "cleanup-0002.log" } else { "cleanup.log" };
    sandbox.read(run.join(name))
}

fn shown(keys: &[String]) -> String {
    let keys: Vec<String> = keys.iter().map(|key| format!("'{key}'")).collect();
    format!("[{}]\n", keys.join(", "))
}

#[test]
fn every_way_in_every_hook() {
    need_python!();
    for hook in ["prepare", "invoke", "collect", "cleanup"] {
        for (way, words) in WAYS {
            let sandbox = file(hook, way);
            let limit = if way.contains("sleep") { " --timeout 700ms" } else { "" };
            // A failing command is no failure of cleanup's own code: it goes on, and says so.
            let goes_on = hook == "cleanup" && way.starts_with("spec.run");
            let words = if goes_on { "one of its commands failed" } else { words };
            let said = sandbox.run(&format!("test --local{limit}")).code(1);
            assert!(said.stderr.contains(words), "{hook}: {way}: no '{words}' in {said:#?}");
            if hook == "cleanup" {
                // The state is kept, and a new process knows everything.
                assert!(sandbox.path(".sb/config.yml").exists(), "{way}");
                sandbox.write("mended", "");
                sandbox.run("cleanup").code(0);
            }
            assert_eq!(last_cleanup(&sandbox), shown(&set_before(hook)), "{hook}: {way}");
            assert!(!sandbox.path(".sb").exists(), "{hook}: {way}");
        }
    }
}

#[test]
fn a_new_process_cleans_up_after_every_way() {
    need_python!();
    for (way, _) in WAYS {
        let sandbox = file("prepare", way);
        let limit = if way.contains("sleep") { " --timeout 700ms" } else { "" };
        sandbox.run(&format!("prepare --local{limit}")).code(1);
        sandbox.run("cleanup").code(0);
        assert_eq!(last_cleanup(&sandbox), "['in_cleanup', 'in_prepare']\n", "{way}");
    }
}

#[test]
fn the_driver_is_killed_in_every_hook() {
    need_python!();
    for hook in ["prepare", "invoke", "collect", "cleanup"] {
        let sandbox = file(
            hook,
            "(open('started', 'w').write('%d\\n' % subprocess.Popen(['sleep', '1000']).pid), time.sleep(1000))",
        );
        let mut driver = sandbox.start("test --local");
        let sleeper = sandbox.wait_for("started");
        kill("-KILL", driver.id());
        driver.wait().unwrap();
        wait("the hook's group to end", || !alive(&sleeper));
        sandbox.write("mended", "");
        sandbox.run("cleanup").code(0).says(&format!("sb-run was killed during {hook}"));
        assert_eq!(last_cleanup(&sandbox), shown(&set_before(hook)), "{hook}");
    }
}

#[test]
fn signals_in_every_hook() {
    need_python!();
    for hook in ["prepare", "invoke", "collect"] {
        for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
            let sandbox =
                file(hook, "(open('started', 'w').write('1\\n'), os.system('sleep 1000'))");
            let driver = sandbox.start("test --local");
            sandbox.wait_for("started");
            kill(signal, driver.id());
            Said::new(&driver.wait_with_output().unwrap()).code(code).says("cleanup done");
            assert_eq!(last_cleanup(&sandbox), shown(&set_before(hook)), "{hook} {signal}");
        }
    }
}

#[test]
fn a_full_disk_is_an_error_and_not_a_loss() {
    need_python!();
    // Nothing larger than this can be written: what a full disk looks like to a program.
    let sandbox = Sandbox::with(
        "def prepare(spec):
    spec['bucket'] = 'b-1'
    print('x' * 400000)
def invoke(spec): pass
def cleanup(spec): print(spec['bucket'])
",
    );
    let program = env!("CARGO_BIN_EXE_sb-run");
    let mut shell = sandbox.command("");
    let mut limited = std::process::Command::new("sh");
    limited
        .args(["-c", &format!("trap '' XFSZ; ulimit -f 200; exec {program} prepare")])
        .current_dir(sandbox.path(""));
    for (name, value) in shell.env("X", "y").get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    let said = Said::new(&limited.output().unwrap());
    assert_ne!(said.code, Some(0), "{said:#?}");
    assert!(said.stderr.contains("cannot keep the hook's output"), "{said:#?}");
    assert!(!said.stderr.contains("panicked"), "{said:#?}");
    sandbox.run("cleanup").code(0);
    assert_eq!(sandbox.log("cleanup.log"), "b-1\n");
}

#[test]
fn a_hook_that_closes_its_streams_is_no_failure() {
    need_python!();
    let sandbox = Sandbox::with(
        "import os, sys
def prepare(spec):
    print('before', flush=True)
    os.close(1); os.close(2)
    spec['set'] = 'after'
def invoke(spec):
    sys.stdout.close()
    assert spec['set'] == 'after'
def cleanup(spec): print(spec['set'])
",
    );
    let said = sandbox.run("test");
    assert_eq!(sandbox.log("cleanup.log"), "after\n", "{said:#?}");
    assert_eq!(sandbox.log("prepare.log"), "before\n");
    said.code(0);
}
