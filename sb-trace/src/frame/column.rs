//! Building blocks of the frames.

use crate::names::{NONE, Name, Names};
use polars::prelude::*;

/// A string column from handles; the empty string is null.
pub(super) fn text(name: &str, names: &Names, handles: impl Iterator<Item = Name>) -> Column {
    let texts: StringChunked =
        handles.map(|n| (n != NONE).then(|| names.text(n))).collect::<StringChunked>();
    texts.with_name(name.into()).into_column()
}

/// A UTC timestamp in microseconds from nanoseconds, rounded down as every reader does it.
pub(super) fn instant(name: &str, ns: impl Iterator<Item = Option<i64>>) -> Column {
    let us: Int64Chunked = ns.map(|ns| ns.map(|ns| ns.div_euclid(1_000))).collect();
    us.with_name(name.into())
        .into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC))
        .into_column()
}

/// A string column from texts that may be empty, which is null.
pub(super) fn optional_text(name: &str, texts: Vec<&str>) -> Column {
    let texts: StringChunked = texts.into_iter().map(|t| (!t.is_empty()).then_some(t)).collect();
    texts.with_name(name.into()).into_column()
}
