//! The ids of a block. Most are UUIDs, and of those all but a few are new.

use super::begin::mixed;
use crate::digits::word;
use crate::names::{NONE, Name, Names};
use crate::uuid::{self, Uuid};
use hashbrown::{DefaultHashBuilder, HashTable, hash_table};
use std::borrow::Cow;
use std::hash::{BuildHasher, Hash, Hasher};

/// An id as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key<'a> {
    Uuid(Uuid),
    Text(&'a [u8]),
}

/// The same in a table.
#[derive(Debug, Clone, Copy)]
struct Entry {
    uuid: Uuid,
    /// Its handle among the texts; that of no text, if it is a UUID. An enum was written to memory in
    /// pieces and waited for when it was read as a whole.
    text: Name,
}

impl Entry {
    const NO_TEXT: Name = Name::MAX;

    fn of_text(text: Name) -> Self {
        Self { uuid: Uuid::default(), text }
    }

    #[inline]
    fn of_uuid(uuid: Uuid) -> Self {
        Self { uuid, text: Self::NO_TEXT }
    }

    /// The UUID, if it is one.
    #[inline]
    fn uuid(&self) -> Option<Uuid> {
        (self.text == Self::NO_TEXT).then_some(self.uuid)
    }
}

/// Distinct ids, numbered in the order in which they were first seen; handle 0 is none.
#[derive(Debug)]
pub(crate) struct Ids {
    entries: Vec<Entry>,
    uuids: HashTable<Name>,
    texts: Names,
    /// For each text, its handle among all.
    of_text: Vec<Name>,
    hasher: DefaultHashBuilder,
    /// The UUID that came last: it is often asked for again.
    last: Name,
    /// Texts of UUIDs that came lately; each has its place.
    recent: Vec<RecentUuid>,
}

/// The text of a UUID, and its handle.
#[derive(Debug, Default, Clone, Copy)]
struct RecentUuid {
    words: [u64; 5],
    name: Name,
    /// The label that was last read with it.
    label: Name,
}

impl RecentUuid {
    /// So many are remembered: some more than invocations are open at a time in most logs.
    const MOST: usize = 512;

    /// Of a text whose handle is not known.
    #[inline]
    fn of(text: &[u8; uuid::LENGTH]) -> Self {
        // The last eight letters overlap those before.
        let at = |at: usize| word(text, at);
        Self { words: [at(0), at(8), at(16), at(24), at(28)], name: NONE, label: NONE }
    }

    /// Whether it has the same text, without a call: that would take longer than all the rest.
    #[inline]
    fn is(&self, other: &Self) -> bool {
        let both = self.words.iter().zip(&other.words);
        both.fold(0, |differ, (one, other)| differ | one ^ other) == 0
    }

    /// Where it is remembered.
    #[inline]
    fn place(&self) -> usize {
        let [first, second, third, fourth, last] = self.words;
        let both = |one: u64, other: u64| one ^ other.rotate_left(23);
        mixed(both(first, third), both(last, second ^ fourth)) & (Self::MOST - 1)
    }
}

impl Default for Ids {
    fn default() -> Self {
        Self {
            entries: vec![Entry::of_text(NONE)],
            uuids: HashTable::new(),
            texts: Names::default(),
            of_text: vec![NONE],
            hasher: DefaultHashBuilder::default(),
            last: NONE,
            recent: Vec::new(),
        }
    }
}

impl Ids {
    /// The handle of an id, which is added if it is new.
    pub(crate) fn add(&mut self, text: &str) -> Name {
        if let Some(uuid) = Uuid::of(text.as_bytes()) {
            return self.add_uuid(uuid);
        }
        let name = self.texts.add(text);
        self.of_text(name)
    }

    /// The same of bytes; none if they are no text.
    pub(crate) fn add_bytes(&mut self, text: &[u8]) -> Option<Name> {
        if let Some(uuid) = Uuid::of(text) {
            return Some(self.add_uuid(uuid));
        }
        let name = self.texts.add_bytes(text)?;
        Some(self.of_text(name))
    }

