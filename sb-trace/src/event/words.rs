//! Labels and sources: few, and the same ones again and again. A reader keeps their handles from
//! block to block, so that most of them are compared with one guess instead of being looked up.

use super::begin::{Begin, Ends};
use crate::names::{NONE, Name, Names};
use crate::statement::{label_length, line_end};

/// The labels and sources that one reader met.
#[derive(Debug, Default)]
pub(crate) struct Words {
    names: Names,
    /// What is known of each label.
    labels: Vec<Label>,
    /// Labels that came where another one was guessed.
    recent: RecentWords,
    last: Name,
    /// The label that followed the last one before.
    guess: Name,
    source: Name,
    source_before: Name,
}

/// A label, in half a line of a cache: where there are thousands, the memory of each is far away.
#[derive(Debug, Default, Clone, Copy)]
#[repr(C, align(32))]
struct Label {
    text: Begin,
    /// The label that followed it last.
    next: Name,
    ends: Ends,
}

const _: () = assert!(size_of::<Label>() == 32);

/// Where labels are found by their texts: two in each place, about as many places as there are
/// labels. The texts stand elsewhere, so that this is small.
#[derive(Debug, Default)]
struct RecentWords(Vec<[Slot; 2]>);

#[derive(Debug, Default, Clone, Copy)]
struct Slot {
    hash: u32,
    label: Name,
}

impl RecentWords {
    const LEAST: usize = 32;
    const MOST: usize = 16_384;

    /// The handle of a label of which only the text is known; none if it is not remembered.
    #[inline]
    fn find(&self, text: Begin, labels: &[Label]) -> Option<Name> {
        let hash = text.hash();
        let places = self.0.get(self.place(hash))?;
        let is = |place: &&Slot| {
            place.hash == hash
                && labels.get(place.label as usize).is_some_and(|label| label.text == text)
        };
        places.iter().find(is).map(|place| place.label)
    }

    /// Remembers one of so many labels.
    fn add(&mut self, label: Name, text: Begin, labels: usize) {
        if text.length as usize > Begin::LENGTH {
            return;
        }
        let wanted = labels.next_power_of_two().clamp(Self::LEAST, Self::MOST);
        if self.0.len() < wanted {
            self.0 = vec![Default::default(); wanted];
        }
        let hash = text.hash();
        let place = self.place(hash);
        if let Some([first, second]) = self.0.get_mut(place) {
            (*first, *second) = (Slot { hash, label }, *first);
        }
    }

    #[inline]
    fn place(&self, hash: u32) -> usize {
        hash as usize & self.0.len().wrapping_sub(1)
    }
}

impl Words {
    /// The handle of a label.
    pub(crate) fn label(&mut self, text: &str) -> Name {
        let label = if self.names.is(self.guess, text.as_bytes()) {
            self.guess
        } else {
            let label = self.names.add(text);
            self.know(label, Begin::of(text.as_bytes(), text.len()));
            label
        };
        self.follow(label);
        label
    }

