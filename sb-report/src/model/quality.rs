//! Data quality: what may be wrong with the numbers, counted, with its place.

use super::{Arrivals, Material, RunView, arrivals, words};
use rayon::prelude::*;
use sb_trace::latency::{Latencies, Latency, RunPair};
use sb_trace::units::Unit;
use sb_trace::{Accounting, Figures, NONE, Name, Names};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many look-alikes and paths the page lists.
const LISTED: usize = 50;

/// How much a flag matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Nothing is wrong.
    Good,
    /// Worth knowing.
    Note,
    /// The numbers may be wrong.
    Warning,
}

/// A sum that adds up: a name, the whole, and its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// What is counted.
    pub name: String,
    /// All of it.
    pub whole: u64,
    /// Its parts, and whether they are good.
    pub parts: Vec<(&'static str, u64, Level)>,
}

/// A look-alike and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookAlikeLine {
    /// `file:line:column`.
    pub place: String,
    /// The text that was found.
    pub text: String,
    /// What is wrong with it and what to do.
    pub advice: String,
}

/// Negative latencies of a pair between two sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NegativeLine {
    /// `A→B`.
    pub pair: String,
    /// Source of the FROM and of the TO events.
    pub sources: (String, String),
    /// How many there are, and the most negative one with its unit.
    pub n: u64,
    /// See `n`.
    pub least: String,
    /// Latencies of this pair between these sources, negative or not.
    pub of: u64,
    /// The least latency in the first and in the last tenth of their time: where they differ, one
    /// clock runs faster than the other.
    pub drift: String,
}

/// What the latencies between two sources say of their clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkewLine {
    /// From source, to source.
    pub sources: (String, String),
    /// Latencies and how many of them are negative.
    pub n: u64,
    /// See `n`.
    pub negative: u64,
    /// By how much the second clock may be ahead of the first, in words.
    pub offset: String,
}

/// The details behind the flags.
#[derive(Debug, Clone, Default)]
pub struct Quality {
    /// Lines, statements, events; none where the input was a table.
    pub sums: Vec<Sum>,
    /// The sums as numbers.
    pub accounting: Option<Accounting>,
    /// The first look-alikes.
    pub look_alikes: Vec<LookAlikeLine>,
    /// Negative latencies by pair and sources.
    pub negatives: Vec<NegativeLine>,
    /// Clocks of the sources.
    pub skews: Vec<SkewLine>,
    /// What incomplete traces lack and how many of them, commonest first.
    pub missing: Vec<(String, u64)>,
    /// Orders of labels and how many traces have each, commonest first.
    pub paths: Vec<(String, u64)>,
    /// What all times and latencies are multiples of: 1 s, 1 ms, 1 µs or 1 ns.
    pub tick_ns: i64,
    /// How calls arrive, run by run.
    pub arrivals: Vec<Arrivals>,
}

pub(super) fn of(material: Material<'_>, runs: &[RunView], tick_ns: i64) -> Quality {
    let mut quality = Quality {
        negatives: negatives(material.latencies),
        tick_ns,
        arrivals: arrivals::of(material.latencies, runs, tick_ns),
        ..Quality::default()
    };
    let Some(log) = material.log.map(|log| &log.figures) else { return quality };
    quality.sums = sums(&log.accounting);
    quality.accounting = Some(log.accounting.clone());
    quality.look_alikes = look_alikes(log);
    quality.missing = log.missing.iter().map(|m| (m.to_string(), m.traces)).take(LISTED).collect();
    quality.paths =
        log.paths.iter().take(LISTED).map(|path| (path.labels.join(" → "), path.traces)).collect();
    let skew = |s: &sb_trace::latency::Skew| {
        let high = sb_trace::units::ns_to_ms(s.min_forward_ns);
        let unit = Unit::fitting(high);
        let offset = match s.min_return_ns {
            Some(back) => {
                let low = -sb_trace::units::ns_to_ms(back);
                format!("{} to {}", words::latency(low, unit), words::latency(high, unit))
            }
            None => format!("at most {}", words::latency(high, unit)),
        };
        SkewLine { sources: (s.from.clone(), s.to.clone()), n: s.n, negative: s.negative, offset }
    };
    quality.skews = log.skew.iter().map(skew).collect();
    quality
}

fn source(names: &Names, name: Name) -> String {
    if name == NONE { "not named in the log".to_owned() } else { names.text(name).to_owned() }
}

