//! Errors as data: what happened and where. The sentence is written once, in `Display`; what to
//! do about it is [`Error::hint`]; one match gives the exit code.

use std::io;
use std::path::PathBuf;

use crate::benchmark::{Hook, shown};

/// Why sb-run could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No `*_benchmark.py` where one was looked for.
    #[error("no benchmark file: {} holds no {pattern}", folder.display())]
    NoBenchmark {
        /// The folder that was searched.
        folder: PathBuf,
        /// What was looked for.
        pattern: String,
    },
    /// More than one `*_benchmark.py`.
    #[error("{} benchmark files in {}: {}", candidates.len(), folder.display(), candidates.join(", "))]
    SeveralBenchmarks {
        /// The folder that was searched.
        folder: PathBuf,
        /// The names found, sorted.
        candidates: Vec<String>,
    },
    /// `--file` names nothing that can be read.
    #[error("cannot read the benchmark file {}: {reason}", path.display())]
    UnreadableBenchmark {
        /// As given, made absolute.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// `--benchmarks` names something that is not shipped.
    #[error("no shipped benchmark is called '{name}'; there are: {}", known.join(", "))]
    UnknownBenchmark {
        /// As typed.
        name: String,
        /// All names.
        known: Vec<String>,
    },
    /// A shipped benchmark has no variant for this cloud.
    #[error("{name} is not shipped for '{cloud}', only for: {}", clouds.join(", "))]
    NotShippedFor {
        /// The benchmark.
        name: String,
        /// As typed.
        cloud: String,
        /// Those that exist.
        clouds: Vec<String>,
    },
    /// `--cloud` contradicts the benchmark file.
    #[error("--cloud={asked}, but {} says provider: {declared}", file.display())]
    OtherProvider {
        /// The benchmark file.
        file: PathBuf,
        /// `--cloud`.
        asked: String,
        /// What the file declares.
        declared: String,
    },
    /// The interpreter could not be started.
    #[error("cannot start '{program}', which runs the hooks: {}", plain(source))]
    NoPython {
        /// The name or path tried.
        program: String,
        /// Why not.
        source: io::Error,
    },
    /// The interpreter is too old.
    #[error("'{program}' is Python {version}; hooks need 3.8 or newer")]
    OldPython {
        /// The name or path used.
        program: String,
        /// Its version.
        version: String,
    },
    /// The interpreter ended before it said anything.
    #[error("'{program}' ended before it could load the benchmark file ({ended})")]
    BrokenPython {
        /// The name or path used.
        program: String,
        /// How it ended.
        ended: String,
    },
    /// Executing the benchmark file failed.
    #[error("{place}: loading the benchmark file failed: {message}")]
    Load {
        /// `file:line`.
        place: String,
        /// Type and message of the exception.
        message: String,
        /// The module that could not be found, if that is what went wrong.
        missing_module: Option<String>,
    },
    /// The file has no `BENCHMARK_CONFIG`, or something else than text.
    #[error("{place}: {problem}")]
    Config {
        /// `file`, `file:line` or `file:line:column`.
        place: String,
        /// What was found and what was expected.
        problem: String,
    },
    /// Hooks are missing or are no functions.
    #[error("{}: {problem}", file.display())]
    Hooks {
        /// The benchmark file.
        file: PathBuf,
        /// All of them in one sentence.
        problem: String,
        /// The first one that is missing.
        first: Hook,
    },
    /// A value that prepare was to set still is the placeholder.
    #[error("{key} still is DYNAMIC at invoke: prepare must set spec['{key}']")]
    StillDynamic {
        /// The key.
        key: String,
    },
    /// A suite that cannot be understood.
    #[error("{}:{problem}", path.display())]
    Suite {
        /// The file.
        path: PathBuf,
        /// What is wrong, beginning with line and column where they are known.
        problem: String,
    },
    /// A value given by `--set` or asked for by a hook does not fit.
    #[error("{0}")]
    Usage(String),
    /// Containers were asked for and cannot be had.
    #[error("{problem}")]
    Engine {
        /// What is wrong.
        problem: String,
    },
    /// Another sb-run works on the same benchmark.
    #[error("another sb-run ({holder}) is working on this benchmark")]
    Locked {
        /// Who, as the lock file says.
        holder: String,
        /// The lock file.
        path: PathBuf,
    },
    /// The persisted state cannot be understood.
    #[error("{place}: the persisted state cannot be read: {problem}")]
    State {
        /// `file` or `file:line:column`.
        place: String,
        /// What was found.
        problem: String,
    },
    /// A file could not be read or written.
    #[error("cannot {doing} {}: {}", path.display(), plain(source))]
    Io {
        /// A verb: `write`, `create`.
        doing: &'static str,
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The system refused something that is no file.
    #[error("cannot {doing}: {}", plain(source))]
    System {
        /// What was tried.
        doing: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// Ctrl-C or SIGTERM while no hook was running.
    #[error("interrupted")]
    Interrupted {
        /// The signal's number.
        signal: i32,
    },
}

impl Error {
    /// An [`Error::Io`] for `map_err`.
    pub fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { doing, path, source }
    }

    /// An [`Error::System`] for `map_err`.
    pub fn system(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { doing, source }
    }

    /// What the user can do, where that is not plain from the error itself.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoBenchmark { .. } => {
                "go to the benchmark's folder, name one with --file, or run \
                 a shipped one: sb-run test --benchmarks=thumbnail_generator"
                    .into()
            }
            Self::SeveralBenchmarks { candidates, .. } => {
                format!("name one: --file={}", candidates.first()?)
            }
            Self::NoPython { .. } | Self::OldPython { .. } => {
                "install Python 3.8 or newer, or name \
                 an interpreter in SB_PYTHON"
                    .into()
            }
            Self::Load { missing_module: Some(module), .. } => {
                format!(
                    "is '{module}' installed for the python3 that runs the hooks? (python3 -m pip install ...; SB_PYTHON chooses another python3)"
                )
            }
            Self::Engine { .. } => "--local runs hooks and their commands on this machine; \
                 SB_ENGINE names another engine than docker"
                .into(),
            Self::Hooks { first, .. } => format!("add: def {first}(spec): ..."),
            Self::OtherProvider { .. } => "leave --cloud out, or change the file".into(),
            Self::Locked { path, .. } => {
                format!("wait for it, or end it; {} names it", path.display())
            }
            Self::State { .. } => "repair the file, or delete it if no cloud resource depends on \
                 it any more"
                .into(),
            _ => return None,
        })
    }

    /// The file to look at, and its line where it is known.
    pub fn place(&self) -> Option<(String, Option<u64>)> {
        match self {
            Self::Load { place, .. } | Self::Config { place, .. } | Self::State { place, .. } => {
                Some(file_and_line(place))
            }
            Self::Hooks { file: path, .. }
            | Self::OtherProvider { file: path, .. }
            | Self::UnreadableBenchmark { path, .. } => Some((shown(path), None)),
            Self::Suite { path, problem } => {
                let line = problem.split(':').next().and_then(|line| line.parse().ok());
                Some((shown(path), line))
            }
            _ => None,
        }
    }

    /// 2 for wrong use and unreadable input, 128 + signal.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Interrupted { signal } => interrupted(*signal),
            // Nobody used it wrongly: the disk is full, or the like.
            Self::StillDynamic { .. } | Self::System { .. } => 1,
            Self::Io { doing, .. } if *doing != "read" => 1,
            _ => 2,
        }
    }
}

/// `file`, `file:line` or `file:line:column` in parts.
fn file_and_line(place: &str) -> (String, Option<u64>) {
    let mut numbers = Vec::new();
    let mut file = place;
    while let Some((rest, number)) = file.rsplit_once(':')
        && let Ok(number) = number.parse::<u64>()
    {
        numbers.push(number);
        file = rest;
    }
    (shown(std::path::Path::new(file)), numbers.last().copied())
}

/// The exit code after a signal, as shells have it: 130 for Ctrl-C, 143 for SIGTERM.
pub fn interrupted(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}

/// The system's words, without Rust's "(os error 2)".
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_parts() {
        for (place, line) in [("a b.py:3:14", Some(3)), ("a b.py:3", Some(3)), ("a b.py", None)] {
            assert_eq!(file_and_line(place), ("a b.py".to_string(), line));
        }
        let suite = Error::Suite { path: "s.yaml".into(), problem: "2:1: bad".into() };
        assert_eq!(suite.place(), Some(("s.yaml".into(), Some(2))));
    }
}
