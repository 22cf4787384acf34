//! One input with its carrier: how it is cut and how its blocks are read.

use super::csv::{self, Columns};
use super::detect::detect;
use super::fields::Overrides;
use super::head::Head;
use super::lines::Opener;
use super::pattern::Pattern;
use super::{
    Brackets, Carrier, CsvShape, JsonShape, Shape, json, known, lines, octets, parts, plain,
};
use crate::event::{How, LineClass, OpenPart, Parsed, Sink};
use crate::options::Options;
use crate::read::{AtLineEnds, Block, Cut, LOOKED_AT, Text};
use crate::statement::Heads;

/// What the user says of the carrier (`--format`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Choice {
    /// Nothing: it is recognised.
    #[default]
    Auto,
    /// A name or a family, of the list that `sb-trace formats` prints.
    Named(String),
}

impl Choice {
    /// Reads a `--format`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let known = |name: &str| known::ALL.iter().any(|c| c.name == name || c.family == name);
        match text {
            "auto" => Ok(Self::Auto),
            name if known(name) => Ok(Self::Named(name.to_owned())),
            _ => Err(format!("'{text}' is no format; sb-trace formats lists them")),
        }
    }

    /// The carriers that it leaves to choose from.
    fn among(&self) -> Vec<&'static Carrier> {
        let all = known::ALL.iter().copied();
        match self {
            Self::Auto => all.collect(),
            Self::Named(name) => all.filter(|c| c.name == name || c.family == name).collect(),
        }
    }

    /// The carrier that is meant even where nothing speaks for it.
    fn exact(&self) -> Option<&'static Carrier> {
        match self {
            Self::Auto => None,
            Self::Named(name) => known::ALL.iter().copied().find(|c| c.name == name),
        }
    }
}

/// An input that was recognised.
#[derive(Debug)]
pub(crate) struct Source {
    kind: Kind,
    pub name: &'static str,
    pub brackets: Brackets,
    /// Of JSON: whether there is a value a line.
    by_line: bool,
    /// Whether a hook of the driver printed it.
    hook_log: bool,
    overrides: Overrides,
}

#[derive(Debug)]
enum Kind {
    Known(&'static Carrier),
    Table(Columns),
    Pattern(Pattern),
}

/// An input and its text.
pub(crate) struct Recognised {
    pub source: Source,
    pub text: Text,
    /// Whether the user's choice fits. An input that it does not fit is read as plain text.
    pub fits: bool,
}

/// Recognises the carrier of a text.
pub(crate) fn recognise(
    mut text: Text,
    options: &Options,
    hook_log: bool,
) -> std::io::Result<Recognised> {
    let head = text.look(LOOKED_AT)?;
    let (source, fits) = if is_plainly_plain(head, options) {
        (Source { hook_log, ..Source::default() }, true)
    } else {
        let whole = head.len() < LOOKED_AT;
        choose(&Head::new(head.to_vec(), whole), options, hook_log)
    };
    Ok(Recognised { source, text, fits })
}

/// Whether all lines begin with a statement, which is the form of no carrier: most logs of an app
/// alone are recognised by that, and many small ones sooner.
fn is_plainly_plain(head: &[u8], options: &Options) -> bool {
    let free = options.format == Choice::Auto
        && options.pattern.is_none()
        && options.fields == Overrides::default();
    let end = memchr::memrchr(b'\n', head).map_or(head.len(), |end| end + 1);
    let lines = head.get(..end).unwrap_or_default();
    free && !lines.is_empty() && Heads::new(options.epoch_unit).begin_all_lines(lines)
}

fn choose(head: &Head, options: &Options, hook_log: bool) -> (Source, bool) {
    let overrides = options.fields.clone();
    let by_line = head.keys.as_ref().is_none_or(|keys| keys.by_line);
    let source = |kind: Kind, name, brackets| Source {
        kind,
        name,
        brackets,
        by_line,
        hook_log,
        overrides: overrides.clone(),
    };
    if let Some(pattern) = &options.pattern {
        let kind = Kind::Pattern(pattern.clone());
        return (source(kind, "pattern", Brackets::OfSource), true);
    }
    let plain =
        || source(Kind::Known(&known::plain::CARRIER), known::plain::CARRIER.name, Brackets::Never);
    // What a hook prints may hold anything, also the output of a log collector beside its own.
    if hook_log && options.format == Choice::Auto {
        return (plain(), true);
    }
    let among = options.format.among();
    let detected = detect(head, &among);
    let exact = options.format.exact();
    let own_table = overrides.body.as_ref().is_some_and(|body| head.header.contains(body));
    let fits = options.format == Choice::Auto
        || detected.is_some()
        || exact.is_some_and(|carrier| matches!(carrier.shape, Shape::Plain));
    let Some(carrier) = detected.or(exact) else {
        if own_table {
            let columns = Columns::new(&head.header, &NO_TABLE, &overrides);
            return (source(Kind::Table(columns), "csv", Brackets::Never), true);
        }
        return (plain(), fits);
    };
    let kind = match &carrier.shape {
        Shape::Csv(shape) => Kind::Table(Columns::new(&head.header, shape, &overrides)),
        _ => Kind::Known(carrier),
    };
    (source(kind, carrier.name, carrier.brackets), fits)
}

/// A table of which only the user knows the columns.
const NO_TABLE: CsvShape = CsvShape {
    claims: |_| false,
    body: &[],
    id: &[],
    dimensions: &[],
    operation: &[],
    source: &[],
    unique: &[],
};

impl Default for Source {
    /// The app's own text.
    fn default() -> Self {
        Self {
            kind: Kind::Known(&known::plain::CARRIER),
            name: known::plain::CARRIER.name,
            brackets: Brackets::Never,
            by_line: true,
            hook_log: false,
            overrides: Overrides::default(),
        }
    }
}

impl Source {
    /// What decides where the text is cut.
    pub(crate) fn cutter(&self) -> Box<dyn Cut> {
        match &self.kind {
            Kind::Table(_) => Box::new(csv::AtRecordEnds::default()),
            Kind::Pattern(pattern) => lines::cutter_of_pattern(pattern),
            Kind::Known(carrier) => match &carrier.shape {
                Shape::Plain | Shape::Csv(_) => Box::new(AtLineEnds::default()),
                Shape::Lines(shape) => lines::cutter(shape),
                Shape::Json(shape) if self.is_by_line(shape) => Box::new(json::AtValues),
                Shape::Json(shape) => Box::new(json::Frames::new(shape.path)),
                Shape::Octets => Box::new(octets::Frames::default()),
            },
        }
    }

