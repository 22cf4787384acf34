use super::*;
use crate::model::tests::{Hand, spread};

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
fn a_share_of_wins_by_hand() {
    assert_eq!(slower_share(&[1.0, 2.0], &[2.0, 3.0]), Some(0.875));
    assert_eq!(slower_share(&[], &[2.0]), None);
}
