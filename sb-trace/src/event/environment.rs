//! Execution environments: which invocation is open in one, and which was its first.
//!
//! Between START and END of a request every line of an environment belongs to it, because an
//! environment serves one request at a time. Where one serves several, which START and END in
//! JSON allow, a line without an id of its own belongs to nobody.

use super::parsed::{Change, Mark};
use crate::names::{NONE, Name};
use crate::trace::ColdWarm;
use hashbrown::HashMap;

/// The environments of one input, by the source that names them.
#[derive(Debug, Default)]
pub(crate) struct Environments {
    of_source: HashMap<Name, Environment>,
}

#[derive(Debug, Default)]
struct Environment {
    open: Vec<Name>,
    /// Whether its begin was seen; only then is it known which invocation was its first.
    init_seen: bool,
    /// Whether it served none yet.
    fresh: bool,
}

impl Environments {
    /// The only open invocation of an environment.
    pub(crate) fn open_in(&self, source: Name) -> Name {
        match self.of_source.get(&source).map(|environment| environment.open.as_slice()) {
            Some(&[one]) => one,
            _ => NONE,
        }
    }

    /// Something happened to an environment; `starts` learns how its invocations began.
    pub(crate) fn apply(&mut self, mark: &Mark, starts: &mut HashMap<Name, ColdWarm>) {
        let environment = self.of_source.entry(mark.source).or_default();
        match mark.what {
            Change::Init => (environment.init_seen, environment.fresh) = (true, true),
            Change::Start { id, sequential } => {
                if sequential {
                    environment.open.clear();
                }
                if !environment.open.contains(&id) {
                    environment.open.push(id);
                }
                if environment.init_seen {
                    let class = if environment.fresh { ColdWarm::Cold } else { ColdWarm::Warm };
                    // The record may not say which invocation it is.
                    if id != NONE {
                        starts.entry(id).or_insert(class);
                    }
                    environment.fresh = false;
                }
            }
            Change::End { id } => environment.open.retain(|&open| open != id),
            Change::Report { id, cold } => {
                environment.open.retain(|&open| open != id);
                if cold && id != NONE {
                    starts.insert(id, ColdWarm::Cold);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(source: Name, what: Change) -> Mark {
        Mark { row: 0, source, what }
    }

    #[test]
    fn lines_between_start_and_end_belong_to_it() {
        let mut environments = Environments::default();
        let mut starts = HashMap::new();
        let mut apply = |source, what| environments.apply(&mark(source, what), &mut starts);
        apply(1, Change::Init);
        apply(1, Change::Start { id: 7, sequential: true });
        apply(2, Change::Start { id: 8, sequential: true });
        assert_eq!((environments.open_in(1), environments.open_in(2)), (7, 8));
        let mut apply = |source, what| environments.apply(&mark(source, what), &mut starts);
        apply(1, Change::End { id: 7 });
        apply(1, Change::Start { id: 9, sequential: true });
        // Its END was lost, but the next START says as much.
        apply(2, Change::Start { id: 10, sequential: true });
        assert_eq!((environments.open_in(1), environments.open_in(2)), (9, 10));
        assert_eq!(environments.open_in(3), NONE);
        assert_eq!(starts.get(&7), Some(&ColdWarm::Cold));
        assert_eq!(starts.get(&9), Some(&ColdWarm::Warm));
        assert_eq!(starts.get(&8), None, "its environment's begin was not seen");
        environments.apply(&mark(1, Change::Start { id: NONE, sequential: true }), &mut starts);
        environments.apply(&mark(1, Change::Report { id: NONE, cold: true }), &mut starts);
        assert_eq!((environments.open_in(1), starts.get(&NONE)), (NONE, None));
    }

    #[test]
    fn several_requests_at_a_time_enclose_nothing() {
        let mut environments = Environments::default();
        let mut starts = HashMap::new();
        for id in [7, 8] {
            environments.apply(&mark(1, Change::Start { id, sequential: false }), &mut starts);
        }
        assert_eq!(environments.open_in(1), NONE);
        environments.apply(&mark(1, Change::Report { id: 7, cold: true }), &mut starts);
        assert_eq!(environments.open_in(1), 8);
        assert_eq!(starts.get(&7), Some(&ColdWarm::Cold));
    }
}
