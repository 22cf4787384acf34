//! The files of `sb-trace stamp --emit`: each, run by its own runtime, prints what sb-trace reads.

use crate::{SB_RUN, SB_TRACE};
use sb_tests::{Outcome, Sandbox, in_ci};
use std::process::Command;

/// Whether a runtime is on this machine; in CI it must be if `needed`.
fn has(program: &str, needed: bool) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    assert!(found || !needed || !in_ci(), "in CI {program} must be there");
    if !found {
        sb_tests::skipped(&format!("{program} is not installed"));
    }
    found
}

/// A sandbox with the file of this language.
fn emitted(language: &str, file: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    for _ in 0..2 {
        let said = sandbox.run(SB_TRACE, &["stamp", "--emit", language]);
        assert_eq!(said.expect(0).stdout, format!("{file}\n"), "again is no error");
    }
    sandbox
}

/// What was printed is five events of two traces, nothing else, and wrong labels and ids failed.
fn check(sandbox: &Sandbox, out: &Outcome) {
    out.expect(0);
    sandbox.write("app.log", &out.stdout);
    let events = sandbox.run(SB_TRACE, &["events", "app.log"]);
    let events = &events.expect(0).stdout;
    for label in ["PRE_INVOKED,", "a.b:c/d-e,", "WORK_START,", "WORK_END,"] {
        assert!(events.contains(label), "{label} in {events}\n{}", out.stdout);
    }
    assert_eq!(events.matches("req-1").count(), 4, "{events}\n{}", out.stdout);
    assert_eq!(out.stdout.matches("refused").count(), 2, "{}", out.stdout);
    assert_eq!(out.stdout.lines().count(), 7, "{}", out.stdout);
}

#[test]
fn python() {
    if !has("python3", true) {
        return;
    }
    let sandbox = emitted("python", "trace.py");
    let script = "from trace import trace, traced
import asyncio
trace('PRE_INVOKED', trace_id='req-1')
trace('a.b:c/d-e', 'req-1')
@traced('WORK', trace_id='req-1')
def work(x): return x + 1
@traced('X')
async def later(): return 5
assert work(1) == 2 and work.__name__ == 'work'
trace('LAST')
for wrong in (lambda: trace('1A'), lambda: trace('A', 'no id')):
    try: wrong()
    except ValueError: print('refused')
";
    sandbox.write("app.py", script);
    check(&sandbox, &sandbox.run("python3", &["app.py"]));
    // An exception ends the work too, and goes on; async functions are waited for.
    let more = "from trace import traced
import asyncio
@traced('L')
async def later():
    await asyncio.sleep(0.02)
    return 5
assert asyncio.run(later()) == 5
try:
    with traced('W'): raise KeyError
except KeyError: print('went on')
";
    let out = sandbox.run("python3", &["-c", more]);
    let labels: Vec<&str> =
        out.expect(0).stdout.lines().map(|l| l.split('|').next_back().unwrap()).collect();
    assert_eq!(labels, ["L_START", "L_END", "W_START", "W_END", "went on"]);
    let epoch = |line: usize| -> u64 {
        out.stdout.lines().nth(line).unwrap().get(..13).unwrap().parse().unwrap()
    };
    assert!(epoch(1) >= epoch(0) + 20, "{}", out.stdout);
}

#[test]
fn node() {
    if !has("node", false) {
        return;
    }
    let sandbox = emitted("node", "trace.js");
    sandbox.write(
        "app.js",
        "const { trace, traced } = require('./trace');
trace('PRE_INVOKED', 'req-1');
trace('a.b:c/d-e', 'req-1');
(async () => {
  const five = await traced('WORK', () => new Promise((done) => setTimeout(() => done(5), 10)), 'req-1');
  if (five !== 5) throw new Error('five');
  trace('LAST');
  for (const wrong of [() => trace('1A'), () => trace('A', 'no id')]) {
    try { wrong(); } catch { console.log('refused'); }
  }
})();
",
    );
    check(&sandbox, &sandbox.run("node", &["app.js"]));
}

