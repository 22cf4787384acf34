//! STATE: what a run leaves behind, written so that no crash loses a value.
//!
//! The journal in the run folder is the truth: every change is appended and on disk before the
//! hook goes on. `.sb/config.yml` beside the benchmark file names the open run and shows its values
//! for people to read and edit; `run.yaml` is the outcome for machines. Both are derived.

pub mod atomic;
pub mod config_file;
pub mod handover;
pub mod journal;
pub mod lock;
pub mod record;
pub mod run_folder;
pub mod run_yaml;
pub mod secrets;
pub mod values;
