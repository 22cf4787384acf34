//! What the inputs were taken for, in words.

use super::Finding;
use crate::accounting::{FileInfo, describe};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What the inputs were taken for, and what is doubtful in that.
pub(crate) fn inputs_read(files: &[FileInfo]) -> Vec<Finding> {
    /// More inputs than these are told of by format.
    const MOST_NAMED: usize = 8;
    let (some, none): (Vec<&FileInfo>, Vec<_>) = files.iter().partition(|f| f.statements > 0);
    let mut findings: Vec<Finding> = none.into_iter().map(|f| Finding::note(describe(f))).collect();
    if some.len() <= MOST_NAMED {
        findings.extend(some.iter().map(|f| Finding::note(taken_for(&f.name, &[*f]))));
    } else {
        let mut by_format: BTreeMap<&str, Vec<&FileInfo>> = BTreeMap::new();
        for file in &some {
            by_format.entry(file.format).or_default().push(file);
        }
        let of_format = |files: Vec<&FileInfo>| match files.as_slice() {
            [one] => taken_for(&one.name, &files),
            _ => taken_for(&format!("{} files", files.len()), &files),
        };
        findings.extend(by_format.into_values().map(|files| Finding::note(of_format(files))));
    }
    findings.extend(files.iter().filter(|f| f.lost > 0).map(|f| {
        let places = if f.lost == 1 { "1 place looks" } else { &format!("{} places look", f.lost) };
        Finding::warning(
            format!(
                "{}:{}: {places} like a statement, but not in the text of a record",
                f.name, f.lost_at
            ),
            format!(
                "if it is not {}, say with --format what it is; sb-trace formats lists all",
                f.format
            ),
        )
    }));
    findings
}

/// What files of one format were taken for, and whose ids were found.
fn taken_for(what: &str, files: &[&FileInfo]) -> String {
    let sum = |count: fn(&FileInfo) -> u64| files.iter().map(|f| count(f)).sum::<u64>();
    let (statements, with_id, enclosed) =
        (sum(|f| f.statements), sum(|f| f.with_id), sum(|f| f.enclosed));
    let format = files.first().map_or("", |f| f.format);
    let plural = if statements == 1 { "" } else { "s" };
    let mut text = format!("{what}: read as {format}, {statements} statement{plural}");
    if with_id > 0 {
        let _ = write!(text, ", {with_id} with an id on the record");
    }
    if enclosed > 0 {
        let _ = write!(text, ", {enclosed} with that of the request around them");
    }
    text
}
