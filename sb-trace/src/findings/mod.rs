//! Sentences for the reader: how the traces were made, what is doubtful, and what to try.

mod inputs;
mod labels;
mod records;
mod traces;

pub(crate) use inputs::inputs_read;
pub use labels::nearest_label;
pub(crate) use labels::unknown_labels;
pub(crate) use records::unmatched;
pub(crate) use traces::{OrderedTraces, TraceCounts, doubts, steps};

use serde::Serialize;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// The figures may be wrong.
    Warning,
}

/// One thing the reader should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What was found, in one sentence.
    pub message: String,
    /// What to do about it, if anything.
    pub remedy: Option<String>,
}

impl Finding {
    /// Something worth knowing.
    pub fn note(message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, message: message.into(), remedy: None }
    }

    /// Something doubtful and what to try.
    pub fn warning(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, message: message.into(), remedy: Some(remedy.into()) }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        if let Some(remedy) = &self.remedy {
            write!(f, "; {remedy}")?;
        }
        Ok(())
    }
}
