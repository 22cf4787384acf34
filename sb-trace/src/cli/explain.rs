//! What the reader should know beside the figures: clocks that disagree, traces that are incomplete.

use super::{check, print};
use crate::accounting::LookAlikeAt;
use crate::latency::Skew;
use crate::sinks::Figures;
use crate::stats::{ALL_CLASSES, Summary};
use crate::units::Unit;
use serde_json::{Value, json};

/// More than this share of incomplete traces wants an explanation.
const MANY_INCOMPLETE: f64 = 0.05;

/// What was found, where the traces cannot be what the user expects.
pub(super) fn incomplete(figures: &Figures) {
    let accounting = &figures.accounting;
    if accounting.traces > 0 && accounting.incomplete_share() <= MANY_INCOMPLETE {
        return;
    }
    let incomplete = accounting.traces - accounting.traces_complete;
    print::talk(&match accounting.traces {
        0 => "warning: there are no traces; this is what was found:".to_owned(),
        traces => {
            format!("warning: incomplete traces: {incomplete} of {traces}; this is what was found:")
        }
    });
    for file in figures.files.iter().take(3) {
        print::talk(&format!(
            "  {}: read as {}, {} lines, {} statements",
            file.name, file.format, file.lines, file.statements
        ));
    }
    print::talk(&format!("  events with an id: {} of {}", figures.with_id, accounting.events));
    print::talk(check::accounting_text(figures).trim_end());
    for path in figures.paths.iter().take(3) {
        let labels: Vec<&str> = path.labels.iter().take(8).map(String::as_str).collect();
        let more = if path.labels.len() > 8 { ", ..." } else { "" };
        print::talk(&format!(
            "  path of {}: {}{more}",
            plural(path.traces, "trace"),
            labels.join(", ")
        ));
    }
    print::talk(
        "  help: say which events belong together with --by, and which labels make a trace complete with --expect",
    );
}

/// That there is text which nearly is a statement: the first of each kind, and how many there are.
pub(super) fn look_alikes(figures: &Figures) {
    let count = figures.accounting.look_alikes;
    if count == 0 {
        return;
    }
    let (texts, are) =
        if count == 1 { ("text", "is a statement") } else { ("texts", "are statements") };
    print::talk(&format!("warning: {count} {texts} nearly {are}, and no figure has them:"));
    let mut kinds: Vec<(&'static str, &LookAlikeAt, u64)> = Vec::new();
    for at in &figures.look_alikes {
        let name = at.what.reason.name();
        match kinds.iter_mut().find(|(kind, ..)| *kind == name) {
            Some((.., count)) => *count += 1,
            None => kinds.push((name, at, 1)),
        }
    }
    for (_, at, count) in kinds {
        let file = &figures.files[at.file as usize].name;
        let more = if count > 1 { format!(", and {} more", count - 1) } else { String::new() };
        print::talk(&format!("  {file}:{}:{}: {}{more}", at.line, at.column, at.what));
    }
    print::talk("  help: sb-trace check LOG --list lists all");
}

fn plural(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Negative latencies, by the two sources whose clocks disagree. Nothing was moved.
pub(super) fn skew(figures: &Figures) {
    // Classes are parts of the summary of all, if there is one.
    let all = |s: &&Summary| s.start_class == ALL_CLASSES;
    let parts = !figures.summaries.iter().any(|s| all(&s));
    let counted = figures.summaries.iter().filter(|s| parts || all(s));
    let negative: u64 = counted.map(|s| s.negative as u64).sum();
    if negative == 0 {
        return;
    }
    let between: u64 = figures.skew.iter().map(|s| s.negative).sum();
    for s in figures.skew.iter().filter(|s| s.negative > 0) {
        let (from, to) = (&*s.from, &*s.to);
        print::talk(&format!(
            "warning: {} of {} latencies from {from} to {to} are negative; {}",
            s.negative,
            s.n,
            offset(s, from, to)
        ));
    }
    if negative > between {
        print::talk(&format!(
            "warning: {} latencies are negative where no two sources are named: labels out of order, or clocks that disagree",
            negative - between
        ));
    }
}

/// The feasible offset of the two clocks, in words.
fn offset(skew: &Skew, from: &str, to: &str) -> String {
    let ms = |ns: i64| {
        let ms = crate::units::ns_to_ms(ns.saturating_abs());
        format!("{} ms", Unit::Ms.format(ms))
    };
    let high = skew.min_forward_ns;
    let Some(low) = skew.min_return_ns.map(i64::saturating_neg) else {
        return if high < 0 {
            format!("the clock of {to} is at least {} behind that of {from}", ms(high))
        } else {
            format!("the clock of {to} is at most {} ahead of that of {from}", ms(high))
        };
    };
    if low > high {
        format!(
            "no constant offset of the clocks of {from} and {to} explains that: one was set or drifts, or labels are out of order"
        )
    } else if high <= 0 {
        format!("the clock of {to} is {} to {} behind that of {from}", ms(high), ms(low))
    } else if low >= 0 {
        format!("the clock of {to} is {} to {} ahead of that of {from}", ms(low), ms(high))
    } else {
        format!(
            "the clock of {to} is between {} behind and {} ahead of that of {from}",
            ms(low),
            ms(high)
        )
    }
}

/// The skews for JSON: the feasible offset of `to`'s clock against `from`'s, ends null where open.
pub(super) fn skew_json(figures: &Figures) -> Value {
    let one = |s: &Skew| {
        json!({
            "from_source": s.from,
            "to_source": s.to,
            "n": s.n,
            "negative": s.negative,
            "offset_low_ms": s.min_return_ns.map(|ns| -crate::units::ns_to_ms(ns)),
            "offset_high_ms": crate::units::ns_to_ms(s.min_forward_ns),
        })
    };
    figures.skew.iter().map(one).collect()
}
