//! The vocabulary of pictures: scales, ticks, colours and marks, in logical pixels. It knows
//! nothing of files; of plotters it takes the measures of text.

mod decimate;
pub(crate) mod font;
mod heading;
mod label;
mod mark;
mod scale;
mod theme;
mod ticks;

pub use decimate::{Point, simplify};
pub use heading::heading;
pub use label::{ellipsize, text_width, wrap};
pub use mark::{Anchor, Dash, Entry, Figure, LegendSample, Mark, Marker, Shape, Stroke, Text};
pub use scale::Scale;
pub use theme::{INKS, Ink, size};
pub use ticks::{Tick, clock_ticks, latency_label, latency_ticks};
