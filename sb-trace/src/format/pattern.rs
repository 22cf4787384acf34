//! Lines of the format that `--pattern` describes.

use super::Line;
use crate::body::RecordId;
use crate::options::Pattern;
use regex::bytes::Captures;
use std::borrow::Cow;

impl Pattern {
    pub(super) fn in_parts(&self) -> bool {
        self.has("partial")
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
            id: RecordId::invocation(id.unwrap_or_default()),
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
        assert!(Pattern::parse("(?<text>.*)").unwrap_err().contains("'text' is not one of"));
        assert!(Pattern::parse("(?<source>.*)").unwrap_err().contains("no group named body"));
        let pattern = Pattern::parse(r"^(?P<source>\S+) \[(?<opid>\w*)\] (?<body>.*)$").unwrap();
        let line = pattern.open(b"pod-1 [abc] text").unwrap();
        assert_eq!((line.source.as_ref(), line.id.text.as_ref()), ("pod-1", "abc"));
        assert_eq!(line.body.as_ref(), b"text");
        assert_eq!(pattern.open(b"text"), None);
    }
}
