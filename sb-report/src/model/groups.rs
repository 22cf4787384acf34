//! Groups: what can be taken together. Runs of one setting (benchmark, provider, region, tags), or
//! whatever has the same values in the columns of `--group-by`.

use super::{PERCENTILES, RunView};
use sb_trace::Run;
use sb_trace::latency::{Latencies, Latency};
use sb_trace::stats::{GroupKey, Summary, summarize, summarize_runs};
use std::collections::{BTreeMap, BTreeSet};

/// Latencies that are taken together.
#[derive(Debug, Clone)]
pub struct Group {
    /// What they have in common, as far as the groups differ in it; empty if there is one.
    pub name: String,
    /// Benchmark, provider, region and tags of its runs, as far as they agree.
    pub setting: Run,
    /// Column and value, where `--group-by` made the groups.
    pub values: Vec<(String, String)>,
    /// Indices of its runs.
    pub runs: Vec<usize>,
    /// Its figures, its runs taken together.
    pub summaries: Vec<Summary>,
}

/// The groups, and which one a latency belongs to.
#[derive(Debug)]
pub struct Grouped {
    /// The groups in the order in which they are shown.
    pub groups: Vec<Group>,
    keys: Vec<GroupKey>,
    /// Where the keys are of runs only: the group of each run.
    of_run: Option<Vec<usize>>,
    /// Else: the group of each combination of values.
    of_values: BTreeMap<Vec<String>, usize>,
}

impl Grouped {
    /// The index of the group of a latency.
    pub fn of(&self, table: &Latencies, row: &Latency) -> usize {
        match &self.of_run {
            Some(of_run) => of_run.get(row.run as usize).copied().unwrap_or_default(),
            None => {
                self.of_values.get(&values(&self.keys, table, row)).copied().unwrap_or_default()
            }
        }
    }

    /// The index of the group of a run; none where runs are parted.
    pub fn of_whole_run(&self, run: usize) -> Option<usize> {
        let of_run = self.of_run.as_ref()?;
        Some(of_run.get(run).copied().unwrap_or_default())
    }

    /// The index of the group of a run, where runs are not parted.
    pub fn of_run(&self, run: usize) -> usize {
        self.of_run.as_ref().and_then(|of| of.get(run)).copied().unwrap_or_default()
    }

    /// Whether the user chose the groups.
    pub fn chosen(&self) -> bool {
        !self.keys.is_empty()
    }

    /// Whether the groups are start classes.
    pub fn by_class(&self) -> bool {
        self.keys.contains(&GroupKey::StartClass)
    }
}

fn values(keys: &[GroupKey], table: &Latencies, row: &Latency) -> Vec<String> {
    keys.iter().map(|key| key.value(table, row).to_owned()).collect()
}

/// Whether all latencies of a run have the same value of it.
fn is_of_runs(key: &GroupKey) -> bool {
    !matches!(key, GroupKey::Label | GroupKey::Source | GroupKey::ToSource | GroupKey::StartClass)
}

/// Groups by these columns, or by setting where there are none. Runs of different groups are
/// named after what differs. `all` are the figures of all latencies together.
pub(super) fn group(
    table: &Latencies,
    runs: &mut [RunView],
    keys: &[GroupKey],
    all: &[Summary],
) -> Grouped {
    let mut grouped = if keys.is_empty() { by_setting(runs) } else { by_keys(table, runs, keys) };
    if grouped.of_run.is_some() && grouped.groups.len() > 1 {
        for group in &grouped.groups {
            for &run in &group.runs {
                if !group.name.is_empty() && !runs[run].run.id.is_empty() {
                    runs[run].name = format!("{} · {}", runs[run].name, group.name);
                }
            }
        }
    }
    if let [only] = grouped.groups.as_mut_slice() {
        only.summaries = all.to_vec();
        return grouped;
    }
    let summaries: Vec<Vec<Summary>> = (0..grouped.groups.len())
        .map(|at| match &grouped.of_run {
            Some(of_run) => summarize_runs(table, &PERCENTILES, |run| of_run.get(run) == Some(&at)),
            None => summarize(table, &PERCENTILES, |row| grouped.of(table, row) == at),
        })
        .collect();
    for (group, summaries) in grouped.groups.iter_mut().zip(summaries) {
        group.summaries = summaries;
    }
    grouped
}

fn by_setting(runs: &[RunView]) -> Grouped {
    let mut groups: Vec<Group> = Vec::new();
    let mut of_run = vec![0; runs.len()];
    for (index, view) in runs.iter().enumerate() {
        let setting = Run { id: String::new(), ..view.run.clone() };
        let known = groups.iter().position(|g| g.setting == setting);
        let at = known.unwrap_or_else(|| {
            groups.push(Group {
                name: String::new(),
                setting,
                values: Vec::new(),
                runs: Vec::new(),
                summaries: Vec::new(),
            });
            groups.len() - 1
        });
        groups[at].runs.push(index);
        of_run[index] = at;
    }
    let settings: Vec<Run> = groups.iter().map(|g| g.setting.clone()).collect();
    for group in &mut groups {
        group.name = distinction(&group.setting, &settings);
    }
    Grouped { groups, keys: Vec::new(), of_run: Some(of_run), of_values: BTreeMap::new() }
}

