//! A column as the dictionary of a Parquet page, if it has few values for its rows. Strings are told
//! apart by the codes of their categories, or by where they stand in memory; none is looked at.

use hashbrown::HashMap;
use polars::prelude::*;
use polars_arrow::array::{Array, DictionaryArray, PrimitiveArray, Utf8ViewArray};
use polars_arrow::bitmap::Bitmap;
use polars_arrow::datatypes::{ArrowDataType, IntegerType};

/// A column with more strings than this has none.
const MOST: usize = 1 << 16;

/// Marks a category that did not occur yet, and one that is null.
const NEW: u32 = u32::MAX;

/// The dictionary of a column, if it has few values for its rows.
pub(super) fn of(column: &Column) -> PolarsResult<Option<DictionaryArray<u32>>> {
    match column.dtype() {
        DataType::Categorical(_, mapping) => {
            if let Some(scalar) = column.as_scalar_column() {
                return Ok(match scalar.scalar().value() {
                    AnyValue::Categorical(code, _) | AnyValue::CategoricalOwned(code, _) => {
                        let text = mapping.cat_to_str(*code).unwrap_or_default();
                        array(&[text], vec![0; column.len()], None)
                    }
                    _ => None,
                });
            }
            let codes = column.to_physical_repr();
            Ok(of_codes(codes.u32()?, mapping))
        }
        DataType::String if column.as_scalar_column().is_none() => Ok(of_strings(column.str()?)),
        DataType::Int16 => {
            Ok(numbers(column.i16()?, ArrowDataType::Int16, |n| u64::from(n.cast_unsigned())))
        }
        DataType::UInt32 => Ok(numbers(column.u32()?, ArrowDataType::UInt32, u64::from)),
        DataType::Int64 => Ok(numbers(column.i64()?, ArrowDataType::Int64, i64::cast_unsigned)),
        DataType::Float64 => Ok(numbers(column.f64()?, ArrowDataType::Float64, f64::to_bits)),
        _ => Ok(None),
    }
}

/// The dictionary of a column of numbers, which differ if their bits do.
fn numbers<T>(
    column: &ChunkedArray<T>,
    type_: ArrowDataType,
    bits: impl Fn(T::Native) -> u64,
) -> Option<DictionaryArray<u32>>
where
    T: PolarsNumericType,
{
    /// A dictionary of more is no shorter than what else there is for numbers.
    const MOST: usize = 1 << 14;
    const PLACES: usize = 2 * MOST;
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    // For each place of the table the number of a value and one more, or 0.
    let mut places = vec![0u32; PLACES];
    let mut values: Vec<T::Native> = Vec::new();
    let mut keys: Vec<u32> = Vec::with_capacity(column.len());
    for chunk in column.downcast_iter() {
        let validity = chunk.validity();
        for (row, &value) in chunk.values_iter().enumerate() {
            if validity.is_some_and(|validity| !validity.get_bit(row)) {
                keys.push(0);
                continue;
            }
            let value_bits = bits(value);
            let mut place =
                usize::try_from(value_bits.wrapping_mul(MIX) >> 40).unwrap_or(0) % PLACES;
            let key = loop {
                match places[place] {
                    0 => {
                        if values.len() == MOST
                            || (values.len() > 1 << 9 && values.len() * 4 > keys.len())
                        {
                            return None;
                        }
                        values.push(value);
                        places[place] = u32::try_from(values.len()).unwrap_or(NEW);
                        break places[place] - 1;
                    }
                    known if bits(values[known as usize - 1]) == value_bits => break known - 1,
                    _ => place = (place + 1) % PLACES,
                }
            };
            keys.push(key);
        }
    }
    if values.is_empty() {
        return None;
    }
    let values = PrimitiveArray::new(type_.clone(), values.into(), None);
    of_keys(values.boxed(), type_, keys, valid(column))
}

/// In the order in which they come in the rows, whatever the codes are.
fn of_codes(codes: &UInt32Chunked, mapping: &CategoricalMapping) -> Option<DictionaryArray<u32>> {
    let mut key_of = vec![NEW; mapping.num_cats_upper_bound()];
    let mut strings: Vec<&str> = Vec::new();
    let mut keys: Vec<u32> = Vec::with_capacity(codes.len());
    for chunk in codes.downcast_iter() {
        let has_nulls = chunk.null_count() > 0;
        for (row, &code) in chunk.values_iter().enumerate() {
            if has_nulls && chunk.is_null(row) {
                keys.push(0);
                continue;
            }
            let key = key_of.get_mut(code as usize)?;
            if *key == NEW {
                if strings.len() == MOST {
                    return None;
                }
                *key = u32::try_from(strings.len()).unwrap_or(NEW);
                strings.push(mapping.cat_to_str(code).unwrap_or_default());
            }
            keys.push(*key);
        }
    }
    array(&strings, keys, valid(codes))
}

