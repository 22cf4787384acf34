//! A real container engine, with two small images made from this machine's own programs, so that
//! no registry is needed. `SB_TEST_ENGINE=podman` takes another engine than docker.

use std::process::Command;
use std::sync::OnceLock;

/// An image with a shell and what scripts use.
pub(crate) const SHELL: &str = "sb-run-test/shell:1";
/// The same with python3.
pub(crate) const PYTHON: &str = "sb-run-test/python:1";

const PROGRAMS: &str =
    "sh cat ls pwd id sleep rm mkdir echo touch chown find awk head env true false test";

/// Leaves the test if there is no engine; in CI there must be one.
macro_rules! need_engine {
    () => {
        $crate::sandbox::need_python!();
        if let Err(why) = $crate::engine::ready() {
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "CI needs Docker: {why}");
            eprintln!("skipped: {why}");
            return;
        }
    };
}
pub(crate) use need_engine;

/// Makes the images, once.
pub(crate) fn ready() -> Result<(), String> {
    static READY: OnceLock<Result<(), String>> = OnceLock::new();
    READY
        .get_or_init(|| {
            let answer = Command::new(engine()).args(["ps", "-q"]).output();
            if !answer.is_ok_and(|output| output.status.success()) {
                return Err(format!("no container engine answers to {}", engine()));
            }
            VOLUMES.get_or_init(|| docker(&["volume", "ls", "-q"]).unwrap_or_default());
            image(SHELL, PROGRAMS)?;
            image(PYTHON, &format!("{PROGRAMS} python3"))
        })
        .clone()
}

fn image(tag: &str, programs: &str) -> Result<(), String> {
    if docker(&["image", "inspect", tag]).is_some() {
        return Ok(());
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/driver/image.sh");
    let output = Command::new("sh")
        .arg(script)
        .arg(tag)
        .args(programs.split(' '))
        .env("SB_ENGINE", engine())
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(format!("no image could be made: {words}")) }
}

/// The engine's program.
pub(crate) fn engine() -> String {
    std::env::var("SB_TEST_ENGINE").unwrap_or_else(|_| "docker".into())
}

/// What it says, if it succeeds.
pub(crate) fn docker(words: &[&str]) -> Option<String> {
    let output = Command::new(engine()).args(words).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}

static VOLUMES: OnceLock<String> = OnceLock::new();

/// Removes volumes for credentials that tests have made; those that were there before may be
/// someone's real ones. One that another test is using goes with that test.
pub(crate) fn remove_new_volumes() {
    let before = VOLUMES.get().map(String::as_str).unwrap_or_default();
    for name in ["aws", "azure", "google", "ibm", "pulumi"] {
        let volume = format!("{name}-secrets");
        if !before.lines().any(|there| there == volume) {
            docker(&["volume", "rm", &volume]);
        }
    }
}

/// The containers with this folder mounted.
pub(crate) fn containers_of(folder: &std::path::Path) -> Vec<String> {
    let folder = folder.canonicalize().unwrap();
    let filter = format!("volume={}", folder.display());
    let found = docker(&["ps", "-aq", "--filter", &filter]).unwrap();
    found.split_whitespace().map(str::to_string).collect()
}
