//! The verdict: what to know in five seconds, from fixed sentences.

use super::words::{self, count, interval, latency};
use super::{Change, Compared, Comparison, Group, PairView, Row, RunView, Verdict};
use sb_trace::trace::ColdWarm;

/// So many latencies beyond a percentile make it a headline.
const HEADLINE: f64 = 10.0;

/// The report's first sentences.
pub(super) fn sentences(pairs: &[PairView], runs: &[RunView], groups: &[Group]) -> Vec<String> {
    let Some(lead) = lead(pairs) else {
        return vec![
            "No latency could be measured: no two labels follow each other in any trace."
                .to_owned(),
        ];
    };
    let mut sentences = Vec::new();
    for row in lead.rows.iter().filter(|r| r.class.is_empty()).take(3) {
        sentences.push(of_row(lead, row));
    }
    if groups.len() == 1 {
        sentences.extend(between_runs(lead, runs));
    }
    sentences.extend(longest_step(pairs, lead));
    sentences.extend(cold_starts(lead));
    sentences
}

/// What the comparison with the baseline says: the whole trace, then the step that changed most.
pub(super) fn compared(comparison: Option<&Comparison>) -> Vec<String> {
    let Some(comparison) = comparison else { return Vec::new() };
    let all = || comparison.rows.iter().filter(|r| r.start_class == "all");
    let Some(lead) = all().find(|r| r.pair == "total").or_else(|| all().next()) else {
        return vec!["Nothing can be compared: the baseline has none of these pairs.".to_owned()];
    };
    let sentence = |row: &Compared| {
        let who = if row.pair == "total" {
            "The whole trace".to_owned()
        } else {
            words::arrow(&row.pair)
        };
        let of = if row.of.is_empty() { String::new() } else { format!(" ({})", row.of) };
        let interval = match row.changes[0] {
            Change { low: Some(low), high: Some(high), supported: true, .. } => {
                format!(
                    " (median, 95\u{a0}% interval {} to {}; {})",
                    words::change(low),
                    words::change(high),
                    against(row)
                )
            }
            _ => String::new(),
        };
        format!("{who}{of} against the baseline: {}{interval}.", row.words)
    };
    let sure = |row: &&Compared| !matches!(row.verdict, Verdict::Same | Verdict::CannotTell);
    let size = |row: &Compared| row.changes[0].change.unwrap_or_default().abs();
    let most = all()
        .filter(|r| r.pair != lead.pair)
        .filter(sure)
        .reduce(|a, b| if size(b) > size(a) { b } else { a });
    let mut sentences = vec![sentence(lead)];
    sentences.extend(most.map(sentence));
    sentences
}

/// What stands against what.
fn against(row: &Compared) -> String {
    if row.between_runs {
        format!("{} runs against {}", row.runs.1, row.runs.0)
    } else {
        format!("{} calls against {}, within these runs only", count(row.n.1), count(row.n.0))
    }
}

/// The pair that stands for the whole: `total`, or the one that takes longest.
fn lead(pairs: &[PairView]) -> Option<&PairView> {
    pairs
        .iter()
        .find(|p| p.total && p.n > 0)
        .or_else(|| longest(pairs.iter()))
        .or_else(|| pairs.first())
}

fn longest<'a>(pairs: impl Iterator<Item = &'a PairView>) -> Option<&'a PairView> {
    pairs
        .filter_map(|p| Some((p, p.rows.first()?.ms(50.0)?)))
        .reduce(|best, next| if next.1 > best.1 { next } else { best })
        .map(|(pair, _)| pair)
}

