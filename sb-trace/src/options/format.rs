//! What the user says of the format of the logs: `--format`, `--pattern` and the fields of a record.

use regex::bytes::Regex;

/// What the user says of the format (`--format`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FormatChoice {
    /// Nothing: it is recognised.
    #[default]
    Auto,
    /// A name or a family, of the list that `sb-trace formats` prints.
    Named(String),
}

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
    pub(crate) regex: Regex,
    pub(crate) otherwise: Otherwise,
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
            return Err(format!("its group '{unknown}' is not one of {}", GROUPS.join(", ")));
        }
        if !names.contains(&"body") {
            return Err(
                "it has no group named body: write for instance '^(?<source>\\S+) (?<body>.*)$'"
                    .to_owned(),
            );
        }
        Ok(Self { regex, otherwise: Otherwise::default() })
    }

    /// Whether it has a group of this name.
    pub(crate) fn has(&self, group: &str) -> bool {
        self.regex.capture_names().flatten().any(|name| name == group)
    }

    /// The same, with this for lines that it does not match.
    #[must_use]
    pub fn with(self, otherwise: Otherwise) -> Self {
        Self { otherwise, ..self }
    }
}

/// Fields that the user named: a path with dots, or a column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedFields {
    /// Where the text is.
    pub body: Option<String>,
    /// Where the id of the invocation is.
    pub correlation: Option<String>,
    /// Where the source is.
    pub source: Option<String>,
}

impl NamedFields {
    /// Whether there are any.
    pub(crate) fn any(&self) -> bool {
        self.body.is_some() || self.correlation.is_some() || self.source.is_some()
    }
}
