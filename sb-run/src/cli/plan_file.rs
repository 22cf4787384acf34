//! `sb-run plan.py`: plain Python against `from sb.sb import Sb`, whose verbs call sb-run.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::error::Error;
use crate::exec::command;
use crate::hook::python;

const SB: &str = include_str!("../../plans/sb.py");

/// Whether a `.py` file is a plan: a benchmark file is named so, or has a configuration.
pub(super) fn is_plan(path: &Path) -> bool {
    let named =
        path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("_benchmark.py"));
    let has_config = || {
        std::fs::read(path)
            .is_ok_and(|text| memchr::memmem::find(&text, b"BENCHMARK_CONFIG").is_some())
    };
    path.extension().is_some_and(|ending| ending == "py")
        && path.is_file()
        && !named
        && !has_config()
}

/// Runs it; gives its exit code.
pub(super) fn run(path: &Path, arguments: &[OsString]) -> Result<u8, Error> {
    let folder = tempfile::tempdir().map_err(Error::system("make a temporary folder"))?;
    let package = folder.path().join("sb");
    let write = |name: &str, text: &str| {
        let path = package.join(name);
        std::fs::write(&path, text).map_err(Error::io("write", path))
    };
    std::fs::create_dir(&package).map_err(Error::io("create", &package))?;
    write("__init__.py", python::INSTRUMENT)?;
    write("sb.py", SB)?;
    let inherited = std::env::var_os("PYTHONPATH").unwrap_or_default();
    let inherited = std::env::split_paths(&inherited).filter(|path| !path.as_os_str().is_empty());
    let folders = std::iter::once(folder.path().to_path_buf()).chain(inherited);
    let search = std::env::join_paths(folders)
        .map_err(|error| Error::Usage(format!("PYTHONPATH cannot be used: {error}")))?;
    let this = std::env::current_exe().map_err(Error::system("find sb-run itself"))?;
    // Ctrl-C reaches Python and its verbs too, as they share the terminal; this waits for them.
    let _interrupts = crate::exec::signal::Interrupts::catch()?;
    let program = python::program();
    let status = Command::new(&program)
        .arg(path)
        .args(arguments)
        .env("PYTHONPATH", search)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SB_RUN", this)
        .status()
        .map_err(|source| Error::NoPython {
            program: program.to_string_lossy().into_owned(),
            source,
        })?;
    Ok(u8::try_from(command::code(status)).unwrap_or(1))
}
