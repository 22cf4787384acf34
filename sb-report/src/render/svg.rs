//! A picture as SVG: plotters' elements, made small, given a title and a dark mode.

use super::RenderError;
use super::merge::Paths;
use super::paint::{DASHED, DASHES, DOTS, DOTTED, Kind, Painter};
use crate::figure::font::{FAMILY, SVG_HEIGHT};
use crate::figure::{Figure, INKS, Ink, Mark, heading, size};
use plotters::drawing::IntoDrawingArea;
use plotters::prelude::SVGBackend;
use std::fmt::Write;

/// Units of an SVG in one logical pixel: plotters' coordinates are whole numbers.
pub const UNITS: f64 = 10.0;

/// Where an SVG stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a file of its own: with its words, a background and a dark mode.
    File,
    /// On the page, which has the words and the style.
    Page,
}

/// Draws a figure as SVG.
pub fn svg(figure: &Figure, place: Place) -> Result<String, RenderError> {
    let (words, down) = if place == Place::File { heading(figure) } else { (Vec::new(), 0.0) };
    let (width, height) = (figure.width, figure.height + down);
    let drawn =
        draw(figure, &words, down).map_err(|error| RenderError::new(&figure.name, error))?;

    let mut out = String::with_capacity(drawn.len());
    let name = escape(&figure.name);
    // The page has the font in its style, and needs no namespace.
    let alone = match place {
        Place::File => format!(
            " xmlns=\"http://www.w3.org/2000/svg\" data-generator=\"sb-report\" font-family=\"{FAMILY}\""
        ),
        Place::Page => String::new(),
    };
    let _ = write!(
        out,
        "<svg{alone} width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {} {}\" role=\"img\" \
         aria-labelledby=\"t-{name} d-{name}\" stroke-linejoin=\"round\" font-size=\"{}\" fill=\"{}\" \
         class=\"chart\">\n<title id=\"t-{name}\">{}</title>\n<desc id=\"d-{name}\">{}</desc>\n",
        width * UNITS,
        height * UNITS,
        size::TEXT * UNITS,
        Ink::Muted.light(),
        escape(&figure.headline()),
        escape(&figure.description()),
    );
    if place == Place::File {
        let _ =
            writeln!(out, "<style>@media (prefers-color-scheme:dark){{{}}}</style>", dark_rules());
        let _ =
            writeln!(out, "<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>", Ink::Paper.light());
    }
    compact(&drawn, figure, &words, &mut out);
    out.push_str("</svg>\n");
    Ok(out)
}

/// The rules that give each ink its dark colour.
fn dark_rules() -> String {
    INKS.iter().fold(String::new(), |mut css, ink| {
        let (light, dark) = (ink.light(), ink.dark());
        let _ =
            write!(css, "[fill=\"{light}\"]{{fill:{dark}}}[stroke=\"{light}\"]{{stroke:{dark}}}");
        css
    })
}

fn draw(figure: &Figure, words: &[Mark], down: f64) -> Result<String, String> {
    let mut buffer = String::new();
    {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "sizes of pictures are small"
        )]
        let size = ((figure.width * UNITS) as u32, ((figure.height + down) * UNITS) as u32);
        let area = SVGBackend::with_string(&mut buffer, size).into_drawing_area();
        let painter = |down| Painter { area: &area, kind: Kind::Vector, scale: UNITS, down };
        for mark in words {
            painter(0.0).draw(mark).map_err(|error| error.to_string())?;
        }
        for mark in &figure.marks {
            painter(down).draw(mark).map_err(|error| error.to_string())?;
        }
        area.present().map_err(|error| error.to_string())?;
    }
    Ok(buffer)
}

