//! Which pairs are measured, and how a pair is written.

/// What the user asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PairChoice {
    /// Each label to the next in the trace, and first to last as `total`.
    #[default]
    Consecutive,
    /// The pairs named.
    Named(Vec<PairSpec>),
    /// Every label to every label that comes after it.
    All,
}

impl PairChoice {
    /// The pairs that are named.
    pub fn named(&self) -> impl Iterator<Item = &PairSpec> {
        match self {
            Self::Named(pairs) => pairs.as_slice(),
            Self::Consecutive | Self::All => &[],
        }
        .iter()
    }
}

/// A pair as the user wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PairSpec {
    /// The FROM label.
    pub from: String,
    /// The TO label.
    pub to: String,
}

/// Reads `A->B` or `A->B,C->D`.
pub fn parse_pairs(text: &str) -> Result<Vec<PairSpec>, String> {
    text.split(',')
        .map(|part| {
            let Some((from, to)) = part.split_once("->").or_else(|| part.split_once('→')) else {
                return Err(format!(
                    "'{}' is not a pair: write FROM->TO, in quotes, for instance 'A->B'",
                    part.trim()
                ));
            };
            let (from, to) = (from.trim(), to.trim());
            for label in [from, to] {
                if !crate::statement::is_label(label) {
                    return Err(format!("'{label}' in '{}' is not a label", part.trim()));
                }
            }
            Ok(PairSpec { from: from.to_owned(), to: to.to_owned() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_or_refused() {
        let pair = |from: &str, to: &str| PairSpec { from: from.into(), to: to.into() };
        assert_eq!(parse_pairs("A->B"), Ok(vec![pair("A", "B")]));
        assert_eq!(parse_pairs("A -> B, B->C"), Ok(vec![pair("A", "B"), pair("B", "C")]));
        assert!(parse_pairs("A-B").unwrap_err().contains("not a pair"));
        assert!(parse_pairs("A->").unwrap_err().contains("not a label"));
        assert!(parse_pairs("A->B,,").is_err());
    }
}
