//! Data quality: what may be wrong with the numbers, counted, with its place.

use super::words::{self, count, counted, percent};
use super::{Material, PairView, RunView};
use sb_trace::trace::Severity;
use sb_trace::units::Unit;
use sb_trace::{Accounting, Analysis, NONE, Name, Names};
use std::collections::BTreeMap;

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

/// One thing about the data, in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// How much it matters.
    pub level: Level,
    /// The words.
    pub text: String,
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
}

pub(super) fn of(material: Material<'_>, _runs: &[RunView]) -> Quality {
    let mut quality = Quality { negatives: negatives(material), ..Quality::default() };
    let Some(log) = material.log else { return quality };
    quality.sums = sums(&log.accounting);
    quality.accounting = Some(log.accounting.clone());
    quality.look_alikes = look_alikes(log);
    quality.missing = log.missing.iter().map(|m| (m.to_string(), m.traces)).take(LISTED).collect();
    let names = &log.events.names;
    quality.paths = log
        .paths
        .iter()
        .take(LISTED)
        .map(|path| {
            (
                path.labels.iter().map(|&l| names.text(l)).collect::<Vec<_>>().join(" → "),
                path.traces,
            )
        })
        .collect();
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
        SkewLine {
            sources: (source(names, s.from), source(names, s.to)),
            n: s.n,
            negative: s.negative,
            offset,
        }
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
                ("of the log's carrier", a.lines_carrier, Note),
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

fn look_alikes(log: &Analysis) -> Vec<LookAlikeLine> {
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

fn negatives(material: Material<'_>) -> Vec<NegativeLine> {
    let table = material.latencies;
    let mut seen: BTreeMap<(u32, Name, Name), (u64, i64)> = BTreeMap::new();
    for row in &table.rows {
        if let Some(latency) = row.latency_ns.filter(|&l| l < 0) {
            let entry = seen.entry((row.pair, row.from_source, row.to_source)).or_insert((0, 0));
            entry.0 += 1;
            entry.1 = entry.1.min(latency);
        }
    }
    let line = |(&(pair, from, to), &(n, least)): (&(u32, Name, Name), &(u64, i64))| {
        let ms = sb_trace::units::ns_to_ms(least);
        NegativeLine {
            pair: words::arrow(&table.pair_text(pair)),
            sources: (source(&table.names, from), source(&table.names, to)),
            n,
            least: words::latency(ms, Unit::fitting(ms)),
        }
    };
    seen.iter().map(line).collect()
}

/// What the runs' own records say.
fn of_runs(material: Material<'_>, runs: &[RunView]) -> Vec<Flag> {
    let mut flags = Vec::new();
    let mut flag = |level, text: String| flags.push(Flag { level, text });
    for fact in material.facts.iter().filter(|f| !runs.iter().any(|r| r.run.id == f.id)) {
        flag(Level::Warning, format!("run {} has left no log", fact.id));
    }
    for run in runs {
        if let Some(why) = &run.interrupted {
            flag(Level::Warning, format!("{} is not a whole run: {why}", run.name));
        }
        if let Some(load) = &run.load
            && load.reached() == Some(false)
        {
            flag(
                Level::Warning,
                format!("the load of {} was not made: {}", run.name, load.words()),
            );
        }
        if run.open {
            flag(Level::Note, format!("{} is open: its cleanup is still to come", run.name));
        }
    }
    flags
}

/// The line under the verdict.
pub(super) fn flags(
    material: Material<'_>,
    runs: &[RunView],
    pairs: &[PairView],
    quality: &Quality,
) -> Vec<Flag> {
    let mut flags = of_runs(material, runs);
    let mut flag = |level, text: String| flags.push(Flag { level, text });
    if let Some(a) = &quality.accounting {
        let incomplete = a.traces - a.traces_complete;
        if incomplete > 0 {
            let level = if a.incomplete_share() > 0.05 { Level::Warning } else { Level::Note };
            let of = format!(
                "{} of {} traces incomplete ({})",
                count(incomplete),
                count(a.traces),
                percent(incomplete, a.traces)
            );
            flag(level, of);
        } else {
            flag(Level::Good, format!("all {} complete", counted(a.traces, "trace", "traces")));
        }
        if a.look_alikes > 0 {
            flag(
                Level::Warning,
                counted(
                    a.look_alikes,
                    "text that nearly is a statement",
                    "texts that nearly are statements",
                ),
            );
        }
        if a.events_orphan > 0 {
            flag(
                Level::Warning,
                format!("{} without an id", counted(a.events_orphan, "event", "events")),
            );
        }
        if a.lines_undecodable > 0 {
            flag(
                Level::Note,
                format!("{} not decodable", counted(a.lines_undecodable, "line", "lines")),
            );
        }
        if a.duplicates > 0 {
            flag(
                Level::Note,
                format!(
                    "{} counted once",
                    counted(a.duplicates, "repeated statement", "repeated statements")
                ),
            );
        }
        if a.adds_up() {
            flag(Level::Good, format!("all {} accounted for", counted(a.lines, "line", "lines")));
        } else {
            flag(Level::Warning, "the accounting does not add up".to_owned());
        }
    }
    let negative: usize = pairs.iter().map(|p| p.negative).sum();
    let unmatched: usize = pairs.iter().map(|p| p.unmatched).sum();
    let all: usize = pairs.iter().map(|p| p.n).sum();
    if negative > 0 {
        let words = counted(negative, "negative latency", "negative latencies");
        flag(
            Level::Warning,
            format!("{words} ({}), kept in every figure", percent(negative as u64, all as u64)),
        );
    } else {
        flag(Level::Good, "no negative latency".to_owned());
    }
    if unmatched > 0 {
        flag(
            Level::Note,
            format!("{} without a TO event", counted(unmatched, "FROM event", "FROM events")),
        );
    }
    let warnings = material
        .log
        .map_or(0, |l| l.findings.iter().filter(|f| f.severity == Severity::Warning).count());
    if warnings > 0 {
        flag(
            Level::Warning,
            format!("{} about how traces were made", counted(warnings, "warning", "warnings")),
        );
    }
    flags.sort_by_key(|f| match f.level {
        Level::Warning => 0,
        Level::Note => 1,
        Level::Good => 2,
    });
    flags
}
