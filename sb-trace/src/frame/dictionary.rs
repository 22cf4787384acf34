//! A column of strings as a dictionary, made without looking at the strings: they are known by their
//! handles, or those of a frame mostly are gathered from a table, so that equal ones stand at the same
//! place of memory.

use crate::names::Name;
use hashbrown::HashMap;
use polars_arrow::array::{Array, DictionaryArray, PrimitiveArray, Utf8ViewArray};
use polars_arrow::bitmap::Bitmap;
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
    made(&strings, keys, validity.cloned())
}

/// The dictionary of a column of handles, of which so many are known, if there are few strings in it;
/// the empty string is null.
pub(super) fn of_handles<'t>(
    count: usize,
    text: impl Fn(Name) -> &'t str,
    handles: impl ExactSizeIterator<Item = Name>,
) -> Option<DictionaryArray<u32>> {
    const NEW: u32 = u32::MAX;
    const NULL: u32 = NEW - 1;
    // In the order of the rows, whatever the handles are.
    let mut key_of = vec![NEW; count];
    let mut strings: Vec<&str> = Vec::new();
    let mut keys: Vec<u32> = Vec::with_capacity(handles.len());
    let mut nulls = 0;
    for handle in handles {
        let key = key_of.get_mut(handle as usize)?;
        if *key == NEW {
            let text = text(handle);
            if text.is_empty() {
                *key = NULL;
            } else if strings.len() == MOST {
                return None;
            } else {
                *key = u32::try_from(strings.len()).unwrap_or(NULL);
                strings.push(text);
            }
        }
        nulls += usize::from(*key == NULL);
        keys.push(*key);
    }
    let validity = (nulls > 0).then(|| keys.iter().map(|&key| key != NULL).collect());
    if nulls > 0 {
        keys.iter_mut().filter(|key| **key == NULL).for_each(|key| *key = 0);
    }
    made(&strings, keys, validity)
}

/// The dictionary of these keys; none without any string.
fn made(
    strings: &[&str],
    keys: Vec<u32>,
    validity: Option<Bitmap>,
) -> Option<DictionaryArray<u32>> {
    if strings.is_empty() {
        return None;
    }
    let values = Utf8ViewArray::from_slice_values(strings);
    let type_ =
        ArrowDataType::Dictionary(IntegerType::UInt32, Box::new(ArrowDataType::Utf8View), false);
    let keys = PrimitiveArray::new(ArrowDataType::UInt32, keys.into(), validity);
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
        let texts = ["", "unused", "A", &long, "B"];
        let handles = [2, 0, 3, 2, 3, 4, 0];
        let by_handle = of_handles(5, |at| texts[at as usize], handles.into_iter()).unwrap();
        assert_eq!(by_handle.values().len(), 3, "no string that does not occur");
        for dictionary in [of(&column).unwrap(), by_handle] {
            let values = dictionary.values().as_any().downcast_ref::<Utf8ViewArray>().unwrap();
            let read = dictionary.keys().iter();
            let read = read.map(|key| key.map(|key| values.value(*key as usize)));
            assert_eq!(read.collect::<Vec<_>>(), rows);
            assert!(values.len() >= 3 && dictionary.null_count() == 2);
        }
        let nulls = |handles: [u32; 2]| of_handles(2, |_| "", handles.into_iter());
        assert!(nulls([0, 1]).is_none(), "nothing but nulls");
        let nothing = Utf8ViewArray::from_slice([None::<&str>, None]);
        assert!(of(&nothing).is_none());
        let many: Vec<String> = (0..=MOST).map(|n| n.to_string()).collect();
        assert!(of(&Utf8ViewArray::from_slice_values(&many)).is_none());
        let all = || 0..u32::try_from(many.len()).unwrap();
        let text = |at: u32| &*many[at as usize];
        assert!(of_handles(many.len(), text, all()).is_none());
        assert!(of_handles(many.len(), text, all().skip(1)).is_some());
    }
}
