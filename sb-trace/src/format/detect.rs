//! Which format an input has, by its first 64 KiB.
//!
//! JSON and CSV are told by their keys and columns; lines by a form that a fifth of them must
//! have, unless the form is one that nothing else has. The registry's order is that of
//! specificity: the first format that claims a text or a line has it.

use super::head::{Beginning, Keys};
use super::{Format, LineShape, Shape, octets};
use crate::body::lambda;

/// The share of lines that must have a form which is nobody's own: one in five.
const ONE_IN: usize = 5;

/// The format of a text that begins so, among these; none where nothing is recognised.
pub(super) fn detect<'c>(head: &Beginning, among: &[&'c Format]) -> Option<&'c Format> {
    let by_structure = among.iter().find(|format| match &format.shape {
        Shape::Json(shape) => head.keys.as_ref().is_some_and(|keys| (shape.claims)(keys)),
        Shape::Csv(shape) => {
            let header: Vec<&str> = head.header.iter().map(String::as_str).collect();
            !header.is_empty() && (shape.claims)(&header)
        }
        Shape::Octets => octets::claims(&head.text),
        Shape::Plain | Shape::Lines(_) => false,
    });
    let below = || {
        let keys = head.keys_below.as_ref()?;
        among.iter().copied().find(|format| match &format.shape {
            // Any JSON in a text is no reason to read all of it so.
            Shape::Json(shape) => !(shape.claims)(&Keys::default()) && (shape.claims)(keys),
            _ => false,
        })
    };
    by_structure.copied().or_else(|| by_lines(head, among)).or_else(below)
}

#[derive(Debug, Clone, Copy, Default)]
struct Score {
    lines: usize,
    of_lambda: usize,
}

fn by_lines<'c>(head: &Beginning, among: &[&'c Format]) -> Option<&'c Format> {
    let mut scores = vec![Score::default(); among.len()];
    for line in &head.lines {
        let claimed = among.iter().position(|format| claims(format, line));
        if let Some(score) = claimed.and_then(|place| scores.get_mut(place)) {
            score.lines += 1;
            score.of_lambda += usize::from(
                claimed.and_then(|place| among.get(place)).is_some_and(|c| holds_lambda(c, line)),
            );
        }
    }
    let enough = |format: &Format, score: &Score| match &format.shape {
        Shape::Lines(lines) if lines.of_lambda => score.of_lambda > 0,
        Shape::Lines(lines) => {
            score.lines > 0 && (lines.sure || score.lines * ONE_IN >= head.lines.len())
        }
        _ => false,
    };
    // What is proof enough goes before what is merely frequent; of two alike, the first.
    let sure = |format: &Format| matches!(&format.shape, Shape::Lines(lines) if lines.sure);
    let candidates =
        among.iter().zip(&scores).rev().filter(|(format, score)| enough(format, score));
    candidates.max_by_key(|(format, score)| (sure(format), score.lines)).map(|(format, _)| *format)
}

fn claims(format: &Format, line: &[u8]) -> bool {
    matches!(&format.shape, Shape::Lines(lines) if claims_line(lines, line))
}

fn claims_line(lines: &LineShape, line: &[u8]) -> bool {
    match lines.claims {
        Some(claims) => claims(line),
        None => (lines.open)(line).is_some(),
    }
}

fn holds_lambda(format: &Format, line: &[u8]) -> bool {
    match &format.shape {
        Shape::Lines(lines) => {
            lines.of_lambda && (lines.open)(line).is_some_and(|line| lambda::is_lambda(&line.body))
        }
        _ => false,
    }
}
