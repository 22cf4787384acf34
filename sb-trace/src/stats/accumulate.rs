//! Figures from frames of latencies, one frame after the other: what each pair, start class and group
//! has is counted, and no frame is kept.

use super::summary::ALL_CLASSES;
use super::{GroupKey, Summary, ValueCounts};
use crate::dictionary::NO_TEXT;
use crate::error::Result;
use hashbrown::HashMap;
use polars::prelude::*;
use polars_arrow::array::PrimitiveArray;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The latencies of one pair, start class and group.
#[derive(Debug, Clone, Default)]
struct Cell {
    pair: u32,
    class: u32,
    group: u32,
    latencies: ValueCounts,
    /// FROM events without a TO.
    unmatched: usize,
}

/// Takes frames with the columns `pair`, `start_class`, `latency_ns` and those of the groups.
#[derive(Debug)]
pub struct Accumulator {
    tick_ns: i64,
    group_by: Vec<GroupKey>,
    cells: Vec<Cell>,
    index: HashMap<(u32, u32, u32), u32>,
    /// The groups by the codes of their values, and those values.
    groups: HashMap<Vec<u32>, u32>,
    group_texts: Vec<Vec<String>>,
    class_texts: HashMap<u32, String>,
    pair_texts: HashMap<u32, String>,
}

/// The codes of a column of categories.
enum Codes {
    One(u32),
    Each(PrimitiveArray<u32>),
}

impl Codes {
    fn of(column: &Column) -> PolarsResult<Self> {
        if let Some(scalar) = column.as_scalar_column() {
            let code = match scalar.scalar().value() {
                AnyValue::Categorical(code, _) | AnyValue::CategoricalOwned(code, _) => *code,
                _ => NO_TEXT,
            };
            return Ok(Self::One(code));
        }
        Ok(Self::Each(column.to_physical_repr().u32()?.rechunk().downcast_as_array().clone()))
    }

    #[inline]
    fn at(&self, row: usize) -> u32 {
        match self {
            Self::One(code) => *code,
            Self::Each(codes) => match codes.validity() {
                Some(validity) if !validity.get_bit(row) => NO_TEXT,
                _ => codes.value(row),
            },
        }
    }
}

fn text_of(column: &Column, code: u32) -> String {
    match column.dtype() {
        DataType::Categorical(_, mapping) if code != NO_TEXT => {
            mapping.cat_to_str(code).unwrap_or_default().to_owned()
        }
        _ => String::new(),
    }
}

impl Accumulator {
    /// For latencies of a clock that ticks every so many nanoseconds.
    pub fn new(tick_ns: i64, group_by: &[GroupKey]) -> Self {
        Self {
            tick_ns,
            group_by: group_by.to_vec(),
            cells: Vec::new(),
            index: HashMap::new(),
            groups: HashMap::new(),
            group_texts: Vec::new(),
            class_texts: HashMap::new(),
            pair_texts: HashMap::new(),
        }
    }

    /// The columns that a frame must have.
    pub fn columns(&self) -> Vec<String> {
        let fixed = ["pair", "start_class", "latency_ns"].map(str::to_owned);
        let groups = self.group_by.iter().map(GroupKey::column);
        let groups = groups.filter(|column| column != "start_class");
        fixed.into_iter().chain(groups).collect()
    }

    /// Counts the rows of a frame.
    ///
    /// # Errors
    /// [`crate::Error::Usage`] if a column is missing or has another type.
    pub fn add(&mut self, frame: &DataFrame) -> Result<()> {
        Ok(self.add_rows(frame)?)
    }

    fn add_rows(&mut self, frame: &DataFrame) -> PolarsResult<()> {
        let pair_column = frame.column("pair")?;
        let class_column = frame.column("start_class")?;
        let (pairs, classes) = (Codes::of(pair_column)?, Codes::of(class_column)?);
        let names = self.group_by.iter().map(GroupKey::column);
        let columns = names.map(|name| frame.column(&name)).collect::<PolarsResult<Vec<_>>>()?;
        let groups = columns.iter().map(|column| Codes::of(column));
        let groups = groups.collect::<PolarsResult<Vec<_>>>()?;
        let latencies = frame.column("latency_ns")?.as_materialized_series().i64()?.rechunk();
        let latencies = latencies.downcast_as_array();
        let is_same = groups.iter().chain([&classes]).all(|codes| matches!(codes, Codes::One(_)));
        // What the rows before had, and for each pair the cell of that class and group.
        let mut before: Option<Vec<u32>> = None;
        let (mut class, mut group) = (NO_TEXT, 0);
        let mut cells: Vec<u32> = Vec::new();
        let validity = latencies.validity();
        for (row, &latency) in latencies.values_iter().enumerate() {
            if !is_same || before.is_none() {
                let codes = groups.iter().chain([&classes]).map(|codes| codes.at(row));
                if !before.as_ref().is_some_and(|before| codes.clone().eq(before.iter().copied())) {
                    let codes: Vec<u32> = codes.collect();
                    class = classes.at(row);
                    group = self.group(&columns, &codes[..columns.len()]);
                    self.class_texts.entry(class).or_insert_with(|| text_of(class_column, class));
                    before = Some(codes);
                    cells.clear();
                }
            }
            let pair = pairs.at(row);
            let cell = match cells.get(pair as usize) {
                Some(&cell) if cell != u32::MAX => cell,
                _ => {
                    let cell = self.cell((pair, class, group));
                    self.pair_texts.entry(pair).or_insert_with(|| text_of(pair_column, pair));
                    cells.resize(cells.len().max(pair as usize + 1), u32::MAX);
                    cells[pair as usize] = cell;
                    cell
                }
            };
            let cell = &mut self.cells[cell as usize];
            if validity.is_some_and(|validity| !validity.get_bit(row)) {
                cell.unmatched += 1;
            } else {
                cell.latencies.add(latency);
            }
        }
        Ok(())
    }

