//! Every picture of every odd report: nothing is cut, nothing overlaps, nothing is too large.

use super::*;
use crate::figure::{Anchor, Mark, heading, size, text_width};
use crate::model::tests::{Hand, spread};
use crate::render::{Place, svg};
use sb_trace::trace::ColdWarm;

/// A text and its left, top, right and bottom.
type TextBox = (String, [f64; 4]);

/// The texts of marks, `grown` times as large as they are drawn.
fn boxes(marks: &[Mark], grown: f64) -> Vec<TextBox> {
    let text = |mark: &Mark| match mark {
        Mark::Text(t) => {
            let (width, size) = (text_width(&t.text, t.size, t.bold) * grown, t.size * grown);
            let left = match t.anchor {
                Anchor::Start => t.at.0,
                Anchor::Middle => t.at.0 - width / 2.0,
                Anchor::End => t.at.0 - width,
            };
            let sides = [left, t.at.1 - size * 0.75, left + width, t.at.1 + size * 0.2];
            Some((t.text.clone(), sides))
        }
        _ => None,
    };
    marks.iter().filter_map(text).collect()
}

fn apart(what: &str, boxes: &[TextBox]) {
    for (index, (text, a)) in boxes.iter().enumerate() {
        for (other, b) in &boxes[index + 1..] {
            let apart = a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1];
            assert!(apart, "{what}: '{text}' overlaps '{other}'");
        }
    }
}

fn inside(what: &str, boxes: &[TextBox], (width, height): (f64, f64)) {
    for (text, sides) in boxes {
        let inside = sides[0] >= 0.0 && sides[1] >= -1.0 && sides[2] <= width && sides[3] <= height;
        assert!(inside, "{what}: '{text}' leaves the picture: {sides:?}");
    }
}

fn check(what: &str, report: &Report) {
    let charts = Charts::of(report);
    for figure in charts.all() {
        let what = format!("{what}: {}", figure.name);
        let texts = boxes(&figure.marks, 1.0);
        apart(&what, &texts);
        inside(&what, &texts, (figure.width, figure.height));
        if figure.name != "summary" {
            // On the page, where it is narrow. Only the summary is not on the page.
            apart(&format!("{what}, narrow"), &boxes(&figure.marks, size::GROWN));
        }
        let (words, height) = heading(figure);
        let words = boxes(&words, 1.0);
        apart(&what, &words);
        inside(&what, &words, (figure.width, height));
        for mark in &figure.marks {
            if let Mark::Line { points, .. } | Mark::Area { points, .. } = mark {
                let inside = |p: &(f64, f64)| {
                    (0.0..=figure.width).contains(&p.0) && (0.0..=figure.height).contains(&p.1)
                };
                assert!(points.iter().all(inside), "{what}: {points:?}");
            }
        }
        let drawn = svg(figure, Place::File).unwrap();
        assert!(drawn.len() <= 60_000, "{what} has {} bytes", drawn.len());
        assert!(!drawn.contains("NaN") && !drawn.contains("inf\""), "{what}");
        assert!(figure.subtitle.contains("n\u{a0}=\u{a0}") || figure.name == "summary", "{what}");
    }
}

fn runs(count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("bench-2026-{n:02}")).collect()
}

