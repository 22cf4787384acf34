//! Data quality: where all lines, statements, events and traces went, what each pair lacks, and which
//! two clocks disagree.

use super::frame::blank;
use crate::figure::{Anchor, Entry, Figure, Ink, LegendSample, Mark, ellipsize, size};
use crate::model::words::{count, percent};
use crate::model::{Level, Report, Sum};

const WIDTH: f64 = 640.0;
const LEFT: f64 = 16.0;
const ROW: f64 = 64.0;
/// A part is never narrower than this: a single look-alike is seen.
const LEAST: f64 = 3.0;
/// More pairs than this are left to the tables.
const PAIRS: usize = 8;
/// The same of pairs of clocks.
const CLOCKS: usize = 4;

/// Draws the sums of the accounting and the pairs that lack something.
pub(super) fn figure(report: &Report) -> Option<Figure> {
    let mut sums: Vec<Sum> = report.quality.sums.iter().filter(|s| s.whole > 0).cloned().collect();
    let lacking = || report.pairs.iter().filter(|p| p.negative + p.unmatched > 0);
    sums.extend(lacking().take(PAIRS).map(|p| {
        Sum {
            name: p.arrow.clone(),
            whole: (p.n + p.unmatched) as u64,
            parts: [
                ("latencies", p.n - p.negative, Level::Good),
                ("negative", p.negative, Level::Warning),
                ("without a TO event", p.unmatched, Level::Warning),
            ]
            .into_iter()
            .filter(|part| part.1 > 0)
            .map(|(name, n, level)| (name, n as u64, level))
            .collect(),
        }
    }));
    // Both names are cut alike where they are long.
    let half = |name: &str| {
        ellipsize(name, size::TEXT, false, (WIDTH - 2.0 * LEFT) / size::GROWN / 2.0 - 45.0)
    };
    // What is wrong between which two clocks is seen apart, and told by the pairs already.
    let clocks = report.quality.skews.iter().filter(|s| s.negative > 0).take(CLOCKS).map(|s| Sum {
        name: format!("{} to {}", half(&s.sources.0), half(&s.sources.1)),
        whole: s.n,
        parts: [
            ("latencies", s.n - s.negative, Level::Good),
            ("negative", s.negative, Level::Warning),
        ]
        .into_iter()
        .filter(|part| part.1 > 0)
        .collect(),
    });
    let clocks: Vec<Sum> = clocks.collect();
    if sums.is_empty() {
        return None;
    }
    let bad =
        |sum: &Sum| sum.parts.iter().filter(|p| p.2 == Level::Warning).map(|p| p.1).sum::<u64>();
    let worst = sums.iter().filter(|s| bad(s) > 0).max_by(|a, b| {
        let share = |s: &Sum| bad(s) as f64 / s.whole as f64;
        share(a).total_cmp(&share(b))
    });
    let title = match worst {
        Some(sum) => format!(
            "{} of {} doubtful: {}",
            percent(bad(sum), sum.whole),
            // A pair, or what is counted.
            if sum.name.contains('→') || sum.name == "total" {
                format!("{} is", sum.name)
            } else {
                format!("the {} are", sum.name)
            },
            words(sum, Some(Level::Warning))
        ),
        None => "Everything is accounted for, nothing is doubtful".to_owned(),
    };
    let mut figure = blank("quality".to_owned(), String::new(), title, WIDTH);
    let left_out = lacking().count().saturating_sub(PAIRS);
    figure.subtitle = format!(
        "Where everything went, each sum as a whole · n\u{a0}=\u{a0}{}{}",
        count(sums.first().map_or(0, |s| s.whole)),
        if left_out > 0 {
            format!(" · {left_out} more pairs in the tables")
        } else {
            String::new()
        }
    );
    let entry = |level, words: &str| Entry {
        sample: LegendSample::Cell(ink(level).0, ink(level).1),
        words: words.to_owned(),
    };
    figure.key = vec![
        entry(Level::Good, "measured"),
        entry(Level::Note, "set aside"),
        entry(Level::Warning, "doubtful"),
    ];
    sums.extend(clocks);
    figure.height = ROW * sums.len() as f64 + 4.0;
    for (index, sum) in sums.iter().enumerate() {
        draw(&mut figure, sum, ROW * index as f64);
    }
    Some(figure)
}

fn ink(level: Level) -> (Ink, f64) {
    match level {
        Level::Good => (Ink::Series(0), 0.75),
        Level::Note => (Ink::Ghost, 0.6),
        Level::Warning => (Ink::Series(1), 1.0),
    }
}

fn draw(figure: &mut Figure, sum: &Sum, y: f64) {
    let room = WIDTH - 2.0 * LEFT;
    let fit = |text: &str| ellipsize(text, size::TEXT, false, room / size::GROWN);
    let name = format!("{}: {}", sum.name, count(sum.whole));
    figure.text((LEFT, y + 16.0), Anchor::Start, Ink::Text, fit(&name));
    let parts = sum.parts.len() as f64;
    let mut x = LEFT;
    for &(_, n, level) in &sum.parts {
        let width = LEAST + (room - LEAST * parts) * (n as f64 / sum.whole as f64).min(1.0);
        let (ink, opacity) = ink(level);
        // A hair apart, so that neighbours of one colour are two.
        figure.marks.push(Mark::Rect {
            at: (x, y + 23.0),
            size: ((width - 1.0).max(1.0), 9.0),
            ink,
            opacity,
        });
        x += width;
    }
    figure.text((LEFT, y + 50.0), Anchor::Start, Ink::Muted, fit(&words(sum, None)));
}

fn words(sum: &Sum, only: Option<Level>) -> String {
    let parts = sum.parts.iter().filter(|p| only.is_none_or(|level| p.2 == level));
    parts.map(|(name, n, _)| format!("{} {name}", count(*n))).collect::<Vec<_>>().join(" · ")
}