fn sums(a: &Accounting) -> Vec<Sum> {
    use Level::{Good, Note, Warning};
    let sum = |name: &str, whole, parts: Vec<(&'static str, u64, Level)>| Sum {
        name: name.to_owned(),
        whole,
        parts: parts.into_iter().filter(|p| p.1 > 0).collect(),
    };
    vec![
        sum(
            "lines",
            a.lines,
            vec![
                ("with a statement", a.lines_with_statement, Good),
                ("with a look-alike only", a.lines_look_alike, Warning),
                ("of the log's format", a.lines_format, Note),
                ("of other text", a.lines_other, Note),
                ("not decodable", a.lines_undecodable, Note),
            ],
        ),
        sum(
            "statements",
            a.statements,
            vec![("events", a.events, Good), ("duplicates", a.duplicates, Note)],
        ),
        sum(
            "events",
            a.events,
            vec![
                ("in complete traces", a.events_complete, Good),
                ("in incomplete traces", a.events_incomplete, Warning),
                ("without an id where one is needed", a.events_orphan, Warning),
                ("phases of the driver", a.events_driver, Note),
                ("left out by filters", a.events_filtered, Note),
            ],
        ),
        sum(
            "traces",
            a.traces,
            vec![
                ("complete", a.traces_complete, Good),
                ("incomplete", a.traces - a.traces_complete, Warning),
            ],
        ),
    ]
}

fn look_alikes(log: &Figures) -> Vec<LookAlikeLine> {
    let line = |at: &sb_trace::LookAlikeAt| {
        let file = log.files.get(at.file as usize).map_or("", |f| f.name.as_str());
        LookAlikeLine {
            place: format!("{file}:{}:{}", at.line, at.column),
            text: at.what.text.clone(),
            advice: at.what.reason.advice(),
        }
    };
    log.look_alikes.iter().take(LISTED).map(line).collect()
}

/// The largest unit of which all times and latencies are multiples.
pub(super) fn tick_ns(table: &Latencies) -> i64 {
    const UNITS: [i64; 4] = [1_000_000_000, 1_000_000, 1_000, 1];
    // Of nothing, nothing is known.
    if table.is_empty() {
        return UNITS[1];
    }
    UNITS.into_iter().find(|&unit| table.are_multiples_of(unit)).unwrap_or(1)
}

/// What is known of a pair between two sources.
#[derive(Clone, Copy)]
struct Seen {
    n: u64,
    negative: u64,
    least_ns: i64,
    first_ns: i64,
    last_ns: i64,
}

fn negatives(table: &Latencies) -> Vec<NegativeLine> {
    let key = |row: &Latency| (row.pair, row.from_source, row.to_source);
    let has_negative =
        |part: &&Arc<RunPair>| part.latencies_ns().any(|latency| latency.is_some_and(|l| l < 0));
    let parts: Vec<&Arc<RunPair>> = table.parts().par_iter().filter(has_negative).collect();
    let mut doubtful: BTreeMap<(u32, Name, Name), Seen> = BTreeMap::new();
    for row in parts.iter().flat_map(|part| part.rows()) {
        if row.latency_ns.is_some_and(|l| l < 0) {
            let (first_ns, last_ns) = (i64::MAX, i64::MIN);
            doubtful.insert(key(&row), Seen { n: 0, negative: 0, least_ns: 0, first_ns, last_ns });
        }
    }
    // Other rows of these pairs are between the same sources, too.
    let rows = |pair: u32| table.parts_of(pair as usize).flat_map(|part| part.rows());
    let pairs: BTreeSet<u32> = doubtful.keys().map(|key| key.0).collect();
    for row in pairs.into_iter().flat_map(rows) {
        if let (Some(ns), Some(seen)) = (row.latency_ns, doubtful.get_mut(&key(&row))) {
            seen.n += 1;
            seen.negative += u64::from(ns < 0);
            seen.least_ns = seen.least_ns.min(ns);
            seen.first_ns = seen.first_ns.min(row.start_ns);
            seen.last_ns = seen.last_ns.max(row.start_ns);
        }
    }
    let ms = |ns: i64| {
        let ms = sb_trace::units::ns_to_ms(ns);
        words::latency(ms, Unit::fitting(ms))
    };
    let line = |(&(pair, from, to), seen): (&(u32, Name, Name), &Seen)| {
        let tenth = seen.last_ns.saturating_sub(seen.first_ns) / 10;
        let least = |within: &dyn Fn(i64) -> bool| {
            let here = rows(pair).filter(|r| key(r) == (pair, from, to));
            here.filter(|r| within(r.start_ns)).filter_map(|r| r.latency_ns).min()
        };
        let early = least(&|start| start <= seen.first_ns.saturating_add(tenth));
        let late = least(&|start| start >= seen.last_ns.saturating_sub(tenth));
        NegativeLine {
            pair: words::arrow(&table.pair_text(pair)),
            sources: (source(&table.names, from), source(&table.names, to)),
            n: seen.negative,
            least: ms(seen.least_ns),
            of: seen.n,
            drift: match (early, late) {
                (Some(early), Some(late)) if tenth > 0 => format!("{} to {}", ms(early), ms(late)),
                _ => "–".to_owned(),
            },
        }
    };
    doubtful.iter().map(line).collect()
}
