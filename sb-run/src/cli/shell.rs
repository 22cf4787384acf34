//! `sb-run shell IMAGE`: a terminal in an image, with what `spec.run` would find there.

use std::io::IsTerminal;
use std::process::Command;

use crate::benchmark::mount::Mount;
use crate::benchmark::{Benchmark, glance};
use crate::error::Error;
use crate::exec::command;
use crate::exec::engine::{Container, Engine};
use crate::spec::images;
use crate::state::config_file::ConfigFile;
use crate::state::run_folder::random;
use crate::state::values;

/// Opens it; gives the shell's exit code.
pub(super) fn open(benchmark: &Benchmark, image: &str, shell: &str) -> Result<u8, Error> {
    let engine = Engine::default();
    engine.answers().map_err(|problem| Error::Engine { problem })?;
    let source = std::fs::read(&benchmark.file).unwrap_or_default();
    let mut known = glance::values(&String::from_utf8_lossy(&source));
    let file = ConfigFile::read(&benchmark.folder)?;
    if let Some((name, _)) = file.open_runs().first()
        && let Some(kept) = file.values(name)
    {
        known = values::merged(&known, kept);
    }
    let mount = Mount::new(&benchmark.folder, known.get("root"));
    let token = format!("{:016x}", random());
    let arguments = engine.run_arguments(&Container {
        image: images::resolve(image),
        mount: &mount,
        volumes: &images::secret_mounts(known.get("provider")),
        token: &token,
        run_id: None,
        environment: &[],
        interactive: true,
        terminal: std::io::stdin().is_terminal(),
    });
    let mut shell_command = Command::new(engine.program());
    let status = shell_command
        .args(arguments)
        .arg(shell)
        .status()
        .map_err(Error::system("start the container engine"))?;
    Ok(u8::try_from(command::code(status)).unwrap_or(1))
}
