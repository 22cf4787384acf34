//! Where a log is cut into blocks must not matter.

use super::{Input, Row, expected, found, samples, unpacked};
use crate::options::{Options, Otherwise, Pattern};
use base64::Engine;
use std::fmt::Write;

/// What is found where blocks are of this size.
fn rows(text: &str, options: &Options, block_bytes: usize) -> Vec<Row> {
    found("a.log", text.into(), &Options { block_bytes, ..options.clone() }).0
}

/// Holds what is found in small blocks against what is found in one; gives that.
fn rows_of_any_blocks(text: &str, options: &Options) -> Vec<Row> {
    let expected = rows(text, options, text.len() + 1);
    for block_bytes in (1..200).step_by(3).chain([1 << 10, 1 << 18]) {
        assert_eq!(rows(text, options, block_bytes), expected, "blocks of {block_bytes}");
    }
    expected
}

fn of_pattern(pattern: &str, otherwise: Otherwise) -> Options {
    let pattern = Some(Pattern::parse(pattern).unwrap().with(otherwise));
    Options { pattern, ..Options::default() }
}

#[test]
fn lines_that_continue_a_record_of_the_users_pattern() {
    let mut text = String::new();
    for n in 0..40 {
        let _ = writeln!(text, "[r{n:05}] begin of it\n  1600776870140+0000|A\n\u{1b}[0m");
    }
    let pattern = r"^\[(?<correlation_id>\w+)\] (?<body>.*)$";
    let found = rows_of_any_blocks(&text, &of_pattern(pattern, Otherwise::Continue));
    let ids: Vec<String> = (0..40).map(|n| format!("r{n:05}")).collect();
    assert!(found.iter().map(|row| &row.3).eq(&ids), "{found:#?}");
    // As plain text, they have no id; one line must match.
    text += "[r00040] 1600776870140+0000|B\n";
    let found = rows_of_any_blocks(&text, &of_pattern(pattern, Otherwise::Plain));
    assert_eq!(found.iter().filter(|row| row.3.is_empty()).count(), 40);
}

#[test]
fn samples_give_their_rows_whatever_is_read_at_a_time() {
    for (format, sample) in samples() {
        let text = unpacked(sample);
        for block_bytes in [1, 40, 150, 600] {
            let options = Options { block_bytes, ..Options::default() };
            let (mut got, taken_for) = found(sample, text.clone(), &options);
            assert_eq!(taken_for, format.name, "{sample}");
            // A record in parts may stand behind those that were over sooner.
            let mut wanted = expected(sample);
            got.sort();
            wanted.sort();
            assert_eq!(got, wanted, "{sample} in blocks of {block_bytes}");
        }
    }
}

const ID: &str = "c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0";

#[test]
fn an_id_in_a_plain_line_is_found_whatever_stands_above() {
    let line = format!("2022-04-14 05:20:00 {ID} INFO 1650000000000+0000|A\n");
    for above in ["", "{ a|b\n", "1650000000000+0000|X\n", "a\tb | c\n[info] a|b\n"] {
        let text = format!("{above}{}{line}", "text\n".repeat(50));
        let found = rows_of_any_blocks(&text, &Options::default());
        assert_eq!(found.last().map(|row| row.3.as_str()), Some(ID), "below {above:?}");
    }
}

#[test]
fn the_log_in_base64_is_taken_wherever_it_stands_but_not_of_a_hook() {
    let log = "1650000000001+0000|A\nREPORT RequestId: x\n";
    let packed = base64::engine::general_purpose::STANDARD.encode(log);
    for (above, below) in [("begin\n", "text\n"), ("begin { x|y\n", "x|y\n"), ("x|y\n", "")] {
        let text =
            format!("{above}    \"LogResult\": \"{packed}\",\n{below}1650000000000+0000|Y\n");
        let found = rows_of_any_blocks(&text, &Options::default());
        let labels: Vec<&str> = found.iter().map(|row| row.2.as_str()).collect();
        assert_eq!(labels, ["A", "Y"], "between {above:?} and {below:?}");
        // sb-run copies it to a file of its own.
        let input = Input { hook_log: true, ..Input::bytes("invoke.log", text) };
        let (events, _) = super::events(input, &Options::default()).unwrap();
        let labels: Vec<&str> = events.rows.iter().map(|e| events.names.text(e.label)).collect();
        assert_eq!(labels, ["Y"]);
    }
}
