//! The begin of an input, looked at in three ways: as JSON, as CSV and as lines.

use super::csv;
use crate::body::ansi;
use std::collections::BTreeSet;

/// How many lines are looked at.
const MOST_LINES: usize = 1000;

/// Keys beyond this many tell nothing more.
const MOST_KEYS: usize = 400;

/// The begin of an input.
#[derive(Debug, Default)]
pub(crate) struct Beginning {
    pub keys: Option<Keys>,
    /// Those of a JSON value below lines of text.
    pub keys_below: Option<Keys>,
    /// The fields of the first line, if they may be a header.
    pub header: Vec<String>,
    /// Lines without colours that are not blank.
    pub lines: Vec<Vec<u8>>,
    pub text: Vec<u8>,
}

impl Beginning {
    /// Looks at the begin of a text; `whole`: it is all of it.
    pub(crate) fn new(text: Vec<u8>, whole: bool) -> Self {
        let end = if whole {
            text.len()
        } else {
            memchr::memrchr(b'\n', &text).map_or(text.len(), |end| end + 1)
        };
        let lines = text.get(..end).unwrap_or_default().split(|&b| b == b'\n');
        let lines = lines.map(|line| ansi::strip(line.strip_suffix(b"\r").unwrap_or(line)));
        let lines: Vec<Vec<u8>> = lines
            .filter(|line| !line.trim_ascii().is_empty())
            .take(MOST_LINES)
            .map(std::borrow::Cow::into_owned)
            .collect();
        let header = lines.first().map(|line| csv::fields_of(line));
        let keys = Keys::of(&text, whole);
        let keys_below = if keys.is_none() { below(&text, whole) } else { None };
        Self { keys, keys_below, header: header.unwrap_or_default(), lines, text }
    }
}

/// The keys of the JSON value that follows what a script printed first.
fn below(text: &[u8], whole: bool) -> Option<Keys> {
    const MOST_ABOVE: usize = 50;
    let begins = memchr::memchr_iter(b'\n', text).map(|end| end + 1).take(MOST_ABOVE);
    let json = begins.filter_map(|begin| text.get(begin..));
    json.filter(|rest| matches!(rest.first(), Some(b'{' | b'[')))
        .find_map(|rest| Keys::of(rest, whole))
}

/// The keys of the first JSON value of a text, as paths: `events[].message`. An array at the top
/// is left out of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    paths: BTreeSet<String>,
    /// Whether the value is an array.
    pub array: bool,
    /// Whether the value is alone on its line, so that the text may hold one a line.
    pub by_line: bool,
}

impl Keys {
    pub(crate) fn has(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// Whether all keys at the top are among these.
    pub(crate) fn only(&self, keys: &[&str]) -> bool {
        let top = |path: &String| path.split(['.', '[']).next().unwrap_or_default().to_owned();
        !self.paths.is_empty() && self.paths.iter().all(|path| keys.contains(&top(path).as_str()))
    }

    /// None where the text does not begin with a JSON value that holds anything.
    fn of(text: &[u8], whole: bool) -> Option<Self> {
        let mut walk = Walk { text, at: 0, keys: BTreeSet::new() };
        // OpenWhisk's command line says so above its answer.
        if text.starts_with(b"ok: ") {
            walk.at = memchr::memchr(b'\n', text)?;
        }
        walk.blank();
        let start = walk.at;
        let first = walk.peek()?;
        if first != b'{' && first != b'[' {
            return None;
        }
        let ended = match walk.value("", 0) {
            Ok(()) => true,
            Err(Stop::End) if !whole || !walk.keys.is_empty() => false,
            Err(_) => return None,
        };
        let array = first == b'[';
        // An array of numbers is something in brackets.
        if array && walk.keys.is_empty() {
            return None;
        }
        let one_line = !text.get(start..walk.at)?.contains(&b'\n');
        let rest = text.get(walk.at..)?;
        let rest = rest.split(|&b| b == b'\n').next().unwrap_or_default();
        let by_line = ended && !array && one_line && rest.trim_ascii().is_empty();
        let paths = walk.keys.into_iter().filter(|path| path != "[]");
        let paths = paths.map(|path| match path.strip_prefix("[].") {
            Some(rest) => rest.to_owned(),
            None => path,
        });
        Some(Self { paths: paths.collect(), array, by_line })
    }
}

enum Stop {
    /// The text ended inside the value.
    End,
    /// This is no JSON.
    Broken,
}

struct Walk<'a> {
    text: &'a [u8],
    at: usize,
    keys: BTreeSet<String>,
}

