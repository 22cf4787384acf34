//! What can go wrong, as data: the sentence is written once, here, and the advice apart from it.

use std::path::PathBuf;

/// The result of this library.
pub type Result<T> = std::result::Result<T, Error>;

/// An error that ends the program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A LOG that cannot be read.
    #[error("{}: {}", path.display(), reason(source))]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A pattern that matches no file.
    #[error("{pattern}: no file matches")]
    NoMatch {
        /// The pattern as it was typed.
        pattern: String,
    },
    /// A pattern that is none.
    #[error("{pattern}: {what}")]
    BadPattern {
        /// The pattern as it was typed.
        pattern: String,
        /// What is wrong with it.
        what: String,
    },
    /// No input has the format that the user named.
    #[error("--format {name}: nothing in the input has this form")]
    NoMatchForFormat {
        /// The name.
        name: String,
    },
    /// Statements, but in no line that the user's pattern matches.
    #[error("--pattern: no line with a statement matches it")]
    NoMatchForPattern,
    /// No statement in the whole input.
    #[error("no trace statement in {what}")]
    NoStatement {
        /// What was read: `app.log`, `3 files`.
        what: String,
        /// What was found instead, a line each.
        details: Vec<String>,
    },
    /// An output that cannot be written.
    #[error("{}: {what}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        what: String,
    },
    /// A table that cannot be read back.
    #[error("{}: {what}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// What was found, and what was expected.
        what: String,
    },
    /// Wrong use that the argument parser cannot see.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
    },
    /// A limit that the user set is broken.
    #[error("{message}")]
    Limit {
        /// Which limit, and by how much.
        message: String,
    },
    /// Standard output was closed by its reader: a normal end.
    #[error("standard output was closed")]
    Closed,
    /// Standard output cannot be written.
    #[error("standard output: {}", reason(.0))]
    Stdout(std::io::Error),
}

impl Error {
    /// A LOG that cannot be read.
    pub fn read(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Read { path: path.into(), source }
    }

    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Read { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                Some("name a log file, a folder, a pattern in quotes, or - for standard input".to_owned())
            }
            Self::NoMatch { .. } => Some("quote the pattern, or name a folder to read all files in it".to_owned()),
            Self::NoMatchForFormat { .. } => Some(
                "leave --format out, and what the input is taken for is said; sb-trace formats shows what each looks like"
                    .to_owned(),
            ),
            Self::NoMatchForPattern => Some(
                "it is held against each line without colours; leave it out, and what the input is taken for is said"
                    .to_owned(),
            ),
            Self::NoStatement { .. } => Some(
                "a statement looks like 1600776870140+0000|PRE_INVOKED; print one with: sb-trace stamp PRE_INVOKED"
                    .to_owned(),
            ),
            _ => None,
        }
    }

    /// The exit code: 0 a normal end, 1 a limit of the user's is broken, 2 everything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::Limit { .. } => 1,
            _ => 2,
        }
    }
}

/// What the system said, in words and without its error number.
pub fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::StorageFull => "no space left on the device".to_owned(),
        std::io::ErrorKind::IsADirectory => "is a folder".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or_default().to_lowercase()
        }
    }
}
