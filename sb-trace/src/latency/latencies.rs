//! The table of latencies: one row for each FROM event of a pair, in columns.
//!
//! The rows of one run and pair are a part of it. A part keeps once what its rows have in common, so
//! that of most logs a row takes some 12 bytes.

use super::number_column::NumberColumn;
use crate::event::MostlyOne;
use crate::names::{NONE, Name, Names};
use crate::run::{Run, tag_names};
use crate::trace::StartClass;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Two labels, or the whole trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pair {
    /// From one label to another, written `FROM->TO`.
    Labels(Name, Name),
    /// First to last event of a complete trace, written `total`.
    Total,
}

impl Pair {
    /// How the pair is written in tables.
    pub fn text(self, names: &Names) -> String {
        match self {
            Self::Labels(from, to) => format!("{}->{}", names.text(from), names.text(to)),
            Self::Total => "total".to_owned(),
        }
    }
}

/// One latency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latency {
    /// Index into [`Latencies::runs`].
    pub run: u32,
    /// Index into [`Latencies::pairs`].
    pub pair: u32,
    /// The number of the trace: rows of one trace have the same, see [`Latencies::trace_id`].
    pub trace: u32,
    /// How many latencies of this pair came before this one in the same trace.
    pub seq: u32,
    /// Label and source of the FROM event.
    pub from_label: Name,
    /// Label of the TO event, also where that event is missing; for `total` the trace's last.
    pub to_label: Name,
    /// Source of the FROM event; [`crate::names::NONE`] where the log names none.
    pub from_source: Name,
    /// Source of the TO event; [`crate::names::NONE`] where the log names none or there is no TO.
    pub to_source: Name,
    /// Time of the FROM event, Unix epoch in nanoseconds, UTC.
    pub start_ns: i64,
    /// TO minus FROM in nanoseconds, any sign; none where the TO event is missing.
    pub latency_ns: Option<i64>,
    /// Cold, partial, warm or unknown, and how that is known.
    pub start_class: StartClass,
    /// Whether the trace is complete.
    pub complete: bool,
}

impl Latency {
    /// What a row is that there is not.
    const NOTHING: Self = Self {
        run: 0,
        pair: 0,
        trace: 0,
        seq: 0,
        from_label: NONE,
        to_label: NONE,
        from_source: NONE,
        to_source: NONE,
        start_ns: 0,
        latency_ns: None,
        start_class: StartClass::NONE,
        complete: false,
    };

    /// The latency in milliseconds: the number that every figure is made of.
    pub fn ms(&self) -> Option<f64> {
        self.latency_ns.map(crate::units::ns_to_ms)
    }

    /// Time of the TO event, where there is one.
    pub fn end_ns(&self) -> Option<i64> {
        self.latency_ns.and_then(|l| self.start_ns.checked_add(l))
    }
}

/// A part keeps its rows in pieces of so many. One vector of millions of rows would be copied again and
/// again while it grows, and leave holes in memory.
const PIECE: usize = 1 << 18;

/// The latencies of one run and pair, in the order of their starts.
#[derive(Debug, Clone, Default)]
pub struct RunPair {
    run: u32,
    pair: u32,
    rows: usize,
    /// All but the last have [`PIECE`] rows.
    pieces: Vec<LatencyColumns>,
}

/// Some rows of one run and pair.
#[derive(Debug, Clone, Default)]
struct LatencyColumns {
    trace: Vec<u32>,
    start: NumberColumn,
    latency: NumberColumn,
    seq: MostlyOne<u32>,
    from_label: MostlyOne<Name>,
    to_label: MostlyOne<Name>,
    from_source: MostlyOne<Name>,
    to_source: MostlyOne<Name>,
    start_class: MostlyOne<StartClass>,
    complete: MostlyOne<bool>,
}

impl RunPair {
    /// The run, as an index into [`Latencies::runs`].
    pub fn run(&self) -> u32 {
        self.run
    }

