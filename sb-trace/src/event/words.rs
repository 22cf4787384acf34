//! Labels and sources: few, and the same ones again and again. A reader keeps their handles from
//! block to block, so that most of them are compared with one guess instead of being looked up.

use crate::names::{NONE, Name, Names};
use crate::statement::{label_length, line_end};

/// The labels and sources that one reader met.
#[derive(Debug, Default)]
pub(crate) struct Words {
    names: Names,
    /// How many of them were told to the joiner.
    told: usize,
    /// For each label, the one that followed it last.
    next: Vec<Next>,
    /// Labels that came where another one was guessed; each has its place.
    recent: Recent,
    last: Name,
    source: Name,
    source_before: Name,
}

/// How many labels that were not guessed are remembered.
const RECENT: usize = 64;

#[derive(Debug)]
struct Recent([Next; RECENT]);

impl Default for Recent {
    fn default() -> Self {
        Self([Next::default(); RECENT])
    }
}

/// A label that may come next.
#[derive(Debug, Default, Clone, Copy)]
struct Next {
    label: Name,
    begin: Begin,
}

/// The first bytes of a text, compared at once.
#[derive(Debug, Default, Clone, Copy)]
struct Begin {
    bytes: u128,
    mask: u128,
    length: usize,
}

impl Begin {
    const MOST: usize = size_of::<u128>();

    fn of(text: &[u8]) -> Self {
        let mut bytes = [0; Self::MOST];
        let mut mask = [0; Self::MOST];
        for ((byte, mask), &letter) in bytes.iter_mut().zip(&mut mask).zip(text) {
            (*byte, *mask) = (letter, u8::MAX);
        }
        let (bytes, mask) = (u128::from_le_bytes(bytes), u128::from_le_bytes(mask));
        Self { bytes, mask, length: text.len() }
    }

    /// Where a label is remembered that was not guessed.
    fn place(self) -> usize {
        const MIXES: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
        let mixed = self.bytes.wrapping_mul(MIXES) >> 64;
        usize::try_from(mixed >> 58).unwrap_or_default() % RECENT
    }
}

impl Words {
    /// The handle of a label.
    pub(crate) fn label(&mut self, text: &str) -> Name {
        let guess = self.guess();
        let label =
            if self.names.is(guess, text.as_bytes()) { guess } else { self.names.add(text) };
        self.follow(label);
        label
    }

    /// The label that was guessed to come next, and its length, if `text` begins with it; what
    /// follows it must still be looked at.
    #[inline]
    fn guessed(&self, text: &[u8]) -> Option<(Name, usize)> {
        let Next { label, begin } = self.next.get(self.last as usize)?;
        let start = text.first_chunk().map(|start| u128::from_le_bytes(*start))?;
        let fits = start & begin.mask == begin.bytes
            && begin.length > 0
            && (begin.length <= Begin::MOST
                || text.get(..begin.length)? == self.names.text(*label).as_bytes());
        fits.then_some((*label, begin.length))
    }

    /// The handle of a source.
    pub(crate) fn source(&mut self, text: &str) -> Name {
        match self.known_source(text.as_bytes()) {
            Some(source) => source,
            None => self.other_source(text),
        }
    }

    /// The same of bytes; none if they are no text.
    pub(crate) fn source_of(&mut self, bytes: &[u8]) -> Option<Name> {
        match self.known_source(bytes) {
            Some(source) => Some(source),
            None => Some(self.other_source(std::str::from_utf8(bytes).ok()?)),
        }
    }

    /// The source, if it is one of the last two.
    fn known_source(&mut self, text: &[u8]) -> Option<Name> {
        if !self.names.is(self.source, text) {
            // Two sources often alternate.
            if !self.names.is(self.source_before, text) {
                return None;
            }
            std::mem::swap(&mut self.source, &mut self.source_before);
        }
        Some(self.source)
    }

    fn other_source(&mut self, text: &str) -> Name {
        self.source_before = std::mem::replace(&mut self.source, self.names.add(text));
        self.source
    }

