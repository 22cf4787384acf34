//! Logs collected elsewhere: what `sb-trace` takes them for, and what the user can say about it.

use crate::SB_TRACE;
use sb_tests::Sandbox;
use std::path::Path;

fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("fixtures/formats")
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixtures().join(name)).unwrap()
}

/// The samples, without what is expected of them.
fn samples() -> Vec<String> {
    let names = std::fs::read_dir(fixtures()).unwrap().map(|e| e.unwrap().file_name());
    let mut names: Vec<String> = names
        .map(|name| name.into_string().unwrap())
        .filter(|n| {
            !n.ends_with(".expected.csv") && !n.ends_with(".source.csv") && n != "README.md"
        })
        .collect();
    names.sort();
    names
}

/// Columns of a CSV without quotes, from its header line on.
fn columns(csv: &str, wanted: &[&str]) -> Vec<Vec<String>> {
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let at: Vec<usize> =
        wanted.iter().map(|w| header.iter().position(|h| h == w).unwrap()).collect();
    lines.map(|line| at.iter().map(|&at| line[at].to_owned()).collect()).collect()
}

#[test]
fn every_sample_on_standard_input_gives_its_rows() {
    let sandbox = Sandbox::new();
    let wanted = ["epoch_ms", "utc_offset_minutes", "label", "correlation_id"];
    let samples = samples();
    assert!(samples.len() > 50);
    for sample in samples {
        let out = sandbox.run_with(SB_TRACE, &["events", "-"], &fixture(&sample), &[]);
        out.expect(0).says("note: -: read as ");
        let stem = Path::new(&sample).file_stem().unwrap().to_str().unwrap().to_owned();
        let expected = String::from_utf8(fixture(&format!("{stem}.expected.csv"))).unwrap();
        assert_eq!(columns(&out.stdout, &wanted), columns(&expected, &wanted), "{sample}");
    }
}

#[test]
fn a_mixed_folder_is_read_in_one_call_and_adds_up() {
    let sandbox = Sandbox::new();
    let mut statements = 0;
    for sample in samples() {
        sandbox.write(format!("logs/{sample}"), fixture(&sample));
        let stem = Path::new(&sample).file_stem().unwrap().to_str().unwrap().to_owned();
        let rows = String::from_utf8(fixture(&format!("{stem}.expected.csv"))).unwrap();
        statements += rows.lines().count() as u64 - 1;
    }
    let out = sandbox.run(SB_TRACE, &["stats", "logs", "--json"]);
    out.expect(0).says(" files: read as json-lines").says("github-actions");
    assert!(!out.stderr.contains("not in the text of a record"), "{}", out.stderr);
    let json: serde_json::Value = serde_json::from_str(&out.stdout).unwrap();
    let count = |key: &str| json["accounting"][key].as_u64().unwrap();
    let parts = ["with_statement", "look_alike", "format", "other", "undecodable"];
    assert_eq!(count("lines"), parts.iter().map(|p| count(&format!("lines_{p}"))).sum::<u64>());
    assert_eq!(count("statements"), count("events") + count("duplicates"));
    // The same records lie there more than once: payloads of a subscription as they are and packed,
    // payloads through Kinesis and through Firehose, and documents of a bulk load and of a search.
    let twice = 5 + 4 + 3;
    assert_eq!(count("events"), statements - twice);
    let parts = ["complete", "incomplete", "orphan", "driver", "filtered"];
    assert_eq!(count("events"), parts.iter().map(|p| count(&format!("events_{p}"))).sum::<u64>());
}

#[test]
fn invocations_of_a_lambda_are_found_by_what_encloses_their_lines() {
    let sandbox = Sandbox::new();
    sandbox.write("tail.txt", fixture("cloudwatch-tail-detailed.txt"));
    let out = sandbox.run(SB_TRACE, &["latencies", "tail.txt"]);
    out.expect(0)
        .says("tail.txt: read as cloudwatch-tail, 9 statements, 7 with that of the request");
    let rows = columns(
        &out.stdout,
        &["trace_id", "pair", "latency_ms", "start_class", "start_class_source"],
    );
    let row = |pair: &str, id: &str| {
        let found = rows.iter().find(|r| r[0].starts_with(id) && r[1] == pair);
        found.unwrap_or_else(|| panic!("no {pair} of {id} in {rows:?}"))[2..].to_vec()
    };
    // Its stream began with INIT_START, so its first request was cold; of the other nothing is known.
    assert_eq!(row("PRE_INVOKED->INVOKED", "ad9364c0"), ["17.0", "cold", "environment"]);
    assert_eq!(row("PRE_INVOKED->INVOKED", "fd9daf6f"), ["25.0", "unknown", ""]);
}

