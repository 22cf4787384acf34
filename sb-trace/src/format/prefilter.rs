//! Which lines of a text are worth taking apart: few hold a statement or one of Lambda's own words.

use memchr::memmem::Finder;
use regex::bytes::Regex;
use std::sync::LazyLock;

/// Lambda's own words.
static SIGNALS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"RequestId: |INIT_START |"platform\.|\\"platform\."#).ok());

/// The same in JSON, and what makes a text of base64 or a bar.
static IN_JSON: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"RequestId: |INIT_START |platform\.|LogResult|\\u007[cC]").ok());

/// How colours begin in JSON.
static ESCAPED: LazyLock<[Finder<'_>; 3]> =
    LazyLock::new(|| ["u001b", "u001B", "\x1b"].map(Finder::new));

/// The places that make their lines worth looking at: bars behind what may be a zone, and Lambda's
/// own words where those matter.
pub(super) struct Hits<'t> {
    text: &'t [u8],
    signals: Option<&'static Regex>,
    /// Colours may stand between a zone and its bar.
    pub coloured: bool,
    /// The next of each; behind the text where there are no more.
    bar: usize,
    signal: usize,
}

impl<'t> Hits<'t> {
    pub(super) fn new(text: &'t [u8], signals: bool, coloured: bool) -> Self {
        Self::with(text, SIGNALS.as_ref().filter(|_| signals), coloured)
    }

    /// Of JSON, which may have escaped colours and even bars.
    pub(super) fn of_json(text: &'t [u8]) -> Self {
        let coloured = ESCAPED.iter().any(|escape| escape.find(text).is_some());
        Self::with(text, IN_JSON.as_ref(), coloured)
    }

    fn with(text: &'t [u8], signals: Option<&'static Regex>, coloured: bool) -> Self {
        let mut hits = Self { text, signals, coloured, bar: 0, signal: usize::MAX };
        hits.find_bar(0);
        hits.find_signal(0);
        hits
    }

    /// The next place from here.
    pub(super) fn next(&mut self, from: usize) -> Option<usize> {
        if self.bar < from {
            self.find_bar(from);
        }
        if self.signal < from {
            self.find_signal(from);
        }
        Some(self.bar.min(self.signal)).filter(|&hit| hit < self.text.len())
    }

    fn find_bar(&mut self, from: usize) {
        let rest = self.text.get(from..).unwrap_or_default();
        let zone = |bar: usize| {
            let before = bar.checked_sub(1).and_then(|before| self.text.get(before));
            self.coloured
                || before
                    .is_some_and(|b| b.is_ascii_digit() || matches!(b, b'Z' | b'+' | b'-' | b':'))
        };
        let mut bars = memchr::memchr_iter(b'|', rest).map(|at| from + at);
        self.bar = bars.find(|&bar| zone(bar)).unwrap_or(usize::MAX);
    }

    fn find_signal(&mut self, from: usize) {
        let found = self.signals.and_then(|signals| signals.find_at(self.text, from));
        self.signal = found.map_or(usize::MAX, |hit| hit.start());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_behind_a_zone_and_words_of_lambda() {
        let all = |text: &str, signals| {
            let mut hits = Hits::new(text.as_bytes(), signals, text.contains('\u{1b}'));
            let mut found = Vec::new();
            let mut from = 0;
            while let Some(hit) = hits.next(from) {
                found.push(hit);
                from = hit + 1;
            }
            found
        };
        assert_eq!(all("api | a 1600|x +00:00|x Z|x N|", false), [12, 21, 25]);
        assert_eq!(all("END RequestId: a\n1|A\nINIT_START x", true), [4, 18, 21]);
        assert_eq!(all("END RequestId: a\n1|A", false), [18]);
        assert_eq!(all("\u{1b}[36mapi | 0\u{1b}[0m|A", false), [9, 16]);
        assert_eq!(all("", true), [0; 0]);
        assert_eq!(all("|", true), [0; 0]);
    }
}
