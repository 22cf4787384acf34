//! Input and surroundings that break programs: a right answer or a clear error, bounded memory, and
//! nothing half-written under its final name.

use crate::SB_TRACE;
use sb_tests::{Outcome, Python, Sandbox};
use serde_json::Value;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

/// Runs a program on what a shell pipeline gives, or without input, and says how much memory it
/// took at most, in MB, on the last line.
const MEASURED: &str = r#"
import resource, subprocess, sys
feed, *command = sys.argv[1:]
source = subprocess.Popen(feed, shell=True, stdout=subprocess.PIPE) if feed else None
done = subprocess.run(command, stdin=source.stdout if source else subprocess.DEVNULL, capture_output=True)
if source:
    source.stdout.close()
    source.wait()
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stdout.buffer.write(done.stdout)
sys.stderr.buffer.write(done.stderr)
print("\nMB", usage.ru_maxrss // 1024)
sys.exit(done.returncode if done.returncode >= 0 else 128 - done.returncode)
"#;

/// What the program did, and its memory in MB.
fn measured(sandbox: &Sandbox, feed: &str, args: &[&str]) -> Option<(Outcome, u64)> {
    let python = Python::with(&["resource"])?;
    let args: Vec<&str> = [feed, SB_TRACE].into_iter().chain(args.iter().copied()).collect();
    let out = python.run(sandbox, MEASURED, &args);
    let megabytes = out.stdout.rsplit("MB ").next().and_then(|n| n.trim().parse().ok());
    let megabytes = megabytes.unwrap_or_else(|| panic!("{}{}", out.stdout, out.stderr));
    Some((out, megabytes))
}

fn accounting(out: &Outcome) -> Value {
    let json = out.stdout.rsplit_once("\nMB ").map_or(&*out.stdout, |(json, _)| json);
    serde_json::from_str::<Value>(json).unwrap()["accounting"].clone()
}

#[test]
fn ten_million_identical_lines() {
    let sandbox = Sandbox::new();
    let line = b"1600776870140+0000|A\n".repeat(100_000);
    let path = sandbox.path("same.log");
    let mut file = std::fs::File::create(&path).unwrap();
    (0..100).for_each(|_| file.write_all(&line).unwrap());
    drop(file);
    let Some((out, megabytes)) = measured(&sandbox, "", &["stats", "--json", "same.log"]) else {
        return;
    };
    let sums = accounting(out.expect(0));
    // Each begins a trace, since the first label of a trace opens the next.
    for sum in ["lines", "statements", "events", "traces", "traces_complete"] {
        assert_eq!(sums[sum], 10_000_000, "{sum}");
    }
    assert!(megabytes < 400, "{megabytes} MB");
}

#[test]
fn a_line_of_a_gigabyte_without_an_end() {
    let sandbox = Sandbox::new();
    let text = r"yes 'some words of a line that never ends ' | tr -d '\n' | head -c 1000000000";
    let Some((out, megabytes)) = measured(&sandbox, text, &["stats", "-"]) else { return };
    out.expect(2).says("no trace statement in standard input").says("1 line");
    assert!(megabytes < 400, "{megabytes} MB");
    // The same with a statement far inside it, and statements all along it.
    let feed = format!("({text}; printf ' 1600776870140+0000|A '; {text})");
    let Some((out, megabytes)) = measured(&sandbox, &feed, &["stats", "--json", "-"]) else {
        return;
    };
    let sums = accounting(out.expect(0));
    assert_eq!((&sums["lines"], &sums["statements"]), (&1.into(), &1.into()));
    assert!(megabytes < 400, "{megabytes} MB");
}

#[test]
fn a_line_of_a_million_statements() {
    let sandbox = Sandbox::new();
    let one = "1600776870140+0000|A trace_id=7 x=y 1600776870141+0000|B trace_id=7 ";
    for text in [one.repeat(500_000), format!("{{ {}", one.repeat(500_000))] {
        sandbox.write("one.log", text);
        let out = sandbox.run(SB_TRACE, &["stats", "--json", "one.log"]);
        let sums = accounting(out.expect(0));
        assert_eq!((&sums["lines"], &sums["statements"]), (&1.into(), &1_000_000.into()));
    }
    let args = ["stats", "--json", "--id-regex", "x=(?<correlation_id>y)", "one.log"];
    let sums = accounting(sandbox.run(SB_TRACE, &args).expect(0));
    assert_eq!(sums["traces"], 1);
}

#[test]
fn nul_bytes() {
    let sandbox = Sandbox::new();
    sandbox.write("a.log", b"\0\0\0\n\x001600776870140+0000|A\0\n1600776870150+0000|B\0x\n\0");
    let out = sandbox.run(SB_TRACE, &["stats", "--json", "a.log"]);
    let sums = accounting(out.expect(0));
    assert_eq!((&sums["lines"], &sums["statements"]), (&4.into(), &2.into()));
    let zeros = sandbox.write("zeros.log", vec![0; 5_000_000]);
    let out = sandbox.run(SB_TRACE, &["stats", zeros.to_str().unwrap()]);
    out.expect(2).says("zeros.log is binary");
}

#[test]
fn a_fifo() {
    let sandbox = Sandbox::new();
    let path = sandbox.path("fifo");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let writer = std::thread::spawn(move || {
        let mut fifo = std::fs::OpenOptions::new().write(true).open(path).unwrap();
        fifo.write_all(b"1600776870140+0000|A\n").unwrap();
        std::thread::sleep(std::time::Duration::from_millis(50));
        fifo.write_all(b"1600776870150+0000|B\n").unwrap();
    });
    let out = sandbox.run(SB_TRACE, &["stats", "--json", "fifo"]);
    writer.join().unwrap();
    let document: Value = serde_json::from_str(&out.expect(0).stdout).unwrap();
    assert_eq!(document["pairs"][0]["mean_ms"], 10.0);
}

#[test]
fn a_file_that_is_truncated_while_it_is_read() {
    let sandbox = Sandbox::new();
    let text = "1600776870140+0000|A and some more text\n".repeat(200_000);
    for round in 0..8u64 {
        let path = sandbox.write("a.log", &text);
        let cutter = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(5 + 6 * round));
            std::fs::OpenOptions::new().write(true).open(path).unwrap().set_len(1000).unwrap();
        });
        let out = sandbox.run(SB_TRACE, &["stats", "--json", "a.log"]);
        cutter.join().unwrap();
        // What was read before is counted; nothing is counted twice.
        let sums = accounting(out.expect(0));
        let lines = sums["lines"].as_u64().unwrap();
        assert!((1..=200_000).contains(&lines), "{sums}");
        let with = sums["lines_with_statement"].as_u64().unwrap();
        assert!(lines - with <= 1, "{sums}");
    }
}

