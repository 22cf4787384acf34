//! The benchmark inside the program.

use std::collections::BTreeMap;

use crate::sandbox::{Sandbox, alive, need_python};

const LABELS: [&str; 6] = [
    "PRE_INVOKED",
    "HANDLER_START",
    "IMAGE_READ",
    "THUMBNAIL_DONE",
    "HANDLER_END",
    "RESPONSE_RECEIVED",
];

/// The labels of each trace, in the order of time, ties in the order of the lines.
fn traces(log: &str) -> BTreeMap<String, Vec<(u64, String)>> {
    let mut traces: BTreeMap<String, Vec<(u64, String)>> = BTreeMap::new();
    for line in log.lines() {
        let (epoch, rest) =
            line.split_once("+0000|").unwrap_or_else(|| panic!("a torn line: {line}"));
        let (label, id) =
            rest.split_once(" trace_id=").unwrap_or_else(|| panic!("a torn line: {line}"));
        assert!(epoch.len() == 13 && id.len() == 32, "{line}");
        traces.entry(id.into()).or_default().push((epoch.parse().unwrap(), label.into()));
    }
    for trace in traces.values_mut() {
        trace.sort_by_key(|(time, _)| *time);
    }
    traces
}

#[test]
fn thumbnail_generator_measures_240_invocations_and_leaves_nothing() {
    need_python!();
    let sandbox = Sandbox::new();
    sandbox.run("test --benchmarks=thumbnail_generator").code(0).never_says("still running");
    let traces = traces(&sandbox.log("invoke-0001.log"));
    assert_eq!(traces.len(), 240);
    for trace in traces.values() {
        let labels: Vec<&str> = trace.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, LABELS);
    }
    assert_eq!(sandbox.files(), [""; 0]);
    let left: Vec<_> = std::fs::read_dir(sandbox.path("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["runs"]);
    assert!(!any_process_of(&sandbox));
}

#[test]
fn thumbnail_generator_verb_by_verb() {
    need_python!();
    let sandbox = Sandbox::new();
    let here = "--benchmarks thumbnail-generator --cloud local";
    sandbox.run(&format!("prepare {here}")).code(0);
    let status = sandbox.run(&format!("status {here}")).code(0);
    assert!(status.stdout.contains("thumbnail_service.py"), "{status:#?}");
    sandbox.run(&format!("invoke 12 {here}")).code(0);
    sandbox.run(&format!("cleanup {here}")).code(0);
    // The service prints to prepare's log then, the client to invoke's.
    let both = sandbox.log("prepare.log") + &sandbox.log("invoke-0001.log");
    let traces = traces(&both);
    assert_eq!(traces.len(), 12);
    assert!(traces.values().all(|trace| trace.len() == 6));
    assert!(!sandbox.path("out/work").exists());
    assert!(!any_process_of(&sandbox));
}

#[test]
fn a_session_that_cannot_begin_keeps_the_open_run() {
    need_python!();
    let sandbox = Sandbox::new();
    let here = "--benchmarks=thumbnail_generator";
    sandbox
        .run(&format!("prepare {here}"))
        .code(0)
        .says("end it with: sb-run cleanup --benchmarks=thumbnail_generator");
    let mut command = sandbox.command(&format!("cleanup {here}"));
    let output = command.env("SB_PYTHON", "/bin/false").output().unwrap();
    crate::sandbox::Said::new(&output).code(2);
    assert!(sandbox.run(&format!("status {here}")).code(0).stdout.contains("prepare 1"));
    sandbox.run(&format!("cleanup {here}")).code(0).says("continuing run");
    assert!(!sandbox.path("out/work").exists());
}

#[test]
fn names_and_clouds_that_do_not_exist() {
    let sandbox = Sandbox::new();
    sandbox
        .run("test --benchmarks=thumbnail")
        .code(2)
        .says("'thumbnail'")
        .says("there are: thumbnail_generator");
    sandbox
        .run("test --benchmarks=thumbnail_generator --cloud=azure")
        .code(2)
        .says("not shipped for 'azure', only for: local");
    sandbox
        .run("test --benchmarks=thumbnail_generator --file=x.py")
        .code(2)
        .says("cannot be used with");
    assert!(sandbox.files().is_empty() && !sandbox.path("out").exists());
}

#[test]
fn list_validate_and_dry_run_leave_nothing() {
    need_python!();
    let sandbox = Sandbox::new();
    assert!(sandbox.run("list").code(0).stdout.starts_with("thumbnail_generator  --cloud=local  "));
    let valid = sandbox.run("validate --benchmarks=thumbnail_generator").code(0);
    assert!(valid.stdout.contains("benchmark thumbnail_generator: valid"), "{valid:#?}");
    let plan =
        sandbox.run("prepare invoke 3 cleanup --dry-run --benchmarks=thumbnail_generator").code(0);
    assert!(plan.stdout.contains("would run prepare, invoke 3, cleanup"), "{plan:#?}");
    assert!(sandbox.files().is_empty() && !sandbox.path("out").exists());
}

fn any_process_of(sandbox: &Sandbox) -> bool {
    let folder = sandbox.path("").canonicalize().unwrap();
    std::fs::read_dir("/proc").unwrap().flatten().any(|process| {
        let inside = std::fs::read_link(process.path().join("cwd"))
            .is_ok_and(|cwd| cwd.starts_with(&folder));
        inside && alive(&process.file_name().to_string_lossy())
    })
}
