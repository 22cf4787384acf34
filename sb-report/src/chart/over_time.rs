//! Latency over time: a dot a latency, or counts in cells where there are many. Runs stand side
//! by side, each on its own clock.

use super::frame::{
    BELOW, LEFT, PLOT, RIGHT, WIDTH, among, below_zero, blank, grid_line, key, scale,
};
use crate::figure::{
    Anchor, Entry, Figure, Ink, LegendSample, Mark, Marker, Scale, Shape, Stroke, clock_ticks,
    latency_ticks, size, text_width,
};
use crate::model::words::{count, latency};
use crate::model::{Lookup, PairView, PartPoints, Report, RunView, Series, Slice};
use sb_trace::trace::ColdWarm;
use sb_trace::units::ns_to_ms;
use std::collections::BTreeMap;

/// From this many latencies on cells are drawn.
const MANY: usize = 2_000;
/// The most dots and cells that are drawn.
const MOST_CELLS: usize = 1_500;
/// Opacities of the cells, from few latencies to many.
const SHADES: [f64; 5] = [0.16, 0.34, 0.54, 0.76, 1.0];
/// Cold starts above cells: their colour, how far apart they are, and the most that are drawn.
const COLD: Ink = Ink::Series(1);
const COLD_APART: f64 = 5.0;
const MOST_COLD: usize = 250;
/// Distance of two runs in logical pixels.
const APART: f64 = 10.0;

/// A run's part of the time axis.
struct Panel {
    run: usize,
    /// First latency's start, Unix epoch in nanoseconds.
    first_ns: i64,
    scale: Scale,
}

impl Panel {
    fn x(&self, start_ns: i64) -> f64 {
        self.scale.place(start_ns.saturating_sub(self.first_ns) as f64 / 1e9)
    }
}

/// Draws the latencies of a pair that has some.
pub(super) fn figure(pair: &PairView, report: &Report, top: f64) -> Figure {
    let runs = &report.runs;
    let (pairs, tick_ns) = (report.pairs.len(), report.quality.tick_ns);
    let (name, subject) = (format!("over-time.{}", pair.slug), format!("{} over time", pair.title));
    let mut figure = blank(name, subject, title(pair), WIDTH);
    let panels = panels(pair);
    let cells = pair.n > MANY;
    let bottom = top + PLOT;
    figure.height = bottom + BELOW;
    let y = scale(&pair.series, bottom, top);

    for tick in latency_ticks(&y, true) {
        grid_line(&mut figure, y.place(tick.value), &tick.label);
    }
    if let Some((far, near)) = y.gutter() {
        figure.line((LEFT, near), (WIDTH - RIGHT, near), Stroke::solid(Ink::Grid, 1.0));
        figure.text(
            (LEFT - 8.0, f64::midpoint(far, near) + 4.0),
            Anchor::End,
            Ink::Text,
            format!("≤\u{a0}0: {}", count(below_zero(&pair.series) as u64)),
        );
    }
    axis(&mut figure, &panels, runs, top, bottom);
    let cold = pair.series.iter().any(|s| s.class == ColdWarm::Cold);
    let cell = if cells {
        let shades = heat(&mut figure, pair, &panels, &y, (top, tick_ns), among(pairs, MOST_CELLS));
        figure.key = shade_key(&shades);
        let warm = pair.series.iter().any(|s| s.class != ColdWarm::Cold);
        if cold && warm {
            cold_starts(&mut figure, pair, &panels, &y, among(pairs, MOST_COLD));
            let sample = LegendSample::Marker(COLD, Marker::open(Shape::Disc));
            figure.key.push(Entry { sample, words: "cold start".to_owned() });
        }
        " · shade: latencies in a cell"
    } else {
        dots(&mut figure, pair, &panels, &y);
        if mixed(pair, &panels) {
            figure.key = key(&pair.series, |s| s.name.clone());
        }
        if cold { " · open: cold starts" } else { "" }
    };
    figure.subtitle = format!(
        "Each latency at the time when it began{} · n\u{a0}=\u{a0}{}{cell}",
        if panels.len() > 1 {
            ", each run from its own first latency"
        } else {
            ", from the first one"
        },
        count(pair.n as u64)
    );
    figure
}

