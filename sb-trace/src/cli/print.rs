//! Data on standard output, talk on standard error, errors once and at the end.

use crate::error::{Error, Result};
use crate::findings::{Finding, Severity};
use std::io::{ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

/// Writes to standard output. A reader that went away is a normal end.
pub fn data(write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
    let mut out = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    write(&mut out).and_then(|()| out.flush()).map_err(stdout_error)
}

/// The error of a write to standard output.
pub fn stdout_error(error: std::io::Error) -> Error {
    if error.kind() == ErrorKind::BrokenPipe { Error::Closed } else { Error::Stdout(error) }
}

/// Says something on standard error. Nobody listening is no error.
pub fn talk(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Says what the reader should know, warnings in yellow on a terminal.
pub fn findings(findings: &[Finding]) {
    for finding in findings {
        let word = match finding.severity {
            Severity::Note => "note:".to_owned(),
            Severity::Warning => paint("warning:", "33;1"),
        };
        talk(&format!("{word} {}", finding.message));
        if let Some(remedy) = &finding.remedy {
            talk(&format!("  help: {remedy}"));
        }
    }
}

/// Colours a text on standard error, if that is a terminal.
fn paint(text: &str, style: &str) -> String {
    let plain = !std::io::stderr().is_terminal()
        || std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    if plain { text.to_owned() } else { format!("\u{1b}[{style}m{text}\u{1b}[0m") }
}

/// Prints the error, if there is one, and gives the exit code.
pub fn finish(program: &str, result: Result<()>) -> ExitCode {
    let Err(error) = result else {
        return ExitCode::SUCCESS;
    };
    // A table on a closed standard output went to polars first, which wraps the error.
    if matches!(&error, Error::Closed)
        || matches!(&error, Error::Stdout(e) if e.kind() == ErrorKind::BrokenPipe)
    {
        return ExitCode::SUCCESS;
    }
    talk(&format!("{program}: {} {error}", paint("error:", "31;1")));
    if let Error::NoStatement { details, .. } = &error {
        for detail in details {
            talk(&format!("  {detail}"));
        }
    }
    if let Some(hint) = error.hint() {
        talk(&format!("  help: {hint}"));
    }
    ExitCode::from(error.exit_code())
}

/// Prints a completion script.
pub fn completions<C: clap::CommandFactory>(name: &str, shell: clap_complete::Shell) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut C::command(), name, &mut script);
    data(|out| out.write_all(&script))
}

/// Prints the manual page.
pub fn man(command: clap::Command) -> Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).map_err(Error::Stdout)?;
    data(|out| out.write_all(&page))
}
