//! Run by run: the median of each run with its interval, in the order in which the runs were.

use super::frame::{BELOW, LEFT, PLOT, RIGHT, WIDTH, blank, grid_line, marker};
use crate::figure::{
    Anchor, Figure, Ink, Marker, Scale, Shape, Stroke, latency_ticks, size, text_width,
};
use crate::model::words::latency;
use crate::model::{PairView, Row, RunView};

/// Draws a pair of several runs.
pub(super) fn figure(pair: &PairView, runs: &[RunView], top: f64) -> Option<Figure> {
    let mut rows: Vec<(&Row, &RunView)> = pair
        .by_run
        .iter()
        .filter(|r| r.class.is_empty() && r.summary.n > 0)
        .filter_map(|r| Some((r, runs.get(r.run?)?)))
        .collect();
    if rows.len() < 2 {
        return None;
    }
    rows.sort_by_key(|(row, run)| (run.span_ns.map(|s| s.0), row.run));
    let medians = || rows.iter().filter_map(|(r, _)| r.ms(50.0));
    let (low, high) =
        medians().fold((f64::INFINITY, f64::NEG_INFINITY), |r, v| (r.0.min(v), r.1.max(v)));
    let title = if low > 0.0 && high > low {
        format!(
            "Medians of runs from {} to {}, {:.0}\u{a0}% apart",
            latency(low, pair.unit),
            latency(high, pair.unit),
            (high / low - 1.0) * 100.0
        )
    } else {
        format!("Medians of runs from {} to {}", latency(low, pair.unit), latency(high, pair.unit))
    };
    let (name, subject) = (format!("runs.{}", pair.slug), format!("{} run by run", pair.title));
    let mut figure = blank(name, subject, title, WIDTH);
    figure.subtitle = format!(
        "Median of each run with its 95\u{a0}% interval, in order of time · n\u{a0}=\u{a0}{} runs",
        rows.len()
    );
    let bottom = top + PLOT;
    figure.height = bottom + BELOW;
    let ends = |r: &Row| {
        let p = r.summary.percentile(50.0);
        p.map(|p| [p.low_ms, p.value_ms, p.high_ms]).unwrap_or_default()
    };
    let values: Vec<f64> = rows.iter().flat_map(|(r, _)| ends(r)).flatten().collect();
    let y = Scale::of(values.iter().copied(), bottom, top);
    for tick in latency_ticks(&y, true) {
        grid_line(&mut figure, y.place(tick.value), &tick.label);
    }
    figure.line((LEFT, bottom), (WIDTH - RIGHT, bottom), Stroke::solid(Ink::Axis, 1.0));
    let step = (WIDTH - LEFT - RIGHT) / rows.len() as f64;
    let mut free = 0.0;
    for (index, (row, run)) in rows.iter().enumerate() {
        let x = LEFT + step * (index as f64 + 0.5);
        let [low, Some(median), high] = ends(row) else { continue };
        let ink = Ink::Series(0);
        if let (Some(low), Some(high)) = (low, high) {
            figure.line((x, y.place(low)), (x, y.place(high)), Stroke::solid(ink, 2.0));
        }
        // An open interval, an open form.
        let open = low.is_none() || high.is_none();
        marker(&mut figure, (x, y.place(median)), Marker { shape: Shape::Disc, open }, ink);
        let number =
            run.name.split(" · ").next().unwrap_or_default().trim_start_matches("run ").to_owned();
        let half = text_width(&number, size::TEXT, false) * size::GROWN / 2.0;
        if x - half >= free && x + half <= WIDTH {
            figure.text((x, bottom + 22.0), Anchor::Middle, Ink::Muted, number);
            free = x + half + 6.0;
        }
    }
    Some(figure)
}
