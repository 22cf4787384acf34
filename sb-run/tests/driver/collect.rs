//! The application's log is fetched by the provider's own command line, here one that writes down
//! how it was called. No cloud is called.

use crate::sandbox::{Said, Sandbox, alive, kill, need_python};
use crate::signs::{Driver, LIMITS, run_out};

fn with_cloud(values: &str, hooks: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(
        "x_benchmark.py",
        &format!("BENCHMARK_CONFIG = '''\nx:\n{values}'''\ndef prepare(spec): spec['log_groups'] = ['/aws/lambda/a']\ndef invoke(spec): print('1600776870140+0000|INVOKED')\ndef cleanup(spec): pass\n{hooks}"),
    );
    for tool in ["aws", "az", "gcloud"] {
        sandbox.tool(
            tool,
            &format!("echo \"{tool} $*\" >> calls; echo '{{\"events\": []}}'; echo talk >&2"),
        );
    }
    sandbox
}

/// A command line with `T` for each time in it, which must be one of today.
fn without_times(line: &str) -> String {
    let is_time = |text: &str| {
        let epoch = text.len() == 13 && text.bytes().all(|byte| byte.is_ascii_digit());
        epoch || (text.len() == 24 && text.starts_with("20") && text.ends_with('Z'))
    };
    let word = |word: &str| {
        let parts: Vec<&str> =
            word.split('"').map(|part| if is_time(part) { "T" } else { part }).collect();
        parts.join("\"")
    };
    line.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn each_providers_own_command_line() {
    need_python!();
    for (values, line) in [
        (
            "  provider: aws\n  region: eu-west-1\n",
            "aws logs filter-log-events --log-group-name /aws/lambda/a --start-time T --end-time T --output json --region eu-west-1",
        ),
        (
            "  provider: azure\n  app_insights: app\n  resource_group: rg\n",
            "az monitor app-insights query --app app --analytics-query traces | project timestamp, message, customDimensions, operation_Id, cloud_RoleInstance | order by timestamp asc --start-time T --end-time T --resource-group rg --output json",
        ),
        (
            "  provider: google\n  log_filter: resource.type=cloud_function\n  project: p\n",
            "gcloud logging read (resource.type=cloud_function) AND timestamp>=\"T\" AND timestamp<=\"T\" --format=json --order=asc --project p",
        ),
    ] {
        let sandbox = with_cloud(values, "");
        sandbox.run("test --settle 0").code(0).says("collect done");
        assert_eq!(without_times(sandbox.read("calls").trim_end()), line);
        let collected: Vec<_> = std::fs::read_dir(sandbox.only_run().join("collected"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert_eq!(collected.len(), 1);
        assert_eq!(sandbox.read(&collected[0]), "{\"events\": []}\n");
        assert!(sandbox.log("collect.log").contains("talk\n"));
        assert!(sandbox.log("driver.log").contains("|SB_COLLECT_END done"));
    }
    // What has gone by since invoke is not waited for, and on a busy machine that may be all of it.
    let waits = ["1s", "4s", "15s", "1m"].into_iter().any(|settle| {
        let sandbox = with_cloud("  provider: aws\n  region: x\n", "");
        let said = sandbox.run(&format!("test --region eu-north-1 --settle {settle}")).code(0);
        assert!(sandbox.read("calls").trim_end().ends_with("--output json --region eu-north-1"));
        said.stderr.contains("waiting")
    });
    assert!(waits, "it does not wait for logs to arrive");
}

#[test]
fn a_collect_hook_stands_in_for_it() {
    need_python!();
    let hook = "def collect(spec): print('collecting for', spec['provider'])\n";
    let sandbox = with_cloud("  provider: aws\n", hook);
    sandbox.run("prepare invoke").code(0);
    sandbox.run("collect cleanup").code(0);
    assert_eq!(sandbox.log("collect.log"), "collecting for aws\n");
    assert!(!sandbox.path("calls").exists());
}

#[test]
fn what_is_missing_is_said() {
    need_python!();
    let sandbox = with_cloud("  provider: azure\n", "");
    sandbox.run("test").code(0).says("stays at azure: name it in spec['app_insights']");
    assert!(!sandbox.only_run().join("collected").exists());
    Sandbox::fixture("empty").run("test").code(0).never_says("stays at");
    Sandbox::fixture("empty").run("prepare collect").code(0).says("invoke has not run");
}

#[test]
fn a_failure_keeps_nothing_half_and_cleanup_runs() {
    need_python!();
    let sandbox = with_cloud("  provider: aws\n", "");
    sandbox.tool("aws", "echo half; exit 9");
    sandbox
        .run("test --settle 0")
        .code(1)
        .says("collect failed: 'aws' failed with exit code 9")
        .says("cleanup done");
    assert_eq!(std::fs::read_dir(sandbox.only_run().join("collected")).unwrap().count(), 0);

    let pid = run_out(LIMITS, |limit| {
        let sandbox = with_cloud("  provider: aws\n", "");
        sandbox.tool("aws", "echo $$ > pid; exec sleep 1000");
        let words = format!("test --settle 0 --timeout collect={}", limit.flag());
        sandbox.run(&words).code(1).says("collect failed");
        sandbox.sign("pid")
    });
    assert!(!alive(&pid));

    let sandbox = with_cloud("  provider: aws\n", "");
    let mut driver = Driver::start(&mut sandbox.command("test --settle 10m"));
    driver.wait_for("for the logs to arrive");
    driver.wait_for_sleep();
    kill("-INT", driver.id());
    driver.end().code(130).says("cleanup done");
}

/// A command line that is not on the path comes from its image, with the volumes of the
/// credentials: the engine writes down how it was called.
#[test]
fn without_the_program_its_image_is_used() {
    need_python!();
    for (values, program, image) in [
        (
            "  provider: aws\n  region: eu-west-1\n",
            "aws",
            "-v aws-secrets:/root/.aws -v FOLDER:/apps/NAME -w /apps/NAME -u root -e SB_STEP_TOKEN=<token> -e AZURE_EXTENSION_USE_DYNAMIC_INSTALL=yes_without_prompt --entrypoint= mikesir87/aws-cli:1.18.188 aws logs filter-log-events --log-group-name /aws/lambda/a",
        ),
        (
            "  provider: azure\n  app_insights: app\n",
            "az",
            "--entrypoint= mcr.microsoft.com/azure-cli:2.34.1 az monitor app-insights query --app app",
        ),
        (
            "  provider: google\n  log_filter: a=b\n",
            "gcloud",
            "--entrypoint= google/cloud-sdk:380.0.0-alpine gcloud logging read (a=b) AND",
        ),
    ] {
        let sandbox = with_cloud(values, "");
        sandbox.tool("engine", "[ $1 = run ] && echo \"$*\" >> calls; case $* in *python3*) exit 1;; *logs*|*app-ins*|*logging*) echo '{\"from\": \"image\"}';; esac");
        let engine = sandbox.path("bin/engine");
        sandbox.run("prepare invoke").code(0);
        let collect = |words: &str, path: Option<&str>| {
            let mut command = sandbox.command(&format!("{words} --settle 0"));
            command.env("SB_ENGINE", &engine);
            // Credentials of this machine would be handed on.
            for (name, _) in std::env::vars_os() {
                if ["AWS_", "CLOUDSDK_", "GOOGLE_", "AZURE_"]
                    .iter()
                    .any(|one| name.to_string_lossy().starts_with(one))
                {
                    command.env_remove(name);
                }
            }
            if let Some(path) = path {
                command.env("PATH", path);
            }
            Said::new(&command.output().unwrap())
        };
        std::fs::rename(sandbox.path("bin").join(program), sandbox.path(program)).unwrap();
        collect("collect", Some("/nowhere")).code(0);
        let folder = sandbox.path("").canonicalize().unwrap();
        let journal = sandbox.log("journal.ndjson");
        let token = journal.lines().rev().find_map(|line| {
            let entry: serde_json::Value = serde_json::from_str(line).unwrap();
            (entry["hook"] == "collect").then(|| entry["token"].as_str().unwrap().to_string())
        });
        let expected = image
            .replace("FOLDER", &folder.display().to_string())
            .replace("NAME", &folder.file_name().unwrap().to_string_lossy())
            .replace("<token>", &token.unwrap());
        let calls = sandbox.read("calls");
        assert!(calls.contains(&expected), "no '{expected}' in {calls}");
        assert!(calls.starts_with("run --rm --label sb.step="), "{calls}");
        let file = std::fs::read_dir(sandbox.only_run().join("collected")).unwrap().next().unwrap();
        assert_eq!(sandbox.read(file.unwrap().path()), "{\"from\": \"image\"}\n");
        assert!(sandbox.log("collect.log").contains(" (in "), "{}", sandbox.log("collect.log"));

        std::fs::write(&engine, "#!/bin/sh\nexit 1\n").unwrap();
        collect("collect", Some("/nowhere"))
            .code(1)
            .says(&format!("'{program}' is not on the PATH, and there is no container engine"));
        collect("collect --local", Some("/nowhere")).code(1).says("is not on the PATH");
    }
}

#[test]
fn ends_of_logs_that_invoke_printed_are_taken() {
    need_python!();
    // `aws lambda invoke --log-type Tail`
    let code = "U1RBUlQgUmVxdWVzdElkOiBhClZlcnNpb246ICRMQVRFU1QKMTYwMDc3Njg3MDE0MCswMDAwfEhBTkRMRVIKRU5EIFJlcXVlc3RJZDogYQo=";
    let hooks = format!(
        "def prepare(spec): pass
def invoke(spec): print('{{\"StatusCode\": 200, \"LogResult\": \"{code}\"}}')
def cleanup(spec): pass
"
    );
    let sandbox = Sandbox::with(&hooks);
    sandbox
        .run("test --repeat 2")
        .code(0)
        .says("2 ends of the functions' log")
        .never_says("no trace statement");
    let text =
        "START RequestId: a\nVersion: $LATEST\n1600776870140+0000|HANDLER\nEND RequestId: a\n";
    for call in [1, 2] {
        assert_eq!(sandbox.log(&format!("collected/tails-invoke-000{call}.log")), text);
    }
    let nothing = Sandbox::with(&hooks.replace("LogResult", "Payload"));
    nothing.run("test").code(0);
    assert!(!nothing.only_run().join("collected").exists());
}
