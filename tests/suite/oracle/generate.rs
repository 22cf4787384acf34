//! Logs as they come about: invocations that write to several files, and what then happens to the
//! files. Every choice is proptest's, so that a failing log shrinks.

use super::compare::Case;
use super::log::File;
use super::pairs::Choice;
use super::text::{BEFORE, BEHIND, LABELS, NOISES, PIECES, USUAL, ZONES, id, noise};
use super::traces::By;
use proptest::collection::vec;
use proptest::prelude::*;
use sb_trace::{EpochUnit, Options};

/// One thing an invocation logs.
#[derive(Debug, Clone)]
struct Step {
    /// Another label than the usual one at this place.
    other: Option<usize>,
    /// Counts of the epoch since the step before.
    wait: i64,
    file: usize,
    zone: usize,
    before: usize,
    behind: usize,
    /// The line was lost.
    lost: bool,
    /// The line was written twice.
    twice: bool,
    /// The next statement stands on the same line.
    joined: bool,
}

/// One invocation, or a step of the background where it has one step only.
#[derive(Debug, Clone)]
struct Invocation {
    wait: i64,
    id: Option<usize>,
    /// The record names the id, the statement does, or both do (and differ).
    id_place: usize,
    steps: Vec<Step>,
}

/// What happens to one file.
#[derive(Debug, Clone)]
struct Fate {
    /// As it was logged; by time; newest first; newest first with its ties as logged; torn.
    order: usize,
    /// Counts by which the clock that writes this file is wrong.
    skew: i64,
    /// Lines that are missing at the begin.
    cut: usize,
    crlf: bool,
    open_end: bool,
    bom: bool,
    run: Option<usize>,
    hook_log: bool,
    noise: Vec<(usize, usize)>,
}

fn step() -> impl Strategy<Value = Step> {
    let other = prop_oneof![6 => Just(None), 1 => (0..LABELS.len()).prop_map(Some)];
    let wait = prop_oneof![3 => 0..3i64, 6 => 0..40i64, 1 => 900..2500i64];
    (
        (other, wait, 0..3usize),
        (0..ZONES.len(), 0..BEFORE.len(), 0..BEHIND.len()),
        (prop::bool::weighted(0.06), prop::bool::weighted(0.06), prop::bool::weighted(0.1)),
    )
        .prop_map(|((other, wait, file), (zone, before, behind), (lost, twice, joined))| {
            Step { other, wait, file, zone, before, behind, lost, twice, joined }
        })
}

fn invocation(steps: usize) -> impl Strategy<Value = Invocation> {
    let wait = prop_oneof![2 => 0..5i64, 4 => 0..150i64, 1 => 900..3000i64];
    (wait, prop::option::weighted(0.8, 0..7usize), 0..4usize, vec(step(), steps))
        .prop_map(|(wait, id, id_place, steps)| Invocation { wait, id, id_place, steps })
}

fn fate() -> impl Strategy<Value = Fate> {
    let skew = prop_oneof![2 => Just(0), 3 => -60..60i64];
    let run = prop_oneof![3 => Just(None), 2 => (0..RUNS.len()).prop_map(Some)];
    (
        (
            prop_oneof![4 => 0..2usize, 1 => 2..5usize],
            skew,
            prop_oneof![5 => Just(0), 1 => 0..4usize],
        ),
        (prop::bool::weighted(0.2), any::<bool>(), prop::bool::weighted(0.1)),
        (run, any::<bool>(), vec((0..40usize, 0..NOISES), 0..4)),
    )
        .prop_map(|((order, skew, cut), (crlf, open_end, bom), (run, hook_log, noise))| Fate {
            order,
            skew,
            cut,
            crlf,
            open_end,
            bom,
            run,
            hook_log,
            noise,
        })
}

/// Id and benchmark of the runs: two of one benchmark, one of another.
const RUNS: [(&str, &str); 3] = [("a-1", "a"), ("a-2", "a"), ("b-1", "b")];

/// How the invocations of a log differ from those of other logs.
#[derive(Debug, Clone)]
struct Manner {
    /// Indices into [`LABELS`]: what an invocation usually logs.
    path: Vec<usize>,
    /// All have ids, none has, or some have.
    ids: usize,
    /// No line names its source, or each may.
    sources: bool,
    /// Each invocation writes to one file, each step of the path has its file, or any step any.
    spread: usize,
    unit: EpochUnit,
    max_trace: Option<i64>,
    /// A line, some lines or all of the log are read at a time.
    block_bytes: usize,
}

