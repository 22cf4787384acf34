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
            Self::InsideInput { .. } => Some("choose another folder with -o".to_owned()),
            _ => None,
        }
    }

    /// The exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Trace(error) => error.exit_code(),
            _ => 2,
        }
    }
}
