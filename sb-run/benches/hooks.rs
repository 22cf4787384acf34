//! What the driver itself costs: time per hook over the start of `python3`, and memory while a hook
//! prints much.
//!
//! ```sh
//! cargo bench -p sb-run --bench hooks [--mb 1000]
//! ```
//!
//! Every hook of the first part is empty; a run of three is compared with three starts of the
//! interpreter, so the start and the end of sb-run itself count too.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and one that fails to set itself up fails"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// On a machine that does other things too, the best of many is near to what a quiet one gives.
const ROUNDS: usize = 60;

fn main() {
    let python = python();
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "pass");
    let (mut starts, mut wholes) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        starts.push(timed(|| {
            assert!(Command::new(&python).args(["-c", "pass"]).status().unwrap().success());
        }));
        wholes.push(timed(|| run(folder.path(), &python, &["prepare", "invoke", "cleanup"])));
    }
    let (start, whole) = (figures(&starts), figures(&wholes));
    let own = [0, 1, 2].map(|index| whole[index] / 3.0 - start[index]);
    println!("{ROUNDS} rounds                          median       best   of a processor");
    for (what, [median, best, used]) in [
        ("python3 -c pass", start),
        ("prepare, invoke, cleanup", whole),
        ("the driver's own part of each", own),
    ] {
        println!("{what:<30} {median:>7.1} ms {best:>7.1} ms {used:>12.1} ms");
    }

    let mb = megabytes();
    for (what, hook) in [
        ("a command prints", format!("os.system('head -c {mb}000000 /dev/zero')")),
        ("the hook prints", format!("[print('x' * 999) for _ in range({mb}000)]")),
        ("spec.run prints", format!("spec.run('yes | head -c {mb}000000', check=True)")),
    ] {
        write(folder.path(), &hook);
        let (peak, time) = peak(folder.path(), &python);
        println!(
            "{what:<24} {mb:>5} MB: at most {:>5.1} MB of memory, {:.1} s",
            peak,
            time.as_secs_f64()
        );
    }
}

/// The interpreter itself: a wrapper of that name on the path would count as the driver's.
fn python() -> PathBuf {
    let output =
        Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().into()
}

fn megabytes() -> u32 {
    let mut words = std::env::args().skip_while(|word| word != "--mb");
    words.nth(1).map_or(1000, |word| word.parse().unwrap())
}

fn write(folder: &Path, prepare: &str) {
    let text = format!(
        "import os\nBENCHMARK_CONFIG = 'x: {{}}'\ndef prepare(spec): {prepare}\ndef invoke(spec): pass\ndef cleanup(spec): pass\n"
    );
    std::fs::write(folder.join("x_benchmark.py"), text).unwrap();
}

fn sb_run(folder: &Path, python: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sb-run"));
    command.args(words).arg("--local").current_dir(folder).env("SB_PYTHON", python);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn run(folder: &Path, python: &Path, words: &[&str]) {
    assert!(sb_run(folder, python, words).status().unwrap().success());
}

/// The most memory that sb-run itself takes in prepare, in MB, and how long that runs.
fn peak(folder: &Path, python: &Path) -> (f64, Duration) {
    let began = Instant::now();
    let mut child = sb_run(folder, python, &["prepare"]).spawn().unwrap();
    let mut kb = 0.0;
    while child.try_wait().unwrap().is_none() {
        let path = format!("/proc/{}/status", child.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        kb = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(kb);
        std::thread::sleep(Duration::from_millis(2));
    }
    let time = began.elapsed();
    run(folder, python, &["cleanup"]);
    std::fs::remove_dir_all(folder.join("out")).unwrap();
    (kb / 1000.0, time)
}

/// Milliseconds that it takes, and that processors work for it and its children.
fn timed(work: impl FnOnce()) -> [f64; 2] {
    let (began, before) = (Instant::now(), used());
    work();
    [began.elapsed().as_secs_f64() * 1000.0, used() - before]
}

/// What children that have ended have used, in ms; Linux counts in hundredths of a second.
fn used() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(13).take(2);
    fields.filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() * 10.0
}

/// The median and the least of what it took, and the mean of what it used.
fn figures(times: &[[f64; 2]]) -> [f64; 3] {
    let mut elapsed: Vec<f64> = times.iter().map(|[elapsed, _]| *elapsed).collect();
    elapsed.sort_by(f64::total_cmp);
    let used = times.iter().map(|[_, used]| used).sum::<f64>() / times.len() as f64;
    [elapsed[elapsed.len() / 2], elapsed[0], used]
}