#[test]
fn the_format_can_be_said() {
    let sandbox = Sandbox::new();
    sandbox.write("compose.txt", "1650000000000+0000|BARE\napi-1  | 1650000000001+0000|A\n");
    let events = |args: &[&str]| {
        let out = sandbox.run(SB_TRACE, &[&["events", "compose.txt"], args].concat());
        columns(&out.expect(0).stdout, &["label", "source"])
    };
    assert_eq!(events(&["--format", "docker"]), [["BARE", ""], ["A", "api-1"]]);
    assert_eq!(events(&["--format", "docker-compose"]), [["BARE", ""], ["A", "api-1"]]);
    assert_eq!(events(&["--format", "plain"]), [["BARE", ""], ["A", ""]]);
    sandbox
        .run(SB_TRACE, &["events", "compose.txt", "--format", "cri"])
        .expect(2)
        .says("--format cri: nothing in the input has this form");
    sandbox
        .run(SB_TRACE, &["events", "compose.txt", "--format", "gcp"])
        .expect(2)
        .says("nothing in the input has this form");
    sandbox
        .run(SB_TRACE, &["events", "compose.txt", "--format", "nonsense"])
        .expect(2)
        .says("'nonsense' is not a format");
}

#[test]
fn a_form_of_ones_own() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "own.txt",
        "web-1 [r1] 1650000000000+0000|A\n  and 1650000000001+0000|B\nweb-2 [-] 1650000000002+0000|A\n",
    );
    let pattern = r"^(?<source>\S+) \[(?<correlation_id>[^\]]*)\] (?<body>.*)$";
    let run = |args: &[&str]| {
        sandbox.run(SB_TRACE, &[&["events", "own.txt", "--pattern", pattern], args].concat())
    };
    let rows = |args: &[&str]| {
        columns(&run(args).expect(0).stdout, &["label", "correlation_id", "source"])
    };
    let first = ["A", "r1", "web-1"];
    assert_eq!(rows(&[]), [first, ["B", "r1", "web-1"], ["A", "", "web-2"]]);
    assert_eq!(rows(&["--pattern-else", "plain"]), [first, ["B", "", ""], ["A", "", "web-2"]]);
    run(&["--pattern-else", "error"]).expect(2).says("own.txt:2: the --pattern does not match");
    sandbox
        .run(SB_TRACE, &["events", "own.txt", "--pattern", "^nobody (?<body>.*)$"])
        .expect(2)
        .says("no line with a statement matches it");
    sandbox
        .run(SB_TRACE, &["events", "own.txt", "--pattern", "(?<text>.*)"])
        .expect(2)
        .says("'text' is not one of body");
}

#[test]
fn fields_and_paths_of_ones_own() {
    let sandbox = Sandbox::new();
    sandbox.write("a.json", "{\"data\":{\"text\":\"1650000000000+0000|A\",\"req\":7},\"from\":\"x\",\"message\":\"no\"}\n");
    let args =
        ["--body-field", "data.text", "--correlation-field", "data.req", "--source-field", "from"];
    let out = sandbox.run(SB_TRACE, &[&["events", "a.json"][..], &args].concat());
    let wanted = ["label", "correlation_id", "source"];
    assert_eq!(columns(&out.expect(0).stdout, &wanted), [["A", "7", "x"]]);
    // Read by the usual fields, it would be overlooked: that is said.
    let out = sandbox.run(SB_TRACE, &["events", "a.json"]);
    out.expect(2).says("no trace statement");

    sandbox.write("b.csv", "when,what,who\n1,\"x\n1650000000000+0000|A\",web-1\n");
    let args = ["--body-field", "what", "--source-field", "who", "--correlation-field", "when"];
    let out = sandbox.run(SB_TRACE, &[&["events", "b.csv"][..], &args].concat());
    assert_eq!(columns(&out.expect(0).stdout, &wanted), [["A", "1", "web-1"]]);

    sandbox.write("pods/req-17/0.log", "1650000000000+0000|A\n1650000000001+0000|B trace_id=own\n");
    let path = ["--id-from-path", r"pods/req-(?<correlation_id>\d+)/"];
    let out = sandbox.run(SB_TRACE, &[&["events", "pods"][..], &path].concat());
    assert_eq!(
        columns(&out.expect(0).stdout, &["label", "correlation_id", "trace_id"]),
        [["A", "17", ""], ["B", "17", "own"]]
    );
}