    /// The pair, as an index into [`Latencies::pairs`].
    pub fn pair(&self) -> u32 {
        self.pair
    }

    /// How many latencies there are.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is none; the parts of a table have some.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// What a row has in a column; the default if there is no such row.
    #[inline]
    fn get<T: Default>(&self, row: usize, of: impl Fn(&LatencyColumns, usize) -> T) -> T {
        self.pieces.get(row / PIECE).map_or_else(T::default, |piece| of(piece, row % PIECE))
    }

    /// The number of the trace of a latency.
    #[inline]
    pub fn trace(&self, row: usize) -> u32 {
        self.get(row, |piece, row| piece.trace.get(row).copied().unwrap_or_default())
    }

    /// When a latency begins, Unix epoch in nanoseconds.
    #[inline]
    pub fn start_ns(&self, row: usize) -> i64 {
        self.get(row, |piece, row| piece.start.get(row).unwrap_or_default())
    }

    /// A latency in nanoseconds; none where the TO event is missing.
    #[inline]
    pub fn latency_ns(&self, row: usize) -> Option<i64> {
        self.get(row, |piece, row| piece.latency.get(row))
    }

    /// All latencies in nanoseconds.
    pub fn latencies_ns(&self) -> impl Iterator<Item = Option<i64>> + Clone + '_ {
        self.pieces.iter().flat_map(|piece| piece.latency.iter())
    }

    /// How the trace of a latency started.
    #[inline]
    pub fn start_class(&self, row: usize) -> StartClass {
        self.get(row, |piece, row| piece.start_class.get(row))
    }

    /// How all traces started, if that is the same for all.
    pub fn one_start_class(&self) -> Option<StartClass> {
        let mut classes = self.pieces.iter().map(|piece| piece.start_class.one());
        let first = classes.next()??;
        classes.all(|class| class == Some(first)).then_some(first)
    }

    /// The latency at a place.
    pub fn row(&self, row: usize) -> Latency {
        let (run, pair) = (self.run, self.pair);
        self.get(row, |piece, row| Some(piece.row(row, run, pair))).unwrap_or(Latency::NOTHING)
    }

    /// All latencies.
    pub fn rows(&self) -> impl Iterator<Item = Latency> + Clone + '_ {
        self.pieces
            .iter()
            .flat_map(|piece| (0..piece.trace.len()).map(|row| piece.row(row, self.run, self.pair)))
    }

    /// The piece that is not full, with the room in it.
    fn open(&mut self) -> (&mut LatencyColumns, usize) {
        if self.rows.is_multiple_of(PIECE) {
            let mut piece = LatencyColumns::default();
            if let Some(full) = self.pieces.last() {
                // What follows is mostly as much.
                piece.reserve_like(full);
            }
            self.pieces.push(piece);
        }
        let last = self.pieces.len() - 1;
        (&mut self.pieces[last], PIECE - self.rows % PIECE)
    }

    /// Adds some rows, whose traces have numbers from `first_trace` on.
    fn append(&mut self, other: &LatencyColumns, mut rows: Range<usize>, first_trace: u32) {
        while !rows.is_empty() {
            let (piece, room) = self.open();
            let some = rows.start..rows.end.min(rows.start + room);
            piece.append(other, some.clone(), first_trace);
            self.rows += some.len();
            rows.start = some.end;
        }
    }

    /// Puts the rows into the order of their starts, equal ones as they stand.
    fn sort(&mut self) {
        let starts = || (0..self.rows).map(|row| self.start_ns(row));
        if starts().is_sorted() {
            return;
        }
        let mut order: Vec<usize> = (0..self.rows).collect();
        order.sort_by_key(|&row| self.start_ns(row));
        let mut sorted = Self { run: self.run, pair: self.pair, ..Self::default() };
        for row in order {
            if let Some(piece) = self.pieces.get(row / PIECE) {
                sorted.append(piece, row % PIECE..row % PIECE + 1, 0);
            }
        }
        *self = sorted;
    }
}