    /// The label that was guessed to come next, and its length, if `text` begins with it; what
    /// follows it must still be looked at.
    #[inline]
    fn guessed(&self, text: &[u8]) -> Option<(Name, usize)> {
        let label = self.guess;
        let begin = self.labels.get(label as usize)?.text;
        let length = begin.length as usize;
        let fits = begin.same(text.first_chunk()?) as usize >= length.min(Begin::LENGTH)
            && length > 0
            && (length <= Begin::LENGTH
                || text.get(..length)? == self.names.text(label).as_bytes());
        fits.then_some((label, length))
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

    /// The source, if it is none or one of the last two.
    fn known_source(&mut self, text: &[u8]) -> Option<Name> {
        if text.is_empty() {
            return Some(NONE);
        }
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
        let guess = self.guess;
        // Mostly, it is the one that was guessed, and short.
        if let Some(end) = self.end_of(guess, text) {
            self.go_on(guess);
            return Some((guess, end));
        }
        let (label, end) = self.label_of_other_line(text);
        (end > 0).then_some((label, end as usize))
    }

    /// The same of a line that stands behind one with another label, though not at once: mostly, the
    /// label is the one that stood behind that before.
    #[inline]
    pub(crate) fn label_after(&mut self, last: Name, text: &[u8]) -> Option<(Name, usize)> {
        let next = self.labels.get(last as usize).map_or(NONE, |last| last.next);
        match self.end_of(next, text) {
            Some(end) => Some((next, end)),
            None => self.other_label_after(last, text),
        }
    }

    /// Where the next line begins, if that of a text is this label and it is short.
    #[inline]
    fn end_of(&self, label: Name, text: &[u8]) -> Option<usize> {
        let label = self.labels.get(label as usize)?;
        let is_line = label.text.is_line(label.ends, text.first_chunk()?);
        is_line.then_some(label.text.length as usize + 1)
    }

    #[inline(never)]
    fn other_label_after(&mut self, last: Name, text: &[u8]) -> Option<(Name, usize)> {
        self.last = last;
        self.unguessed_line(text)
    }

    /// The same where that is not so: a guess in another kind of line, or none. Two numbers that fit
    /// into registers, 0 if there is none: an option of them would be handed over in memory, which
    /// where the next line begins would have to wait for.
    #[inline(never)]
    fn label_of_other_line(&mut self, text: &[u8]) -> (Name, u32) {
        // The line of a short guess was compared as a whole, but for other ends of a line.
        let guess =
            self.labels.get(self.guess as usize).map_or(0, |guess| guess.text.length as usize);
        let may_be = guess >= Begin::LENGTH || text.get(guess) == Some(&b'\r');
        let guessed = if may_be { self.guessed_where(text, line_end) } else { None };
        let (label, end) = guessed.or_else(|| self.unguessed_line(text)).unwrap_or_default();
        (label, u32::try_from(end).unwrap_or_default())
    }

    /// The same of a label that was not guessed: by the whole line, if that is remembered.
    #[inline]
    fn unguessed_line(&mut self, text: &[u8]) -> Option<(Name, usize)> {
        if let Some((label, length)) = self.recent_line(text) {
            self.follow(label);
            return Some((label, length + 1));
        }
        self.unguessed_where(text, line_end)
    }

    /// The label that is the line a text begins with, and its length, if that is remembered.
    #[inline]
    fn recent_line(&self, text: &[u8]) -> Option<(Name, usize)> {
        let begin = Begin::of_line(text)?;
        Some((self.recent.find(begin, &self.labels)?, begin.length as usize))
    }

    /// The label that `text` begins with, and what `ends` says of the place behind it, if that is
    /// anything. `ends` says something only of places where no label goes on.
    #[inline]
    pub(crate) fn label_where(
        &mut self,
        text: &[u8],
        ends: impl Fn(&[u8], usize) -> Option<usize>,
    ) -> Option<(Name, usize)> {
        self.guessed_where(text, &ends).or_else(|| self.unguessed_where(text, ends))
    }

    #[inline]
    fn guessed_where(
        &mut self,
        text: &[u8],
        ends: impl Fn(&[u8], usize) -> Option<usize>,
    ) -> Option<(Name, usize)> {
        let (label, length) = self.guessed(text)?;
        let end = ends(text, length)?;
        self.go_on(label);
        Some((label, end))
    }

    #[inline]
    fn unguessed_where(
        &mut self,
        text: &[u8],
        ends: impl Fn(&[u8], usize) -> Option<usize>,
    ) -> Option<(Name, usize)> {
        let length = label_length(text)?;
        let end = ends(text, length)?;
        Some((self.other_label(text, length)?, end))
    }

    /// The handle of a label that was not guessed.
    fn other_label(&mut self, text: &[u8], length: usize) -> Option<Name> {
        let begin = Begin::of(text, length);
        let label = if let Some(label) = self.recent.find(begin, &self.labels) {
            label
        } else {
            let label = self.names.add_bytes(text.get(..length)?)?;
            self.know(label, begin);
            self.recent.add(label, begin, self.names.len());
            label
        };
        self.follow(label);
        Some(label)
    }

    /// The label that was guessed to come next, if `text` is it and nothing else.
    pub(crate) fn guessed_whole(&self, text: &[u8]) -> Option<Name> {
        (self.guess != NONE && self.names.is(self.guess, text)).then_some(self.guess)
    }

    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// A label has this text.
    fn know(&mut self, label: Name, text: Begin) {
        let place = label as usize;
        if self.labels.len() <= place {
            self.labels.resize(place + 1, Label::default());
        }
        self.labels[place] = Label { text, ends: text.ends(), ..self.labels[place] };
    }

    /// A label was read.
    #[inline]
    fn follow(&mut self, next: Name) {
        if let Some(last) = self.labels.get_mut(self.last as usize) {
            last.next = next;
        }
        self.go_on(next);
    }

    /// A label was read that may come anywhere, or that was guessed.
    #[inline]
    fn go_on(&mut self, label: Name) {
        self.last = label;
        self.guess = self.labels.get(label as usize).map_or(NONE, |label| label.next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_are_checked() {
        let mut words = Words::default();
        let labels: Vec<Name> =
            ["A", "B", "A", "C", "A", "C", "B", ""].map(|l| words.label(l)).into();
        assert_eq!(labels, [1, 2, 1, 3, 1, 3, 2, NONE]);
        assert_eq!((words.source("pod-1"), words.source("pod-1"), words.source("")), (4, 4, NONE));
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

    #[test]
    fn labels_that_were_not_guessed_are_remembered_by_their_line() {
        let mut words = Words::default();
        let mut take = |line: &str| words.label_of_line(format!("{line}{:20}", "").as_bytes());
        // The first time by its text, then by its line, whatever came before.
        for line in ["A\n", "B\n", "A\n", "A\n", "B\n"] {
            assert_eq!(take(line), Some((if line == "A\n" { 1 } else { 2 }, 2)));
        }
        assert_eq!([take("A \n"), take("\n"), take("A:\n"), take("1\n")], [None; 4]);
        assert_eq!((take("A\r\n"), take("AB\n")), (Some((1, 3)), Some((3, 3))));
    }
}
