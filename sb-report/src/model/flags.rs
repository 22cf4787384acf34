//! Flags: the line under the verdict. What may be wrong with the data, or that nothing is, each with
//! the part of the page that says more.

use super::words::{count, counted, percent};
use super::{Level, Material, PairView, Quality, RunView};
use sb_trace::Severity;
use sb_trace::units::{Unit, ns_to_ms};

/// Medians of fewer ticks than this are coarse.
const FINE: f64 = 10.0;

/// One thing about the data, in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// How much it matters.
    pub level: Level,
    /// The words.
    pub text: String,
    /// The anchor of the part of the page that says more.
    pub to: &'static str,
}

/// Flags in the order in which they are found.
#[derive(Default)]
struct Flags(Vec<Flag>);

impl Flags {
    fn warning(&mut self, to: &'static str, text: String) {
        self.0.push(Flag { level: Level::Warning, text, to });
    }

    fn note(&mut self, to: &'static str, text: String) {
        self.0.push(Flag { level: Level::Note, text, to });
    }

    fn good(&mut self, to: &'static str, text: String) {
        self.0.push(Flag { level: Level::Good, text, to });
    }
}

/// The line under the verdict.
pub(super) fn flags(
    material: Material<'_>,
    runs: &[RunView],
    pairs: &[PairView],
    quality: &Quality,
) -> Vec<Flag> {
    let mut flags = Flags::default();
    of_runs(&mut flags, material, runs);
    of_log(&mut flags, quality);
    of_latencies(&mut flags, pairs, quality);
    of_arrivals(&mut flags, runs, quality);
    let warnings = material.log.map_or(0, |l| {
        l.figures.findings.iter().filter(|f| f.severity == Severity::Warning).count()
    });
    if warnings > 0 {
        let words = counted(warnings, "warning", "warnings");
        flags.warning("verdict", format!("{words} about how traces were made"));
    }
    let mut flags = flags.0;
    flags.sort_by_key(|f| match f.level {
        Level::Warning => 0,
        Level::Note => 1,
        Level::Good => 2,
    });
    flags
}

/// What the runs' own records say.
fn of_runs(flags: &mut Flags, material: Material<'_>, runs: &[RunView]) {
    for fact in material.facts.iter().filter(|f| !runs.iter().any(|r| r.run.id == f.id)) {
        flags.warning("runs", format!("run {} has left no log", fact.id));
    }
    for run in runs {
        if let Some(why) = &run.interrupted {
            flags.warning("runs", format!("{} is not a whole run: {why}", run.name));
        }
        if let Some(load) = &run.load
            && load.reached() == Some(false)
        {
            let words = format!("the load of {} was not made: {}", run.name, load.words());
            flags.warning("load", words);
        }
        if run.open {
            flags.note("runs", format!("{} is open: its cleanup is still to come", run.name));
        }
    }
}

/// What the accounting of the log says.
fn of_log(flags: &mut Flags, quality: &Quality) {
    let Some(a) = &quality.accounting else { return };
    let incomplete = a.traces - a.traces_complete;
    if incomplete > 0 {
        let of = format!(
            "{} of {} traces incomplete ({})",
            count(incomplete),
            count(a.traces),
            percent(incomplete, a.traces)
        );
        if a.incomplete_share() > 0.05 {
            flags.warning("quality", of);
        } else {
            flags.note("quality", of);
        }
    } else {
        flags.good("quality", format!("all {} complete", counted(a.traces, "trace", "traces")));
    }
    if a.look_alikes > 0 {
        let words = counted(
            a.look_alikes,
            "text that nearly is a statement",
            "texts that nearly are statements",
        );
        flags.warning("look-alikes", words);
    }
    if a.events_orphan > 0 {
        let events = counted(a.events_orphan, "event", "events");
        flags.warning("quality", format!("{events} without an id"));
    }
    if a.lines_undecodable > 0 {
        let lines = counted(a.lines_undecodable, "line", "lines");
        flags.note("quality", format!("{lines} not decodable"));
    }
    if a.duplicates > 0 {
        let repeated = counted(a.duplicates, "repeated statement", "repeated statements");
        flags.note("quality", format!("{repeated} counted once"));
    }
    if a.adds_up() {
        let lines = counted(a.lines, "line", "lines");
        flags.good("quality", format!("all {lines} accounted for"));
    } else {
        flags.warning("quality", "the accounting does not add up".to_owned());
    }
}

/// What the latencies themselves say.
fn of_latencies(flags: &mut Flags, pairs: &[PairView], quality: &Quality) {
    let negative: usize = pairs.iter().map(|p| p.negative).sum();
    let unmatched: usize = pairs.iter().map(|p| p.unmatched).sum();
    let all: usize = pairs.iter().map(|p| p.n).sum();
    if negative > 0 {
        let words = counted(negative, "negative latency", "negative latencies");
        let share = percent(negative as u64, all as u64);
        flags.warning("negatives", format!("{words} ({share}), kept in every figure"));
    } else {
        flags.good("quality", "no negative latency".to_owned());
    }
    if unmatched > 0 {
        let events = counted(unmatched, "FROM event", "FROM events");
        flags.note("summary", format!("{events} without a TO event"));
    }
    let rows = || pairs.iter().flat_map(|p| &p.rows).filter(|r| r.class.is_empty());
    let stalls: usize = rows().filter_map(|r| Some(r.detail.as_ref()?.stalls)).sum();
    if stalls > 0 {
        let words = counted(stalls, "stall", "stalls");
        flags.note("more", format!("{words}: far outside of what their pair takes"));
    }
    let tick_ms = ns_to_ms(quality.tick_ns);
    let medians = || rows().filter_map(|r| r.ms(50.0));
    let tick = format!("1\u{a0}{}", Unit::fitting(tick_ms).symbol());
    let coarse = medians().filter(|ms| ms.abs() < FINE * tick_ms).count();
    if coarse > 0 {
        let words = counted(coarse, "median is", "medians are");
        flags.note("methods", format!("the clock ticks every {tick}: {words} less than ten ticks"));
    } else if medians().next().is_some() {
        flags.good("methods", format!("the clock ticks every {tick}"));
    }
}

/// Whether calls wait for one another.
fn of_arrivals(flags: &mut Flags, runs: &[RunView], quality: &Quality) {
    let closed: Vec<&str> =
        quality.arrivals.iter().filter(|a| a.closed).map(|a| a.run.as_str()).collect();
    if closed.is_empty() {
        if !quality.arrivals.is_empty() {
            flags.good("load", "calls do not wait for one another".to_owned());
        }
        return;
    }
    let of = if closed.len() == quality.arrivals.len() {
        String::new()
    } else {
        format!(" in {} of {}", closed.len(), counted(runs.len(), "run", "runs"))
    };
    flags.note(
        "load",
        format!("closed loop{of}: calls wait for others, so slow moments are asked less often"),
    );
}
