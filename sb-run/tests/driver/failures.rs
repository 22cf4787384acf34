//! The table of failures: each way to fail, in each hook, on this machine and in containers. What
//! holds: the exit code, the words, cleanup runs where it is asked for, nothing is left running,
//! and cleanup in a new process knows every value that was set before the failure.

use std::fmt::Write;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::engine::{PYTHON, SHELL, containers_of, docker, engine, need_engine};
use crate::sandbox::{Said, Sandbox, alive, kill, need_python, wait};
use crate::signs::{Driver, GRACE, LIMITS, LONG_LIMITS, again, run_out};

const HOOKS: [&str; 4] = ["prepare", "invoke", "collect", "cleanup"];

/// Where hooks run.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mode {
    Host,
    Container,
}

/// One cell: a benchmark whose hook does something; every hook sets a value and changes it in
/// place. With the file `mended` it does it no more.
struct Cell {
    sandbox: Sandbox,
    hook: &'static str,
    mode: Mode,
}

/// Says that it has begun, and goes on for ever.
const HANG: &str = "(open('started', 'w').write('%d\\n' % os.getpid()), time.sleep(1000))";
/// The same, and asking does not help, but shows.
const STUBBORN: &str = "(signal.signal(signal.SIGTERM, lambda *_: open('asked', 'w').write('yes\\n')), open('started', 'w').write('%d\\n' % os.getpid()), [time.sleep(0.01) for _ in iter(int, 1)])";
/// Leaves a daemon that is no longer in the hook's group and holds its output.
const DAEMON: &str = "(os.fork() or (os.setsid(), os.fork() or (open('daemon', 'w').write('1'), time.sleep(1000)), os._exit(0))) and [time.sleep(0.01) for _ in iter(lambda: os.path.exists('daemon'), True)]";

impl Cell {
    fn new(hook: &'static str, mode: Mode, way: &str) -> Self {
        let mut text = String::from("import os, signal, subprocess, sys, time\n");
        for name in HOOKS {
            let _ = writeln!(
                text,
                "def {name}(spec):\n    spec['in_{name}'] = [1]\n    spec['in_{name}'].append(os.getpid())\n    print(sorted(key for key in spec if key.startswith('in_')), flush=True)"
            );
            if name == hook {
                let _ = writeln!(text, "    if not os.path.exists('mended'): {way}");
            }
        }
        Self { sandbox: Sandbox::with(&text), hook, mode }
    }

    /// sb-run on the hook, and on cleanup after it.
    fn command(&self, more: &str) -> Command {
        let place = if self.mode == Mode::Host { "--local" } else { "--docker" };
        let cleanup = if self.hook == "cleanup" { "" } else { "cleanup" };
        let mut command = self.sandbox.command(&format!("{} {cleanup} {place} {more}", self.hook));
        command.env("SB_IMAGE", PYTHON);
        command
    }

    fn run(&self, more: &str) -> Said {
        Said::new(&self.command(more).output().unwrap())
    }

    /// Starts it; returns when the hook hangs, with its process.
    fn start(&self) -> (Driver, String) {
        let driver = Driver::start(&mut self.command(""));
        let pid = self.sandbox.wait_for("started");
        (driver, pid)
    }

    /// Cleanup in a new process, on this machine.
    fn clean_up_anew(&self) -> Said {
        self.sandbox.write("mended", "");
        self.sandbox.run("cleanup").code(0)
    }

    /// After the chain: cleanup has run, or runs now, and knew what was set; nothing goes on.
    #[track_caller]
    fn ends_well(&self, cleaned: bool, way: &str) {
        let place = format!("{:?}, {}: {way}", self.mode, self.hook);
        let state = self.sandbox.path(".sb/config.yml");
        assert_eq!(state.exists(), !cleaned, "{place}: the state is kept unless cleanup succeeded");
        if !cleaned {
            self.clean_up_anew();
        }
        let mut keys = vec!["in_cleanup".to_string()];
        if self.hook != "cleanup" {
            keys.push(format!("in_{}", self.hook));
        }
        keys.sort();
        let run = self.sandbox.only_run();
        let mut logs: Vec<_> = std::fs::read_dir(run)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("cleanup"))
            .collect();
        logs.sort_by_key(|path| path.metadata().unwrap().modified().unwrap());
        let keys: Vec<String> = keys.iter().map(|key| format!("'{key}'")).collect();
        let last = self.sandbox.read(logs.last().unwrap());
        assert_eq!(last, format!("[{}]\n", keys.join(", ")), "{place}");
        assert!(!self.sandbox.path(".sb").exists(), "{place}: the state has gone");
        assert_eq!(self.sandbox.processes(), [""; 0], "{place}: processes");
        if self.mode == Mode::Container {
            assert_eq!(containers_of(&self.sandbox.path("")), [""; 0], "{place}: containers");
        }
    }
}

