//! What is found in a record does not depend on what stands above it, nor on where blocks end.

use super::Input;
use crate::options::{Options, Pattern};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Label and id of each event.
fn found(input: Input, options: &Options) -> Vec<(String, String)> {
    let (events, _) = super::events(input, options).unwrap();
    let text = |name| events.names.text(name).to_owned();
    events.rows.iter().map(|event| (text(event.label), text(event.id()))).collect()
}

fn of(text: &str, options: &Options) -> Vec<(String, String)> {
    found(Input::bytes("a.log", text), options)
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|&(label, id)| (label.to_owned(), id.to_owned())).collect()
}

fn pattern(text: &str) -> Options {
    Options { pattern: Some(Pattern::parse(text).unwrap()), ..Options::default() }
}

#[test]
fn lines_that_continue_a_record_of_a_pattern() {
    let log = "[r00001] begin of it\n  1600776870141+0000|A\n".repeat(200);
    let options = pattern(r"^\[(?<correlation_id>\w+)\] (?<body>.*)$");
    for block_bytes in [50, 100, 333, 1 << 18] {
        let rows = of(&log, &Options { block_bytes, ..options.clone() });
        assert_eq!(rows.len(), 200);
        assert!(rows.iter().all(|(_, id)| id == "r00001"), "{block_bytes}");
    }
}

#[test]
fn parts_have_the_id_of_their_record() {
    let log = "p1 r1 P 1600776870140+00\np1 r1 F 00|A\np1 r2 F 1600776870141+0000|B\n\
               p1  F START RequestId: c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0 Version: 1\n\
               p1  F 1600776870142+0000|C\np1  F END RequestId: c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0\n\
               p1  F 1600776870143+0000|D\n";
    let options = pattern(r"^(?<source>\S+) (?<correlation_id>\S*) (?<partial>[PF]) (?<body>.*)$");
    let expected =
        [("A", "r1"), ("B", "r2"), ("C", "c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0"), ("D", "")];
    assert_eq!(of(log, &options), pairs(&expected));
}

#[test]
fn ids_that_the_app_prints_in_plain_text() {
    let (a, b) = ("c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0", "d04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0");
    let line = |id: &str, label: &str| {
        format!("2022-04-14 05:20:00 {id} INFO 1650000000000+0000|{label}\n")
    };
    let log = [line(a, "A"), line(b, "A"), line(a, "B"), line(b, "B")].concat();
    let rows = of(&log, &Options::default());
    assert_eq!(rows, pairs(&[("A", a), ("A", b), ("B", a), ("B", b)]));
    for above in ["{ a|b\n", "text\n", "1650000000000+0000|X\n"] {
        let with = of(&format!("{above}{log}"), &Options::default());
        assert!(with.ends_with(&rows), "{above}: {with:?}");
    }
}

#[test]
fn the_log_of_an_invocation_in_base64() {
    let id = "c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0";
    let tail =
        format!("START RequestId: {id} Version: 1\n1650000000000+0000|A\nEND RequestId: {id}\n");
    let rest =
        format!("    \"LogResult\": \"{}\",\ntext\n1650000000001+0000|Z\n", STANDARD.encode(tail));
    for above in ["", "begin\n", "begin { x|y\n", "1650000000000+0000|X\n"] {
        let log = format!("{above}{rest}");
        let rows = of(&log, &Options::default());
        assert!(rows.ends_with(&pairs(&[("A", id), ("Z", "")])), "{above}: {rows:?}");
        // The driver keeps what its hooks print so in files of their own.
        let hook = Input { hook_log: true, ..Input::bytes("a.log", log) };
        let rows = found(hook, &Options::default());
        assert!(rows.iter().all(|(label, _)| label != "A"), "{above}: {rows:?}");
    }
}

#[test]
fn what_docker_did_not_cut_is_no_part() {
    let line = |log: &str| {
        format!("{{\"log\":\"{log}\",\"stream\":\"stdout\",\"time\":\"2022-04-14T05:20:00Z\"}}\n")
    };
    // The container ended without a line end, and began anew.
    let log = [
        line("1650000000000+0000|A\\n"),
        line("1650000000007+0000|B"),
        line("1650000001000+0000|A\\n"),
        line("1650000001009+0000|B"),
    ];
    let expected = pairs(&[("A", ""), ("B", ""), ("A", ""), ("B", "")]);
    assert_eq!(of(&log.concat(), &Options::default()), expected);
    let log = log.concat().replace("+0000", "Z");
    assert_eq!(of(&log, &Options::default()), expected);
    // What it cut may go on with anything: this is no statement, since a letter stands before it.
    let long = "x".repeat(16 << 10);
    let lines = |long: &str| {
        [line(long), line("1650000000000+0000|A\\n"), line("1650000000000+0000|B\\n")].concat()
    };
    assert_eq!(of(&lines(&long), &Options::default()), pairs(&[("B", "")]));
    assert_eq!(
        of(&lines(&"x".repeat((16 << 10) - 1)), &Options::default()),
        pairs(&[("A", ""), ("B", "")])
    );
}

#[test]
fn ids_of_any_sixty_four_bits() {
    let log = "{\"message\":\"1650000000000+0000|A\",\"trace_id\":13835058055282163712}\n";
    assert_eq!(of(log, &Options::default()), pairs(&[("A", "13835058055282163712")]));
}
