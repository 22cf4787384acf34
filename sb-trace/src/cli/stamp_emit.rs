//! `sb-trace stamp --emit python`: a small file for an app to keep, which prints statements.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

/// A language and its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Language {
    /// trace.py
    Python,
    /// trace.js
    Node,
    /// trace.sh
    Bash,
    /// trace.go
    Go,
    /// Trace.java
    Java,
}

impl Language {
    /// The file's name and text.
    fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::Python => ("trace.py", include_str!("../../../instrument/trace.py")),
            Self::Node => ("trace.js", include_str!("../../../instrument/trace.js")),
            Self::Bash => ("trace.sh", include_str!("../../../instrument/trace.sh")),
            Self::Go => ("trace.go", include_str!("../../../instrument/trace.go")),
            Self::Java => ("Trace.java", include_str!("../../../instrument/Trace.java")),
        }
    }

    /// Writes the file to the current folder; another file of that name is left alone.
    pub(super) fn emit(self) -> Result<PathBuf, (PathBuf, String)> {
        let (name, text) = self.file();
        let path = PathBuf::from(name);
        if std::fs::read_to_string(&path).is_ok_and(|there| there == text) {
            return Ok(path);
        }
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        match file.and_then(|mut file| file.write_all(text.as_bytes())) {
            Ok(()) => Ok(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Err((path, "there is another file of that name; move it away first".into()))
            }
            Err(error) => Err((path, error.to_string())),
        }
    }
}
