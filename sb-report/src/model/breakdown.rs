//! Where the time goes: the mean of each step over the traces of a band of whole traces, so that
//! the parts add up to the mean of the whole. Percentiles of steps would not.

use super::words::arrow;
use rayon::prelude::*;
use sb_trace::latency::{Latencies, Pair, RunPair};
use sb_trace::stats::{Distribution, ValueCounts};
use sb_trace::trace::ColdWarm;
use sb_trace::units::ns_to_ms;
use serde::Serialize;
use std::sync::Arc;

/// From this many traces on, typical and slow ones are told apart.
const ENOUGH: u64 = 20;
/// The slowest hundredth, but at least so many.
const SLOWEST: u64 = 10;
/// Typical, slow, cold and warm.
const MOST_BANDS: usize = 4;

/// Some of the traces, and the mean of each of their steps.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Band {
    /// `typical`, `slow`, `cold`, `warm` or `all`.
    pub name: &'static str,
    /// Which traces these are.
    pub words: String,
    /// How many traces.
    pub n: usize,
    /// Mean of the whole trace in milliseconds.
    pub total_ms: f64,
    /// Mean of each step in milliseconds, in the order of [`Breakdown::steps`]; a step that a
    /// trace does not have counts as zero in it.
    pub parts_ms: Vec<f64>,
}

/// The means of the steps.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Breakdown {
    /// The steps, as readers see them, in the order of the trace.
    pub steps: Vec<String>,
    /// The bands.
    pub bands: Vec<Band>,
    /// Complete traces whose steps do not add up to the whole, and which are left out: steps that
    /// were turned round (clock skew), or pairs that overlap (`--pair`).
    pub left_out: usize,
}

impl Breakdown {
    /// A band by its name.
    pub fn band(&self, name: &str) -> Option<&Band> {
        self.bands.iter().find(|b| b.name == name)
    }
}

/// Marks a trace that has a whole, and one whose id another trace has, too: their steps cannot be told
/// apart.
const WHOLE: u8 = 1 << 7;
const DOUBLE: u8 = 1 << 6;

/// None where there are no whole traces with at least two steps.
pub(super) fn of(table: &Latencies) -> Option<Breakdown> {
    let total = table.pairs.iter().position(|p| *p == Pair::Total)?;
    let wholes = || {
        table.parts_of(total).flat_map(|part| {
            let rows = part.latencies_ns().enumerate();
            rows.filter_map(|(row, ns)| Some((part.trace(row) as usize, ns?)))
        })
    };
    let mut left_out = 0;
    // Of each trace, what the whole takes more than the steps. It is not looked at beyond 64 bits: no
    // trace is centuries longer than its steps.
    let mut more_ns: Vec<i64> = vec![0; table.traces()];
    let mut bands: Vec<u8> = vec![0; table.traces()];
    for (trace, ns) in wholes() {
        more_ns[trace] = ns;
        if bands[trace] > 0 {
            bands[trace] |= DOUBLE;
            left_out += 1;
        }
        bands[trace] |= WHOLE;
    }
    for part in table.parts().iter().filter(|part| part.pair() as usize != total) {
        for (row, ns) in part.latencies_ns().enumerate() {
            let more = &mut more_ns[part.trace(row) as usize];
            *more = more.wrapping_sub(ns.unwrap_or_default());
        }
    }
    for (bands, more_ns) in bands.iter_mut().zip(more_ns).filter(|(bands, _)| **bands > 0) {
        if *bands != WHOLE || more_ns != 0 {
            left_out += 1;
            *bands = 0;
        }
    }
    let mut totals = ValueCounts::of_unit(table.tick_ns());
    let of_whole = wholes().filter(|whole| bands[whole.0] == WHOLE);
    of_whole.for_each(|(_, ns)| totals.add(ns));
    let (names, band_of) = choose(&totals.distribution());
    for part in table.parts_of(total) {
        for (row, ns) in part.latencies_ns().enumerate() {
            let bands = &mut bands[part.trace(row) as usize];
            if let (Some(ns), WHOLE) = (ns, *bands) {
                *bands = band_of(ns, part.start_class(row).class);
            }
        }
    }
    let mut counts = vec![0usize; names.len()];
    for bands in &bands {
        for (band, count) in counts.iter_mut().enumerate() {
            *count += usize::from(bands >> band & 1 == 1);
        }
    }
    let mut sums = vec![vec![0i128; table.pairs.len()]; names.len()];
    let of_part = |part: &Arc<RunPair>| {
        let mut sums = [0i128; MOST_BANDS];
        for (row, ns) in part.latencies_ns().enumerate() {
            let bands = bands[part.trace(row) as usize];
            if let (Some(ns), true) = (ns, bands > 0) {
                for (band, sum) in sums.iter_mut().enumerate() {
                    *sum += if bands >> band & 1 == 1 { ns.into() } else { 0 };
                }
            }
        }
        sums
    };
    let of_parts: Vec<_> = table.parts().par_iter().map(of_part).collect();
    for (part, more) in table.parts().iter().zip(of_parts) {
        for (sums, more) in sums.iter_mut().zip(more) {
            sums[part.pair() as usize] += more;
        }
    }
    let used: Vec<usize> =
        (0..table.pairs.len()).filter(|&p| p != total && sums.iter().any(|s| s[p] != 0)).collect();
    let mean = |sum: i128, n: usize| sum as f64 / n as f64 / 1e6;
    let bands: Vec<Band> = names
        .into_iter()
        .zip(counts)
        .zip(&sums)
        .filter(|((_, n), _)| *n > 0)
        .map(|(((name, words), n), sums)| Band {
            name,
            words,
            n,
            total_ms: mean(sums[total], n),
            parts_ms: used.iter().map(|&p| mean(sums[p], n)).collect(),
        })
        .collect();
    let steps = used.iter().map(|&p| arrow(&table.pairs[p].text(&table.names))).collect::<Vec<_>>();
    (steps.len() > 1 && !bands.is_empty()).then_some(Breakdown { steps, bands, left_out })
}

/// The bands' names and what they mean, and in which of them a trace is, by its whole and its class.
fn choose(
    totals: &Distribution,
) -> (Vec<(&'static str, String)>, impl Fn(i64, ColdWarm) -> u8 + use<>) {
    let n = totals.n();
    let few = n < ENOUGH;
    let at = |q: f64| totals.quantile_ms(q).unwrap_or_default();
    let (low, high) = (at(0.45), at(0.55));
    let (slow, slow_words) = if n / 100 >= SLOWEST {
        (at(0.99), "the slowest hundredth".to_owned())
    } else {
        let slow = totals.at(n.saturating_sub(SLOWEST)).unwrap_or_default();
        (ns_to_ms(slow), format!("the slowest {SLOWEST}"))
    };
    let names = if few {
        vec![("all", "all complete traces".to_owned())]
    } else {
        vec![
            ("typical", "p45 to p55 of the whole trace".to_owned()),
            ("slow", slow_words),
            ("cold", "cold starts".to_owned()),
            ("warm", "warm starts".to_owned()),
        ]
    };
    let bands = move |total_ns: i64, class: ColdWarm| {
        let ms = ns_to_ms(total_ns);
        if few {
            return 1;
        }
        u8::from(low <= ms && ms <= high)
            | u8::from(ms >= slow) << 1
            | u8::from(class == ColdWarm::Cold) << 2
            | u8::from(class == ColdWarm::Warm) << 3
    };
    (names, bands)
}
