//! Look-alikes: text that nearly is a statement. They are counted and listed, never silently
//! dropped, because each of them may be an event that the user believes to be in the figures.

use super::grammar::{self, EpochUnit};

/// The fewest digits that make a number look like an epoch.
pub(super) const FEWEST_DIGITS: usize = 9;

/// The longest piece of text that is kept for messages, in bytes.
const LONGEST_EXCERPT: usize = 80;

/// Why a look-alike is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The epoch has another number of digits than the unit asks for.
    Digits {
        /// Digits found.
        found: usize,
        /// Digits expected.
        expected: usize,
    },
    /// The epoch does not fit into 64 bits of nanoseconds (year 2262).
    OutOfRange,
    /// A letter, a digit or `_` stands directly before the epoch.
    Glued,
    /// There is no zone between the epoch and `|`.
    NoZone,
    /// What stands where the zone belongs is none.
    ImpossibleZone,
    /// No label follows `|`.
    NoLabel,
    /// `date +%s%3N%z` on macOS prints the letter `N`.
    MacosDate,
}

impl Reason {
    /// A short name for counts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Digits { .. } => "wrong number of digits",
            Self::OutOfRange => "epoch out of range",
            Self::Glued => "glued to the text before it",
            Self::NoZone => "no zone",
            Self::ImpossibleZone => "impossible zone",
            Self::NoLabel => "no label",
            Self::MacosDate => "macOS date output",
        }
    }

    /// What was expected and what to do, as a sentence.
    pub fn advice(self) -> String {
        match self {
            Self::Digits { found, expected } => {
                let unit = EpochUnit::of_digits(found).map_or_else(String::new, |unit| {
                    format!("; if the epochs are in {0}, say --epoch-unit {0}", unit.text())
                });
                format!("the epoch has {found} digits where {expected} are expected{unit}")
            }
            Self::OutOfRange => "the epoch lies after the year 2262".to_owned(),
            Self::Glued => "a letter, a digit or _ stands directly before the epoch; print a blank before it".to_owned(),
            Self::NoZone => "there is no zone before |; print one, for instance +0000".to_owned(),
            Self::ImpossibleZone => "the zone before | is none; expected +hhmm or -hhmm (00-14, 00-59), +hh:mm or Z".to_owned(),
            Self::NoLabel => "no label follows |; a label begins with a letter or _".to_owned(),
            Self::MacosDate => {
                "the date command of macOS has no milliseconds and prints the letter N; use: sb-trace stamp LABEL".to_owned()
            }
        }
    }
}

/// Text that nearly is a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookAlike {
    /// The text, cut to a sensible length.
    pub text: String,
    /// Why it is no statement.
    pub reason: Reason,
}

impl std::fmt::Display for LookAlike {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "'{}': {}", self.text, self.reason.advice())
    }
}

/// Judges the text around a `|` that is no statement's: `start` is where its number begins
/// (`start..pipe` holds digits and what may be a zone), `glued` whether it begins in the middle of
/// a word, `inside` whether it begins in the middle of another statement. None where it looks like
/// no statement.
pub(super) fn judge(
    text: &[u8],
    start: usize,
    pipe: usize,
    unit: EpochUnit,
    glued: bool,
    inside: bool,
) -> Option<Reason> {
    let head = text.get(start..pipe)?;
    let digits = head.iter().take_while(|b| b.is_ascii_digit()).count();
    let zone = head.get(digits..)?;
    if digits < FEWEST_DIGITS {
        return None;
    }
    if let [b'N', zone @ ..] = zone {
        return is_zone(zone).then_some(Reason::MacosDate);
    }
    let label_follows = text.get(pipe + 1).is_some_and(|&b| b.is_ascii_alphabetic() || b == b'_');
    if zone.is_empty() {
        // Many tables hold numbers before a bar: only an epoch before a label looks like us.
        return (digits == unit.digits() && label_follows && !glued).then_some(Reason::NoZone);
    }
    Some(if digits != unit.digits() {
        Reason::Digits { found: digits, expected: unit.digits() }
    } else if !is_zone(zone) {
        Reason::ImpossibleZone
    } else if glued || inside {
        Reason::Glued
    } else if label_follows {
        Reason::OutOfRange
    } else {
        Reason::NoLabel
    })
}

fn is_zone(text: &[u8]) -> bool {
    matches!(grammar::zone(text), Ok((rest, _)) if rest.is_empty())
}

/// The look-alike's text for a message: from its number to the end of what may be its label.
pub(super) fn excerpt(text: &[u8], start: usize, pipe: usize) -> String {
    let label = text.get(pipe + 1..).unwrap_or_default();
    let label_end = label.iter().take_while(|b| b.is_ascii_graphic()).count();
    let whole = text.get(start..pipe + 1 + label_end).unwrap_or_default();
    let cut = whole.get(..LONGEST_EXCERPT).unwrap_or(whole);
    let mut excerpt = String::from_utf8_lossy(cut).into_owned();
    if cut.len() < whole.len() {
        excerpt.push('…');
    }
    excerpt
}
