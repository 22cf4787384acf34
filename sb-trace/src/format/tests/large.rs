//! Inputs of many blocks: what reaches from one block into the next.

use super::Input;
use crate::Events;
use crate::options::Options;
use std::fmt::Write;

/// Larger than some blocks.
const LARGE: usize = 13 << 20;

const EPOCH: u64 = 1_650_000_000_000;

fn events(text: String, format: &str) -> std::sync::Arc<Events> {
    let (events, files) = super::events(Input::bytes("a.log", text), &Options::default()).unwrap();
    assert_eq!((files[0].format, files[0].lost), (format, 0));
    events
}

/// The n-th event must be the n-th that was written.
fn assert_in_order(events: &Events, count: u64, line: impl Fn(u64) -> u64) {
    assert_eq!(events.rows.len() as u64, count);
    for (n, event) in (0..).zip(&events.rows) {
        assert_eq!(event.epoch_ns, (EPOCH + n).cast_signed() * 1_000_000, "event {n}");
        assert_eq!(event.line, line(n), "line of event {n}");
    }
}

#[test]
fn parts_that_lie_in_different_blocks_are_joined() {
    let filler = "x".repeat(40_000);
    let mut text = String::new();
    let mut count = 0;
    let time = "2022-04-14T05:20:00.000402117Z";
    while text.len() < LARGE {
        // The cut goes through the statement's number.
        let _ = writeln!(text, "{time} stdout P {filler} {}", (EPOCH + count) / 1000);
        let _ = writeln!(text, "{time} stderr F {}+0000|ERR", EPOCH + count + 1);
        let _ = writeln!(text, "{time} stdout F {:03}+0000|OUT {filler}", (EPOCH + count) % 1000);
        count += 2;
    }
    // A part that is open where a block ends may not overtake what stands in the block before.
    let events = events(text, "cri");
    let mut epochs: Vec<i64> = events.rows.iter().map(|e| e.epoch_ns / 1_000_000).collect();
    let inverted = epochs.windows(2).filter(|w| w[0] > w[1]).count();
    assert!(inverted <= 3, "only at the ends of blocks: {inverted}");
    epochs.sort_unstable();
    assert!(epochs.iter().copied().eq((0..count).map(|n| (EPOCH + n).cast_signed())));
    let line = |label: &str| {
        let of = |e: &&crate::Event| events.names.text(e.label) == label;
        events.rows.iter().filter(of).map(|e| e.line).collect::<Vec<_>>()
    };
    assert!(line("OUT").into_iter().eq((0..count / 2).map(|n| 3 * n + 1)));
    assert!(line("ERR").into_iter().eq((0..count / 2).map(|n| 3 * n + 2)));
}

