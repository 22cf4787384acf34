//! Carriers: what a log collector wraps around the app's own text.

mod plain;

pub(crate) use plain::PLAIN;
pub(crate) use plain::read as read_plain;
