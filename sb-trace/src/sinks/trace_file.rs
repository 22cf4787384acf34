//! Traces in a file aside: a report shows some of millions, and knows which only when all are read.

use crate::columns::trace_id;
use crate::dictionary::Dictionary;
use crate::error::{Error, Result};
use crate::pipeline::{Batch, Job, Measured, unzigzag, write_number, zigzag};
use crate::trace::Traces;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// An event of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptEvent {
    /// Unix epoch in nanoseconds, UTC.
    pub epoch_ns: i64,
    /// The label.
    pub label: String,
    /// Container, pod, log stream or host; empty where the log names none.
    pub source: String,
    /// Which input it stands in.
    pub file: u32,
    /// The first line of its record, from 1.
    pub line: u64,
}

/// A trace with its events, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptTrace {
    /// What it is called.
    pub id: String,
    /// Its events.
    pub events: Vec<KeptEvent>,
}

/// All traces of some logs; the file goes with it.
#[derive(Debug, Default)]
pub struct KeptTraces {
    shelves: Vec<Shelf>,
    labels: Vec<String>,
    sources: Vec<String>,
}

/// What one thread kept.
#[derive(Debug)]
struct Shelf {
    file: File,
    /// The first trace of all that are here.
    first: u32,
    /// The first trace of some, and where they stand.
    traces: Vec<(u32, u64)>,
    blocks: Vec<BlockLines>,
}

/// The lines of the events of a block.
#[derive(Debug)]
struct BlockLines {
    place: u64,
    events: u64,
    base_line: u64,
    at: u64,
}

/// Writes traces while they are measured.
#[derive(Debug)]
pub(crate) struct Keeper {
    out: BufWriter<File>,
    at: u64,
    traces: Vec<(u32, u64)>,
    blocks: Vec<BlockLines>,
    text: String,
    bytes: Vec<u8>,
}

impl Keeper {
    /// With a file in this folder, which nobody else sees.
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        let file = tempfile::tempfile_in(folder).map_err(Error::Stdout)?;
        Ok(Self {
            out: BufWriter::with_capacity(1 << 18, file),
            at: 0,
            traces: Vec::new(),
            blocks: Vec::new(),
            text: String::new(),
            bytes: Vec::new(),
        })
    }

    /// Keeps the lines of the events of a block.
    pub(crate) fn events(&mut self, batch: &Batch) -> Result<()> {
        let events = batch.parsed.rows.len() as u64;
        let (place, base_line, at) = (batch.base_place, batch.base_line, self.at);
        self.blocks.push(BlockLines { place, events, base_line, at });
        let mut before = 0u64;
        for event in &batch.parsed.rows {
            write_signed(&mut self.bytes, event.line.wrapping_sub(before).cast_signed());
            before = event.line;
        }
        self.write()
    }

    /// Keeps traces, of which the first one has this number.
    pub(crate) fn traces(
        &mut self,
        first: u32,
        measured: &Measured<'_>,
        job: &Job<'_>,
    ) -> Result<()> {
        let traces = measured.traces;
        self.traces.push((first, self.at));
        for trace in &traces.all {
            trace_id(&mut self.text, trace, traces, job);
            let out = &mut self.bytes;
            write_number(out, self.text.len() as u64);
            out.extend_from_slice(self.text.as_bytes());
            write_number(out, (trace.end - trace.first).into());
            let (mut epoch_ns, mut place, mut stream) = (0i64, 0u64, None);
            for at in Traces::range(trace) {
                let step = traces.place[at].wrapping_sub(place);
                let number = traces.stream.get(at);
                // Mostly the events of a trace follow one another.
                let follows = step == 1 && stream == Some(number);
                write_number(out, u64::from(traces.label[at]) << 1 | u64::from(!follows));
                write_signed(out, traces.epoch_ns[at].wrapping_sub(epoch_ns));
                if !follows {
                    write_signed(out, step.cast_signed());
                    let of = traces.streams.get(number as usize).copied().unwrap_or_default();
                    write_number(out, of.file.into());
                    write_number(out, of.source.into());
                }
                (epoch_ns, place, stream) = (traces.epoch_ns[at], traces.place[at], Some(number));
            }
        }
        self.write()
    }

    fn write(&mut self) -> Result<()> {
        self.out.write_all(&self.bytes).map_err(Error::Stdout)?;
        self.at += self.bytes.len() as u64;
        self.bytes.clear();
        Ok(())
    }
}

