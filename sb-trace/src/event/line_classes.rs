//! Counts the lines of a block by what they are.

use super::parsed::LineClass;
use super::record_parser::RecordParser;

impl<'b> RecordParser<'b> {
    /// What was not looked at byte by byte.
    fn rest(&self) -> impl Iterator<Item = &'b [u8]> {
        let begins = std::iter::once(self.from.0).chain(self.sound.iter().map(|sound| sound.end));
        let ends = self.sound.iter().map(|sound| sound.start).chain([self.block.len()]);
        let block = self.block;
        begins.zip(ends).filter_map(move |(begin, end)| block.get(begin..end))
    }

    /// Counts the lines of the text, of which there are so many.
    pub(super) fn count_lines(&mut self, text: &[u8], whole: u64) {
        let first = self.from.1;
        let whole = first + whole - 1;
        let has_nul = self.rest().any(|text| memchr::memchr(0, text).is_some());
        // Almost all logs are ASCII, which is sooner told. Each part begins and ends with a line.
        let is_text = |text: &[u8]| text.is_ascii() || std::str::from_utf8(text).is_ok();
        let is_broken = !self.rest().all(is_text);
        self.parsed.has_nul |= has_nul;
        if is_broken {
            let lines = text.split(|&b| b == b'\n');
            let broken = |line: &[u8]| std::str::from_utf8(line).is_err();
            for (line, _) in (first..).zip(lines).filter(|(_, text)| broken(text)) {
                self.classes.push((line, LineClass::Undecodable, 1));
            }
        }
        self.classes.sort_unstable();
        let mut next = first;
        let rest = self.options.rest;
        let classes = std::mem::take(&mut self.classes);
        for (place, &(line, class, count)) in classes.iter().enumerate() {
            // Of one line, the greatest class is the last.
            let last = classes.get(place + 1).is_none_or(|&(other, ..)| other != line);
            // A record that began in the block before was counted there, as other text.
            if last && line >= next && line <= whole {
                self.parsed.add_lines(rest, line - next);
                self.parsed.add_lines(class, count.into());
                next = line + u64::from(count);
            }
        }
        self.parsed.add_lines(rest, (whole + 1).saturating_sub(next));
    }
}
