//! Paths: the orders of labels that traces take. What a rule says of a trace it mostly says of its
//! path, so that it is asked once for each path.

use hashbrown::HashTable;

/// What else parts traces with the same labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct PathKind {
    /// Number of the benchmark.
    pub benchmark: u32,
    /// The label that opens the traces of its stream; none of traces by a key.
    pub family: Option<u32>,
    /// Whether the trace is the rest of something that began before the log did.
    pub fragment: bool,
}

/// A family of traces: those of one benchmark that are opened by the same label, or have keys.
pub(crate) type Family = (u32, Option<u32>);

impl PathKind {
    pub(crate) fn family(self) -> Family {
        (self.benchmark, self.family)
    }
}

/// A path and how many traces took it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Path {
    pub kind: PathKind,
    pub labels: Box<[u32]>,
    /// Positions of the events that another clock stamped than the one before.
    pub across: Box<[u32]>,
    pub traces: u64,
    /// Run and first place in the log of the first of them.
    pub first: (u32, u64),
}

/// All paths, each once.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    pub all: Vec<Path>,
    index: HashTable<u32>,
    /// The path that came last: most traces take the same one.
    last: u32,
}

impl Paths {
    /// The number of a path, which is added if it is new.
    #[inline]
    pub(crate) fn number(&mut self, kind: PathKind, labels: &[u32], across: &[u32]) -> u32 {
        if !self.all.get(self.last as usize).is_some_and(|path| path.is(kind, labels, across)) {
            self.last = self.other(kind, labels, across);
        }
        self.last
    }

    #[inline(never)]
    fn other(&mut self, kind: PathKind, labels: &[u32], across: &[u32]) -> u32 {
        let Self { all, index, .. } = self;
        let is = |&number: &u32| all[number as usize].is(kind, labels, across);
        let hash = hash(kind, labels, across);
        if let Some(&found) = index.find(hash, is) {
            return found;
        }
        let number = u32::try_from(all.len()).unwrap_or(u32::MAX);
        all.push(Path {
            kind,
            labels: labels.into(),
            across: across.into(),
            first: (u32::MAX, u64::MAX),
            ..Path::default()
        });
        let hash_of = |&number: &u32| {
            let path = &all[number as usize];
            self::hash(path.kind, &path.labels, &path.across)
        };
        index.insert_unique(hash, number, hash_of);
        number
    }

    /// Counts a trace.
    #[inline]
    pub(crate) fn count(&mut self, number: u32, first: (u32, u64)) {
        if let Some(path) = self.all.get_mut(number as usize) {
            path.traces += 1;
            path.first = path.first.min(first);
        }
    }

    /// Adds the counts of others.
    pub(crate) fn absorb(&mut self, other: &Self) {
        for path in &other.all {
            let number = self.number(path.kind, &path.labels, &path.across);
            let mine = &mut self.all[number as usize];
            mine.traces += path.traces;
            mine.first = mine.first.min(path.first);
        }
    }
}

impl Path {
    #[inline]
    fn is(&self, kind: PathKind, labels: &[u32], across: &[u32]) -> bool {
        // Few labels are sooner compared one by one than by a call.
        let same =
            |a: &[u32], b: &[u32]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b);
        self.kind == kind && same(&self.labels, labels) && same(&self.across, across)
    }
}

fn hash(kind: PathKind, labels: &[u32], across: &[u32]) -> u64 {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let first = [kind.benchmark, kind.family.unwrap_or_default(), kind.fragment.into()];
    let parts = first.iter().chain(labels).chain(across);
    let hash =
        parts.fold(0u64, |hash, &part| (hash.rotate_left(5) ^ u64::from(part)).wrapping_mul(MIX));
    hash ^ hash >> 32
}
