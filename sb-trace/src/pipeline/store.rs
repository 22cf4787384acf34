//! Events that must wait until all is read, as a few bytes each, in partitions; in memory, and beyond a
//! budget in a temporary file.

use crate::error::{Error, Result};
use crate::event::{Id, Key};
use std::fs::File;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// One event of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StoredEvent {
    pub epoch_ns: i64,
    pub label: u32,
    /// Number of its stream.
    pub stream: u32,
    /// The number of the event in the log.
    pub place: u64,
}

/// How many bytes may stay in memory, in all stores together.
#[derive(Debug)]
pub(crate) struct Budget {
    most: usize,
    used: AtomicUsize,
}

impl Budget {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, used: AtomicUsize::new(0) }
    }
}

/// Where what does not fit into memory goes; shared by all writers.
#[derive(Debug)]
pub(crate) struct Spill<'b> {
    budget: &'b Budget,
    file: OnceLock<File>,
    end: AtomicU64,
    /// For each partition, where its pieces stand in the file.
    pieces: Mutex<Vec<Vec<(u64, usize)>>>,
}

impl<'b> Spill<'b> {
    pub(crate) fn new(budget: &'b Budget) -> Self {
        Self { budget, file: OnceLock::new(), end: AtomicU64::new(0), pieces: Mutex::default() }
    }

    fn failed(error: &std::io::Error) -> Error {
        let path = std::env::temp_dir();
        Error::Write { path, what: format!("a temporary file: {}", crate::error::reason(error)) }
    }

    fn file(&self) -> Result<&File> {
        if self.file.get().is_none() {
            let file = tempfile::tempfile().map_err(|error| Self::failed(&error))?;
            // Another thread may have been faster; its file is as good.
            drop(self.file.set(file));
        }
        let gone = || Self::failed(&std::io::Error::other("is gone"));
        self.file.get().ok_or_else(gone)
    }

    /// Moves a buffer of a partition to the file.
    fn write(&self, partition: usize, buffer: &mut Vec<u8>) -> Result<()> {
        use std::os::unix::fs::FileExt;
        let length = buffer.len();
        let at = self.end.fetch_add(length as u64, Ordering::Relaxed);
        self.file()?.write_all_at(buffer, at).map_err(|error| Self::failed(&error))?;
        self.budget.used.fetch_sub(length, Ordering::Relaxed);
        *buffer = Vec::new();
        let mut pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        if pieces.len() <= partition {
            pieces.resize_with(partition + 1, Vec::new);
        }
        pieces[partition].push((at, length));
        Ok(())
    }

    /// What of a partition stands in the file.
    fn read(&self, partition: usize) -> Result<Vec<Vec<u8>>> {
        use std::os::unix::fs::FileExt;
        let pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        let pieces = pieces.get(partition).cloned().unwrap_or_default();
        let read = |(at, length): (u64, usize)| {
            let mut bytes = vec![0; length];
            self.file()?.read_exact_at(&mut bytes, at).map_err(|error| Self::failed(&error))?;
            Ok(bytes)
        };
        pieces.into_iter().map(read).collect()
    }

    fn partitions(&self) -> usize {
        self.pieces.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// What one thread put in.
#[derive(Debug)]
pub(crate) struct Store<'s> {
    buffers: Vec<Vec<u8>>,
    /// Bytes that the other threads do not know of yet.
    more: usize,
    spill: &'s Spill<'s>,
}

/// A smaller buffer is not worth a call of the system.
const WORTH: usize = if cfg!(test) { 64 } else { 1 << 16 };

impl<'s> Store<'s> {
    pub(crate) fn new(spill: &'s Spill<'s>) -> Self {
        Self { buffers: Vec::new(), more: 0, spill }
    }

    /// All that was put in; nothing is left.
    pub(crate) fn take(&mut self) -> Self {
        Self { buffers: std::mem::take(&mut self.buffers), more: 0, spill: self.spill }
    }

