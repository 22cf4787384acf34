//! One input with its format: how it is cut and how its blocks are read.

use super::csv::{self, CsvColumns};
use super::detect::detect;
use super::head::Beginning;
use super::lines::Opener;
use super::{
    Brackets, CsvShape, Format, JsonShape, Shape, json, known, lines, octets, parts, plain,
};
use crate::event::{LineClass, OpenPart, Parsed, RecordOptions, RecordParser};
use crate::options::Options;
use crate::options::{FormatChoice, NamedFields, Pattern};
use crate::read::{AtLineEnds, Block, Cut, LOOKED_AT, Text};
use crate::statement::PrefixParser;

/// An input that was recognised.
#[derive(Debug)]
pub(crate) struct InputFormat {
    kind: SourceKind,
    pub name: &'static str,
    pub brackets: Brackets,
    /// Of JSON: whether there is a value a line.
    by_line: bool,
    /// Whether a hook of the driver printed it.
    hook_log: bool,
    fields: NamedFields,
}

#[derive(Debug)]
enum SourceKind {
    Known(&'static Format),
    Table(CsvColumns),
    Pattern(Pattern),
}

/// An input and its text.
pub(crate) struct Recognised {
    pub source: InputFormat,
    pub text: Text,
    /// Whether the user's choice fits. An input that it does not fit is read as plain text.
    pub fits: bool,
}

/// Recognises the format of a text.
pub(crate) fn recognise(
    mut text: Text,
    options: &Options,
    hook_log: bool,
) -> std::io::Result<Recognised> {
    let head = text.look(LOOKED_AT)?;
    let (source, fits) = if is_plainly_plain(head, options) {
        (InputFormat { hook_log, ..InputFormat::default() }, true)
    } else {
        let whole = head.len() < LOOKED_AT;
        choose(&Beginning::new(head.to_vec(), whole), options, hook_log)
    };
    Ok(Recognised { source, text, fits })
}

/// Whether all lines begin with a statement, which is the form of no format: most logs of an app
/// alone are recognised by that, and many small ones sooner.
fn is_plainly_plain(head: &[u8], options: &Options) -> bool {
    let free = options.format == FormatChoice::Auto
        && options.pattern.is_none()
        && options.fields == NamedFields::default();
    let end = memchr::memrchr(b'\n', head).map_or(head.len(), |end| end + 1);
    let lines = head.get(..end).unwrap_or_default();
    free && !lines.is_empty() && PrefixParser::new(options.epoch_unit).begin_all_lines(lines)
}

fn choose(head: &Beginning, options: &Options, hook_log: bool) -> (InputFormat, bool) {
    let fields = options.fields.clone();
    let by_line = head.keys.as_ref().is_none_or(|keys| keys.by_line);
    let source = |kind: SourceKind, name, brackets| InputFormat {
        kind,
        name,
        brackets,
        by_line,
        hook_log,
        fields: fields.clone(),
    };
    if let Some(pattern) = &options.pattern {
        let kind = SourceKind::Pattern(pattern.clone());
        return (source(kind, "pattern", Brackets::OfSource), true);
    }
    let plain = || {
        source(SourceKind::Known(&known::plain::FORMAT), known::plain::FORMAT.name, Brackets::Never)
    };
    // What a hook prints may hold anything, also the output of a log collector beside its own.
    if hook_log && options.format == FormatChoice::Auto {
        return (plain(), true);
    }
    let among = options.format.among();
    let detected = detect(head, &among);
    let exact = options.format.exact();
    let own_table = fields.body.as_ref().is_some_and(|body| head.header.contains(body));
    let fits = options.format == FormatChoice::Auto
        || detected.is_some()
        || exact.is_some_and(|format| matches!(format.shape, Shape::Plain));
    let Some(format) = detected.or(exact) else {
        if own_table {
            let columns = CsvColumns::new(&head.header, &NO_TABLE, &fields);
            return (source(SourceKind::Table(columns), OWN_TABLE, Brackets::Never), true);
        }
        return (plain(), fits);
    };
    let kind = match &format.shape {
        Shape::Csv(shape) => SourceKind::Table(CsvColumns::new(&head.header, shape, &fields)),
        _ => SourceKind::Known(format),
    };
    (source(kind, format.name, format.brackets), fits)
}

/// What such a table is called where a format is named.
pub(super) const OWN_TABLE: &str = "csv";

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

impl Default for InputFormat {
    /// The app's own text.
    fn default() -> Self {
        Self {
            kind: SourceKind::Known(&known::plain::FORMAT),
            name: known::plain::FORMAT.name,
            brackets: Brackets::Never,
            by_line: true,
            hook_log: false,
            fields: NamedFields::default(),
        }
    }
}

impl InputFormat {
    /// What decides where the text is cut.
    pub(crate) fn cutter(&self) -> Box<dyn Cut> {
        match &self.kind {
            SourceKind::Table(_) => Box::new(csv::AtCsvRecords::default()),
            SourceKind::Pattern(pattern) => lines::cutter_of_pattern(pattern),
            SourceKind::Known(format) => match &format.shape {
                Shape::Plain | Shape::Csv(_) => Box::new(AtLineEnds::default()),
                Shape::Lines(shape) => lines::cutter(shape),
                Shape::Json(shape) if self.is_by_line(shape) => Box::new(json::AtValues),
                Shape::Json(shape) => Box::new(json::AtJsonRecords::new(shape.path)),
                Shape::Octets => Box::new(octets::AtOctetCounts::default()),
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
        let of_records = self.record_options(options);
        if let SourceKind::Known(Format { shape: Shape::Plain | Shape::Csv(_), .. }) = &self.kind {
            return plain::read(block, of_records, parsed);
        }
        let mut parser = RecordParser::new(&block.bytes, of_records, parsed);
        let open = match &self.kind {
            SourceKind::Table(columns) => {
                csv::read(&mut parser, columns);
                Vec::new()
            }
            SourceKind::Pattern(pattern) => {
                lines::read(&mut parser, Opener::of_pattern(pattern), carry)
            }
            SourceKind::Known(format) => match &format.shape {
                Shape::Plain | Shape::Csv(_) => Vec::new(),
                Shape::Lines(shape) => {
                    lines::read(&mut parser, Opener::of(shape, format.brackets), carry)
                }
                Shape::Json(shape) => {
                    json::read(&mut parser, shape, block.units.as_ref(), &self.fields, carry)
                }
                Shape::Octets => {
                    octets::read(&mut parser, block.units.as_ref(), known::syslog::open);
                    Vec::new()
                }
            },
        };
        parser.finish(open)
    }

    /// What was still open at the end of the input.
    pub(crate) fn flush(&self, options: &Options, open: &[OpenPart], parsed: Parsed) -> Parsed {
        let mut parser = RecordParser::new(b"", self.record_options(options), parsed);
        parts::flush(open, &mut parser);
        parser.finish(Vec::new())
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
        self.record_options(options).in_parts
    }

    /// Whether a record that was read proves that the input has this format.
    pub(crate) fn is_strict(&self) -> bool {
        match &self.kind {
            SourceKind::Table(_) | SourceKind::Pattern(_) => true,
            SourceKind::Known(format) => match &format.shape {
                Shape::Lines(lines) => lines.claims.is_none(),
                _ => true,
            },
        }
    }

    fn record_options<'o>(&self, options: &'o Options) -> RecordOptions<'o> {
        let (rest, in_parts) = match &self.kind {
            SourceKind::Table(_) => (LineClass::Format, false),
            SourceKind::Pattern(pattern) => (LineClass::Other, pattern.in_parts()),
            SourceKind::Known(format) => match &format.shape {
                // Where a record is a line, only records are lines.
                Shape::Json(shape) if self.is_by_line(shape) => (LineClass::Other, true),
                Shape::Json(_) => (LineClass::Format, true),
                Shape::Lines(lines) => (LineClass::Other, !lines.in_parts.is_empty()),
                _ => (LineClass::Other, false),
            },
        };
        RecordOptions {
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
        /// What is taken for plain at once, no format claims.
        #[test]
        fn lines_that_begin_with_a_statement_are_no_format(
            lines in proptest::collection::vec(
                "[0-9]{13}([+]0000|-0330|Z|[+]02:00)\\|[A-Z_]{3}[ -+--~\t]{0,60}\r?\n", 1..8,
            ),
        ) {
            let text = lines.concat().into_bytes();
            let options = Options::default();
            prop_assume!(is_plainly_plain(&text, &options));
            let detected = detect(&Beginning::new(text, true), &options.format.among());
            prop_assert_eq!(detected.map(|format| format.name), None);
        }
    }
}
