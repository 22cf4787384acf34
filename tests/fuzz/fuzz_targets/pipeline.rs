//! Arbitrary bytes as up to four logs, from the bytes to the figures, with options that are drawn
//! from the first bytes: no panic, the sums add up, and no event is in two places.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sb_trace::options::{Grouping, PairChoice, PairSpec};
use sb_trace::{EpochUnit, Error, Input, Options, Run, Silent, analyze, figures, stats};

/// Parts the input into logs.
const BORDER: &[u8] = b"\n====\n";

fuzz_target!(|data: &[u8]| {
    let [grouping, pairs, limit, flags, logs @ ..] = data else { return };
    let pair = |from: &str, to: &str| PairSpec { from: from.to_owned(), to: to.to_owned() };
    let options = Options {
        epoch_unit: EpochUnit::ALL[usize::from(flags >> 6) % EpochUnit::ALL.len()],
        by: match grouping % 6 {
            0 | 1 => Grouping::Auto,
            2 => Grouping::Id,
            3 => Grouping::Source,
            4 => Grouping::File,
            _ => Grouping::Label("A".to_owned()),
        },
        pairs: match pairs % 4 {
            0 | 1 => PairChoice::Consecutive,
            2 => PairChoice::All,
            _ => PairChoice::Named(vec![pair("A", "B"), pair("B", "A"), pair("A", "A")]),
        },
        expect: if flags & 1 == 0 { Vec::new() } else { vec!["B".to_owned()] },
        max_trace_ns: i64::from(*limit) * 1_000_000,
        // A few bytes, some lines or all of a log at a time.
        block_bytes: [16, 256, 1 << 18, 64][usize::from(grouping >> 6)],
        ..Options::default()
    };
    let inputs: Vec<Input> = pieces(logs)
        .into_iter()
        .enumerate()
        .map(|(at, bytes)| {
            let mut input = Input::bytes(format!("{at}.log"), bytes);
            input.hook_log = flags & 2 != 0;
            input.run =
                (flags & 4 != 0).then(|| Run { id: format!("r{}", at % 2), ..Run::default() });
            input
        })
        .collect();
    let analysis = match analyze(&inputs, &options, &Silent) {
        Ok(analysis) => analysis,
        Err(Error::NoStatement { .. } | Error::Read { .. }) => return,
        Err(error) => panic!("{error}"),
    };
    assert!(analysis.figures.accounting.adds_up(), "{:?}", analysis.figures.accounting);
    // Figures that are counted while the log is read are those of the rows.
    let percents = [50.0, 99.0];
    let counted = figures(&inputs, &options, &percents, &[], &Silent).expect("the same input");
    assert_eq!(counted.accounting, analysis.figures.accounting);
    assert_eq!(counted.findings, analysis.figures.findings);
    assert_eq!(counted.missing, analysis.figures.missing);
    let sorted = |mut summaries: Vec<stats::Summary>| {
        summaries.sort_by(|a, b| (&a.pair, &a.start_class).cmp(&(&b.pair, &b.start_class)));
        summaries
    };
    let of_rows = stats::summarize(&analysis.latencies, &percents, |_| true);
    assert_eq!(sorted(counted.summaries), sorted(of_rows));
    let events = analysis.events.rows.len();
    let mut seen = vec![false; events];
    let traces = &analysis.traces;
    for &place in traces.order.iter().chain(&traces.orphans).chain(&traces.driver) {
        assert!(!std::mem::replace(&mut seen[place as usize], true), "an event in two places");
    }
    assert!(seen.iter().all(|&seen| seen), "an event in no place");
    for trace in &traces.traces {
        let times: Vec<i64> = traces
            .events(trace)
            .iter()
            .map(|&place| analysis.events.rows[place as usize].epoch_ns)
            .collect();
        assert!(times.is_sorted() && !times.is_empty());
    }
    let summaries = stats::summarize(&analysis.latencies, &[0.0, 50.0, 99.0, 100.0], |_| true);
    let rows: usize = summaries
        .iter()
        .filter(|s| s.start_class == stats::ALL_CLASSES)
        .map(|s| s.n + s.unmatched)
        .sum();
    assert_eq!(rows, analysis.latencies.len());
    for summary in &summaries {
        let values: Vec<f64> = summary.percentiles.iter().filter_map(|p| p.value_ms).collect();
        assert!(values.is_sorted() && values.iter().all(|v| v.is_finite()));
        assert!(summary.modes.iter().map(|m| m.share).sum::<f64>() <= 1.0 + 1e-9);
    }
});

/// At most four logs.
fn pieces(bytes: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut rest = bytes;
    while pieces.len() < 3 {
        let Some(at) = rest.windows(BORDER.len()).position(|w| w == BORDER) else { break };
        pieces.push(&rest[..=at]);
        rest = &rest[at + BORDER.len()..];
    }
    pieces.push(rest);
    pieces
}