impl Walk<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn blank(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace() || b == 0x1e) {
            self.at += 1;
        }
    }

    fn next(&mut self) -> Result<u8, Stop> {
        self.blank();
        self.peek().ok_or(Stop::End)
    }

    fn value(&mut self, path: &str, depth: usize) -> Result<(), Stop> {
        const DEEPEST: usize = 64;
        if depth > DEEPEST {
            return Err(Stop::Broken);
        }
        match self.next()? {
            b'{' => self.items(b'}', |walk| {
                let key = walk.string()?;
                if walk.next()? != b':' {
                    return Err(Stop::Broken);
                }
                walk.at += 1;
                let path = if path.is_empty() { key } else { format!("{path}.{key}") };
                walk.add(&path);
                walk.value(&path, depth + 1)
            }),
            b'[' => {
                let path = format!("{path}[]");
                self.items(b']', |walk| {
                    if matches!(walk.next()?, b'"' | b'[' | b'{') {
                        walk.add(&path);
                    }
                    walk.value(&path, depth + 1)
                })
            }
            b'"' => self.string().map(|_| ()),
            _ => self.word(),
        }
    }

    fn items(
        &mut self,
        end: u8,
        mut item: impl FnMut(&mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        self.at += 1;
        if self.next()? == end {
            self.at += 1;
            return Ok(());
        }
        loop {
            item(self)?;
            let byte = self.next()?;
            self.at += 1;
            match byte {
                b',' => {}
                byte if byte == end => return Ok(()),
                _ => return Err(Stop::Broken),
            }
        }
    }

    fn string(&mut self) -> Result<String, Stop> {
        if self.next()? != b'"' {
            return Err(Stop::Broken);
        }
        let start = self.at + 1;
        self.at = start;
        loop {
            match self.peek().ok_or(Stop::End)? {
                b'"' => break,
                b'\\' => self.at += 2,
                b'\n' => return Err(Stop::Broken),
                _ => self.at += 1,
            }
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        self.at += 1;
        Ok(String::from_utf8_lossy(text).into_owned())
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Result<(), Stop> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
            .count();
        let word = rest.get(..length).unwrap_or_default();
        let number = std::str::from_utf8(word).is_ok_and(|word| word.parse::<f64>().is_ok());
        if length == rest.len() {
            return Err(Stop::End);
        }
        if !number && !matches!(word, b"true" | b"false" | b"null") {
            return Err(Stop::Broken);
        }
        self.at += length;
        Ok(())
    }

    fn add(&mut self, path: &str) {
        if self.keys.len() < MOST_KEYS && !self.keys.contains(path) {
            self.keys.insert(path.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Option<Keys> {
        Keys::of(text.as_bytes(), true)
    }

    #[test]
    fn keys_are_found_also_where_the_text_is_cut_off() {
        let found = keys("{\n \"events\": [ {\"message\": \"a\\\"b\", \"t\": 1.5},").unwrap();
        assert!(found.has("events[].message") && found.has("events[].t") && !found.by_line);
        let found = keys("[{\"logName\":\"x\",\"labels\":{\"a\":null}}]").unwrap();
        assert!(found.has("logName") && found.has("labels.a") && found.array);
        let found = keys("{\"log\":\"x\",\"time\":\"\"}\n{\"x\":1}\n").unwrap();
        assert!(found.only(&["log", "time"]) && !found.only(&["log"]) && found.by_line);
        assert!(!keys("{\"log\":\"x\"}{\"log\":\"x\"}").unwrap().by_line);
        assert!(keys("[\"a\"]").is_some());
    }

    #[test]
    fn what_is_no_json_has_no_keys() {
        for text in [
            "[2022-04-14T05:20:00Z] text",
            "[pod/a/b] x",
            "[0] tag: [1, {}]",
            "{app=\"a\"}",
            "",
            "x",
            "[",
            "[]",
            "{\"a\":x}",
        ] {
            assert_eq!(keys(text), None, "{text}");
        }
    }
}