    /// Reads a block into `parsed`, which is empty. `carry`: the records that the block before left
    /// open.
    pub(crate) fn read(
        &self,
        block: &Block,
        options: &Options,
        carry: Vec<OpenPart>,
        parsed: Parsed,
    ) -> Parsed {
        let how = self.how(options);
        if let Kind::Known(Carrier { shape: Shape::Plain | Shape::Csv(_), .. }) = &self.kind {
            return plain::read(block, how, parsed);
        }
        let mut sink = Sink::new(&block.bytes, how, parsed);
        let open = match &self.kind {
            Kind::Table(columns) => {
                csv::read(&mut sink, columns);
                Vec::new()
            }
            Kind::Pattern(pattern) => lines::read(&mut sink, Opener::of_pattern(pattern), carry),
            Kind::Known(carrier) => match &carrier.shape {
                Shape::Plain | Shape::Csv(_) => Vec::new(),
                Shape::Lines(shape) => {
                    lines::read(&mut sink, Opener::of(shape, carrier.brackets), carry)
                }
                Shape::Json(shape) => {
                    json::read(&mut sink, shape, block.units.as_ref(), &self.overrides, carry)
                }
                Shape::Octets => {
                    octets::read(&mut sink, block.units.as_ref(), known::syslog::open);
                    Vec::new()
                }
            },
        };
        sink.finish(open)
    }

    /// What was still open at the end of the input.
    pub(crate) fn flush(&self, options: &Options, open: &[OpenPart], parsed: Parsed) -> Parsed {
        let mut sink = Sink::new(b"", self.how(options), parsed);
        parts::flush(open, &mut sink);
        sink.finish(Vec::new())
    }

    /// Whether there is a record a line, and not a document that happens to stand on one.
    fn is_by_line(&self, shape: &JsonShape) -> bool {
        self.by_line && shape.path.is_empty()
    }

    /// How much to read at a time, of what the options ask for. Where records come in parts, one
    /// that is open at the end of a block makes the next block be read twice.
    pub(crate) fn block_bytes(&self, options: &Options) -> usize {
        const FEWER: usize = 16;
        let fewer = if self.in_parts(options) { FEWER } else { 1 };
        options.block_bytes.saturating_mul(fewer)
    }

    /// Whether records may come in parts.
    pub(crate) fn in_parts(&self, options: &Options) -> bool {
        self.how(options).in_parts
    }

    /// Whether a record that was read proves that the input has this carrier.
    pub(crate) fn is_strict(&self) -> bool {
        match &self.kind {
            Kind::Table(_) | Kind::Pattern(_) => true,
            Kind::Known(carrier) => match &carrier.shape {
                Shape::Lines(lines) => lines.claims.is_none(),
                _ => true,
            },
        }
    }

    fn how<'o>(&self, options: &'o Options) -> How<'o> {
        let (rest, in_parts) = match &self.kind {
            Kind::Table(_) => (LineClass::Carrier, false),
            Kind::Pattern(pattern) => (LineClass::Other, pattern.in_parts()),
            Kind::Known(carrier) => match &carrier.shape {
                // Where a record is a line, only records are lines.
                Shape::Json(shape) if self.is_by_line(shape) => (LineClass::Other, true),
                Shape::Json(_) => (LineClass::Carrier, true),
                Shape::Lines(lines) => (LineClass::Other, !lines.in_parts.is_empty()),
                _ => (LineClass::Other, false),
            },
        };
        How {
            unit: options.epoch_unit,
            id_regex: options.id_regex.as_ref(),
            rest,
            in_parts,
            log_results: !self.hook_log,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What is taken for plain at once, no carrier claims.
        #[test]
        fn lines_that_begin_with_a_statement_are_no_carriers(
            lines in proptest::collection::vec(
                "[0-9]{13}([+]0000|-0330|Z|[+]02:00)\\|[A-Z_]{3}[ -+--~\t]{0,60}\r?\n", 1..8,
            ),
        ) {
            let text = lines.concat().into_bytes();
            let options = Options::default();
            prop_assume!(is_plainly_plain(&text, &options));
            let detected = detect(&Head::new(text, true), &options.format.among());
            prop_assert_eq!(detected.map(|carrier| carrier.name), None);
        }
    }
}
