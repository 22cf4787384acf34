//! `sb-report` on odd and on bad input.

use crate::report_numbers::runs;
use crate::{SB_REPORT, SB_TRACE};
use sb_tests::Sandbox;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

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
    let bytes = |name: &str| std::fs::read(sandbox.path(name)).unwrap();
    assert!(bytes("table/latencies.parquet") == bytes("l.parquet"), "one table is kept as it is");
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
    runs(&sandbox, "out", 4, 115);
    runs(&sandbox, "before", 3, 100);
    for threads in ["1", "2"] {
        let env = [("RAYON_NUM_THREADS", threads), ("POLARS_MAX_THREADS", threads)];
        let args = ["out", "--baseline", "before", "-o", threads];
        sandbox.run_with(SB_REPORT, &args, b"", &env).expect(0);
    }
    let files = sandbox.files("1");
    assert_eq!(files, sandbox.files("2"));
    for file in files {
        let bytes = |folder: &str| std::fs::read(sandbox.path(folder).join(&file)).unwrap();
        assert!(bytes("1") == bytes("2"), "{file} differs");
    }
}

/// The program alone in a folder that is its whole world: no font, no home, no temporary folder, and an
/// input that cannot be written.
#[test]
fn a_machine_without_fonts() {
    let sandbox = Sandbox::new();
    sandbox.write("world/in/app.log", LOG);
    sandbox.run(SB_REPORT, &["world/in/app.log", "-o", "here"]).expect(0);
    let libraries = sandbox.run("ldd", &[SB_REPORT]).stdout;
    let files = libraries.split_whitespace().filter(|word| word.starts_with('/'));
    for file in files.chain([SB_REPORT]) {
        let inside = sandbox.path(format!("world{file}"));
        std::fs::create_dir_all(inside.parent().unwrap()).unwrap();
        std::fs::copy(file, inside).unwrap();
    }
    for (path, mode) in [("world/in/app.log", 0o444), ("world/in", 0o555)] {
        std::fs::set_permissions(sandbox.path(path), Permissions::from_mode(mode)).unwrap();
    }
    let root = sandbox.run("id", &["-u"]).stdout == "0\n";
    let own = if root { &["chroot"][..] } else { &["unshare", "--map-root-user", "chroot"] };
    let whole: Vec<&str> = own.iter().copied().chain(["world", SB_REPORT]).collect();
    let probe: Vec<&str> = whole[1..].iter().copied().chain(["--version"]).collect();
    if sandbox.run(whole[0], &probe).code != 0 {
        assert!(!sb_tests::in_ci(), "in CI this test must run: a folder cannot be made the root");
        return sb_tests::skipped("a folder cannot be made the root");
    }
    let args: Vec<&str> =
        whole[1..].iter().copied().chain(["in/app.log", "-o", "report"]).collect();
    sandbox.run(whole[0], &args).expect(0);
    assert_eq!(sandbox.files("world/in"), ["app.log"]);
    assert_eq!(sandbox.files("world/report"), sandbox.files("here"));
    for picture in sandbox.files("here/charts") {
        let bytes =
            |of: &str| std::fs::read(sandbox.path(format!("{of}/charts/{picture}"))).unwrap();
        assert!(bytes("here") == bytes("world/report"), "{picture} differs without fonts");
    }
    std::fs::set_permissions(sandbox.path("world/in"), Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn never_inside_its_own_input() {
    let sandbox = Sandbox::new();
    sandbox.write("logs/app.log", LOG);
    let inside = |args: &[&str]| sandbox.run_in("logs", SB_REPORT, args);
    inside(&["."]).expect(2).says("lies inside the logs").says("-o ../report");
    inside(&["app.log", "../logs", "-o", "../logs/deep/er"]).expect(2).says("lies inside");
    std::os::unix::fs::symlink(sandbox.path("logs"), sandbox.path("link")).unwrap();
    sandbox.run(SB_REPORT, &["logs", "-o", "link/inside"]).expect(2).says("lies inside");
    assert_eq!(sandbox.files("logs"), ["app.log"], "not a file, nor an empty folder");
    inside(&[".", "-o", "../report"]).expect(0);
    inside(&["app.log"]).expect(0);
    assert!(
        sandbox.path("logs/report/report.html").exists(),
        "a file is no folder to be inside of"
    );
}

#[test]
fn what_others_wrote_is_never_overwritten() {
    let sandbox = Sandbox::new();
    sandbox.write("app.log", LOG);
    for name in
        ["report.html", "summary.md", "summary.json", "latencies.parquet", "charts/summary.png"]
    {
        let folder = format!("out-{}", name.replace('/', "-"));
        let theirs = sandbox.write(format!("{folder}/{name}"), "theirs");
        sandbox
            .run(SB_REPORT, &["app.log", "-o", &folder])
            .expect(2)
            .says(name)
            .says("stays as it is");
        assert_eq!(sandbox.files(&folder), [name], "all or nothing");
        assert_eq!(std::fs::read(theirs).unwrap(), b"theirs");
    }
    sandbox.write("report/notes.txt", "mine");
    sandbox.write("report/charts/mine.svg", "<svg/>");
    sandbox.run(SB_REPORT, &["app.log"]).expect(0);
    sandbox.run(SB_REPORT, &["app.log"]).expect(0);
    assert_eq!(sandbox.read("report/charts/mine.svg"), "<svg/>");
    assert!(!sandbox.files("report").iter().any(|f| f.starts_with('.')), "nothing is left aside");
    // What it is made of is not overwritten either.
    sandbox
        .run(SB_REPORT, &["report/latencies.parquet", "-o", "report"])
        .expect(2)
        .says("is what the report is made of");
}

#[test]
fn pictures_of_an_earlier_report_go() {
    let sandbox = Sandbox::new();
    sandbox.write("app.log", LOG);
    sandbox.write("other.log", LOG.replace("|B", "|OTHER"));
    sandbox.run(SB_REPORT, &["app.log"]).expect(0);
    assert!(sandbox.path("report/charts/ecdf.a-b.svg").exists());
    sandbox.run(SB_REPORT, &["other.log"]).expect(0);
    assert!(!sandbox.path("report/charts/ecdf.a-b.svg").exists());
    assert!(sandbox.path("report/charts/ecdf.a-other.png").exists());
}

const RUN: &str = r#"{"event":"run_opened","run_id":"b-20260122T101500Z-0a1b","benchmark":"b","values":{"provider":"aws","region":"eu","trigger":"http"}}
{"event":"tagged","key":"memory","value":"512"}
{"event":"step_started","step":1,"hook":"invoke","call":1}
{"event":"step_ended","step":1,"outcome":"interrupted","error":"interrupted by Ctrl-C"}
{"event":"comma"#;

#[test]
fn runs_alone_together_and_from_several_folders() {
    let sandbox = Sandbox::new();
    let ids = ["b-20260122T101500Z-0a1b", "b-20260122T101500Z-0a1c"];
    for (id, out) in ids.iter().zip(["one", "two"]) {
        sandbox.write(format!("{out}/runs/{id}/invoke-0001.log"), LOG);
        sandbox.write(format!("{out}/runs/{id}/journal.ndjson"), RUN.replace(ids[0], id));
    }
    sandbox.run(SB_REPORT, &["one", "two", "-o", "both"]).expect(0);
    let summary: serde_json::Value =
        serde_json::from_str(&sandbox.read("both/summary.json")).unwrap();
    assert_eq!(summary["runs"][1]["run_id"], ids[1]);
    assert_eq!(summary["runs"][0]["tags"], serde_json::json!({"memory": "512", "trigger": "http"}));
    assert_eq!(summary["runs"][0]["interrupted"], "invoke: interrupted by Ctrl-C");
    assert_eq!(summary["groups"][0]["runs"], serde_json::json!(ids));
    assert_eq!(summary["groups"][0]["pairs"][0]["n"], 2);
    assert_eq!(summary["look_alikes"][0]["text"], "16007768703N+0200|X");
    let one = format!("one/runs/{}", ids[0]);
    sandbox.run(SB_REPORT, &[&one]).expect(0);
    assert!(sandbox.read("report/report.html").contains("interrupted by Ctrl"));
    assert_eq!(sandbox.files("one/runs").len(), 2, "nothing is written into the run");
    sandbox.run(SB_REPORT, &["one"]).expect(0);
    assert!(sandbox.path("one/report.html").exists());
    sandbox.write(format!("copy/runs/{}/invoke-0001.log", ids[0]), LOG);
    sandbox.run(SB_REPORT, &["one", "copy"]).expect(2).says(ids[0]).says("name one of the two");
    // A folder with an earlier report and without its runs is as good as the table in it.
    std::fs::remove_dir_all(sandbox.path("one/runs")).unwrap();
    sandbox.run(SB_REPORT, &["one", "-o", "again"]).expect(0);
    sandbox
        .run(SB_REPORT, &["one", "both/latencies.parquet", "-o", "again"])
        .expect(0)
        .says("taken once");
    let again: serde_json::Value =
        serde_json::from_str(&sandbox.read("again/summary.json")).unwrap();
    assert_eq!(again["pairs"], summary["pairs"]);
    sandbox
        .run(SB_REPORT, &["one/latencies.parquet", "two", "-o", "x"])
        .expect(2)
        .says("cannot be one report");
}

#[test]
fn several_tables_are_told_apart() {
    let sandbox = Sandbox::new();
    sandbox.write("app.log", LOG);
    for name in ["before.parquet", "after.parquet"] {
        sandbox.run(SB_TRACE, &["latencies", "app.log", "-o", name]).expect(0);
    }
    sandbox.run(SB_REPORT, &["before.parquet", "after.parquet"]).expect(0);
    let summary: serde_json::Value =
        serde_json::from_str(&sandbox.read("report/summary.json")).unwrap();
    let ids: Vec<_> =
        summary["runs"].as_array().unwrap().iter().map(|r| r["run_id"].clone()).collect();
    assert_eq!(ids, ["before", "after"]);
    assert_eq!(summary["pairs"][0]["n"], 2);
}

#[test]
fn two_reports_at_once_leave_one_whole_report() {
    let sandbox = Sandbox::new();
    sandbox.write("app.log", LOG);
    std::thread::scope(|scope| {
        let run = || sandbox.start(SB_REPORT, &["app.log"]).wait_with_output().unwrap();
        let all: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
        for one in all {
            let output = one.join().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    });
    sandbox.run(SB_REPORT, &["app.log", "-o", "alone"]).expect(0);
    assert_eq!(sandbox.files("report"), sandbox.files("alone"));
    for file in sandbox.files("alone") {
        let bytes = |folder: &str| std::fs::read(sandbox.path(folder).join(&file)).unwrap();
        assert!(bytes("report") == bytes("alone"), "{file} differs");
    }
}

#[test]
fn papers() {
    let sandbox = Sandbox::new();
    let bash = sandbox.run(SB_REPORT, &["completions", "bash"]);
    assert!(bash.expect(0).stdout.contains("--max-incomplete"));
    assert!(sandbox.run(SB_REPORT, &["man"]).expect(0).stdout.contains(".TH sb-report"));
    sandbox.run(SB_REPORT, &[]).expect(2).says("Usage: sb-report");
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
        .says("broken.parquet: is not a readable Parquet file");
    sandbox.write("app.log", LOG);
    sandbox.write("file", "in the way");
    sandbox.run(SB_REPORT, &["app.log", "-o", "file"]).expect(2).says("file: ");
    assert!(!sandbox.path("report").exists(), "nothing is written where nothing could be read");
}
