//! A column of strings as a dictionary, made without looking at the strings: those of a frame mostly
//! are gathered from a table, so that equal ones stand at the same place of memory.

use hashbrown::HashMap;
use polars_arrow::array::{Array, DictionaryArray, PrimitiveArray, Utf8ViewArray};
use polars_arrow::datatypes::{ArrowDataType, IntegerType};

/// A column with more strings than this is left to polars, which looks whether they are equal.
const MOST: usize = 4096;

/// How many strings are remembered without being looked up.
const RECENT: usize = 64;

/// The column as a dictionary, if there are few strings in it.
pub(super) fn of(column: &Utf8ViewArray) -> Option<DictionaryArray<u32>> {
    let validity = column.validity();
    let is_null = |row: usize| validity.is_some_and(|validity| !validity.get_bit(row));
    let mut known: HashMap<u128, u32> = HashMap::new();
    let mut recent = [(0, 0); RECENT];
    let mut strings: Vec<&str> = Vec::new();
    let mut keys: Vec<u32> = Vec::with_capacity(column.len());
    for (row, view) in column.views().iter().enumerate() {
        if is_null(row) {
            keys.push(0);
            continue;
        }
        // Length and begin of the string, and where it stands if it is long.
        let view = view.as_u128();
        let place = &mut recent[place_of(view)];
        if place.0 != view || view == 0 {
            let next = u32::try_from(strings.len()).unwrap_or(u32::MAX);
            let key = *known.entry(view).or_insert(next);
            if key == next {
                if strings.len() == MOST {
                    return None;
                }
                strings.push(column.value(row));
            }
            *place = (view, key);
        }
        keys.push(place.1);
    }
    if strings.is_empty() {
        return None;
    }
    let values = Utf8ViewArray::from_slice_values(&strings);
    let type_ =
        ArrowDataType::Dictionary(IntegerType::UInt32, Box::new(ArrowDataType::Utf8View), false);
    let keys = PrimitiveArray::new(ArrowDataType::UInt32, keys.into(), validity.cloned());
    DictionaryArray::try_new(type_, keys, values.boxed()).ok()
}

/// Where a string is remembered.
fn place_of(view: u128) -> usize {
    const MIXES: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    usize::try_from(view.wrapping_mul(MIXES) >> 122).unwrap_or_default() % RECENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dictionary_holds_the_same_strings() {
        let long = "a string of more than twelve bytes".to_owned();
        let rows = [Some("A"), None, Some(&*long), Some("A"), Some(&*long), Some("B"), None];
        let column = Utf8ViewArray::from_slice(rows);
        let dictionary = of(&column).unwrap();
        let values = dictionary.values().as_any().downcast_ref::<Utf8ViewArray>().unwrap();
        let read = dictionary.keys().iter().map(|key| key.map(|key| values.value(*key as usize)));
        assert_eq!(read.collect::<Vec<_>>(), rows);
        assert!(values.len() >= 3 && dictionary.null_count() == 2);
        let nothing = Utf8ViewArray::from_slice([None::<&str>, None]);
        assert!(of(&nothing).is_none());
        let many: Vec<String> = (0..=MOST).map(|n| n.to_string()).collect();
        assert!(of(&Utf8ViewArray::from_slice_values(&many)).is_none());
    }
}
