//! `sb-run` on benchmark files that are right, and on those that are wrong.

use crate::SB_RUN;
use sb_tests::{Outcome, Python, Sandbox};

/// A benchmark with these hooks; none of them needs anything but Python.
fn benchmark(config: &str, hooks: &str) -> Option<Sandbox> {
    Python::with(&["json"])?;
    let sandbox = Sandbox::new();
    sandbox.write(
        "my_benchmark.py",
        format!("import os, subprocess, sys\nBENCHMARK_CONFIG = \"\"\"\n{config}\"\"\"\n{hooks}"),
    );
    Some(sandbox)
}

const CONFIG: &str = "mine:\n  provider: local\n  region: here\n";
const EMPTY_HOOKS: &str =
    "def prepare(spec): pass\ndef invoke(spec): pass\ndef cleanup(spec): pass\n";

fn run(sandbox: &Sandbox) -> Outcome {
    sandbox.run(SB_RUN, &[])
}

/// The only log of this name in all runs.
fn log(sandbox: &Sandbox, name: &str) -> String {
    let files = sandbox.files("out/runs");
    let found: Vec<&String> = files.iter().filter(|f| f.ends_with(name)).collect();
    assert_eq!(found.len(), 1, "{files:?}");
    sandbox.read(format!("out/runs/{}", found[0]))
}

#[test]
fn what_commands_of_hooks_print_is_kept() {
    let hooks = "def prepare(spec): os.system('echo deployed; echo oops >&2')\n\
                 def invoke(spec):\n    print('1600776870140+0000|A')\n    os.system('echo \"1600776870150+0000|B\"')\n\
                 def cleanup(spec): subprocess.run(['echo', 'removed'])\n";
    let Some(sandbox) = benchmark(CONFIG, hooks) else { return };
    run(&sandbox).expect(0);
    assert_eq!(log(&sandbox, "/prepare.log"), "deployed\noops\n");
    assert_eq!(log(&sandbox, "/invoke-0001.log"), "1600776870140+0000|A\n1600776870150+0000|B\n");
    assert_eq!(log(&sandbox, "/cleanup.log"), "removed\n");
    let yaml = log(&sandbox, "/run.yaml");
    assert!(yaml.contains("benchmark: mine") && yaml.contains("outcome: done"), "{yaml}");
}

#[test]
fn values_flow_from_hook_to_hook_and_from_verb_to_verb() {
    let hooks = "def prepare(spec): spec['id'] = (spec['id'] or 40) + 2\n\
                 def invoke(spec): print('id', spec['id'], spec['region'], spec['missing'])\n\
                 def cleanup(spec): print('id', spec['id'])\n";
    let Some(sandbox) = benchmark(CONFIG, hooks) else { return };
    for verb in ["prepare", "invoke", "cleanup"] {
        sandbox.run(SB_RUN, &[verb]).expect(0);
    }
    assert_eq!(log(&sandbox, "/invoke-0001.log"), "id 42 here None\n", "three verbs, one run");
    assert_eq!(log(&sandbox, "/cleanup.log"), "id 42\n");
}

#[test]
fn a_server_that_prepare_starts_lives_until_cleanup() {
    let hooks = "def prepare(spec):\n    spec['pid'] = subprocess.Popen(['sleep', '600']).pid\n\
                 def alive(spec): print('alive', os.path.exists('/proc/%d' % spec['pid']))\n\
                 def invoke(spec): alive(spec)\n\
                 def cleanup(spec): alive(spec)\n";
    let Some(sandbox) = benchmark(CONFIG, hooks) else { return };
    run(&sandbox).expect(0);
    assert_eq!(log(&sandbox, "/invoke-0001.log"), "alive True\n");
    assert_eq!(log(&sandbox, "/cleanup.log"), "alive True\n");
    let journal = log(&sandbox, "/journal.ndjson");
    let values = journal.lines().find(|l| l.contains("\"pid\"")).unwrap();
    let digits: String =
        values.split("\"value\":").last().unwrap().chars().filter(char::is_ascii_digit).collect();
    assert!(!digits.is_empty(), "{values}");
    // Whoever inherits the process may take a moment to collect it.
    let process = std::path::Path::new("/proc").join(&digits);
    let gone = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        !process.exists()
    });
    assert!(gone, "the server is still there: {values}");
}

#[test]
fn a_hook_that_raises_is_named_and_cleanup_still_runs() {
    let hooks = "def prepare(spec): pass\ndef invoke(spec):\n    raise RuntimeError('no such bucket')\n\
                 def cleanup(spec): print('cleaned up')\n";
    let Some(sandbox) = benchmark(CONFIG, hooks) else { return };
    run(&sandbox)
        .expect(1)
        .says("my_benchmark.py:9")
        .says("RuntimeError: no such bucket")
        .says("invoke");
    assert_eq!(log(&sandbox, "/cleanup.log"), "cleaned up\n");
}

#[test]
fn hooks_that_end_the_process() {
    for (how, word) in
        [("sys.exit(3)", "3"), ("os._exit(4)", "4"), ("os.kill(os.getpid(), 9)", "9")]
    {
        let hooks = format!(
            "def prepare(spec): {how}\ndef invoke(spec): pass\ndef cleanup(spec): print('clean')\n"
        );
        let Some(sandbox) = benchmark(CONFIG, &hooks) else { return };
        run(&sandbox).expect(1).says("prepare").says(word);
        assert_eq!(log(&sandbox, "/cleanup.log"), "clean\n", "{how}");
    }
}

#[test]
fn files_that_are_wrong() {
    for (config, hooks, message) in [
        (
            "mine: [unclosed\n",
            EMPTY_HOOKS,
            "my_benchmark.py:4:1: BENCHMARK_CONFIG is not valid YAML",
        ),
        (CONFIG, "def prepare(spec): pass\ndef cleanup(spec): pass\n", "missing hook: invoke"),
        (CONFIG, "def prepare(spec) pass\n", "my_benchmark.py:7"),
        (CONFIG, "import no_such_module_at_all\n", "no_such_module_at_all"),
    ] {
        let Some(sandbox) = benchmark(config, hooks) else { return };
        run(&sandbox).expect(2).says(message);
        assert!(!sandbox.path("out").exists(), "nothing was run: {message}");
    }
}

#[test]
fn no_file_several_files_no_python() {
    let sandbox = Sandbox::new();
    run(&sandbox).expect(2).says("no *_benchmark.py");
    sandbox.run(SB_RUN, &["--file", "nope.py"]).expect(2).says("nope.py: no such file");
    let text = format!("BENCHMARK_CONFIG = 'mine: {{}}'\n{EMPTY_HOOKS}");
    sandbox.write("a_benchmark.py", &text);
    let out = sandbox.run_with(SB_RUN, &[], b"", &[("PATH", "/nonexistent")]);
    out.expect(2).says("cannot start 'python3'").says("install Python 3.8 or newer");
    sandbox.write("b_benchmark.py", &text);
    run(&sandbox).expect(2).says("a_benchmark.py, b_benchmark.py").says("--file=a_benchmark.py");
}

#[test]
fn the_self_test_leaves_nothing_behind() {
    if Python::with(&["zlib"]).is_none() {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.run(SB_RUN, &["test", "--benchmarks=thumbnail_generator"]).expect(0);
    let files = sandbox.files("");
    assert!(files.iter().all(|f| f.starts_with("out/runs/")), "{files:?}");
    let yaml = log(&sandbox, "/run.yaml");
    assert!(yaml.contains("left_behind: []"), "{yaml}");
}
