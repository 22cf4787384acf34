//! The messages between the driver and the shim: one JSON object per line.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What the driver sends first.
#[derive(Debug, Serialize)]
pub struct Begin<'a> {
    /// The shim's source.
    pub shim: &'a str,
    /// The source of the module `sb`.
    pub instrument: &'a str,
    /// The benchmark file.
    pub file: &'a str,
    /// The function to run.
    pub hook: &'a str,
}

/// What the driver sends once it knows the file: run the hook, or do not.
#[derive(Debug, Serialize)]
pub struct Go<'a> {
    /// False: end without running anything.
    pub go: bool,
    /// The benchmark's name.
    pub name: &'a str,
    /// Its values.
    pub values: &'a Map<String, Value>,
    /// Where it runs.
    pub host: Option<&'a HostInfo>,
}

/// What a hook may ask about its surroundings.
#[derive(Debug, Clone, Serialize)]
pub struct HostInfo {
    /// The benchmark's folder on the machine of sb-run.
    pub host_path: String,
    /// `Linux`, `Darwin`
    pub host_system: &'static str,
    /// `uid:gid`, on Linux.
    pub host_user_group: Option<String>,
    /// Short names of images.
    pub images: BTreeMap<&'static str, &'static str>,
    /// Volumes with credentials.
    pub secrets: Vec<String>,
    /// The hooks' calls so far: `time,name,type`.
    pub events: Vec<String>,
    /// The file that `$SB_SPEC` names, as the hook sees it.
    pub spec_file: String,
}

/// Asks the shim to end its process group.
#[derive(Debug, Serialize)]
pub struct Stop {
    /// Always true.
    pub stop: bool,
}

/// What the shim found in the benchmark file.
#[derive(Debug, Clone, Deserialize)]
pub struct Loaded {
    /// `3.11.7`
    pub python: String,
    /// `BENCHMARK_CONFIG`, if it is text.
    pub config: Option<String>,
    /// Its Python type, if it exists.
    pub config_type: Option<String>,
    /// The line where it begins.
    pub config_line: Option<usize>,
    /// The hooks that exist, and why they cannot be called, if so.
    pub hooks: BTreeMap<String, Option<String>>,
}

/// An exception.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Raised {
    /// `ValueError`
    #[serde(rename = "type")]
    pub kind: String,
    /// Its text.
    pub message: String,
    /// The file to look at.
    pub file: String,
    /// The line to look at.
    pub line: Option<u64>,
    /// The module that could not be found.
    #[serde(default, skip_serializing)]
    pub missing_module: Option<String>,
    /// All of it, without the shim's own frames.
    #[serde(skip_serializing)]
    pub traceback: String,
}

impl Raised {
    /// `file:line`
    pub fn place(&self) -> String {
        match self.line {
            Some(line) => format!("{}:{line}", self.file),
            None => self.file.clone(),
        }
    }

    /// `ValueError: text`, on one line.
    pub fn words(&self) -> String {
        let message = self.message.trim().replace('\n', " ");
        match (self.kind.as_str(), message.as_str()) {
            // `spec.run` and the driver speak for themselves.
            ("SystemExit", code) => format!("sys.exit({code})"),
            (kind, "") => kind.to_string(),
            (kind, message) => format!("{kind}: {message}"),
        }
    }
}

/// How a hook says that it is done.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum End {
    /// The function returned.
    Returned,
    /// It raised.
    Raised {
        /// What.
        error: Raised,
    },
    /// The driver asked it to end.
    Stopped,
}

/// A command that a hook asks for.
#[derive(Debug, Clone, Deserialize)]
pub struct Run {
    /// The command line.
    pub cmd: String,
    /// The container image asked for.
    pub image: Option<String>,
    /// The shell asked for.
    pub shell: String,
    /// Whether a failing command is an error; `None`: as the hook's default has it.
    pub check: Option<bool>,
    /// The file of k6's metrics, if this is k6.
    #[serde(default)]
    pub k6: Option<String>,
}

/// What the shim sends.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Request {
    /// The interpreter is too old.
    OldPython {
        /// Its version.
        version: String,
    },
    /// The file was executed.
    Loaded(Loaded),
    /// Executing the file failed.
    LoadFailed {
        /// Why.
        error: Raised,
    },
    /// `spec[key] = value`
    Set {
        /// To answer.
        id: u64,
        /// Which.
        key: String,
        /// What.
        value: Value,
        /// How far the file of `$SB_SPEC` has been read, if it comes from there.
        #[serde(default)]
        upto: Option<u64>,
    },
    /// `spec.pop(key)`
    Remove {
        /// To answer.
        id: u64,
        /// Which.
        key: String,
    },
    /// `spec.run(cmd)` or `spec.run_k6(...)`
    Run {
        /// To answer.
        id: u64,
        /// What.
        #[serde(flatten)]
        run: Run,
    },
    /// `spec.build(tag)`
    Build {
        /// To answer.
        id: u64,
        /// The image's name.
        tag: String,
        /// The Dockerfile.
        file: String,
    },
    /// `spec.workload_options()`
    Workload {
        /// To answer.
        id: u64,
    },
    /// The hook is done.
    End {
        /// To answer.
        id: u64,
        /// How.
        #[serde(flatten)]
        end: End,
        /// The keys it read.
        reads: Vec<String>,
    },
}

/// What the driver answers.
#[derive(Debug, Default, Serialize)]
pub struct Answer {
    /// The request's.
    pub id: u64,
    /// The request could not be met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// A command's result.
    #[serde(flatten)]
    pub command: Option<CommandAnswer>,
    /// A text that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A part of what a command printed; all of them come before its answer.
#[derive(Debug, Serialize)]
pub struct Part {
    /// The request's.
    pub id: u64,
    /// Bytes, in base64.
    pub part: String,
}

/// What `spec.run` gets back.
#[derive(Debug, Serialize)]
pub struct CommandAnswer {
    /// The exit code; 128 + n after signal n.
    pub code: i32,
    /// The exception to raise.
    pub failed: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_shim_writes() {
        let text = r#"{"op":"end","id":7,"outcome":"raised","error":{"type":"ValueError","message":"a\nb","file":"x.py","line":3,"missing_module":null,"traceback":"t"},"reads":["a"]}"#;
        let Request::End { id, end: End::Raised { error }, reads } =
            serde_json::from_str(text).unwrap()
        else {
            panic!("not an end");
        };
        assert_eq!((id, reads.as_slice()), (7, ["a".to_string()].as_slice()));
        assert_eq!((error.place().as_str(), error.words().as_str()), ("x.py:3", "ValueError: a b"));
    }

    #[test]
    fn answers_are_flat() {
        let command = CommandAnswer { code: 0, failed: None };
        let answer = Answer { id: 1, command: Some(command), ..Answer::default() };
        assert_eq!(serde_json::to_string(&answer).unwrap(), r#"{"id":1,"code":0,"failed":null}"#);
    }
}
