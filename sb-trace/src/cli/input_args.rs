//! What to read.

use crate::error::Result;
use crate::read::{Input, expand};
use crate::statement::EpochUnit;
use clap::{Args, ValueEnum};

/// The LOG arguments and how to read them.
#[derive(Debug, Clone, Args)]
pub struct InputArgs {
    /// A log file, a folder, a pattern in quotes, or - for standard input; gzip and zstd are opened as they are
    #[arg(value_name = "LOG", required = true)]
    pub logs: Vec<String>,

    /// What the epochs count: seconds, milli-, micro- or nanoseconds (10, 13, 16 or 19 digits)
    #[arg(
        long,
        value_name = "UNIT",
        default_value = "ms",
        help_heading = "Input"
    )]
    pub epoch_unit: Unit,
}

/// See [`EpochUnit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Unit {
    /// 10 digits
    S,
    /// 13 digits
    Ms,
    /// 16 digits
    Us,
    /// 19 digits
    Ns,
}

impl InputArgs {
    /// The inputs, in a fixed order.
    pub fn inputs(&self) -> Result<Vec<Input>> {
        expand(&self.logs)
    }

    /// What the epochs count.
    pub fn epoch_unit(&self) -> EpochUnit {
        match self.epoch_unit {
            Unit::S => EpochUnit::S,
            Unit::Ms => EpochUnit::Ms,
            Unit::Us => EpochUnit::Us,
            Unit::Ns => EpochUnit::Ns,
        }
    }
}
