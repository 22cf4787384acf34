//! Log order: the order in which things happened as the log tells it.

use crate::event::Event;
use crate::names::Name;
use hashbrown::HashMap;

/// The streams of a log: the events of one file and source, in log order.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    /// Event indices of each stream, oldest first.
    pub all: Vec<Vec<u32>>,
    /// Which of them list the newest event first.
    pub newest_first: Vec<bool>,
    /// For each event, the stream it belongs to.
    pub of_event: Vec<u32>,
}

impl Streams {
    /// Sorts events into streams; a stream that lists its newest event first is turned round.
    pub(crate) fn of(events: &[Event]) -> Self {
        let mut index: HashMap<(u32, Name), u32> = HashMap::new();
        let mut out = Self::default();
        for (place, event) in (0u32..).zip(events) {
            let next = u32::try_from(out.all.len()).unwrap_or(u32::MAX);
            let stream = *index.entry((event.file, event.source)).or_insert(next);
            if stream == next {
                out.all.push(Vec::new());
            }
            out.all[stream as usize].push(place);
            out.of_event.push(stream);
        }
        for stream in &mut out.all {
            let turned = is_newest_first(stream, events);
            if turned {
                stream.reverse();
            }
            out.newest_first.push(turned);
        }
        out
    }

    /// The key by which the events of a trace are ordered: by time, ties by place in the log.
    pub(crate) fn key(&self, events: &[Event], place: u32) -> (i64, u32, i64) {
        let event = &events[place as usize];
        let turned = self.newest_first[self.of_event[place as usize] as usize];
        let rank = if turned { -i64::from(place) } else { i64::from(place) };
        (event.epoch_ns, event.file, rank)
    }
}

/// Whether more than three quarters of the steps in time go back. Steps within one tick of the
/// clock say nothing of the direction and are not counted.
fn is_newest_first(stream: &[u32], events: &[Event]) -> bool {
    let time = |place: u32| events[place as usize].epoch_ns;
    let (mut back, mut steps) = (0usize, 0usize);
    for pair in stream.windows(2) {
        let (a, b) = (time(pair[0]), time(pair[1]));
        steps += usize::from(a != b);
        back += usize::from(b < a);
    }
    back * 4 > steps * 3
}
