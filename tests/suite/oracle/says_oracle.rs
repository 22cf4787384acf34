//! The oracle's words on a log.

use super::compare::{Case, NO_STATEMENT, PERCENTS, Said};
use super::figures::{figures, start_class};
use super::grammar::Unit;
use super::log::{Log, read};
use super::pairs::{Row, clocks, measure};
use super::traces::{Grouped, group};
use sb_trace::EpochUnit;
use std::collections::{BTreeMap, BTreeSet};

/// All that is compared, from the oracle.
pub(super) fn oracle(case: &Case) -> Said {
    let unit = match case.unit {
        EpochUnit::S => Unit { digits: 10, ns: 1_000_000_000 },
        EpochUnit::Ms => Unit { digits: 13, ns: 1_000_000 },
        EpochUnit::Us => Unit { digits: 16, ns: 1_000 },
        EpochUnit::Ns => Unit { digits: 19, ns: 1 },
    };
    let log = read(&case.files, unit, case.record_id, case.sources);
    let mut said = Said::default();
    if log.statements == 0 {
        said.say(NO_STATEMENT.to_owned());
        return said;
    }
    let grouped = group(&log, &case.by, case.max_trace_ns, &case.expect);
    let rows = measure(&log, &grouped, &case.pairs);
    let [with_statement, look_alike, undecodable, other] = log.lines_by_class;
    let events_where = |complete: bool| -> usize {
        grouped.traces.iter().filter(|t| t.complete == complete).map(|t| t.events.len()).sum()
    };
    said.say(format!(
        "lines {} statement {with_statement} look-alike {look_alike} format 0 other {other} \
         undecodable {undecodable}",
        log.lines_of_file.iter().sum::<u64>()
    ));
    said.say(format!(
        "statements {} events {} duplicates {} look-alikes {}",
        log.statements,
        log.events.len(),
        log.duplicates,
        log.look_alikes
    ));
    said.say(format!(
        "events complete {} incomplete {} orphan {} driver {} filtered 0",
        events_where(true),
        events_where(false),
        grouped.orphans.len(),
        grouped.driver.len()
    ));
    said.say(format!(
        "traces {} complete {} split {}",
        grouped.traces.len(),
        grouped.traces.iter().filter(|t| t.complete).count(),
        grouped.split
    ));
    for (file, name) in log.names.iter().enumerate() {
        let (lines, statements) = (log.lines_of_file[file], log.statements_of_file[file]);
        said.say(format!("file {name} lines {lines} statements {statements}"));
    }
    for event in &log.events {
        said.say(format!(
            "event {} {} {} label {} source {:?} record {:?} own {:?} at {}:{}",
            log.runs[event.run].0,
            event.time,
            event.offset_minutes,
            event.label,
            log.streams[event.stream].1,
            event.correlation_id,
            event.trace_id,
            log.names[event.file],
            event.line
        ));
    }
    oracle_traces(&log, &grouped, &mut said);
    oracle_rows(&log, &grouped, &rows, &mut said);
    said
}

fn oracle_traces(log: &Log, grouped: &Grouped, said: &mut Said) {
    let mut paths: BTreeMap<Vec<&str>, u64> = BTreeMap::new();
    for trace in &grouped.traces {
        let labels: Vec<&str> =
            trace.events.iter().map(|&e| log.events[e].label.as_str()).collect();
        said.say(format!(
            "trace {} {} events {:?} complete {} fragment {} start {:?}",
            log.runs[trace.run].0,
            trace.id,
            trace.events,
            trace.complete,
            trace.fragment,
            start_class(labels.iter().copied())
        ));
        *paths.entry(labels).or_default() += 1;
    }
    said.say_sorted(paths.iter().map(|(l, n)| format!("path {l:?} {n}")).collect());
}

fn oracle_rows(log: &Log, grouped: &Grouped, rows: &[Row], said: &mut Said) {
    let class_of = |row: &Row| {
        let events = &grouped.traces[row.trace].events;
        start_class(events.iter().map(|&e| log.events[e].label.as_str()))
    };
    let texts: Vec<String> = rows
        .iter()
        .map(|row| {
            let trace = &grouped.traces[row.trace];
            format!(
                "row {} {} {} seq {} {}->{} sources {:?} {:?} start {} latency {:?} complete {} \
                 {:?}",
                log.runs[trace.run].0,
                row.pair,
                trace.id,
                row.seq,
                row.from_label,
                row.to_label,
                log.source(row.events.0),
                row.events.1.map_or("", |event| log.source(event)),
                row.start_ns,
                row.latency_ns,
                trace.complete,
                class_of(row)
            )
        })
        .collect();
    said.say_sorted(texts);
    let clocks = clocks(log, rows);
    let clocks = clocks.iter().map(|((from, to), (n, negative, least, back))| {
        format!("clocks {from} {to} n {n} negative {negative} least {least} back {back:?}")
    });
    said.say_sorted(clocks.collect());
    // Over all start classes, and class by class where there is more than one.
    let mut summaries = BTreeMap::new();
    let pairs: BTreeSet<&str> = rows.iter().map(|row| row.pair.as_str()).collect();
    for pair in pairs {
        let of_pair: Vec<&Row> = rows.iter().filter(|row| row.pair == pair).collect();
        let classes: BTreeSet<&str> = of_pair.iter().map(|row| class_of(row).0).collect();
        let latencies = |keep: &dyn Fn(&Row) -> bool| -> Vec<Option<i64>> {
            of_pair.iter().filter(|row| keep(row)).map(|row| row.latency_ns).collect()
        };
        let all = figures(&latencies(&|_| true), &PERCENTS);
        summaries.insert(format!("{pair} all"), all);
        if classes.len() > 1 {
            for class in classes {
                let some = figures(&latencies(&|row| class_of(row).0 == class), &PERCENTS);
                summaries.insert(format!("{pair} {class}"), some);
            }
        }
    }
    said.say_figures(&summaries);
}
