//! What the user said of the records and no record has: a field, a group of a pattern, an id.

use super::Finding;
use crate::accounting::FileInfo;
use crate::format::takes_fields;
use crate::options::Options;

/// A warning for each field, group and pattern of the user's that finds nothing; `has_source` says
/// whether any record names its source.
pub(crate) fn unmatched(files: &[FileInfo], has_source: bool, options: &Options) -> Vec<Finding> {
    let read = || files.iter().filter(|file| file.statements > 0);
    if read().next().is_none() {
        return Vec::new();
    }
    let has_id = read().any(|file| file.with_id > 0);
    let in_fields = read().any(|file| takes_fields(file.format));
    let mut findings = Vec::new();
    let fields = [
        ("--body-field", &options.fields.body, "text", true),
        ("--correlation-field", &options.fields.correlation, "id", has_id),
        ("--source-field", &options.fields.source, "source", has_source),
    ];
    for (flag, field, what, found) in fields {
        let Some(field) = field else { continue };
        if !in_fields {
            findings.push(Finding::warning(
                format!(
                    "{flag} {field}: only JSON and CSV have fields, and no input is read as that"
                ),
                "say with --format what the log is, or describe its lines with --pattern",
            ));
        } else if !found {
            findings.push(Finding::warning(
                format!("{flag} {field}: no record has {} there", article(what)),
                "write the field as the log does, with dots in nested JSON",
            ));
        }
    }
    if let Some(pattern) = &options.pattern {
        let groups = [("correlation_id", has_id), ("opid", has_id), ("source", has_source)];
        for (group, _) in groups.into_iter().filter(|(group, found)| !found && pattern.has(group)) {
            findings.push(Finding::warning(
                format!("--pattern: its group {group} never finds anything"),
                "sb-trace events LOG shows what was found in each line",
            ));
        }
    }
    if options.id_regex.is_some() && !has_id {
        findings.push(Finding::warning(
            "--id-regex: no record with a statement has what it looks for",
            "it is held against the text of each record; try it on one line of the log",
        ));
    }
    findings
}

fn article(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}
