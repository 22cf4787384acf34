//! Outputs: every name in one list. All are written aside, and only when all are whole do they take
//! the place of the earlier ones: a reader never finds half a report, nor two halves of two.

use crate::chart::Charts;
use crate::error::{Error, Result};
use crate::figure::Figure;
use crate::load::{self, Loaded, Source, whole};
use crate::model::Report;
use crate::{page, render};
use rayon::prelude::*;
use sb_trace::Tables;
use sb_trace::tables;
use sb_trace::{Options, Progress};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The names of all outputs but the pictures, which are `charts/<name>.svg` and `.png`.
const PAGE: &str = "report.html";
const SUMMARY_MD: &str = "summary.md";
const SUMMARY_JSON: &str = "summary.json";
const EVENTS: &str = "events.parquet";
const LATENCIES: &str = "latencies.parquet";
const CHARTS: &str = "charts";
/// How the folder of what is not whole yet begins, and the file that tells it from other people's.
const ASIDE: &str = ".sb-report-";
const MARK: &str = ".unfinished";

/// Reads the source, makes the report of it and writes everything into `folder`: the tables of logs
/// while they are read, those of tables while the report is made. Returns what was loaded, the report
/// and what was written, in order.
pub fn publish(
    (source, options, progress): (&Source, &Options, &dyn Progress),
    folder: &Path,
    report: impl FnOnce(&Loaded) -> Result<Report> + Send,
) -> Result<(Loaded, Report, Vec<PathBuf>)> {
    let mut names = vec![LATENCIES.to_owned()];
    names.extend((!source.is_tables).then(|| EVENTS.to_owned()));
    names.extend([PAGE, SUMMARY_MD, SUMMARY_JSON].map(str::to_owned));
    let target = Target::open(folder)?;
    target.check(&names, &source.files)?;
    let aside = target.aside()?;
    let (latencies, events) = (aside.path().join(LATENCIES), aside.path().join(EVENTS));
    let tables = Tables { latencies: &latencies, events: &events };
    let loaded = source.load(options, progress, Some(tables))?;
    let (sha256, made) = rayon::join(
        || {
            match (&loaded, source.files.as_slice()) {
                // One table is kept as it is, with all its columns.
                (Loaded::Tables(..), [one]) => {
                    let mut from = File::open(one).map_err(failed(one))?;
                    let mut to = File::create(&latencies).map_err(failed(&latencies))?;
                    std::io::copy(&mut from, &mut to).map_err(failed(&latencies))?;
                }
                (Loaded::Tables(table, _), _) => {
                    let metadata = tables::metadata(&[], options);
                    tables::rewrite_latencies(table, &latencies, &metadata)?;
                }
                (Loaded::Logs(..), _) => {}
            }
            sha256(&latencies)
        },
        || {
            let report = report(&loaded)?;
            let charts = Charts::of(&report);
            Ok::<_, Error>((report, charts))
        },
    );
    let (report, charts) = made?;
    let figures = charts.all();
    let picture = |figure: &Figure, end: &str| format!("{CHARTS}/{}.{end}", figure.name);
    names.extend(figures.iter().flat_map(|f| [picture(f, "svg"), picture(f, "png")]));

    target.check(&names, &source.files)?;
    let sha256 = sha256?;
    let write = |name: &str, bytes: &[u8]| {
        let path = aside.path().join(name);
        fs::write(&path, bytes).map_err(failed(&path))
    };
    figures.par_iter().try_for_each(|figure| {
        let svg = render::svg(figure, render::Place::File)?;
        write(&picture(figure, "svg"), svg.as_bytes())?;
        write(&picture(figure, "png"), &render::png(figure)?)
    })?;
    let beside = page::Beside { sha256: &sha256, events: !source.is_tables };
    write(PAGE, page::html(&report, &charts, &beside)?.as_bytes())?;
    write(SUMMARY_MD, page::markdown(&report).as_bytes())?;
    write(SUMMARY_JSON, page::json(&report, &beside).as_bytes())?;
    let old = target.left_over(&names);
    target.exchange(aside.path(), &names, &old)?;
    let written = names.iter().map(|name| folder.join(name)).collect();
    drop(figures);
    Ok((loaded, report, written))
}

/// The SHA-256 of a file, in hexadecimal digits.
fn sha256(path: &Path) -> Result<String> {
    let mut file = File::open(path).map_err(failed(path))?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).map_err(failed(path))?;
        if read == 0 {
            break;
        }
        digest.update(buffer.get(..read).unwrap_or_default());
    }
    Ok(digest.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |error| Error::Write { path: path.clone(), what: sb_trace::reason(&error) }
}

