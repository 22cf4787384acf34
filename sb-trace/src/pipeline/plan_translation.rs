//! A plan of codes and numbers <-> the same in texts, as it stands in a file.

use super::{Job, Outcome};
use crate::options::{
    FamilyBy, PLAN_VERSION, PlanFile, PlannedFamily, PlannedInput, PlannedStream,
};
use crate::plan::{Plan, Rules};
use std::collections::BTreeMap;

/// The code of the family of `--by label=NAME`.
const NAMED: u32 = u32::MAX;

impl PlanFile {
    /// The plan that some logs say.
    pub(crate) fn of<S>(job: &Job<'_>, rules: &Rules<'_>, outcome: &Outcome<S>) -> Self {
        let plan = &outcome.plan;
        let label = |code: u32| rules.labels.text(code).to_owned();
        let labels = |&(a, b): &(u32, u32)| [label(a), label(b)];
        let benchmark = |number: u32| {
            let run = job.benchmarks.iter().position(|&of| of == number);
            run.map_or_else(String::new, |run| job.runs[run].benchmark.clone())
        };
        let streams = (0u32..).zip(&outcome.read.streams);
        let by_order = streams.filter(|(_, state)| state.last_label.is_some());
        Self {
            schema_version: PLAN_VERSION,
            inputs: outcome
                .read
                .files
                .iter()
                .map(|file| PlannedInput {
                    name: file.name.clone(),
                    format: file.format.to_owned(),
                })
                .collect(),
            streams: by_order
                .map(|(number, state)| PlannedStream {
                    file: job.inputs[state.stream.file as usize].name.clone(),
                    source: job.sources.text(state.stream.source).to_owned(),
                    opening: state.opening.map(label),
                    newest_first: plan.newest_first.contains_key(&number),
                })
                .collect(),
            families: plan
                .closing
                .iter()
                .map(|(&(of, family), &closing)| PlannedFamily {
                    benchmark: benchmark(of),
                    by: match family {
                        None => FamilyBy::Key,
                        Some(NAMED) => FamilyBy::Named,
                        Some(opening) => FamilyBy::Opening(label(opening)),
                    },
                    closing: label(closing),
                })
                .collect(),
            reversed_pairs: plan.reversed_pairs.iter().map(labels).collect(),
            total: plan.total,
            all_pairs: plan.all_pairs.iter().map(labels).collect(),
            commonest_path: plan.commonest_path.iter().flatten().map(|&code| label(code)).collect(),
            begins: job
                .runs
                .iter()
                .zip(plan.begins.iter().flatten())
                .map(|(run, &begin)| (run.id.clone(), begin))
                .collect(),
        }
    }

    /// The plan for the inputs of a job. What it does not know of them is learned.
    pub(crate) fn plan(&self, job: &Job<'_>) -> Plan {
        let label = |text: &String| job.labels.code(text);
        let labels = |[a, b]: &[String; 2]| (label(a), label(b));
        let benchmark = |name: &String| {
            let run = job.runs.iter().position(|run| run.benchmark == *name);
            run.and_then(|run| job.benchmarks.get(run).copied())
        };
        let closing = self.families.iter().filter_map(|family| {
            let by = match &family.by {
                FamilyBy::Key => None,
                FamilyBy::Named => Some(NAMED),
                FamilyBy::Opening(opening) => Some(label(opening)),
            };
            Some(((benchmark(&family.benchmark)?, by), label(&family.closing)))
        });
        let begins = job.runs.iter().map(|run| self.begins.get(&run.id).copied());
        Plan {
            newest_first: BTreeMap::new(),
            closing: closing.collect(),
            reversed_pairs: self.reversed_pairs.iter().map(labels).collect(),
            total: self.total,
            all_pairs: self.all_pairs.iter().map(labels).collect(),
            commonest_path: Some(self.commonest_path.iter().map(label).collect())
                .filter(|path: &Vec<u32>| !path.is_empty()),
            begins: begins.collect::<Option<Vec<i64>>>().filter(|_| !self.begins.is_empty()),
            starts: None,
        }
    }
}