fn with_runs(count: usize, n: usize) -> Report {
    let ids = runs(count);
    let mut hand = Hand::new(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    for run in 0..count {
        let around = 40.0 * (1.0 + run as f64 * 0.15);
        hand = hand.pair(
            u32::try_from(run).unwrap(),
            "PRE_INVOKED",
            "INVOKED",
            ColdWarm::Unknown,
            &spread(n, around),
        );
    }
    hand.report()
}

#[test]
fn one_five_and_twelve_series_of_any_size() {
    for count in [1, 2, 5, 6, 12] {
        for n in [1, 2, 30, 700, 5_000] {
            check(&format!("{count} runs of {n}"), &with_runs(count, n));
        }
    }
}

#[test]
fn many_latencies_stay_small() {
    check("200 000", &with_runs(1, 200_000));
}

#[test]
fn odd_values() {
    let cases: [(&str, Vec<Option<f64>>); 7] = [
        ("one", vec![Some(3.0)]),
        ("equal", vec![Some(7.0); 500]),
        ("negative", (1..50).map(|n| Some(-f64::from(n))).collect()),
        ("zero", vec![Some(0.0); 10]),
        ("some negative", (0..100).map(|n| Some(f64::from(n) - 10.0)).collect()),
        ("huge", vec![Some(0.000_001), Some(1.0), Some(3e8)]),
        ("unmatched", vec![None, None]),
    ];
    for (name, values) in cases {
        let report = Hand::new(&[""]).pair(0, "A", "B", ColdWarm::Unknown, &values).report();
        check(name, &report);
        let drawn = Charts::of(&report).pairs[0].is_some();
        assert_eq!(drawn, name != "unmatched", "{name}");
    }
}

#[test]
fn long_and_hostile_labels() {
    let long = "VERY_LONG_LABEL_".repeat(13);
    let report = Hand::new(&["a-1", "a-2"])
        .pair(0, &long, "<b>&\"x\"</b>", ColdWarm::Cold, &spread(40, 400.0))
        .pair(0, &long, "<b>&\"x\"</b>", ColdWarm::Warm, &spread(400, 40.0))
        .pair(1, &long, "<b>&\"x\"</b>", ColdWarm::Warm, &spread(400, 50.0))
        .pair(1, "A", "B", ColdWarm::Partial, &spread(400, 0.5))
        .report();
    check("long", &report);
}

#[test]
fn sixty_pairs() {
    let mut hand = Hand::new(&[""]);
    for pair in 0..60 {
        hand = hand.pair(
            0,
            &format!("L{pair}"),
            &format!("L{}", pair + 1),
            ColdWarm::Unknown,
            &spread(20, 1.0 + f64::from(pair)),
        );
    }
    check("sixty pairs", &hand.report());
}

#[test]
fn cold_is_dashed_and_a_ring() {
    let report = Hand::new(&[""])
        .pair(0, "A", "B", ColdWarm::Cold, &spread(40, 400.0))
        .pair(0, "A", "B", ColdWarm::Warm, &spread(400, 40.0))
        .report();
    let charts = Charts::of(&report);
    let pair = charts.pairs[0].as_ref().unwrap();
    let drawn = svg(&pair.ecdf, Place::Page).unwrap();
    assert!(drawn.contains("stroke-dasharray"), "{drawn}");
    let rings = pair
        .over_time
        .marks
        .iter()
        .filter(|m| matches!(m, Mark::Dot { marker: crate::figure::Marker { open: true, .. }, .. }))
        .count();
    assert!((38..=40).contains(&rings), "{rings}");
}

#[test]
fn a_comparison_of_any_outcome() {
    let long = "VERY_LONG_LABEL_".repeat(13);
    let side = |factor: f64, n: usize| {
        let runs = runs(3);
        let mut hand = Hand::new(&runs.iter().map(String::as_str).collect::<Vec<_>>());
        for run in 0..3 {
            hand = hand
                .pair(run, "A", "B", ColdWarm::Cold, &spread(n / 9 + 1, 400.0))
                .pair(run, "A", "B", ColdWarm::Warm, &spread(n, 40.0 * factor))
                .pair(run, "B", &long, ColdWarm::Warm, &spread(n, 4.0 / factor))
                .pair(run, &long, "C", ColdWarm::Warm, &[Some(0.0), Some(-1.0)]);
        }
        hand
    };
    for (factor, n) in [(1.0, 400), (1.2, 400), (300.0, 400), (0.001, 3), (1.0, 1)] {
        let report = side(factor, n).against(side(1.0, n));
        check(&format!("{factor} times, {n}"), &report);
        assert!(Charts::of(&report).compare.is_some());
        assert!(report.verdict[0].contains("against the baseline"), "{:?}", report.verdict);
    }
}

#[test]
fn cold_and_warm_stand_side_by_side() {
    let report = Hand::new(&[""])
        .pair(0, "A", "B", ColdWarm::Cold, &spread(40, 400.0))
        .pair(0, "A", "B", ColdWarm::Warm, &spread(400, 40.0))
        .pair(0, "B", "C", ColdWarm::Cold, &[Some(0.0); 3])
        .pair(0, "B", "C", ColdWarm::Warm, &[Some(-5.0); 9])
        .report();
    check("cold", &report);
    let figure = Charts::of(&report).cold.unwrap();
    assert!(figure.title.starts_with("Cold starts change A→B by +3"), "{}", figure.title);
}
