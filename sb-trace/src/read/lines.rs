//! Some lines of an input once more, for a reader who wants to see where an event stands.

use super::{Input, Place, open};
use crate::error::{Error, Result};
use std::io::{BufRead, BufReader, Read};

/// A longer line is cut.
const LONGEST_SHOWN: u64 = 2000;

/// The text of some lines, given by number (from 1) in ascending order; a line that is no UTF-8 is
/// shown as well as it can be. Nothing from standard input, which can be read only once.
pub fn lines(input: &Input, wanted: &[u64]) -> Result<Vec<(u64, String)>> {
    let mut found = Vec::with_capacity(wanted.len());
    if input.place == Place::Stdin {
        return Ok(found);
    }
    let error = |error| Error::read(&input.name, error);
    let mut reader = BufReader::with_capacity(1 << 18, open(input)?);
    let mut number = 1;
    for &line in wanted {
        while number < line {
            if reader.skip_until(b'\n').map_err(error)? == 0 {
                return Ok(found);
            }
            number += 1;
        }
        let mut bytes = Vec::new();
        reader.by_ref().take(LONGEST_SHOWN).read_until(b'\n', &mut bytes).map_err(error)?;
        if !bytes.ends_with(b"\n") {
            reader.skip_until(b'\n').map_err(error)?;
        }
        number += 1;
        found.push((line, String::from_utf8_lossy(bytes.trim_ascii_end()).into_owned()));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_by_number() {
        let long = "x".repeat(5000);
        let input = Input::bytes("a.log", format!("one\r\n\n{long}\nfour\nfive"));
        let text = |line: u64, text: &str| (line, text.to_owned());
        assert_eq!(lines(&input, &[1, 2]).unwrap(), [text(1, "one"), text(2, "")]);
        let found = lines(&input, &[3, 4, 5, 9]).unwrap();
        assert_eq!(found[0].1.len(), 2000);
        assert_eq!(found[1..], [text(4, "four"), text(5, "five")]);
        assert_eq!(lines(&Input::stdin(), &[1]).unwrap(), []);
    }
}
