//! Which events belong to one invocation (`--by`).

use super::draft::{Draft, Drafts};
use super::order::Streams;
use crate::analysis::FileInfo;
use crate::event::Event;
use crate::names::{NONE, Name, Names};
use crate::options::Options;
use crate::trace::Traces;
use hashbrown::HashMap;
use std::fmt::Write;

/// Labels of the driver begin with this.
pub(crate) const DRIVER: &str = "SB_";

/// The rule by which events become traces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Grouping {
    /// By id where the event has one; otherwise by sequence: per file and source, a new trace
    /// when the trace's first label comes round again.
    #[default]
    Auto,
    /// One trace per id; events without one are orphans.
    Id,
    /// One trace per source; events without one are orphans.
    Source,
    /// One trace per file.
    File,
    /// A new trace at each of these labels, per file and source.
    Label(String),
}

impl std::str::FromStr for Grouping {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "id" => Ok(Self::Id),
            "source" => Ok(Self::Source),
            "file" => Ok(Self::File),
            _ => match text.strip_prefix("label=") {
                Some(label) if crate::statement::is_label(label) => {
                    Ok(Self::Label(label.to_owned()))
                }
                Some(label) => Err(format!("'{label}' is no label")),
                None => Err(format!("'{text}' is none of auto, id, source, file, label=NAME")),
            },
        }
    }
}

impl Grouping {
    /// Whether `--max-trace` cuts the traces of this rule.
    pub(crate) fn may_cut(&self) -> bool {
        matches!(self, Self::Auto | Self::Label(_))
    }
}

/// The traces, and the events that are in none.
#[derive(Debug, Default)]
pub(crate) struct Grouped {
    pub drafts: Drafts,
    pub orphans: Vec<u32>,
    pub driver: Vec<u32>,
    /// Events that the filter does not want.
    pub filtered: u64,
    /// How many traces were longer than `--max-trace` and cut.
    pub split: u64,
}

/// Groups the events that the filter wants into traces, ordered by run and then by place in the log.
pub(crate) fn group(
    events: &[Event],
    files: &[FileInfo],
    names: &mut Names,
    options: &Options,
) -> Grouped {
    let by = &options.by;
    let streams = Streams::of(events);
    let is_driver: Vec<bool> =
        (0..names.len()).map(|n| names.text(handle(n)).starts_with(DRIVER)).collect();
    let mut grouped = Grouped::default();
    let mut wanted = Vec::new();
    for (place, event) in (0u32..).zip(events) {
        if is_driver[event.label as usize] {
            grouped.driver.push(place);
        } else if options.filter.wants_event(event, names) {
            wanted.push(place);
        } else {
            grouped.filtered += 1;
        }
    }

    let keyless = by_key(&mut grouped.drafts, wanted, events, files, by);
    if *by == Grouping::File {
        for at in 0..grouped.drafts.all.len() {
            let first = grouped.drafts.events(&grouped.drafts.all[at])[0];
            let file = &files[events[first as usize].file as usize];
            grouped.drafts.all[at].id = names.add(&file.name);
        }
    }
    match by {
        Grouping::Id | Grouping::Source | Grouping::File => grouped.orphans = keyless,
        Grouping::Auto | Grouping::Label(_) => {
            let opener = match by {
                Grouping::Label(label) => Opener::Label(names.find(label)),
                _ => Opener::FirstLabel,
            };
            by_sequence(&mut grouped.drafts, &keyless, events, files, &streams, &opener);
            name_sequences(&mut grouped.drafts, events, files, names);
        }
    }
    grouped.drafts.sort_events(|place| streams.key(events, place));
    if by.may_cut() {
        let name = |id: Name, part: usize| names.add(&format!("{}#{part}", names.text(id)));
        grouped.split = grouped.drafts.split_long(events, options.max_trace_ns, name);
    }
    grouped.drafts.sort();
    grouped
}