impl LatencyColumns {
    /// Without rows, for times around this one.
    fn new(near_ns: i64, tick_ns: i64) -> Self {
        let (start, latency) =
            (NumberColumn::around(near_ns, tick_ns), NumberColumn::around(0, tick_ns));
        Self { start, latency, ..Self::default() }
    }

    fn row(&self, row: usize, run: u32, pair: u32) -> Latency {
        Latency {
            run,
            pair,
            trace: self.trace.get(row).copied().unwrap_or_default(),
            seq: self.seq.get(row),
            from_label: self.from_label.get(row),
            to_label: self.to_label.get(row),
            from_source: self.from_source.get(row),
            to_source: self.to_source.get(row),
            start_ns: self.start.get(row).unwrap_or_default(),
            latency_ns: self.latency.get(row),
            start_class: self.start_class.get(row),
            complete: self.complete.get(row),
        }
    }

    /// Makes room for as many rows as others have.
    fn reserve_like(&mut self, other: &Self) {
        let rows = other.trace.len() + other.trace.len() / 16;
        self.trace.reserve_exact(rows);
        self.start.reserve(rows);
        self.latency.reserve(rows);
    }

    #[inline]
    fn push(&mut self, row: &Latency) {
        self.trace.push(row.trace);
        self.start.push(Some(row.start_ns));
        self.latency.push(row.latency_ns);
        self.seq.push(row.seq);
        self.from_label.push(row.from_label);
        self.to_label.push(row.to_label);
        self.from_source.push(row.from_source);
        self.to_source.push(row.to_source);
        self.start_class.push(row.start_class);
        self.complete.push(row.complete);
    }

    fn append(&mut self, other: &Self, rows: Range<usize>, first_trace: u32) {
        let traces = other.trace.get(rows.clone()).unwrap_or_default();
        self.trace.extend(traces.iter().map(|trace| trace.wrapping_add(first_trace)));
        self.start.append(&other.start, rows.clone());
        self.latency.append(&other.latency, rows.clone());
        self.seq.append(&other.seq, rows.clone());
        self.from_label.append(&other.from_label, rows.clone());
        self.to_label.append(&other.to_label, rows.clone());
        self.from_source.append(&other.from_source, rows.clone());
        self.to_source.append(&other.to_source, rows.clone());
        self.start_class.append(&other.start_class, rows.clone());
        self.complete.append(&other.complete, rows);
    }

    /// Puts names in the place of numbers of labels and sources.
    fn name(&mut self, labels: &[Name], sources: &[Name]) {
        let name = |of: &[Name], number: u32| of.get(number as usize).copied().unwrap_or_default();
        self.from_label.change(|label| name(labels, label));
        self.to_label.change(|label| name(labels, label));
        self.from_source.change(|source| name(sources, source));
        self.to_source.change(|source| name(sources, source));
    }
}

/// All latencies of an analysis, ordered by run, then pair, then start.
#[derive(Debug, Clone, Default)]
pub struct Latencies {
    /// The strings behind the handles.
    pub names: Arc<Names>,
    /// The runs; logs collected elsewhere have one with an empty id.
    pub runs: Vec<Run>,
    /// The pairs, in the order in which they occur in a trace.
    pub pairs: Vec<Pair>,
    /// What the traces are called, by their numbers; empty where nobody asked for that.
    pub trace_ids: Vec<Name>,
    /// How many traces have numbers.
    traces: usize,
    /// How many nanoseconds a tick of the clock is taken to have.
    tick_ns: i64,
    parts: Vec<Arc<RunPair>>,
}

impl Latencies {
    /// The parts of the table, by run, then pair.
    pub fn parts(&self) -> &[Arc<RunPair>] {
        &self.parts
    }

