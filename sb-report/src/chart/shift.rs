//! Where in the distribution a pair has moved against the baseline: by how much each percentile has
//! shifted, with its interval as a band. A level line is a shift of all calls alike, a rise to the
//! right a tail that has grown.

use super::frame::{BELOW, LEFT, PLOT, RIGHT, WIDTH, above, blank, grid_line};
use crate::figure::{
    Anchor, Entry, Figure, Ink, LegendSample, Mark, Point, Scale, Stroke, latency_ticks, size,
    text_width,
};
use crate::model::words::{count, counted, signed};
use crate::model::{Compared, PairView, Report, Shifts};

/// More pairs than this are left to `summary.json`.
pub(super) const MOST: usize = 10;
/// The percentiles at the level axis, the important ones first.
const TICKS: [u32; 7] = [50, 90, 10, 99, 1, 75, 25];
/// How many times further than the rest a tail may reach.
const TAIL: f64 = 3.0;
/// The percentiles whose shifts the scale holds whatever they are.
const MIDDLE: std::ops::RangeInclusive<u32> = 5..=95;

/// What a percentile's interval says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moved {
    Slower,
    Faster,
    Unsure,
}

impl Moved {
    fn of(shifts: &Shifts, at: usize) -> Self {
        match (shifts.low_ms[at] > 0.0, shifts.high_ms[at] < 0.0) {
            (true, _) => Self::Slower,
            (_, true) => Self::Faster,
            _ => Self::Unsure,
        }
    }

    fn ink(self) -> Ink {
        match self {
            Self::Slower => Ink::Series(1),
            Self::Faster => Ink::Series(2),
            Self::Unsure => Ink::Muted,
        }
    }
}

/// A row that is drawn: the pair, its numbers, and the name of the picture.
#[derive(Debug)]
pub struct Shifted<'a> {
    /// The pair.
    pub pair: &'a PairView,
    /// The row of the comparison.
    pub row: &'a Compared,
    /// Its shifts.
    pub shifts: &'a Shifts,
    name: String,
}

/// The rows that are drawn, and how many more there are.
pub fn shifted(report: &Report) -> (Vec<Shifted<'_>>, usize) {
    let rows = report.comparison.iter().flat_map(|c| &c.rows).enumerate();
    let mut all: Vec<Shifted<'_>> = rows
        .filter_map(|(at, row)| {
            let pair = report.pairs.iter().find(|p| p.name == row.pair)?;
            // Rows of several settings have the same pair.
            let of = if row.of.is_empty() { String::new() } else { format!(".{}", at + 1) };
            let name = format!("shift.{}{of}", pair.slug);
            Some(Shifted { pair, row, shifts: row.shifts.as_ref()?, name })
        })
        .collect();
    let more = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    (all, more)
}

/// Draws a row.
pub(super) fn figure(of: &Shifted<'_>) -> Figure {
    let shifts = of.shifts;
    let setting = if of.row.of.is_empty() { String::new() } else { format!(" ({})", of.row.of) };
    let subject = format!("{}{setting} against the baseline", of.pair.title);
    let mut figure = blank(of.name.clone(), subject, title(of), WIDTH);
    let top = above(1);
    let bottom = top + PLOT;
    figure.height = bottom + BELOW;
    let (low, high) = range(shifts);
    let y = Scale::linear(low, high, bottom, top);
    let out = |ms: &f64| !(low..=high).contains(ms);
    figure.subtitle = format!(
        "Shift of each percentile · shaded: its 95\u{a0}% interval · n\u{a0}=\u{a0}{} against {}",
        count(of.row.n.1 as u64),
        count(of.row.n.0 as u64),
    );
    let beyond = shifts.ms.iter().filter(|ms| out(ms)).count();
    if beyond > 0 {
        let percentiles = counted(beyond, "percentile", "percentiles");
        figure.subtitle.extend([" · ", &percentiles, " beyond the axis"]);
    }
    if shifts.low_ms.iter().chain(&shifts.high_ms).any(out) {
        figure.subtitle += " · shade that reaches the edge goes on";
    }
    let states: Vec<Moved> = (0..shifts.ms.len()).map(|at| Moved::of(shifts, at)).collect();
    let words =
        [(Moved::Slower, "slower"), (Moved::Faster, "faster"), (Moved::Unsure, "may be chance")];
    for (state, words) in words.into_iter().filter(|(state, _)| states.contains(state)) {
        let sample = LegendSample::Line(Stroke::solid(state.ink(), 2.0));
        figure.key.push(Entry { sample, words: words.to_owned() });
    }
    for tick in latency_ticks(&y, true) {
        let sign = if tick.value > 0.0 { "+" } else { "" };
        grid_line(&mut figure, y.place(tick.value), &format!("{sign}{}", tick.label));
    }
    let x = Scale::from_zero(100.0, LEFT, WIDTH - RIGHT);
    axis(&mut figure, &x, shifts, bottom);
    let at =
        |at: usize, ms: f64| -> Point { (x.place(f64::from(shifts.percent[at])), y.place(ms)) };
    let line = |of: &[f64]| of.iter().enumerate().map(|(i, &ms)| at(i, ms)).collect::<Vec<_>>();
    let mut band = line(&shifts.high_ms);
    band.extend(line(&shifts.low_ms).into_iter().rev());
    figure.marks.push(Mark::Area { points: band, ink: Ink::Muted, opacity: 0.18 });
    let zero = y.place(0.0);
    figure.line((LEFT, zero), (WIDTH - RIGHT, zero), Stroke::solid(Ink::Axis, 1.0));
    let points = line(&shifts.ms);
    let mut begin = 0;
    for part in states.chunk_by(|a, b| a == b) {
        // Up to the next part's first point: no gaps.
        let end = (begin + part.len() + 1).min(points.len());
        let stroke = Stroke::solid(part[0].ink(), 2.0);
        figure.marks.push(Mark::Line { points: points[begin..end].to_vec(), stroke });
        begin += part.len();
    }
    figure
}

