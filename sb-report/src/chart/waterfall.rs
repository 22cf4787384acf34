//! Staircases: steps one below the other, each bar beginning where the one above ends. Of the
//! means of several bands of traces, or of a single trace.

use super::frame::{BELOW, blank, level_axis, row_name};
use crate::figure::{
    Anchor, Entry, Figure, Ink, LegendSample, Mark, Scale, Stroke, ellipsize, latency_ticks, size,
    text_width,
};
use crate::model::words::{arrow, count, latency};
use crate::model::{Breakdown, Exemplar};
use sb_trace::units::Unit;

const WIDTH: f64 = 640.0;
const LEFT: f64 = 16.0;
/// Lines of names and of bars; high enough for text that the page makes larger.
const LINE: f64 = 21.0;
const BAR: f64 = 9.0;
/// More steps than this are drawn as one.
const MOST: usize = 14;

/// A staircase: a colour, and the height of each step.
struct Stairs {
    ink: Ink,
    steps: Vec<f64>,
}

/// The means of typical and of slow traces; where there are few, of all.
pub(super) fn breakdown(breakdown: &Breakdown) -> Option<Figure> {
    let bands: Vec<_> =
        ["typical", "slow", "all"].into_iter().filter_map(|name| breakdown.band(name)).collect();
    let most = bands.iter().map(|b| b.total_ms.abs()).fold(0.0, f64::max);
    let unit = Unit::fitting(bands.first()?.total_ms);
    // The steps that take longest in any band keep their names.
    let weight = |step: usize| bands.iter().map(|b| b.parts_ms[step].abs()).fold(0.0, f64::max);
    let mut order: Vec<usize> = (0..breakdown.steps.len()).collect();
    order.sort_by(|&a, &b| weight(b).total_cmp(&weight(a)).then(a.cmp(&b)));
    let mut named: Vec<usize> = order.iter().copied().take(MOST).collect();
    named.sort_unstable();
    let others: Vec<usize> = order.iter().copied().skip(MOST).collect();
    let mut names: Vec<String> = named.iter().map(|&s| breakdown.steps[s].clone()).collect();
    if !others.is_empty() {
        names.push(format!("{} other steps", others.len()));
    }
    let inks = [Ink::Series(0), Ink::Series(1)];
    let stairs: Vec<Stairs> = bands
        .iter()
        .zip(inks)
        .map(|(band, ink)| {
            let mut steps: Vec<f64> = named.iter().map(|&s| band.parts_ms[s]).collect();
            if !others.is_empty() {
                steps.push(others.iter().map(|&s| band.parts_ms[s]).sum());
            }
            Stairs { ink, steps }
        })
        .collect();
    let mut figure =
        blank("where-the-time-goes".to_owned(), String::new(), title(breakdown, unit), WIDTH);
    figure.subtitle = format!(
        "Mean of each step, added up · n\u{a0}=\u{a0}{}",
        bands.iter().map(|b| format!("{} {}", count(b.n), b.name)).collect::<Vec<_>>().join(", ")
    );
    if bands.len() > 1 {
        figure.key = bands
            .iter()
            .zip(inks)
            .map(|(band, ink)| Entry {
                sample: LegendSample::Cell(ink, 1.0),
                words: format!(
                    "{}: {}, {} in all",
                    band.name,
                    band.words,
                    latency(band.total_ms, unit)
                ),
            })
            .collect();
    }
    draw(&mut figure, &names, &stairs, unit, most);
    Some(figure)
}

/// The finding: which step makes slow traces slow, or takes longest.
fn title(breakdown: &Breakdown, unit: Unit) -> String {
    let largest = |values: &[f64]| {
        (0..values.len()).max_by(|&a, &b| values[a].total_cmp(&values[b])).unwrap_or_default()
    };
    if let (Some(typical), Some(slow)) = (breakdown.band("typical"), breakdown.band("slow")) {
        let more: Vec<f64> =
            slow.parts_ms.iter().zip(&typical.parts_ms).map(|(s, t)| s - t).collect();
        let whole = slow.total_ms - typical.total_ms;
        let step = largest(&more);
        if whole > 0.0 && more[step] > 0.0 {
            let share = (more[step] / whole * 100.0).min(999.0);
            return format!(
                "Of the {} by which slow traces exceed typical ones, {share:.0}\u{a0}% is {}",
                latency(whole, unit),
                breakdown.steps[step]
            );
        }
    }
    let band = &breakdown.bands[0];
    let step = largest(&band.parts_ms);
    let mean = latency(band.parts_ms[step], unit);
    format!("{} takes longest, {mean} on average", breakdown.steps[step])
}

