//! Containers run as root; what they make belongs to the user afterwards.

use std::path::Path;
use std::process::Command;

use crate::containers::Images;
use crate::engine::{PYTHON, SHELL, need_engine};
use crate::sandbox::{Said, Sandbox};

/// A command line as a user who is not root, if this is root and can become one; and that user's id.
fn as_somebody(sandbox: &Sandbox, words: &str) -> Option<Command> {
    let id = |words: &[&str]| {
        let output = Command::new("id").args(words).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_string()
    };
    let mut command = sandbox.command(words);
    if id(&["-u"]) != "0" {
        return Some(command);
    }
    let python = Path::new("/usr/bin/python3");
    let has_setpriv = Command::new("setpriv").arg("--version").output().is_ok();
    let socket = std::fs::metadata("/var/run/docker.sock").ok()?;
    if !python.exists() || !has_setpriv || crate::engine::engine() != "docker" {
        return None;
    }
    // Other users may not reach the program where it was built.
    let program = sandbox.path("bin/sb-run");
    std::fs::create_dir_all(sandbox.path("bin")).unwrap();
    std::fs::copy(command.get_program(), &program).unwrap();
    let owned = Command::new("chown").args(["-R", "1234:1234"]).arg(sandbox.path("")).status();
    assert!(owned.unwrap().success());
    let group = std::os::unix::fs::MetadataExt::gid(&socket);
    let mut somebody = Command::new("setpriv");
    somebody.args(["--reuid=1234", "--regid=1234", &format!("--groups={group}")]).arg(program);
    somebody.args(command.get_args()).current_dir(sandbox.path(""));
    command.env("SB_PYTHON", python).env("HOME", sandbox.path(""));
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => somebody.env(name, value),
            None => somebody.env_remove(name),
        };
    }
    Some(somebody)
}

#[test]
fn what_containers_make_is_handed_to_the_user() {
    need_engine!();
    for dockerfile in [false, true] {
        let sandbox = Sandbox::with(&format!(
            "import os
def prepare(spec):
    spec.run('mkdir made && echo hi > made/file && id -u', '{SHELL}')
    open('mine', 'w').close()
def invoke(spec): pass
def cleanup(spec): spec.run('rm -r made mine', '{SHELL}')
"
        ));
        let _images = Images(sandbox.path("").canonicalize().unwrap());
        if dockerfile {
            let hooks = "import os\ndef prepare(spec):\n    os.mkdir('made'); open('made/file', 'w').close(); print(os.getuid())\ndef invoke(spec): pass\ndef cleanup(spec): pass\n";
            sandbox.write("x_benchmark.py", &format!("{}{hooks}", crate::sandbox::CONFIG));
            sandbox.write("Dockerfile", &format!("FROM {PYTHON}\n"));
        }
        let Some(mut command) = as_somebody(&sandbox, "prepare") else {
            eprintln!("skipped: this is root and cannot become anybody else");
            return;
        };
        Said::new(&command.output().unwrap()).code(0);
        assert_eq!(sandbox.log("prepare.log"), "0\n", "root in the container");
        let owner = |name: &str| {
            std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(sandbox.path(name)).unwrap())
        };
        let user = owner("x_benchmark.py");
        assert_ne!(user, 0);
        assert_eq!([owner("made"), owner("made/file"), owner("out")], [user; 3], "{dockerfile}");
        let mut command = as_somebody(&sandbox, "invoke cleanup").unwrap();
        Said::new(&command.output().unwrap()).code(0);
        assert_eq!(sandbox.path("made").exists(), dockerfile);
    }
}
