//! `journal.ndjson` of a run, played back: what the run was, and how it ended.

use crate::model::RunFacts;
use sb_trace::Run;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The journal's file name.
pub(super) const NAME: &str = "journal.ndjson";

/// Values that become tags, as the table of latencies promises.
const TAGS: [&str; 4] = ["label", "trigger", "load_level", "workload_label"];

/// What `journal.ndjson` says of its run.
pub(super) struct Journal {
    pub run: Run,
    pub facts: RunFacts,
}

impl Journal {
    /// A run without a journal is called by its folder, `<benchmark>-<UTC second>-<4 hex>`.
    pub(super) fn read(folder: &Path) -> Self {
        let id = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let benchmark = id.rsplitn(3, '-').nth(2).unwrap_or(&id).to_owned();
        let run = Run { id: id.clone(), benchmark, ..Run::default() };
        // A crash can tear the last line in the middle of a character: only that line is lost.
        match std::fs::read(folder.join(NAME)) {
            Ok(bytes) => Self::replay(run, &bytes),
            Err(_) => Self { run, facts: RunFacts { id, ..RunFacts::default() } },
        }
    }

    fn replay(run: Run, bytes: &[u8]) -> Self {
        let mut state = State::default();
        let lines = bytes.split(|byte| *byte == b'\n');
        for record in lines.filter_map(|line| serde_json::from_slice(line).ok()) {
            state.apply(&record);
        }
        state.finish(run)
    }
}

/// The values, tags and steps of a run as they are after some of its events.
#[derive(Default)]
struct State {
    benchmark: Option<String>,
    values: Map<String, Value>,
    tags: BTreeMap<String, String>,
    /// Steps that began and have not ended: number, hook.
    open: Vec<(Value, String)>,
    hooks: BTreeMap<String, String>,
    failed: BTreeSet<String>,
    problems: Vec<String>,
    closed: bool,
}

impl State {
    fn apply(&mut self, record: &Map<String, Value>) {
        let text = |key: &str| record.get(key).map(words).unwrap_or_default();
        let map = |key: &str| record.get(key).and_then(Value::as_object).cloned();
        match text("event").as_str() {
            "run_opened" => {
                self.benchmark = Some(text("benchmark")).filter(|b| !b.is_empty());
                self.values = map("values").unwrap_or_default();
                let tags = map("tags").unwrap_or_default();
                self.tags.extend(tags.iter().map(|(key, value)| (column(key), words(value))));
            }
            "reset" => self.values = map("values").unwrap_or_default(),
            "set" => {
                self.values
                    .insert(text("key"), record.get("value").cloned().unwrap_or(Value::Null));
            }
            "removed" => {
                self.values.remove(&text("key"));
            }
            "tagged" => {
                self.tags.insert(column(&text("key")), text("value"));
            }
            "step_started" => {
                let step = record.get("step").cloned().unwrap_or(Value::Null);
                self.hooks.insert(step.to_string(), text("hook"));
                self.open.push((step, text("hook")));
            }
            "step_ended" => {
                let step = record.get("step").cloned().unwrap_or(Value::Null);
                self.open.retain(|(open, _)| *open != step);
                let outcome = text("outcome");
                if outcome == "done" {
                    self.succeed(&step);
                } else {
                    self.fail(&step, &outcome, record.get("error").and_then(Value::as_str));
                }
            }
            "interrupted" => self.problems.push(format!("interrupted by {}", text("by"))),
            "run_closed" => self.closed = true,
            _ => {}
        }
    }

    fn fail(&mut self, step: &Value, outcome: &str, error: Option<&str>) {
        let hook = self.hooks.get(&step.to_string()).map_or("a hook", String::as_str);
        let problem = match error {
            Some(error) => format!("{hook}: {error}"),
            None => format!("{hook}: {}", outcome.replace('_', " ")),
        };
        if self.failed.insert(problem.clone()) {
            self.problems.push(problem);
        }
    }

    /// A hook that was tried again and then succeeded has not failed; an invoke is measured each
    /// time.
    fn succeed(&mut self, step: &Value) {
        if let Some(hook) = self.hooks.get(&step.to_string()).filter(|hook| *hook != "invoke") {
            let failed = format!("{hook}: ");
            self.problems.retain(|problem| !problem.starts_with(&failed));
        }
    }

