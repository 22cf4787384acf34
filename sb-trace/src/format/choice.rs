//! Which formats a `--format` leaves to choose from.

use super::input_format::OWN_TABLE;
use super::{Format, Shape, known};
use crate::options::FormatChoice;

/// Whether the records of a format have fields that a user may name: JSON and CSV.
pub(crate) fn takes_fields(name: &str) -> bool {
    let shape = known::ALL.iter().find(|format| format.name == name).map(|format| &format.shape);
    name == OWN_TABLE || matches!(shape, Some(Shape::Json(_) | Shape::Csv(_)))
}

impl FormatChoice {
    /// Reads a `--format`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let known = |name: &str| known::ALL.iter().any(|c| c.name == name || c.family == name);
        match text {
            "auto" => Ok(Self::Auto),
            name if known(name) => Ok(Self::Named(name.to_owned())),
            _ => Err(format!("'{text}' is not a format; sb-trace formats lists them")),
        }
    }

    /// The formats that it leaves to choose from.
    pub(super) fn among(&self) -> Vec<&'static Format> {
        let all = known::ALL.iter().copied();
        match self {
            Self::Auto => all.collect(),
            Self::Named(name) => all.filter(|c| c.name == name || c.family == name).collect(),
        }
    }

    /// The format that is meant even where nothing speaks for it.
    pub(super) fn exact(&self) -> Option<&'static Format> {
        match self {
            Self::Auto => None,
            Self::Named(name) => known::ALL.iter().copied().find(|c| c.name == name),
        }
    }
}