/// The parts of the time axis: as wide as the runs are long, but none narrower than a third of
/// its equal share.
fn panels(pair: &PairView) -> Vec<Panel> {
    let mut spans: Vec<(usize, i64, f64)> = Vec::new();
    for points in pair.series.iter().flat_map(|s| s.points.runs()) {
        let Some((first, last)) = points.span_ns() else { continue };
        let run = points.run();
        match spans.iter_mut().find(|s| s.0 == run) {
            Some(span) => {
                let end = (span.1 as f64 / 1e9 + span.2).max(last as f64 / 1e9);
                span.1 = span.1.min(first);
                span.2 = end - span.1 as f64 / 1e9;
            }
            None => spans.push((run, first, last.saturating_sub(first) as f64 / 1e9)),
        }
    }
    spans.sort_by_key(|s| s.0);
    let room = WIDTH - LEFT - RIGHT - APART * (spans.len().max(1) - 1) as f64;
    let whole: f64 = spans.iter().map(|s| s.2).sum();
    let equal = 1.0 / spans.len().max(1) as f64;
    let weight =
        |seconds: f64| if whole > 0.0 { (seconds / whole).max(equal / 3.0) } else { equal };
    let weights: f64 = spans.iter().map(|s| weight(s.2)).sum();
    let mut left = LEFT;
    spans
        .iter()
        .map(|&(run, first_ns, seconds)| {
            let width = (room * weight(seconds) / weights).max(1.0);
            let scale = Scale::from_zero(seconds, left + 4.0, left + width - 4.0);
            left += width + APART;
            Panel { run, first_ns, scale }
        })
        .collect()
}

/// The time axis of each run, and the runs' names above them.
fn axis(figure: &mut Figure, panels: &[Panel], runs: &[RunView], top: f64, bottom: f64) {
    for panel in panels {
        let (from, to) = panel.scale.ends();
        let (from, to) = (from - 4.0, to + 4.0);
        figure.line((from, bottom), (to, bottom), Stroke::solid(Ink::Axis, 1.0));
        for tick in clock_ticks(&panel.scale) {
            let x = panel.scale.place(tick.value);
            let half = text_width(&tick.label, size::TEXT, false) / 2.0;
            // Where runs stand side by side, a label that would reach into the next is left out.
            if panels.len() > 1 && tick.value > 0.0 && x + half * size::GROWN > to + 2.0 {
                continue;
            }
            figure.line((x, bottom), (x, bottom + 5.0), Stroke::solid(Ink::Axis, 1.0));
            let at = x.min(WIDTH - 4.0 - half);
            figure.text((at, bottom + 22.0), Anchor::Middle, Ink::Muted, tick.label);
        }
        if panels.len() > 1 {
            if from > LEFT + 1.0 {
                let border = from - APART / 2.0;
                figure.line((border, top - 20.0), (border, bottom), Stroke::solid(Ink::Axis, 1.0));
            }
            let name = runs.get(panel.run).map_or("", |r| r.name.as_str());
            let name = short_name(name, (to - from + APART / 2.0) / size::GROWN);
            if !name.is_empty() {
                figure.text((from, top - 9.0), Anchor::Start, Ink::Muted, name);
            }
        }
    }
}

/// As much of a run's name as there is room for: all of it, `run 5`, `5`, or nothing.
fn short_name(name: &str, room: f64) -> &str {
    let run = name.split(" · ").next().unwrap_or_default();
    let number = run.trim_start_matches("run ");
    let fits = |text: &&str| text_width(text, size::TEXT, false) <= room;
    [name, run, number].into_iter().find(fits).unwrap_or_default()
}

/// The points of a series run by run, with the part of the axis in which they stand.
fn in_panels<'a>(
    series: &'a Series,
    panels: &'a [Panel],
) -> impl Iterator<Item = (&'a Panel, &'a PartPoints)> {
    series.points.runs().iter().filter_map(|points| {
        let panel = panels.iter().find(|panel| panel.run == points.run());
        Some((panel?, points))
    })
}

/// Whether a part of the axis holds several runs or groups: groups may lie over one another, runs
/// stand side by side.
fn mixed(pair: &PairView, panels: &[Panel]) -> bool {
    panels.iter().any(|p| {
        let here = |s: &&Series| s.points.runs().iter().any(|points| points.run() == p.run);
        let mut keys = pair.series.iter().filter(here).map(|s| s.key);
        let first = keys.next();
        keys.any(|key| Some(key) != first)
    })
}

