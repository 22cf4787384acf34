//! Pictures -> SVG and PNG, drawn by plotters. Nothing outside this folder draws.

mod merge;
mod paint;
mod palette;
mod png;
mod svg;

pub use png::png;
pub use svg::{Place, UNITS, svg};

/// A picture that cannot be drawn.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {what}")]
pub struct RenderError {
    /// The picture's name.
    pub name: String,
    /// What went wrong.
    pub what: String,
}

impl RenderError {
    fn new(name: &str, what: impl std::fmt::Display) -> Self {
        Self { name: name.to_owned(), what: what.to_string() }
    }
}