    fn group(&mut self, columns: &[&Column], codes: &[u32]) -> u32 {
        let next = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        let group = *self.groups.entry_ref(codes).or_insert(next);
        if group == next {
            let texts = columns.iter().zip(codes).map(|(column, &code)| text_of(column, code));
            self.group_texts.push(texts.collect());
        }
        group
    }

    fn cell(&mut self, key: (u32, u32, u32)) -> u32 {
        let next = u32::try_from(self.cells.len()).unwrap_or(u32::MAX);
        let cell = *self.index.entry(key).or_insert(next);
        if cell == next {
            let (pair, class, group) = key;
            let latencies = ValueCounts::of_unit(self.tick_ns);
            self.cells.push(Cell { pair, class, group, latencies, unmatched: 0 });
        }
        cell
    }

    /// Adds what another one counted, of frames with the same categories.
    pub fn absorb(&mut self, other: Self) {
        self.pair_texts.extend(other.pair_texts);
        self.class_texts.extend(other.class_texts);
        let mut groups = vec![0; other.groups.len()];
        for (codes, of_other) in other.groups {
            let next = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
            let group = *self.groups.entry(codes).or_insert(next);
            if group == next {
                self.group_texts.push(other.group_texts[of_other as usize].clone());
            }
            groups[of_other as usize] = group;
        }
        for of_other in other.cells {
            let cell = self.cell((of_other.pair, of_other.class, groups[of_other.group as usize]));
            let cell = &mut self.cells[cell as usize];
            cell.latencies.absorb(of_other.latencies);
            cell.unmatched += of_other.unmatched;
        }
    }

    /// The pairs that were counted, in the order in which they first came.
    pub fn pairs(&self) -> Vec<String> {
        let mut seen = hashbrown::HashSet::new();
        let pairs = self.cells.iter().map(|cell| cell.pair).filter(|&pair| seen.insert(pair));
        pairs.map(|pair| self.pair_texts[&pair].clone()).collect()
    }

    /// The figures of the pairs, in this order; pairs that were not counted have none.
    ///
    /// Without groups, a summary over all start classes, and, where there is more than one, one for
    /// each; with groups, one for each group, in the order of its values.
    pub fn summaries(&self, order: &[String], percents: &[f64]) -> Vec<Summary> {
        let place: HashMap<&str, usize> =
            order.iter().enumerate().map(|(place, pair)| (pair.as_str(), place)).collect();
        let mut rows: BTreeMap<(usize, Vec<Split<'_>>), Vec<&Cell>> = BTreeMap::new();
        for cell in &self.cells {
            let Some(&pair) = place.get(self.pair_texts[&cell.pair].as_str()) else { continue };
            let class = self.class_texts[&cell.class].as_str();
            if self.group_by.is_empty() {
                rows.entry((pair, vec![Split::All])).or_default().push(cell);
                rows.entry((pair, vec![Split::Class(rank(class), class)])).or_default().push(cell);
            } else {
                let texts = self.group_texts[cell.group as usize].iter();
                let parts = texts.map(|text| Split::Text(text)).collect();
                rows.entry((pair, parts)).or_default().push(cell);
            }
        }
        let mut classes: HashMap<usize, usize> = HashMap::new();
        for (pair, _) in rows.keys() {
            *classes.entry(*pair).or_default() += 1;
        }
        // Of one class alone, its figures are those of all.
        let says_more = |(pair, parts): &(usize, Vec<Split<'_>>)| {
            classes[pair] > 2 || !matches!(parts[..], [Split::Class(..)])
        };
        let rows: Vec<_> = rows.into_iter().filter(|(key, _)| says_more(key)).collect();
        let summary = |((pair, parts), cells): &((usize, Vec<Split<'_>>), Vec<&Cell>)| {
            let mut all = ValueCounts::of_unit(self.tick_ns);
            for cell in cells {
                all.absorb(cell.latencies.clone());
            }
            let unmatched = cells.iter().map(|cell| cell.unmatched).sum();
            let (class, group) = self.named(parts);
            let distribution = all.distribution();
            let pair = order[*pair].clone();
            let summary = Summary::of_distribution(pair, class, &distribution, unmatched, percents);
            Summary { group, ..summary }
        };
        rows.par_iter().map(summary).collect()
    }

    /// The start class of a row of the figures, and the other columns of its group.
    fn named(&self, parts: &[Split<'_>]) -> (String, Vec<(String, String)>) {
        let mut class = ALL_CLASSES.to_owned();
        let mut group = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            match (part, self.group_by.get(at)) {
                (Split::Class(_, text), _) | (Split::Text(text), Some(GroupKey::StartClass)) => {
                    (*text).clone_into(&mut class);
                }
                (Split::Text(text), Some(key)) => group.push((key.column(), (*text).to_owned())),
                _ => {}
            }
        }
        (class, group)
    }
}

/// What parts the latencies of a pair.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Split<'a> {
    All,
    /// A start class, from cold to unknown.
    Class(usize, &'a str),
    Text(&'a str),
}

fn rank(class: &str) -> usize {
    let known = ["cold", "partial", "warm", "unknown"];
    known.iter().position(|known| *known == class).unwrap_or(known.len())
}