impl KeptTraces {
    /// What the threads kept, each with the number of its traces, which are numbered one after the
    /// other.
    pub(crate) fn of(keepers: impl Iterator<Item = (Keeper, u32)>, job: &Job<'_>) -> Result<Self> {
        let mut next = 0;
        let mut shelves = Vec::new();
        for (keeper, count) in keepers {
            let Keeper { out, traces, blocks, .. } = keeper;
            let file = out.into_inner().map_err(|error| Error::Stdout(error.into_error()))?;
            shelves.push(Shelf { file, first: next, traces, blocks });
            next += count;
        }
        let texts = |of: &Dictionary| of.texts().map(str::to_owned).collect();
        Ok(Self { shelves, labels: texts(job.labels), sources: texts(&job.sources) })
    }

    /// A trace by its number; none if it cannot be read.
    pub fn trace(&self, number: u32) -> Option<KeptTrace> {
        let shelf = self
            .shelves
            .iter()
            .rev()
            .find(|shelf| shelf.first <= number && !shelf.traces.is_empty())?;
        let number = number - shelf.first;
        let at = shelf.traces.partition_point(|(first, _)| *first <= number).checked_sub(1)?;
        let (first, place) = shelf.traces[at];
        let mut bytes = from(&shelf.file, place)?;
        for _ in first..number {
            self.read(&mut bytes)?;
        }
        let (id, events) = self.read(&mut bytes)?;
        let events = events
            .into_iter()
            .map(|(event, place)| Some(KeptEvent { line: self.line(place)?, ..event }));
        Some(KeptTrace { id, events: events.collect::<Option<_>>()? })
    }

    /// The next trace, and of each event its number in the log in the place of its line.
    fn read(&self, bytes: &mut impl Read) -> Option<(String, Vec<(KeptEvent, u64)>)> {
        let mut id = vec![0; usize::try_from(read(bytes)?).ok()?];
        bytes.read_exact(&mut id).ok()?;
        let (mut epoch_ns, mut place, mut file, mut source) = (0i64, 0u64, 0, String::new());
        let mut events = Vec::new();
        for _ in 0..read(bytes)? {
            let word = read(bytes)?;
            let label = self.labels.get(usize::try_from(word >> 1).ok()?)?.clone();
            epoch_ns = epoch_ns.wrapping_add(read_signed(bytes)?);
            if word & 1 == 0 {
                place = place.wrapping_add(1);
            } else {
                place = place.wrapping_add(read_signed(bytes)?.cast_unsigned());
                file = u32::try_from(read(bytes)?).ok()?;
                source.clone_from(self.sources.get(usize::try_from(read(bytes)?).ok()?)?);
            }
            let event = KeptEvent { epoch_ns, label, source: source.clone(), file, line: 0 };
            events.push((event, place));
        }
        Some((String::from_utf8(id).ok()?, events))
    }

    /// The line of an event, by its number in the log.
    fn line(&self, place: u64) -> Option<u64> {
        let holds =
            |block: &&BlockLines| (block.place..block.place + block.events).contains(&place);
        let (shelf, block) = self
            .shelves
            .iter()
            .find_map(|shelf| shelf.blocks.iter().find(holds).map(|block| (shelf, block)))?;
        let mut bytes = from(&shelf.file, block.at)?;
        let mut line = 0u64;
        for _ in block.place..=place {
            line = line.wrapping_add(read_signed(&mut bytes)?.cast_unsigned());
        }
        Some(block.base_line.wrapping_add(line))
    }
}

fn from(mut file: &File, at: u64) -> Option<BufReader<&File>> {
    file.seek(SeekFrom::Start(at)).ok()?;
    Some(BufReader::new(file))
}

/// Writes a number of any sign, of which the small ones are short.
fn write_signed(out: &mut Vec<u8>, number: i64) {
    write_number(out, zigzag(number));
}

/// Reads what [`write_number`] wrote.
fn read(bytes: &mut impl Read) -> Option<u64> {
    let (mut number, mut shift) = (0u64, 0);
    loop {
        let mut byte = [0];
        bytes.read_exact(&mut byte).ok()?;
        number |= u64::from(byte[0] & 0x7f).checked_shl(shift)?;
        if byte[0] & 0x80 == 0 {
            return Some(number);
        }
        shift += 7;
    }
}

fn read_signed(bytes: &mut impl Read) -> Option<i64> {
    read(bytes).map(unzigzag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_were_written() {
        let mut out = Vec::new();
        let numbers = [0, 1, -1, 63, 64, -64, -65, 1 << 40, i64::MAX, i64::MIN];
        for &number in &numbers {
            write_signed(&mut out, number);
        }
        let mut bytes = out.as_slice();
        assert_eq!(numbers.map(Some), numbers.map(|_| read_signed(&mut bytes)));
        assert_eq!(read(&mut bytes), None);
    }
}
