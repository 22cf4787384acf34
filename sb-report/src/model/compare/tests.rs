use super::*;
use crate::model::tests::{Hand, spread};
use sb_trace::trace::ColdWarm;

fn side(runs: &[(usize, f64)]) -> Latencies {
    let ids: Vec<String> = (0..runs.len()).map(|r| format!("b-{r}")).collect();
    let mut hand = Hand::new(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    for (run, &(n, around)) in runs.iter().enumerate() {
        let run = u32::try_from(run).unwrap();
        hand = hand.pair(run, "A", "B", ColdWarm::Warm, &spread(n, around));
    }
    hand.table()
}

fn one(now: &[(usize, f64)], baseline: &[(usize, f64)]) -> Compared {
    compare(&side(now), &side(baseline), 0.03, &[]).rows.remove(0)
}

#[test]
fn slower_faster_and_the_same() {
    let row = one(&[(2_000, 44.0)], &[(2_000, 40.0)]);
    assert_eq!(row.verdict, Verdict::Slower, "{row:?}");
    assert!((row.changes[0].change.unwrap() - 0.1).abs() < 1e-6, "the same values, 10 % larger");
    assert!(row.words.contains("10\u{a0}% slower"), "{}", row.words);
    assert!(!row.between_runs && row.slower_share.unwrap() > 0.5);
    assert_eq!(one(&[(2_000, 36.0)], &[(2_000, 40.0)]).verdict, Verdict::Faster);
    let same = one(&[(20_000, 40.0)], &[(20_000, 40.0)]);
    assert_eq!(same.verdict, Verdict::Same, "{same:?}");
    assert!((same.slower_share.unwrap() - 0.5).abs() < 1e-9);
}

#[test]
fn little_data_cannot_tell_and_says_how_much_would() {
    let few = one(&[(3, 44.0)], &[(3, 40.0)]);
    assert_eq!(few.verdict, Verdict::CannotTell);
    assert!(few.words.contains("needs 6"), "{}", few.words);
    let some = one(&[(40, 40.5)], &[(40, 40.0)]);
    assert!(some.words.contains("more calls would"), "{}", some.words);
    assert!(!some.changes[2].supported, "p99 of 40 calls");
}

#[test]
fn runs_that_differ_are_not_taken_for_certainty() {
    let spread_out = [(900, 36.0), (900, 40.0), (900, 46.0), (900, 50.0)];
    let row = one(&spread_out, &[(900, 40.0), (900, 41.0), (900, 39.0)]);
    assert!(row.between_runs);
    let change = row.changes[0];
    assert!(change.low.unwrap() < 0.0 && change.high.unwrap() > 0.1, "{change:?}");
    assert!(row.words.contains("more runs would"), "{}", row.words);
}

#[test]
fn zero_has_no_relative_change_and_other_pairs_are_named() {
    let zero = Hand::new(&[""]).pair(0, "A", "B", ColdWarm::Unknown, &[Some(0.0); 9]).table();
    let other = Hand::new(&[""]).pair(0, "X", "Y", ColdWarm::Unknown, &[Some(1.0); 9]).table();
    let comparison = compare(&zero, &zero, 0.03, &[]);
    assert_eq!(comparison.rows[0].changes[0].change, None);
    assert_eq!(comparison.rows[0].verdict, Verdict::CannotTell);
    let comparison = compare(&zero, &other, 0.03, &[]);
    assert!(comparison.rows.is_empty());
    assert_eq!(comparison.only_now, ["A->B"]);
    assert_eq!(comparison.only_baseline, ["X->Y"]);
}

#[test]
fn chance_speaks_of_runs_where_there_are_enough_and_of_the_table() {
    let four = [(50, 40.0), (60, 41.0), (50, 39.0), (40, 38.0)];
    let row = one(&four.map(|(n, around)| (n, around * 2.0)), &four);
    let chance = row.chance.unwrap();
    assert_eq!((chance.units, chance.n, chance.exact), (Units::RunMedians, (4, 4), true));
    assert!((chance.p_holm - 2.0 / 70.0).abs() < 1e-12, "one row, and all runs on one side");
    assert!(row.shift_low_ms < row.shift_ms && row.shift_ms < row.shift_high_ms, "{row:?}");
    let three = one(&[(50, 44.0); 3], &four).chance.unwrap();
    assert_eq!((three.units, three.n), (Units::Calls, (200, 150)));
    let few = one(&[(2, 40.0)], &[(3, 40.0)]);
    assert_eq!((few.shift_low_ms, few.chance.map(|c| c.exact)), (None, Some(false)), "ties");

    let side = |factor: f64| {
        Hand::new(&[""])
            .pair(0, "A", "B", ColdWarm::Warm, &spread(90, 40.0 * factor))
            .pair(0, "A", "B", ColdWarm::Cold, &spread(30, 300.0))
            .table()
    };
    let rows = compare(&side(1.5), &side(1.0), 0.03, &[]).rows;
    let chance: Vec<Chance> = rows.iter().filter_map(|r| r.chance).collect();
    assert_eq!(chance.len(), 3, "all, cold, warm");
    let least = chance.iter().map(|c| c.p).fold(1.0, f64::min);
    assert!(
        chance.iter().any(|c| c.p <= least && (c.p_holm / least - 3.0).abs() < 1e-9),
        "{chance:?}"
    );
}

#[test]
fn each_percentile_has_its_shift() {
    let row = one(&[(2_000, 44.0)], &[(2_000, 40.0)]);
    let shifts = row.shifts.unwrap();
    assert_eq!(shifts.percent, (1..=99).collect::<Vec<_>>());
    let change = row.changes[0];
    let median = change.now_ms.unwrap() - change.baseline_ms.unwrap();
    assert!((shifts.ms[49] - median).abs() < 1e-12);
    assert!(shifts.ms.is_sorted(), "a tenth more of more");
    assert!(
        (0..99).all(|at| shifts.low_ms[at] < shifts.ms[at] && shifts.ms[at] < shifts.high_ms[at])
    );
    // Of so many that they are not drawn one by one: nearly the same band, narrower by the root.
    let many = one(&[(8_000, 44.0)], &[(8_000, 40.0)]).shifts.unwrap();
    let width = |s: &Shifts, at: usize| s.high_ms[at] - s.low_ms[at];
    for at in [9, 49, 89] {
        let ratio = width(&shifts, at) / width(&many, at);
        assert!((1.6..2.5).contains(&ratio), "{at}: {ratio}");
    }
    let few = one(&[(20, 44.0)], &[(200, 40.0)]).shifts.unwrap();
    assert_eq!((few.percent[0], few.percent.len()), (5, 91), "5 to 95");
    assert_eq!(one(&[(1, 44.0)], &[(200, 40.0)]).shifts, None);
}
