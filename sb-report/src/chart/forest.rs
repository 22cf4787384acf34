//! The comparison with the baseline: for each pair the change of p50, p90 and p99 with its
//! interval, on a scale of ratios. The grey band is what does not matter.

use super::frame::{BELOW, blank, marker, row_name};
use crate::figure::{
    Anchor, Entry, Figure, Ink, LegendSample, Mark, Marker, Scale, Shape, Stroke, ellipsize, size,
    text_width,
};
use crate::model::words::{arrow, change, count, counted};
use crate::model::{Change, Compared, Comparison};

const WIDTH: f64 = 640.0;
const NAME: f64 = 16.0;
/// Where the plot begins, behind `p50`, and ends, before the number.
const LEFT: f64 = 70.0;
const RIGHT: f64 = 110.0;
/// Height of a line, and of a row of one name and three lines.
const LINE: f64 = 19.0;
const ROW: f64 = LINE * 4.0 + 8.0;
/// How many times further than the medians' intervals the scale may reach for a tail.
const TAIL: f64 = 3.0;
/// More rows than this are left to the table.
const MOST: usize = 10;
/// Changes that may have a tick, the important ones first.
const TICKS: [f64; 23] = [
    0.0, -0.5, 1.0, -0.2, 0.2, -0.1, 0.1, 0.5, -0.05, 0.05, -0.75, 3.0, -0.9, 9.0, -0.02, 0.02,
    -0.01, 0.01, -0.3, 2.0, -0.99, 99.0, 0.3,
];

/// Draws the comparison; none without rows.
pub(super) fn figure(comparison: &Comparison) -> Option<Figure> {
    let all: Vec<&Compared> = comparison.rows.iter().collect();
    let mut rows = all.clone();
    rows.retain(|r| r.changes.iter().any(|c| c.change.is_some()));
    if rows.len() > MOST {
        rows.retain(|r| r.start_class == "all");
    }
    rows.truncate(MOST);
    let lead = rows.iter().find(|r| r.pair == "total").or(rows.first())?;
    let title = format!(
        "{}: {}",
        if lead.pair == "total" { "The whole trace".to_owned() } else { arrow(&lead.pair) },
        lead.words
    );
    let mut figure = blank("compare".to_owned(), String::new(), title, WIDTH);
    let missing = all.len() - rows.len();
    figure.subtitle = format!(
        "Change against the baseline with its 95\u{a0}% interval · grey band: ±{:.0}\u{a0}%{} · n\u{a0}=\u{a0}{} against {}",
        comparison.threshold * 100.0,
        if missing > 0 { format!(" · {missing} more rows in the table") } else { String::new() },
        count(lead.n.1 as u64),
        count(lead.n.0 as u64)
    );
    let entry = |ink, words: &str| Entry {
        sample: LegendSample::Line(Stroke::solid(ink, 2.0)),
        words: words.to_owned(),
    };
    figure.key = vec![
        entry(Ink::Series(1), "slower"),
        entry(Ink::Series(2), "faster"),
        entry(Ink::Muted, "may be chance"),
        Entry {
            sample: LegendSample::Marker(Ink::Ghost, Marker::open(Shape::Disc)),
            words: "too few latencies".to_owned(),
        },
    ];
    let log = |share: f64| (1.0 + share).max(1e-3).ln();
    let drawn = || rows.iter().flat_map(|r| &r.changes).filter(|c| c.change.is_some());
    let ends: Vec<f64> = drawn()
        .filter(|c| c.supported && c.percent < 90.0)
        .flat_map(|c| [c.low, c.change, c.high])
        .flatten()
        .map(log)
        .chain([log(comparison.threshold * 1.5), log(-comparison.threshold * 1.5)])
        .collect();
    // The tail may have moved as far as it likes: it must not make everything else small.
    let (low, high) = ends.iter().fold((0.0f64, 0.0f64), |r, &v| (r.0.min(v), r.1.max(v)));
    let most = (high - low) * TAIL;
    let tail = drawn().filter(|c| c.supported && c.percent >= 90.0).filter_map(|c| c.change);
    let (low, high) = tail
        .map(log)
        .filter(|v| (-most..=most).contains(v))
        .fold((low, high), |r, v| (r.0.min(v), r.1.max(v)));
    let (low, high) = (low * 1.25, high * 1.25);
    let out = |share: Option<f64>| share.is_some_and(|s| !(low..=high).contains(&log(s)));
    let beyond = drawn().filter(|c| out(c.change)).count();
    if beyond > 0 {
        let changes = counted(beyond, "change", "changes");
        figure.subtitle.extend([" · ", &changes, " beyond the axis"]);
    }
    if drawn().any(|c| out(c.low) || out(c.high)) {
        figure.subtitle += " · a line that reaches the edge goes on";
    }
    let scale = Scale::linear(low, high, LEFT, WIDTH - RIGHT);
    let place = |share: f64| scale.place(log(share));
    let top = 6.0;
    let bottom = top + ROW * rows.len() as f64;
    figure.height = bottom + BELOW;
    let t = comparison.threshold;
    let band = (place(-t), place(t));
    figure.marks.push(Mark::Rect {
        at: (band.0, top),
        size: (band.1 - band.0, bottom - top),
        ink: Ink::Grid,
        opacity: 0.8,
    });
    ticks(&mut figure, &scale, (low, high), top, bottom);
    for (index, row) in rows.iter().enumerate() {
        let y = top + ROW * index as f64;
        row_name(&mut figure, (NAME, y + 15.0), name(row));
        for (at, c) in row.changes.iter().enumerate() {
            let inside = |share| !out(Some(share));
            change_line(&mut figure, c, place, inside, y + LINE * (at as f64 + 1.5) + 2.0);
        }
    }
    Some(figure)
}