    fn finish(mut self, mut run: Run) -> Journal {
        for (_, hook) in &self.open {
            self.problems.push(format!("{hook} has no end"));
        }
        let mut facts = RunFacts { id: run.id.clone(), ..RunFacts::default() };
        if !self.problems.is_empty() {
            facts.interrupted = Some(self.problems.join("; "));
        } else if !self.closed {
            facts.open = true;
        }
        if let Some(benchmark) = self.benchmark {
            run.benchmark = benchmark;
        }
        let value = |key: &str| self.values.get(key).map(words).filter(|v| !v.is_empty());
        run.provider = value("provider").unwrap_or_default();
        run.region = value("region").unwrap_or_default();
        for key in TAGS {
            if let Some(value) = value(key) {
                self.tags.entry(key.to_owned()).or_insert(value);
            }
        }
        run.tags = self.tags.into_iter().filter(|(key, _)| !key.is_empty()).collect();
        Journal { run, facts }
    }
}

/// A tag's name as the end of a column's.
fn column(key: &str) -> String {
    key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// A value in words: text as it is, a list joined by `+`, nothing for null.
fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(words).collect::<Vec<_>>().join("+"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &str) -> Journal {
        Journal::replay(
            Run { id: "b-20260122T101500Z-0a1b".into(), ..Run::default() },
            lines.as_bytes(),
        )
    }

    const OPENED: &str = r#"{"at":"2026-01-22T10:15:00Z","event":"run_opened","run_id":"b-20260122T101500Z-0a1b","benchmark":"b","file":"b_benchmark.py","sb_run":"0.1.0","values":{"provider":["aws","azure"],"region":"eu-west-1","label":"old"}}
"#;

    #[test]
    fn tags_and_values_are_those_at_the_end() {
        let journal = read(&format!(
            "{OPENED}{}",
            r#"{"event":"tagged","key":"load-level","value":"high"}
{"event":"set","key":"label","value":"new","by":"user"}
{"event":"set","key":"trigger","value":"queue","by":"hook"}
{"event":"removed","key":"region"}
{"event":"tagged","key":"trigger","value":"mine"}
{"event":"run_closed","outcome":"done"}
"#
        ));
        assert_eq!(journal.run.provider, "aws+azure");
        assert_eq!(journal.run.region, "");
        let tags: Vec<(&str, &str)> =
            journal.run.tags.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(tags, [("label", "new"), ("load_level", "high"), ("trigger", "mine")]);
        assert_eq!((journal.facts.interrupted, journal.facts.open), (None, false));
    }

    #[test]
    fn a_torn_journal_keeps_its_tags_and_says_what_is_missing() {
        let journal = read(&format!(
            "{OPENED}{}",
            r#"{"event":"tagged","key":"k","value":"v"}
{"event":"step_started","step":1,"hook":"prepare","call":1}
{"event":"step_ended","step":1,"outcome":"done","exit_code":0,"error":null}
{"event":"step_started","step":2,"hook":"invoke","call":1}
{"event":"comm"#
        ));
        assert_eq!(
            journal.run.tags,
            [("k".to_owned(), "v".to_owned()), ("label".into(), "old".into())]
        );
        assert_eq!(journal.facts.interrupted.as_deref(), Some("invoke has no end"));
    }

    #[test]
    fn failed_interrupted_and_open_runs_are_told_apart() {
        let step = r#"{"event":"step_started","step":1,"hook":"invoke","call":1}
"#;
        let ended = |outcome: &str, error: &str| {
            read(&format!(
                "{OPENED}{step}{{\"event\":\"step_ended\",\"step\":1,\"outcome\":\"{outcome}\",\"error\":{error}}}\n"
            ))
            .facts
        };
        let between = read(&format!("{OPENED}{}\n", r#"{"event":"interrupted","by":"SIGTERM"}"#));
        assert_eq!(between.facts.interrupted.as_deref(), Some("interrupted by SIGTERM"));
        assert_eq!(
            ended("interrupted", "\"interrupted by Ctrl-C\"").interrupted.as_deref(),
            Some("invoke: interrupted by Ctrl-C")
        );
        assert_eq!(ended("timed_out", "null").interrupted.as_deref(), Some("invoke: timed out"));
        let again = |hook: &str| {
            let start = |step: u32| {
                format!("{{\"event\":\"step_started\",\"step\":{step},\"hook\":\"{hook}\"}}\n")
            };
            let end = |step: u32, word: &str| {
                format!("{{\"event\":\"step_ended\",\"step\":{step},\"outcome\":\"{word}\"}}\n")
            };
            let all = [start(1), end(1, "raised"), start(2), end(2, "done")].concat();
            read(&format!("{OPENED}{all}")).facts.interrupted
        };
        assert_eq!(again("prepare"), None, "it was tried again");
        assert_eq!(again("invoke").as_deref(), Some("invoke: raised"));
        let open = ended("done", "null");
        assert_eq!((open.interrupted, open.open), (None, true), "cleanup has not been called yet");
    }
}
