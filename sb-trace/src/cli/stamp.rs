//! `sb-trace stamp`: a statement for now.

use super::{print, usage};
use crate::error::Result;
use crate::statement::{EpochUnit, is_label, parse, stamp};
use clap::Args;

/// Print a trace statement for now, with milliseconds on every platform
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sb-trace stamp PRE_INVOKED
  sb-trace stamp PRE_INVOKED --trace-id 4f2a91")]
pub(super) struct Stamp {
    /// The label: letters, digits and _, parted by . : / or -
    label: String,
    /// Id of the invocation: letters, digits and . _ : / + = -
    #[arg(long, value_name = "ID")]
    trace_id: Option<String>,
}

impl Stamp {
    pub(super) fn run(&self) -> Result<()> {
        if !is_label(&self.label) {
            return Err(usage(format!(
                "'{}' is no label: expected letters, digits and _, beginning with a letter or _, parted by . : / or -",
                self.label
            )));
        }
        let text = stamp(&self.label, self.trace_id.as_deref(), &chrono::Local::now());
        // What is printed must be read back as it is: that also judges the id.
        let whole = parse(text.as_bytes(), EpochUnit::Ms).is_ok_and(|(rest, _)| rest.is_empty());
        if !whole {
            return Err(usage(format!(
                "'{}' is no id: expected 1 to 128 letters, digits and . _ : / + = -",
                self.trace_id.as_deref().unwrap_or_default()
            )));
        }
        print::data(|out| writeln!(out, "{text}"))
    }
}