/// A string that comes again in another chunk stands in the dictionary again: chunks end with traces,
/// and of a few double ones a dictionary hardly grows.
fn of_strings(column: &StringChunked) -> Option<DictionaryArray<u32>> {
    let mut strings: Vec<&str> = Vec::new();
    let mut keys: Vec<u32> = Vec::with_capacity(column.len());
    for chunk in column.downcast_iter() {
        let validity = chunk.validity();
        let is_null = |row: usize| validity.is_some_and(|validity| !validity.get_bit(row));
        let mut known: HashMap<u128, u32> = HashMap::with_capacity(chunk.len() / 2);
        let mut last: Option<(u128, u32)> = None;
        for (row, view) in chunk.views().iter().enumerate() {
            if is_null(row) {
                keys.push(0);
                continue;
            }
            // Length and begin of the string, and where it stands if it is long.
            let view = view.as_u128();
            let key = match last {
                Some((before, key)) if before == view => key,
                _ => {
                    let next = u32::try_from(strings.len()).unwrap_or(NEW);
                    let key = *known.entry(view).or_insert(next);
                    if key == next {
                        // Where most rows differ, a dictionary is longer than the strings.
                        let rows = keys.len();
                        if strings.len() == MOST || (rows > 1 << 10 && strings.len() * 2 > rows) {
                            return None;
                        }
                        strings.push(chunk.value(row));
                    }
                    key
                }
            };
            last = Some((view, key));
            keys.push(key);
        }
    }
    array(&strings, keys, valid(column))
}

/// The dictionary of these keys; none without any string.
fn array(
    strings: &[&str],
    keys: Vec<u32>,
    validity: Option<Bitmap>,
) -> Option<DictionaryArray<u32>> {
    if strings.is_empty() {
        return None;
    }
    let values = Utf8ViewArray::from_slice_values(strings);
    of_keys(values.boxed(), ArrowDataType::Utf8View, keys, validity)
}

/// Which rows are not null, if any is.
fn valid<T: PolarsDataType>(column: &ChunkedArray<T>) -> Option<Bitmap> {
    (column.null_count() > 0)
        .then(|| column.is_not_null().rechunk().downcast_as_array().values().clone())
}

fn of_keys(
    values: Box<dyn Array>,
    of: ArrowDataType,
    keys: Vec<u32>,
    validity: Option<Bitmap>,
) -> Option<DictionaryArray<u32>> {
    let type_ = ArrowDataType::Dictionary(IntegerType::UInt32, Box::new(of), false);
    let keys = PrimitiveArray::new(ArrowDataType::UInt32, keys.into(), validity);
    DictionaryArray::try_new(type_, keys, values).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::{Dictionary, NO_TEXT};

    fn read(dictionary: &DictionaryArray<u32>) -> Vec<Option<String>> {
        let values = dictionary.values().as_any().downcast_ref::<Utf8ViewArray>().unwrap();
        let keys = dictionary.keys().iter();
        keys.map(|key| key.map(|key| values.value(*key as usize).to_owned())).collect()
    }

    #[test]
    fn a_dictionary_holds_the_same_strings() {
        let long = "a string of more than twelve bytes".to_owned();
        let rows = [Some("A"), None, Some(&*long), Some("A"), Some(&*long), Some("B"), None];
        let texts = Dictionary::new();
        texts.code("unused");
        let codes: Vec<u32> =
            rows.iter().map(|text| texts.code(text.unwrap_or_default())).collect();
        let categories = texts.column("", codes);
        let strings = StringChunked::from_iter_options("".into(), rows.into_iter()).into_column();
        let mut in_chunks = strings.clone();
        in_chunks.append(&strings).unwrap();
        let dictionary = of(&in_chunks).unwrap().unwrap();
        let twice = [rows, rows].concat().into_iter().map(|row| row.map(str::to_owned));
        assert_eq!(read(&dictionary), twice.collect::<Vec<_>>());
        for column in [categories, strings] {
            let dictionary = of(&column).unwrap().unwrap();
            assert_eq!(read(&dictionary), rows.map(|row| row.map(str::to_owned)));
            assert_eq!(dictionary.null_count(), 2);
        }
        assert!(of(&texts.column("", vec![NO_TEXT; 3])).unwrap().is_none(), "nothing but nulls");
        let same = of(&texts.same("", texts.code("B"), 3)).unwrap().unwrap();
        assert_eq!(read(&same), ["B"; 3].map(|text| Some(text.to_owned())));
        let many: Vec<String> = (0..=MOST).map(|n| n.to_string()).collect();
        let many = StringChunked::from_iter_values("".into(), many.iter().map(String::as_str));
        assert!(of(&many.into_column()).unwrap().is_none());
    }
}
