//! A run: one prepare..cleanup cycle of one benchmark, cloud, region and repetition.

use serde::{Deserialize, Serialize};

/// What is known of the run that an input belongs to. Logs collected elsewhere have none:
/// they share one run whose `id` is empty, the *scope* of the call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// `<benchmark>-<UTC second>-<4 hex>`; empty for logs collected elsewhere.
    pub id: String,
    /// The benchmark's name.
    #[serde(default)]
    pub benchmark: String,
    /// The provider, for instance `aws`.
    #[serde(default)]
    pub provider: String,
    /// The provider's region.
    #[serde(default)]
    pub region: String,
    /// User tags, which become `tag_*` columns: name without the prefix, value.
    #[serde(default)]
    pub tags: Vec<(String, String)>,
}

/// Names of all tags that any run has, sorted.
pub(crate) fn tag_names(runs: &[Run]) -> Vec<String> {
    let mut tags: Vec<String> =
        runs.iter().flat_map(|run| run.tags.iter().map(|(key, _)| key.clone())).collect();
    tags.sort();
    tags.dedup();
    tags
}
