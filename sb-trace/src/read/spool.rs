//! Inputs that can be read once only, such as a pipe: what is read of them is kept in a compressed
//! temporary file, so that it can be read again.

use super::input::{Input, Place};
use super::text::Text;
use super::transport::{open, unpacked};
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

/// The fastest level that still makes a log several times smaller.
const ZSTD_LEVEL: i32 = -5;

/// So many pieces may wait to be compressed.
const MOST_WAITING: usize = 64;

/// What was kept of the inputs of a call, by their numbers.
#[derive(Debug, Default)]
pub(crate) struct Spools(Mutex<BTreeMap<usize, Spool>>);

#[derive(Debug)]
enum Spool {
    Writing(JoinHandle<std::io::Result<File>>),
    Written(File),
}

/// Gives the bytes of a reader, and hands each of them to whoever keeps them.
struct Tee {
    from: Box<dyn Read + Send>,
    to: Option<SyncSender<Vec<u8>>>,
}

impl Read for Tee {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = self.from.read(out)?;
        let piece = out.get(..count).unwrap_or_default().to_vec();
        // Whoever keeps them says himself what went wrong.
        if count == 0 || self.to.as_ref().is_some_and(|to| to.send(piece).is_err()) {
            self.to = None;
        }
        Ok(count)
    }
}

/// Whether an input gives the same bytes each time it is opened.
fn can_be_read_again(input: &Input) -> bool {
    match &input.place {
        Place::Stdin => false,
        Place::Bytes(_) | Place::Events(_) | Place::Table(..) => true,
        Place::File(path) => path.metadata().map_or(true, |meta| meta.is_file()),
    }
}

impl Spools {
    /// Opens an input, for the first time or again.
    pub(crate) fn open(&self, number: usize, input: &Input) -> Result<Text> {
        if can_be_read_again(input) {
            return open(input);
        }
        let failed = |error| Error::read(&input.name, error);
        let mut spools = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = match spools.remove(&number) {
            Some(Spool::Writing(writer)) => {
                let gone = |_| std::io::Error::other("could not be kept to be read again");
                writer.join().map_err(gone).and_then(|kept| kept).map(Some).map_err(failed)?
            }
            Some(Spool::Written(file)) => Some(file),
            None => None,
        };
        let raw: Box<dyn Read + Send> = if let Some(mut file) = kept {
            let reader = file.try_clone().map_err(failed)?;
            file.rewind().map_err(failed)?;
            spools.insert(number, Spool::Written(file));
            Box::new(zstd::stream::read::Decoder::new(reader).map_err(failed)?)
        } else {
            let from: Box<dyn Read + Send> = match &input.place {
                Place::File(path) => Box::new(File::open(path).map_err(failed)?),
                _ => Box::new(std::io::stdin()),
            };
            let (to, pieces) = sync_channel::<Vec<u8>>(MOST_WAITING);
            let write = move || {
                let file = tempfile::tempfile()?;
                let mut encoder = zstd::stream::write::Encoder::new(file, ZSTD_LEVEL)?;
                for piece in pieces {
                    encoder.write_all(&piece)?;
                }
                encoder.finish()
            };
            let writer = std::thread::Builder::new().name("spool".into()).spawn(write);
            spools.insert(number, Spool::Writing(writer.map_err(failed)?));
            Box::new(Tee { from, to: Some(to) })
        };
        unpacked(raw).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_can_be_read_again() {
        let bytes: Vec<u8> =
            (0..300_000u32).flat_map(|i| i.wrapping_mul(i).to_le_bytes()).collect();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        let (to, all) = (path.clone(), bytes.clone());
        let writer = std::thread::spawn(move || std::fs::write(to, all).unwrap());
        let spools = Spools::default();
        let input = Input::file(path);
        for _ in 0..3 {
            let mut found = Vec::new();
            spools.open(0, &input).unwrap().read_to_end(&mut found).unwrap();
            assert!(found == bytes, "{} of {} bytes", found.len(), bytes.len());
        }
        writer.join().unwrap();
    }
}