/// All that a hook can do to itself: the way, what sb-run says, and its exit code.
fn ways(mode: Mode) -> Vec<(String, &'static str, i32)> {
    let image = if mode == Mode::Host { String::new() } else { format!(", '{SHELL}'") };
    let way = |way: &str, words, code| (way.to_string(), words, code);
    let mut ways = vec![
        way("raise ValueError('boom')", "ValueError: boom", 1),
        way("sys.exit(4)", "sys.exit(4)", 1),
        way("os._exit(4)", "the process ended with code 4", 1),
        way(&format!("spec.run('exit 9'{image})"), "`exit 9` exited unsuccessfully", 1),
        way(HANG, "stopped after ", 1),
        way("(os.close(1), os.close(2))", " done in ", 0),
        way(DAEMON, " done in ", 0),
    ];
    if mode == Mode::Host {
        // The first process of a container cannot be ended so.
        ways.push(way("os.kill(os.getpid(), 9)", "ended by signal 9", 1));
        ways.push(way("spec.run('kill -9 $$')", "exited unsuccessfully. Exit code: 137", 1));
    }
    ways
}

/// A hook that hangs until a time limit ends it, and not before it has begun. `run` gets the limit.
fn too_long(hook: &'static str, mode: Mode, run: impl Fn(&Cell, &str) -> Said) -> (Cell, Said) {
    let limits = if mode == Mode::Host { LIMITS } else { LONG_LIMITS };
    run_out(limits, |limit| {
        let cell = Cell::new(hook, mode, HANG);
        let began = Instant::now();
        let said = run(&cell, &limit.flag()).code(1).says(limit.words);
        let in_time = began.elapsed() < limit.time + Duration::from_mins(1);
        (in_time && cell.sandbox.sign("started").is_some()).then_some((cell, said))
    })
}

fn by_itself(hook: &'static str, mode: Mode) {
    for (way, words, code) in ways(mode) {
        // A failing command is no failure of cleanup's own code: it goes on, and says so.
        let goes_on = hook == "cleanup" && way.starts_with("spec.run");
        let words = if goes_on { "one of its commands failed" } else { words };
        let place = format!("{mode:?}, {hook}: {way}");
        let (cell, said) = if way == HANG {
            too_long(hook, mode, |cell, limit| cell.run(&format!("--timeout {hook}={limit}")))
        } else {
            again(&place, || {
                let cell = Cell::new(hook, mode, &way);
                let began = Instant::now();
                let said = cell.run("");
                (began.elapsed() < Duration::from_mins(1)).then_some((cell, said))
            })
        };
        assert_eq!(said.code, Some(code), "{place}: {said:#?}");
        assert!(said.stderr.contains(words), "{place}: no '{words}' in {said:#?}");
        cell.ends_well(hook != "cleanup" || code == 0, &way);
    }
}