#[test]
fn a_field_that_no_record_has_is_told() {
    let sandbox = Sandbox::new();
    let line = |epoch: u32| {
        format!("{{\"msg\":\"16007768700{epoch}+0000|A\",\"reqId\":\"r1\",\"pod\":\"p\"}}\n")
    };
    sandbox.write("app.jsonl", [line(10), line(20)].concat());
    sandbox.write("bare.log", "1600776870140+0000|A\n1600776870150+0000|B\n");
    let said = |log: &str, args: &[&str]| {
        let out = sandbox.run(SB_TRACE, &[&["stats", log], args].concat());
        out.expect(0).stderr.clone()
    };
    let wrong = said("app.jsonl", &["--correlation-field", "reqid"]);
    assert!(wrong.contains("--correlation-field reqid: no record has an id there"), "{wrong}");
    assert!(!said("app.jsonl", &["--correlation-field", "reqId"]).contains("warning"));
    let wrong = said("app.jsonl", &["--source-field", "pods"]);
    assert!(wrong.contains("--source-field pods: no record has a source there"), "{wrong}");
    assert!(!said("app.jsonl", &["--source-field", "pod"]).contains("source there"));
    let wrong = said("bare.log", &["--correlation-field", "reqId"]);
    assert!(wrong.contains("--correlation-field reqId: only JSON and CSV have fields"), "{wrong}");
    let pattern = "^(?<body>.*?)( by (?<correlation_id>.*))?( on (?<source>.*))?$";
    let wrong = said("bare.log", &["--pattern", pattern]);
    for group in ["correlation_id", "source"] {
        assert!(wrong.contains(&format!("its group {group} never finds anything")), "{wrong}");
    }
    let wrong = said("bare.log", &["--id-regex", "id=(?<correlation_id>[0-9]+)"]);
    assert!(wrong.contains("--id-regex: no record with a statement has what it"), "{wrong}");
    assert!(!said("bare.log", &[]).contains("warning"));
}

#[test]
fn look_alikes_are_told_beside_every_figure() {
    let sandbox = Sandbox::new();
    let line = |at: u32| match at % 2 {
        0 => format!("1600776870{at:03}+0000|A\n"),
        _ => format!("1600776{at:03}+0000|B\n"),
    };
    sandbox.write("app.log", (0..40).map(line).collect::<String>() + "16007768703N+0200|C\n");
    for args in [&["stats", "app.log"][..], &["latencies", "app.log", "-o", "x.parquet"]] {
        sandbox
            .run(SB_TRACE, args)
            .expect(0)
            .says("warning: 21 texts nearly are statements, and no figure has them:")
            .says("app.log:2:1: '1600776001+0000|B': the epoch has 10 digits where 13 are expected")
            .says("--epoch-unit s, and 19 more")
            .says("app.log:41:1: '16007768703N+0200|C'");
    }
    sandbox.write("one.log", "1600776870140+0000|A\n1600776870+0000|B\n");
    sandbox.run(SB_TRACE, &["stats", "one.log"]).expect(0).says("1 text nearly is a statement");
    sandbox.write("none.log", "1600776870140+0000|A\n1600776870150+0000|B\n");
    let quiet = sandbox.run(SB_TRACE, &["stats", "none.log"]);
    assert!(!quiet.expect(0).stderr.contains("nearly"), "{}", quiet.stderr);
}

#[test]
fn a_wrong_guess_is_told() {
    let sandbox = Sandbox::new();
    sandbox.write("a.json", "{\"message\":\"1650000000000+0000|A\"}\n{\"message\":\"x\",\"other\":\"1650000000001+0000|B\"}\n");
    let out = sandbox.run(SB_TRACE, &["stats", "a.json"]);
    out.expect(0)
        .says("warning: a.json:2: 1 place looks like a statement, but not in the text of a record")
        .says("--format");
}

#[test]
fn formats_are_listed_with_their_examples() {
    let sandbox = Sandbox::new();
    let out = sandbox.run(SB_TRACE, &["formats"]);
    for name in [
        "cloudwatch-tail",
        "docker-json",
        "cri",
        "journald-short",
        "loki",
        "id       labels.execution_id",
    ] {
        assert!(out.expect(0).stdout.contains(name), "{name}");
    }
    let out = sandbox.run(SB_TRACE, &["formats", "--json"]);
    let list: serde_json::Value = serde_json::from_str(&out.expect(0).stdout).unwrap();
    // 35 names, of which cloudwatch-events, json-lines and openwhisk come in two shapes.
    let names: std::collections::BTreeSet<&str> =
        list.as_array().unwrap().iter().map(|format| format["name"].as_str().unwrap()).collect();
    assert_eq!((list.as_array().unwrap().len(), names.len()), (38, 35));
}
