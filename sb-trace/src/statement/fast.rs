//! The begin of a statement, read in few instructions: the digits of an epoch, its zone, `|`. A
//! property test holds this to the grammar on arbitrary bytes. A head that stands too near the end
//! of its text for that is left to the grammar.

use super::grammar::{self, EpochUnit};
use crate::digits::{ZEROS, value, word};

/// The begin of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Prefix {
    pub epoch_ns: i64,
    pub utc_offset_minutes: i16,
    /// Up to here it goes: the label follows.
    pub length: usize,
}

/// So many bytes hold the longest zone, `+hh:mm|`.
const ZONE: usize = 7;

/// So many bytes hold any head of a unit.
pub(crate) const fn longest_head(unit: EpochUnit) -> usize {
    unit.digits() + ZONE
}

/// Calls a method that was made for each unit, so that it need not ask for the unit again and again.
macro_rules! of_unit {
    ($unit:expr, $of:ident.$method:ident($($given:expr),*)) => {{
        use $crate::statement::{EpochUnit, longest_head};
        match $unit {
            EpochUnit::S => $of.$method::<{ longest_head(EpochUnit::S) }>($($given),*),
            EpochUnit::Ms => $of.$method::<{ longest_head(EpochUnit::Ms) }>($($given),*),
            EpochUnit::Us => $of.$method::<{ longest_head(EpochUnit::Us) }>($($given),*),
            EpochUnit::Ns => $of.$method::<{ longest_head(EpochUnit::Ns) }>($($given),*),
        }
    }};
}
pub(crate) use of_unit;

/// How many zones are remembered.
const ZONES: usize = 32;

/// Reads heads, each with what it knows of the one before.
#[derive(Debug, Clone)]
pub(crate) struct PrefixParser {
    unit: EpochUnit,
    /// The first eight digits of the last epoch as they stand there, and what they count for. Whatever
    /// digits follow, this is an epoch.
    first: (u64, u64),
    /// The last zone.
    zone: Zone,
    /// Some zones; each has its place.
    zones: [Zone; ZONES],
}

/// A zone that was read.
#[derive(Debug, Clone, Copy, Default)]
struct Zone {
    /// As it stands there, with its bar.
    bytes: u64,
    mask: u64,
    /// How long a head is that has it.
    length: usize,
    minutes: i16,
}

impl PrefixParser {
    pub(crate) fn new(unit: EpochUnit) -> Self {
        // No bytes are these.
        let zone = Zone { bytes: 1, ..Zone::default() };
        let zones = [Zone::default(); ZONES];
        Self { unit, first: (ZEROS, 0), zone, zones }
    }

    /// The head that `text` begins with.
    pub(crate) fn read(&mut self, text: &[u8]) -> Option<Prefix> {
        of_unit!(self.unit, self.read_of(text))
    }

    /// Whether each line of a text begins with one.
    pub(crate) fn begin_all_lines(&mut self, text: &[u8]) -> bool {
        of_unit!(self.unit, self.begin_all_lines_of(text))
    }

    fn begin_all_lines_of<const LENGTH: usize>(&mut self, mut text: &[u8]) -> bool {
        while !text.is_empty() {
            let Some(prefix) = self.read_of::<LENGTH>(text) else { return false };
            let rest = text.get(prefix.length..).unwrap_or_default();
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            text = rest.get(end..).unwrap_or_default();
        }
        true
    }

    /// [`PrefixParser::read`] where the unit is known by the length of its longest head.
    #[expect(clippy::inline_always, reason = "its result in memory was a third of its cost")]
    #[inline(always)]
    pub(crate) fn read_of<const LENGTH: usize>(&mut self, text: &[u8]) -> Option<Prefix> {
        let head = text.first_chunk::<LENGTH>()?;
        let digits = LENGTH - ZONE;
        // The words of the digits overlap: what two of them hold is counted once.
        let first = word(head, 0);
        if first != self.first.0 {
            self.first = (first, other_first(first, digits)?);
        }
        let mut rest = value(word(head, digits - 8))?;
        if digits > 16 {
            rest = value(word(head, 8))? * 1_000 + rest % 1_000;
        }
        let epoch_ns = self.first.1.wrapping_add(rest).wrapping_mul(unit_ns(digits)).cast_signed();
        // The digit before the zone is no part of it.
        let bytes = word(head, LENGTH - 8) >> 8;
        if bytes & self.zone.mask != self.zone.bytes {
            self.zone = self.other_zone(bytes, &head[digits..])?;
        }
        let Zone { length, minutes, .. } = self.zone;
        Some(Prefix { epoch_ns, utc_offset_minutes: minutes, length })
    }

    /// The zone that a text begins with, if it is not the last one.
    #[inline(never)]
    fn other_zone(&mut self, bytes: u64, text: &[u8]) -> Option<Zone> {
        let bar = first_bar(bytes)?;
        let length = self.unit.digits() + bar + 1;
        let mask = u64::MAX >> (56 - 8 * bar);
        let bytes = bytes & mask;
        let known = &mut self.zones[place_of(bytes)];
        if known.bytes != bytes {
            let minutes = minutes(text.get(..bar)?)?;
            *known = Zone { bytes, mask, length, minutes };
        }
        Some(*known)
    }
}

/// The length of the unit in which an epoch of so many digits counts.
const fn unit_ns(digits: usize) -> u64 {
    let unit = match digits {
        10 => EpochUnit::S,
        13 => EpochUnit::Ms,
        16 => EpochUnit::Us,
        _ => EpochUnit::Ns,
    };
    unit.ns().cast_unsigned()
}

