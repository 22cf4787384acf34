//! Marks -> elements of plotters, for both kinds of canvas.

use crate::figure::font::{NOTO_HEIGHT, SVG_HEIGHT, desc};
use crate::figure::{Anchor, Dash, Ink, Mark, Marker, Point, Shape, Stroke, Text};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, RGBAColor, RGBColor, ShapeStyle, TextStyle};

/// What the canvas is made of: the two of plotters' canvases treat lines and text differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Elements: lines stay lines, text stays text.
    Vector,
    /// Pixels: lines become outlines, because plotters' own thick lines have spikes at sharp
    /// corners and no dashes.
    Pixels,
}

/// Stroke widths that stand for broken lines on a vector canvas, where plotters has no dashes:
/// one and two tenths of a pixel more than 2 pixels. The SVG's writer turns them back.
pub(super) const DASHED: u32 = 21;
/// See [`DASHED`].
pub(super) const DOTTED: u32 = 22;

/// Lengths of dash and gap, in logical pixels.
pub(super) const DASHES: (f64, f64) = (6.0, 4.0);
/// Lengths of dot and gap, in logical pixels.
pub(super) const DOTS: (f64, f64) = (2.0, 3.0);

/// A canvas with its scale.
pub(super) struct Painter<'a, DB: DrawingBackend> {
    pub area: &'a DrawingArea<DB, Shift>,
    pub kind: Kind,
    /// Units of the canvas in one logical pixel.
    pub scale: f64,
    /// How far down the marks are moved, in logical pixels.
    pub down: f64,
}

type Outcome<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

impl<DB: DrawingBackend> Painter<'_, DB> {
    /// Draws a mark.
    pub(super) fn draw(&self, mark: &Mark) -> Outcome<DB> {
        match mark {
            Mark::Line { points, stroke } => self.line(points, *stroke),
            Mark::Area { points, ink, opacity } => {
                let corners = points.iter().map(|&p| self.at(p)).collect::<Vec<_>>();
                self.area.draw(&Polygon::new(corners, colour(*ink, *opacity)))
            }
            Mark::Rect { at, size, ink, opacity } => {
                let (left, top) = self.at(*at);
                let (right, bottom) = self.at((at.0 + size.0, at.1 + size.1));
                // A canvas of pixels fills up to and including the last one.
                let inside = i32::from(self.kind == Kind::Pixels);
                let corners =
                    [(left, top), ((right - inside).max(left), (bottom - inside).max(top))];
                self.area.draw(&Rectangle::new(corners, colour(*ink, *opacity).filled()))
            }
            Mark::Dot { at, radius, marker, ink, opacity } => {
                self.dot(*at, *radius, *marker, *ink, *opacity)
            }
            Mark::Text(text) => self.text(text),
        }
    }

    fn at(&self, (x, y): Point) -> (i32, i32) {
        (whole(x * self.scale), whole((y + self.down) * self.scale))
    }

    fn line(&self, points: &[Point], stroke: Stroke) -> Outcome<DB> {
        match self.kind {
            Kind::Vector => {
                let width = match stroke.dash {
                    Dash::Solid => whole(stroke.width * self.scale).unsigned_abs(),
                    Dash::Dashed => DASHED,
                    Dash::Dotted => DOTTED,
                };
                let style = ShapeStyle {
                    color: colour(stroke.ink, 1.0),
                    filled: false,
                    stroke_width: width,
                };
                self.area.draw(&PathElement::new(
                    points.iter().map(|&p| self.at(p)).collect::<Vec<_>>(),
                    style,
                ))
            }
            Kind::Pixels => {
                let pieces = match stroke.dash {
                    Dash::Solid => vec![points.to_vec()],
                    Dash::Dashed => broken(points, DASHES),
                    Dash::Dotted => broken(points, DOTS),
                };
                pieces.iter().try_for_each(|piece| self.outline(piece, stroke))
            }
        }
    }

    /// A line as filled shapes: a bar for each segment, a disc for each corner.
    fn outline(&self, points: &[Point], stroke: Stroke) -> Outcome<DB> {
        let half = stroke.width / 2.0;
        let style = colour(stroke.ink, 1.0);
        for pair in points.windows(2) {
            let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
            let length = (bx - ax).hypot(by - ay);
            if length == 0.0 {
                continue;
            }
            let (nx, ny) = ((by - ay) / length * half, (ax - bx) / length * half);
            let corners =
                [(ax + nx, ay + ny), (bx + nx, by + ny), (bx - nx, by - ny), (ax - nx, ay - ny)];
            self.area.draw(&Polygon::new(corners.map(|p| self.at(p)).to_vec(), style))?;
        }
        let inner = points.get(1..points.len().saturating_sub(1)).unwrap_or_default();
        let radius = whole(half * self.scale - 0.5).max(0);
        inner.iter().filter(|_| radius > 1).try_for_each(|&point| {
            self.area.draw(&Circle::new(self.at(point), radius, style.filled()))
        })
    }

    fn dot(&self, at: Point, radius: f64, marker: Marker, ink: Ink, opacity: f64) -> Outcome<DB> {
        const EDGE: f64 = 1.5;
        let colour = colour(ink, opacity);
        match (marker.shape, marker.open) {
            (Shape::Disc, open) => {
                let width = whole(EDGE * self.scale).unsigned_abs();
                let edge = ShapeStyle { color: colour, filled: false, stroke_width: width };
                let style = if open { edge } else { colour.filled() };
                self.area.draw(&Circle::new(self.at(at), whole(radius * self.scale), style))
            }
            (shape, false) => {
                let corners = shape.corners(at, radius);
                let corners = corners.into_iter().map(|p| self.at(p)).collect::<Vec<_>>();
                self.area.draw(&Polygon::new(corners, colour))
            }
            (shape, true) => {
                let mut outline = shape.corners(at, radius);
                outline.extend(outline.first().copied());
                self.line(&outline, Stroke::solid(ink, EDGE))
            }
        }
    }

    fn text(&self, text: &Text) -> Outcome<DB> {
        let horizontal = match text.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let (x, base) = self.at(text.at);
        // plotters puts the base line of a bitmap's text half the font's height below its place,
        // that of an SVG's by an attribute which the SVG's writer takes away.
        let (height, y) = match self.kind {
            Kind::Vector => (text.size * SVG_HEIGHT * self.scale, base),
            Kind::Pixels => {
                let height = text.size * NOTO_HEIGHT * self.scale;
                (height, base - whole(height / 2.0))
            }
        };
        let ink = colour(text.ink, 1.0);
        let style = TextStyle::from(desc(height, text.bold))
            .color(&ink)
            .pos(Pos::new(horizontal, VPos::Top));
        self.area.draw_text(&printable(&text.text), &style, (x, y))
    }
}

