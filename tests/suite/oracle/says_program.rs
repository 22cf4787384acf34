//! The real program's words on a log.

use super::compare::{Case, NO_STATEMENT, PERCENTS, Said};
use super::figures::{Figures, INTERVAL_MOST};
use super::pairs::Choice;
use super::traces::By;
use sb_trace::options::{FormatChoice, Grouping, Otherwise, PairChoice, PairSpec, Pattern};
use sb_trace::{Analysis, Input, Options, Run, Silent, stats};
use std::collections::BTreeMap;

/// All that is compared, from the program.
pub(super) fn program(case: &Case) -> Result<Said, String> {
    let mut said = Said::default();
    let analysis = match sb_trace::analyze(&inputs(case), &options(case), &Silent) {
        Ok(analysis) => analysis,
        Err(sb_trace::Error::NoStatement { .. }) => {
            said.say(NO_STATEMENT.to_owned());
            return Ok(said);
        }
        // A pattern for nothing is an error; without it, the log must read as the oracle says.
        Err(sb_trace::Error::NoMatchForPattern) => {
            return program(&Case { sources: false, ..case.clone() });
        }
        Err(error) => return Err(format!("{error}\n{case:?}")),
    };
    figures_are_the_same(case, &analysis)?;
    let sums = &analysis.figures.accounting;
    if !sums.adds_up() {
        return Err(format!("the sums do not add up: {sums:?}\n{case:?}"));
    }
    said.say(format!(
        "lines {} statement {} look-alike {} format {} other {} undecodable {}",
        sums.lines,
        sums.lines_with_statement,
        sums.lines_look_alike,
        sums.lines_format,
        sums.lines_other,
        sums.lines_undecodable
    ));
    said.say(format!(
        "statements {} events {} duplicates {} look-alikes {}",
        sums.statements, sums.events, sums.duplicates, sums.look_alikes
    ));
    said.say(format!(
        "events complete {} incomplete {} orphan {} driver {} filtered {}",
        sums.events_complete,
        sums.events_incomplete,
        sums.events_orphan,
        sums.events_driver,
        sums.events_filtered
    ));
    said.say(format!(
        "traces {} complete {} split {}",
        sums.traces, sums.traces_complete, sums.traces_split
    ));
    for file in &analysis.figures.files {
        said.say(format!("file {} lines {} statements {}", file.name, file.lines, file.statements));
    }
    let name = |handle| analysis.events.names.text(handle);
    for event in &analysis.events.rows {
        let file = &analysis.figures.files[event.file as usize];
        said.say(format!(
            "event {} {} {} label {} source {:?} record {:?} own {:?} at {}:{}",
            analysis.runs[file.run as usize].id,
            event.epoch_ns,
            event.utc_offset_minutes,
            name(event.label),
            name(event.source),
            name(event.correlation_id),
            name(event.trace_id),
            file.name,
            event.line
        ));
    }
    program_traces(&analysis, &mut said);
    program_rows(&analysis, &mut said);
    Ok(said)
}

/// Figures that are counted while the log is read equal those of the rows, to the last bit.
fn figures_are_the_same(case: &Case, analysis: &Analysis) -> Result<(), String> {
    let figures = sb_trace::figures(&inputs(case), &options(case), &PERCENTS, &[], &Silent)
        .map_err(|error| error.to_string())?;
    let mut of_rows = stats::summarize(&analysis.latencies, &PERCENTS, |_| true);
    let mut counted = figures.summaries.clone();
    // The order of pairs is compared by the page's and the tables' tests.
    for summaries in [&mut of_rows, &mut counted] {
        summaries.sort_by(|a, b| (&a.pair, &a.start_class).cmp(&(&b.pair, &b.start_class)));
    }
    let both = [
        (format!("{:?}", figures.files), format!("{:?}", analysis.figures.files)),
        (format!("{:?}", figures.accounting), format!("{:?}", analysis.figures.accounting)),
        (format!("{:?}", figures.look_alikes), format!("{:?}", analysis.figures.look_alikes)),
        (format!("{:?}", figures.paths), format!("{:?}", analysis.figures.paths)),
        (format!("{:?}", figures.missing), format!("{:?}", analysis.figures.missing)),
        (format!("{:?}", figures.skew), format!("{:?}", analysis.figures.skew)),
        (format!("{:?}", figures.findings), format!("{:?}", analysis.figures.findings)),
        (format!("{counted:?}"), format!("{of_rows:?}")),
    ];
    for (counted, rows) in both {
        if counted != rows {
            return Err(format!("counted: {counted}\nrows:    {rows}\n{case:?}"));
        }
    }
    Ok(())
}