/// Runs a command line of a shell with the program as `$SB`.
fn shell(sandbox: &Sandbox, line: &str) -> Outcome {
    sandbox.run_with("sh", &["-c", line], b"", &[("SB", SB_TRACE)])
}

#[test]
fn a_disk_that_fills_up_while_a_table_is_written() {
    let sandbox = Sandbox::new();
    // Numbers that grow take few bytes in Parquet: many rows are needed.
    let log: String = (0..300_000u64)
        .map(|i| format!("{}+0000|A trace_id={i}\n", 1_600_776_870_000 + i * i % 999_983))
        .collect();
    sandbox.write("a.log", log);
    for name in ["t.parquet", "t.arrow", "t.csv", "t.ndjson"] {
        sandbox.write(name, "what was there before");
        // No file may grow beyond 64 KB: as on a full disk, a write in the middle fails.
        let line = format!("trap '' XFSZ; ulimit -f 128; exec \"$SB\" events a.log -o {name}");
        shell(&sandbox, &line).expect(2).says(name).says("too large");
        assert_eq!(sandbox.read(name), "what was there before");
    }
    assert_eq!(
        sandbox.files(""),
        ["a.log", "t.arrow", "t.csv", "t.ndjson", "t.parquet"],
        "no temporary file is left"
    );
    for args in ["events a.log", "stats a.log", "check a.log", "latencies a.log"] {
        shell(&sandbox, &format!("exec \"$SB\" {args} > /dev/full"))
            .expect(2)
            .says("no space left");
    }
}

#[test]
fn a_reader_that_goes_away_is_a_normal_end() {
    let sandbox = Sandbox::new();
    sandbox.write("a.log", "1600776870140+0000|A\n".repeat(50_000));
    let mut child = Command::new(SB_TRACE)
        .args(["events", "a.log"])
        .current_dir(sandbox.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    Outcome::of(&output).expect(0);
}

#[test]
fn a_folder_that_must_not_be_read() {
    let sandbox = Sandbox::new();
    sandbox.write("logs/a.log", "1600776870140+0000|A\n");
    sandbox.write("logs/closed/b.log", "1600776870150+0000|B\n");
    let closed = |mode| {
        let path = sandbox.path("logs/closed");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    closed(0o000);
    let out = if std::fs::read_dir(sandbox.path("logs/closed")).is_err() {
        sandbox.run(SB_TRACE, &["stats", "logs"])
    } else {
        // The superuser may read everything; somebody else runs a copy of the program.
        std::fs::set_permissions(sandbox.path(""), std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::copy(SB_TRACE, sandbox.path("sb-trace")).unwrap();
        let args = ["--reuid=65534", "--clear-groups", "./sb-trace", "stats", "logs"];
        sandbox.run("setpriv", &args)
    };
    closed(0o755);
    out.expect(2).says("logs/closed").says("ermission denied");
    assert_eq!(out.stdout, "");
}
