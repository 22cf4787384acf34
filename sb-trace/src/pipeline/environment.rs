//! Execution environments: which invocation is open in one, and which was its first.
//!
//! Between START and END of a request every line of an environment belongs to it, because an
//! environment serves one request at a time. Where one serves several, which START and END in
//! JSON allow, a line without an id of its own belongs to nobody.

use crate::event::{Change, Id};
use crate::trace::{ColdWarm, Starts};
use hashbrown::HashMap;

/// The environments of one input, by the source that names them.
#[derive(Debug, Default)]
pub(crate) struct Environments {
    of_source: HashMap<u32, Environment>,
}

#[derive(Debug, Default)]
struct Environment {
    open: Vec<Option<Id>>,
    /// Whether its begin was seen; only then is it known which invocation was its first.
    init_seen: bool,
    /// Whether it served none yet.
    fresh: bool,
}

impl Environments {
    /// The only open invocation of an environment, by the code of its source.
    pub(super) fn open_in(&self, source: u32) -> Option<&Id> {
        match self.of_source.get(&source).map(|environment| environment.open.as_slice()) {
            Some([one]) => one.as_ref(),
            _ => None,
        }
    }

    /// Something happened to an environment, to the invocation `id` if the record names one; `starts`
    /// learns how its invocations began.
    pub(super) fn apply(&mut self, source: u32, what: Change, id: Option<Id>, starts: &mut Starts) {
        let environment = self.of_source.entry(source).or_default();
        match what {
            Change::Init => (environment.init_seen, environment.fresh) = (true, true),
            Change::Start { sequential, .. } => {
                if sequential {
                    environment.open.clear();
                }
                if !environment.open.contains(&id) {
                    environment.open.push(id.clone());
                }
                if environment.init_seen {
                    let class = if environment.fresh { ColdWarm::Cold } else { ColdWarm::Warm };
                    // The record may not say which invocation it is.
                    if let Some(id) = id {
                        starts.entry(id).or_insert(class);
                    }
                    environment.fresh = false;
                }
            }
            Change::End { .. } => environment.open.retain(|open| *open != id),
            Change::Report { cold, .. } => {
                environment.open.retain(|open| *open != id);
                if let Some(id) = id.filter(|_| cold) {
                    starts.insert(id, ColdWarm::Cold);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> Option<Id> {
        (number > 0).then(|| Id::of(&[number]))
    }

    const START: Change = Change::Start { id: 0, sequential: true };
    const END: Change = Change::End { id: 0 };
    const COLD: Change = Change::Report { id: 0, cold: true };

    #[test]
    fn lines_between_start_and_end_belong_to_it() {
        let mut environments = Environments::default();
        let mut starts = HashMap::new();
        let mut apply =
            |source, what, number| environments.apply(source, what, id(number), &mut starts);
        apply(1, Change::Init, 0);
        apply(1, START, 7);
        apply(2, START, 8);
        assert_eq!(environments.open_in(1), id(7).as_ref());
        assert_eq!(environments.open_in(2), id(8).as_ref());
        let mut apply =
            |source, what, number| environments.apply(source, what, id(number), &mut starts);
        apply(1, END, 7);
        apply(1, START, 9);
        // Its END was lost, but the next START says as much.
        apply(2, START, 10);
        assert_eq!(environments.open_in(1), id(9).as_ref());
        assert_eq!(environments.open_in(2), id(10).as_ref());
        assert_eq!(environments.open_in(3), None);
        let class = |number: u8| starts.get(&Id::of(&[number])).copied();
        assert_eq!(class(7), Some(ColdWarm::Cold));
        assert_eq!(class(9), Some(ColdWarm::Warm));
        assert_eq!(class(8), None, "its environment's begin was not seen");
        let known = starts.len();
        environments.apply(1, START, None, &mut starts);
        environments.apply(1, COLD, None, &mut starts);
        assert_eq!((environments.open_in(1), starts.len()), (None, known));
    }

    #[test]
    fn several_requests_at_a_time_enclose_nothing() {
        let mut environments = Environments::default();
        let mut starts = HashMap::new();
        for number in [7, 8] {
            let start = Change::Start { id: 0, sequential: false };
            environments.apply(1, start, id(number), &mut starts);
        }
        assert_eq!(environments.open_in(1), None);
        environments.apply(1, COLD, id(7), &mut starts);
        assert_eq!(environments.open_in(1), id(8).as_ref());
        assert_eq!(starts.get(&Id::of(&[7])), Some(&ColdWarm::Cold));
    }
}
