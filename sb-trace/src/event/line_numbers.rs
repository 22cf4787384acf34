//! Where things stand in a block: the number of a line, and where it begins.

/// Counts lines up to a place, and on from there: each byte once, as long as it is asked for places
/// in ascending order.
#[derive(Debug, Clone, Copy)]
struct Cursor {
    at: usize,
    line: u64,
    line_start: usize,
}

impl Cursor {
    fn go_to(&mut self, block: &[u8], at: usize) {
        // More lines than this are counted many bytes at a time.
        const FAR: usize = 512;
        let between = block.get(self.at..at).unwrap_or_default();
        if between.len() > FAR {
            self.line += memchr::memchr_iter(b'\n', between).count() as u64;
            if let Some(last) = memchr::memrchr(b'\n', between) {
                self.line_start = self.at + last + 1;
            }
        } else {
            let mut rest = between;
            while let Some(end) = memchr::memchr(b'\n', rest) {
                rest = &rest[end + 1..];
                self.line += 1;
                self.line_start = at - rest.len();
            }
        }
        self.at = at;
    }
}

/// The lines of a block.
#[derive(Debug)]
pub(super) struct LineNumbers<'b> {
    block: &'b [u8],
    from: Cursor,
    /// At the last record, and at the last thing found: where a record holds many texts, the
    /// places asked for lie before and behind each other in turn.
    record: Cursor,
    found: Cursor,
}

impl<'b> LineNumbers<'b> {
    /// Counts from a place at which a line begins, and its number.
    pub(super) fn new(block: &'b [u8], (at, line): (usize, u64)) -> Self {
        let from = Cursor { at, line, line_start: at };
        Self { block, from, record: from, found: from }
    }

    /// How many lines end in the block.
    pub(super) fn line_ends(&mut self) -> u64 {
        self.record.go_to(self.block, self.block.len());
        self.record.line - self.from.line
    }

    /// The line of a record.
    pub(super) fn of_record(&mut self, at: usize) -> u64 {
        if at < self.record.at {
            self.record = self.from;
        }
        self.record.go_to(self.block, at);
        self.record.line
    }

    /// A line begins here, of which the number is known.
    pub(super) fn go_on(&mut self, at: usize, line: u64) {
        self.record = Cursor { at, line, line_start: at };
    }

    /// The same of a record that is a line from its begin to its end, so that what is found in it
    /// stands in that line.
    pub(super) fn of_line(&mut self, at: usize) -> u64 {
        if at < self.record.at {
            self.record = self.from;
        }
        let between = self.block.get(self.record.at..at).unwrap_or_default();
        let line = self.record.line + memchr::memchr_iter(b'\n', between).count() as u64;
        self.record = Cursor { at, line, line_start: at };
        line
    }

    /// The line of something found, and its column in bytes, both from 1.
    pub(super) fn of_found(&mut self, at: usize) -> (u64, u64) {
        if self.record.at <= at && (at < self.found.at || self.found.at < self.record.at) {
            self.found = self.record;
        }
        if at < self.found.at {
            self.found = self.from;
        }
        self.found.go_to(self.block, at);
        (self.found.line, (at - self.found.line_start + 1) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_any_order() {
        let block = b"first\nsecond\n\nthird";
        let mut places = LineNumbers::new(block, (6, 2));
        assert_eq!((places.of_record(6), places.of_found(9)), (2, (2, 4)));
        assert_eq!((places.of_record(6), places.of_found(16)), (2, (4, 3)));
        assert_eq!((places.of_record(14), places.of_found(8)), (4, (2, 3)));
        assert_eq!((places.of_record(13), places.of_found(13)), (3, (3, 1)));
        assert_eq!((places.of_record(6), places.of_found(18)), (2, (4, 5)));
        assert_eq!((places.of_line(14), places.of_found(15)), (4, (4, 2)));
        assert_eq!((places.of_line(6), places.of_found(13)), (2, (3, 1)));
    }
}
