//! `report.html`: one file that needs no network, no script and no style to be read.

use super::Beside;
use super::context::context;
use crate::chart::Charts;
use crate::error::{Error, Result};
use crate::figure::{INKS, size};
use crate::model::Report;
use crate::render::UNITS;
use base64::Engine;
use minijinja::{Environment, context};
use sha2::{Digest, Sha256};
use std::fmt::Write;

const TEMPLATE: &str = include_str!("../../templates/report.html");
const STYLE: &str = include_str!("../../assets/report.css");
const SCRIPT: &str = include_str!("../../assets/report.js");

/// The page.
pub fn html(report: &Report, charts: &Charts, beside: &Beside<'_>) -> Result<String> {
    let failed = |error: minijinja::Error| Error::Page(format!("{error:#}"));
    let mut environment = Environment::new();
    environment.add_filter("breakable", breakable);
    // The ending switches the escaping on.
    environment.add_template("report.html", TEMPLATE).map_err(failed)?;
    let report = context(report, charts, beside)?;
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
        base64::engine::general_purpose::STANDARD.encode(Sha256::digest(SCRIPT.as_bytes()))
    );
    let values = context! { report => minijinja::Value::from(minijinja::value::Serde(&report)), policy, style => style(), script => SCRIPT };
    environment.get_template("report.html").and_then(|t| t.render(values)).map_err(failed)
}

/// Escaped text in which lines may end after `_`, `.`, `/`, `:` and `-` and around arrows: labels
/// and ids are long words that must not be broken in the middle of a part. The two labels of a
/// pair are broken only where one of them is wider than the line.
fn breakable(text: &str) -> minijinja::Value {
    let mut out = String::with_capacity(text.len() * 2);
    match text.split_once('→') {
        Some((from, to)) if !text.contains(' ') => {
            out.push_str("<span class=\"label\">");
            break_into(&mut out, from);
            out.push_str("→</span><wbr><span class=\"label\">");
            break_into(&mut out, to);
            out.push_str("</span>");
        }
        _ => break_into(&mut out, text),
    }
    minijinja::Value::from_safe_string(out)
}

fn break_into(out: &mut String, text: &str) {
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '→' => out.push_str("<wbr>→<wbr>"),
            _ => out.push(c),
        }
        // Never within a number: 7.00.
        let splits = matches!(c, '.' | '/' | ':' | '-');
        if c == '_'
            || splits && rest.peek().is_some_and(|next| !next.is_ascii_digit() && *next != ' ')
        {
            out.push_str("<wbr>");
        }
    }
}

/// How much larger the text of pictures is where two of them stand side by side on a screen that is
/// not wide.
const BETWEEN: f64 = 1.2;

/// The style sheet, with a variable for each ink and the rules that give an inlined picture its
/// dark colours: pictures carry their light colours as attributes, which any rule overrides.
fn style() -> String {
    let (mut light, mut dark, mut rules) = (String::new(), String::new(), String::new());
    for ink in INKS {
        let name = ink.variable();
        let _ = write!(light, "--{name}:{};", ink.light());
        let _ = write!(dark, "--{name}:{};", ink.dark());
        for attribute in ["fill", "stroke"] {
            let _ = write!(rules, "[{attribute}=\"{}\"]{{{attribute}:var(--{name})}}", ink.light());
        }
    }
    format!(
        ":root{{color-scheme:light dark;{light}}}\n\
         @media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n\
         @media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}:root[data-theme=light]{{color-scheme:light}}}}\n\
         {rules}\n{STYLE}\n\
         @media screen and (max-width:72rem){{.figures svg.chart text{{font-size:{}px}}}}\n\
         @media screen and (max-width:36rem){{svg.chart text,.figures svg.chart text{{font-size:{}px}}}}\n\
         @media print{{.figures svg.chart text{{font-size:{}px}}}}",
        (size::TEXT * BETWEEN * UNITS).round(),
        (size::TEXT * size::GROWN * UNITS).round(),
        (size::TEXT * size::GROWN * UNITS).round()
    )
}