/// One trace.
pub(super) fn exemplar(exemplar: &Exemplar, number: usize, run: Option<&str>) -> Figure {
    let mut names = Vec::new();
    let mut steps = Vec::new();
    for pair in exemplar.steps.windows(2) {
        names.push(arrow(&format!("{}->{}", pair[0].label, pair[1].label)));
        steps.push(pair[1].at_ms - pair[0].at_ms);
    }
    if steps.len() > MOST * 2 {
        let rest: f64 = steps.drain(MOST * 2..).sum();
        names.truncate(MOST * 2);
        names.push(format!("{} more steps", exemplar.steps.len() - 1 - MOST * 2));
        steps.push(rest);
    }
    let total = latency(exemplar.total_ms, exemplar.unit);
    let mut figure = blank(
        format!("trace.{number}"),
        String::new(),
        format!("The {} trace takes {total}", exemplar.why),
        WIDTH,
    );
    figure.subtitle = format!(
        "Trace {}{} · n\u{a0}=\u{a0}1",
        ellipsize(&exemplar.trace_id, size::TEXT, false, 300.0),
        run.map(|r| format!(" of {r}")).unwrap_or_default()
    );
    let stairs = [Stairs { ink: Ink::Series(0), steps }];
    draw(&mut figure, &names, &stairs, exemplar.unit, exemplar.total_ms);
    figure
}

fn draw(figure: &mut Figure, names: &[String], stairs: &[Stairs], unit: Unit, most: f64) {
    let row = LINE * (1.0 + stairs.len() as f64) + 8.0;
    let top = 6.0;
    let bottom = top + row * names.len() as f64;
    figure.height = bottom + BELOW;
    let sums = |s: &Stairs| -> Vec<f64> {
        s.steps
            .iter()
            .scan(0.0, |sum, step| {
                *sum += step;
                Some(*sum)
            })
            .collect()
    };
    let low = stairs.iter().flat_map(sums).fold(0.0, f64::min);
    let high = stairs.iter().flat_map(sums).fold(most, f64::max);
    // Room for a number behind every bar, also where the page makes it larger.
    let number = |step: &f64| text_width(&latency(*step, unit), size::TEXT, false) * size::GROWN;
    let widest = stairs.iter().flat_map(|s| &s.steps).map(number).fold(0.0, f64::max);
    let right = WIDTH - 10.0 - widest;
    let scale = Scale::linear(low, high, LEFT, right);
    for tick in latency_ticks(&scale, false) {
        let x = scale.place(tick.value);
        figure.line((x, top), (x, bottom), Stroke::solid(Ink::Grid, 1.0));
    }
    let mut from = vec![0.0; stairs.len()];
    for (index, name) in names.iter().enumerate() {
        let y = top + row * index as f64;
        let words = ellipsize(name, size::TEXT, false, (WIDTH - 2.0 * LEFT) / size::GROWN);
        row_name(figure, (LEFT, y + LINE - 5.0), words);
        for (at, s) in stairs.iter().enumerate() {
            let step = s.steps[index];
            let (a, b) = (scale.place(from[at]), scale.place(from[at] + step));
            from[at] += step;
            let middle = y + LINE * (at as f64 + 1.5) - 2.0;
            let (left, width) = (a.min(b), (a - b).abs().max(1.5));
            figure.marks.push(Mark::Rect {
                at: (left.min(right - width), middle - BAR / 2.0),
                size: (width, BAR),
                ink: s.ink,
                opacity: if step < 0.0 { 0.45 } else { 1.0 },
            });
            let words = latency(step, unit);
            figure.text((a.max(b) + 6.0, middle + 4.0), Anchor::Start, Ink::Muted, words);
        }
    }
    level_axis(figure, &scale, (top, bottom), 0);
}
