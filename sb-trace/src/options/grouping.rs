//! Which events belong to one invocation (`--by`).

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
                Some(label) => Err(format!("'{label}' is not a label")),
                None => Err(format!("'{text}' is not one of auto, id, source, file, label=NAME")),
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