fn program_traces(analysis: &Analysis, said: &mut Said) {
    let name = |handle| analysis.events.names.text(handle);
    for trace in &analysis.traces.traces {
        said.say(format!(
            "trace {} {} events {:?} complete {} fragment {} start {:?}",
            analysis.runs[trace.run as usize].id,
            name(trace.id),
            analysis.traces.events(trace),
            trace.complete,
            trace.fragment,
            (trace.start_class.class.text(), trace.start_class.source.text())
        ));
    }
    let paths: Vec<String> = analysis
        .figures
        .paths
        .iter()
        .map(|path| format!("path {:?} {}", path.labels, path.traces))
        .collect();
    said.say_sorted(paths);
}

fn program_rows(analysis: &Analysis, said: &mut Said) {
    let table = &analysis.latencies;
    let name = |handle| table.names.text(handle);
    let texts: Vec<String> = table
        .rows()
        .map(|row| {
            format!(
                "row {} {} {} seq {} {}->{} sources {:?} {:?} start {} latency {:?} complete {} \
                 {:?}",
                table.runs[row.run as usize].id,
                table.pair_text(row.pair),
                table.trace_id(row.trace),
                row.seq,
                name(row.from_label),
                name(row.to_label),
                name(row.from_source),
                name(row.to_source),
                row.start_ns,
                row.latency_ns,
                row.complete,
                (row.start_class.class.text(), row.start_class.source.text())
            )
        })
        .collect();
    said.say_sorted(texts);
    let clocks = analysis.figures.skew.iter().map(|s| {
        format!(
            "clocks {} {} n {} negative {} least {} back {:?}",
            s.from, s.to, s.n, s.negative, s.min_forward_ns, s.min_return_ns
        )
    });
    said.say_sorted(clocks.collect());
    let mut summaries = BTreeMap::new();
    for s in stats::summarize(table, &PERCENTS, |_| true) {
        let percentiles = s.percentiles.iter().map(|p| interval(s.n, p)).collect();
        let figures = Figures {
            n: s.n,
            unmatched: s.unmatched,
            negative: s.negative,
            mean_ms: s.mean_ms,
            min_ms: s.min_ms,
            max_ms: s.max_ms,
            percentiles,
        };
        summaries.insert(format!("{} {}", s.pair, s.start_class), figures);
    }
    said.say_figures(&summaries);
}

/// Value and ends; the oracle's sums are too slow for the interval of a large sample.
fn interval(n: usize, p: &stats::Percentile) -> [Option<f64>; 3] {
    if n > INTERVAL_MOST { [p.value_ms, None, None] } else { [p.value_ms, p.low_ms, p.high_ms] }
}

fn inputs(case: &Case) -> Vec<Input> {
    case.files
        .iter()
        .map(|file| {
            let mut input = Input::bytes(file.name.clone(), file.bytes.clone());
            input.hook_log = file.hook_log;
            input.run =
                file.run.clone().map(|(id, benchmark)| Run { id, benchmark, ..Run::default() });
            input
        })
        .collect()
}

fn options(case: &Case) -> Options {
    let spec = |(from, to): &(String, String)| PairSpec { from: from.clone(), to: to.clone() };
    Options {
        epoch_unit: case.unit,
        by: match &case.by {
            By::Auto => Grouping::Auto,
            By::Id => Grouping::Id,
            By::Source => Grouping::Source,
            By::File => Grouping::File,
            By::Label(label) => Grouping::Label(label.clone()),
        },
        pairs: match &case.pairs {
            Choice::Consecutive => PairChoice::Consecutive,
            Choice::Named(pairs) => PairChoice::Named(pairs.iter().map(spec).collect()),
            Choice::All => PairChoice::All,
        },
        expect: case.expect.clone(),
        max_trace_ns: case.max_trace_ns,
        block_bytes: case.block_bytes,
        id_regex: case.record_id.then(|| {
            sb_trace::options::parse_id_regex("req=(?<correlation_id>[a-z0-9]+)").unwrap()
        }),
        // Some of the bytes look like a collector's; here they are the app's own.
        format: FormatChoice::Named("plain".to_owned()),
        pattern: case.sources.then(|| {
            let pattern = Pattern::parse(r"^<(?<source>s[0-9])> (?<body>(?-u:.*))$").unwrap();
            pattern.with(Otherwise::Plain)
        }),
        ..Options::default()
    }
}
