//! The two sides of a comparison: the latencies of a table by pair, class and run, of one setting.

use crate::model::groups;
use crate::model::words::{self, count, counted};
use sb_trace::Run;
use sb_trace::latency::{Latencies, RunPair};
use sb_trace::stats::GroupKey;
use sb_trace::trace::ColdWarm;
use sb_trace::units::ns_to_ms;
use std::collections::BTreeMap;

/// The latencies of one pair, setting and class: run by run, in milliseconds.
pub(super) type ByRun = BTreeMap<u32, Vec<f64>>;

/// The latencies of a table, by pair and class, of the runs of one setting.
pub(super) struct Side<'a> {
    table: &'a Latencies,
    /// The latencies, by pair and class.
    pub(super) by_key: BTreeMap<(String, &'static str), ByRun>,
}

impl<'a> Side<'a> {
    /// Those of the chosen runs.
    pub(super) fn of(table: &'a Latencies, chosen: &[usize]) -> Self {
        let mut by_pair: BTreeMap<(u32, Option<ColdWarm>), ByRun> = BTreeMap::new();
        for part in table.parts().iter().filter(|part| chosen.contains(&(part.run() as usize))) {
            for (row, latency) in part.latencies_ns().enumerate() {
                let Some(ms) = latency.map(ns_to_ms) else { continue };
                for key in [None, Some(part.start_class(row).class)] {
                    let by_run = by_pair.entry((part.pair(), key)).or_default();
                    by_run.entry(part.run()).or_default().push(ms);
                }
            }
        }
        let by_key = by_pair
            .into_iter()
            .map(|((pair, class), runs)| {
                ((table.pair_text(pair), class.map_or("all", ColdWarm::text)), runs)
            })
            .collect();
        Self { table, by_key }
    }

    /// The pairs that have latencies.
    pub(super) fn pairs(&self) -> Vec<String> {
        let named = (0..self.table.pairs.len())
            .map(|p| self.table.pair_text(u32::try_from(p).unwrap_or(u32::MAX)));
        named.filter(|p| self.by_key.contains_key(&(p.clone(), "all"))).collect()
    }
}

/// The settings of a table and the runs that have each.
pub(super) fn settings(table: &Latencies, keys: &[GroupKey]) -> Vec<(Run, Vec<usize>)> {
    let mut settings: Vec<(Run, Vec<usize>)> = Vec::new();
    for (index, run) in table.runs.iter().enumerate() {
        let setting = groups::compared(run, keys);
        match settings.iter_mut().find(|s| s.0 == setting) {
            Some(known) => known.1.push(index),
            None => settings.push((setting, vec![index])),
        }
    }
    settings
}

/// What a table holds: runs, latencies, days.
pub(super) fn in_words(table: &Latencies) -> String {
    let ends = |part: &RunPair| (part.start_ns(0), part.start_ns(part.len() - 1));
    let first = table.parts().iter().map(|part| ends(part).0).min();
    let last = table.parts().iter().map(|part| ends(part).1).max();
    let (Some(first), Some(last)) = (first, last) else { return "nothing".to_owned() };
    let day = |ns: i64| words::instant(ns).chars().take(10).collect::<String>();
    let days = if day(first) == day(last) {
        day(first)
    } else {
        format!("{} to {}", day(first), day(last))
    };
    let latencies = table.parts().iter().flat_map(|part| part.latencies_ns()).flatten().count();
    format!("{}, {} latencies, {days}", counted(table.runs.len(), "run", "runs"), count(latencies))
}