/// What the first eight digits of an epoch count for, in its unit. None also where it depends on the
/// others whether there is such an epoch, near the last one of 2262.
#[inline(never)]
fn other_first(first: u64, digits: usize) -> Option<u64> {
    let value = value(first)?;
    let (counts_for, others) = match digits {
        10 => (value / 1_000_000 * 100_000_000, 100_000_000),
        13 => (value / 1_000 * 100_000_000, 100_000_000),
        16 => (value * 100_000_000, 100_000_000),
        _ => (value * 100_000_000_000, 100_000_000_000),
    };
    let most = i64::MAX.cast_unsigned() / unit_ns(digits);
    (counts_for + others - 1 <= most).then_some(counts_for)
}

/// How long the label is that `text` begins with; none where it begins with none.
#[inline]
pub(crate) fn label_length(text: &[u8]) -> Option<usize> {
    if text.first()?.is_ascii_digit() {
        return None;
    }
    let mut length = 0;
    loop {
        let word = text.get(length..)?.iter().take_while(|&&b| KINDS[usize::from(b)] == WORD);
        let end = length + word.count();
        let parted = end > length;
        match text.get(end).map_or(0, |&b| KINDS[usize::from(b)]) {
            // A mark that no word follows is no part of the label.
            _ if !parted => return length.checked_sub(1),
            MARK => length = end + 1,
            _ => return Some(end),
        }
    }
}

/// What a byte may be in a label.
const WORD: u8 = 1;
const MARK: u8 = 2;
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0u8;
    while byte < 128 {
        kinds[byte as usize] = if grammar::is_word(byte) { WORD } else { 0 };
        byte += 1;
    }
    let mut mark = 0;
    while mark < grammar::MARKS.len() {
        kinds[grammar::MARKS.as_bytes()[mark] as usize] = MARK;
        mark += 1;
    }
    kinds
};

/// Where the next line begins, if this one ends at `at`.
#[inline]
pub(crate) fn line_end(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at..)? {
        [b'\n', ..] => Some(at + 1),
        [b'\r', b'\n', ..] => Some(at + 2),
        _ => None,
    }
}

/// Which byte is the first `|`; the first is the lowest.
#[inline]
fn first_bar(bytes: u64) -> Option<usize> {
    const BARS: u64 = u64::from_le_bytes([b'|'; 8]);
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let others = bytes ^ BARS;
    // The lowest high bit that is left stands in the first byte that is zero.
    let bars = others.wrapping_sub(ONES) & !others & (ONES << 7);
    (bars != 0).then_some(bars.trailing_zeros() as usize / 8)
}

/// Where a zone is remembered.
#[inline]
fn place_of(zone: u64) -> usize {
    const MIXES: u64 = 0x9e37_79b9_7f4a_7c15;
    usize::try_from(zone.wrapping_mul(MIXES) >> 59).unwrap_or_default() % ZONES
}

/// The minutes of a zone.
fn minutes(zone: &[u8]) -> Option<i16> {
    match grammar::zone(zone) {
        Ok(([], minutes)) => Some(minutes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// From about here on, in 2261, the last digits may decide.
    const LATE_NS: i64 = 9_200_000_000_000_000_000;

    proptest! {
        /// Where there is a head, the grammar reads the same from the text with any label behind it,
        /// and nothing from a text without; whatever was read before.
        #[test]
        fn reads_as_the_grammar_does(
            texts in proptest::collection::vec((
                prop_oneof!["[0-9]{9,20}", "[0-9]{13}", "16007768701[0-9]{2}", "[0-9]{19}", "[0-9]{16}", "[0-9]{10}", "\u{0}{8}[0-9]{2,11}"],
                prop_oneof![
                    "[+-][01][0-9]:?[0-5][0-9]", "[+-][0-9]{4}", "[+-]?[0-9:]{0,6}", "Z", "Z",
                ],
                prop_oneof![Just("|".to_owned()), "[|A-Z]?"],
                proptest::collection::vec(any::<u8>(), 0..12),
            ), 1..8),
            unit in prop::sample::select(EpochUnit::ALL.to_vec()),
        ) {
            let mut prefixes = PrefixParser::new(unit);
            for (digits, zone, bar, rest) in texts {
                let mut text = [digits, zone.clone(), bar].concat().into_bytes();
                text.extend(rest);
                let Some(prefix) = prefixes.read(&text) else {
                    // What it does not read, the grammar may only near the end of the text or of time.
                    let near = text.len() < unit.digits() + ZONE;
                    let read = grammar::parse(&text, unit);
                    let read = read.is_ok_and(|(_, statement)| statement.epoch_ns < LATE_NS);
                    prop_assert!(near || !read, "{}", String::from_utf8_lossy(&text));
                    continue;
                };
                prop_assert_eq!(text.get(prefix.length - 1), Some(&b'|'));
                let labelled = [&text[..prefix.length], b"A"].concat();
                let (_, statement) = grammar::parse(&labelled, unit).unwrap();
                prop_assert_eq!(statement.epoch_ns, prefix.epoch_ns);
                prop_assert_eq!(statement.utc_offset_minutes, prefix.utc_offset_minutes);
            }
        }
    }

    proptest! {
        #[test]
        fn labels_are_as_long_as_the_grammar_says(
            pieces in proptest::collection::vec("[A-Za-z_]{1,3}|[0-9]{1,2}|[.:/-]{1,2}|[ |\\PC]", 0..6),
        ) {
            let text = pieces.concat();
            let length = grammar::label(text.as_bytes()).ok().map(|(_, label)| label.len());
            prop_assert_eq!(label_length(text.as_bytes()), length, "{}", text);
        }
    }
}
