//! What `sb-trace stats --json` prints.

use super::explain;
use crate::accounting::Accounting;
use crate::findings::Finding;
use crate::sinks::Figures;
use crate::stats::Summary;
use crate::trace::Missing;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{Formatter, PrettyFormatter};
use std::io::Write;

/// The document. Its pairs are written in parallel and none becomes a tree of values: of thousands of
/// pairs, that would take longer than reading the log.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Document<'a> {
    schema_version: u32,
    tool_version: &'static str,
    quantile: &'static str,
    pairs: &'a [Summary],
    accounting: &'a Accounting,
    incomplete: &'a [Missing],
    skew: serde_json::Value,
    findings: &'a [Finding],
}

impl<'a> Document<'a> {
    pub(super) fn of(figures: &'a Figures) -> Self {
        Self {
            schema_version: crate::tables::SCHEMA_VERSION,
            tool_version: env!("CARGO_PKG_VERSION"),
            quantile: "hyndman_fan_7",
            pairs: &figures.summaries,
            accounting: &figures.accounting,
            incomplete: &figures.missing,
            skew: explain::skew_json(figures),
            findings: &figures.findings,
        }
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        const NO_PAIRS: &str = "\"pairs\": []";
        let rest = serde_json::to_string_pretty(&Document { pairs: &[], ..self.clone() })?;
        // Nothing stands before it that a log could have written.
        let (before, behind) = rest.split_once(NO_PAIRS).unwrap_or((&rest, ""));
        let pairs = self.pairs.par_chunks(64).map(pairs).collect::<std::io::Result<Vec<_>>>()?;
        let (open, close) = match self.pairs {
            [] => (NO_PAIRS, ""),
            _ => ("\"pairs\": [", "\n  ]"),
        };
        out.write_all(before.as_bytes())?;
        out.write_all(open.as_bytes())?;
        for (number, pairs) in pairs.iter().enumerate() {
            out.write_all(if number > 0 { b"," } else { b"" })?;
            out.write_all(pairs)?;
        }
        writeln!(out, "{close}{behind}")
    }
}

/// Some pairs, as they stand in the document.
fn pairs(some: &[Summary]) -> std::io::Result<Vec<u8>> {
    /// One with four percentiles and a mode.
    const USUAL: usize = 1 << 10;
    let mut out = Vec::with_capacity(some.len() * USUAL);
    for (number, pair) in some.iter().enumerate() {
        out.extend_from_slice(if number > 0 { b",\n    " } else { b"\n    " });
        // Inside an object and an array.
        let mut formatter = PrettyFormatter::new();
        formatter.begin_object(&mut std::io::sink())?;
        formatter.begin_array(&mut std::io::sink())?;
        pair.serialize(&mut Serializer::with_formatter(&mut out, formatter))?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Input, Options, Silent};

    #[test]
    fn the_pairs_stand_in_the_document_as_if_it_were_written_at_once() {
        // A pair a step: more than are written together.
        for labels in [1, 2, 3, 64, 65, 66, 200] {
            let line = |label: u32| {
                format!("{}+0000|L{label}\n", 1_600_776_870_140_u64 + u64::from(label))
            };
            let log: String = (0..labels).map(line).collect();
            let options = Options::default();
            let inputs = [Input::bytes("\"pairs\": [].log", log)];
            let figures = crate::figures(&inputs, &options, &[50.0], &[], &Silent).unwrap();
            // With more than one pair there is a total.
            let steps = labels as usize - 1;
            assert_eq!(figures.summaries.len(), steps + usize::from(steps > 1));
            let document = Document::of(&figures);
            let mut out = Vec::new();
            document.write(&mut out).unwrap();
            let expected = serde_json::to_string_pretty(&document).unwrap() + "\n";
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