    /// The parts of one pair, by run.
    pub fn parts_of(&self, pair: usize) -> impl Iterator<Item = &Arc<RunPair>> + Clone {
        self.parts.iter().filter(move |part| part.pair as usize == pair)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.len()).sum()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// All rows.
    pub fn rows(&self) -> impl Iterator<Item = Latency> + Clone + '_ {
        self.parts.iter().flat_map(|part| part.rows())
    }

    /// How many traces there are: their numbers are below this.
    pub fn traces(&self) -> usize {
        self.traces
    }

    /// What a trace is called; empty where nobody asked for that.
    pub fn trace_id(&self, trace: u32) -> &str {
        self.trace_ids.get(trace as usize).map_or("", |&id| self.names.text(id))
    }

    /// The tick of the clock for which the table is made; latencies need not be multiples of it.
    pub fn tick_ns(&self) -> i64 {
        self.tick_ns.max(1)
    }

    /// Whether all times and latencies are multiples of this.
    pub fn are_multiples_of(&self, unit_ns: i64) -> bool {
        let are = |piece: &LatencyColumns| {
            piece.start.are_multiples_of(unit_ns) && piece.latency.are_multiples_of(unit_ns)
        };
        self.parts.par_iter().all(|part| part.pieces.iter().all(are))
    }

    /// The pair's name, `FROM->TO` or `total`.
    pub fn pair_text(&self, pair: u32) -> String {
        self.pairs.get(pair as usize).map_or_else(String::new, |p| p.text(&self.names))
    }

    /// Names of all tags that any run carries, sorted.
    pub fn tag_names(&self) -> Vec<String> {
        tag_names(&self.runs)
    }

    /// Takes rows in any order, in the place of those that the table has.
    pub fn set_rows(&mut self, rows: impl Iterator<Item = Latency>, tick_ns: i64) {
        let mut some = LatencyRows::new(tick_ns);
        rows.for_each(|row| some.push(&row));
        self.collect(vec![some], Some, None);
    }

    /// Takes what was gathered, in the place of the rows that the table has. `place` says for the
    /// number of a pair there which pair of the table it is; a pair that is none is left out. If labels
    /// and sources are not names yet, `names` has the name of each.
    pub(crate) fn collect(
        &mut self,
        all: Vec<LatencyRows>,
        place: impl Fn(u32) -> Option<u32>,
        names: Option<(&[Name], &[Name])>,
    ) {
        self.tick_ns = all.first().map_or(1, |rows| rows.tick_ns);
        self.traces = 0;
        let mut by_key: BTreeMap<(u32, u32), Vec<(Gathered, u32)>> = BTreeMap::new();
        for rows in all {
            let first = u32::try_from(self.traces).unwrap_or(u32::MAX);
            self.traces += rows.traces as usize;
            for ((run, pair), gathered) in rows.parts {
                if let Some(pair) = place(pair) {
                    by_key.entry((run, pair)).or_default().push((gathered, first));
                }
            }
        }
        let parts: Vec<_> = by_key.into_iter().collect();
        let part = |((run, pair), gathered)| {
            let mut part = RunPair { run, pair, ..merged(gathered) };
            if let Some((labels, sources)) = names {
                part.pieces.iter_mut().for_each(|piece| piece.name(labels, sources));
            }
            Arc::new(part)
        };
        self.parts = parts.into_par_iter().map(part).collect();
    }
}

/// The rows of one run and pair that several threads gathered, in ascending order of numbers. For each
/// thread, the number of its first trace.
fn merged(mut all: Vec<(Gathered, u32)>) -> RunPair {
    let mut stretches: Vec<(u64, usize, usize, Range<usize>)> = Vec::new();
    for (at, (gathered, _)) in all.iter().enumerate() {
        let rows = gathered.stretches.iter();
        stretches.extend(rows.map(|of| (of.number, at, of.piece, of.rows.clone())));
    }
    stretches.sort_by_key(|(number, at, ..)| (*number, *at));
    let mut part = RunPair::default();
    for (_, at, piece, rows) in stretches {
        let Some((gathered, first_trace)) = all.get_mut(at) else { continue };
        let Some(piece) = gathered.pieces.get_mut(piece) else { continue };
        piece.left -= rows.len();
        part.append(&piece.columns, rows, *first_trace);
        if piece.left == 0 {
            // All of it was taken: its memory is free for what follows.
            piece.columns = LatencyColumns::default();
        }
    }
    part.sort();
    part
}

