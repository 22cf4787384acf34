//! `sb-report` on odd and on bad input.

use crate::{SB_REPORT, SB_TRACE};
use sb_tests::Sandbox;

const LOG: &str = "1600776870000Z|A trace_id=1\n1600776870001Z|B trace_id=1\n16007768703N+0200|X\n";

#[test]
fn a_log_collected_elsewhere() {
    let sandbox = Sandbox::new();
    sandbox.write("logs/app.log", LOG);
    sandbox.run(SB_REPORT, &["logs"]).expect(0);
    assert!(sandbox.read("report/report.html").contains("A→B"));
    assert_eq!(sandbox.files("logs"), ["app.log"], "the input is left alone");
    // What we wrote is never read as a log.
    sandbox.run(SB_REPORT, &["logs", "report", "-o", "again"]).expect(0);
    assert_eq!(
        sandbox.read("again/summary.json").matches("\"n\": 1,").count(),
        sandbox.read("report/summary.json").matches("\"n\": 1,").count()
    );
    sandbox.run(SB_REPORT, &["logs", "-o", "logs/inside"]).expect(2).says("lies inside the logs");
}

#[test]
fn a_table_gives_the_same_numbers() {
    let sandbox = Sandbox::new();
    sandbox.write("app.log", LOG);
    sandbox.run(SB_TRACE, &["latencies", "app.log", "-o", "l.parquet"]).expect(0);
    sandbox.run(SB_REPORT, &["l.parquet", "-o", "table"]).expect(0);
    sandbox.run(SB_REPORT, &["app.log", "-o", "log"]).expect(0);
    let pairs = |name: &str| {
        serde_json::from_str::<serde_json::Value>(&sandbox.read(name)).unwrap()["pairs"].clone()
    };
    assert_eq!(pairs("table/summary.json"), pairs("log/summary.json"));
}

#[test]
fn the_page_loads_nothing_and_escapes_what_it_shows() {
    let sandbox = Sandbox::new();
    sandbox.write("<b>&x.log", LOG);
    sandbox.run(SB_REPORT, &["<b>&x.log", "--title", "<script>alert(1)</script>"]).expect(0);
    let page = sandbox.read("report/report.html");
    assert!(!page.contains("<script>alert") && !page.contains("<b>&x"), "not escaped");
    for start in ["src=\"http", "href=\"http", "url(", "@import", "<link", "<iframe"] {
        assert!(!page.contains(start), "the page loads something: {start}");
    }
    assert!(page.contains("Content-Security-Policy") && page.contains("default-src 'none'"));
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
    assert!(page.contains("16007768703N+0200|X"), "look-alikes are listed");
}

#[test]
fn the_same_bytes_whatever_the_number_of_threads() {
    let sandbox = Sandbox::new();
    sandbox.write("app.log", LOG);
    for threads in ["1", "2"] {
        let env = [("RAYON_NUM_THREADS", threads), ("POLARS_MAX_THREADS", threads)];
        sandbox.run_with(SB_REPORT, &["app.log", "-o", threads], b"", &env).expect(0);
    }
    let files = sandbox.files("1");
    assert_eq!(files, sandbox.files("2"));
    for file in files {
        let bytes = |folder: &str| std::fs::read(sandbox.path(folder).join(&file)).unwrap();
        assert!(bytes("1") == bytes("2"), "{file} differs");
    }
}

#[test]
fn bad_input() {
    let sandbox = Sandbox::new();
    sandbox.run(SB_REPORT, &["missing"]).expect(2).says("missing: no such file or folder");
    std::fs::create_dir_all(sandbox.path("out/runs")).unwrap();
    sandbox.run(SB_REPORT, &["out"]).expect(2).says("there is no run in it");
    sandbox.write("out/runs/b-20260122T101500Z-0a1b/invoke-0001.log", "nothing here\n");
    sandbox.run(SB_REPORT, &["out"]).expect(2).says("no trace statement");
    assert!(!sandbox.path("out/report.html").exists());
    sandbox.write("empty.log", "");
    sandbox.run(SB_REPORT, &["empty.log"]).expect(2).says("empty.log is empty");
    sandbox.write("bin.log", [0u8; 99]);
    sandbox.run(SB_REPORT, &["bin.log"]).expect(2).says("is binary");
    sandbox.write("broken.parquet", "PAR1 is not enough");
    sandbox
        .run(SB_REPORT, &["broken.parquet"])
        .expect(2)
        .says("broken.parquet: is no readable Parquet file");
    sandbox.write("app.log", LOG);
    sandbox.write("file", "in the way");
    sandbox.run(SB_REPORT, &["app.log", "-o", "file"]).expect(2).says("file: ");
    assert!(!sandbox.path("report").exists(), "nothing is written where nothing could be read");
}
