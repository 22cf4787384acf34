//! Building blocks of the frames.

use crate::names::{Name, Texts};
use polars::prelude::*;

/// A string column from handles; the empty string is null.
///
/// Where a few strings come again and again, they are gathered from a table of them instead of
/// being copied row by row.
pub(super) fn text(
    name: &str,
    texts: &Texts,
    handles: impl ExactSizeIterator<Item = Name>,
) -> Column {
    gathered(name, texts.len(), |name| texts.text(name), handles)
}

/// The same where so many handles are known.
pub(super) fn gathered<'t>(
    name: &str,
    count: usize,
    text: impl Fn(Name) -> &'t str,
    handles: impl ExactSizeIterator<Item = Name>,
) -> Column {
    const FEW: usize = 8;
    let text = |name: Name| Some(text(name)).filter(|text| !text.is_empty());
    let column = if count < handles.len() / FEW {
        let known = (0..count).filter_map(|name| Name::try_from(name).ok());
        let known: StringChunked = known.map(text).collect();
        let handles: Vec<IdxSize> = handles.collect();
        // All handles are known, so that nothing can be out of bounds.
        known.take(&handles[..]).unwrap_or_default()
    } else {
        handles.map(text).collect()
    };
    column.with_name(name.into()).into_column()
}

/// A UTC timestamp in microseconds from nanoseconds, rounded down as every reader does it.
pub(super) fn instant(name: &str, ns: impl Iterator<Item = i64>) -> Column {
    let us = ns.map(|ns| ns.div_euclid(1_000));
    in_utc(Int64Chunked::from_vec(name.into(), us.collect()))
}

/// The same where some are missing.
pub(super) fn optional_instant(name: &str, ns: impl Iterator<Item = Option<i64>>) -> Column {
    let us: Int64Chunked = ns.map(|ns| ns.map(|ns| ns.div_euclid(1_000))).collect();
    in_utc(us.with_name(name.into()))
}

fn in_utc(us: Int64Chunked) -> Column {
    us.into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_column()
}

/// A string column from texts that may be empty, which is null.
pub(super) fn optional_text<'t>(name: &str, texts: impl Iterator<Item = &'t str>) -> Column {
    let texts: StringChunked = texts.map(|t| (!t.is_empty()).then_some(t)).collect();
    texts.with_name(name.into()).into_column()
}
