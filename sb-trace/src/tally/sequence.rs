//! Traces that the order of the log makes, measured as they end.

use super::measurer::Measurer;
use super::shapes::Kind;
use crate::event::Event;
use crate::names::Name;
use crate::trace::StartClass;

/// What begins a new trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opener {
    /// The first label of the trace, once more.
    FirstLabel,
    /// This label.
    Label(Name),
    /// A label that no event has had yet.
    Unknown,
}

/// The trace that is open in one file and source.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    run: u32,
    /// Time and label of its events, in log order.
    events: Vec<(i64, Name)>,
    fragment: bool,
    /// Whether time went back in it.
    unsorted: bool,
    /// Shape and end of the trace before it.
    last: Option<(u32, i64)>,
    /// Begin of the first trace that was measured.
    begin: Option<i64>,
}

impl Sequence {
    /// Takes the next event of this file and source.
    pub(super) fn push(
        &mut self,
        event: (i64, Name),
        run: u32,
        opener: Opener,
        measurer: &mut Measurer<'_>,
    ) {
        let opens = match (self.events.first(), opener) {
            (None, _) => true,
            (Some(first), Opener::FirstLabel) => first.1 == event.1,
            (Some(_), Opener::Label(label)) => label == event.1,
            (Some(_), Opener::Unknown) => false,
        };
        if opens {
            self.close(measurer);
            self.run = run;
            // What stands before the first opening label began before the log did.
            self.fragment = match opener {
                Opener::FirstLabel => false,
                Opener::Label(label) => label != event.1,
                Opener::Unknown => true,
            };
        } else {
            self.unsorted |= self.events.last().is_some_and(|last| last.0 > event.0);
        }
        self.events.push(event);
    }

    /// Takes an event that opens nothing.
    #[inline]
    pub(super) fn add(&mut self, event: (i64, Name)) {
        self.unsorted |= self.events.last().is_some_and(|last| last.0 > event.0);
        self.events.push(event);
    }

    /// Whether a trace is open.
    #[inline]
    pub(super) fn is_open(&self) -> bool {
        !self.events.is_empty()
    }

    /// The label of the first event of the open trace.
    pub(super) fn first_label(&self) -> Option<Name> {
        self.events.first().map(|event| event.1)
    }

    /// Forgets all but its memory.
    pub(super) fn reset(&mut self) {
        self.events.clear();
        *self = Self { events: std::mem::take(&mut self.events), ..Self::default() };
    }

    /// Begin of the first trace that was measured, and shape and end of the last.
    pub(super) fn measured(&self) -> Option<(i64, u32, i64)> {
        let ((shape, end), begin) = (self.last?, self.begin?);
        Some((begin, shape, end))
    }

    /// The events of the open trace.
    pub(super) fn take_open(&mut self) -> Vec<(i64, Name)> {
        std::mem::take(&mut self.events)
    }

    /// Some traces were measured elsewhere: begin of the first, end and labels of the last.
    pub(super) fn skip(
        &mut self,
        (begin, end): (i64, i64),
        labels: &[Name],
        run: u32,
        measurer: &mut Measurer<'_>,
    ) {
        self.close(measurer);
        if let Some((before, end)) = self.last {
            measurer.wrap(before, begin.saturating_sub(end));
        }
        let kind = Self::kind(run, false, measurer);
        self.last = Some((measurer.shape(kind, labels), end));
    }

    /// Measures a trace that is over; it must not be empty, and none may be open.
    pub(super) fn whole(&mut self, trace: &[Event], run: u32, measurer: &mut Measurer<'_>) {
        let (Some(first), Some(last)) = (trace.first(), trace.last()) else { return };
        let fits = last.epoch_ns.saturating_sub(first.epoch_ns) <= measurer.max_trace_ns();
        if fits && trace.is_sorted_by_key(|row| row.epoch_ns) {
            let kind = Self::kind(run, false, measurer);
            let labels = trace.iter().map(|row| row.label);
            let times = |at: u32| trace[at as usize].epoch_ns;
            let shape = measurer.measure(kind, labels, &[], times, (run, 0));
            self.measured_one(shape, (first.epoch_ns, last.epoch_ns), measurer);
        } else {
            self.run = run;
            self.fragment = false;
            for row in trace {
                self.add((row.epoch_ns, row.label));
            }
            self.close(measurer);
        }
    }

    /// Measures the traces that follow, as far as that is easy; gives how many events they have. No
    /// trace may be open, and each begins where the label of the first event comes again.
    pub(super) fn likely(
        &mut self,
        events: &[Event],
        run: u32,
        measurer: &mut Measurer<'_>,
    ) -> usize {
        let kind = Self::kind(run, false, measurer);
        self.last.as_mut().map_or(0, |last| measurer.measure_likely(kind, events, last))
    }

    fn kind(run: u32, fragment: bool, measurer: &Measurer<'_>) -> Kind {
        let (benchmark, start) = (measurer.benchmark(run), StartClass::default());
        Kind { benchmark, fragment, by_sequence: true, start }
    }

    /// A trace was measured, from its begin to its end, unless it was not wanted.
    fn measured_one(
        &mut self,
        shape: Option<u32>,
        (begin, end): (i64, i64),
        measurer: &mut Measurer<'_>,
    ) {
        let Some(shape) = shape else { return };
        if let Some((before, last)) = self.last {
            measurer.wrap(before, begin.saturating_sub(last));
        }
        self.begin.get_or_insert(begin);
        self.last = Some((shape, end));
    }

    /// Measures the open trace, if there is one.
    pub(super) fn close(&mut self, measurer: &mut Measurer<'_>) {
        if self.events.is_empty() {
            return;
        }
        if self.unsorted {
            // Ties stay in the order of the log.
            self.events.sort_by_key(|event| event.0);
        }
        let kind = Self::kind(self.run, self.fragment, measurer);
        let mut start = 0;
        let mut parts = 0;
        while start < self.events.len() {
            let first = self.events[start].0;
            let rest = &self.events[start..];
            // The whole trace, but for the few that are too long.
            let fits =
                |event: &(i64, Name)| event.0.saturating_sub(first) <= measurer.max_trace_ns();
            let count =
                if rest.last().is_some_and(fits) { rest.len() } else { rest.partition_point(fits) };
            let part = &rest[..count.max(1)];
            let labels = part.iter().map(|event| event.1);
            let times = |at: u32| part[at as usize].0;
            let end = part.last().map_or(first, |event| event.0);
            let shape = measurer.measure(kind, labels, &[], times, (self.run, 0));
            let length = part.len();
            self.measured_one(shape, (first, end), measurer);
            start += length;
            parts += 1;
        }
        measurer.split(parts > 1);
        self.events.clear();
        self.unsorted = false;
    }
}
