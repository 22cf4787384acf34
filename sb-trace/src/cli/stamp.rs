//! `sb-trace stamp`: a statement for now.

use super::stamp_emit::Language;
use super::{print, usage};
use crate::error::{Error, Result};
use crate::statement::{EpochUnit, is_label, parse, stamp};
use clap::Args;

/// Print a trace statement for now, with milliseconds on every platform
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sb-trace stamp PRE_INVOKED
  sb-trace stamp PRE_INVOKED --trace-id 4f2a91
  sb-trace stamp --emit python        a file for an app to keep, which prints statements")]
pub(super) struct StampArgs {
    /// The label: letters, digits and _, parted by . : / or -
    #[arg(required_unless_present = "emit")]
    label: Option<String>,
    /// Id of the invocation: letters, digits and . _ : / + = -
    #[arg(long, value_name = "ID")]
    trace_id: Option<String>,
    /// Write a small file to this folder that does the same from within an app
    #[arg(long, value_name = "LANGUAGE", conflicts_with_all = ["label", "trace_id"])]
    emit: Option<Language>,
}

impl StampArgs {
    pub(super) fn run(&self) -> Result<()> {
        if let Some(language) = self.emit {
            let path = language.emit().map_err(|(path, what)| Error::Write { path, what })?;
            return print::data(|out| writeln!(out, "{}", path.display()));
        }
        let label = self.label.as_deref().unwrap_or_default();
        if !is_label(label) {
            return Err(usage(format!(
                "'{label}' is not a label: expected letters, digits and _, beginning with a letter or _, parted by . : / or -"
            )));
        }
        let text = stamp(label, self.trace_id.as_deref(), &chrono::Local::now());
        // What is printed must be read back as it is: that also judges the id.
        let whole = parse(text.as_bytes(), EpochUnit::Ms).is_ok_and(|(rest, _)| rest.is_empty());
        if !whole {
            return Err(usage(format!(
                "'{}' is not an id: expected 1 to 128 letters, digits and . _ : / + = -",
                self.trace_id.as_deref().unwrap_or_default()
            )));
        }
        print::data(|out| writeln!(out, "{text}"))
    }
}
