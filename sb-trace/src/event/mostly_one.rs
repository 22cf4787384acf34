//! A column that mostly holds one value.

/// A column that in most tables has the same value in all rows: then that is all that is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MostlyOne<T> {
    rows: usize,
    one: T,
    /// All values, if they differ.
    many: Vec<T>,
}

impl<T: Copy + PartialEq> MostlyOne<T> {
    /// The value that all rows have, if they have one.
    pub fn one(&self) -> Option<T> {
        self.many.is_empty().then_some(self.one)
    }

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

    /// The next rows are some of another column.
    pub(crate) fn append(&mut self, other: &Self, rows: std::ops::Range<usize>) {
        match other.many.get(rows.clone()) {
            Some(some) if !other.many.is_empty() => {
                // A stretch of one value is kept as one.
                match some.first() {
                    Some(&first) if some.iter().all(|&value| value == first) => {
                        self.extend_same(first, some.len());
                    }
                    _ => self.extend(some.iter().copied()),
                }
            }
            _ => self.extend_same(other.one, rows.len()),
        }
    }

    /// Puts another value in the place of each.
    pub(crate) fn change(&mut self, of: impl Fn(T) -> T) {
        self.one = of(self.one);
        self.many.iter_mut().for_each(|value| *value = of(*value));
    }

    fn differ(&mut self) {
        if self.many.is_empty() {
            self.many.extend(std::iter::repeat_n(self.one, self.rows));
        }
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
                column = MostlyOne::default();
            }
        }
    }
}
