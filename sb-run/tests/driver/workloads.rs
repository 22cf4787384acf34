//! What invoke is told and k6 is given; k6 is a script that writes down how it was called.

use crate::sandbox::{Said, Sandbox, need_python};

const HOOKS: &str = "def prepare(spec): pass
def invoke(spec): spec.run_k6({'URL': \"https://x.org/it's?a=b&c\", 'N': 3}, options='--quiet')
def cleanup(spec): pass
";

fn with_k6(hooks: &str) -> Sandbox {
    let sandbox = Sandbox::with(hooks);
    sandbox.tool(
        "k6",
        "for word; do echo \"[$word]\"; case $word in csv=*) echo metric_name,timestamp > \"${word#csv=}\";; esac; done\ncat workload_options.json; echo",
    );
    sandbox
}

#[test]
fn k6_gets_the_options_and_its_metrics_are_kept() {
    need_python!();
    let sandbox = with_k6(HOOKS);
    sandbox.run("prepare invoke 25 invoke 3 cleanup --local").code(0).never_says("--repeat");
    let log = sandbox.log("invoke-0001.log");
    let words: Vec<&str> = log.lines().collect();
    assert_eq!(words[..3], ["[run]", "[--env]", "[URL=https://x.org/it's?a=b&c]"]);
    assert_eq!(
        words[3..8],
        ["[--env]", "[N=3]", "[--config]", "[workload_options.json]", "[--out]"]
    );
    assert!(words[8].starts_with("[csv=logs/") && words[8].ends_with("/k6_metrics.csv]"), "{log}");
    assert_eq!(
        words[9..],
        ["[--quiet]", "[workload_script.js]", r#"{"vus": 1, "iterations": 25}"#]
    );
    assert!(sandbox.log("invoke-0002.log").ends_with("{\"vus\": 1, \"iterations\": 3}\n"));
    let names: Vec<String> = std::fs::read_dir(sandbox.only_run())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("k6_metrics"))
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn without_k6_there_is_a_clear_error() {
    need_python!();
    let sandbox = Sandbox::with(HOOKS);
    let mut command = sandbox.command("test --local");
    let output = command.env("PATH", "/usr/sbin").output().unwrap();
    Said::new(&output).code(1).says("k6 is not on the PATH of this machine; install it");
}

#[test]
fn options_of_ones_own() {
    need_python!();
    let sandbox = with_k6(HOOKS);
    sandbox.write("own.json", "{\"stages\":  []}\n");
    sandbox.run("prepare invoke custom --workload-options own.json --local").code(0);
    assert!(sandbox.log("invoke-0001.log").ends_with("{\"stages\":  []}\n\n"), "byte for byte");
    sandbox.run("invoke --workload-options={\"vus\":3} --local").code(0);
    assert!(sandbox.log("invoke-0002.log").ends_with("{\"vus\": 3}\n"));
    // The file that k6 reads may itself be the one that is given.
    sandbox.run("invoke --workload-options=workload_options.json --local").code(0);
    assert!(sandbox.log("invoke-0003.log").ends_with("{\"vus\": 3}\n"));
    sandbox.write("bad.json", "{");
    sandbox.run("invoke --workload-options=bad.json --local").code(2).says("not valid JSON");
    sandbox
        .run("invoke --workload-options=none.json --local")
        .code(2)
        .says("cannot read none.json");
    sandbox.run("cleanup").code(0);
}

#[test]
fn rates_per_minute() {
    need_python!();
    let sandbox = with_k6(HOOKS);
    sandbox.write("rates.csv", "InvocationsPerMinute\n60\n120\n");
    let words = "invoke custom --workload-trace rates.csv --seconds-to-skip 0 --scale-factor 2";
    sandbox.run(&format!("prepare {words} cleanup --local")).code(0);
    let log = sandbox.log("invoke-0001.log");
    assert!(
        log.ends_with("\"startRate\": 2, \"timeUnit\": \"1s\", \"preAllocatedVUs\": 1, \"stages\": [{\"target\": 2, \"duration\": \"60s\"}, {\"target\": 4, \"duration\": \"1s\"}, {\"target\": 4, \"duration\": \"59s\"}]}}}\n"),
        "{log}"
    );
    let told = sandbox.log("run.yaml");
    for line in [
        "workload_type: custom",
        "workload_trace: rates.csv",
        "scale_factor: 2",
        "seconds_to_skip: 0",
    ] {
        assert!(told.lines().any(|found| found.trim() == line), "no '{line}' in {told}");
    }
    sandbox.run("invoke fluctuating").code(2).says("the pattern 'fluctuating' is not built in yet");
    sandbox.run("invoke bursty").code(2).says("unknown workload 'bursty'");
}

#[test]
fn warm_ups_are_not_measured() {
    need_python!();
    let sandbox = Sandbox::with(
        "def prepare(spec): pass
def invoke(spec): print('1600776870140+0000|INVOKED')
def cleanup(spec): pass
",
    );
    sandbox
        .run("test --warmup 2 --repeat 2")
        .code(0)
        .says("warm-up ...")
        .never_says("no trace statement");
    let run = sandbox.only_run();
    for name in ["warmup-0001.txt", "warmup-0002.txt", "invoke-0001.log", "invoke-0002.log"] {
        assert_eq!(sandbox.read(run.join(name)), "1600776870140+0000|INVOKED\n", "{name}");
    }
    assert!(!run.join("invoke-0003.log").exists());
    Sandbox::fixture("empty").run("test").code(0).says("no trace statement was seen");
}