    /// Appends to a partition what `write` writes.
    pub(crate) fn put(&mut self, partition: usize, write: impl FnOnce(&mut Vec<u8>)) -> Result<()> {
        if self.buffers.len() <= partition {
            self.buffers.resize_with(partition + 1, Vec::new);
        }
        let buffer = &mut self.buffers[partition];
        let before = buffer.len();
        write(buffer);
        self.more += buffer.len() - before;
        // Not each time: all threads would wait for one number.
        if self.more < WORTH {
            return Ok(());
        }
        let more = std::mem::take(&mut self.more);
        let used = self.spill.budget.used.fetch_add(more, Ordering::Relaxed) + more;
        if used > self.spill.budget.most {
            for (partition, buffer) in self.buffers.iter_mut().enumerate() {
                if buffer.len() >= WORTH {
                    self.spill.write(partition, buffer)?;
                }
            }
        }
        Ok(())
    }
}

/// How many partitions there are in what some threads put in.
pub(crate) fn partitions(stores: &[Store<'_>]) -> usize {
    let in_memory = stores.iter().map(|store| store.buffers.len()).max();
    let on_disk = stores.first().map(|store| store.spill.partitions());
    in_memory.max(on_disk).unwrap_or_default()
}

/// Hands all pieces of a partition to `take`.
pub(crate) fn pieces(
    stores: &[Store<'_>],
    partition: usize,
    mut take: impl FnMut(&mut Bytes<'_>),
) -> Result<()> {
    if let Some(first) = stores.first() {
        for piece in first.spill.read(partition)? {
            take(&mut Bytes::new(&piece));
        }
    }
    for buffer in stores.iter().filter_map(|store| store.buffers.get(partition)) {
        take(&mut Bytes::new(buffer));
    }
    Ok(())
}

/// Writes a number: seven bits a byte, the lowest first; the highest bit says that more follow.
#[inline]
pub(crate) fn write_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// A number of any sign as one without, small if it is near zero.
#[inline]
pub(crate) fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

/// The number of which this is the [`zigzag`].
#[inline]
pub(crate) fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -((number & 1).cast_signed())
}

/// Writes an id: the length of its text and that, or a 0 and the bytes of a UUID.
pub(crate) fn write_id(out: &mut Vec<u8>, id: Key<'_>) {
    match id {
        Key::Uuid(uuid) => {
            out.push(0);
            out.extend_from_slice(&uuid.to_bytes());
        }
        Key::Text(text) => {
            write_number(out, text.len() as u64);
            out.extend_from_slice(text);
        }
    }
}

/// What the event before has, from which the next one differs little.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Before {
    epoch_ns: i64,
    place: u64,
}

const MS: i64 = 1_000_000;

/// Writes an event, and the id on its record where that is not its key.
#[inline]
pub(crate) fn write_event(
    out: &mut Vec<u8>,
    before: &mut Before,
    event: StoredEvent,
    record: Option<Key<'_>>,
) {
    let StoredEvent { epoch_ns, label, stream, place } = event;
    let step = epoch_ns.wrapping_sub(before.epoch_ns);
    // Most clocks tick in milliseconds.
    if step % MS == 0 {
        write_number(out, zigzag(step / MS) << 1);
    } else {
        out.push(1);
        write_number(out, zigzag(step));
    }
    write_number(out, u64::from(label) << 1 | u64::from(record.is_some()));
    write_number(out, stream.into());
    write_number(out, zigzag(place.wrapping_sub(before.place).cast_signed()));
    if let Some(record) = record {
        write_id(out, record);
    }
    *before = Before { epoch_ns, place };
}

/// What was written, read from its begin on.
#[derive(Debug)]
pub(crate) struct Bytes<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Bytes<'b> {
    fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.at >= self.bytes.len()
    }

    #[inline]
    fn byte(&mut self) -> u8 {
        let byte = self.bytes.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        byte
    }

    #[inline]
    pub(crate) fn number(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 || shift > 63 {
                return number;
            }
        }
    }

    pub(crate) fn small(&mut self) -> u32 {
        u32::try_from(self.number()).unwrap_or_default()
    }

    pub(crate) fn id(&mut self) -> Id {
        let length = match self.number() {
            0 => {
                let bytes = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<16>());
                self.at += 16;
                return Id::Uuid(bytes.copied().unwrap_or_default());
            }
            length => usize::try_from(length).unwrap_or_default(),
        };
        let text = self.bytes.get(self.at..self.at + length).unwrap_or_default();
        self.at += length;
        Id::Text(text.into())
    }

    #[inline]
    pub(crate) fn event(&mut self, before: &mut Before) -> (StoredEvent, Option<Id>) {
        let step = match self.number() {
            1 => unzigzag(self.number()),
            step => unzigzag(step >> 1) * MS,
        };
        let label = self.number();
        let stream = self.small();
        let place = before.place.wrapping_add(unzigzag(self.number()).cast_unsigned());
        let record = (label & 1 == 1).then(|| self.id());
        let epoch_ns = before.epoch_ns.wrapping_add(step);
        *before = Before { epoch_ns, place };
        let label = u32::try_from(label >> 1).unwrap_or_default();
        (StoredEvent { epoch_ns, label, stream, place }, record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An event, the id it is found by and that of its request.
    type Row = (Id, (StoredEvent, Option<Id>));

    proptest! {
        /// What is put in comes out, whether it fits into memory or not.
        #[test]
        fn nothing_is_lost(
            events in proptest::collection::vec((
                prop_oneof![any::<i64>(), (0..5_000i64).prop_map(|ms| 1_600_776_870_000_000_000 + ms * MS)],
                any::<u32>(), any::<u32>(), any::<u64>(),
                prop_oneof![Just(None), "[a-f]{1,4}".prop_map(Some),
                    Just(Some("c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0".to_owned()))],
                0..3usize, 0..2usize,
            ), 0..60),
            budget in prop::sample::select(vec![0, 300, 1 << 20]),
        ) {
            let budget = Budget::new(budget);
            let spill = Spill::new(&budget);
            let mut stores = [Store::new(&spill), Store::new(&spill)];
            let mut expected: [Vec<Row>; 3] = Default::default();
            for (epoch_ns, label, stream, place, record, partition, store) in events {
                let record = record.map(|text| Id::of(text.as_bytes()));
                let id = Id::of(format!("{label}").as_bytes());
                stores[store].put(partition, |out| {
                    write_id(out, id.key());
                    let event = StoredEvent { epoch_ns, label, stream, place };
                    write_event(out, &mut Before::default(), event, record.as_ref().map(Id::key));
                }).unwrap();
                let event = StoredEvent { epoch_ns, label, stream, place };
                expected[partition].push((id, (event, record)));
            }
            for (partition, mut expected) in expected.into_iter().enumerate() {
                let mut found = Vec::new();
                pieces(&stores, partition, |bytes| while !bytes.is_over() {
                    found.push((bytes.id(), bytes.event(&mut Before::default())));
                }).unwrap();
                let key = |(id, (event, _)): &(Id, (StoredEvent, Option<Id>))| (id.clone(), event.epoch_ns, event.place);
                found.sort_by_key(key);
                expected.sort_by_key(key);
                prop_assert_eq!(found, expected);
            }
        }
    }
}
