//! Completion scripts and the manual page, made from the definitions of the command line.

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Cli;
use crate::error::Error;

/// The completion script of a shell.
pub(super) fn completions(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "sb-run", &mut script);
    script
}

/// The manual page: the program, then each verb.
pub(super) fn manual() -> Result<Vec<u8>, Error> {
    let mut page = Vec::new();
    let mut write = |command| {
        clap_mangen::Man::new(command)
            .render(&mut page)
            .map_err(Error::system("write the manual page"))
    };
    write(Cli::command())?;
    for verb in Cli::command().get_subcommands() {
        write(verb.clone().name(format!("sb-run-{}", verb.get_name())))?;
    }
    Ok(page)
}