/// Makes one trace per run and key, in log order of the first event; returns the events without
/// a key.
fn by_key(
    drafts: &mut Drafts,
    places: Vec<u32>,
    events: &[Event],
    files: &[FileInfo],
    by: &Grouping,
) -> Vec<u32> {
    let mut of_key: HashMap<(u32, Name), u32> = HashMap::new();
    let key_of = |event: &Event| match by {
        Grouping::Auto | Grouping::Id => Some(event.id()).filter(|&id| id != NONE),
        Grouping::Source => Some(event.source).filter(|&id| id != NONE),
        Grouping::File => Some(event.file),
        Grouping::Label(_) => None,
    };
    let (keyed, keyless): (Vec<u32>, Vec<u32>) =
        places.into_iter().partition(|&place| key_of(&events[place as usize]).is_some());
    // Which draft each belongs to; `end` counts the events of a draft at first.
    let drafts_of: Vec<u32> = keyed
        .iter()
        .map(|&place| {
            let event = &events[place as usize];
            let run = files[event.file as usize].run;
            let id = key_of(event).unwrap_or_default();
            let next = handle(drafts.all.len());
            let draft = *of_key.entry((run, id)).or_insert(next);
            if draft == next {
                drafts.all.push(Draft {
                    run,
                    id,
                    first: 0,
                    end: 0,
                    fragment: false,
                    by_sequence: false,
                    number: 0,
                });
            }
            drafts.all[draft as usize].end += 1;
            draft
        })
        .collect();
    let mut end = 0;
    for draft in &mut drafts.all {
        let count = draft.end;
        (draft.first, draft.end) = (end, end);
        end += count;
    }
    drafts.order.resize(keyed.len(), 0);
    for (place, draft) in keyed.into_iter().zip(drafts_of) {
        let draft = &mut drafts.all[draft as usize];
        drafts.order[draft.end as usize] = place;
        draft.end += 1;
    }
    keyless
}

/// Makes traces from the order of the log, stream by stream.
fn by_sequence(
    drafts: &mut Drafts,
    places: &[u32],
    events: &[Event],
    files: &[FileInfo],
    streams: &Streams,
    opener: &Opener,
) {
    let run = |place: u32| files[events[place as usize].file as usize].run;
    let mut wanted = vec![false; events.len()];
    for &place in places {
        wanted[place as usize] = true;
    }
    drafts.order.reserve_exact(places.len());
    for stream in &streams.all {
        let places = stream.iter().copied().filter(|&p| wanted[p as usize]);
        cut_stream(drafts, places, events, opener, run);
    }
}

fn handle(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// What begins a new trace in a stream.
enum Opener {
    /// The first label of the trace, once more.
    FirstLabel,
    /// This label; none if no event has it.
    Label(Option<Name>),
}

/// Cuts one stream, oldest event first, into traces.
fn cut_stream(
    drafts: &mut Drafts,
    places: impl Iterator<Item = u32>,
    events: &[Event],
    opener: &Opener,
    run: impl Fn(u32) -> u32,
) {
    // The label of the first event of the open trace.
    let mut first_label = None;
    for place in places {
        let label = events[place as usize].label;
        let opens = match (first_label, opener) {
            (None, _) => true,
            (Some(first), Opener::FirstLabel) => label == first,
            (Some(_), Opener::Label(name)) => Some(label) == *name,
        };
        let first = handle(drafts.order.len());
        if opens {
            first_label = Some(label);
            // What stands before the first opening label began before the log did.
            let fragment = matches!(opener, Opener::Label(name) if Some(label) != *name);
            drafts.all.push(Draft {
                run: run(place),
                id: NONE,
                first,
                end: first,
                fragment,
                by_sequence: true,
                number: 0,
            });
        }
        drafts.order.push(place);
        if let Some(open) = drafts.all.last_mut() {
            open.end = first + 1;
        }
    }
}

/// Traces without an id are called by the place of their first event, `file:line`.
fn name_sequences(drafts: &mut Drafts, events: &[Event], files: &[FileInfo], names: &mut Names) {
    let first = |draft: &Draft| &events[drafts.order[draft.first as usize] as usize];
    let place = |draft: &Draft| (first(draft).file, first(draft).line);
    // Mostly no two begin on one line.
    let sequences = || drafts.all.iter().filter(|draft| draft.by_sequence);
    let rise = sequences().map(place).is_sorted_by(|a, b| a < b);
    names.expect(sequences().count());
    let mut on_line: HashMap<(u32, u64), u32> = HashMap::new();
    let mut name = String::new();
    let ids = drafts.all.iter().map(|draft| {
        if !draft.by_sequence {
            return draft.id;
        }
        let (file, line) = place(draft);
        name.clear();
        name.push_str(&files[file as usize].name);
        let mut say = |mark: char, number: u64| {
            // Writing to a string cannot fail.
            let _ = write!(name, "{mark}{number}");
        };
        say(':', line);
        if !rise {
            let count = on_line.entry((file, line)).or_insert(0);
            *count += 1;
            if *count > 1 {
                say('#', u64::from(*count));
            }
        }
        names.add(&name)
    });
    let ids: Vec<Name> = ids.collect();
    for (draft, id) in drafts.all.iter_mut().zip(ids) {
        draft.id = id;
    }
}

impl Grouped {
    /// The final form.
    pub(crate) fn into_traces(self) -> Traces {
        let Self { drafts, orphans, driver, .. } = self;
        Traces { orphans, driver, ..drafts.into_traces() }
    }
}