#[test]
fn parts_of_docker_that_lie_in_different_blocks_are_joined() {
    let filler = "x".repeat(16_000);
    let mut text = String::new();
    let mut count = 0;
    while text.len() < LARGE {
        let (head, tail) = ((EPOCH + count) / 1000, (EPOCH + count) % 1000);
        let _ =
            writeln!(text, r#"{{"log":"{filler}{filler} {head}","stream":"stdout","time":""}}"#);
        let _ = writeln!(
            text,
            r#"{{"log":"{tail:03}+0000|A {filler}\n","stream":"stdout","time":""}}"#
        );
        count += 1;
    }
    assert_in_order(&events(text, "docker-json"), count, |n| 2 * n + 1);
}

#[test]
fn a_document_of_many_blocks_is_read_in_pieces() {
    for (open, gap, lines) in [("{\n  \"events\": [\n", "\n", 2), ("{\"events\":[", "", 0)] {
        let mut text = open.to_owned();
        let mut count = 0;
        while text.len() < LARGE {
            let comma = if count == 0 { "" } else { "," };
            let filler = "x \\\" { ".repeat(30);
            let message = format!("{filler} {}+0000|A\\n", EPOCH + count);
            let _ = write!(
                text,
                "{comma}{gap}{{\"message\":\"{message}\",{gap}\"eventId\":\"{count}\"}}"
            );
            count += 1;
        }
        text += "],\"nextForwardToken\":\"f/1\"}";
        // Of the pretty one, the first record begins on line 4, and each has two lines.
        let line = |n| if lines == 0 { 1 } else { 4 + 2 * n };
        assert_in_order(&events(text, "cloudwatch-events"), count, line);
    }
}

#[test]
fn the_columns_of_a_table_hold_for_all_its_blocks() {
    let mut text = r#"{"tables":[{"name":"x","columns":[{"name":"message"},{"name":"cloud_RoleInstance"}],"rows":["#.to_owned();
    let mut count = 0;
    while text.len() < LARGE {
        let comma = if count == 0 { "" } else { ",\n" };
        let filler = "y".repeat(200);
        let _ = write!(text, "{comma}[\"{}+0000|A {filler}\",\"inst-1\"]", EPOCH + count);
        count += 1;
    }
    text += "]}]}";
    let events = events(text, "azure-tables-json");
    assert_in_order(&events, count, |n| n + 1);
    assert!(events.rows.iter().all(|e| events.names.text(e.source) == "inst-1"));
}

#[test]
fn records_of_several_lines_are_not_cut_in_two() {
    let stream = "2022/04/14/[$LATEST]41ea24164659d3f79e3bd3f6f4f5a34f";
    let id = "6b6f2f4e-0d0c-4bb7-8a0b-1f2e3d4c5b6a";
    let mut text = String::new();
    let mut count = 0;
    while text.len() < LARGE {
        let _ = write!(
            text,
            "2022-04-14T05:20:00.000000+00:00 {stream} {{\n    \"requestId\": \"{id}\",\n"
        );
        let filler = "z".repeat(300);
        let _ = write!(text, "    \"message\": \"{filler} {}+0000|A\"\n}}\n", EPOCH + count);
        count += 1;
    }
    let events = events(text, "cloudwatch-tail");
    assert_in_order(&events, count, |n| 4 * n + 1);
    assert!(events.rows.iter().all(|e| events.names.text(e.correlation_id) == id));
}

#[test]
fn quoted_line_ends_do_not_cut_a_table() {
    let mut text = "@timestamp,@message,@requestId\n".to_owned();
    let mut count = 0;
    while text.len() < LARGE {
        let filler = "w,\"\"\n".repeat(30);
        let _ = writeln!(
            text,
            "2022-04-14 05:20:00.000,\"{filler}{}+0000|A\n\",r-{count:08}",
            EPOCH + count
        );
        count += 1;
    }
    let events = events(text, "cloudwatch-insights-csv");
    assert_in_order(&events, count, |n| 32 * n + 2);
    let last = events.rows.last().unwrap();
    assert_eq!(events.names.text(last.correlation_id), format!("r-{:08}", count - 1));
}

#[test]
fn a_request_encloses_lines_in_many_blocks() {
    let stream = "2022/04/14/[$LATEST]41ea24164659d3f79e3bd3f6f4f5a34f";
    let id = "6b6f2f4e-0d0c-4bb7-8a0b-1f2e3d4c5b6a";
    let head = format!("2022-04-14T05:20:00.000000+00:00 {stream}");
    let mut text = format!("{head} START RequestId: {id} Version: $LATEST\n");
    let mut count = 0;
    while text.len() < LARGE {
        let _ = writeln!(text, "{head} {} {}+0000|A", "v".repeat(300), EPOCH + count);
        count += 1;
    }
    let _ = writeln!(text, "{head} END RequestId: {id}\n{head} {}+0000|IDLE", EPOCH + count);
    let events = events(text, "cloudwatch-tail");
    assert_eq!(events.rows.len() as u64, count + 1);
    let ids = events.rows.iter().filter(|e| events.names.text(e.correlation_id) == id);
    assert_eq!(ids.count() as u64, count);
}
