//! Every format against its samples in `fixtures/formats/`: the exact rows, whatever the sample
//! was packed in, and no other format claims it.

mod borders;
mod fast;
mod hostile;
mod large;
mod wherever;

use super::{Format, Shape, known::ALL};
use crate::accounting::FileInfo;
use crate::names::Names;
use crate::options::{FormatChoice, Options};
use crate::read::Input;
use crate::{Events, Silent, analyze};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Epoch, zone, label, correlation id, source.
type Row = (i64, i16, String, String, String);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/formats")
}

fn bytes(sample: &str) -> Vec<u8> {
    std::fs::read(folder().join(sample)).unwrap_or_else(|e| panic!("{sample}: {e}"))
}

/// All samples with their formats.
fn samples() -> Vec<(&'static Format, &'static str)> {
    ALL.iter().flat_map(|c| c.samples.iter().map(move |&sample| (*c, sample))).collect()
}

/// Holds what is found in a text against what must be; says what differs.
fn differs(
    name: &str,
    text: Vec<u8>,
    options: &Options,
    (format, rows): (&str, Vec<Row>),
) -> Option<String> {
    let (got, taken_for) = found(name, text, options);
    let same = taken_for == format && got == rows;
    (!same).then(|| {
        format!("{name}: taken for {taken_for}, not {format}, or\n{got:#?}\nis not\n{rows:#?}")
    })
}

