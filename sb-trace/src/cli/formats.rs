//! `sb-trace formats`: the carriers.

use super::print;
use crate::carrier::ALL;
use crate::error::{Error, Result};
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
pub(super) struct Formats {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Formats {
    pub(super) fn run(&self) -> Result<()> {
        let text = if self.json { json()? } else { list() };
        print::data(|out| out.write_all(text.as_bytes()))
    }
}

fn json() -> Result<String> {
    let one = |c: &&crate::carrier::Carrier| json!({"name": c.name, "family": c.family, "example": c.example, "id": c.id, "source": c.source});
    let all: Value = ALL.iter().map(one).collect();
    let text = serde_json::to_string_pretty(&all).map_err(|e| Error::Stdout(e.into()))?;
    Ok(text + "\n")
}

fn list() -> String {
    let mut text = String::new();
    let mut carriers = ALL.to_vec();
    carriers.sort_by_key(|c| (c.family, c.name));
    let mut family = "";
    for carrier in carriers {
        if carrier.family != family {
            family = carrier.family;
            let _ = writeln!(text, "{family}");
        }
        let _ = writeln!(text, "  {}", carrier.name);
        let _ = writeln!(text, "    example  {}", carrier.example);
        let _ = writeln!(text, "    id       {}", carrier.id);
        let _ = writeln!(text, "    source   {}", carrier.source);
    }
    text
}
