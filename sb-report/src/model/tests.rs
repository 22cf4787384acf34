//! Reports of hand-made latencies, for the tests of every module that says or draws something.

use super::*;
use sb_trace::latency::{Latency, Pair};
use sb_trace::trace::{ClassSource, ColdWarm, StartClass};
use sb_trace::{Names, Run};
use std::sync::Arc;

/// A table by hand: runs, and for each pair its latencies in milliseconds (none: unmatched).
pub(crate) struct Hand {
    names: Names,
    table: Latencies,
    rows: Vec<Latency>,
}

impl Hand {
    pub(crate) fn new(runs: &[&str]) -> Self {
        let run = |id: &&str| Run {
            id: (*id).to_owned(),
            benchmark: "bench".into(),
            provider: "aws".into(),
            ..Run::default()
        };
        Self {
            names: Names::default(),
            table: {
                let mut table = Latencies::default();
                table.runs = runs.iter().map(run).collect();
                table
            },
            rows: Vec::new(),
        }
    }

    pub(crate) fn run(&mut self, run: usize) -> &mut Run {
        &mut self.table.runs[run]
    }

    pub(crate) fn pair(
        mut self,
        run: u32,
        from: &str,
        to: &str,
        class: ColdWarm,
        ms: &[Option<f64>],
    ) -> Self {
        let (from_label, to_label) = (self.names.add(from), self.names.add(to));
        let pair = Pair::Labels(from_label, to_label);
        let index = self.table.pairs.iter().position(|p| *p == pair).unwrap_or_else(|| {
            self.table.pairs.push(pair);
            self.table.pairs.len() - 1
        });
        for (at, value) in ms.iter().enumerate() {
            #[expect(clippy::cast_possible_truncation, reason = "small numbers of a test")]
            let latency_ns = value.map(|v| (v * 1e6) as i64);
            self.rows.push(Latency {
                run,
                pair: u32::try_from(index).unwrap(),
                trace: u32::try_from(at).unwrap() + run * 1_000_000,
                seq: 0,
                from_label,
                to_label,
                from_source: self.names.add("client"),
                to_source: self.names.add("server"),
                start_ns: 1_600_000_000_000_000_000 + i64::try_from(at).unwrap() * 50_000_000,
                latency_ns,
                start_class: StartClass { class, source: ClassSource::Label },
                complete: true,
            });
        }
        self
    }

    pub(crate) fn table(mut self) -> Latencies {
        self.table.set_rows(self.rows.into_iter(), 1_000_000);
        self.table.names = Arc::new(self.names);
        self.table
    }

    /// The report, compared with a baseline.
    pub(crate) fn against(self, baseline: Hand) -> Report {
        let (table, baseline) = (self.table(), baseline.table());
        Report::of(Material {
            latencies: &table,
            log: None,
            facts: &[],
            findings: &[],
            baseline: Some(&baseline),
            threshold: 0.03,
            group_by: &[],
            title: None,
            limits: &[],
        })
    }

    pub(crate) fn report(self) -> Report {
        let table = self.table();
        Report::of(Material {
            latencies: &table,
            log: None,
            facts: &[],
            findings: &[],
            baseline: None,
            threshold: 0.03,
            group_by: &[],
            title: None,
            limits: &[],
        })
    }
}

/// Values without a pattern that the eye could take for one, reproducibly.
pub(crate) fn spread(n: usize, around: f64) -> Vec<Option<f64>> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut uniform = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    (0..n)
        .map(|_| {
            let normal = (-2.0 * uniform().max(1e-12).ln()).sqrt()
                * (std::f64::consts::TAU * uniform()).cos();
            Some(around * (normal * 0.35).exp())
        })
        .collect()
}