/// The folder of the outputs, held so that two reports do not write into it at the same time.
struct Target<'a> {
    folder: &'a Path,
    /// Folders that were made for this report; they go if it fails.
    made: Vec<PathBuf>,
    done: std::cell::Cell<bool>,
    /// Locked as long as it is open.
    lock: Option<File>,
}

impl<'a> Target<'a> {
    fn open(folder: &'a Path) -> Result<Self> {
        let charts = folder.join(CHARTS);
        let missing = charts
            .ancestors()
            .take_while(|path| !path.as_os_str().is_empty() && fs::symlink_metadata(path).is_err());
        let made = missing.map(Path::to_owned).collect();
        fs::create_dir_all(folder).map_err(failed(folder))?;
        // A second report waits for the first. Where a folder cannot be locked, both write whole
        // files, and the later one stays.
        let lock = File::open(folder).ok().filter(|file| file.lock().is_ok());
        let target = Self { folder, made, done: std::cell::Cell::new(false), lock };
        target.clear();
        fs::create_dir_all(&charts).map_err(failed(&charts))?;
        Ok(target)
    }

    /// Takes away what a report that was killed has left, if no other report can be at work.
    fn clear(&self) {
        if self.lock.is_none() {
            return;
        }
        for entry in fs::read_dir(self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if name.to_string_lossy().starts_with(ASIDE) && entry.path().join(MARK).is_file() {
                // What stays is in nobody's way.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }

    /// Whether everything in the way may go: earlier reports may, other people's files may not,
    /// nor may what this report was made of.
    fn check(&self, names: &[String], read: &[PathBuf]) -> Result<()> {
        let read: Vec<PathBuf> = read.iter().map(|path| whole(path)).collect();
        for name in names {
            let path = self.folder.join(name);
            if read.contains(&whole(&path)) {
                return Err(Error::IsInput { path });
            }
            let there = fs::symlink_metadata(&path);
            if there.is_ok_and(|meta| meta.is_dir()) || (path.exists() && !load::is_ours(&path)) {
                return Err(Error::Foreign { path });
            }
        }
        Ok(())
    }

    /// A folder beside the outputs, on the same disk, for what is not whole yet.
    fn aside(&self) -> Result<tempfile::TempDir> {
        let aside = tempfile::Builder::new()
            .prefix(ASIDE)
            .tempdir_in(self.folder)
            .map_err(failed(self.folder))?;
        let charts = aside.path().join(CHARTS);
        fs::create_dir(&charts).map_err(failed(&charts))?;
        let mark = aside.path().join(MARK);
        fs::write(&mark, b"sb-report\n").map_err(failed(&mark))?;
        Ok(aside)
    }

    /// Outputs of an earlier report that this one does not have. Only files that we wrote.
    fn left_over(&self, names: &[String]) -> Vec<String> {
        let mut old = Vec::new();
        let charts = fs::read_dir(self.folder.join(CHARTS)).into_iter().flatten().flatten();
        for entry in charts {
            old.push(format!("{CHARTS}/{}", entry.file_name().to_string_lossy()));
        }
        old.push(EVENTS.to_owned());
        old.retain(|name| !names.contains(name) && load::is_ours(&self.folder.join(name)));
        old.sort();
        old
    }

    /// Puts the new files in the place of the old ones; all of them, or none.
    fn exchange(&self, aside: &Path, names: &[String], old: &[String]) -> Result<()> {
        let kept = aside.join("old");
        fs::create_dir_all(kept.join(CHARTS)).map_err(failed(&kept))?;
        let mut moved: Vec<(PathBuf, PathBuf)> = Vec::new();
        let outcome = names.iter().chain(old).try_for_each(|name| {
            let (place, new) = (self.folder.join(name), aside.join(name));
            if fs::symlink_metadata(&place).is_ok() {
                let away = kept.join(name);
                // A second name for the old file, so that there is never none; else it is moved.
                if !names.contains(name) || fs::hard_link(&place, &away).is_err() {
                    fs::rename(&place, &away).map_err(failed(&place))?;
                }
                moved.push((place.clone(), away));
            }
            if names.contains(name) {
                fs::rename(&new, &place).map_err(failed(&place))?;
                moved.push((new, place));
            }
            Ok(())
        });
        if outcome.is_err() {
            for (from, to) in moved.iter().rev() {
                // What cannot be moved back either is still whole, in one place or the other.
                let _ = fs::rename(to, from);
            }
        } else {
            self.done.set(true);
        }
        outcome
    }
}

impl Drop for Target<'_> {
    fn drop(&mut self) {
        if !self.done.get() {
            // Deepest first; a folder that holds anything stays.
            for folder in &self.made {
                let _ = fs::remove_dir(folder);
            }
        }
    }
}
