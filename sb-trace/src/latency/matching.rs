//! Traces -> latencies: which TO belongs to which FROM.

use super::pair::{PairChoice, PairSpec};
use super::positions::positions;
use super::skew::{Ledger, Skew};
use super::table::{Latencies, Latency, Pair};
use crate::event::{Event, Events};
use crate::names::{NONE, Name, Names};
use crate::run::Run;
use crate::trace::{Trace, Traces};
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;
use std::sync::Arc;

/// One match in a trace: positions of FROM and TO in it, the latter missing if unmatched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Match {
    pair: Pair,
    from: u32,
    to: Option<u32>,
}

/// Measures the chosen pairs in all traces, and what that says of the clocks. `file_names` are the
/// handles of the files' names.
pub(crate) fn build(
    events: &Events,
    traces: &Traces,
    runs: &[Run],
    file_names: &[Name],
    choice: &PairChoice,
) -> (Latencies, Vec<Skew>) {
    let rows = &events.rows;
    let names = &events.names;
    let of_pairs = |pairs: &[(Name, Name)]| {
        per_trace(rows, traces, |_, labels, out| {
            for &pair in pairs {
                out.extend(matching(labels, pair));
            }
        })
    };
    let found: Vec<Found> = match choice {
        PairChoice::Consecutive => {
            let turned = turned_pairs(rows, traces);
            let totals = with_totals(rows, traces, &turned);
            per_trace(rows, traces, |trace, labels, out| {
                consecutive(trace, rows, traces, (labels, &turned, totals), out);
            })
        }
        PairChoice::Named(specs) => of_pairs(&resolve(specs, names)),
        PairChoice::All => of_pairs(&all_pairs(rows, traces)),
    };
    let pairs = order_of_pairs(&found, choice, names);
    let index: HashMap<Pair, u32> = pairs.iter().copied().zip(0..).collect();
    let clock = |e: &Event| if e.source == NONE { file_names[e.file as usize] } else { e.source };
    let mut ledger = Ledger::default();
    let mut out: Vec<Latency> =
        Vec::with_capacity(found.iter().map(|found| found.matches.len()).sum());
    // How often each pair was found in the trace by now.
    let mut counts: Vec<u32> = vec![0; pairs.len()];
    for (chunk, found) in traces.traces.chunks(CHUNK).zip(found) {
        let mut start = 0;
        for (trace, end) in chunk.iter().zip(found.ends) {
            let places = traces.events(trace);
            let matches = found.matches.get(start..end).unwrap_or_default();
            let indexed = matches.iter().filter_map(|m| Some((m, *index.get(&m.pair)?)));
            for (m, pair) in indexed.clone() {
                let count = &mut counts[pair as usize];
                let event = |position: u32| &rows[places[position as usize] as usize];
                let (from, to) = (event(m.from), m.to.map(event));
                let row = row(m, pair, *count, trace, from, to);
                if let (Some(to), Some(latency)) =
                    (to.filter(|to| across(from, to)), row.latency_ns)
                {
                    ledger.note(clock(from), clock(to), latency);
                }
                out.push(row);
                *count += 1;
            }
            indexed.for_each(|(_, pair)| counts[pair as usize] = 0);
            start = end;
        }
    }
    let order = |r: &Latency| (r.run, r.pair, r.start_ns);
    if !out.is_sorted_by_key(order) {
        out.par_sort_by_key(order);
    }
    let table = Latencies { names: Arc::clone(names), runs: runs.to_vec(), pairs, rows: out };
    (table, ledger.skews())
}

/// So many traces are looked at at once.
const CHUNK: usize = 4096;

/// The matches of some traces, one after the other.
#[derive(Debug, Default)]
struct Found {
    matches: Vec<Match>,
    /// Where those of each trace end.
    ends: Vec<usize>,
    places: Places,
}

