//! Parts of the table of events, for somebody who writes them while more is read.

use super::told::Told;
use crate::error::Result;
use crate::event::{Columns, Event};
use crate::names::{NONE, Name, Names, Texts};

/// Some rows of the table of events, with the strings behind their handles.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Which part of the table it is, from 0.
    pub number: usize,
    /// The rows, in log order; [`Event::file`] is the number of the input.
    pub columns: Columns,
    /// The strings of these rows only.
    pub texts: Texts,
}

/// Takes the table of events in parts.
pub trait Parts: Sync {
    /// How many rows each part has, but for the last.
    fn rows(&self) -> usize;

    /// Takes a part. Parts may come at the same time and in any order. At least one comes, which
    /// may be empty.
    fn part(&self, part: &Part) -> Result<()>;
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
    /// The same for the words of each reader.
    of_words: Vec<Vec<Name>>,
    known_words: Vec<(usize, Name)>,
    done: Vec<Part>,
    /// Memory for later parts: touching it for the first time is dear.
    spare: Vec<Columns>,
}

impl Parting {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            open: Part::default(),
            handles: Vec::new(),
            known: Vec::new(),
            of_words: Vec::new(),
            known_words: Vec::new(),
            done: Vec::new(),
            spare: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, event: &Event, names: &Names) {
        let event = Event {
            label: self.handle(event.label, names),
            correlation_id: self.handle(event.correlation_id, names),
            trace_id: self.handle(event.trace_id, names),
            source: self.handle(event.source, names),
            ..*event
        };
        self.open.columns.push(&event);
        if self.open.columns.len() >= self.most {
            self.close();
        }
    }

    /// Rows without ids as a reader read them, with the handles of its words; `of` has what their
    /// input says of all of them, and `sourced` says whether any row names its source. Of most rows
    /// nothing is looked up but the handle of the label.
    pub(super) fn extend_read(
        &mut self,
        (reader, sourced): (usize, bool),
        mut rows: &[Event],
        of: Event,
        (words, names): (&mut Told, &mut Names),
    ) {
        if self.of_words.len() <= reader {
            self.of_words.resize_with(reader + 1, Vec::new);
        }
        while !rows.is_empty() {
            let now;
            let room = self.most.saturating_sub(self.open.columns.len()).min(rows.len());
            (now, rows) = rows.split_at(room);
            let correlation_id = self.handle(of.correlation_id, names);
            let of_path = self.handle(of.source, names);
            let mut open = std::mem::take(&mut self.open.columns);
            let mut of_words = std::mem::take(&mut self.of_words[reader]);
            let mut handle = |word: Name| match of_words.get(word as usize) {
                Some(&handle) if handle != NONE => handle,
                _ => {
                    let name = words.name(word, names);
                    let handle = self.handle(name, names);
                    let length = of_words.len().max(word as usize + 1);
                    of_words.resize(length, NONE);
                    of_words[word as usize] = handle;
                    self.known_words.push((reader, word));
                    handle
                }
            };
            open.epoch_ns.extend(now.iter().map(|row| row.epoch_ns));
            open.utc_offset_minutes.extend(now.iter().map(|row| row.utc_offset_minutes));
            open.label.extend(now.iter().map(|row| handle(row.label)));
            open.correlation_id.extend_same(correlation_id, room);
            open.trace_id.extend_same(NONE, room);
            if sourced {
                open.source.extend(now.iter().map(|row| match row.source {
                    NONE => of_path,
                    source => handle(source),
                }));
            } else {
                open.source.extend_same(of_path, room);
            }
            open.file.extend_same(of.file, room);
            open.line.extend(now.iter().map(|row| of.line.wrapping_add(row.line)));
            (self.open.columns, self.of_words[reader]) = (open, of_words);
            if self.open.columns.len() >= self.most {
                self.close();
            }
        }
    }

    /// The parts that are full; takes memory for later ones.
    pub(super) fn take(&mut self, memory: Vec<Columns>) -> Vec<Part> {
        self.spare.extend(memory);
        std::mem::take(&mut self.done)
    }

    /// The last part, if it is not empty or the only one.
    pub(super) fn finish(mut self) -> Option<Part> {
        if self.open.columns.is_empty() && self.open.number > 0 {
            return None;
        }
        self.close();
        self.done.pop()
    }

    #[inline]
    fn handle(&mut self, name: Name, names: &Names) -> Name {
        match self.handles.get(name as usize) {
            _ if name == NONE => NONE,
            Some(&handle) if handle != NONE => handle,
            _ => self.new_handle(name, names),
        }
    }

    /// The handle of a name that the open part has none for yet.
    #[cold]
    fn new_handle(&mut self, name: Name, names: &Names) -> Name {
        if self.handles.len() <= name as usize {
            self.handles.resize(names.len(), NONE);
        }
        let handle = self.open.texts.push(names.text(name));
        self.handles[name as usize] = handle;
        self.known.push(name);
        handle
    }

    fn close(&mut self) {
        for name in self.known.drain(..) {
            self.handles[name as usize] = NONE;
        }
        for (reader, word) in self.known_words.drain(..) {
            self.of_words[reader][word as usize] = NONE;
        }
        let columns = self.spare.pop().unwrap_or_default();
        let next = Part { number: self.open.number + 1, columns, ..Part::default() };
        self.done.push(std::mem::replace(&mut self.open, next));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Input, Options, Silent};
    use proptest::prelude::*;
    use std::sync::Mutex;

    /// Keeps all parts.
    struct Keeps {
        rows: usize,
        parts: Mutex<Vec<Part>>,
    }

    impl Parts for Keeps {
        fn rows(&self) -> usize {
            self.rows
        }

        fn part(&self, part: &Part) -> Result<()> {
            self.parts.lock().unwrap().push(part.clone());
            Ok(())
        }
    }

    fn docker_folder(number: usize) -> String {
        format!("containers/{number:064x}/")
    }

    fn line(event: &Event, text: impl Fn(Name) -> String) -> String {
        let Event { epoch_ns, utc_offset_minutes, file, line, .. } = event;
        let [label, record, own, source] =
            [event.label, event.correlation_id, event.trace_id, event.source].map(text);
        format!("{epoch_ns} {utc_offset_minutes} {label} {record} {own} {source} {file}:{line}")
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// The parts are the table, whatever is read at a time.
        #[test]
        fn the_parts_are_the_table(
            logs in proptest::collection::vec(prop_oneof![
                proptest::collection::vec(prop_oneof![
                    "160077687014[0-9][+-]0[0-9]00\\|[A-C]( trace_id=[a-c]{1,2})?\n",
                    "2022-04-14T05:20:00.000Z\treq-000[0-9]\tINFO\t160077687014[0-9][+]0000\\|[A-C]\n",
                    "[a-z]{0,4}\n",
                ], 0..20),
                // Each line names its source, and none has an id.
                proptest::collection::vec("(web|db)-[12]  \\| 160077687014[0-9][+]0000\\|[A-C]\n", 1..20),
            ], 1..4),
            rows in 1..6usize,
            block_bytes in prop::sample::select(vec![20, 90, 1 << 18]),
        ) {
            let inputs: Vec<Input> = (0..)
                .zip(&logs)
                .map(|(number, log)| {
                    // The path of every other one names a source.
                    let folder = if number % 2 == 0 { String::new() } else { docker_folder(number) };
                    Input::bytes(format!("{folder}{number}.log"), log.concat())
                })
                .collect();
            let options = Options { block_bytes, ..Options::default() };
            let keeps = Keeps { rows, parts: Mutex::default() };
            let written = crate::events_in_parts(&inputs, &options, &Silent, &keeps);
            let Ok((events, files, _)) = crate::events(&inputs, &options, &Silent) else {
                prop_assert!(written.is_err());
                return Ok(());
            };
            prop_assert_eq!(written.unwrap(), files);
            let mut parts = keeps.parts.into_inner().unwrap();
            parts.sort_by_key(|part| part.number);
            prop_assert!(parts.iter().rev().skip(1).all(|part| part.columns.len() == rows));
            prop_assert!((0..).zip(&parts).all(|(number, part)| part.number == number));
            let of_parts: Vec<String> = parts
                .iter()
                .flat_map(|part| {
                    part.columns.rows().map(|e| line(&e, |n| part.texts.text(n).to_owned()))
                })
                .collect();
            let of_table: Vec<String> =
                events.rows.iter().map(|e| line(e, |n| events.names.text(n).to_owned())).collect();
            prop_assert_eq!(of_parts, of_table);
        }
    }
}