    #[inline]
    pub(crate) fn add_uuid(&mut self, uuid: Uuid) -> Name {
        let Self { entries, uuids, hasher, .. } = self;
        let of = |name: Name| entries.get(name as usize).and_then(Entry::uuid);
        if of(self.last) != Some(uuid) {
            let hash = hasher.hash_one(uuid);
            let hash_of = |&name: &Name| of(name).map_or(0, |uuid| hasher.hash_one(uuid));
            self.last = match uuids.entry(hash, |&name| of(name) == Some(uuid), hash_of) {
                hash_table::Entry::Occupied(known) => *known.get(),
                hash_table::Entry::Vacant(new) => {
                    let name = *new.insert(next(entries)).get();
                    entries.push(Entry::of_uuid(uuid));
                    name
                }
            };
        }
        self.last
    }

    /// The handle of the UUID that a text is, if it is one, and the label that was last read with it,
    /// if that is remembered: a place for it.
    #[inline]
    pub(crate) fn add_uuid_text(&mut self, text: &[u8; uuid::LENGTH]) -> Option<(Name, &mut Name)> {
        // The events of an id are often near one another: it was read a moment ago.
        let sought = RecentUuid::of(text);
        let place = sought.place();
        let known = |recent: &RecentUuid| recent.is(&sought) && recent.name != NONE;
        if !self.recent.get(place).is_some_and(known) {
            self.remember(text, sought, place)?;
        }
        let recent = self.recent.get_mut(place)?;
        Some((recent.name, &mut recent.label))
    }

    fn remember(
        &mut self,
        text: &[u8; uuid::LENGTH],
        sought: RecentUuid,
        place: usize,
    ) -> Option<()> {
        let name = self.add_uuid(Uuid::of(text)?);
        self.recent.resize(RecentUuid::MOST, RecentUuid::default());
        self.recent[place] = RecentUuid { name, ..sought };
        Some(())
    }

    /// The handle of one of the texts.
    fn of_text(&mut self, text: Name) -> Name {
        if text as usize == self.of_text.len() {
            self.of_text.push(next(&self.entries));
            self.entries.push(Entry::of_text(text));
        }
        self.of_text.get(text as usize).copied().unwrap_or_default()
    }

    /// What is behind a handle.
    ///
    /// # Panics
    /// When the handle came from another table.
    pub(crate) fn key(&self, name: Name) -> Key<'_> {
        let entry = &self.entries[name as usize];
        match entry.uuid() {
            Some(uuid) => Key::Uuid(uuid),
            None => Key::Text(self.texts.text(entry.text).as_bytes()),
        }
    }

    /// The handle of an id of another block.
    pub(crate) fn add_key(&mut self, key: Key<'_>) -> Name {
        match key {
            Key::Uuid(uuid) => self.add_uuid(uuid),
            Key::Text(text) => self.add_bytes(text).unwrap_or_default(),
        }
    }

    /// How many there are, none included.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no id.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.len() <= 1
    }

    /// Forgets all ids, but not the memory they took.
    pub(crate) fn clear(&mut self) {
        self.entries.truncate(1);
        self.uuids.clear();
        self.texts.clear();
        self.of_text.truncate(1);
        self.last = NONE;
        self.recent.clear();
    }
}

/// The handle of what comes next; more than 2^32 ids would not fit into memory.
fn next(entries: &[Entry]) -> Name {
    Name::try_from(entries.len()).unwrap_or(Name::MAX)
}

/// An id that outlives the block in which it stood.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Id {
    Uuid([u8; 16]),
    Text(Box<[u8]>),
}

impl Id {
    /// The id that a text is.
    pub(crate) fn of(text: &[u8]) -> Self {
        Key::of(text).owned()
    }

    /// The same, borrowed.
    pub(crate) fn key(&self) -> Key<'_> {
        match self {
            Self::Uuid(bytes) => Key::Uuid(Uuid::from_bytes(*bytes)),
            Self::Text(text) => Key::Text(text),
        }
    }
}

