//! `.sb/config.yml` beside the benchmark file: the values of open runs, for people to read and
//! edit, and under `sb` which run is open and where its folder is.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::atomic;
use crate::benchmark::yaml;
use crate::error::Error;

/// Where the open run of a benchmark is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRun {
    /// Its id.
    pub run_id: String,
    /// Its folder, absolute.
    pub folder: PathBuf,
    /// The benchmark file's name.
    pub file: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct ConfigDocument {
    #[serde(default)]
    sb: ConfigHost,
    #[serde(flatten)]
    sections: Map<String, Value>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct ConfigHost {
    #[serde(default, rename = "host_path")]
    path: PathBuf,
    #[serde(default, rename = "host_system")]
    system: String,
    #[serde(default)]
    runs: Map<String, Value>,
}

/// The state file of one benchmark folder.
#[derive(Debug)]
pub struct ConfigFile {
    path: PathBuf,
    document: ConfigDocument,
}

/// The folder of the state, beside the benchmark file.
pub fn state_folder(benchmark_folder: &Path) -> PathBuf {
    benchmark_folder.join(".sb")
}

impl ConfigFile {
    /// Reads the file; one that does not exist is empty.
    pub fn read(benchmark_folder: &Path) -> Result<Self, Error> {
        let path = state_folder(benchmark_folder).join("config.yml");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(Error::io("read", path)(error)),
        };
        let mut document =
            if text.trim().is_empty() { ConfigDocument::default() } else { parse(&path, &text)? };
        document.sb.path = benchmark_folder.into();
        document.sb.system = host_system().into();
        Ok(Self { path, document })
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The open run of this benchmark.
    pub fn open_run(&self, benchmark: &str) -> Option<OpenRun> {
        let entry = self.document.sb.runs.get(benchmark)?;
        serde_json::from_value(entry.clone()).ok()
    }

    /// All open runs with their benchmarks.
    pub fn open_runs(&self) -> Vec<(String, OpenRun)> {
        let names = self.document.sb.runs.keys();
        names.filter_map(|name| Some((name.clone(), self.open_run(name)?))).collect()
    }

    /// The persisted values of this benchmark.
    pub fn values(&self, benchmark: &str) -> Option<&Map<String, Value>> {
        self.document.sections.get(benchmark)?.as_object()
    }

    /// Writes the run and its values.
    pub fn save(
        &mut self,
        benchmark: &str,
        run: &OpenRun,
        values: &Map<String, Value>,
    ) -> Result<(), Error> {
        let entry = serde_json::to_value(run).unwrap_or_default();
        self.document.sb.runs.insert(benchmark.into(), entry);
        self.document.sections.insert(benchmark.into(), Value::Object(values.clone()));
        self.write()
    }

    /// Forgets the run; the file goes with the last one.
    pub fn forget(&mut self, benchmark: &str) -> Result<(), Error> {
        self.document.sb.runs.shift_remove(benchmark);
        self.document.sections.shift_remove(benchmark);
        if !self.document.sb.runs.is_empty() || !self.document.sections.is_empty() {
            return self.write();
        }
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io("remove", &self.path)(error))
            }
            _ => Ok(()),
        }
    }

    fn write(&self) -> Result<(), Error> {
        let text = yaml::to_text(&self.document).map_err(|error| Error::State {
            place: self.path.display().to_string(),
            problem: error.problem,
        })?;
        // Owner only: it holds the values as they are, secrets included.
        atomic::write(&self.path, text.as_bytes(), 0o600)
    }
}

fn parse(path: &Path, text: &str) -> Result<ConfigDocument, Error> {
    let place = |line: Option<usize>| match line {
        Some(line) => format!("{}:{line}", path.display()),
        None => path.display().to_string(),
    };
    let tree = yaml::parse(text)
        .map_err(|error| Error::State { place: place(error.line), problem: error.problem })?;
    serde_json::from_value(tree)
        .map_err(|error| Error::State { place: place(None), problem: error.to_string() })
}

/// The system as Python names it.
pub fn host_system() -> &'static str {
    match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "Darwin",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use serde_json::json;

    use super::*;

    #[test]
    fn two_benchmarks_share_a_file_and_the_last_one_removes_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(state_folder(folder.path())).unwrap();
        let run = |id: &str| OpenRun {
            run_id: id.into(),
            folder: "/x".into(),
            file: "x_benchmark.py".into(),
        };
        let Value::Object(values) = json!({"a": "yes", "n": [1, {"k": null}]}) else {
            unreachable!()
        };
        let mut file = ConfigFile::read(folder.path()).unwrap();
        file.save("one", &run("1"), &values).unwrap();
        file.save("two", &run("2"), &values).unwrap();

        let mode = std::fs::metadata(file.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let mut again = ConfigFile::read(folder.path()).unwrap();
        assert_eq!(again.open_run("one"), Some(run("1")));
        assert_eq!(again.values("two"), Some(&values));
        again.forget("one").unwrap();
        assert_eq!(
            ConfigFile::read(folder.path()).unwrap().open_runs(),
            [("two".into(), run("2"))]
        );
        again.forget("two").unwrap();
        assert!(!again.path().exists());
    }

    #[test]
    fn a_damaged_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(state_folder(folder.path())).unwrap();
        std::fs::write(state_folder(folder.path()).join("config.yml"), "a: 1\nb: [\n").unwrap();
        let error = ConfigFile::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("config.yml:"), "{error}");
    }
}