/// What `find` finds in each trace, in the order of the events.
fn per_trace(
    events: &[Event],
    traces: &Traces,
    find: impl Fn(&Trace, &[Name], &mut Vec<Match>) + Sync,
) -> Vec<Found> {
    let chunks = traces.traces.par_chunks(CHUNK).map(|chunk| {
        let mut out = Found::default();
        let mut labels: Vec<Name> = Vec::new();
        for trace in chunk {
            labels.clear();
            labels.extend(traces.events(trace).iter().map(|&p| events[p as usize].label));
            let start = out.matches.len();
            find(trace, &labels, &mut out.matches);
            let matches = out.matches.get_mut(start..).unwrap_or_default();
            matches.sort_by_key(|m| (m.from, m.to));
            out.ends.push(out.matches.len());
        }
        for m in &out.matches {
            let entry = out.places.entry(m.pair).or_default();
            entry.0 += 1;
            entry.1 += u64::from(m.from);
            entry.2 += u64::from(m.to.unwrap_or(m.from));
        }
        out
    });
    chunks.collect()
}

fn row(m: &Match, pair: u32, seq: u32, trace: &Trace, from: &Event, to: Option<&Event>) -> Latency {
    Latency {
        run: trace.run,
        pair,
        trace_id: trace.id,
        seq,
        from_label: from.label,
        to_label: match (m.pair, to) {
            (_, Some(to)) => to.label,
            (Pair::Labels(_, to), None) => to,
            (Pair::Total, None) => NONE,
        },
        from_source: from.source,
        to_source: to.map_or(NONE, |e| e.source),
        start_ns: from.epoch_ns,
        latency_ns: to.map(|e| e.epoch_ns.saturating_sub(from.epoch_ns)),
        start_class: trace.start_class,
        complete: trace.complete,
    }
}

/// Whether the two events were stamped in two places: two sources, or, where the log names none,
/// two files.
fn across(a: &Event, b: &Event) -> bool {
    if a.source == NONE && b.source == NONE { a.file != b.file } else { a.source != b.source }
}

/// Consecutive pairs that are seen in both directions across two sources: the rarer direction is
/// the commoner one with a negative latency. Returns the rarer directions.
fn turned_pairs(events: &[Event], traces: &Traces) -> HashSet<(Name, Name)> {
    let mut seen: HashMap<(Name, Name), (u64, u64)> = HashMap::new();
    for (number, trace) in (0u64..).zip(&traces.traces) {
        for step in traces.events(trace).windows(2) {
            let (a, b) = (&events[step[0] as usize], &events[step[1] as usize]);
            if a.label != b.label && across(a, b) {
                let entry = seen.entry((a.label, b.label)).or_insert((0, number));
                entry.0 += 1;
            }
        }
    }
    rarer_directions(&seen)
}

/// Of two labels that follow each other both ways, the rarer way; a tie goes to the one that was
/// seen first. Given for each way how often it was seen, and where first.
pub(crate) fn rarer_directions<F: Ord + Copy>(
    seen: &HashMap<(Name, Name), (u64, F)>,
) -> HashSet<(Name, Name)> {
    seen.iter()
        .filter_map(|(&(a, b), &(count, first))| {
            let &(back, back_first) = seen.get(&(b, a))?;
            let rarer = count < back || (count == back && (first, a) > (back_first, b));
            rarer.then_some((a, b))
        })
        .collect()
}

/// Whether `total` says anything that the only consecutive pair does not.
fn with_totals(events: &[Event], traces: &Traces, turned: &HashSet<(Name, Name)>) -> bool {
    let mut only: Option<(Name, Name)> = None;
    for trace in &traces.traces {
        let places = traces.events(trace);
        if trace.complete && places.len() > 2 {
            return true;
        }
        for step in places.windows(2) {
            let (a, b) = (&events[step[0] as usize], &events[step[1] as usize]);
            let pair = if turned.contains(&(a.label, b.label)) && across(a, b) {
                return true;
            } else {
                (a.label, b.label)
            };
            if *only.get_or_insert(pair) != pair {
                return true;
            }
        }
    }
    false
}