fn by_others(hook: &'static str, mode: Mode) {
    let is_last = hook == "cleanup";
    for (signal, code, words) in [("-INT", 130, "Ctrl-C"), ("-TERM", 143, "SIGTERM")] {
        let cell = Cell::new(hook, mode, HANG);
        let (driver, _) = cell.start();
        kill(signal, driver.id());
        // Verbs of which one is cleanup: it runs.
        driver.end().code(code).says(&format!("{hook} failed: interrupted by {words}"));
        cell.ends_well(!is_last, signal);
    }

    let (cell, said, pid) = again(&format!("{mode:?}, {hook}: Ctrl-C twice"), || {
        let cell = Cell::new(hook, mode, STUBBORN);
        let (mut driver, pid) = cell.start();
        let began = Instant::now();
        kill("-INT", driver.id());
        if !driver.shows("the hook to be asked", || cell.sandbox.sign("asked").is_some()) {
            return None;
        }
        kill("-INT", driver.id());
        let said = driver.end().code(130);
        (began.elapsed() < GRACE).then_some((cell, said, pid))
    });
    assert!(is_last || !said.stderr.contains("cleanup ..."), "{mode:?}: {said:#?}");
    assert!(mode == Mode::Container || !alive(&pid), "{hook}");
    cell.ends_well(false, "Ctrl-C twice");

    let cell = Cell::new(hook, mode, HANG);
    let (driver, pid) = cell.start();
    kill("-KILL", driver.id());
    driver.end();
    match mode {
        Mode::Host => wait("the hook's end", || !alive(&pid)),
        Mode::Container => {
            wait("the container's end", || containers_of(&cell.sandbox.path("")).is_empty());
        }
    }
    let status = cell.sandbox.run("status").code(0).stdout;
    assert!(status.contains("cut off: sb-run was killed"), "{status}");
    cell.clean_up_anew().says(&format!("sb-run was killed during {hook}"));
    cell.ends_well(true, "kill -9 of the driver");

    let cell = Cell::new(hook, mode, HANG);
    let (driver, pid) = cell.start();
    match mode {
        Mode::Host => kill("-KILL", pid.parse().unwrap()),
        Mode::Container => {
            for container in containers_of(&cell.sandbox.path("")) {
                docker(&["kill", &container]);
            }
        }
    }
    driver.end().code(1).says(&format!("{hook} failed: the process was ended by signal 9"));
    cell.ends_well(!is_last, "kill -9 of the hook");
}

fn by_the_system(hook: &'static str, mode: Mode) {
    if mode == Mode::Container && engine() != "docker" {
        return; // without a daemon the limit would be the engine's too
    }
    // Nothing larger than this can be written: what a full disk looks like to a program.
    let cell = Cell::new(hook, mode, "print('x' * 400000)");
    let command = cell.command("");
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 200; exec \"$0\" \"$@\""]);
    limited.arg(command.get_program()).args(command.get_args()).current_dir(cell.sandbox.path(""));
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    let said = Said::new(&limited.output().unwrap()).code(1);
    let place = format!("{mode:?}, {hook}: {said:#?}");
    assert!(said.stderr.contains("cannot keep the hook's output: file too large"), "{place}");
    assert!(!said.stderr.contains("panicked"), "{place}");
    cell.ends_well(hook != "cleanup", "full disk");

    // Whoever listened has gone before the hook prints.
    let waits = "[time.sleep(0.01) for _ in iter(lambda: os.path.exists('deaf'), True)]";
    let way = format!("({waits}, print('x' * 400000), print('last words'))");
    let cell = Cell::new(hook, mode, &way);
    let mut command = cell.command("");
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut driver = command.spawn().unwrap();
    drop((driver.stdout.take(), driver.stderr.take()));
    cell.sandbox.write("deaf", "");
    assert_eq!(driver.wait().unwrap().code(), Some(0), "{mode:?}, {hook}: nobody listens");
    let log = if hook == "invoke" { "invoke-0001.log".into() } else { format!("{hook}.log") };
    let log = cell.sandbox.log(&log);
    assert!(log.len() > 400_000 && log.ends_with("last words\n"), "{mode:?}, {hook}");
    assert!(!cell.sandbox.path(".sb").exists());
}

macro_rules! table {
    ($($test:ident: $need:ident, $mode:ident, $rows:ident;)*) => {$(
        #[test]
        fn $test() {
            $need!();
            for hook in HOOKS {
                $rows(hook, Mode::$mode);
            }
        }
    )*};
}

table! {
    a_hook_fails_by_itself: need_python, Host, by_itself;
    a_hook_fails_by_itself_in_a_container: need_engine, Container, by_itself;
    a_hook_is_stopped_by_others: need_python, Host, by_others;
    a_hook_is_stopped_by_others_in_a_container: need_engine, Container, by_others;
    the_system_fails_a_hook: need_python, Host, by_the_system;
    the_system_fails_a_hook_in_a_container: need_engine, Container, by_the_system;
}

#[test]
fn a_new_process_cleans_up_after_every_way() {
    need_python!();
    for (way, _, code) in ways(Mode::Host) {
        let run = |cell: &Cell, more: &str| cell.sandbox.run(&format!("prepare --local{more}"));
        let cell = if way == HANG {
            let run = |cell: &Cell, limit: &str| run(cell, &format!(" --timeout {limit}"));
            too_long("prepare", Mode::Host, run).0
        } else {
            let cell = Cell::new("prepare", Mode::Host, &way);
            run(&cell, "").code(code);
            cell
        };
        cell.ends_well(false, &way);
    }
}
