//! Outputs: every name in one list; each is written aside and renamed when it is whole.

use crate::chart::Charts;
use crate::error::{Error, Result};
use crate::load::Loaded;
use crate::model::Report;
use crate::{page, render};
use rayon::prelude::*;
use sb_trace::{Options, frame};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The names of all outputs but the pictures, which are `charts/<name>.svg` and `.png`.
const PAGE: &str = "report.html";
const SUMMARY_MD: &str = "summary.md";
const SUMMARY_JSON: &str = "summary.json";
const EVENTS: &str = "events.parquet";
const LATENCIES: &str = "latencies.parquet";
const CHARTS: &str = "charts";

/// Writes everything into `folder`; returns what was written, in order.
pub fn publish(
    report: &Report,
    loaded: &Loaded,
    options: &Options,
    folder: &Path,
) -> Result<Vec<PathBuf>> {
    let charts = Charts::of(report);
    let mut files: Vec<(String, Vec<u8>)> = vec![
        (PAGE.to_owned(), page::html(report, &charts)?.into_bytes()),
        (SUMMARY_MD.to_owned(), page::markdown(report).into_bytes()),
        (SUMMARY_JSON.to_owned(), page::json(report).into_bytes()),
    ];
    let pictures: Vec<Vec<(String, Vec<u8>)>> = charts
        .all()
        .into_par_iter()
        .map(|figure| {
            let name = |end: &str| format!("{CHARTS}/{}.{end}", figure.name);
            let svg = render::svg(figure, render::Place::File)?;
            Ok(vec![(name("svg"), svg.into_bytes()), (name("png"), render::png(figure)?)])
        })
        .collect::<Result<_>>()?;
    files.extend(pictures.into_iter().flatten());

    create(folder)?;
    create(&folder.join(CHARTS))?;
    let sources = loaded.analysis.as_ref().map(|a| a.files.as_slice()).unwrap_or_default();
    let metadata = frame::metadata(sources, options);
    let mut written = Vec::new();
    let latencies = folder.join(LATENCIES);
    let mut table = frame::latencies(loaded.latencies())?;
    frame::write_file(&mut table, &latencies, frame::Format::Parquet, &metadata)?;
    written.push(latencies);
    if let Some(analysis) = &loaded.analysis {
        let events = folder.join(EVENTS);
        let mut table = frame::events(&analysis.events, &analysis.files, &analysis.runs)?;
        frame::write_file(&mut table, &events, frame::Format::Parquet, &metadata)?;
        written.push(events);
    }
    for (name, bytes) in &files {
        let path = folder.join(name);
        write(&path, bytes)?;
        written.push(path);
    }
    remove_old_pictures(&folder.join(CHARTS), &written);
    Ok(written)
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> Error {
    let path = path.to_owned();
    move |error| Error::Write { path: path.clone(), what: sb_trace::reason(&error) }
}

fn create(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(failed(folder))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".sb-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder).map_err(failed(path))?;
    file.write_all(bytes).map_err(failed(path))?;
    file.persist(path).map_err(|error| failed(path)(error.error))?;
    Ok(())
}

/// Pictures of an earlier report that this one does not have. Only files that we wrote go.
fn remove_old_pictures(charts: &Path, written: &[PathBuf]) {
    let Ok(entries) = fs::read_dir(charts) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if !written.contains(&path) && crate::load::is_ours(&path) {
            // A picture that stays does no harm.
            let _ = fs::remove_file(path);
        }
    }
}
