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
    sandbox.write("rates.csv", "\"InvocationsPerMinute\"\n120\n30\n600\n0\n90\n");
    let words = "invoke custom --workload_trace=rates.csv";
    sandbox.run(&format!("prepare {words} cleanup --local")).code(0);
    let log = sandbox.log("invoke-0001.log");
    // What the original makes of this file, with stochastic 0.6.0 and numpy 1.26.4.
    let stages = [
        (0, 60),
        (1, 1),
        (1, 19),
        (2, 1),
        (2, 2),
        (1, 1),
        (1, 3),
        (2, 1),
        (2, 1),
        (1, 1),
        (1, 5),
        (2, 1),
        (2, 24),
    ];
    let stages =
        stages.map(|(target, time)| format!("{{\"target\": {target}, \"duration\": \"{time}s\"}}"));
    let expected = format!(
        "{{\"scenarios\": {{\"benchmark_scenario\": {{\"executor\": \"ramping-arrival-rate\", \"startRate\": 0, \"timeUnit\": \"1s\", \"preAllocatedVUs\": 1, \"stages\": [{}]}}}}}}\n",
        stages.join(", ")
    );
    assert!(log.ends_with(&expected), "{log}");
    let words = "invoke custom --workload-trace rates.csv --scale-type=compound --scale-factor 2 --seconds-to-skip 0";
    sandbox.run(&format!("{words} --local")).code(0);
    let told = sandbox.read(".sb/config.yml");
    for line in [
        "workload_type: custom",
        "workload_trace: rates.csv",
        "scale_factor: 2",
        "scale_type: compound",
        "seconds_to_skip: 0",
    ] {
        assert!(told.lines().any(|found| found.trim() == line), "no '{line}' in {told}");
    }
    sandbox.run("invoke fluctuating").code(2).says("the pattern 'fluctuating' is not built in yet");
    sandbox.run("invoke bursty").code(2).says("unknown workload 'bursty'");
    sandbox.run("invoke 3.0").code(2).says("unknown workload '3.0'");
    let mut command = sandbox.command(words);
    let output = command.env("SB_WORKLOADGEN_SEED", "-1").output().unwrap();
    Said::new(&output).code(2).says("SB_WORKLOADGEN_SEED is '-1'");
}

/// A Python with numpy; in CI there must be one.
fn numpy() -> Option<std::path::PathBuf> {
    let named = std::env::var_os("SB_TEST_PYTHON").map(std::path::PathBuf::from);
    let found = named.or_else(|| crate::sandbox::python().map(Into::into)).filter(|python| {
        let asked = std::process::Command::new(python).args(["-c", "import numpy"]).output();
        asked.is_ok_and(|output| output.status.success())
    });
    assert!(
        found.is_some() || std::env::var_os("CI").is_none_or(|ci| ci != "true"),
        "CI must have numpy"
    );
    found
}

/// Rates, with empty minutes and bursts, and how they are to be scaled.
fn load_cases() -> Vec<serde_json::Value> {
    let mut state: u64 = 7;
    let mut next = move |limit: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    let lengths = [1, 2, 3, 5, 20, 33, 64, 100];
    (0..60)
        .map(|case| {
            let length = lengths[case % lengths.len()];
            let minutes: Vec<u64> = (0..length)
                .map(|minute| match next(4) {
                    0 if minute > 0 => 0,
                    1 => next(5000),
                    _ => 1 + next(60),
                })
                .collect();
            serde_json::json!({
                "minutes": minutes,
                "factor": ([1.0, 2.0, 0.5, 3.7][case % 4]),
                "kind": (["linear", "compound"][case % 2]),
                "rate": if case % 5 == 0 { serde_json::json!(0.5 + case as f64) } else { serde_json::Value::Null },
                "skip": ([180, 0, 60][case % 3]),
                "seed": ([11, 42, 0, 9_007_199_254_740_993_u64][case / 4 % 4]),
            })
        })
        .collect()
}

#[test]
fn rates_become_the_load_that_numpy_makes_of_them() {
    use sb_run::spec::upscale::{Scale, ScaleType, seconds};
    let Some(python) = numpy() else {
        eprintln!("skipped: no Python with numpy");
        return;
    };
    let cases = load_cases();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/driver/load.py");
    let mut child = std::process::Command::new(python)
        .arg(script)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    serde_json::to_writer(child.stdin.take().unwrap(), &cases).unwrap();
    let output = child.wait_with_output().unwrap();
    let expected: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(expected.len(), cases.len());
    for (case, expected) in cases.iter().zip(expected) {
        let minutes: Vec<f64> = serde_json::from_value(case["minutes"].clone()).unwrap();
        let scale = Scale {
            factor: case["factor"].as_f64().unwrap(),
            kind: if case["kind"] == "linear" { ScaleType::Linear } else { ScaleType::Compound },
            rate: case["rate"].as_f64(),
            skip: case["skip"].as_u64().unwrap(),
            seed: case["seed"].as_u64().unwrap().into(),
        };
        let found = sb_run::spec::rates::k6(&seconds(&minutes, &scale));
        assert_eq!(found, expected, "{case}");
    }
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