/// The least and the greatest shift that the scale holds.
fn range(shifts: &Shifts) -> (f64, f64) {
    let reach = |r: (f64, f64), v: f64| (r.0.min(v), r.1.max(v));
    let middle = shifts.percent.iter().zip(&shifts.ms).filter(|(p, _)| MIDDLE.contains(*p));
    // Where two modes part, intervals are as wide as the gap: a tenth of them may reach beyond.
    let end = |ends: &[f64], q: f64| {
        let mut ends = ends.to_vec();
        ends.sort_by(f64::total_cmp);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 99")]
        let rank = (ends.len() as f64 * q) as usize;
        ends.get(rank).copied()
    };
    let ends = [end(&shifts.low_ms, 0.1), end(&shifts.high_ms, 0.9)];
    let (low, high) =
        middle.map(|(_, &ms)| ms).chain(ends.into_iter().flatten()).fold((0.0f64, 0.0f64), reach);
    // The tail may have moved as far as it likes: it must not make everything else small.
    let most = (high - low) * TAIL;
    let tail = shifts.ms.iter().copied().filter(|v| v.abs() <= most);
    tail.fold((low, high), reach)
}

/// The percentiles below the plot, as far as there is room.
fn axis(figure: &mut Figure, x: &Scale, shifts: &Shifts, bottom: f64) {
    let (from, to) = x.ends();
    figure.line((from, bottom), (to, bottom), Stroke::solid(Ink::Axis, 1.0));
    let mut taken: Vec<(f64, f64)> = Vec::new();
    for percent in TICKS.into_iter().filter(|p| shifts.percent.contains(p)) {
        let (label, at) = (format!("p{percent}"), x.place(f64::from(percent)));
        let half = text_width(&label, size::TEXT, false) * size::GROWN / 2.0 + 4.0;
        if taken.iter().all(|&(a, b)| at + half < a || at - half > b) {
            taken.push((at - half, at + half));
            figure.line((at, bottom), (at, bottom + 5.0), Stroke::solid(Ink::Axis, 1.0));
            figure.text((at, bottom + 22.0), Anchor::Middle, Ink::Muted, label);
        }
    }
}

/// The finding: how much of the distribution has surely moved, and where most.
fn title(of: &Shifted<'_>) -> String {
    let (shifts, unit) = (of.shifts, of.pair.unit);
    let all = shifts.ms.len();
    let count = |state| (0..all).filter(|&at| Moved::of(shifts, at) == state).count();
    let sure = (0..all).filter(|&at| Moved::of(shifts, at) != Moved::Unsure);
    // The first of equal ones.
    let most = sure.reduce(|a, b| if shifts.ms[b].abs() > shifts.ms[a].abs() { b } else { a });
    let Some(most) = most else { return "No percentile has surely moved".to_owned() };
    let far = format!("most at p{}: {}", shifts.percent[most], signed(shifts.ms[most], unit));
    match (count(Moved::Slower), count(Moved::Faster)) {
        (slower, 0) => format!("Slower at {slower} of {all} percentiles, {far}"),
        (0, faster) => format!("Faster at {faster} of {all} percentiles, {far}"),
        (slower, faster) => {
            format!("Slower at {slower} of {all} percentiles and faster at {faster}, {far}")
        }
    }
}
