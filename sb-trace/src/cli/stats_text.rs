//! Figures as text: a table for a terminal, Markdown, CSV.

use crate::error::Result;

use crate::sinks::frames::figures_frame;
use crate::stats::{ALL_CLASSES, Percentile, Summary, minimum_n, percentile_name};
use crate::units::Unit;
use comfy_table::{Cell, CellAlignment, Color, ContentArrangement, Table, presets};

/// All numbers unrounded, in milliseconds.
pub(super) fn csv(summaries: &[Summary], percents: &[f64]) -> Result<String> {
    let frame = figures_frame(summaries, percents)?;
    Ok(String::from_utf8_lossy(&crate::tables::csv(&frame, true)?).into_owned())
}

fn group_columns(summaries: &[Summary]) -> Vec<String> {
    summaries
        .first()
        .map_or_else(Vec::new, |s| s.group.iter().map(|(column, _)| column.clone()).collect())
}

/// What stands in a row, from left to right.
struct Layout {
    header: Vec<String>,
    /// How many of the first columns hold text, not numbers.
    texts: usize,
    /// Whether there is a column of start classes.
    classes: bool,
}

impl Layout {
    fn of(summaries: &[Summary], percents: &[f64]) -> Self {
        let classes = summaries.iter().any(|s| s.start_class != ALL_CLASSES);
        let mut header = vec!["pair".to_owned()];
        header.extend(classes.then(|| "start".to_owned()));
        header.extend(group_columns(summaries));
        let texts = header.len();
        header.extend(["n", "mean"].map(str::to_owned));
        header.extend(percents.iter().map(|&p| percentile_name(p)));
        header.extend(["max", "unmatched", "negative"].map(str::to_owned));
        Self { header, texts, classes }
    }

    /// The cells of one row: text, and whether the sample is too small for it.
    fn cells(&self, summary: &Summary, unit: Option<Unit>) -> Vec<(String, bool)> {
        let typical = summary.percentile(50.0).and_then(|p| p.value_ms).or(summary.mean_ms);
        let unit = unit.unwrap_or_else(|| Unit::fitting(typical.unwrap_or(0.0)));
        let value = |ms: Option<f64>| match ms {
            Some(ms) => format!("{} {}", unit.format(ms), unit.symbol()),
            None => "-".to_owned(),
        };
        let sure = |text: String| (text, false);
        let mut cells = vec![sure(summary.pair.clone())];
        cells.extend(self.classes.then(|| sure(summary.start_class.clone())));
        cells.extend(summary.group.iter().map(|(_, value)| sure(value.clone())));
        cells.extend([summary.n.to_string(), value(summary.mean_ms)].map(sure));
        cells.extend(summary.percentiles.iter().map(|p| percentile_cell(p, summary.n, &value)));
        cells.extend(
            [value(summary.max_ms), summary.unmatched.to_string(), summary.negative.to_string()]
                .map(sure),
        );
        cells
    }
}

/// A percentile, with its open end where the sample is too small for a two-sided interval.
fn percentile_cell(
    p: &Percentile,
    n: usize,
    value: &impl Fn(Option<f64>) -> String,
) -> (String, bool) {
    if p.supported() || p.percent <= 0.0 || p.percent >= 100.0 {
        return (value(p.value_ms), false);
    }
    if n as f64 * (1.0 - p.percent / 100.0) < 1.0 {
        return ("n/a".to_owned(), true);
    }
    let open = match (p.low_ms, p.high_ms) {
        (Some(low), None) => format!("≥{}", value(Some(low))),
        (None, Some(high)) => format!("≤{}", value(Some(high))),
        // So few values bound it on neither side.
        _ => format!("n<{}", minimum_n(p.percent / 100.0)),
    };
    (format!("{} ({open})", value(p.value_ms)), true)
}

/// A table for a terminal, grey where the sample is too small.
pub(super) fn table(summaries: &[Summary], percents: &[f64], unit: Option<Unit>) -> String {
    let columns = Layout::of(summaries, percents);
    let mut table = Table::new();
    if std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty()) {
        table.force_no_tty();
    }
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let aligned = |at: usize, cell: Cell| {
        cell.set_alignment(if at < columns.texts {
            CellAlignment::Left
        } else {
            CellAlignment::Right
        })
    };
    table.set_header(
        columns.header.iter().enumerate().map(|(at, name)| aligned(at, Cell::new(name))),
    );
    for summary in summaries {
        let cells = columns.cells(summary, unit);
        table.add_row(cells.into_iter().enumerate().map(|(at, (text, small))| {
            let cell = Cell::new(text);
            aligned(at, if small { cell.fg(Color::DarkGrey) } else { cell })
        }));
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n") + "\n" + &modes_text(summaries, unit, " ")
}

/// A line for each row that has more than one mode: its percentiles describe a mixture.
fn modes_text(summaries: &[Summary], unit: Option<Unit>, bullet: &str) -> String {
    let line = |summary: &Summary| {
        let value = |ms: f64| {
            let unit = unit.unwrap_or_else(|| Unit::fitting(ms));
            format!("{} {}", unit.format(ms), unit.symbol())
        };
        let mut name = vec![summary.pair.clone()];
        name.extend((summary.start_class != ALL_CLASSES).then(|| summary.start_class.clone()));
        name.extend(summary.group.iter().map(|(_, value)| value.clone()));
        let modes: Vec<String> = summary
            .modes
            .iter()
            .map(|m| format!("{} ({:.0} %)", value(m.at_ms), m.share * 100.0))
            .collect();
        format!("{bullet}{} has {} modes: {}\n", name.join(" "), modes.len(), modes.join(", "))
    };
    summaries.iter().filter(|s| s.modes.len() > 1).map(line).collect()
}

/// A Markdown table.
pub(super) fn markdown(summaries: &[Summary], percents: &[f64], unit: Option<Unit>) -> String {
    let columns = Layout::of(summaries, percents);
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let rule = |at| if at < columns.texts { "---" } else { "---:" }.to_owned();
    let mut text =
        line(columns.header.clone()) + &line((0..columns.header.len()).map(rule).collect());
    for summary in summaries {
        let cells = columns.cells(summary, unit);
        text += &line(cells.into_iter().map(|(text, _)| text.replace('|', "\\|")).collect());
    }
    let modes = modes_text(summaries, unit, "- ");
    if modes.is_empty() { text } else { text + "\n" + &modes }
}
