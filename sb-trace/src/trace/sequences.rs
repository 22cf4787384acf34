//! What is usual among the traces that the order of the log made.

use super::doubts::{Made, Sequences, steps};
use super::{Draft, Grouped};
use crate::event::Event;
use crate::names::Name;
use hashbrown::HashMap;

/// How the traces were made, and what is usual among those made from the order of the log.
pub(crate) fn sequences(grouped: &Grouped, events: &[Event]) -> (Made, Sequences) {
    let event = |place: u32| &events[place as usize];
    let all = &grouped.drafts.all;
    let mut drafts: Vec<&Draft> = all.iter().filter(|d| d.by_sequence).collect();
    drafts.sort_by_key(|d| d.number);
    let drafts = || drafts.iter().map(|draft| grouped.drafts.events(draft));
    let made = Made {
        keyed: (all.len() - drafts().len()) as u64,
        sequences: drafts().len() as u64,
        orphans: grouped.orphans.len() as u64,
    };
    let mut paths: HashMap<Vec<Name>, u64> = HashMap::new();
    let mut labels: Vec<Name> = Vec::new();
    for places in drafts() {
        labels.clear();
        labels.extend(places.iter().map(|&p| event(p).label));
        *paths.entry_ref(labels.as_slice()).or_default() += 1;
    }
    // A tie goes to the labels that were seen first.
    let usual = paths.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
    let Some((usual, usual_count)) = usual else { return (made, Sequences::default()) };
    let is_usual = |places: &[u32]| {
        places.len() == usual.len() && places.iter().zip(&usual).all(|(&p, &l)| event(p).label == l)
    };
    let places: HashMap<[Name; 2], usize> = steps(&usual).zip(0..).collect();
    let mut inside: Vec<Vec<i64>> = vec![Vec::new(); places.len()];
    let mut wraps: Vec<i64> = Vec::new();
    // Of each stream the trace before, if that was a usual one: its end.
    let mut ends: HashMap<(u32, Name), Option<i64>> = HashMap::new();
    for trace in drafts() {
        let (Some(&first), Some(&last)) = (trace.first(), trace.last()) else { continue };
        let (first, last) = (event(first), event(last));
        let end = ends.entry((first.file, first.source)).or_default();
        wraps.extend(end.map(|end| first.epoch_ns.saturating_sub(end)));
        *end = is_usual(trace).then_some(last.epoch_ns);
        if end.is_some() {
            for step in trace.windows(2) {
                let (a, b) = (event(step[0]), event(step[1]));
                inside[places[&[a.label, b.label]]].push(b.epoch_ns.saturating_sub(a.epoch_ns));
            }
        }
    }
    let inside = inside.iter_mut().map(|pauses| median(pauses)).collect();
    (made, Sequences { usual, usual_count, inside, wrap: median(&mut wraps) })
}

/// The lower median.
fn median(values: &mut [i64]) -> Option<i64> {
    let middle = values.len().checked_sub(1)? / 2;
    Some(*values.select_nth_unstable(middle).1)
}
