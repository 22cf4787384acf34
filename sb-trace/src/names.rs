//! Strings as small numbers: labels, ids, sources and file names are kept once and
//! carried through the tables as handles. Handle 0 is always the empty string, which means "none".

use hashbrown::HashTable;
use std::hash::BuildHasher;

/// A handle of a string in [`Names`].
pub type Name = u32;

/// The handle of the empty string: no label, no id, no source.
pub const NONE: Name = 0;

/// A table of distinct strings, numbered in the order in which they were first seen.
#[derive(Clone)]
pub struct Names {
    texts: Vec<Box<str>>,
    index: HashTable<Name>,
    hasher: hashbrown::DefaultHashBuilder,
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.texts).finish()
    }
}

impl Default for Names {
    fn default() -> Self {
        let mut names = Self {
            texts: Vec::new(),
            index: HashTable::new(),
            hasher: hashbrown::DefaultHashBuilder::default(),
        };
        names.add("");
        names
    }
}

impl Names {
    /// The handle of `text`, which is added if it is new.
    pub fn add(&mut self, text: &str) -> Name {
        if text.is_empty() && !self.texts.is_empty() {
            return NONE;
        }
        let hash = self.hasher.hash_one(text);
        let texts = &self.texts;
        if let Some(&found) = self.index.find(hash, |&n| same(&texts[n as usize], text)) {
            return found;
        }
        // More than 2^32 distinct strings would not fit into memory.
        let name = Name::try_from(self.texts.len()).unwrap_or(Name::MAX);
        self.texts.push(text.into());
        let (texts, hasher) = (&self.texts, &self.hasher);
        self.index.insert_unique(hash, name, |&n| hasher.hash_one(texts[n as usize].as_ref()));
        name
    }

    /// The handle of `text`, if it is known.
    pub fn find(&self, text: &str) -> Option<Name> {
        let hash = self.hasher.hash_one(text);
        self.index.find(hash, |&n| same(&self.texts[n as usize], text)).copied()
    }

    /// The text behind a handle.
    ///
    /// # Panics
    /// When the handle came from another table.
    pub fn text(&self, name: Name) -> &str {
        &self.texts[name as usize]
    }

    /// How many strings there are, the empty one included.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether only the empty string is known.
    pub fn is_empty(&self) -> bool {
        self.texts.len() <= 1
    }

    /// Adds all strings of `other` and returns, for each of its handles, the handle here.
    pub fn absorb(&mut self, other: &Names) -> Vec<Name> {
        other.texts.iter().map(|text| self.add(text)).collect()
    }
}

/// Whether two texts are the same, word by word. They are mostly short and mostly equal, and for
/// such the call of the system's comparison was measured to cost half of all parsing.
fn same(a: &str, b: &str) -> bool {
    let ((a, a_rest), (b, b_rest)) = (a.as_bytes().as_chunks::<8>(), b.as_bytes().as_chunks::<8>());
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
    }
}