#[test]
fn a_percentile_knows_how_many_latencies_it_needs() {
    let report = Hand::new(&[""]).pair(0, "A", "B", ColdWarm::Unknown, &spread(120, 40.0)).report();
    let row = &report.pairs[0].rows[0];
    assert!(matches!(&row.cells[0], Cell::Value { .. }), "p50");
    assert!(matches!(&row.cells[2], Cell::Value { .. }), "p95");
    assert!(
        matches!(&row.cells[3], Cell::Weak { needed: 368, interval, .. } if interval.starts_with('≥')),
        "{:?}",
        row.cells[3]
    );
    let few = Hand::new(&[""]).pair(0, "A", "B", ColdWarm::Unknown, &spread(99, 40.0)).report();
    assert_eq!(few.pairs[0].rows[0].cells[3], Cell::None);
}

#[test]
fn runs_are_never_mixed() {
    let hand = Hand::new(&["b-1", "b-2"])
        .pair(0, "A", "B", ColdWarm::Unknown, &[Some(10.0); 40])
        .pair(1, "A", "B", ColdWarm::Unknown, &[Some(30.0); 40]);
    let report = hand.report();
    let pair = &report.pairs[0];
    assert_eq!(report.groups.len(), 1);
    assert_eq!(pair.rows.len(), 1, "one row for all runs");
    assert_eq!(
        pair.by_run.iter().map(|r| (r.summary.n, r.ms(50.0))).collect::<Vec<_>>(),
        [(40, Some(10.0)), (40, Some(30.0))]
    );
    assert_eq!(pair.series.len(), 2);
    assert!(report.verdict.iter().any(|s| s.contains("From run to run")), "{:?}", report.verdict);
}

#[test]
fn what_differs_is_not_taken_together() {
    let mut hand = Hand::new(&["b-1", "b-2"])
        .pair(0, "A", "B", ColdWarm::Unknown, &[Some(10.0); 8])
        .pair(1, "A", "B", ColdWarm::Unknown, &[Some(30.0); 8]);
    hand.run(1).provider = "azure".into();
    let report = hand.report();
    let rows = &report.pairs[0].rows;
    assert_eq!(
        rows.iter().map(|r| (r.of.as_str(), r.ms(50.0))).collect::<Vec<_>>(),
        [("aws", Some(10.0)), ("azure", Some(30.0))]
    );
    assert_eq!(report.runs[1].name, "run 2 · azure");
}

#[test]
fn classes_and_missing_partners_have_rows_of_their_own() {
    let report = Hand::new(&[""])
        .pair(0, "A", "B", ColdWarm::Warm, &[Some(10.0); 20])
        .pair(0, "A", "B", ColdWarm::Cold, &[Some(100.0); 10])
        .pair(0, "B", "C", ColdWarm::Warm, &[None, None])
        .report();
    let classes: Vec<&str> = report.pairs[0].rows.iter().map(|r| r.class.as_str()).collect();
    assert_eq!(classes, ["", "cold", "warm"]);
    assert!(
        report.verdict.iter().any(|s| s.starts_with("Cold starts: 10 of 30")),
        "{:?}",
        report.verdict
    );
    let unmatched = &report.pairs[1];
    assert_eq!((unmatched.n, unmatched.unmatched), (0, 2));
    assert!(unmatched.rows[0].cells.iter().all(|c| *c == Cell::None));
}

#[test]
fn a_self_test_is_called_one() {
    let mut hand =
        Hand::new(&["thumbnail_generator-x"]).pair(0, "A", "B", ColdWarm::Unknown, &[Some(1.0); 8]);
    hand.run(0).benchmark = "thumbnail_generator".into();
    hand.run(0).provider = "local".into();
    let subject = hand.report().subject.unwrap_or_default();
    assert!(
        subject.starts_with(
            "Local self-test: client and server share one machine, no cloud was measured"
        ),
        "{subject}"
    );
}

#[test]
fn nothing_at_all_is_said_in_words() {
    let report = Hand::new(&[""]).report();
    assert!(report.verdict[0].starts_with("No latency could be measured"));
}