    /// The label that `text` begins with, if its line ends behind it, and where the next one begins.
    #[inline]
    pub(crate) fn label_of_line(&mut self, text: &[u8]) -> Option<(Name, usize)> {
        self.label_where(text, line_end)
    }

    /// The label that `text` begins with, and what `ends` says of the place behind it, if that is
    /// anything. `ends` says something only of places where no label goes on.
    #[inline]
    pub(crate) fn label_where(
        &mut self,
        text: &[u8],
        ends: impl Fn(&[u8], usize) -> Option<usize>,
    ) -> Option<(Name, usize)> {
        if let Some((label, length)) = self.guessed(text)
            && let Some(end) = ends(text, length)
        {
            self.last = label;
            return Some((label, end));
        }
        let length = label_length(text)?;
        let end = ends(text, length)?;
        Some((self.other_label(text.get(..length)?)?, end))
    }

    /// The handle of a label that was not guessed.
    fn other_label(&mut self, label: &[u8]) -> Option<Name> {
        let begin = Begin::of(label);
        let recent = &mut self.recent.0[begin.place()];
        if label.len() > Begin::MOST
            || (recent.begin.bytes, recent.begin.length) != (begin.bytes, label.len())
        {
            *recent = Next { label: self.names.add_bytes(label)?, begin };
        }
        let label = recent.label;
        self.follow(label);
        Some(label)
    }

    /// The label that was guessed to come next, if `text` is it and nothing else.
    pub(crate) fn guessed_whole(&self, text: &[u8]) -> Option<Name> {
        let guess = self.guess();
        (guess != NONE && self.names.is(guess, text)).then_some(guess)
    }

    /// The label that comes next, if labels come in the order in which they came before.
    #[inline]
    fn guess(&self) -> Name {
        self.next.get(self.last as usize).map_or(NONE, |next| next.label)
    }

    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// Appends the words that were not told before to `fresh`.
    pub(crate) fn tell(&mut self, fresh: &mut Vec<Box<str>>) {
        let names = (self.told..self.names.len()).filter_map(|name| Name::try_from(name).ok());
        fresh.extend(names.map(|name| Box::from(self.names.text(name))));
        self.told = self.names.len();
    }

    /// A label was read.
    fn follow(&mut self, label: Name) {
        let last = self.last as usize;
        if self.next.get(last).is_none_or(|next| next.label != label) {
            if self.next.len() <= last {
                self.next.resize(last + 1, Next::default());
            }
            let begin = Begin::of(self.names.text(label).as_bytes());
            self.next[last] = Next { label, begin };
        }
        self.last = label;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_once_and_guesses_are_checked() {
        let mut words = Words::default();
        let labels: Vec<Name> =
            ["A", "B", "A", "C", "A", "C", "B", ""].map(|l| words.label(l)).into();
        assert_eq!(labels, [1, 2, 1, 3, 1, 3, 2, NONE]);
        assert_eq!((words.source("pod-1"), words.source("pod-1"), words.source("")), (4, 4, NONE));
        let mut fresh = Vec::new();
        words.tell(&mut fresh);
        words.label("B");
        words.source("pod-2");
        words.tell(&mut fresh);
        assert_eq!(fresh, ["", "A", "B", "C", "pod-1", "pod-2"].map(Box::from));
    }

    #[test]
    fn labels_are_guessed_by_what_came_before() {
        let long = "L".repeat(40);
        let mut words = Words::default();
        for label in ["A", &long, "A", &long, "A"] {
            words.label(label);
        }
        let text = |label: &str| format!("{label}\n{}", " ".repeat(20)).into_bytes();
        assert_eq!(words.guessed(&text(&long)), Some((2, 40)));
        assert_eq!(words.guessed(&text(&"L".repeat(39))), None);
        assert_eq!(words.guessed(b"LL"), None, "too near the end to be compared at once");
        words.label(&long);
        assert_eq!(words.guessed(&text("A")), Some((1, 1)));
        assert_eq!(words.guessed(&text("B")), None);
        assert_eq!((words.guessed_whole(b"A"), words.guessed_whole(b"A ")), (Some(1), None));
        words.label("B");
        assert_eq!(words.guessed(&text("B")), None, "nothing is known of what follows it");
    }
}
