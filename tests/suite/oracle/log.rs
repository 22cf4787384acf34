//! From inputs to events: runs, record ids, duplicates (`docs/semantics.md` sections 2 and 3).

use super::grammar::{Class, Unit, lines, take_apart};
use std::collections::{BTreeMap, BTreeSet};

/// One file as the oracle is given it.
#[derive(Clone)]
pub(super) struct File {
    pub(super) name: String,
    /// Id and benchmark of the run; none for logs collected elsewhere.
    pub(super) run: Option<(String, String)>,
    pub(super) hook_log: bool,
    pub(super) bytes: Vec<u8>,
}

/// One event.
#[derive(Debug, Clone)]
pub(super) struct Event {
    /// Index into [`Log::runs`].
    pub(super) run: usize,
    pub(super) file: usize,
    /// Index into [`Log::streams`].
    pub(super) stream: usize,
    pub(super) line: u64,
    pub(super) time: i64,
    pub(super) offset_minutes: i16,
    pub(super) label: String,
    pub(super) correlation_id: String,
    pub(super) trace_id: String,
}

impl Event {
    /// `trace_id=` beats the record's own id.
    pub(super) fn id(&self) -> &str {
        if self.trace_id.is_empty() { &self.correlation_id } else { &self.trace_id }
    }

    /// Labels that start with `SB_` are the driver's: phases, in no trace.
    pub(super) fn is_driver(&self) -> bool {
        self.label.starts_with("SB_")
    }
}

/// All that was read.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// Id and benchmark, in the order of their first input.
    pub(super) runs: Vec<(String, String)>,
    pub(super) names: Vec<String>,
    /// The files and sources, each a sequence of its own; an empty source is none.
    pub(super) streams: Vec<(usize, String)>,
    pub(super) lines_of_file: Vec<u64>,
    pub(super) statements_of_file: Vec<u64>,
    /// In log order: the order of the inputs, then place. An event's index here is its log place.
    pub(super) events: Vec<Event>,
    /// The number of other labels that were seen in the inputs before this one.
    pub(super) label_order: BTreeMap<String, usize>,
    pub(super) lines_by_class: [u64; 4],
    pub(super) statements: u64,
    pub(super) duplicates: u64,
    pub(super) look_alikes: u64,
}

impl Log {
    /// The source of an event; empty where the log names none.
    pub(super) fn source(&self, event: usize) -> &str {
        &self.streams[self.events[event].stream].1
    }

    /// What stamped an event: its source, or its file where the log names none.
    pub(super) fn clock(&self, event: usize) -> &str {
        match self.source(event) {
            "" => &self.names[self.events[event].file],
            source => source,
        }
    }
}

/// Reads the files in their order. `with_record_id` says whether `req=ID` names the record's id,
/// `with_source` whether a line may begin with `<source> `.
pub(super) fn read(files: &[File], unit: Unit, with_record_id: bool, with_source: bool) -> Log {
    let mut log = Log::default();
    for (index, file) in files.iter().enumerate() {
        // Logs collected elsewhere share one run without id.
        let run = file.run.clone().unwrap_or_default();
        if !log.runs.contains(&run) {
            log.runs.push(run.clone());
        }
        let run = log.runs.iter().position(|r| *r == run).unwrap();
        log.names.push(file.name.clone());
        let bytes: &[u8] = &file.bytes;
        let found =
            lines(if with_source { bytes.strip_prefix(BOM).unwrap_or(bytes) } else { bytes });
        log.lines_of_file.push(found.len() as u64);
        // A duplicate is the same run, epoch, label and id printed twice in one hook log. Without
        // an id two calls in the same millisecond could not be told from a repetition.
        let mut printed = BTreeSet::new();
        let mut statements_here = 0;
        for (number, bytes) in found.into_iter().enumerate() {
            let (source, bytes) = if with_source { source_of(bytes) } else { ("", bytes) };
            let stream = (index, source.to_owned());
            let line = take_apart(bytes, unit);
            log.lines_by_class[place_of(line.class)] += 1;
            log.look_alikes += line.look_alikes;
            let correlation_id = if with_record_id { record_id(bytes) } else { String::new() };
            for statement in line.statements {
                statements_here += 1;
                let next = log.label_order.len();
                log.label_order.entry(statement.label.clone()).or_insert(next);
                if !log.streams.contains(&stream) {
                    log.streams.push(stream.clone());
                }
                let event = Event {
                    run,
                    file: index,
                    stream: log.streams.iter().position(|s| *s == stream).unwrap(),
                    line: number as u64 + 1,
                    time: statement.epoch_ns,
                    offset_minutes: statement.offset_minutes,
                    label: statement.label,
                    correlation_id: correlation_id.clone(),
                    trace_id: statement.trace_id,
                };
                let key = (event.time, event.label.clone(), event.id().to_owned());
                if file.hook_log && !event.id().is_empty() && !printed.insert(key) {
                    log.duplicates += 1;
                } else {
                    log.events.push(event);
                }
            }
        }
        log.statements += statements_here;
        log.statements_of_file.push(statements_here);
    }
    log
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// What the `--pattern` of these tests takes off a line, `^<(?<source>s[0-9])> (?<body>.*)$`.
fn source_of(line: &[u8]) -> (&str, &[u8]) {
    match line {
        [b'<', b's', b'0'..=b'9', b'>', b' ', body @ ..] => {
            (std::str::from_utf8(&line[1..3]).unwrap(), body)
        }
        _ => ("", line),
    }
}

fn place_of(class: Class) -> usize {
    match class {
        Class::Statement => 0,
        Class::LookAlike => 1,
        Class::Undecodable => 2,
        Class::Other => 3,
    }
}

/// What the `--id-regex` of these tests finds, `req=(?<correlation_id>[a-z0-9]+)`: its first match.
fn record_id(line: &[u8]) -> String {
    for start in 0..line.len() {
        if let Some(rest) = line[start..].strip_prefix(b"req=") {
            let id: Vec<u8> = rest
                .iter()
                .copied()
                .take_while(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                .collect();
            if !id.is_empty() {
                return String::from_utf8(id).unwrap();
            }
        }
    }
    String::new()
}