fn assert_none(failures: &[String]) {
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What must be found in a sample.
fn expected(sample: &str) -> Vec<Row> {
    let stem = Path::new(sample).file_stem().unwrap().to_str().unwrap();
    let table = |kind: &str| {
        let text = String::from_utf8(bytes(&format!("{stem}.{kind}.csv"))).unwrap();
        text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let (rows, sources) = (table("expected"), table("source"));
    assert_eq!(rows.len(), sources.len(), "{stem}: expected and source differ in length");
    let row = |(row, source): (&String, &String)| {
        let f: Vec<&str> = row.split(',').collect();
        let text = |at: usize| f[at].to_owned();
        let source = source.trim_matches('"').to_owned();
        (f[0].parse().unwrap(), f[1].parse().unwrap(), text(2), text(3), source)
    };
    rows.iter().zip(&sources).map(row).collect()
}

/// The events of an input, and how it was read.
fn events(
    input: Input,
    options: &Options,
) -> crate::Result<(std::sync::Arc<Events>, Vec<FileInfo>)> {
    let analysis = analyze(&[input], options, &Silent)?;
    Ok((analysis.events, analysis.figures.files))
}

/// What is found in a text, and what it was taken for.
fn found(name: &str, text: Vec<u8>, options: &Options) -> (Vec<Row>, &'static str) {
    let result = events(Input::bytes(name, text), options);
    let (events, files) = result.unwrap_or_else(|e| panic!("{name}: {e}"));
    let names: &Names = &events.names;
    let text = |name| names.text(name).to_owned();
    let rows = events.rows.iter().map(|e| {
        let epoch = e.epoch_ns / 1_000_000;
        (epoch, e.utc_offset_minutes, text(e.label), text(e.correlation_id), text(e.source))
    });
    assert_eq!(files[0].lost, 0, "{name}: a place was not explained by {}", files[0].format);
    (rows.collect(), files[0].format)
}

/// The text in a sample.
fn unpacked(sample: &str) -> Vec<u8> {
    let mut text = Vec::new();
    let input = Input::bytes(sample, bytes(sample));
    crate::read::open(&input).unwrap().read_to_end(&mut text).unwrap();
    text
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn crlf(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for &byte in text {
        if byte == b'\n' && out.last() != Some(&b'\r') {
            out.push(b'\r');
        }
        out.push(byte);
    }
    out
}

fn utf16(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

#[test]
fn every_sample_gives_its_rows_and_is_claimed_by_its_own_format() {
    let check = |(format, sample): (&Format, &str)| {
        let wanted = (format.name, expected(sample));
        differs(sample, bytes(sample), &Options::default(), wanted)
    };
    assert_none(&samples().into_iter().filter_map(check).collect::<Vec<_>>());
}

#[test]
fn packing_and_line_ends_change_nothing() {
    let mut failures = Vec::new();
    for (format, sample) in samples() {
        let text = unpacked(sample);
        let variants: [(&str, Vec<u8>); 5] = [
            ("gzip", gzip(&text)),
            ("zstd", zstd::encode_all(text.as_slice(), 1).unwrap()),
            ("CRLF", crlf(&text)),
            ("UTF-16", utf16(&text)),
            ("byte order mark", [b"\xef\xbb\xbf", text.as_slice()].concat()),
        ];
        for (variant, packed) in variants {
            // The lengths count the bytes of a frame.
            if matches!(format.shape, Shape::Octets) && variant == "CRLF" {
                continue;
            }
            let name = format!("{sample} as {variant}");
            let wanted = (format.name, expected(sample));
            failures.extend(differs(&name, packed, &Options::default(), wanted));
        }
    }
    assert_none(&failures);
}

/// Samples whose records have an id of their own, so that the same record counts once.
const ONCE: [&str; 25] = [
    "cloudwatch-events-brackets.json",
    "cloudwatch-events-dotnet.json",
    "cloudwatch-events-empty-page.json",
    "cloudwatch-events-half-character.json",
    "cloudwatch-events-output.txt",
    "cloudwatch-events-paged.json",
    "cloudwatch-events-query.json",
    "cloudwatch-events-stray.json",
    "cloudwatch-filter-log-events.json",
    "cloudwatch-subscription-awslogs.json",
    "cloudwatch-subscription-firehose.gz",
    "cloudwatch-subscription-kinesis.json",
    "cloudwatch-subscription.json",
    "elastic-bulk.ndjson",
    "elastic-hits.json",
    "filebeat-ecs.ndjson",
    "gcp-logging-columns.csv",
    "gcp-logging-payloads.json",
    "gcp-logging-read.json",
    "gcp-sink.jsonl",
    "journald-docker-parts.json",
    "journald-line-max.json",
    "journald-pretty.json",
    "journald-seq.json",
    "journald.json",
];

#[test]
fn a_text_behind_itself_gives_its_rows_twice_or_once_if_records_have_ids() {
    let mut failures = Vec::new();
    for (format, sample) in samples() {
        let text = unpacked(sample);
        let mut rows = expected(sample);
        let gap: &[u8] =
            if text.ends_with(b"\n") || format.name == "syslog-octet" { b"" } else { b"\n" };
        if !ONCE.contains(&sample) {
            rows.extend(rows.clone());
        }
        let wanted = || (format.name, rows.clone());
        let twice = [text.as_slice(), gap, &text].concat();
        failures.extend(differs(&format!("{sample} twice"), twice, &Options::default(), wanted()));
        let members = [gzip(&text), gzip(gap), gzip(&text)].concat();
        let name = format!("{sample} as two gzip members");
        failures.extend(differs(&name, members, &Options::default(), wanted()));
    }
    assert_none(&failures);
}

#[test]
fn a_sample_is_read_the_same_when_its_name_or_family_is_said() {
    let mut failures = Vec::new();
    for (format, sample) in samples() {
        for name in [format.name, format.family] {
            let options =
                Options { format: FormatChoice::parse(name).unwrap(), ..Options::default() };
            let wanted = (format.name, expected(sample));
            let said = format!("{sample} as {name}");
            failures.extend(differs(&said, bytes(sample), &options, wanted));
        }
    }
    assert_none(&failures);
}

#[test]
fn every_sample_and_every_carrier_is_tested() {
    let named: BTreeSet<String> = samples().iter().map(|(_, s)| (*s).to_owned()).collect();
    let files = std::fs::read_dir(folder()).unwrap().map(|e| e.unwrap().file_name());
    let files: BTreeSet<String> = files
        .map(|name| name.into_string().unwrap())
        .filter(|name| {
            !name.ends_with(".expected.csv")
                && !name.ends_with(".source.csv")
                && name != "README.md"
        })
        .collect();
    assert_eq!(named, files);
    for format in ALL {
        assert!(!format.samples.is_empty(), "{} has no sample", format.name);
    }
}
