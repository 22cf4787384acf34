//! Traces that follow one another in the rows of a block: mostly, they are of shapes that are well known.

use super::{Kind, Shapes, count, inner};
use crate::event::Event;
use crate::tally::counts::Ticks;
use crate::tally::heads::next_trace;
use std::ops::Range;

/// So many rows are in a core's nearest cache.
const RUN: usize = 256;

impl Shapes {
    /// Measures traces of this kind that follow one another from the first row on, as long as their
    /// shapes are likely ones that have been met often and begin with a label that comes once in
    /// them; `last` is the shape and the end of the trace before. Gives how many rows they have. A
    /// trace is over when the next begins.
    pub(in crate::tally) fn measure_likely(
        &mut self,
        kind: Kind,
        rows: &[Event],
        last: &mut (u32, i64),
        max_trace_ns: i64,
        ticks: Ticks,
    ) -> usize {
        let mut left = rows;
        let mut likely = self.likely(kind, left);
        // The last trace, and what follows it, as long as it is not noted: whether the pause behind it
        // is one shows with the next trace.
        let mut open: Option<(u32, &[Event])> = None;
        while let Some((number, labels)) = likely {
            if number == last.0 {
                self.note_rows(open.take(), false, ticks);
                let (end, behind) = self.measure_run(number, left, last.1, max_trace_ns, ticks);
                if behind.len() == left.len() {
                    break;
                }
                (last.1, left) = (end, behind);
                likely = self.likely(kind, left);
                continue;
            }
            let labels = self.known.labels.get(labels).unwrap_or_default();
            let Some((trace, behind)) = next_trace(left, labels, max_trace_ns) else { break };
            let (first, end) = (trace[0].epoch_ns, trace[trace.len() - 1].epoch_ns);
            // Asked for before any trace is noted: where there are many shapes, its memory is far away.
            likely = self.likely(kind, behind);
            self.known.heads[number as usize].traces += 1;
            if open.is_none() {
                self.wrap(last.0, first.wrapping_sub(last.1), ticks);
            }
            self.note_rows(open.replace((number, left)), true, ticks);
            (*last, left) = ((number, end), behind);
        }
        self.note_rows(open, false, ticks);
        rows.len() - left.len()
    }

    /// Notes the trace that the first rows are, if there is one.
    #[inline]
    fn note_rows(&mut self, of: Option<(u32, &[Event])>, pause: bool, ticks: Ticks) {
        if let Some((number, rows)) = of {
            self.note(number, |at| rows[at as usize].epoch_ns, pause, ticks);
        }
    }

    /// The likely shape of a trace that the first rows may be, if it can be measured as simply as that,
    /// and where its labels are.
    #[inline]
    fn likely(&self, kind: Kind, rows: &[Event]) -> Option<(u32, Range<usize>)> {
        let &number = self.likely.get(rows.get(1)?.label as usize)?;
        let head = self.known.heads.get(number as usize)?;
        let fits = head.opens_once && head.kind == kind && !head.room.is_none();
        fits.then(|| (number, head.labels()))
    }

    /// Measures the traces of one shape that follow one another and a trace of that shape, which
    /// ended then; gives the end of the last, and the rows behind it.
    #[inline(never)]
    fn measure_run<'r>(
        &mut self,
        number: u32,
        rows: &'r [Event],
        mut end: i64,
        max_trace_ns: i64,
        ticks: Ticks,
    ) -> (i64, &'r [Event]) {
        let head = &self.known.heads[number as usize];
        let labels = self.known.labels(head);
        let measures = inner(&self.lists[head.list as usize]);
        let rest = &mut self.rests[number as usize];
        let most = (RUN / labels.len().max(1)).max(1);
        let (mut left, mut traces) = (rows, 0);
        loop {
            let (mut behind, mut more) = (left, 0);
            while more < most
                && let Some((_, next)) = next_trace(behind, labels, max_trace_ns)
            {
                (behind, more) = (next, more + 1);
            }
            if more == 0 {
                break;
            }
            let run = left.get(..left.len() - behind.len()).unwrap_or_default();
            let units =
                |from: &Event, to: &Event| ticks.of_epoch(to.epoch_ns.wrapping_sub(from.epoch_ns));
            let counters = self.short.counters(head.room);
            count(measures, (run, labels.len()), units, counters, |slot, _, units| {
                rest.add(slot, ticks.ns(units), ticks);
            });
            let mut counters = self.short.counters(head.room);
            let mut pauses = counters.of(head.room.pauses());
            for trace in run.chunks_exact(labels.len().max(1)) {
                let pause = trace[0].epoch_ns.wrapping_sub(end);
                if !pauses.add(ticks.units(pause)) {
                    rest.wraps.add_seldom(pause, ticks);
                }
                end = trace[trace.len() - 1].epoch_ns;
            }
            traces += more as u64;
            left = behind;
        }
        self.known.heads[number as usize].traces += traces;
        (end, left)
    }
}
