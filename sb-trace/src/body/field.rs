//! Many fields are looked for in every record, few are there: which may be, by their first names.

use super::value::Json;

/// A path to a field, with dots.
#[derive(Debug)]
pub(super) struct Field {
    path: &'static str,
    /// Its place in [`KeyPrefixes`].
    bit: u64,
}

impl Field {
    pub(super) const fn new(path: &'static str) -> Self {
        Self { path, bit: bit(path.as_bytes()) }
    }

    /// The field in a record with these heads.
    pub(super) fn of<'j, 'a>(
        &self,
        record: &'j Json<'a>,
        prefixes: KeyPrefixes,
    ) -> Option<&'j Json<'a>> {
        if prefixes.0 & self.bit == 0 { None } else { record.at(self.path) }
    }
}

/// A set of what the keys of a record begin with, up to a dot. Several share a place, so that it
/// says for sure only what is not there.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyPrefixes(u64);

impl KeyPrefixes {
    pub(super) fn of(record: &Json<'_>) -> Self {
        Self(record.entries().iter().fold(0, |prefixes, (key, _)| prefixes | bit(key.as_bytes())))
    }
}

/// The place of a path's first name: by its length and its first letter.
const fn bit(path: &[u8]) -> u64 {
    let mut length = 0;
    while length < path.len() && path[length] != b'.' {
        length += 1;
    }
    let first = if path.is_empty() { 0 } else { path[0] as u64 };
    1 << ((first.wrapping_mul(5).wrapping_add(length as u64 * 11)) % 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_nested_dotted_or_both() {
        let field = Field::new("kubernetes.pod.name");
        for text in [
            r#"{"x":1,"kubernetes":{"pod":{"name":"p"}}}"#,
            r#"{"kubernetes.pod.name":"p"}"#,
            r#"{"kubernetes.pod":{"name":"p"},"":2}"#,
        ] {
            let json = Json::parse(text.as_bytes()).unwrap();
            assert_eq!(
                field.of(&json, KeyPrefixes::of(&json)).and_then(Json::text),
                Some("p"),
                "{text}"
            );
        }
        let other = Json::parse(br#"{"log":"x","time":"y"}"#).unwrap();
        assert_eq!(field.of(&other, KeyPrefixes::of(&other)), None);
    }
}