fn of_row(pair: &PairView, row: &Row) -> String {
    let summary = &row.summary;
    let who =
        if row.of.is_empty() { pair.title.clone() } else { format!("{} ({})", pair.title, row.of) };
    let unit = pair.unit;
    let (Some(min), Some(max), Some(median)) =
        (summary.min_ms, summary.max_ms, summary.percentile(50.0))
    else {
        return format!(
            "{who}: none of the {} FROM events has a TO event.",
            count(summary.unmatched)
        );
    };
    if summary.n == 1 {
        return format!("{who}: a single latency, {}.", latency(max, unit));
    }
    let Some(value) = median.value_ms.filter(|_| median.supported()) else {
        return format!(
            "{who}: {} latencies from {} to {}; a median with an interval needs 6.",
            count(summary.n),
            latency(min, unit),
            latency(max, unit)
        );
    };
    let tail = [99.0, 95.0, 90.0].into_iter().find_map(|percent| {
        // A headline rests on ten latencies beyond it.
        let enough = summary.n as f64 * (1.0 - percent / 100.0) >= HEADLINE - 1e-9;
        let p = summary.percentile(percent).filter(|p| p.supported() && enough)?;
        Some(format!("; {percent} of 100 take at most {}", latency(p.value_ms?, unit)))
    });
    let tail = tail.unwrap_or_default();
    if let Some(modes) = &row.modes {
        return format!(
            "{who} gathers in {modes}, which its median, {}, does not tell ({} latencies){tail}.",
            latency(value, unit),
            count(summary.n)
        );
    }
    format!(
        "{who} takes {} at the median (95\u{a0}% interval {}, {} latencies){tail}.",
        latency(value, unit),
        interval(median.low_ms, median.high_ms, unit),
        count(summary.n)
    )
}

fn between_runs(lead: &PairView, runs: &[RunView]) -> Option<String> {
    let rows =
        || lead.by_run.iter().filter(|r| r.class.is_empty()).filter_map(|r| Some((r, r.ms(50.0)?)));
    let low = rows().reduce(|a, b| if b.1 < a.1 { b } else { a })?;
    let high = rows().reduce(|a, b| if b.1 > a.1 { b } else { a })?;
    let number = words::counted(runs.len(), "run", "runs");
    if rows().count() < 2 {
        return None;
    }
    let detail = lead.rows.iter().find(|r| r.class.is_empty()).and_then(|r| r.detail.as_ref());
    let alike = match detail.map(|d| (d.between_runs, d.effective_n)) {
        Some((Some(share), Some(worth))) => format!(
            " {} of the variance lies between runs: the {} latencies tell as much as {} independent ones would; more runs would tell more than more calls.",
            words::share(share),
            count(lead.n),
            count(words::whole(worth))
        ),
        _ => String::new(),
    };
    Some(format!(
        "From run to run the median lies between {} ({}) and {} ({}); {number}, each with its own numbers below.{alike}",
        latency(low.1, lead.unit),
        low.0.of,
        latency(high.1, lead.unit),
        high.0.of
    ))
}

fn longest_step(pairs: &[PairView], lead: &PairView) -> Option<String> {
    if !lead.total || pairs.iter().filter(|p| !p.total).count() < 2 {
        return None;
    }
    let step = longest(pairs.iter().filter(|p| !p.total))?;
    let median = step.rows.first()?.ms(50.0)?;
    Some(format!(
        "The longest step is {}, {} at the median.",
        step.arrow,
        latency(median, step.unit)
    ))
}

fn cold_starts(lead: &PairView) -> Option<String> {
    let of = |class: ColdWarm| -> (usize, Option<f64>) {
        let rows = || lead.rows.iter().filter(move |r| r.class == class.text());
        (rows().map(|r| r.summary.n).sum(), rows().next().and_then(|r| r.ms(50.0)))
    };
    let ((cold, cold_ms), (warm, warm_ms)) = (of(ColdWarm::Cold), of(ColdWarm::Warm));
    if cold == 0 {
        return None;
    }
    let share = words::percent(cold as u64, lead.n as u64);
    let compared = match (cold_ms, warm_ms) {
        (Some(c), Some(w)) if warm > 0 => {
            format!(
                ", {} at the median against {} warm",
                latency(c, lead.unit),
                latency(w, lead.unit)
            )
        }
        _ => String::new(),
    };
    Some(format!("Cold starts: {} of {} ({share}){compared}.", count(cold), count(lead.n)))
}
