//! Bad input: what `sb-trace` says, and with which exit code.

use crate::SB_TRACE;
use sb_tests::Sandbox;
use std::io::Write;
use std::process::Command;

const LINE: &str = "1600776870000+0000|A\n";

#[test]
fn a_missing_file() {
    let sandbox = Sandbox::new();
    let out = sandbox.run(SB_TRACE, &["stats", "missing.log"]);
    out.expect(2).says("missing.log: no such file or folder").says("help:");
    assert_eq!(out.stdout, "");
}

#[test]
fn only_empty_logs() {
    let sandbox = Sandbox::new();
    sandbox.write("logs/a.log", "");
    sandbox.write("logs/b.log", "");
    sandbox
        .run(SB_TRACE, &["stats", "logs"])
        .expect(2)
        .says("no trace statement in 2 files")
        .says("a.log is empty");
}

#[test]
fn only_binary_files() {
    let sandbox = Sandbox::new();
    sandbox.write("logs/a.bin", (0..=255u8).collect::<Vec<_>>().repeat(9));
    sandbox.run(SB_TRACE, &["stats", "logs"]).expect(2).says("a.bin is binary");
}

#[test]
fn an_empty_folder() {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("logs")).unwrap();
    sandbox.run(SB_TRACE, &["stats", "logs"]).expect(2).says("it holds no file");
}

#[test]
fn an_empty_or_binary_member_is_a_note() {
    let sandbox = Sandbox::new();
    sandbox.write("logs/a.log", LINE);
    sandbox.write("logs/b.log", "");
    sandbox.write("logs/c.bin", [0u8; 100]);
    let out = sandbox.run(SB_TRACE, &["events", "logs"]);
    assert_eq!(out.expect(0).stdout.lines().count(), 2);
    let out = sandbox.run(SB_TRACE, &["stats", "logs"]);
    out.expect(0).says("note: b.log is empty").says("note: c.bin is binary");
}

#[test]
fn macos_date_output_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("a.log", "16007768703N+0200|X\n");
    sandbox
        .run(SB_TRACE, &["stats", "a.log"])
        .expect(2)
        .says("a.log:1:1")
        .says("macOS")
        .says("sb-trace stamp LABEL");
}

#[test]
fn a_broken_gzip() {
    let sandbox = Sandbox::new();
    sandbox.write("a.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03only the head is right");
    sandbox.run(SB_TRACE, &["stats", "a.gz"]).expect(2).says("a.gz: ");
}

#[test]
fn a_pattern_without_a_match() {
    let sandbox = Sandbox::new();
    sandbox.run(SB_TRACE, &["stats", "*.log"]).expect(2).says("*.log: no file matches");
}

#[test]
fn wrong_use() {
    let sandbox = Sandbox::new();
    sandbox.write("a.log", LINE);
    for (args, message) in [
        (&["stats"][..], "LOG"),
        (&["stats", "a.log", "--pair", "A"], "'A' is not a pair"),
        (&["stats", "a.log", "--pair", "A->1"], "'1' in 'A->1' is not a label"),
        (&["stats", "a.log", "--by", "colour"], "not one of auto, id, source, file, label=NAME"),
        (&["stats", "a.log", "--max-trace", "5"], "no unit"),
        (&["stats", "a.log", "--percentiles", "101"], "not between 0 and 100"),
        (&["stats", "a.log", "--unit", "parsec"], "expected auto"),
        (&["stats", "a.log", "--expect", "A B"], "'A B' is not a label"),
        (&["stats", "a.log", "--max-incomplete", "lots"], "is not a percentage"),
        (&["stats", "a.log", "--json", "--csv"], "cannot be used with"),
        (&["events", "a.log", "-o", "out.txt"], "out.txt: the ending says no format"),
        (&["stamp", "two words"], "'two words' is not a label"),
        (&["stamp", "A", "--trace-id", "a b"], "'a b' is not an id"),
    ] {
        sandbox.run(SB_TRACE, args).expect(2).says(message);
    }
}