#[test]
fn shells() {
    for shell in ["bash", "sh"] {
        if !has("bash", true) {
            return;
        }
        let sandbox = emitted("bash", "trace.sh");
        sandbox.write(
            "app",
            ". ./trace.sh
trace PRE_INVOKED req-1
trace a.b:c/d-e req-1
traced WORK req-1 false && exit 9
trace LAST
trace 1A 2>/dev/null || echo refused
trace A 'no id' 2>/dev/null || echo refused
",
        );
        check(&sandbox, &sandbox.run(shell, &["app"]));
    }
}

#[test]
fn go() {
    if !has("go", false) {
        return;
    }
    let sandbox = emitted("go", "trace.go");
    std::fs::create_dir(sandbox.path("trace")).unwrap();
    std::fs::rename(sandbox.path("trace.go"), sandbox.path("trace/trace.go")).unwrap();
    sandbox.write("go.mod", "module app\n");
    sandbox.write(
        "main.go",
        "package main
import (\"app/trace\"; \"fmt\")
func try(f func()) { defer func() { if recover() != nil { fmt.Println(\"refused\") } }(); f() }
func work() { defer trace.Traced(\"WORK\", \"req-1\")() }
func main() {
	trace.Trace(\"PRE_INVOKED\", \"req-1\")
	trace.Trace(\"a.b:c/d-e\", \"req-1\")
	work()
	trace.Trace(\"LAST\", \"\")
	try(func() { trace.Trace(\"1A\", \"\") })
	try(func() { trace.Trace(\"A\", \"no id\") })
}
",
    );
    check(&sandbox, &sandbox.run("go", &["run", "."]));
}

#[test]
fn java() {
    if !has("java", false) {
        return;
    }
    let sandbox = emitted("java", "Trace.java");
    sandbox.write(
        "App.java",
        "public class App {
    public static void main(String[] args) throws Exception {
        Trace.trace(\"PRE_INVOKED\", \"req-1\");
        Trace.trace(\"a.b:c/d-e\", \"req-1\");
        if (Trace.traced(\"WORK\", \"req-1\", () -> 5) != 5) throw new Exception();
        Trace.trace(\"LAST\");
        for (Runnable wrong : new Runnable[] { () -> Trace.trace(\"1A\"), () -> Trace.trace(\"A\", \"no id\") }) {
            try { wrong.run(); } catch (IllegalArgumentException e) { System.out.println(\"refused\"); }
        }
    }
}
",
    );
    sandbox.run("javac", &["Trace.java", "App.java"]).expect(0);
    check(&sandbox, &sandbox.run("java", &["-cp", ".", "App"]));
}

#[test]
fn another_file_of_that_name_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.write("trace.py", "mine");
    sandbox
        .run(SB_TRACE, &["stamp", "--emit", "python"])
        .expect(2)
        .says("trace.py: there is another file");
    assert_eq!(sandbox.read("trace.py"), "mine");
    sandbox.run(SB_TRACE, &["stamp", "A", "--emit", "python"]).expect(2);
    sandbox.run(SB_TRACE, &["stamp"]).expect(2);
}

#[test]
fn hooks_have_the_same_at_hand() {
    if !has("python3", true) {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.write(
        "x_benchmark.py",
        "from sb import trace, traced
BENCHMARK_CONFIG = 'x: {}'
def prepare(spec): pass
@traced('INVOKE', trace_id='t1')
def invoke(spec): trace('PRE_INVOKED', trace_id='t1')
def cleanup(spec): pass
",
    );
    sandbox.run(SB_RUN, &[]).expect(0);
    let events = sandbox.run(SB_TRACE, &["events", "out"]);
    let events = &events.expect(0).stdout;
    for label in ["INVOKE_START", "PRE_INVOKED", "INVOKE_END"] {
        assert!(events.contains(label), "{events}");
    }
}
