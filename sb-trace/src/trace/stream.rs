//! Streams: the events of one file and source, and which way their time runs.

/// A stream: the events of one file and source, which are in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Stream {
    pub file: u32,
    /// Code of the source, or of no text.
    pub source: u32,
    /// Code of what stamped its events: the source, or the file where the log names none.
    pub clock: u32,
    pub run: u32,
    /// Number of the run's benchmark.
    pub benchmark: u32,
}

/// Steps in time between events that follow one another. Steps within one tick of the clock say
/// nothing of the direction and are not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Steps {
    pub all: u64,
    pub back: u64,
}

impl Steps {
    #[inline]
    pub(crate) fn add(&mut self, from: i64, to: i64) {
        self.all += u64::from(from != to);
        self.back += u64::from(to < from);
    }
}

/// What is known of a stream.
#[derive(Debug, Clone, Default)]
pub(crate) struct StreamState {
    pub stream: Stream,
    /// The label that opens its traces by order.
    pub opening: Option<u32>,
    /// Whether it is measured as one that lists its newest event first.
    pub newest_first: bool,
    pub steps: Steps,
    /// The label of the last event of a trace by order.
    pub last_label: Option<u32>,
}

impl StreamState {
    /// Whether it lists its newest event first: more than three quarters of the steps in time go back.
    pub(crate) fn is_newest_first(&self) -> bool {
        self.steps.back * 4 > self.steps.all * 3
    }
}
