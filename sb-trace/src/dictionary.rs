//! The dictionary of a job: labels, sources, files and runs as categories of polars.
//!
//! A text has its code from the moment at which it first comes in the order of the log, so that codes
//! are the same whatever the number of threads. Code 0 is the empty text: in a column it is null.

use polars::prelude::*;
use std::sync::{Arc, Mutex, PoisonError};

/// The code of no text.
pub(crate) const NO_TEXT: u32 = 0;

/// Texts and their codes.
#[derive(Debug)]
pub(crate) struct Dictionary {
    mapping: Arc<CategoricalMapping>,
    dtype: DataType,
    /// All categories in the order of their codes, as far as they were asked for: once with null for
    /// no text, once without.
    all: Mutex<[Column; 2]>,
}

impl Dictionary {
    pub(crate) fn new() -> Self {
        let categories = Categories::random("sb".into(), CategoricalPhysical::U32);
        let dtype = DataType::from_categories(categories);
        let mapping = match &dtype {
            DataType::Categorical(_, mapping) => Arc::clone(mapping),
            _ => Categories::global().mapping(),
        };
        let all = [(); 2].map(|()| Column::full_null("".into(), 0, &dtype));
        let dictionary = Self { mapping, dtype, all: Mutex::new(all) };
        dictionary.code("");
        dictionary
    }

    /// The code of a text, which gets one if it has none.
    ///
    /// For codes that do not depend on the number of threads, it is called in the order of the log.
    pub(crate) fn code(&self, text: &str) -> u32 {
        if let Some(code) = self.find(text) {
            return code;
        }
        // While a text is added, polars has counted it but does not know it: a column that were made
        // then would have null in its place.
        let _one_at_a_time = self.all.lock();
        // There are never so many texts that the categories would be full: memory is, before.
        self.mapping.insert_cat(text).unwrap_or_default()
    }

    /// The code of a text, if it has one.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        self.mapping.get_cat(text)
    }

    /// The text of a code.
    pub(crate) fn text(&self, code: u32) -> &str {
        self.mapping.cat_to_str(code).unwrap_or_default()
    }

    /// All texts in the order of their codes.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|code| self.text(u32::try_from(code).unwrap_or(NO_TEXT)))
    }

    /// How many texts there are, the empty one included.
    pub(crate) fn len(&self) -> usize {
        self.mapping.num_cats_upper_bound()
    }

    /// A column of codes; [`NO_TEXT`] is null.
    pub(crate) fn column(&self, name: &str, codes: Vec<u32>) -> Column {
        let all = self.all(codes.contains(&NO_TEXT));
        let codes = IdxCa::from_vec(name.into(), codes);
        let column = all.take(&codes);
        column.unwrap_or_else(|_| self.same(name, NO_TEXT, codes.len())).with_name(name.into())
    }

    /// A column in which all rows have the same code.
    pub(crate) fn same(&self, name: &str, code: u32, rows: usize) -> Column {
        let value = match code {
            NO_TEXT => AnyValue::Null,
            code => AnyValue::CategoricalOwned(code, Arc::clone(&self.mapping)),
        };
        Column::new_scalar(name.into(), Scalar::new(self.dtype.clone(), value), rows)
    }

    /// All categories in the order of their codes; if asked for, the first is null.
    fn all(&self, with_null: bool) -> Column {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let all = &mut all[usize::from(with_null)];
        let known = self.len();
        if all.len() < known {
            let codes = 0..u32::try_from(known).unwrap_or(u32::MAX);
            let codes = codes.map(|code| (code != NO_TEXT || !with_null).then_some(code));
            let codes: UInt32Chunked = codes.collect();
            let column = CategoricalChunked::<Categorical32Type>::from_cats_and_dtype(
                codes,
                self.dtype.clone(),
            );
            *all = column.into_series().into_column();
        }
        all.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_its_texts_while_others_are_added() {
        for _ in 0..20 {
            let dictionary = Dictionary::new();
            std::thread::scope(|scope| {
                for thread in 0..4 {
                    let dictionary = &dictionary;
                    scope.spawn(move || {
                        for number in 0..200 {
                            let code = dictionary.code(&format!("{thread} {number}"));
                            let column = dictionary.column("label", vec![code]);
                            assert_eq!(column.null_count(), 0, "{thread} {number}");
                        }
                    });
                }
            });
        }
    }
}