fn dots(figure: &mut Figure, pair: &PairView, panels: &[Panel], y: &Scale) {
    let (radius, opacity) = if pair.n > 400 { (2.2, 0.55) } else { (3.0, 0.7) };
    let mixed = mixed(pair, panels);
    for series in &pair.series {
        let (marker, radius, opacity) = match series.class {
            _ if mixed && series.named => (series.marker, radius + 0.5, opacity),
            ColdWarm::Cold => (Marker::open(Shape::Disc), radius + 1.0, 1.0),
            ColdWarm::Partial => (Marker::filled(Shape::Triangle), radius + 1.0, 0.9),
            ColdWarm::Warm | ColdWarm::Unknown => (Marker::filled(Shape::Disc), radius, opacity),
        };
        let points = in_panels(series, panels);
        let points = points.flat_map(|(panel, all)| all.iter().map(move |point| (panel, point)));
        for (panel, point) in points {
            // Dots that nearly cover each other would only make the file larger.
            figure.marks.push(Mark::Dot {
                at: (panel.x(point.start_ns), y.place(point.ms())),
                radius,
                marker,
                ink: series.ink,
                opacity,
            });
        }
    }
    thin_out(figure);
}

/// Cold starts above the cells: as many as can be told apart.
fn cold_starts(figure: &mut Figure, pair: &PairView, panels: &[Panel], y: &Scale, most: usize) {
    let mut taken = std::collections::BTreeSet::new();
    for series in pair.series.iter().filter(|s| s.class == ColdWarm::Cold) {
        let points = in_panels(series, panels);
        let points = points.flat_map(|(panel, all)| all.iter().map(move |point| (panel, point)));
        for (panel, point) in points {
            let at = (panel.x(point.start_ns), y.place(point.ms()));
            #[expect(clippy::cast_possible_truncation, reason = "places within the picture")]
            let place = ((at.0 / COLD_APART) as i32, (at.1 / COLD_APART) as i32);
            if taken.len() < most && taken.insert(place) {
                let marker = Marker::open(Shape::Disc);
                figure.marks.push(Mark::Dot { at, radius: 2.6, marker, ink: COLD, opacity: 1.0 });
            }
        }
    }
}

/// Leaves out dots that lie within half a pixel of one that is drawn.
fn thin_out(figure: &mut Figure) {
    let mut seen = std::collections::BTreeSet::new();
    figure.marks.retain(|mark| match mark {
        #[expect(clippy::cast_possible_truncation, reason = "places within the picture")]
        Mark::Dot { at, marker, ink, .. } => {
            let place = ((at.0 * 2.0) as i32, (at.1 * 2.0) as i32);
            seen.insert((place, marker.shape as u8, marker.open, ink.light()))
        }
        _ => true,
    });
}

/// Counts in cells; the cells grow until there are few enough. Returns the counts from which on
/// each shade is used, and the greatest one.
fn heat(
    figure: &mut Figure,
    pair: &PairView,
    panels: &[Panel],
    y: &Scale,
    (top, tick_ns): (f64, i64),
    most_cells: usize,
) -> Vec<u32> {
    let mut size = 4.5;
    let places = Places::of(pair, y, top, tick_ns);
    loop {
        let Some(cells) = places.cells(panels, size, most_cells) else {
            size *= 1.2;
            continue;
        };
        let most = cells.values().copied().max().unwrap_or(1);
        // Shades in equal steps of the logarithm.
        let from = |shade: usize| f64::from(most).powf(shade as f64 / SHADES.len() as f64).ceil();
        let shade =
            |n: u32| (0..SHADES.len()).rev().find(|&s| f64::from(n) >= from(s)).unwrap_or(0);
        // Shade by shade: what looks alike is drawn as one.
        for (at, &opacity) in SHADES.iter().enumerate() {
            let alike: Vec<(i32, i32)> =
                cells.iter().filter(|c| shade(*c.1) == at).map(|c| *c.0).collect();
            // Cells one below the other are one mark.
            for column in alike.chunk_by(|a, b| a.0 == b.0 && a.1 + 1 == b.1) {
                let (x, y) = column[0];
                figure.marks.push(Mark::Rect {
                    at: (LEFT + f64::from(x) * size, top + f64::from(y) * size),
                    size: (size, size * column.len() as f64),
                    ink: Ink::Series(0),
                    opacity,
                });
            }
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most the greatest count"
        )]
        let mut steps: Vec<u32> = (0..SHADES.len()).map(|s| from(s) as u32).collect();
        steps.push(most);
        return steps;
    }
}

