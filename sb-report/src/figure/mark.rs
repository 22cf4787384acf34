//! Marks: what a picture is made of, in logical pixels from the top left corner.

use super::Ink;
use super::decimate::Point;

/// How a line is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dash {
    /// Not at all: warm, or unknown.
    #[default]
    Solid,
    /// Dashed: cold.
    Dashed,
    /// Dotted: partly cold.
    Dotted,
}

/// A line's look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub ink: Ink,
    /// Width in logical pixels.
    pub width: f64,
    /// Solid, dashed or dotted. Broken lines are drawn 2 pixels wide.
    pub dash: Dash,
}

impl Stroke {
    /// A solid line.
    pub fn solid(ink: Ink, width: f64) -> Self {
        Self { ink, width, dash: Dash::Solid }
    }
}

/// A marker's shape: each series has its own, so that colour is never all that tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A disc.
    Disc,
    /// A square.
    Square,
    /// A triangle that points upwards.
    Triangle,
    /// A square on its corner.
    Diamond,
    /// A triangle that points downwards.
    Wedge,
}

impl Shape {
    /// The shape of a series; they come round again as the colours do.
    pub fn of_series(n: usize) -> Self {
        [Self::Disc, Self::Square, Self::Triangle, Self::Diamond, Self::Wedge][n % 5]
    }

    /// The corners of a marker of this radius; none of a disc.
    pub fn corners(self, (x, y): Point, radius: f64) -> Vec<Point> {
        let by = |corners: &[Point]| {
            corners.iter().map(|&(dx, dy)| (x + dx * radius, y + dy * radius)).collect()
        };
        match self {
            Self::Disc => Vec::new(),
            Self::Square => by(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
            Self::Triangle => by(&[(0.0, -1.2), (1.15, 0.85), (-1.15, 0.85)]),
            Self::Diamond => by(&[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)]),
            Self::Wedge => by(&[(0.0, 1.2), (1.15, -0.85), (-1.15, -0.85)]),
        }
    }
}

/// A marker's look, wherever it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    /// Shape.
    pub shape: Shape,
    /// Whether it is an outline only: cold, or an interval that is open.
    pub open: bool,
}

impl Marker {
    /// A filled one.
    pub fn filled(shape: Shape) -> Self {
        Self { shape, open: false }
    }

    /// An outline.
    pub fn open(shape: Shape) -> Self {
        Self { shape, open: true }
    }
}

/// Which point of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The beginning.
    Start,
    /// The middle.
    Middle,
    /// The end.
    End,
}

/// A line of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Where the anchor stands on the base line.
    pub at: Point,
    /// The words.
    pub text: String,
    /// Type size in logical pixels.
    pub size: f64,
    /// Bold or regular.
    pub bold: bool,
    /// What stands at `at`.
    pub anchor: Anchor,
    /// Colour.
    pub ink: Ink,
}

/// One mark.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A line through points.
    Line {
        /// The points.
        points: Vec<Point>,
        /// The look.
        stroke: Stroke,
    },
    /// A filled outline.
    Area {
        /// The corners.
        points: Vec<Point>,
        /// Colour.
        ink: Ink,
        /// Opacity, 0 to 1.
        opacity: f64,
    },
    /// A filled rectangle.
    Rect {
        /// Top left corner.
        at: Point,
        /// Width and height.
        size: Point,
        /// Colour.
        ink: Ink,
        /// Opacity, 0 to 1.
        opacity: f64,
    },
    /// A marker.
    Dot {
        /// Centre.
        at: Point,
        /// Radius in logical pixels.
        radius: f64,
        /// Shape, filled or open.
        marker: Marker,
        /// Colour.
        ink: Ink,
        /// Opacity, 0 to 1.
        opacity: f64,
    },
    /// Text.
    Text(Text),
}

/// What stands beside the words of a key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LegendSample {
    /// A piece of a line.
    Line(Stroke),
    /// A piece of a line with the marker of its series.
    Series(Stroke, Marker),
    /// A marker.
    Marker(Ink, Marker),
    /// A cell of a colour and an opacity.
    Cell(Ink, f64),
}

/// An entry of a key.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What it explains.
    pub sample: LegendSample,
    /// What that means.
    pub words: String,
}

/// A picture: its words, its key and its marks. The marks leave room for no title: on the page
/// words and key are text of the page, in a file they are drawn above the marks (see
/// [`super::heading`]).
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Name of the file without its ending; unique in a report.
    pub name: String,
    /// What it is a picture of: a pair. Empty where the finding says it.
    pub subject: String,
    /// The finding, in one sentence.
    pub title: String,
    /// What is drawn, of how many, in what unit.
    pub subtitle: String,
    /// What the colours, dashes and shades mean, where there are several.
    pub key: Vec<Entry>,
    /// Width in logical pixels.
    pub width: f64,
    /// Height of the marks in logical pixels.
    pub height: f64,
    /// The marks, the rearmost first.
    pub marks: Vec<Mark>,
}

impl Figure {
    /// Subject and finding in one line.
    pub fn headline(&self) -> String {
        if self.subject.is_empty() {
            return self.title.clone();
        }
        let mut chars = self.title.chars();
        let first: String = chars.next().map(|c| c.to_lowercase().collect()).unwrap_or_default();
        format!("{}: {first}{}", self.subject, chars.as_str())
    }

    /// What is drawn, for those who do not see it; they have heard the headline.
    pub fn description(&self) -> String {
        let key: String = self.key.iter().flat_map(|e| [" ", &e.words, "."]).collect();
        format!("{}.{key}", self.subtitle)
    }

    /// Adds a straight line.
    pub fn line(&mut self, from: Point, to: Point, stroke: Stroke) {
        self.marks.push(Mark::Line { points: vec![from, to], stroke });
    }

    /// Adds small text.
    pub fn text(&mut self, at: Point, anchor: Anchor, ink: Ink, text: impl Into<String>) {
        let text = text.into();
        self.marks.push(Mark::Text(Text {
            at,
            text,
            size: super::size::TEXT,
            bold: false,
            anchor,
            ink,
        }));
    }
}
