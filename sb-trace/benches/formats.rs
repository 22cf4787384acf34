//! Throughput of each format: its samples over and over, read to events, in MB/s of decoded text.
//!
//! ```sh
//! cargo bench -p sb-trace --no-default-features --bench formats [NAME] [--mb 64]
//! ```
//!
//! The samples are dense, about every second line is a statement; most logs are read faster. Beside
//! them, where a Python with duckdb is found (`SB_TEST_PYTHON`), DuckDB reads the same file and only
//! counts the records that match.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and one that fails to set itself up fails"
)]

use sb_trace::{Input, Options, Silent, figures};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Runs of each measurement, of which the median counts.
const RUNS: usize = 3;

/// Counts the records of a file that hold a statement; `kind` is how DuckDB reads it.
const DUCKDB: &str = r"
import duckdb, sys, time
kind, path = sys.argv[1:3]
con = duckdb.connect()
con.execute('set threads=2')
rows = {
    'lines': f'''read_csv('{path}', columns={{'r': 'VARCHAR'}}, delim=chr(1), quote='', escape='', header=false, auto_detect=false, max_line_size=33554432, strict_mode=false)''',
    'json': f'''(select json as r from read_json_objects('{path}', maximum_object_size=1073741824))''',
}[kind]
times = []
for _ in range(3):
    start = time.monotonic()
    con.execute(f'''select count(*) from {rows} where regexp_matches(r::varchar, '\\d{{13}}[+-]\\d{{4}}\\|[A-Z]')''').fetchall()
    times.append(time.monotonic() - start)
print(sorted(times)[1])
";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let mb = args.iter().position(|arg| arg == "--mb").and_then(|at| args.get(at + 1));
    let size = mb.and_then(|mb| mb.parse::<usize>().ok()).unwrap_or(64) << 20;
    let wanted = args.first().filter(|arg| !arg.starts_with("--"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/formats");
    let mut samples: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    samples.sort();
    let scratch = tempfile::tempdir().unwrap();
    println!("{:<40} {:<26} {:>10} {:>10} {:>8}", "sample", "format", "MB/s", "DuckDB", "ratio");
    for sample in samples {
        let name = sample.file_name().unwrap().to_string_lossy().into_owned();
        let kept = ![".expected.csv", ".source.csv", ".md"].iter().any(|end| name.ends_with(end));
        if kept && wanted.is_none_or(|wanted| name.contains(wanted.as_str())) {
            measure(&name, &text(&sample), size, scratch.path());
        }
    }
}

fn text(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    let mut text = Vec::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut text).unwrap();
        text
    } else {
        bytes
    }
}

fn measure(name: &str, sample: &[u8], size: usize, scratch: &Path) {
    let path = scratch.join(name);
    let mut once = sample.to_vec();
    if !once.ends_with(b"\n") && name != "syslog-octet.log" {
        once.push(b'\n');
    }
    let bytes = once.repeat(size / once.len() + 1);
    std::fs::write(&path, &bytes).unwrap();
    let mut format = "";
    let mut seconds: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            let input = [Input::file(&path)];
            let files = figures(&input, &Options::default(), &[], &[], &Silent).unwrap().files;
            format = files[0].format;
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    let rate = |seconds: f64| bytes.len() as f64 / 1e6 / seconds;
    let ours = rate(seconds[RUNS / 2]);
    let kind = if matches!(bytes.trim_ascii_start()[0], b'{') { "json" } else { "lines" };
    let theirs = duckdb(kind, &path).map(rate);
    let (theirs, ratio) = theirs.map_or(("-".to_owned(), "-".to_owned()), |theirs| {
        (format!("{theirs:.0}"), format!("{:.1}", ours / theirs))
    });
    println!("{name:<40} {format:<26} {ours:>10.0} {theirs:>10} {ratio:>8}");
    std::fs::remove_file(&path).unwrap();
}

/// How long DuckDB takes, if there is one.
fn duckdb(kind: &str, path: &Path) -> Option<f64> {
    let python = std::env::var("SB_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = Command::new(python).args(["-c", DUCKDB, kind]).arg(path).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
