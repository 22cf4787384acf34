//! Tables of latencies -> one. Rows that stand in two tables are taken once; rows without a run are
//! given the name of their table, so that several tables are told apart.

use crate::error::Result;
use sb_trace::Finding;
use sb_trace::latency::{Latencies, Latency, Pair};
use sb_trace::{Name, Names};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What makes two rows the same one: run, pair, trace, place in the trace.
type Key = (u32, u32, u32, u32);

/// Reads all tables.
pub(super) fn read(paths: &[PathBuf]) -> Result<(Latencies, Vec<Finding>)> {
    let mut tables = Vec::new();
    for path in paths {
        tables.push(sb_trace::tables::read_latencies(path)?);
    }
    if tables.len() == 1 {
        return Ok((tables.pop().unwrap_or_default(), Vec::new()));
    }
    Ok(merge(tables, &stems(paths)))
}

/// The shortest names that tell the files apart: their stems, else their paths.
fn stems(paths: &[PathBuf]) -> Vec<String> {
    let stem = |path: &Path| path.file_stem().map(|s| s.to_string_lossy().into_owned());
    let of_folder = |path: &Path| {
        path.parent().and_then(Path::file_name).map(|s| s.to_string_lossy().into_owned())
    };
    for name in [&stem as &dyn Fn(&Path) -> Option<String>, &of_folder] {
        let names: Vec<String> = paths.iter().filter_map(|path| name(path)).collect();
        if names.iter().collect::<BTreeSet<_>>().len() == paths.len() {
            return names;
        }
    }
    paths.iter().map(|path| path.to_string_lossy().into_owned()).collect()
}

fn merge(tables: Vec<Latencies>, called: &[String]) -> (Latencies, Vec<Finding>) {
    let mut names = Names::default();
    let mut merged = Latencies::default();
    let mut pairs: BTreeMap<Pair, u32> = BTreeMap::new();
    let (mut renamed, mut twice) = (0usize, 0usize);
    let tick_ns = tables.iter().map(Latencies::tick_ns).min().unwrap_or(1);
    let mut seen: BTreeSet<Key> = BTreeSet::new();
    let mut rows: Vec<Latency> = Vec::new();
    // The traces by run and name.
    let mut traces: BTreeMap<(u32, Name), u32> = BTreeMap::new();
    for (index, table) in tables.into_iter().enumerate() {
        let name_of = names.absorb(&table.names);
        let name = |old: Name| name_of.get(old as usize).copied().unwrap_or_default();
        let mut known = Vec::new();
        let run_of: Vec<u32> = table
            .runs
            .iter()
            .map(|run| {
                let mut run = run.clone();
                if run.id.is_empty() {
                    called[index].clone_into(&mut run.id);
                    renamed += 1;
                }
                let place = merged.runs.iter().position(|other| *other == run);
                known.push(place.is_some());
                let place = place.unwrap_or_else(|| {
                    merged.runs.push(run);
                    merged.runs.len() - 1
                });
                u32::try_from(place).unwrap_or(u32::MAX)
            })
            .collect();
        let pair_of: Vec<u32> = table
            .pairs
            .iter()
            .map(|pair| {
                let pair = match *pair {
                    Pair::Labels(from, to) => Pair::Labels(name(from), name(to)),
                    Pair::Total => Pair::Total,
                };
                let next = u32::try_from(pairs.len()).unwrap_or(u32::MAX);
                *pairs.entry(pair).or_insert_with(|| {
                    merged.pairs.push(pair);
                    next
                })
            })
            .collect();
        // Rows can only stand in an earlier table if their run does.
        if known.contains(&true) && seen.is_empty() {
            seen = rows.iter().map(key).collect();
        }
        for row in table.rows() {
            let at = row.run as usize;
            let run = run_of.get(at).copied().unwrap_or_default();
            let id = name(table.trace_ids.get(row.trace as usize).copied().unwrap_or_default());
            let next = u32::try_from(merged.trace_ids.len()).unwrap_or(u32::MAX);
            let trace = *traces.entry((run, id)).or_insert_with(|| {
                merged.trace_ids.push(id);
                next
            });
            let row = Latency {
                run,
                pair: pair_of.get(row.pair as usize).copied().unwrap_or_default(),
                trace,
                from_label: name(row.from_label),
                to_label: name(row.to_label),
                from_source: name(row.from_source),
                to_source: name(row.to_source),
                ..row
            };
            if known.get(at) == Some(&true) && seen.contains(&key(&row)) {
                twice += 1;
                continue;
            }
            if !seen.is_empty() {
                seen.insert(key(&row));
            }
            rows.push(row);
        }
    }
    let total_last = total_last(&mut merged.pairs);
    let rows = rows.into_iter().map(|row| Latency { pair: total_last(row.pair), ..row });
    merged.set_rows(rows, tick_ns);
    merged.names = Arc::new(names);
    let mut findings = Vec::new();
    if renamed > 0 {
        findings.push(Finding::note(
            "rows without a run have the name of their table as run_id".to_owned(),
        ));
    }
    if twice > 0 {
        findings.push(Finding::note(format!(
            "{twice} rows stand in more than one table and are taken once"
        )));
    }
    (merged, findings)
}

fn key(row: &Latency) -> Key {
    (row.run, row.pair, row.trace, row.seq)
}

/// Puts the whole trace behind its steps; returns where each pair now stands.
fn total_last(pairs: &mut Vec<Pair>) -> impl Fn(u32) -> u32 + use<> {
    let total = pairs.iter().position(|pair| *pair == Pair::Total);
    if let Some(at) = total {
        let pair = pairs.remove(at);
        pairs.push(pair);
    }
    let at = total.and_then(|at| u32::try_from(at).ok());
    let last = u32::try_from(pairs.len().saturating_sub(1)).unwrap_or(u32::MAX);
    move |pair| match at {
        Some(at) if pair == at => last,
        Some(at) if pair > at => pair - 1,
        _ => pair,
    }
}
