//! Cold, partial, warm or unknown: whether an invocation had to wait for a new execution
//! environment, and how that is known. What is not known is called unknown, never warm.

use crate::event::Id;
use serde::Serialize;

/// The class of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ColdWarm {
    /// Every function that took part started cold.
    Cold,
    /// Some started cold, some were warm.
    Partial,
    /// None started cold.
    Warm,
    /// The log does not say.
    #[default]
    Unknown,
}

impl ColdWarm {
    /// All classes, in the order of their discriminants.
    pub(crate) const ALL: [Self; 4] = [Self::Cold, Self::Partial, Self::Warm, Self::Unknown];

    /// The word in the tables.
    pub fn text(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Partial => "partial",
            Self::Warm => "warm",
            Self::Unknown => "unknown",
        }
    }
}

/// What a start class rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ClassSource {
    /// A label says so (`COLD_START`, `WARM_START`, `INIT_START`, ...).
    Label,
    /// First call of an execution environment whose initialisation was seen.
    Environment,
    /// Nothing: the class is unknown.
    #[default]
    None,
}

impl ClassSource {
    /// The word in the tables; empty where nothing is known.
    pub fn text(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Environment => "environment",
            Self::None => "",
        }
    }
}

/// A class with what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct StartClass {
    /// Cold, partial, warm or unknown.
    pub class: ColdWarm,
    /// What that rests on.
    pub source: ClassSource,
}

impl StartClass {
    /// Nothing is known.
    pub(crate) const NONE: Self = Self { class: ColdWarm::Unknown, source: ClassSource::None };

    /// What a label says; else whether invocations took part that started cold or warm.
    pub(crate) fn or(self, cold: bool, warm: bool) -> Self {
        if self.source == ClassSource::None {
            Self::of_flags(cold, warm, ClassSource::Environment)
        } else {
            self
        }
    }

    fn of_flags(cold: bool, warm: bool, source: ClassSource) -> Self {
        let class = match (cold, warm) {
            (true, true) => ColdWarm::Partial,
            (true, false) => ColdWarm::Cold,
            (false, true) => ColdWarm::Warm,
            (false, false) => return Self::default(),
        };
        Self { class, source }
    }
}

/// How invocations started, by their ids, as far as the log says it.
pub(crate) type Starts = hashbrown::HashMap<Id, ColdWarm>;

/// What one label says of its trace.
fn hint(label: &str) -> Option<ColdWarm> {
    match label {
        "COLD" | "COLD_START" => Some(ColdWarm::Cold),
        "WARM" | "WARM_START" => Some(ColdWarm::Warm),
        _ if label.starts_with("INIT_") || label == "INIT" => Some(ColdWarm::Cold),
        _ => None,
    }
}

/// The class of a trace with these labels: cold and warm flags together make it partial.
pub(crate) fn of_labels<'a>(labels: impl Iterator<Item = &'a str>) -> StartClass {
    let (mut cold, mut warm) = (false, false);
    for label in labels {
        match hint(label) {
            Some(ColdWarm::Cold) => cold = true,
            Some(_) => warm = true,
            None => {}
        }
    }
    StartClass::of_flags(cold, warm, ClassSource::Label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_labels_that_say_so_decide() {
        let class = |labels: &[&str]| of_labels(labels.iter().copied()).class;
        assert_eq!(class(&["A", "B"]), ColdWarm::Unknown);
        assert_eq!(class(&["A", "COLD_START"]), ColdWarm::Cold);
        assert_eq!(class(&["INIT_START", "INIT_END"]), ColdWarm::Cold);
        assert_eq!(class(&["WARM"]), ColdWarm::Warm);
        assert_eq!(class(&["WARM", "COLD"]), ColdWarm::Partial);
        assert_eq!(class(&["INITIALISED"]), ColdWarm::Unknown);
    }

    #[test]
    fn labels_go_before_what_is_known_of_the_invocations() {
        let warm = of_labels(["WARM"].into_iter());
        assert_eq!(warm.or(true, false), warm);
        let nothing = StartClass::default();
        assert_eq!(nothing.or(false, false), nothing);
        let cold = nothing.or(true, false);
        assert_eq!((cold.class, cold.source), (ColdWarm::Cold, ClassSource::Environment));
        assert_eq!(nothing.or(true, true).class, ColdWarm::Partial);
    }
}
