//! Where the time goes: the mean of each step over the traces of a band of whole traces, so that
//! the parts add up to the mean of the whole. Percentiles of steps would not.

use super::words::arrow;
use sb_trace::latency::{Latencies, Latency, Pair};
use sb_trace::trace::ColdWarm;
use sb_trace::units::ns_to_ms;
use serde::Serialize;

/// From this many traces on, typical and slow ones are told apart.
const ENOUGH: usize = 20;
/// The slowest hundredth, but at least so many.
const SLOWEST: usize = 10;

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

/// One trace that adds up.
struct Whole {
    total_ns: i64,
    class: ColdWarm,
    bands: u8,
}

/// None where there are no whole traces with at least two steps.
pub(super) fn of(table: &Latencies) -> Option<Breakdown> {
    let total = table.pairs.iter().position(|p| *p == Pair::Total)?;
    let is_total = |row: &Latency| row.pair as usize == total;
    let mut wholes: Vec<Whole> = Vec::new();
    let mut left_out = 0;
    // Where the trace of a row stands in `wholes`, plus one; zero where it does not add up.
    let mut place_of: Vec<u32> = vec![0; table.rows.len()];
    let mut of_id: Vec<u32> = vec![0; table.names.len()];
    let mut at = 0;
    for rows in table.rows.chunk_by(|a, b| a.run == b.run) {
        let mut here: Vec<(Whole, i128, bool)> = Vec::new();
        for row in rows.iter().filter(|r| is_total(r)) {
            let (Some(total_ns), Some(slot)) =
                (row.latency_ns, of_id.get_mut(row.trace_id as usize))
            else {
                continue;
            };
            if *slot > 0 {
                // Two traces of one id: their steps cannot be told apart.
                here[*slot as usize - 1].2 = false;
            }
            here.push((Whole { total_ns, class: row.start_class.class, bands: 0 }, 0, *slot == 0));
            *slot = u32::try_from(here.len()).unwrap_or(u32::MAX);
        }
        let whole_of =
            |row: &Latency| of_id.get(row.trace_id as usize).copied().unwrap_or_default() as usize;
        for row in rows.iter().filter(|r| !is_total(r)) {
            if let (Some(ns), Some(whole)) = (row.latency_ns, whole_of(row).checked_sub(1)) {
                here[whole].1 += i128::from(ns);
            }
        }
        let mut new_place = vec![0; here.len() + 1];
        for (index, (whole, sum, single)) in here.into_iter().enumerate() {
            if single && sum == i128::from(whole.total_ns) {
                wholes.push(whole);
                new_place[index + 1] = u32::try_from(wholes.len()).unwrap_or(u32::MAX);
            } else {
                left_out += 1;
            }
        }
        for (row, place) in rows.iter().zip(&mut place_of[at..]) {
            *place = new_place[whole_of(row)];
        }
        for row in rows.iter().filter(|r| is_total(r)) {
            if let Some(slot) = of_id.get_mut(row.trace_id as usize) {
                *slot = 0;
            }
        }
        at += rows.len();
    }
    let names = choose(&mut wholes);
    let mut sums = vec![vec![0i128; table.pairs.len()]; names.len()];
    let mut counts = vec![0usize; names.len()];
    for whole in &wholes {
        for (band, count) in counts.iter_mut().enumerate() {
            *count += usize::from(whole.bands >> band & 1 == 1);
        }
    }
    for (row, &place) in table.rows.iter().zip(&place_of) {
        let (Some(ns), Some(place)) = (row.latency_ns, (place as usize).checked_sub(1)) else {
            continue;
        };
        for (band, sums) in sums.iter_mut().enumerate() {
            if wholes[place].bands >> band & 1 == 1 {
                sums[row.pair as usize] += i128::from(ns);
            }
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

/// Puts the traces into bands; returns the bands' names and what they mean.
fn choose(wholes: &mut [Whole]) -> Vec<(&'static str, String)> {
    let mut totals: Vec<i64> = wholes.iter().map(|w| w.total_ns).collect();
    totals.sort_unstable();
    let n = totals.len();
    if n < ENOUGH {
        for whole in wholes {
            whole.bands = 1;
        }
        return vec![("all", "all complete traces".to_owned())];
    }
    let sorted: Vec<f64> = totals.iter().map(|&ns| ns_to_ms(ns)).collect();
    let at = |q: f64| sb_trace::stats::quantile(&sorted, q).unwrap_or_default();
    let (low, high) = (at(0.45), at(0.55));
    let (slow, slow_words) = if n / 100 >= SLOWEST {
        (at(0.99), "the slowest hundredth".to_owned())
    } else {
        (ns_to_ms(totals[n - SLOWEST]), format!("the slowest {SLOWEST}"))
    };
    for whole in wholes {
        let ms = ns_to_ms(whole.total_ns);
        whole.bands = u8::from(low <= ms && ms <= high)
            | u8::from(ms >= slow) << 1
            | u8::from(whole.class == ColdWarm::Cold) << 2
            | u8::from(whole.class == ColdWarm::Warm) << 3;
    }
    vec![
        ("typical", "p45 to p55 of the whole trace".to_owned()),
        ("slow", slow_words),
        ("cold", "cold starts".to_owned()),
        ("warm", "warm starts".to_owned()),
    ]
}