fn manner() -> impl Strategy<Value = Manner> {
    let unit = prop_oneof![
        3 => Just(EpochUnit::Ms),
        1 => Just(EpochUnit::S),
        1 => Just(EpochUnit::Us),
        1 => Just(EpochUnit::Ns),
    ];
    let label = prop_oneof![9 => 0..USUAL, 1 => 0..LABELS.len()];
    let max_trace = prop_oneof![2 => Just(None), 1 => (0..120i64).prop_map(Some)];
    let sources = prop::bool::weighted(0.4);
    let block_bytes = prop::sample::select(vec![30, 200, 700, 1 << 18]);
    (vec(label, 1..6), 0..3usize, sources, 0..3usize, unit, max_trace, block_bytes).prop_map(
        |(path, ids, sources, spread, unit, max_trace, block_bytes)| Manner {
            path,
            ids,
            sources,
            spread,
            unit,
            max_trace,
            block_bytes,
        },
    )
}

fn choice() -> impl Strategy<Value = Choice> {
    let label = || (0..LABELS.len() + 1).prop_map(label_or_unknown);
    let few = || (0..USUAL).prop_map(label_or_unknown);
    let pair = prop_oneof![4 => (few(), few()), 1 => (label(), label())];
    prop_oneof![
        2 => Just(Choice::Consecutive),
        1 => Just(Choice::All),
        2 => vec(pair, 1..4).prop_map(|mut pairs| {
            pairs.sort();
            pairs.dedup();
            Choice::Named(pairs)
        }),
    ]
}

/// A label, or one that no log here has.
fn label_or_unknown(index: usize) -> String {
    LABELS.get(index).copied().unwrap_or("NEVER").to_owned()
}

/// What is left open in the options, given the rule of `--by`.
fn expect() -> impl Strategy<Value = Vec<String>> {
    let label = prop_oneof![9 => 0..USUAL, 1 => 0..LABELS.len() + 1].prop_map(label_or_unknown);
    prop_oneof![2 => Just(Vec::new()), 1 => vec(label, 1..3)]
}

/// `label=NAME` for any label.
pub(super) fn by_label() -> impl Strategy<Value = By> {
    prop_oneof![6 => 0..USUAL, 1 => 0..LABELS.len() + 1]
        .prop_map(|l| By::Label(label_or_unknown(l)))
}

/// A log of invocations.
pub(super) fn log(by: impl Strategy<Value = By>) -> impl Strategy<Value = Case> {
    let invocations = prop_oneof![4 => vec(invocation(5), 1..12), 1 => vec(invocation(5), 1..40)];
    (by, choice(), expect(), any::<bool>(), manner(), invocations, vec(fate(), 1..4)).prop_map(
        |(by, pairs, expect, record_id, manner, invocations, fates)| Case {
            files: write(&manner, &invocations, &fates),
            unit: manner.unit,
            by,
            pairs,
            expect,
            max_trace_ns: manner.max_trace.map_or(Options::MAX_TRACE_NS, |m| m * ns(manner.unit)),
            record_id,
            sources: manner.sources,
            block_bytes: manner.block_bytes,
        },
    )
}

/// Bytes of an alphabet in which statements are likely, in one or two files.
pub(super) fn bytes() -> impl Strategy<Value = Case> {
    let by = prop_oneof![
        Just(By::Auto),
        Just(By::Id),
        Just(By::File),
        Just(By::Source),
        Just(By::Label("A".to_owned())),
    ];
    let bytes = || vec(0..PIECES.len(), 0..80).prop_map(|p| p.iter().map(|&p| PIECES[p]).collect());
    let unit = (0..4usize).prop_map(|u| EpochUnit::ALL[u]);
    let file = (bytes(), any::<bool>())
        .prop_map(|(bytes, hook_log): (Vec<&[u8]>, bool)| (bytes.concat(), hook_log));
    (by, choice(), unit, any::<bool>(), vec(file, 1..3)).prop_map(
        |(by, pairs, unit, record_id, files)| Case {
            files: files
                .into_iter()
                .enumerate()
                .map(|(i, (bytes, hook_log))| File {
                    name: format!("{i}.log"),
                    run: None,
                    hook_log,
                    bytes,
                })
                .collect(),
            unit,
            by,
            pairs,
            expect: Vec::new(),
            max_trace_ns: Options::MAX_TRACE_NS,
            record_id,
            sources: false,
            block_bytes: 100,
        },
    )
}

