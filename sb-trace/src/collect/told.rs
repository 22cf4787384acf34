//! What the joiner is told of the words that a reader met.

use crate::names::{NONE, Name, Names};

/// The words of a reader, and the handles of those that stand in what was joined.
#[derive(Debug, Default)]
pub(super) struct Told {
    texts: Vec<Box<str>>,
    names: Vec<Name>,
}

impl Told {
    /// Learns words, in the reader's own order.
    pub(super) fn learn(&mut self, fresh: Vec<Box<str>>) {
        self.texts.extend(fresh);
    }

    /// The handle of a word that was asked for before.
    #[inline]
    pub(super) fn known(&self, word: Name) -> Name {
        self.names.get(word as usize).copied().unwrap_or_default()
    }

    /// The handles of all words, those that were never asked for left out.
    pub(super) fn all(&self) -> &[Name] {
        &self.names
    }

    /// The handle of a word of the reader's.
    #[inline]
    pub(super) fn name(&mut self, word: Name, names: &mut Names) -> Name {
        match self.names.get(word as usize) {
            Some(&name) if name != NONE || word == NONE => name,
            _ => self.new_name(word, names),
        }
    }

    /// The handle of a word that was not asked for before.
    #[cold]
    fn new_name(&mut self, word: Name, names: &mut Names) -> Name {
        let place = word as usize;
        self.names.resize(self.names.len().max(place + 1), NONE);
        let name = self.texts.get(place).map_or(NONE, |text| names.add(text));
        self.names[place] = name;
        name
    }
}
