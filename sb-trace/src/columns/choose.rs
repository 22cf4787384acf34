//! Columns that a user chose.

use crate::error::{Error, Result};
use polars::prelude::*;

/// The frame with these columns only, in this order.
///
/// # Errors
/// [`Error::Usage`] if there is no column of a name.
pub fn choose_columns(frame: &DataFrame, wanted: &[String]) -> Result<DataFrame> {
    let known: Vec<&str> = frame.columns().iter().map(|c| c.name().as_str()).collect();
    if let Some(other) = wanted.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(unknown(other, &known));
    }
    frame.select(wanted).map_err(|error| Error::Usage { message: error.to_string() })
}

/// That there is no such column.
pub(super) fn unknown<S: AsRef<str>>(name: &str, known: &[S]) -> Error {
    let near = known.iter().map(AsRef::as_ref).min_by_key(|other| strsim::levenshtein(name, other));
    let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
    let all: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    let all = all.join(", ");
    Error::Usage { message: format!("--columns: there is no column '{name}'{near} All are: {all}") }
}