impl<'a> Key<'a> {
    pub(crate) fn owned(self) -> Id {
        match self {
            Self::Uuid(uuid) => Id::Uuid(uuid.to_bytes()),
            Self::Text(text) => Id::Text(text.into()),
        }
    }

    /// The key that a text is.
    pub(crate) fn of(text: &'a [u8]) -> Self {
        Uuid::of(text).map_or(Self::Text(text), Self::Uuid)
    }

    pub(crate) fn text(self) -> Cow<'a, str> {
        match self {
            // Digits and dashes.
            Self::Uuid(uuid) => String::from_utf8_lossy(&uuid.text()).into_owned().into(),
            Self::Text(text) => String::from_utf8_lossy(text),
        }
    }
}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Uuid(uuid) => uuid.hash(state),
            Self::Text(text) => text.hash(state),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// As names are, but that UUIDs are kept in another way.
        #[test]
        fn ids_are_numbered_as_names_are(
            picked in proptest::collection::vec((0..60_usize, any::<bool>()), 0..200),
            uuids: [u128; 20],
        ) {
            let uuids = uuids.map(|number| Uuid::from_bytes(number.to_le_bytes()));
            let upper = |at: usize| Key::Uuid(uuids[at]).text().to_uppercase();
            let texts: Vec<String> = (0..60)
                .map(|at| match at % 20 {
                    0 if at == 0 => String::new(),
                    place if at < 20 => Key::Uuid(uuids[place]).text().into_owned(),
                    place if at < 40 => format!("id-{place}"),
                    place => upper(place),
                })
                .collect();
            let (mut ids, mut names) = (Ids::default(), Names::default());
            for round in 0..2 {
                for &(at, as_bytes) in &picked {
                    let text = &texts[(at + round) % 60];
                    let id = match Uuid::of(text.as_bytes()) {
                        Some(uuid) if at % 2 == 0 => ids.add_uuid(uuid),
                        Some(_) if as_bytes => {
                            ids.add_uuid_text(text.as_bytes().try_into().unwrap()).unwrap().0
                        }
                        _ if as_bytes => ids.add_bytes(text.as_bytes()).unwrap(),
                        _ => ids.add(text),
                    };
                    prop_assert_eq!(id, names.add(text));
                    prop_assert_eq!(ids.key(id), Key::of(text.as_bytes()));
                    prop_assert_eq!(&*ids.key(id).text(), text);
                }
                prop_assert_eq!((ids.len(), ids.is_empty()), (names.len(), names.is_empty()));
                let mut other = Ids::default();
                other.add(&texts[7]);
                for id in 0..Name::try_from(ids.len()).unwrap() {
                    let kept = ids.key(id).owned();
                    let there = other.add_key(kept.key());
                    prop_assert_eq!(other.key(there), ids.key(id));
                }
                ids.clear();
                names.clear();
            }
            prop_assert_eq!(ids.add_bytes(b"\xff"), None);
            prop_assert!(ids.add_uuid_text(&[b'0'; uuid::LENGTH]).is_none());
        }
    }

    /// More than are remembered, so that many share a place; neighbours differ in few digits.
    #[test]
    fn texts_that_share_a_place_are_told_apart() {
        for digit in [0, 8, 16, 20, 29] {
            let mut ids = Ids::default();
            let texts: Vec<[u8; uuid::LENGTH]> = (0..4_096_u128)
                .map(|number| Uuid::from_bytes((number << (4 * digit)).to_le_bytes()).text())
                .collect();
            for _ in 0..2 {
                for (text, name) in texts.iter().zip(1..) {
                    let (id, label) = ids.add_uuid_text(text).unwrap();
                    // Mostly, another one had its place since it was read before.
                    assert!(id == name && [NONE, name].contains(label), "{digit}");
                    *label = name;
                    let (id, label) = ids.add_uuid_text(text).unwrap();
                    assert_eq!((id, *label), (name, name), "{digit}");
                }
            }
        }
    }
}
