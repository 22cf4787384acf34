//! Strings as small numbers: labels, ids, sources and file names are kept once and
//! carried through the tables as handles. Handle 0 is always the empty string, which means "none".

use hashbrown::HashTable;
use std::hash::BuildHasher;

/// A handle of a string in [`Names`].
pub type Name = u32;

/// The handle of the empty string: no label, no id, no source.
pub const NONE: Name = 0;

/// Strings, one after the other: an allocation for each was measured to be dear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    all: String,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Default for Texts {
    fn default() -> Self {
        Self { all: String::new(), ends: vec![0] }
    }
}

impl Texts {
    /// The text behind a handle.
    ///
    /// # Panics
    /// When the handle came from another table.
    pub fn text(&self, name: Name) -> &str {
        self.at(name as usize)
    }

    /// How many strings there are, the empty one included.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether only the empty string is known.
    pub fn is_empty(&self) -> bool {
        self.ends.len() <= 1
    }

    /// Adds a string, whether it is known or not.
    pub(crate) fn push(&mut self, text: &str) -> Name {
        // More than 2^32 distinct strings would not fit into memory.
        let name = Name::try_from(self.ends.len()).unwrap_or(Name::MAX);
        self.all.push_str(text);
        self.ends.push(self.all.len());
        name
    }

    fn at(&self, name: usize) -> &str {
        self.all.get(self.place(name)).unwrap_or_default()
    }

    /// The bytes of a text: cheaper, because nobody asks whether it begins with a character.
    fn bytes(&self, name: usize) -> &[u8] {
        self.all.as_bytes().get(self.place(name)).unwrap_or_default()
    }

    #[inline]
    fn place(&self, name: usize) -> std::ops::Range<usize> {
        let start = name.checked_sub(1).map_or(0, |before| self.ends[before]);
        start..self.ends[name]
    }

    fn clear(&mut self) {
        self.all.clear();
        self.ends.truncate(1);
    }
}

/// A table of distinct strings, numbered in the order in which they were first seen.
#[derive(Clone, Default)]
pub struct Names {
    texts: Texts,
    index: HashTable<(u32, Name)>,
    hasher: hashbrown::DefaultHashBuilder,
    /// The handle that [`Names::add_bytes`] gave last: it is often asked for again.
    last: Name,
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries((0..self.len()).map(|name| self.texts.at(name))).finish()
    }
}

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.texts == other.texts
    }
}

impl Eq for Names {}

impl Names {
    /// The handle of `text`, which is added if it is new.
    pub fn add(&mut self, text: &str) -> Name {
        if text.is_empty() {
            return NONE;
        }
        let hash = self.hash(text.as_bytes());
        self.known(hash, text.as_bytes()).unwrap_or_else(|| self.add_new(hash, text))
    }

    /// The same of bytes, most of which are known already; none if they are no text.
    pub(crate) fn add_bytes(&mut self, text: &[u8]) -> Option<Name> {
        if text.is_empty() {
            return Some(NONE);
        }
        if !self.is(self.last, text) {
            let hash = self.hash(text);
            self.last = match self.known(hash, text) {
                Some(name) => name,
                None => self.add_new(hash, std::str::from_utf8(text).ok()?),
            };
        }
        Some(self.last)
    }

    fn hash(&self, text: &[u8]) -> u64 {
        self.hasher.hash_one(text)
    }

    #[inline]
    fn known(&self, hash: u64, text: &[u8]) -> Option<Name> {
        let tag = tag(hash);
        let texts = &self.texts;
        let known = |&(of, name): &(u32, Name)| of == tag && same(texts.bytes(name as usize), text);
        self.index.find(hash, known).map(|&(_, name)| name)
    }

    fn add_new(&mut self, hash: u64, text: &str) -> Name {
        let name = self.texts.push(text);
        let (texts, hasher) = (&self.texts, &self.hasher);
        let hash_of = |&(_, name): &(u32, Name)| hasher.hash_one(texts.bytes(name as usize));
        self.index.insert_unique(hash, (tag(hash), name), hash_of);
        name
    }

    /// The handle of `text`, if it is known.
    pub fn find(&self, text: &str) -> Option<Name> {
        if text.is_empty() {
            return Some(NONE);
        }
        self.known(self.hash(text.as_bytes()), text.as_bytes())
    }

    /// The strings without the way to find them.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// The text behind a handle.
    ///
    /// # Panics
    /// When the handle came from another table.
    pub fn text(&self, name: Name) -> &str {
        self.texts.text(name)
    }

    /// Whether `text` is the one behind a handle.
    pub(crate) fn is(&self, name: Name, text: &[u8]) -> bool {
        same(self.texts.bytes(name as usize), text)
    }

    /// How many strings there are, the empty one included.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether only the empty string is known.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Adds all strings of `other` and returns, for each of its handles, the handle here.
    pub fn absorb(&mut self, other: &Names) -> Vec<Name> {
        (0..other.len()).map(|name| self.add(other.texts.at(name))).collect()
    }

    /// Forgets all strings, but not the memory they took.
    pub(crate) fn clear(&mut self) {
        self.texts.clear();
        self.index.clear();
        self.last = NONE;
    }
}

/// Some bits of a hash that the table does not use itself: few texts are compared in vain.
fn tag(hash: u64) -> u32 {
    u32::try_from(hash >> 32 & 0xffff_ffff).unwrap_or_default()
}

/// Whether two texts are the same, word by word. They are mostly short and mostly equal, and for
/// such the call of the system's comparison was measured to cost half of all parsing.
fn same(a: &[u8], b: &[u8]) -> bool {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let word = |bytes: &[u8; 8]| u64::from_ne_bytes(*bytes);
    a.len() == b.len()
        && a_rest.len() == b_rest.len()
        && a.iter().zip(b).all(|(a, b)| word(a) == word(b))
        && a_rest.iter().zip(b_rest).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_any_length_are_told_apart() {
        for length in 0..27 {
            let text: String = ('a'..='z').take(length).collect();
            let same = |a: &str, b: &str| same(a.as_bytes(), b.as_bytes());
            assert!(same(&text, &text.clone()));
            assert!(!same(&text, &format!("{text}-")));
            for letter in text.chars() {
                assert!(!same(&text, &text.replace(letter, "-")), "{text} {letter}");
            }
        }
    }

    #[test]
    fn handles_are_stable_and_zero_is_none() {
        let mut names = Names::default();
        assert_eq!(names.add(""), NONE);
        let a = names.add("A");
        let b = names.add("B");
        assert_eq!((names.add("A"), names.text(a), names.text(b)), (a, "A", "B"));
        assert_eq!(names.find("C"), None);
        let mut other = Names::default();
        other.add("B");
        other.add("C");
        let map = names.absorb(&other);
        assert_eq!(map[0], NONE);
        assert_eq!(map[1], b);
        assert_eq!(names.text(map[2]), "C");
        other.clear();
        assert_eq!((other.len(), other.find("B"), other.add("D")), (1, None, 1));
    }
}
