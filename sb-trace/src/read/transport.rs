//! Transport: what a file was packed in on its way. Recognised by its first bytes, not its name.

use super::input::{Input, Place};
use super::utf16::{self, Utf8};
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{Cursor, Read};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const ZIP: [u8; 4] = *b"PK\x03\x04";
const BOM: [u8; 3] = [0xef, 0xbb, 0xbf];

/// How much is looked at to tell UTF-16 from UTF-8.
const LOOKED_AT: usize = 4096;

/// A gzip in a gzip happens; more than this is an attack.
const DEEPEST: usize = 4;

/// Opens an input and gives its text: all gzip members and zstd frames unpacked, in UTF-8, no BOM.
pub(crate) fn open(input: &Input) -> Result<Box<dyn Read + Send>> {
    let error = |error| Error::read(&input.name, error);
    let raw: Box<dyn Read + Send> = match &input.place {
        Place::File(path) => Box::new(File::open(path).map_err(error)?),
        Place::Stdin => Box::new(std::io::stdin()),
        Place::Bytes(bytes) => Box::new(Cursor::new(bytes.clone())),
    };
    unpack(raw, DEEPEST).map_err(error)
}

fn unpack(mut raw: Box<dyn Read + Send>, deepest: usize) -> std::io::Result<Box<dyn Read + Send>> {
    let mut head = Vec::with_capacity(LOOKED_AT);
    raw.by_ref().take(LOOKED_AT as u64).read_to_end(&mut head)?;
    let packed = deepest > 0;
    if packed && head.starts_with(&GZIP) {
        let again = Cursor::new(head).chain(raw);
        unpack(Box::new(flate2::read::MultiGzDecoder::new(again)), deepest - 1)
    } else if packed && head.starts_with(&ZSTD) {
        let again = Cursor::new(head).chain(raw);
        unpack(Box::new(zstd::stream::read::Decoder::new(again)?), deepest - 1)
    } else if head.starts_with(&ZIP) {
        Err(std::io::Error::other("is a zip archive; unpack it and name the folder"))
    } else if let Some((order, skipped)) = utf16::recognise(&head) {
        let rest = head.split_off(skipped);
        Ok(Box::new(Utf8::new(Cursor::new(rest).chain(raw), order)))
    } else {
        let skipped = if head.starts_with(&BOM) { BOM.len() } else { 0 };
        let rest = head.split_off(skipped);
        Ok(Box::new(Cursor::new(rest).chain(raw)))
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
