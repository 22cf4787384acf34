//! Parts of the table of events, for somebody who writes them while more is read.

use crate::error::Result;
use crate::event::Event;
use crate::names::{NONE, Name, Names, Texts};

/// Some rows of the table of events, with the strings behind their handles.
#[derive(Debug, Default)]
pub struct Part {
    /// Which part of the table it is, from 0.
    pub number: usize,
    /// The rows, in log order; [`Event::file`] is the number of the input.
    pub rows: Vec<Event>,
    /// The strings of these rows only.
    pub texts: Texts,
}

/// Takes the table of events in parts.
pub trait Parts: Sync {
    /// How many rows each part has, but for the last.
    fn rows(&self) -> usize;

    /// Takes a part. Parts may come at the same time and in any order. At least one comes, which
    /// may be empty.
    fn part(&self, part: Part) -> Result<()>;
}

/// Makes parts of rows that come one by one.
#[derive(Debug)]
pub(super) struct Parting {
    most: usize,
    open: Part,
    /// For each handle of the table, the one in the open part, or none.
    handles: Vec<Name>,
    /// Those that have one.
    known: Vec<Name>,
    done: Vec<Part>,
}

impl Parting {
    pub(super) fn new(most: usize) -> Self {
        let (open, handles, known, done) = (Part::default(), Vec::new(), Vec::new(), Vec::new());
        Self { most: most.max(1), open, handles, known, done }
    }

    pub(super) fn push(&mut self, event: &Event, names: &Names) {
        let row = Event {
            label: self.handle(event.label, names),
            correlation_id: self.handle(event.correlation_id, names),
            trace_id: self.handle(event.trace_id, names),
            source: self.handle(event.source, names),
            ..*event
        };
        self.open.rows.push(row);
        if self.open.rows.len() >= self.most {
            self.close();
        }
    }

    /// The parts that are full.
    pub(super) fn take(&mut self) -> Vec<Part> {
        std::mem::take(&mut self.done)
    }

    /// The last part, if it is not empty or the only one.
    pub(super) fn finish(mut self) -> Option<Part> {
        if self.open.rows.is_empty() && self.open.number > 0 {
            return None;
        }
        self.close();
        self.done.pop()
    }

    fn handle(&mut self, name: Name, names: &Names) -> Name {
        if name == NONE {
            return NONE;
        }
        if self.handles.len() <= name as usize {
            self.handles.resize(names.len(), NONE);
        }
        let handle = &mut self.handles[name as usize];
        if *handle == NONE {
            *handle = self.open.texts.push(names.text(name));
            self.known.push(name);
        }
        *handle
    }

    fn close(&mut self) {
        for name in self.known.drain(..) {
            self.handles[name as usize] = NONE;
        }
        let next = Part { number: self.open.number + 1, ..Part::default() };
        self.done.push(std::mem::replace(&mut self.open, next));
    }
}
