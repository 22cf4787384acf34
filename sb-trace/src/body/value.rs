//! A JSON value as borrowed as its text allows. serde_json parses it; only text is kept, because
//! nothing else can hold a statement or an id.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json<'a> {
    /// `null`, `true`, `false` and numbers with a fraction.
    Other,
    Number(i64),
    /// A number above the greatest of those.
    Large(u64),
    Text(Cow<'a, str>),
    Array(Vec<Json<'a>>),
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// Parses a text that is one value and nothing else. Bytes that are no UTF-8 are none.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(text).ok()
    }

    /// The same of a text that is known to be UTF-8.
    pub(crate) fn parse_text(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The digits of a whole number.
    pub(crate) fn digits(&self) -> Option<String> {
        match self {
            Self::Number(number) => Some(number.to_string()),
            Self::Large(number) => Some(number.to_string()),
            _ => None,
        }
    }

    pub(crate) fn array(&self) -> &[Json<'a>] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    pub(crate) fn entries(&self) -> &[(Cow<'a, str>, Json<'a>)] {
        match self {
            Self::Object(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Json<'a>> {
        self.entries().iter().find(|(k, _)| k == key).map(|(_, value)| value)
    }

    /// The text of a key.
    pub(crate) fn get_text(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// The value at a path: keys may be nested, dotted (`"trace.id"`) or both.
    pub(crate) fn at(&self, path: &str) -> Option<&Json<'a>> {
        if let Some(found) = self.get(path) {
            return Some(found);
        }
        let mut dots = path.match_indices('.').map(|(at, _)| at);
        dots.find_map(|dot| {
            let (head, tail) = path.split_at_checked(dot)?;
            self.get(head)?.at(tail.strip_prefix('.')?)
        })
    }

    /// All text in it, in order.
    pub(crate) fn all_text(&self, out: &mut Vec<u8>) {
        match self {
            Self::Text(text) => {
                out.extend_from_slice(text.as_bytes());
                out.push(b'\n');
            }
            Self::Array(items) => items.iter().for_each(|item| item.all_text(out)),
            Self::Object(entries) => entries.iter().for_each(|(_, value)| value.all_text(out)),
            Self::Other | Self::Number(_) | Self::Large(_) => {}
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Build)
    }
}

/// A key, borrowed where it can be.
struct JsonKey<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for JsonKey<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(Build)? {
            Json::Text(text) => Ok(Self(text)),
            _ => Ok(Self(Cow::Borrowed(""))),
        }
    }
}

struct Build;

impl<'de> Visitor<'de> for Build {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json<'de>, E> {
        Ok(Json::Other)
    }
    fn visit_i64<E>(self, number: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(number))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Json<'de>, E> {
        Ok(i64::try_from(number).map_or(Json::Large(number), Json::Number))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Json<'de>, E> {
        Ok(Json::Other)
    }
    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Other)
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }
    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }
    fn visit_string<E>(self, text: String) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text)))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let mut out = Vec::new();
        while let Some(item) = items.next_element()? {
            out.push(item);
        }
        Ok(Json::Array(out))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json<'de>, A::Error> {
        let mut out = Vec::new();
        while let Some((JsonKey(key), value)) = entries.next_entry()? {
            out.push((key, value));
        }
        Ok(Json::Object(out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_may_be_nested_or_dotted() {
        let json =
            Json::parse(br#"{"trace.id":"a","k":{"pod":{"name":"b"},"x.y":"c"},"n":7,"e":"q\"q"}"#)
                .unwrap();
        let at = |path| json.at(path).and_then(Json::text).unwrap_or("-").to_owned();
        assert_eq!(at("trace.id"), "a");
        assert_eq!(at("k.pod.name"), "b");
        assert_eq!(at("k.x.y"), "c");
        assert_eq!(at("k.pod"), "-");
        assert_eq!(at("e"), "q\"q");
        assert_eq!(json.at("n"), Some(&Json::Number(7)));
        let mut all = Vec::new();
        json.all_text(&mut all);
        assert_eq!(all, b"a\nb\nc\nq\"q\n");
        assert_eq!(Json::parse(b"{\"a\":1} x"), None);
    }
}
