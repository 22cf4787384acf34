//! `sb-trace formats`: the formats.

use super::print;
use crate::error::{Error, Result};
use crate::format::ALL;
use clap::Args;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// List the forms of log that are recognised: name, family, example, id and source
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sb-trace formats
  sb-trace formats --json | jq -r '.[].name'
  sb-trace stats log.txt --format docker-compose      take the log for this
  sb-trace stats log.txt --format cloudwatch          for one of this family")]
pub(super) struct FormatsArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl FormatsArgs {
    pub(super) fn run(&self) -> Result<()> {
        let text = if self.json { json()? } else { list() };
        print::data(|out| out.write_all(text.as_bytes()))
    }
}

fn json() -> Result<String> {
    let one = |c: &&crate::format::Format| json!({"name": c.name, "family": c.family, "example": c.example, "id": c.id, "source": c.source});
    let all: Value = ALL.iter().map(one).collect();
    let text = serde_json::to_string_pretty(&all).map_err(|e| Error::Stdout(e.into()))?;
    Ok(text + "\n")
}

fn list() -> String {
    let mut text = String::new();
    let mut formats = ALL.to_vec();
    formats.sort_by_key(|c| (c.family, c.name));
    let mut family = "";
    for format in formats {
        if format.family != family {
            family = format.family;
            let _ = writeln!(text, "{family}");
        }
        let _ = writeln!(text, "  {}", format.name);
        let _ = writeln!(text, "    example  {}", format.example);
        let _ = writeln!(text, "    id       {}", format.id);
        let _ = writeln!(text, "    source   {}", format.source);
    }
    text
}