fn name(row: &Compared) -> String {
    let mut name = arrow(&row.pair);
    for part in [&row.of, &row.start_class] {
        if !part.is_empty() && part != "all" {
            name = format!("{name} · {part}");
        }
    }
    ellipsize(&name, size::TEXT, false, (WIDTH - 2.0 * NAME) / size::GROWN)
}

fn change_line(
    figure: &mut Figure,
    c: &Change,
    place: impl Fn(f64) -> f64,
    inside: impl Fn(f64) -> bool,
    y: f64,
) {
    figure.text((NAME, y + 4.0), Anchor::Start, Ink::Muted, format!("p{}", c.percent));
    let end = WIDTH - 16.0;
    let Some(value) = c.change else {
        figure.text((end, y + 4.0), Anchor::End, Ink::Muted, "n/a");
        return;
    };
    let ink = match (c.low, c.high) {
        _ if !c.supported => Ink::Ghost,
        (Some(low), _) if low > 0.0 => Ink::Series(1),
        (_, Some(high)) if high < 0.0 => Ink::Series(2),
        _ => Ink::Muted,
    };
    if let (Some(low), Some(high)) = (c.low, c.high) {
        figure.line((place(low), y), (place(high), y), Stroke::solid(ink, 2.0));
    }
    let shape = Marker { shape: Shape::Disc, open: !c.supported };
    if inside(value) {
        marker(figure, (place(value), y), shape, ink);
    }
    figure.text(
        (end, y + 4.0),
        Anchor::End,
        if c.supported { Ink::Text } else { Ink::Muted },
        change(value),
    );
}

/// Ticks, the important ones first, as far as there is room.
fn ticks(figure: &mut Figure, scale: &Scale, (low, high): (f64, f64), top: f64, bottom: f64) {
    let mut taken: Vec<(f64, f64)> = Vec::new();
    for share in TICKS {
        let value = (1.0 + share).ln();
        if value < low || value > high {
            continue;
        }
        let label = change(share);
        let (x, half) =
            (scale.place(value), text_width(&label, size::TEXT, false) * size::GROWN / 2.0 + 5.0);
        if taken.iter().any(|&(a, b)| x + half > a && x - half < b) {
            continue;
        }
        taken.push((x - half, x + half));
        let ink = if share == 0.0 { Ink::Axis } else { Ink::Grid };
        figure.line((x, top), (x, bottom), Stroke::solid(ink, 1.0));
        figure.text((x, bottom + 22.0), Anchor::Middle, Ink::Muted, label);
    }
}