fn by_keys(table: &Latencies, runs: &[RunView], keys: &[GroupKey]) -> Grouped {
    let mut runs_of: BTreeMap<Vec<String>, BTreeSet<usize>> = BTreeMap::new();
    let of_runs = keys.iter().all(is_of_runs);
    for part in table.parts() {
        // Of runs, any latency of each tells all.
        let rows = part.rows().take(if of_runs { 1 } else { usize::MAX });
        for row in rows {
            runs_of.entry(values(keys, table, &row)).or_default().insert(row.run as usize);
        }
    }
    let mut all: Vec<(Vec<String>, BTreeSet<usize>)> = runs_of.into_iter().collect();
    // 128, 512, 1024: numbers in their order.
    let number = |text: &String| text.parse::<f64>().unwrap_or(f64::INFINITY);
    all.sort_by(|a, b| {
        let by_number = a.0.iter().zip(&b.0).map(|(a, b)| number(a).total_cmp(&number(b)));
        by_number.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then).then(a.0.cmp(&b.0))
    });
    let mut of_run = vec![0; runs.len()];
    let mut of_values = BTreeMap::new();
    let mut groups = Vec::new();
    let single = all.len() < 2;
    for (at, (values, members)) in all.into_iter().enumerate() {
        let part = |(key, value): (&GroupKey, &String)| {
            let value = if value.is_empty() { "none" } else { value };
            match key {
                GroupKey::Tag(tag) => format!("{tag} {value}"),
                GroupKey::ToSource => format!("to {value}"),
                GroupKey::Label => format!("from {value}"),
                _ => value.to_owned(),
            }
        };
        let name = keys.iter().zip(&values).map(part).collect::<Vec<_>>().join(" · ");
        for &run in &members {
            if let Some(group) = of_run.get_mut(run) {
                *group = at;
            }
        }
        groups.push(Group {
            name: if single { String::new() } else { name },
            setting: common(members.iter().filter_map(|&r| runs.get(r)).map(|r| &r.run)),
            values: keys.iter().map(GroupKey::column).zip(values.clone()).collect(),
            runs: members.into_iter().collect(),
            summaries: Vec::new(),
        });
        of_values.insert(values, at);
    }
    Grouped { groups, keys: keys.to_vec(), of_run: of_runs.then_some(of_run), of_values }
}

/// What runs agree in.
fn common<'a>(mut runs: impl Iterator<Item = &'a Run>) -> Run {
    let Some(first) = runs.next() else { return Run::default() };
    let mut common = Run { id: String::new(), ..first.clone() };
    for run in runs {
        let agree = |mine: &mut String, other: &String| {
            if mine != other {
                mine.clear();
            }
        };
        agree(&mut common.benchmark, &run.benchmark);
        agree(&mut common.provider, &run.provider);
        agree(&mut common.region, &run.region);
        common.tags.retain(|tag| run.tags.contains(tag));
    }
    common
}

/// The parts of a setting in which the settings differ.
pub(super) fn distinction(setting: &Run, all: &[Run]) -> String {
    let differ =
        |part: &dyn Fn(&Run) -> String| all.iter().any(|other| part(other) != part(setting));
    let mut words = Vec::new();
    for part in
        [&|r: &Run| r.benchmark.clone(), &|r: &Run| r.provider.clone(), &|r: &Run| r.region.clone()]
            as [&dyn Fn(&Run) -> String; 3]
    {
        if differ(part) {
            words.push(part(setting));
        }
    }
    let value = |run: &Run, key: &str| {
        run.tags.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone()).unwrap_or_default()
    };
    for (key, tag) in &setting.tags {
        if differ(&|r: &Run| value(r, key)) {
            words.push(format!("{key} {tag}"));
        }
    }
    words.retain(|w| !w.is_empty());
    if words.is_empty() && all.len() > 1 {
        return if setting.benchmark.is_empty() {
            "other logs".to_owned()
        } else {
            setting.benchmark.clone()
        };
    }
    words.join(" · ")
}

/// What is compared with what: the setting, or what `--group-by` names of it.
pub(super) fn compared(run: &Run, keys: &[GroupKey]) -> Run {
    if keys.is_empty() {
        return Run { id: String::new(), ..run.clone() };
    }
    let mut kept = Run::default();
    for key in keys {
        match key {
            GroupKey::Benchmark => kept.benchmark.clone_from(&run.benchmark),
            GroupKey::Provider => kept.provider.clone_from(&run.provider),
            GroupKey::Region => kept.region.clone_from(&run.region),
            GroupKey::Tag(tag) => {
                kept.tags.extend(run.tags.iter().filter(|(name, _)| name == tag).cloned());
            }
            _ => {}
        }
    }
    kept
}
