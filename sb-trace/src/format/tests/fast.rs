//! Formats with a short way for their commonest lines: what it takes, the way for all lines takes
//! alike.

use super::ALL;
use crate::event::{Change, LineClass, Parsed, RecordOptions, RecordParser};
use crate::format::lines::{self, Opener};
use crate::format::{FastForm, Format, LineShape, Shape};
use crate::statement::EpochUnit;
use proptest::prelude::*;

/// What stands before and behind the text in a line of a format: first of a line that its usual
/// form must take, then of others that are nearly so.
const AROUND: [(&str, &[(&str, &str)]); 7] = [
    ("lambda-text", &[("", ""), (" ", ""), ("1650000000000\t", "")]),
    (
        "cloudwatch-s3-export",
        &[("2022-04-14T05:20:00.000Z ", ""), ("2022-04-14T05:20:00.00Z ", ""), ("", "")],
    ),
    (
        "cloudwatch-tail",
        &[
            (
                "2022-04-14T05:20:00.000000+00:00 2022/04/14/[$LATEST]a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1 ",
                "",
            ),
            ("2022-04-14T05:20:00+02:00 2022/04/14/[$LATEST]b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2 ", ""),
            (
                "2022-04-14T05:20:00.000000+00:00 2022/04/14/f\u{e9}[7]b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2 ",
                "",
            ),
            ("", ""),
        ],
    ),
    (
        "sam-logs",
        &[
            (
                "2022/04/14/[$LATEST]a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1 2022-04-14T05:20:00.000000 ",
                "",
            ),
            (
                "2022/04/14/f[7]b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2 2022-04-14T05:20:00.000000+00:00 ",
                "",
            ),
            ("", ""),
        ],
    ),
    (
        "serverless-logs",
        &[
            ("2022-04-14 07:20:00.000 - c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0 - \nINFO\t", ""),
            ("2022-04-14 07:20:00.000 - c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0 - \n", ""),
            ("2022-04-14 07:20:00.000 - c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0 - ", ""),
            ("2022-04-14 07:20:00.000 - undefined - \nINFO\t", ""),
            ("2022-04-14 07:20:00.000 - c04f1f91 - \r\nI|O\t", ""),
            ("2022-04-14 07:20:00.000 (+02:00)\tc04f1f91-a23a\tINFO\t", ""),
            ("INFO\t", ""),
        ],
    ),
    (
        "fluent-bit-stdout",
        &[
            (
                r#"[0] kube.orders: [1650000000.000117402, {"time"=>"2022", "stream"=>"stdout", "log"=>""#,
                r#"", "kubernetes"=>{"pod_name"=>"orders-x", "labels"=>{"app"=>"o"}}}]"#,
            ),
            (r#"[1] a: b: [[1650000000.000117402, {}], {"log"=>""#, r#"\n", "_p"=>"F"}]"#),
            (
                r#"[1] a: [[1650000000.1, {}], {"kubernetes"=>{"pod"=>{"name"=>"p"}}, "log"=>""#,
                r#""}]"#,
            ),
            (r#"[1] a: [1650000000.1, {"message"=>"1650000000009+0000|B", "log"=>""#, r#""}]"#),
            (r#"[1] a: [1650000000.1, {"requestId"=>"12345678", "log"=>""#, r#""}]"#),
            (r#"[1] a: [1650000000.1, {"log"=>""#, r#"", "log"=>"x", "container_name"=>"c"}]"#),
            (r#"[1] a: [1650000000.1, {"n"=>1, "log"=>""#, "\", \"time\"=>\"\u{e9}\"}]"),
            ("", ""),
        ],
    ),
    (
        "openwhisk",
        &[
            ("    \"2022-04-14T05:20:00.000402117Z stdout: ", "\","),
            ("    \"2022-04-14T05:20:00.000402117Z stderr: ", "\""),
            ("2022-04-14T05:20:00.000402117Z stdout: ", ""),
            ("    \"2022-04-14T05:20:00.0004Z      stdout: ", "\","),
            ("    \"", "\\u0041\" ,"),
            ("Activation: 'orders' (ae57d06630554ccb97d06630555ccb8b)\n[\n", "\n]\n"),
            ("Activation: orders (a-1) ", ""),
            ("", ""),
        ],
    ),
];

const TEXTS: [&str; 20] = [
    "1650000000000+0000|A",
    "1650000000001+0000|B",
    "1650000000001-0330|A_LONGER_LABEL.WITH-MARKS",
    "1650000000002Z|B",
    "1650000000003+0000|A ",
    "1650000000003+0000|A trace_id=x",
    "1650000000003+0000|A 1650000000003+0000|C",
    "1650000000003|A",
    "|",
    "",
    "order 7, cache warm",
    "START RequestId: c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0 Version: $LATEST",
    "END RequestId: c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0",
    "REPORT RequestId: 6b6f2f4e-0d0c-4bb7\tInit Duration: 1 ms\t",
    "INIT_START Runtime Version: nodejs:18.v30",
    "END RequestId: a b",
    "2022-04-14T05:20:00.000Z\tc04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0\tINFO\t1650000000004+0000|A",
    "2022-04-14T05:20:00.000Z\t6b6f2f4e-0d0c-4bb7-8a0b-1f2e3d4c5b6a\tINFO\t1650000000004+0000|C",
    "2022-04-14T05:20:00.000Z\tundefined\tINFO\t1650000000004+0000|A",
    "[INFO]\t2022-04-14T05:20:00.5Z\tc04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0\t1650000000005+0000|A",
];

const ENDS: [&str; 8] = ["\n", "\n", "\n", "\r\n", "\n\n", "\r\n\r\n", " \n", ""];

/// The formats with a short way.
fn formats() -> Vec<(&'static Format, &'static LineShape, FastForm)> {
    let lines = |format: &&'static Format| match &format.shape {
        Shape::Lines(lines) => Some((*format, lines, lines.fast?)),
        _ => None,
    };
    ALL.iter().filter_map(lines).collect()
}

fn around(format: &Format) -> &'static [(&'static str, &'static str)] {
    AROUND.iter().find(|(name, _)| *name == format.name).unwrap().1
}

/// All that is found in a text.
fn found(text: &[u8], opener: Opener<'_>) -> String {
    let (unit, rest, in_parts) = (EpochUnit::Ms, LineClass::Other, false);
    let mut parser = RecordParser::new(
        text,
        RecordOptions { unit, id_regex: None, rest, in_parts, log_results: true },
        Parsed::default(),
    );
    let open = lines::read(&mut parser, opener, Vec::new());
    let parsed = parser.finish(open);
    let (words, ids) = (parsed.words.names(), &parsed.ids);
    let mut found = Vec::new();
    let mut say = |what: &dyn std::fmt::Debug| found.push(format!("{what:?}"));
    for row in &parsed.rows {
        let names = (words.text(row.label), words.text(row.source));
        let ids = [row.correlation_id, row.trace_id].map(|id| ids.key(id).text());
        say(&(row.epoch_ns, row.utc_offset_minutes, names, ids, row.line));
    }
    for mark in &parsed.marks {
        let (what, id) = match mark.what {
            Change::Init => ("init", 0),
            Change::Start { id, .. } => ("start", id),
            Change::End { id } => ("end", id),
            Change::Report { id, cold } => (if cold { "cold" } else { "report" }, id),
        };
        say(&(mark.row, words.text(mark.source), what, ids.key(id).text()));
    }
    say(&(parsed.lines, parsed.records, parsed.first, parsed.last, parsed.has_nul));
    say(&(parsed.look_alikes, &parsed.kept, parsed.lost, parsed.lost_at, parsed.sourced));
    found.join("\n")
}

#[test]
fn each_takes_the_lines_that_it_was_made_for() {
    let names: Vec<&str> = formats().iter().map(|(format, ..)| format.name).collect();
    assert_eq!(names.len(), AROUND.len(), "{names:?}");
    for (format, lines, form) in formats() {
        let (before, behind) = around(format)[0];
        let text = TEXTS[if format.name == "lambda-text" { 16 } else { 0 }];
        let line = format!("{before}{text}{behind}\n");
        assert!(form(line.as_bytes()).is_some(), "{}: {line}", format.name);
        // A run of them is taken to its end.
        let log = [&*line, &line, "\n", &line].concat();
        let options = RecordOptions {
            unit: EpochUnit::Ms,
            id_regex: None,
            rest: LineClass::Other,
            in_parts: false,
            log_results: true,
        };
        let mut parser = RecordParser::new(log.as_bytes(), options, Parsed::default());
        let fast = Opener::of(lines, format.brackets).fast.unwrap();
        let end = parser.fast(0, fast);
        let expected = if fast.goes_on { log.len() } else { 2 * line.len() };
        assert_eq!(end, expected, "{}", format.name);
    }
}

/// Found by the property below.
#[test]
fn colours_in_a_line_of_lambda_leave_it_to_the_way_for_all_lines() {
    let (format, lines, _) =
        *formats().iter().find(|(format, ..)| format.name == "cloudwatch-tail").unwrap();
    let before = around(format)[0].0;
    let text =
        format!("{before}END RequestId: 6b6f2f4e-0d0c\t\u{1b}[1m{}|A\n", "1650000000000+0000");
    let opener = Opener::of(lines, format.brackets);
    let mut without = opener;
    without.fast = None;
    assert_eq!(found(text.as_bytes(), opener), found(text.as_bytes(), without));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5000))]

    #[test]
    fn takes_what_all_lines_give(
        (format, lines, _) in prop::sample::select(formats()),
        pieces in prop::collection::vec(
            (0..12_usize, prop::sample::select(&TEXTS[..]), prop::sample::select(&ENDS[..])),
            1..12,
        ),
        edits in prop::collection::vec((any::<prop::sample::Index>(), edit()), 0..4),
    ) {
        let around = around(format);
        let mut text = Vec::new();
        for (place, piece, end) in pieces {
            // More than half are of the usual form.
            let (before, behind) = around.get(place).copied().unwrap_or(around[0]);
            text.extend([before, piece, behind, end].concat().into_bytes());
        }
        for (at, edit) in edits {
            let at = at.index(text.len().max(1));
            let (bytes, taken) = edit;
            text.splice(at..(at + taken).min(text.len()), bytes);
        }
        let opener = Opener::of(lines, format.brackets);
        let mut without = opener;
        without.fast = None;
        let (short, long) = (found(&text, opener), found(&text, without));
        prop_assert_eq!(short, long, "{}: {}", format.name, String::from_utf8_lossy(&text));
    }
}

/// Bytes that come instead of others.
fn edit() -> impl Strategy<Value = (Vec<u8>, usize)> {
    let bytes = prop_oneof![
        prop::sample::select(vec![
            "",
            " ",
            "\n",
            "\r",
            "\t",
            "\"",
            "\\",
            "|",
            "0",
            "d",
            "\0",
            "\u{1b}[1m",
            "{",
            "}"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..3),
    ];
    (bytes, 0..3_usize)
}
