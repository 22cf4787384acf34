//! Rows of the table of events, column by column: what is written is written in columns, and what all
//! rows have in common takes no memory.

use super::table::Event;
use crate::names::Name;

/// Events in log order; see [`Event`] for what each column means.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "they are the fields of an event")]
pub struct Columns {
    pub epoch_ns: Vec<i64>,
    pub utc_offset_minutes: Vec<i16>,
    pub label: Vec<Name>,
    pub correlation_id: MostlyOne<Name>,
    pub trace_id: MostlyOne<Name>,
    pub source: MostlyOne<Name>,
    pub file: MostlyOne<u32>,
    pub line: Vec<u64>,
}

impl Columns {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.label.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.label.is_empty()
    }

    /// The rows.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Event> {
        (0..self.len()).map(|row| Event {
            epoch_ns: self.epoch_ns[row],
            utc_offset_minutes: self.utc_offset_minutes[row],
            label: self.label[row],
            correlation_id: self.correlation_id.get(row),
            trace_id: self.trace_id.get(row),
            source: self.source.get(row),
            file: self.file.get(row),
            line: self.line[row],
        })
    }

    pub(crate) fn push(&mut self, event: &Event) {
        self.epoch_ns.push(event.epoch_ns);
        self.utc_offset_minutes.push(event.utc_offset_minutes);
        self.label.push(event.label);
        self.correlation_id.push(event.correlation_id);
        self.trace_id.push(event.trace_id);
        self.source.push(event.source);
        self.file.push(event.file);
        self.line.push(event.line);
    }

    /// Forgets all rows, but not the memory they took.
    pub(crate) fn clear(&mut self) {
        self.epoch_ns.clear();
        self.utc_offset_minutes.clear();
        self.label.clear();
        self.correlation_id.clear();
        self.trace_id.clear();
        self.source.clear();
        self.file.clear();
        self.line.clear();
    }
}

/// A column that in most tables has the same value in all rows: then that is all that is kept.
#[derive(Debug, Clone, Default)]
pub struct MostlyOne<T> {
    rows: usize,
    one: T,
    /// All values, if they differ.
    many: Vec<T>,
}

impl<T: Copy + PartialEq> MostlyOne<T> {
    /// The value of a row.
    #[inline]
    pub fn get(&self, row: usize) -> T {
        self.many.get(row).copied().unwrap_or(self.one)
    }

    /// All values.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = T> + Clone {
        (0..self.rows).map(|row| self.get(row))
    }

    pub(crate) fn push(&mut self, value: T) {
        self.extend_same(value, 1);
    }

    /// The next so many rows have this value.
    pub(crate) fn extend_same(&mut self, value: T, rows: usize) {
        if self.rows == 0 {
            self.one = value;
        }
        if !self.many.is_empty() || value != self.one {
            self.differ();
            self.many.extend(std::iter::repeat_n(value, rows));
        }
        self.rows += rows;
    }

    /// The next rows have these values, which differ.
    pub(crate) fn extend(&mut self, values: impl ExactSizeIterator<Item = T>) {
        self.differ();
        self.rows += values.len();
        self.many.extend(values);
    }

    fn differ(&mut self) {
        if self.many.is_empty() {
            self.many.extend(std::iter::repeat_n(self.one, self.rows));
        }
    }

    fn clear(&mut self) {
        self.rows = 0;
        self.many.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever is kept, it is what was put in; memory that is used again holds nothing of before.
        #[test]
        fn columns_are_their_rows(
            tables in proptest::collection::vec(proptest::collection::vec((
                prop_oneof![3 => Just(1u32), 1 => 0..3u32], 0..4usize, any::<bool>(),
            ), 0..8), 1..4),
        ) {
            let mut column = MostlyOne::default();
            for table in tables {
                let mut expected = Vec::new();
                for (value, rows, same) in table {
                    let values = std::iter::repeat_n(value, rows);
                    expected.extend(values.clone());
                    if same { column.extend_same(value, rows) } else { column.extend(values) }
                }
                prop_assert_eq!(column.iter().len(), expected.len());
                prop_assert_eq!(column.iter().collect::<Vec<_>>(), expected);
                column.clear();
            }
        }
    }
}
