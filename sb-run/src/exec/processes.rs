//! Finds and ends the processes that a step has left behind.
//!
//! Every process of a step carries a token in its environment and, at first, belongs to the
//! step's process group. A daemon can leave the group but rarely its environment, so both are
//! searched; a process is known again by its id together with its start time, which no other
//! process shares.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde::{Deserialize, Serialize};

/// Names the step in the environment of everything that runs in it.
pub const TOKEN_VARIABLE: &str = "SB_STEP_TOKEN";

/// A running process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Its id.
    pub pid: u32,
    /// Its start time in the system's own unit; 0 where the system does not say.
    pub started: u64,
    /// Its process group.
    pub group: u32,
    /// Its command line.
    pub command: String,
}

/// What belongs to one or several steps.
#[derive(Debug, Default, Clone)]
pub struct Search {
    /// `NAME=value` entries, one of which is in the environment.
    pub environment: Vec<String>,
    /// Process groups, valid only while their leader was just seen.
    pub groups: Vec<u32>,
    /// Processes seen before.
    pub known: Vec<Process>,
}

impl Search {
    /// The environment entry of a step.
    pub fn token(token: &str) -> String {
        format!("{TOKEN_VARIABLE}={token}")
    }

    /// Those that run now, in the order of their ids. Zombies do not run.
    pub fn find(&self) -> Vec<Process> {
        let mut found = system::processes(self);
        found.retain(|process| process.pid != std::process::id());
        found.sort_by_key(|process| process.pid);
        found
    }

    /// Waits a moment for them to end by themselves.
    pub fn wait(&self, patience: Duration) -> Vec<Process> {
        let until = Instant::now() + patience;
        loop {
            let found = self.find();
            if found.is_empty() || Instant::now() >= until {
                return found;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends them: SIGTERM, and SIGKILL for those that still run after `grace`. What cannot be
    /// ended (it belongs to another user) is returned.
    pub fn end(&self, grace: Duration) -> Vec<Process> {
        for (signal, patience) in [(Signal::TERM, grace), (Signal::KILL, Duration::from_secs(2))] {
            for process in self.find() {
                send(process.pid, signal);
            }
            if self.wait(patience).is_empty() {
                return Vec::new();
            }
        }
        self.find()
    }
}

fn send(pid: u32, signal: Signal) {
    if let Some(pid) = id(pid) {
        let _ = kill_process(pid, signal); // gone already: nothing to do
    }
}

/// Signals one process, if it still runs.
pub fn signal_process(pid: u32, signal: Signal) {
    if let Some(pid) = id(pid) {
        let _ = rustix::process::kill_process(pid, signal);
    }
}

/// Signals a whole group.
pub fn signal_group(group: u32, signal: Signal) {
    if let Some(group) = id(group) {
        let _ = kill_process_group(group, signal);
    }
}

fn id(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}

#[cfg(target_os = "linux")]
mod system {
    use super::{Process, Search};

    pub(super) fn processes(search: &Search) -> Vec<Process> {
        let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
        entries
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter_map(|pid| belonging(search, pid))
            .collect()
    }

    fn belonging(search: &Search, pid: u32) -> Option<Process> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in parentheses may hold anything; the fields are counted after it.
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        if matches!(fields.first(), Some(&("Z" | "X"))) {
            return None;
        }
        let group = fields.get(2)?.parse().ok()?;
        let started = fields.get(19)?.parse().ok()?;
        let known = || search.known.iter().any(|one| one.pid == pid && one.started == started);
        if search.groups.contains(&group) || known() || has_entry(search, pid) {
            return Some(Process { pid, started, group, command: command(pid) });
        }
        None
    }

    fn has_entry(search: &Search, pid: u32) -> bool {
        if search.environment.is_empty() {
            return false;
        }
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        let mut entries = environment.split(|byte| *byte == 0);
        entries.any(|entry| search.environment.iter().any(|one| one.as_bytes() == entry))
    }

    fn command(pid: u32) -> String {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        let words: Vec<&str> = line.split_whitespace().collect();
        words.join(" ").chars().take(200).collect()
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::{Process, Search};

    /// Elsewhere `ps` answers; it shows no environment, so only groups and known processes count.
    pub(super) fn processes(search: &Search) -> Vec<Process> {
        let mut ps = std::process::Command::new("ps");
        let Ok(output) = ps.args(["-A", "-o", "pid=,pgid=,stat=,command="]).output() else {
            return Vec::new();
        };
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter_map(|line| row(search, line))
            .collect()
    }

    fn row(search: &Search, line: &str) -> Option<Process> {
        let mut words = line.split_whitespace();
        let pid = words.next()?.parse().ok()?;
        let group = words.next()?.parse().ok()?;
        if words.next()?.starts_with('Z') {
            return None;
        }
        let command: String = words.collect::<Vec<_>>().join(" ").chars().take(200).collect();
        let known = search.known.iter().any(|one| one.pid == pid && one.command == command);
        (known || search.groups.contains(&group)).then_some(Process {
            pid,
            started: 0,
            group,
            command,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    use super::*;

    #[test]
    fn finds_by_token_and_ends_what_ignores_sigterm() {
        let token = format!("test-{}", std::process::id());
        let mut child = Command::new("/bin/sh")
            .args(["-c", "trap '' TERM; while :; do sleep 0.05; done"])
            .env(TOKEN_VARIABLE, &token)
            .process_group(0)
            .spawn()
            .unwrap();
        let search = Search { environment: vec![Search::token(&token)], ..Search::default() };
        std::thread::sleep(Duration::from_millis(100));
        let found = search.find();
        let shell = found.iter().find(|one| one.pid == child.id()).expect("the shell is found");
        assert_eq!(shell.group, child.id());
        assert!(shell.command.starts_with("/bin/sh -c"), "{shell:?}");
        let again = Search { known: vec![shell.clone()], ..Search::default() };
        assert_eq!(again.find().len(), 1);
        let other = Process { started: shell.started + 1, ..shell.clone() };
        assert!(Search { known: vec![other], ..Search::default() }.find().is_empty());

        let reaper = std::thread::spawn(move || child.wait());
        assert_eq!(search.end(Duration::from_millis(200)), []);
        assert!(!reaper.join().unwrap().unwrap().success());
    }
}