/// Where latencies stand, from the plot's top left corner.
struct Places<'a> {
    pair: &'a PairView,
    y: &'a Scale,
    top: f64,
    /// How far down, series by series, where few latencies differ.
    known: Vec<Option<Lookup>>,
}

impl<'a> Places<'a> {
    fn of(pair: &'a PairView, y: &'a Scale, top: f64, tick_ns: i64) -> Self {
        let known = pair.series.iter().map(|series| {
            Lookup::of(&series.latencies, tick_ns, |latency, _, _| y.place(ns_to_ms(latency)) - top)
        });
        Self { pair, y, top, known: known.collect() }
    }

    /// How many lie in each cell of this size; none if more cells than `most` hold any.
    fn cells(&self, panels: &[Panel], size: f64, most: usize) -> Option<BTreeMap<(i32, i32), u32>> {
        #[expect(clippy::cast_possible_truncation, reason = "places within the picture")]
        let cell = |of: f64| ((of / size) as i32).max(0);
        let rows = cell(self.top + PLOT) + 1;
        let mut grid: Vec<u32> = Vec::new();
        let mut filled = 0;
        for (series, known) in self.pair.series.iter().zip(&self.known) {
            for (panel, points) in in_panels(series, panels) {
                for point in points.iter() {
                    let down = match known {
                        Some(known) => known.get(point.latency_ns),
                        None => self.y.place(point.ms()) - self.top,
                    };
                    let at = cell(panel.x(point.start_ns) - LEFT) * rows + cell(down);
                    let at = at.unsigned_abs() as usize;
                    if at >= grid.len() {
                        grid.resize(at + 1, 0);
                    }
                    filled += usize::from(grid[at] == 0);
                    if filled > most {
                        return None;
                    }
                    grid[at] += 1;
                }
            }
        }
        let place = |at: usize| {
            let at = i32::try_from(at).unwrap_or_default();
            (at / rows, at % rows)
        };
        let filled = grid.into_iter().enumerate().filter(|cell| cell.1 > 0);
        Some(filled.map(|(at, n)| (place(at), n)).collect())
    }
}

/// The key of the shades, from few latencies to many.
fn shade_key(steps: &[u32]) -> Vec<Entry> {
    let last = steps.len().saturating_sub(2);
    let mut key = Vec::new();
    for (shade, edges) in steps.windows(2).enumerate() {
        let (from, to) =
            (edges[0], if shade == last { edges[1] } else { edges[1].saturating_sub(1) });
        if from <= to {
            let words =
                if from == to { count(from) } else { format!("{}–{}", count(from), count(to)) };
            key.push(Entry { sample: LegendSample::Cell(Ink::Series(0), SHADES[shade]), words });
        }
    }
    key
}

/// The finding: how the median moves from the first part of the run to the last.
fn title(pair: &PairView) -> String {
    let several = pair.slices.windows(2).any(|w| w[0].run != w[1].run);
    let medians: Vec<f64> = pair.slices.iter().filter_map(|s: &Slice| s.median_ms).collect();
    if let ([first, .., last], false) = (medians.as_slice(), several) {
        let (first, last) = (latency(*first, pair.unit), latency(*last, pair.unit));
        return format!("Median {first} in the first tenth of the run, {last} in the last");
    }
    let range = pair
        .series
        .iter()
        .filter_map(|s| Some((s.latencies.quantile_ms(0.0)?, s.latencies.quantile_ms(1.0)?)));
    let (low, high) =
        range.fold((f64::INFINITY, f64::NEG_INFINITY), |r, v| (r.0.min(v.0), r.1.max(v.1)));
    format!("From {} to {}", latency(low, pair.unit), latency(high, pair.unit))
}