/// Leaves out what every element repeats and what says nothing, and writes dashes. Text cannot
/// be mistaken for an attribute: its quotes are escaped.
fn compact(drawn: &str, figure: &Figure, words: &[Mark], out: &mut String) {
    let mut replace = vec![
        (" opacity=\"1\"".to_owned(), String::new()),
        (" stroke=\"none\"".to_owned(), String::new()),
        (" dy=\"0.76em\"".to_owned(), String::new()),
        (" text-anchor=\"start\"".to_owned(), String::new()),
        (format!(" font-family=\"{FAMILY}\""), String::new()),
        (format!("stroke-width=\"{DASHED}\""), dashes(DASHES)),
        (format!("stroke-width=\"{DOTTED}\""), dashes(DOTS)),
        (" \"/>".to_owned(), "\"/>".to_owned()),
    ];
    // plotters computes a font's size and leaves the rounding error in it.
    let mut sizes: Vec<f64> = figure
        .marks
        .iter()
        .chain(words)
        .filter_map(|m| if let Mark::Text(t) = m { Some(t.size) } else { None })
        .collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    for size in sizes {
        let written = size * SVG_HEIGHT * UNITS / SVG_HEIGHT;
        replace.push((
            format!("font-size=\"{written}\""),
            format!("font-size=\"{}\"", (size * UNITS).round()),
        ));
    }
    // What most texts have, the root has.
    let common = [
        format!(" font-size=\"{}\"", size::TEXT * UNITS),
        format!(" fill=\"{}\"", Ink::Muted.light()),
    ];
    let mut in_text = false;
    let mut paths = Paths::default();
    // The first line is the root element, the last its end.
    for line in drawn.lines().skip(1).filter(|line| *line != "</svg>") {
        if in_text && line != "</text>" {
            paths.text(line);
            continue;
        }
        let line = replace.iter().fold(line.to_owned(), |line, (from, to)| line.replace(from, to));
        if in_text {
            paths.text("</text>\n");
            in_text = false;
        } else if line.starts_with("<text") {
            paths.text(&common.iter().fold(line, |line, attribute| line.replace(attribute, "")));
            in_text = true;
        } else if !paths.take(&line, out) {
            out.push_str(&line);
            out.push('\n');
        }
    }
    paths.end(out);
}

fn dashes((on, off): (f64, f64)) -> String {
    format!("stroke-width=\"20\" stroke-dasharray=\"{} {}\"", on * UNITS, off * UNITS)
}

/// Text for XML; characters that XML forbids are replaced.
fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Anchor, Dash, Stroke};

    fn figure() -> Figure {
        let mut figure = Figure {
            name: "a-b".to_owned(),
            subject: String::new(),
            title: "Half of <A>→\"B\" & more".to_owned(),
            subtitle: "A line".to_owned(),
            key: Vec::new(),
            width: 300.0,
            height: 100.0,
            marks: Vec::new(),
        };
        let stroke = Stroke { ink: Ink::Series(0), width: 2.0, dash: Dash::Dashed };
        figure.line((10.0, 10.25), (100.0, 10.25), stroke);
        figure.text((10.0, 50.0), Anchor::Start, Ink::Text, "x opacity=\"1\" y");
        figure
    }

    #[test]
    fn title_description_dashes_and_tenths_of_pixels() {
        let svg = svg(&figure(), Place::File).unwrap();
        assert!(
            svg.contains("<title id=\"t-a-b\">Half of &lt;A&gt;→&quot;B&quot; &amp; more</title>"),
            "{svg}"
        );
        assert!(svg.contains("A line.</desc>"));
        assert!(svg.contains("stroke-dasharray=\"60 40\""), "{svg}");
        assert_eq!(svg.matches("font-size=\"120\"").count(), 1, "the root has it: {svg}");
        assert!(svg.contains("x opacity=&quot;1&quot; y"), "text is left alone: {svg}");
        assert!(svg.contains("prefers-color-scheme:dark"));
        assert!(svg.ends_with("</svg>\n"));
    }

    #[test]
    fn on_the_page_the_words_and_the_style_are_the_page_s() {
        let svg = svg(&figure(), Place::Page).unwrap();
        assert!(!svg.contains("<style>") && svg.matches("<text").count() == 1);
        assert!(svg.contains("d=\"M100 103h900\""), "{svg}");
    }
}
