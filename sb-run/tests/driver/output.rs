//! What hooks and their commands print is captured, whole and in order.

use crate::sandbox::{Said, Sandbox, need_python};

#[test]
fn commands_of_os_system_are_captured() {
    need_python!();
    let sandbox = Sandbox::fixture("os_system");
    let said = sandbox.run("test").code(0).says("sls deploy: one");
    assert_eq!(said.stdout, "");
    let log = std::fs::read(sandbox.only_run().join("prepare.log")).unwrap();
    let expected =
        b"before sls\nsls deploy: one\nsls deploy: two\nsls deploy: bytes \xff\0 end\nafter sls\n";
    assert_eq!(log, expected, "{}", String::from_utf8_lossy(&log));
    // logging at INFO is visible; a command may open /dev/stderr without wiping the log.
    assert_eq!(
        sandbox.log("invoke-0001.log"),
        "INFO:root:1600776870140+0000|INVOKED trace_id=a\n1600776870201+0200|DONE trace_id=a\nreopened\n"
    );
}

#[test]
fn what_the_module_prints_when_it_is_loaded_comes_first() {
    need_python!();
    let sandbox = Sandbox::with(
        "print('loaded')\ndef prepare(spec): print('ran')\ndef invoke(spec): pass\ndef cleanup(spec): pass\n",
    );
    sandbox.run("test").code(0);
    assert_eq!(sandbox.log("prepare.log"), "loaded\nran\n");
    assert_eq!(sandbox.log("invoke-0001.log"), "loaded\n");
}

/// Runs prepare; gives the most memory that sb-run took, in kB.
fn peak_of_prepare(sandbox: &Sandbox) -> u64 {
    let mut command = sandbox.command("prepare --local");
    let log = std::fs::File::create(sandbox.path("stderr")).unwrap();
    let mut child = command.stderr(log).spawn().unwrap();
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        let text =
            std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kb: u64 =
            line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0);
        peak = peak.max(kb);
        std::thread::sleep(std::time::Duration::from_millis(5));
    };
    assert!(status.success());
    peak
}

#[test]
fn a_large_output_is_whole_and_costs_no_memory() {
    need_python!();
    let size = 200_000_000_u64;
    let sandbox = Sandbox::with(&format!(
        "import os\ndef prepare(spec): os.system('head -c {size} /dev/zero')\ndef invoke(spec): pass\ndef cleanup(spec): pass\n"
    ));
    let peak = peak_of_prepare(&sandbox);
    assert_eq!(std::fs::metadata(sandbox.only_run().join("prepare.log")).unwrap().len(), size);
    assert!(peak < 20_000, "{peak} kB");
}

#[test]
fn what_a_command_prints_comes_back_whole() {
    need_python!();
    // Characters of two bytes that lie across all borders, and a byte that is no text.
    let sandbox = Sandbox::with(
        "import sys
def prepare(spec):
    script = r'import sys; sys.stdout.buffer.write(b\"x\" + \"\u{e9}\".encode() * 15_000_000 + b\"\\xff\\n\")'
    with open('script.py', 'w') as f: f.write(script)
    text = spec.run(sys.executable + ' script.py')
    assert text == 'x' + '\u{e9}' * 15_000_000 + '\u{fffd}\\n', (len(text), text[:5], text[-5:])
    assert spec.run('true') == ''
def invoke(spec): pass
def cleanup(spec): pass
",
    );
    let peak = peak_of_prepare(&sandbox);
    assert_eq!(sandbox.log("prepare.log").len(), 30_000_005, "the broken byte is shown as three");
    assert!(peak < 20_000, "{peak} kB");
}

#[test]
fn threads_do_not_tear_each_others_lines() {
    need_python!();
    let sandbox = Sandbox::with(
        "from concurrent.futures import ThreadPoolExecutor
def say(n):
    for i in range(500): print('thread', n, 'says', i)
def prepare(spec):
    with ThreadPoolExecutor(8) as pool: list(pool.map(say, range(8)))
def invoke(spec): pass
def cleanup(spec): pass
",
    );
    sandbox.run("prepare").code(0);
    let log = sandbox.log("prepare.log");
    assert_eq!(log.lines().count(), 4000);
    for line in log.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        assert!(
            matches!(words.as_slice(), ["thread", n, "says", i] if n.len() == 1 && i.parse::<u32>().is_ok()),
            "{line}"
        );
    }
}

#[test]
fn a_prompt_without_line_end_is_shown_and_kept() {
    need_python!();
    let sandbox = Sandbox::with(
        "import sys
def prepare(spec):
    print('dots', end='', flush=True)
    sys.stdout.buffer.write(b'\\xfe!')
    print('.')
    sys.stderr.write('open end')
def invoke(spec): pass
def cleanup(spec): pass
",
    );
    sandbox.run("prepare").code(0).says("open end\nsb-run: prepare done");
    let log = std::fs::read(sandbox.only_run().join("prepare.log")).unwrap();
    assert_eq!(log, b"dots\xfe!.\nopen end");
}

#[test]
fn the_log_is_whole_when_nobody_reads_along() {
    need_python!();
    let sandbox = Sandbox::fixture("os_system");
    let mut child = sandbox.start("test");
    drop(child.stderr.take());
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(sandbox.log("prepare.log").ends_with("after sls\n"));
}

#[test]
fn stdin_is_empty_for_hooks() {
    need_python!();
    let sandbox = Sandbox::with(
        "import os, sys
def prepare(spec):
    os.system('cat; echo end of cat')
    print(repr(sys.stdin.read()))
def invoke(spec): pass
def cleanup(spec): pass
",
    );
    let mut command = sandbox.command("prepare");
    let output = command.stdin(std::process::Stdio::piped()).output().unwrap();
    Said::new(&output).code(0);
    assert_eq!(sandbox.log("prepare.log"), "end of cat\n''\n");
}