#[test]
fn limits_that_the_user_set() {
    let sandbox = Sandbox::new();
    sandbox.write("good.log", "1600776870000Z|A trace_id=1\n1600776870001Z|B trace_id=1\n");
    sandbox.write(
        "bad.log",
        "1600776870000Z|A trace_id=1\n1600776870001Z|B trace_id=1\n1600776870002Z|A trace_id=2\n\
         1600776870003Z|B trace_id=3\n1600776870|A\n16007768700|B\n160077687000+0000|B\n",
    );
    sandbox.run(SB_TRACE, &["stats", "good.log", "--strict", "--max-incomplete", "0%"]).expect(0);
    let out = sandbox.run(SB_TRACE, &["stats", "bad.log", "--strict"]);
    out.expect(1).says("--strict: 1 look-alikes, 0 orphans, 1 incomplete traces");
    assert!(out.stdout.contains("A->B"), "the figures are printed all the same");
    sandbox
        .run(SB_TRACE, &["stats", "bad.log", "--max-incomplete", "2%"])
        .expect(1)
        .says("1 of 3 traces are incomplete (33.3%)");
    sandbox.run(SB_TRACE, &["stats", "bad.log", "--max-incomplete", "34%"]).expect(0);
}

#[test]
fn many_incomplete_traces_are_explained() {
    let sandbox = Sandbox::new();
    sandbox.write("a.log", "1600776870000Z|A trace_id=1\n1600776870001Z|B trace_id=1\n1600776870002Z|A trace_id=2\n1600776870|B\n");
    let out = sandbox.run(SB_TRACE, &["stats", "a.log"]);
    out.expect(0).says("incomplete traces: 1 of 2").says("--expect").says("with statement");
}

#[test]
fn an_output_that_cannot_be_written() {
    let sandbox = Sandbox::new();
    sandbox.write("a.log", LINE);
    sandbox
        .run(SB_TRACE, &["events", "a.log", "-o", "missing/out.csv"])
        .expect(2)
        .says("missing/out.csv: ");
    assert_eq!(sandbox.files(""), ["a.log"]);
}

#[test]
fn a_closed_pipe_is_a_normal_end() {
    let sandbox = Sandbox::new();
    sandbox.write("a.log", LINE.repeat(200_000));
    let script = format!("'{SB_TRACE}' events a.log | head -n 1; exit ${{PIPESTATUS[0]}}");
    let out = sandbox.run("bash", &["-c", &script]);
    out.expect(0);
    assert!(!out.stderr.contains("error"), "{}", out.stderr);
}

#[test]
fn a_full_disk() {
    let sandbox = Sandbox::new();
    sandbox.write("a.log", LINE);
    let script = format!("'{SB_TRACE}' events a.log > /dev/full");
    sandbox
        .run("bash", &["-c", &script])
        .expect(2)
        .says("standard output: no space left on the device");
}

#[test]
fn help_has_examples_everywhere() {
    let sandbox = Sandbox::new();
    for command in [&[][..], &["stats"], &["events"], &["latencies"], &["check"], &["stamp"]] {
        let args: Vec<&str> = command.iter().chain(&["--help"]).copied().collect();
        let out = sandbox.run(SB_TRACE, &args);
        assert!(out.expect(0).stdout.contains("Examples:"), "{command:?}");
        assert!(!out.stdout.contains("twin"), "{command:?}");
    }
}

/// A table that is being written when Ctrl-C comes is no table, and no log for the next call.
#[test]
fn an_interrupted_table_leaves_nothing_behind() {
    use std::os::unix::process::ExitStatusExt;
    let sandbox = Sandbox::new();
    sandbox.write("out/kept.log", "1600776870140+0000|A\n1600776870141+0000|B\n");
    let fifo = sandbox.path("app.log");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let mut child = sandbox.start(SB_TRACE, &["events", "app.log", "-o", "out/x.parquet"]);
    let mut log = std::fs::OpenOptions::new().write(true).open(&fifo).unwrap();
    log.write_all("1600776870140+0000|A\n".repeat(10_000).as_bytes()).unwrap();
    let unfinished = || sandbox.files("out").iter().any(|name| name.contains(".sb-"));
    let begun = std::time::Instant::now();
    while !unfinished() {
        assert!(begun.elapsed().as_secs() < 60, "{:?}", sandbox.files("out"));
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    // What another program is writing there is no log.
    sandbox.run(SB_TRACE, &["events", "out"]).expect(0);
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().signal(), Some(2));
    assert_eq!(sandbox.files("out"), ["kept.log"]);
}
