//! What wraps the app's text, where the user knows better than the recognition.

use crate::options::{FormatChoice, NamedFields, Otherwise, Pattern};
use crate::options::{Options, parse_id_regex};
use clap::{Args, ValueEnum};
use regex::bytes::Regex;

/// The format and its fields.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Form of the log")]
pub struct FormatArgs {
    /// What the log is: a name or a family that `sb-trace formats` lists; auto recognises it
    #[arg(long, value_name = "NAME", default_value = "auto", value_parser = FormatChoice::parse)]
    format: FormatChoice,

    /// A form of your own: a regular expression for a line, with the groups body, correlation_id,
    /// source, iostream, partial, timestamp
    #[arg(long, value_name = "REGEX", value_parser = Pattern::parse)]
    pattern: Option<Pattern>,

    /// What a line is that the --pattern does not match: part of the record above, plain text, or an error
    #[arg(long, value_name = "WHAT", default_value = "continue", requires = "pattern")]
    pattern_else: Else,

    /// The field of JSON (with dots) or the column of CSV that holds the text
    #[arg(long, value_name = "FIELD")]
    body_field: Option<String>,

    /// The field or column that holds the id of the invocation
    #[arg(long, value_name = "FIELD")]
    correlation_field: Option<String>,

    /// The field or column that holds the source
    #[arg(long, value_name = "FIELD")]
    source_field: Option<String>,

    /// Find the id of the invocation in the path of the file: a regular expression with a group correlation_id
    #[arg(long, value_name = "REGEX", value_parser = parse_id_regex)]
    id_from_path: Option<Regex>,
}

/// See [`Otherwise`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Else {
    /// It belongs to the record above
    Continue,
    /// It is text without an id
    Plain,
    /// It is an error
    Error,
}

impl FormatArgs {
    /// These options, and the default of all others.
    pub(super) fn options(&self) -> Options {
        let otherwise = match self.pattern_else {
            Else::Continue => Otherwise::Continue,
            Else::Plain => Otherwise::Plain,
            Else::Error => Otherwise::Error,
        };
        Options {
            format: self.format.clone(),
            pattern: self.pattern.clone().map(|pattern| pattern.with(otherwise)),
            fields: NamedFields {
                body: self.body_field.clone(),
                correlation: self.correlation_field.clone(),
                source: self.source_field.clone(),
            },
            id_from_path: self.id_from_path.clone(),
            ..Options::default()
        }
    }
}
