//! `--pattern`: a carrier of lines that the user describes.

use super::Line;
use crate::payload::Id;
use regex::bytes::{Captures, Regex};
use std::borrow::Cow;

/// What becomes of a line that the pattern does not match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Otherwise {
    /// It belongs to the record above.
    #[default]
    Continue,
    /// It is text without an id.
    Plain,
    /// It is an error.
    Error,
}

/// A pattern for lines, with named groups: `body`, and `correlation_id`, `source`, `iostream`,
/// `partial`, `timestamp`.
#[derive(Debug, Clone)]
pub struct Pattern {
    regex: Regex,
    pub(super) otherwise: Otherwise,
}

impl Pattern {
    /// Reads a `--pattern`.
    pub fn parse(text: &str) -> Result<Self, String> {
        const GROUPS: [&str; 7] =
            ["body", "correlation_id", "opid", "source", "iostream", "partial", "timestamp"];
        let regex = Regex::new(text)
            .map_err(|e| e.to_string().lines().last().unwrap_or_default().to_owned())?;
        let names: Vec<&str> = regex.capture_names().flatten().collect();
        if let Some(unknown) = names.iter().find(|name| !GROUPS.contains(name)) {
            return Err(format!("its group '{unknown}' is none of {}", GROUPS.join(", ")));
        }
        if !names.contains(&"body") {
            return Err(
                "it has no group named body: write for instance '^(?<source>\\S+) (?<body>.*)$'"
                    .to_owned(),
            );
        }
        Ok(Self { regex, otherwise: Otherwise::default() })
    }

    /// The same, with this for lines that it does not match.
    #[must_use]
    pub fn with(self, otherwise: Otherwise) -> Self {
        Self { otherwise, ..self }
    }

    pub(super) fn in_parts(&self) -> bool {
        self.regex.capture_names().flatten().any(|name| name == "partial")
    }

    pub(super) fn open<'a>(&self, line: &'a [u8]) -> Option<Line<'a>> {
        let found = self.regex.captures(line)?;
        let body = found.name("body")?.as_bytes();
        let id = group(&found, "correlation_id").or_else(|| group(&found, "opid"));
        let source = group(&found, "source").unwrap_or_default();
        let part = self.in_parts().then(|| {
            let more = group(&found, "partial").unwrap_or_default();
            let stream = group(&found, "iostream").unwrap_or_default();
            let key = format!("{source} {stream}").into_bytes();
            (
                Cow::Owned(key),
                matches!(more.as_ref(), "P" | "p")
                    || (!more.is_empty() && more != "F" && more != "false"),
            )
        });
        Some(Line {
            body: Cow::Borrowed(body),
            id: Id::invocation(id.unwrap_or_default()),
            source,
            part,
            ..Line::default()
        })
    }
}

fn group<'a>(found: &Captures<'a>, name: &str) -> Option<Cow<'a, str>> {
    found.name(name).map(|text| String::from_utf8_lossy(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_read_or_refused() {
        assert!(Pattern::parse("(").is_err());
        assert!(Pattern::parse("(?<text>.*)").unwrap_err().contains("'text' is none of"));
        assert!(Pattern::parse("(?<source>.*)").unwrap_err().contains("no group named body"));
        let pattern = Pattern::parse(r"^(?P<source>\S+) \[(?<opid>\w*)\] (?<body>.*)$").unwrap();
        let line = pattern.open(b"pod-1 [abc] text").unwrap();
        assert_eq!((line.source.as_ref(), line.id.text.as_ref()), ("pod-1", "abc"));
        assert_eq!(line.body.as_ref(), b"text");
        assert_eq!(pattern.open(b"text"), None);
    }
}