/// Rows of one run and pair, gathered by one thread.
#[derive(Debug, Default)]
struct Gathered {
    pieces: Vec<Piece>,
    stretches: Vec<Stretch>,
}

#[derive(Debug)]
struct Piece {
    columns: LatencyColumns,
    /// How many of its rows were not merged yet.
    left: usize,
}

/// The rows of a number.
#[derive(Debug)]
struct Stretch {
    number: u64,
    piece: usize,
    rows: Range<usize>,
}

impl Gathered {
    /// A stretch for the rows of a number, of times around this one.
    #[inline(never)]
    fn begin(&mut self, number: u64, row: &Latency, tick_ns: i64) {
        let last = self.pieces.last().map(|piece| &piece.columns);
        if last.is_none_or(|last| last.trace.len() >= PIECE) {
            let mut columns = LatencyColumns::new(row.start_ns, tick_ns);
            if let Some(last) = last {
                columns.reserve_like(last);
            }
            self.pieces.push(Piece { columns, left: 0 });
        }
        let from = self.pieces.last().map_or(0, |piece| piece.columns.trace.len());
        self.stretches.push(Stretch { number, piece: self.pieces.len() - 1, rows: from..from });
    }

    #[inline]
    fn push(&mut self, number: u64, row: &Latency, tick_ns: i64) {
        if self.stretches.last().is_none_or(|stretch| stretch.number != number) {
            self.begin(number, row, tick_ns);
        }
        if let (Some(piece), Some(stretch)) = (self.pieces.last_mut(), self.stretches.last_mut()) {
            piece.columns.push(row);
            piece.left += 1;
            stretch.rows.end += 1;
        }
    }
}

/// Rows as one thread gathers them. Numbers say in which order the rows of several threads stand.
#[derive(Debug, Default)]
pub(crate) struct LatencyRows {
    tick_ns: i64,
    parts: Vec<((u32, u32), Gathered)>,
    /// For the current run, the place in `parts` of each pair.
    run: u32,
    place_of: Vec<u32>,
    index: BTreeMap<(u32, u32), u32>,
    number: u64,
    traces: u32,
}

impl LatencyRows {
    /// Of a clock that ticks every so many nanoseconds.
    pub(crate) fn new(tick_ns: i64) -> Self {
        Self { tick_ns, ..Self::default() }
    }

    /// The rows that come next have this number.
    pub(crate) fn begin(&mut self, number: u64) {
        self.number = number;
    }

    /// How many traces have numbers.
    pub(crate) fn traces(&self) -> u32 {
        self.traces
    }

    /// The pairs that have rows.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = u32> + '_ {
        self.index.keys().map(|key| key.1)
    }

    /// The number of the next trace.
    pub(crate) fn next_trace(&mut self) -> u32 {
        self.traces += 1;
        self.traces - 1
    }

    #[inline]
    pub(crate) fn push(&mut self, row: &Latency) {
        if row.trace >= self.traces {
            self.traces = row.trace + 1;
        }
        if row.run != self.run {
            self.run = row.run;
            self.place_of.clear();
        }
        let place = match self.place_of.get(row.pair as usize) {
            Some(&place) if place != u32::MAX => place,
            _ => self.place(row),
        };
        self.parts[place as usize].1.push(self.number, row, self.tick_ns);
    }

    #[inline(never)]
    fn place(&mut self, row: &Latency) -> u32 {
        let next = u32::try_from(self.parts.len()).unwrap_or(u32::MAX);
        let key = (row.run, row.pair);
        let place = *self.index.entry(key).or_insert(next);
        if place == next {
            self.parts.push((key, Gathered::default()));
        }
        let needed = self.place_of.len().max(row.pair as usize + 1);
        self.place_of.resize(needed, u32::MAX);
        self.place_of[row.pair as usize] = place;
        place
    }
}
