//! Verbs chain: `sb-run prepare invoke 10 cleanup --out x`.
//!
//! A verb word ends the arguments of the verb before; flags may stand anywhere and hold for all.
//! clap knows one verb at a time, so the words are sorted first and each verb is then parsed
//! together with all flags.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use super::args::{Cli, Flags, Verb};

/// The command line, understood.
#[derive(Debug)]
pub(super) struct Asked {
    /// In order; `test` if none was named.
    pub(super) verbs: Vec<Verb>,
    /// For all of them.
    pub(super) flags: Flags,
}

/// Parses everything after the program's name.
pub(super) fn parse(words: impl Iterator<Item = OsString>) -> Result<Asked, clap::Error> {
    let (segments, flags) = sort(words)?;
    let mut verbs = Vec::new();
    let mut all_flags = None;
    for segment in segments {
        let line =
            std::iter::once(OsString::from("sb-run")).chain(segment).chain(flags.iter().cloned());
        let cli = Cli::try_parse_from(line)?;
        verbs.push(cli.verb.unwrap_or(Verb::Test));
        all_flags = Some(cli.flags);
    }
    let flags = match all_flags {
        Some(flags) => flags,
        None => Cli::try_parse_from(["sb-run"])?.flags,
    };
    Ok(Asked { verbs, flags })
}

type Words = Vec<OsString>;

/// Verbs with their arguments, and all flags with theirs.
fn sort(words: impl Iterator<Item = OsString>) -> Result<(Vec<Words>, Words), clap::Error> {
    let command = Cli::command();
    let verbs: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    let takes_value = |flag: &str| {
        command
            .get_arguments()
            .filter(|arg| arg.get_long() == Some(flag) && !arg.is_require_equals_set())
            .any(|arg| arg.get_action().takes_values())
    };
    let mut segments: Vec<Words> = Vec::new();
    let mut flags = Words::new();
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        let text = word.to_string_lossy().into_owned();
        if let Some(flag) = text.strip_prefix("--").filter(|flag| !flag.is_empty()) {
            let name = flag.split('=').next().unwrap_or(flag);
            let plain = name.replace('_', "-");
            flags.push(renamed(&word, name.len(), &plain));
            if !flag.contains('=') && takes_value(&plain) {
                flags.extend(words.next());
            }
        } else if text.starts_with('-') && text.len() > 1 && text.parse::<f64>().is_err() {
            flags.push(word);
        } else if verbs.contains(&text.as_str()) {
            segments.push(vec![word]);
        } else if let Some(segment) = segments.last_mut() {
            segment.push(word);
        } else if ends_in(&word, &["py"]) {
            flags.extend([OsString::from("--file"), word]);
        } else if ends_in(&word, &["yaml", "yml"]) {
            flags.extend([OsString::from("--suite"), word]);
        } else {
            let text = match of_the_original(&text) {
                Some(instead) => {
                    format!("'{text}' is a verb of the original sb; here: {instead}\n")
                }
                None => format!("'{text}' is not a verb; there are {}\n", verbs.join(", ")),
            };
            return Err(Cli::command().error(ErrorKind::InvalidSubcommand, text));
        }
    }
    if segments.is_empty() {
        segments.push(Words::new());
    }
    Ok((segments, flags))
}

/// What stands in for a verb of the original tool.
fn of_the_original(verb: &str) -> Option<&'static str> {
    Some(match verb.replace('-', "_").as_str() {
        "get_traces" => "sb-run collect",
        "analyze_traces" => "sb-trace stats out/, or sb-report out/",
        "migrate_traces" => "sb-trace, which reads logs of many shapes: sb-trace formats",
        "fix_permissions" => "nothing to do, files are handed back after every step",
        "init" => "nothing to do, there is no image of its own",
        "login" | "check_credentials" => {
            "sb-run shell aws_cli (azure_cli, google_cli ...), and log in there"
        }
        "logout" => "docker volume rm aws-secrets (azure-secrets, google-secrets ...)",
        "version" => "sb-run --version",
        "name" => "sb-run config show",
        _ => return None,
    })
}

fn ends_in(word: &OsStr, endings: &[&str]) -> bool {
    let ending = Path::new(word).extension();
    ending.is_some_and(|ending| endings.iter().any(|one| *one == ending))
}

/// The flag with its name replaced; the value may be anything, even no Unicode.
fn renamed(word: &OsStr, name_size: usize, name: &str) -> OsString {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    let rest = word.as_bytes().get(2 + name_size..).unwrap_or_default();
    let mut bytes = format!("--{name}").into_bytes();
    bytes.extend_from_slice(rest);
    OsString::from_vec(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(line: &str) -> Result<Asked, clap::Error> {
        parse(line.split_whitespace().map(OsString::from))
    }

    fn verbs(line: &str) -> String {
        let names = asked(line).unwrap().verbs;
        let names = names.iter().map(|verb| match verb {
            Verb::Invoke { workload: Some(workload) } => format!("Invoke({workload})"),
            Verb::Invoke { workload: None } => "Invoke".into(),
            other => format!("{other:?}"),
        });
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn clap_has_no_complaints() {
        Cli::command().debug_assert();
    }

    #[test]
    fn verbs_chain_and_flags_stand_anywhere() {
        assert_eq!(verbs(""), "Test");
        assert_eq!(verbs("--out x"), "Test");
        assert_eq!(verbs("prepare invoke 10 cleanup"), "Prepare Invoke(10) Cleanup");
        assert_eq!(
            verbs("--out prepare invoke --repeat 2 single cleanup"),
            "Invoke(single) Cleanup"
        );
        let asked =
            asked("prepare --on_interrupt=keep invoke --set a_b=c_d cleanup --dry_run").unwrap();
        assert_eq!(asked.flags.on_interrupt, Some(crate::run::OnInterrupt::Keep));
        assert_eq!(asked.flags.set, [("a_b".to_string(), "c_d".into())]);
        assert!(asked.flags.dry_run);
        assert_eq!(
            verbs("prepare invoke 2 cleanup --debug=True --log_level DEBUG"),
            "Prepare Invoke(2) Cleanup"
        );
        assert_eq!(verbs("--debug prepare"), "Prepare");
        assert_eq!(
            verbs("config set key -5 prepare"),
            "Config { words: [\"set\", \"key\", \"-5\"] } Prepare"
        );
    }

    #[test]
    fn a_python_file_is_the_benchmark() {
        assert_eq!(asked("x_benchmark.py").unwrap().flags.file, Some("x_benchmark.py".into()));
    }

    #[test]
    fn what_is_not_built_is_refused() {
        for line in [
            "fly",
            "--docker --local",
            "prepare --warmup x",
            "prepare 3",
            "--timeout 20",
            "--timeout wait=3s",
            "--tag a-b=1",
            "--set x",
            "--repeat 0",
        ] {
            assert_eq!(asked(line).unwrap_err().exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn every_verb_has_help_with_an_example() {
        for verb in Cli::command().get_subcommands() {
            let line = format!("{} --help", verb.get_name());
            let help = asked(&line).unwrap_err();
            assert_eq!(help.exit_code(), 0);
            let text = help.to_string();
            assert!(
                text.contains("Example") && text.contains(&format!("sb-run {}", verb.get_name())),
                "{text}"
            );
        }
    }
}
