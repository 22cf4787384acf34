//! Transport: what a file was packed in on its way. Recognised by its first bytes, not its name.

use super::input::{Input, Place};
use super::text::{LOOKED_AT, Text};
use super::utf16::{self, Utf8};
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{Cursor, Read};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const ZIP: [u8; 4] = *b"PK\x03\x04";
const BOM: [u8; 3] = [0xef, 0xbb, 0xbf];

/// A gzip in a gzip happens; more than this is an attack.
const DEEPEST: usize = 4;

/// Opens an input and gives its text: all gzip members and zstd frames unpacked, in UTF-8, no BOM.
pub(crate) fn open(input: &Input) -> Result<Text> {
    let error = |error| Error::read(&input.name, error);
    let raw: Box<dyn Read + Send> = match &input.place {
        Place::File(path) => Box::new(File::open(path).map_err(error)?),
        Place::Stdin => Box::new(std::io::stdin()),
        Place::Bytes(bytes) => Box::new(Cursor::new(bytes.clone())),
        // They hold no text.
        Place::Events(_) | Place::Table(..) => Box::new(std::io::empty()),
    };
    unpacked(raw).map_err(error)
}

/// The text in some bytes.
pub(super) fn unpacked(raw: Box<dyn Read + Send>) -> std::io::Result<Text> {
    unpack(raw, DEEPEST)
}

fn unpack(raw: Box<dyn Read + Send>, deepest: usize) -> std::io::Result<Text> {
    let mut text = Text::new(raw);
    let head = text.look(LOOKED_AT)?;
    let packed = deepest > 0;
    if packed && head.starts_with(&GZIP) {
        unpack(Box::new(flate2::read::MultiGzDecoder::new(text)), deepest - 1)
    } else if packed && head.starts_with(&ZSTD) {
        unpack(Box::new(zstd::stream::read::Decoder::new(text)?), deepest - 1)
    } else if head.starts_with(&ZIP) {
        Err(std::io::Error::other("is a zip archive; unpack it and name the folder"))
    } else if let Some((order, mark)) = utf16::recognise(head) {
        text.skip(mark);
        Ok(Text::new(Box::new(Utf8::new(text, order))))
    } else {
        let mark = if head.starts_with(&BOM) { BOM.len() } else { 0 };
        text.skip(mark);
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn text(bytes: Vec<u8>) -> std::io::Result<Vec<u8>> {
        let mut out = Vec::new();
        unpack(Box::new(Cursor::new(bytes)), DEEPEST)?.read_to_end(&mut out)?;
        Ok(out)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn packed_files_are_opened_as_they_are() {
        assert_eq!(text(b"".to_vec()).unwrap(), b"");
        assert_eq!(text(b"a".to_vec()).unwrap(), b"a");
        assert_eq!(text(b"\xef\xbb\xbfabc".to_vec()).unwrap(), b"abc");
        assert_eq!(text([gzip(b"one "), gzip(b"two")].concat()).unwrap(), b"one two");
        assert_eq!(text(gzip(&gzip(b"twice"))).unwrap(), b"twice");
        assert_eq!(text(gzip(b"\xef\xbb\xbfabc")).unwrap(), b"abc");
        assert_eq!(text(zstd::encode_all(&b"z"[..], 1).unwrap()).unwrap(), b"z");
    }

    #[test]
    fn a_broken_gzip_and_a_zip_are_errors() {
        let mut cut = gzip(&b"x".repeat(100_000));
        cut.truncate(cut.len() / 2);
        assert!(text(cut).is_err());
        assert!(text(b"PK\x03\x04rest".to_vec()).unwrap_err().to_string().contains("zip"));
    }
}
