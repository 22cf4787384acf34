//! One log, both programs: what each says, line by line, in the same words.

use super::figures::Figures;
use super::log::File;
use super::pairs::Choice;
use super::says_oracle::oracle;
use super::says_program::program;
use super::traces::By;
use sb_trace::EpochUnit;
use std::collections::BTreeMap;
use std::fmt::{Debug, Formatter};

/// The percentiles compared; the last is never supported by the logs made here.
pub(super) const PERCENTS: [f64; 5] = [25.0, 50.0, 90.0, 95.0, 99.9];

/// A log and how it is analysed.
#[derive(Clone)]
pub(super) struct Case {
    pub(super) files: Vec<File>,
    pub(super) unit: EpochUnit,
    pub(super) by: By,
    pub(super) pairs: Choice,
    pub(super) expect: Vec<String>,
    pub(super) max_trace_ns: i64,
    /// Whether `req=ID` on a line is the record's id.
    pub(super) record_id: bool,
    /// Whether `<source> ` at the begin of a line is the record's source.
    pub(super) sources: bool,
    /// How much the program reads at a time.
    pub(super) block_bytes: usize,
}

impl Debug for Case {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{:?}, by {:?}, pairs {:?}", self.unit, self.by, self.pairs)?;
        writeln!(
            f,
            "expect {:?}, max trace {} ns, record id {}, sources {}, blocks of {} bytes",
            self.expect, self.max_trace_ns, self.record_id, self.sources, self.block_bytes
        )?;
        for file in &self.files {
            writeln!(f, "== {} run {:?} hook log {}", file.name, file.run, file.hook_log)?;
            for line in file.bytes.split_inclusive(|&b| b == b'\n') {
                writeln!(f, "{}", line.escape_ascii())?;
            }
        }
        Ok(())
    }
}

/// What both say of a log without any statement.
pub(super) const NO_STATEMENT: &str = "no statement";

/// What one of the two programs says.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Everything that must be equal to the letter.
    pub(super) lines: Vec<String>,
    /// Means by pair and start class: they may be summed in different ways.
    means: BTreeMap<String, Option<f64>>,
}

impl Said {
    pub(super) fn say(&mut self, line: String) {
        self.lines.push(line);
    }

    pub(super) fn say_sorted(&mut self, mut lines: Vec<String>) {
        lines.sort();
        self.lines.extend(lines);
    }

    /// The figures by pair and start class.
    pub(super) fn say_figures(&mut self, figures: &BTreeMap<String, Figures>) {
        for (key, f) in figures {
            self.say(format!(
                "summary {key} n {} unmatched {} negative {} min {:?} max {:?} percentiles {:?}",
                f.n, f.unmatched, f.negative, f.min_ms, f.max_ms, f.percentiles
            ));
            self.means.insert(key.clone(), f.mean_ms);
        }
    }
}

/// Fails with the first line in which the two differ.
pub(super) fn agree(case: &Case) -> Result<(), String> {
    let expected = oracle(case);
    let found = program(case)?;
    let length = expected.lines.len().max(found.lines.len());
    for i in 0..length {
        let (want, got) = (expected.lines.get(i), found.lines.get(i));
        if want != got {
            return Err(format!("oracle:  {want:?}\nprogram: {got:?}\n{case:?}"));
        }
    }
    for (key, want) in &expected.means {
        let got = found.means.get(key).copied().flatten();
        let near = match (want, got) {
            (Some(want), Some(got)) => (want - got).abs() <= 1e-12 * want.abs().max(1e-6),
            (want, got) => *want == got,
        };
        if !near {
            return Err(format!("mean of {key}: oracle {want:?}, program {got:?}\n{case:?}"));
        }
    }
    Ok(())
}