fn consecutive(
    trace: &Trace,
    events: &[Event],
    traces: &Traces,
    (labels, turned, totals): (&[Name], &HashSet<(Name, Name)>, bool),
    out: &mut Vec<Match>,
) {
    let places = traces.events(trace);
    let event = |position: u32| &events[places[position as usize] as usize];
    out.extend((0u32..).zip(labels.windows(2)).map(|(at, step)| {
        let (a, b) = (step[0], step[1]);
        if !turned.is_empty() && turned.contains(&(a, b)) && across(event(at), event(at + 1)) {
            Match { pair: Pair::Labels(b, a), from: at + 1, to: Some(at) }
        } else {
            Match { pair: Pair::Labels(a, b), from: at, to: Some(at + 1) }
        }
    }));
    if totals && trace.complete && labels.len() > 1 {
        let last = u32::try_from(labels.len() - 1).unwrap_or(u32::MAX);
        out.push(Match { pair: Pair::Total, from: 0, to: Some(last) });
    }
}

pub(crate) fn resolve(specs: &[PairSpec], names: &Names) -> Vec<(Name, Name)> {
    let mut pairs = Vec::new();
    for spec in specs {
        if let (Some(from), Some(to)) = (names.find(&spec.from), names.find(&spec.to))
            && !pairs.contains(&(from, to))
        {
            pairs.push((from, to));
        }
    }
    pairs
}

/// Every two labels that meet in a trace, in the direction in which they first meet more often.
fn all_pairs(events: &[Event], traces: &Traces) -> Vec<(Name, Name)> {
    let mut before: HashMap<(Name, Name), (u64, u64)> = HashMap::new();
    for (number, trace) in (0u64..).zip(&traces.traces) {
        let mut firsts: Vec<Name> = Vec::new();
        for &place in traces.events(trace) {
            let label = events[place as usize].label;
            if !firsts.contains(&label) {
                firsts.push(label);
            }
        }
        for (i, &a) in firsts.iter().enumerate() {
            for &b in &firsts[i + 1..] {
                before.entry((a, b)).or_insert((0, number)).0 += 1;
            }
        }
    }
    let mut pairs: Vec<(Name, Name)> = before
        .iter()
        .filter(|&(&(a, b), &(count, first))| {
            let (back, back_first) = before.get(&(b, a)).copied().unwrap_or((0, u64::MAX));
            count > back || (count == back && (first, a) < (back_first, b))
        })
        .map(|(&pair, _)| pair)
        .collect();
    pairs.sort_unstable();
    pairs
}

fn matching(labels: &[Name], pair: (Name, Name)) -> Vec<Match> {
    let of = Pair::Labels(pair.0, pair.1);
    positions(labels, pair).into_iter().map(|(from, to)| Match { pair: of, from, to }).collect()
}

/// How often a pair was matched, and the sums of the positions of FROM and of TO.
pub(crate) type Places = HashMap<Pair, (u64, u64, u64)>;

fn order_of_pairs(found: &[Found], choice: &PairChoice, names: &Names) -> Vec<Pair> {
    let mut seen = Places::new();
    for (pair, (count, from, to)) in found.iter().flat_map(|found| &found.places) {
        let entry = seen.entry(*pair).or_default();
        entry.0 += count;
        entry.1 += from;
        entry.2 += to;
    }
    match choice {
        PairChoice::Named(specs) => {
            let named = resolve(specs, names).into_iter().map(|(f, t)| Pair::Labels(f, t));
            named.filter(|p| seen.contains_key(p)).collect()
        }
        PairChoice::Consecutive | PairChoice::All => in_order(seen),
    }
}

/// Pairs in the order in which they occur in a trace: by the mean position of FROM, then of TO;
/// `total` last.
pub(crate) fn in_order(seen: Places) -> Vec<Pair> {
    let mut pairs: Vec<(Pair, (u64, u64, u64))> = seen.into_iter().collect();
    // Means are compared as fractions, which are exact.
    pairs.sort_by(|(a, (n, f, t)), (b, (m, g, u))| {
        let total = |p: &Pair| *p == Pair::Total;
        total(a)
            .cmp(&total(b))
            .then((u128::from(*f) * u128::from(*m)).cmp(&(u128::from(*g) * u128::from(*n))))
            .then((u128::from(*t) * u128::from(*m)).cmp(&(u128::from(*u) * u128::from(*n))))
            .then(a.cmp(b))
    });
    pairs.into_iter().map(|(pair, _)| pair).collect()
}
