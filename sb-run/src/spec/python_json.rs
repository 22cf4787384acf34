//! JSON as Python's `json.dump` writes it, because files are compared with such text: `", "` and
//! `": "` between the parts, and nothing but ASCII.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

/// The text of a value.
pub fn text(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory and values of JSON do not fail.
    let _ = value.serialize(&mut Serializer::with_formatter(&mut bytes, Python));
    bytes
}

struct Python;

impl Formatter for Python {
    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }
    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }
    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> io::Result<()> {
        for character in text.chars() {
            if character.is_ascii() {
                write!(out, "{character}")?;
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn looks_like_python() {
        let value = json!({"a": [1, "x\"é😀"], "b": {"c": true, "d": 0.5}});
        let text = String::from_utf8(text(&value)).unwrap();
        assert_eq!(text, r#"{"a": [1, "x\"\u00e9\ud83d\ude00"], "b": {"c": true, "d": 0.5}}"#);
    }
}