fn colour(ink: Ink, opacity: f64) -> RGBAColor {
    let (r, g, b) = ink.rgb();
    RGBColor(r, g, b).mix(opacity)
}

/// To the canvas' whole numbers; far beyond any canvas is as good as at its end.
fn whole(value: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "clamped to a range that fits")]
    let whole = value.round().clamp(-1e6, 1e6) as i32;
    whole
}

/// Characters that XML forbids, and those that are not seen, as a replacement character.
fn printable(text: &str) -> String {
    text.chars()
        .map(
            |c| {
                if c.is_control() || ('\u{fffe}'..='\u{ffff}').contains(&c) {
                    '\u{fffd}'
                } else {
                    c
                }
            },
        )
        .collect()
}

/// The pieces of a broken line.
fn broken(points: &[Point], (on, off): (f64, f64)) -> Vec<Vec<Point>> {
    let mut pieces = Vec::new();
    let mut piece: Vec<Point> = points.first().copied().into_iter().collect();
    let (mut drawing, mut left) = (true, on);
    for pair in points.windows(2) {
        let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
        let length = (bx - ax).hypot(by - ay);
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let share = done / length;
            let point = (ax + (bx - ax) * share, ay + (by - ay) * share);
            piece.push(point);
            if drawing {
                pieces.push(std::mem::take(&mut piece));
            }
            drawing = !drawing;
            left = if drawing { on } else { off };
            piece = vec![point];
        }
        left -= length - done;
        piece.push((bx, by));
    }
    if drawing && piece.len() > 1 {
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_line_goes_on_round_corners() {
        let pieces = broken(&[(0.0, 0.0), (8.0, 0.0), (8.0, 8.0)], (6.0, 4.0));
        assert_eq!(pieces, [vec![(0.0, 0.0), (6.0, 0.0)], vec![(8.0, 2.0), (8.0, 8.0)]]);
        assert!(broken(&[], DASHES).is_empty());
    }

    #[test]
    fn control_characters_are_replaced() {
        assert_eq!(printable("a\u{0}b\u{1b}c→"), "a\u{fffd}b\u{fffd}c→");
    }
}
