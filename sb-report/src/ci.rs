//! Under GitHub Actions: how limits came out, on the page of the job and beside the code.

use crate::model::{Judged, LimitOutcome};
use crate::page;
use sb_trace::cli::print;
use std::io::Write;

/// Adds the limits to the job's summary, and an annotation for each that does not hold.
pub(crate) fn tell(limits: &[Judged]) {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    if limits.is_empty() || set("GITHUB_ACTIONS").is_none_or(|value| value != "true") {
        return;
    }
    if let Some(path) = set("GITHUB_STEP_SUMMARY") {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&path);
        let written = file.and_then(|mut file| file.write_all(page::limits(limits).as_bytes()));
        if let Err(error) = written {
            let path = path.to_string_lossy();
            print::talk(&format!("note: {path}: {}", sb_trace::reason(&error)));
        }
    }
    for judged in limits {
        let kind = match judged.outcome {
            LimitOutcome::Held => continue,
            LimitOutcome::Undecided => "warning",
            LimitOutcome::Broken | LimitOutcome::Unknown => "error",
        };
        print::talk(&format!("::{kind} title=sb-report::{}", escaped(&judged.plain_words())));
    }
}

/// Text behind `::`, as workflow commands have it.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
