//! Cold against warm: the medians of both for each pair, with their intervals, on one scale.

use super::frame::{BELOW, blank, level_axis, marker, row_name};
use crate::figure::{
    Entry, Figure, Ink, LegendSample, Marker, Scale, Shape, Stroke, ellipsize, latency_ticks, size,
};
use crate::model::words::{change, count, signed};
use crate::model::{PairView, Report, Row};

const WIDTH: f64 = 640.0;
const LEFT: f64 = 16.0;
/// Height of a pair: its name, then its two medians.
const ROW: f64 = 46.0;
/// How warm and cold are drawn.
const WARM: (Ink, Marker) = (Ink::Series(0), Marker { shape: Shape::Disc, open: false });
const COLD: (Ink, Marker) = (Ink::Series(1), Marker { shape: Shape::Disc, open: true });
/// More pairs than this are left to the table.
const MOST: usize = 20;

/// Draws the pairs that have cold and warm latencies, of the first group.
pub(super) fn figure(report: &Report) -> Option<Figure> {
    let of = |pair: &'_ PairView, class: &str| -> Option<Row> {
        let row = pair.rows.iter().find(|r| r.class == class)?;
        (row.summary.n > 0).then(|| row.clone())
    };
    let rows: Vec<(&PairView, Row, Row)> = report
        .pairs
        .iter()
        .filter_map(|p| Some((p, of(p, "cold")?, of(p, "warm")?)))
        .take(MOST)
        .collect();
    let lead = rows.iter().find(|r| r.0.total).or(rows.first())?;
    let (cold, warm) = (lead.1.ms(50.0)?, lead.2.ms(50.0)?);
    let title = format!(
        "Cold starts change {} by {} at the median",
        if lead.0.total { "the whole trace" } else { &lead.0.arrow },
        signed(cold - warm, lead.0.unit)
    );
    let mut figure = blank("cold".to_owned(), String::new(), title, WIDTH);
    figure.subtitle = format!(
        "Medians with their 95\u{a0}% intervals · n\u{a0}=\u{a0}{} cold, {} warm",
        count(lead.1.summary.n),
        count(lead.2.summary.n)
    );
    let entry = |(ink, marker), words: &str| Entry {
        sample: LegendSample::Series(Stroke::solid(ink, 2.0), marker),
        words: words.to_owned(),
    };
    figure.key = vec![entry(WARM, "warm"), entry(COLD, "cold")];
    let ends = |r: &Row| {
        r.summary.percentile(50.0).map(|p| [p.low_ms, p.value_ms, p.high_ms]).unwrap_or_default()
    };
    let values: Vec<f64> =
        rows.iter().flat_map(|(_, a, b)| [ends(a), ends(b)]).flatten().flatten().collect();
    let scale = Scale::of(values.iter().copied(), LEFT, WIDTH - 20.0);
    let top = 6.0;
    let bottom = top + ROW * rows.len() as f64;
    figure.height = bottom + BELOW;
    for tick in latency_ticks(&scale, false) {
        let x = scale.place(tick.value);
        figure.line((x, top), (x, bottom), Stroke::solid(Ink::Grid, 1.0));
    }
    for (index, (pair, cold, warm)) in rows.iter().enumerate() {
        let y = top + ROW * index as f64;
        let difference = cold.ms(50.0).zip(warm.ms(50.0));
        let difference = difference.map_or_else(String::new, |(c, w)| {
            let share = if w > 0.0 { format!(", {}", change(c / w - 1.0)) } else { String::new() };
            format!(": {}{share}", signed(c - w, pair.unit))
        });
        let name = if pair.total { "total" } else { &pair.arrow };
        let words = format!("{name}{difference}");
        let words = ellipsize(&words, size::TEXT, false, (WIDTH - 2.0 * LEFT) / size::GROWN);
        row_name(&mut figure, (LEFT, y + 14.0), words);
        let level = y + 30.0;
        for (row, ink, shape, down) in [(warm, WARM.0, WARM.1, 0.0), (cold, COLD.0, COLD.1, 7.0)] {
            let [low, Some(median), high] = ends(row) else { continue };
            if let (Some(low), Some(high)) = (low, high) {
                let (a, b) = (scale.place(low), scale.place(high));
                figure.line((a, level + down), (b, level + down), Stroke::solid(ink, 2.0));
            }
            marker(&mut figure, (scale.place(median), level + down), shape, ink);
        }
    }
    let below = values.iter().filter(|v| **v <= 0.0).count();
    level_axis(&mut figure, &scale, (top, bottom), below);
    Some(figure)
}