/// Nanoseconds of one count.
fn ns(unit: EpochUnit) -> i64 {
    match unit {
        EpochUnit::S => 1_000_000_000,
        EpochUnit::Ms => 1_000_000,
        EpochUnit::Us => 1_000,
        EpochUnit::Ns => 1,
    }
}

/// An epoch with the right number of digits, some counts after a time in 2020.
fn epoch(unit: EpochUnit, counts: i64) -> String {
    (1_600_000_000_000_000_000 / ns(unit) + counts).to_string()
}

/// One line to be, and the time at which its file was told of it.
struct Written {
    time: i64,
    text: Vec<u8>,
    joined: bool,
}

fn write(manner: &Manner, invocations: &[Invocation], fates: &[Fate]) -> Vec<File> {
    let mut written: Vec<Vec<Written>> = fates.iter().map(|_| Vec::new()).collect();
    let mut now = 1000;
    for (index, invocation) in invocations.iter().enumerate() {
        now += invocation.wait;
        let mut time = now;
        for (place, step) in invocation.steps.iter().take(manner.path.len()).enumerate() {
            time += step.wait;
            let file = match manner.spread {
                0 => index,
                1 => place,
                _ => step.file,
            } % fates.len();
            if step.lost {
                continue;
            }
            let stamp = epoch(manner.unit, time + fates[file].skew);
            let label = LABELS[step.other.unwrap_or(manner.path[place])];
            let text = statement(manner, invocation, step, &stamp, label);
            for _ in 0..=u8::from(step.twice) {
                let line = Written { time, text: text.clone(), joined: step.joined };
                written[file].push(line);
            }
        }
    }
    fates.iter().zip(written).enumerate().map(|(i, (f, w))| file(manner, i, f, w)).collect()
}

/// One statement with all that stands around it.
fn statement(
    manner: &Manner,
    invocation: &Invocation,
    step: &Step,
    stamp: &str,
    label: &str,
) -> Vec<u8> {
    let known = match manner.ids {
        0 => None,
        1 => Some(invocation.id.unwrap_or(0)),
        _ => invocation.id,
    };
    let (mut record, mut own) = (String::new(), String::new());
    if let Some(index) = known {
        if matches!(invocation.id_place, 0 | 1) {
            own = format!(" trace_id={}", id(index));
        }
        if matches!(invocation.id_place, 1 | 2) {
            record = format!("req=r{} ", index / 2);
        }
    }
    let (before, behind) = (BEFORE[step.before], BEHIND[step.behind]);
    // One in four lines names none.
    let source = match (manner.sources, step.zone % 4) {
        (false, _) | (_, 3) => String::new(),
        (true, number) => format!("<s{number}> "),
    };
    format!("{source}{record}{before}{stamp}{}|{label}{own}{behind}", ZONES[step.zone]).into_bytes()
}

/// What becomes of the lines of one file.
fn file(manner: &Manner, index: usize, fate: &Fate, mut written: Vec<Written>) -> File {
    match fate.order {
        1 => written.sort_by_key(|w| w.time),
        2 => {
            written.sort_by_key(|w| w.time);
            written.reverse();
        }
        3 => written.sort_by_key(|w| -w.time),
        4 => {
            for pair in written.chunks_mut(3) {
                pair.reverse();
            }
        }
        _ => {}
    }
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let mut join = false;
    for w in written {
        match lines.last_mut() {
            Some(line) if join => {
                line.push(b' ');
                line.extend(w.text);
            }
            _ => lines.push(w.text),
        }
        join = w.joined;
    }
    lines.drain(..fate.cut.min(lines.len()));
    for &(place, kind) in &fate.noise {
        let counts = 1000 + i64::try_from(place).unwrap() * 7;
        lines.insert(place.min(lines.len()), noise(kind, &epoch(manner.unit, counts)));
    }
    let end: &[u8] = if fate.crlf { b"\r\n" } else { b"\n" };
    let mut bytes = lines.join(end);
    if fate.bom && !bytes.is_empty() {
        bytes.splice(..0, *b"\xef\xbb\xbf");
    }
    if !(fate.open_end || bytes.is_empty()) {
        bytes.extend(end);
    }
    let run = fate.run.map(|r| (RUNS[r].0.to_owned(), RUNS[r].1.to_owned()));
    File { name: format!("logs/{index}.log"), run, hook_log: fate.hook_log, bytes }
}
