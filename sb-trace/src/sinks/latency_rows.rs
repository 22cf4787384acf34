//! Measured traces -> the table of their latencies, number by number.

use crate::dictionary::Dictionary;
use crate::latency::{Latencies, Latency, LatencyRows, Pair};
use crate::names::{NONE, Name, Names};
use crate::pipeline::{Job, Measured};
use crate::plan::Rules;
use hashbrown::HashMap;

/// Adds the latencies of some traces, with codes of the dictionaries in the place of names; gives the
/// number of the first trace.
pub(crate) fn gather(rows: &mut LatencyRows, measured: &Measured<'_>) -> u32 {
    let traces = measured.traces;
    let source = |at: u32| traces.stream_of(at as usize).map_or(NONE, |stream| stream.source);
    rows.begin(measured.number);
    let first = rows.traces();
    for (trace, planned) in measured.traces() {
        let number = rows.next_trace();
        let start_class = Measured::start_class(trace, planned);
        for of in &planned.matches {
            let from = trace.first + of.from;
            let to = of.to.map(|to| trace.first + to);
            rows.push(&Latency {
                run: trace.run,
                pair: of.pair,
                trace: number,
                seq: of.seq,
                from_label: of.from_label,
                to_label: of.to_label,
                from_source: source(from),
                to_source: to.map_or(NONE, source),
                start_ns: traces.epoch_ns[from as usize],
                latency_ns: to.map(|to| traces.latency_ns(from, to)),
                start_class,
                complete: planned.complete,
            });
        }
    }
    first
}

/// For each code of a dictionary, the name of its text.
pub(crate) fn names_of(dictionary: &Dictionary, names: &mut Names) -> Vec<Name> {
    dictionary.texts().map(|text| names.add(text)).collect()
}

/// The table of what all threads gathered, with the pairs in this order.
pub(crate) fn table(
    all: Vec<LatencyRows>,
    (job, rules): (&Job<'_>, &Rules<'_>),
    order: &[String],
    mut names: Names,
) -> Latencies {
    let sources = names_of(&job.sources, &mut names);
    let labels = names_of(&rules.pairs, &mut names);
    let mut seen: Vec<bool> = vec![false; rules.pairs.len()];
    for pair in all.iter().flat_map(LatencyRows::pairs) {
        seen[pair as usize] = true;
    }
    let codes = order.iter().filter_map(|text| rules.pairs.find(text));
    let codes: Vec<u32> = codes.filter(|&code| seen[code as usize]).collect();
    let place_of: HashMap<u32, u32> = codes.iter().copied().zip(0..).collect();
    let mut table = Latencies::default();
    table.runs.clone_from(&job.runs);
    table.collect(all, |code| place_of.get(&code).copied(), Some((&labels, &sources)));
    let pair = |(pair, &code): (usize, &u32)| {
        let row = table.parts_of(pair).next().map(|part| part.row(0));
        match row {
            Some(row) if rules.pairs.text(code) != "total" => {
                Pair::Labels(row.from_label, row.to_label)
            }
            _ => Pair::Total,
        }
    };
    table.pairs = codes.iter().enumerate().map(pair).collect();
    table.names = std::sync::Arc::new(names);
    table
}
