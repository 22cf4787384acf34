//! Which events belong to one invocation (`--by`).

use super::order::Streams;
use crate::analysis::FileInfo;
use crate::event::Event;
use crate::names::{NONE, Name, Names};
use crate::options::Options;
use crate::trace::Traces;
use hashbrown::HashMap;

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

/// A trace before it is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    pub run: u32,
    pub id: Name,
    /// Event indices in time order.
    pub events: Vec<u32>,
    pub fragment: bool,
    /// Whether the order of the log made it, not an id.
    pub by_sequence: bool,
    /// Its place among the traces of its stream.
    pub number: usize,
}

/// The traces, and the events that are in none.
#[derive(Debug, Default)]
pub(crate) struct Grouped {
    pub drafts: Vec<Draft>,
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
        for draft in &mut grouped.drafts {
            draft.id = names.add(&files[events[draft.events[0] as usize].file as usize].name);
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
    for draft in &mut grouped.drafts {
        draft.events.sort_by_key(|&place| streams.key(events, place));
    }
    if by.may_cut() {
        split_long(&mut grouped, events, names, options.max_trace_ns);
    }
    for (number, draft) in grouped.drafts.iter_mut().enumerate() {
        draft.number = number;
    }
    grouped.drafts.sort_by_cached_key(|d| (d.run, d.events.iter().min().copied()));
    grouped
}

/// Makes one trace per run and key, in log order of the first event; returns the events without
/// a key.
fn by_key(
    drafts: &mut Vec<Draft>,
    places: Vec<u32>,
    events: &[Event],
    files: &[FileInfo],
    by: &Grouping,
) -> Vec<u32> {
    let mut of_key: HashMap<(u32, Name), usize> = HashMap::new();
    let mut keyless = Vec::new();
    for place in places {
        let event = &events[place as usize];
        let run = files[event.file as usize].run;
        let key = match by {
            Grouping::Auto | Grouping::Id => Some(event.id()).filter(|&id| id != NONE),
            Grouping::Source => Some(event.source).filter(|&id| id != NONE),
            Grouping::File => Some(event.file),
            Grouping::Label(_) => None,
        };
        let Some(id) = key else {
            keyless.push(place);
            continue;
        };
        let next = drafts.len();
        let draft = *of_key.entry((run, id)).or_insert(next);
        if draft == next {
            drafts.push(Draft {
                run,
                id,
                events: Vec::new(),
                fragment: false,
                by_sequence: false,
                number: 0,
            });
        }
        drafts[draft].events.push(place);
    }
    keyless
}

/// Makes traces from the order of the log, stream by stream.
fn by_sequence(
    drafts: &mut Vec<Draft>,
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
    for stream in &streams.all {
        let places = stream.iter().copied().filter(|&p| wanted[p as usize]);
        drafts.extend(cut_stream(places, events, opener, run));
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
    places: impl Iterator<Item = u32>,
    events: &[Event],
    opener: &Opener,
    run: impl Fn(u32) -> u32,
) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    for place in places {
        let label = events[place as usize].label;
        let opens = match (drafts.last(), opener) {
            (None, _) => true,
            (Some(open), Opener::FirstLabel) => label == events[open.events[0] as usize].label,
            (Some(_), Opener::Label(name)) => Some(label) == *name,
        };
        if opens {
            // What stands before the first opening label began before the log did.
            let fragment = matches!(opener, Opener::Label(name) if Some(label) != *name);
            drafts.push(Draft {
                run: run(place),
                id: NONE,
                events: Vec::new(),
                fragment,
                by_sequence: true,
                number: 0,
            });
        }
        if let Some(open) = drafts.last_mut() {
            open.events.push(place);
        }
    }
    drafts
}

/// Traces without an id are called by the place of their first event, `file:line`.
fn name_sequences(drafts: &mut [Draft], events: &[Event], files: &[FileInfo], names: &mut Names) {
    let mut on_line: HashMap<(u32, u64), u32> = HashMap::new();
    for draft in drafts.iter_mut().filter(|d| d.by_sequence) {
        let first = &events[draft.events[0] as usize];
        let count = on_line.entry((first.file, first.line)).or_insert(0);
        *count += 1;
        let mut id = format!("{}:{}", files[first.file as usize].name, first.line);
        if *count > 1 {
            id = format!("{id}#{count}");
        }
        draft.id = names.add(&id);
    }
}

/// Cuts traces that are longer than the limit, so that an id used twice in a day makes two.
fn split_long(grouped: &mut Grouped, events: &[Event], names: &mut Names, max_trace_ns: i64) {
    let time = |place: u32| events[place as usize].epoch_ns;
    let mut drafts = Vec::with_capacity(grouped.drafts.len());
    for draft in std::mem::take(&mut grouped.drafts) {
        let mut start = 0;
        let mut part = 1;
        for at in 1..=draft.events.len() {
            let first = time(draft.events[start]);
            if at < draft.events.len()
                && time(draft.events[at]).saturating_sub(first) <= max_trace_ns
            {
                continue;
            }
            let id = if part == 1 {
                draft.id
            } else {
                names.add(&format!("{}#{part}", names.text(draft.id)))
            };
            drafts.push(Draft { id, events: draft.events[start..at].to_vec(), ..draft });
            (start, part) = (at, part + 1);
        }
        grouped.split += u64::from(part > 2);
    }
    grouped.drafts = drafts;
}

impl Grouped {
    /// The flat form: all traces' events in one list.
    pub(crate) fn into_traces(self) -> Traces {
        let mut traces = Traces { orphans: self.orphans, driver: self.driver, ..Traces::default() };
        for draft in self.drafts {
            let first = handle(traces.order.len());
            traces.order.extend(draft.events);
            traces.traces.push(super::Trace {
                run: draft.run,
                id: draft.id,
                first,
                end: handle(traces.order.len()),
                complete: false,
                fragment: draft.fragment,
                start_class: super::StartClass::default(),
            });
        }
        traces
    }
}
