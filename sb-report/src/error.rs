//! What can go wrong: errors of sb-trace, and of files and pictures of our own.

use std::path::PathBuf;

/// The result of this library.
pub type Result<T> = std::result::Result<T, Error>;

/// An error that ends the program.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Reading and measuring.
    #[error(transparent)]
    Trace(#[from] sb_trace::Error),
    /// An `out/` folder without runs.
    #[error("{}: there is no run in it", path.display())]
    NoRuns {
        /// The folder.
        path: PathBuf,
    },
    /// An output folder that lies inside the input.
    #[error("{}: lies inside the logs that are read", path.display())]
    InsideInput {
        /// The folder.
        path: PathBuf,
        /// A folder that does not.
        instead: PathBuf,
    },
    /// A limit on a change, and nothing to compare with.
    #[error("--fail-on {limit}: there is no baseline to compare with")]
    NoBaseline {
        /// The limit.
        limit: String,
    },
    /// A limit that names what was not measured.
    #[error("{message}")]
    UnknownLimit {
        /// Which limit, and what it names.
        message: String,
    },
    /// A limit that the data do not decide.
    #[error("{message}")]
    Undecided {
        /// Which limit, and what would decide it.
        message: String,
    },
    /// One run in two places.
    #[error("run {run} is in {} and in {}", first.display(), second.display())]
    RunTwice {
        /// The run.
        run: String,
        /// Its folders.
        first: PathBuf,
        /// See `first`.
        second: PathBuf,
    },
    /// Tables of latencies beside logs.
    #[error("{} is a table of latencies, {} is not: they cannot be one report", table.display(), other.display())]
    Mixed {
        /// The table.
        table: PathBuf,
        /// The other one.
        other: PathBuf,
    },
    /// An output that would overwrite an input.
    #[error("{}: is what the report is made of", path.display())]
    IsInput {
        /// The file.
        path: PathBuf,
    },
    /// A file in the way that somebody else wrote.
    #[error("{}: was not written by sb-report and stays as it is", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// An output that cannot be written.
    #[error("{}: {what}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        what: String,
    },
    /// A picture that cannot be drawn.
    #[error("chart {0}")]
    Chart(#[from] crate::render::RenderError),
    /// A page that cannot be made.
    #[error("page: {0}")]
    Page(String),
}

impl Error {
    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Trace(error) => error.hint(),
            Self::NoRuns { .. } => {
                Some("sb-run leaves its runs in out/runs/; name a folder of logs to report on logs collected elsewhere".to_owned())
            }
            Self::InsideInput { instead, .. } => {
                Some(format!("choose a folder beside them, for instance -o {}", instead.display()))
            }
            Self::NoBaseline { .. } => {
                Some("name one with --baseline, or a limit with a unit: 'p99>200ms'".to_owned())
            }
            Self::Undecided { .. } => {
                Some("the report is written; --undecided pass or --undecided fail decides".to_owned())
            }
            Self::RunTwice { .. } => Some("name one of the two".to_owned()),
            Self::Mixed { .. } => {
                Some("name the logs that the table was made from, or make tables of all logs with: sb-trace latencies LOG -o FILE.parquet".to_owned())
            }
            Self::IsInput { .. } => Some("choose another folder with -o".to_owned()),
            Self::Foreign { .. } => {
                Some("move it away, or choose another folder with -o".to_owned())
            }
            _ => None,
        }
    }

    /// The exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Trace(error) => error.exit_code(),
            Self::Undecided { .. } => 3,
            _ => 2,
        }
    }
}
