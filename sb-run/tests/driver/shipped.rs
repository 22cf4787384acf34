//! The benchmark inside the program.

use std::collections::BTreeMap;

use crate::sandbox::{Sandbox, need_python};

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
        // Within one millisecond the order of two logs is that of the labels.
        let usual = |label: &str| LABELS.iter().position(|known| *known == label);
        trace.sort_by_key(|(time, label)| (*time, usual(label)));
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
    assert_eq!(sandbox.processes(), [""; 0]);
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
    assert_eq!(sandbox.processes(), [""; 0]);
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
        .run("test --benchmarks=thumbnail_generator --cloud=ibm")
        .code(2)
        .says("not shipped for 'ibm', only for: local, aws, azure");
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

/// A service that stands in for a deployed function: it runs the shipped handler.
const LAMBDA: &str = r"import base64, http.server, json, sys, threading, urllib.parse
sys.path.insert(0, sys.argv[1])
import handler
class H(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(self.path).query))
        event = {'body': base64.b64encode(body).decode(), 'isBase64Encoded': True,
                 'queryStringParameters': query, 'headers': {'x-trace-id': self.headers['X-Trace-Id']}}
        answer = handler.thumbnail(event, None)
        data = base64.b64decode(answer['body'])
        self.send_response(answer['statusCode'])
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), H)
print(server.server_address[1], file=open(sys.argv[2], 'w'))
server.serve_forever()
";

#[test]
fn aws_by_recording_commands() {
    need_python!();
    let sandbox = Sandbox::new();
    sandbox.write("lambda.py", LAMBDA);
    let python = crate::sandbox::python().unwrap().display();
    let here = sandbox.path("").canonicalize().unwrap().display().to_string();
    // A real URL of AWS is not called: a proxy of this machine takes its place.
    sandbox.tool(
        "sls",
        &format!(
            "echo \"sls $*\" >> {here}/calls
case $1 in deploy)
  {python} {here}/lambda.py \"$PWD\" {here}/port >> {here}/function.log 2>&1 &
  while ! grep -q . {here}/port 2>/dev/null; do sleep 0.05; done
  echo \"endpoint: https://abc.lambda-url.eu-west-1.on.aws/\";;
esac"
        ),
    );
    sandbox.tool("aws", &format!("echo \"aws $*\" >> {here}/calls; echo '{{}}'"));
    // urllib asks the endpoint's host; the test resolves it to the stand-in.
    std::fs::create_dir(sandbox.path("site")).unwrap();
    sandbox.write(
        "site/sitecustomize.py",
        &format!(
            "import urllib.request\nreal = urllib.request.Request\nclass Request(real):\n    def __init__(self, url, *a, **k):\n        port = open('{here}/port').read().strip()\n        super().__init__(url.replace('https://abc.lambda-url.eu-west-1.on.aws', 'http://127.0.0.1:' + port), *a, **k)\nurllib.request.Request = Request\n"
        ),
    );
    let mut command = sandbox.command(
        "test --benchmarks=thumbnail_generator --cloud=aws --region=eu-west-1 --local --settle 0 --set invocations=7 --set stage=sb1",
    );
    let output = command.env("PYTHONPATH", sandbox.path("site")).output().unwrap();
    let said = crate::sandbox::Said::new(&output).code(0);
    let calls = sandbox.read("calls");
    let calls: Vec<&str> = calls.lines().collect();
    assert_eq!(calls[0], "sls deploy --stage sb1 --region eu-west-1 --param memory=512");
    assert!(
        calls[1].starts_with("aws logs filter-log-events --log-group-name /aws/lambda/sb-thumbnail-generator-sb1-thumbnail --start-time ")
            && calls[1].ends_with(" --region eu-west-1"),
        "{calls:?}"
    );
    assert_eq!(calls[2..], ["sls remove --stage sb1 --region eu-west-1 --param memory=512"]);
    // Lambda would keep what the function prints in its own log.
    let both = sandbox.read("function.log") + &sandbox.log("invoke-0001.log");
    let traces = traces(&both);
    assert_eq!(traces.len(), 7, "{said:#?}");
    for trace in traces.values() {
        // Two logs: within a millisecond nothing tells which line was first.
        let mut labels: Vec<&str> = trace.iter().map(|(_, label)| label.as_str()).collect();
        labels.sort_unstable();
        let mut expected = LABELS;
        expected.sort_unstable();
        assert_eq!(labels, expected);
    }
}

#[test]
fn azure_by_recording_commands() {
    need_python!();
    let sandbox = Sandbox::new();
    let here = sandbox.path("").canonicalize().unwrap().display().to_string();
    for tool in ["az", "func"] {
        sandbox.tool(
            tool,
            &format!("echo \"{tool} $*\" >> {here}/calls; ls -A > {here}/files; echo '{{}}'"),
        );
    }
    let here = "--benchmarks=thumbnail_generator --cloud=azure --local --settle 0";
    let mut command = sandbox.command(here);
    let output = command
        .args(["prepare", "--region", "East US", "--set", "deploy_id=1234"])
        .output()
        .unwrap();
    crate::sandbox::Said::new(&output).code(0);
    assert!(sandbox.read("files").contains(".funcignore\n"));
    sandbox.run(&format!("cleanup {here}")).code(0);
    let name = "sb-thumbnail-1234";
    assert_eq!(
        sandbox.read("calls").lines().collect::<Vec<_>>(),
        [
            format!("az group create --name {name} --location eastus"),
            format!(
                "az storage account create --name sbthumbnail1234 --resource-group {name} --location eastus --sku Standard_LRS"
            ),
            format!(
                "az functionapp create --name {name} --resource-group {name} --storage-account sbthumbnail1234 --consumption-plan-location eastus --os-type Linux --runtime python --runtime-version 3.11 --functions-version 4"
            ),
            format!("func azure functionapp publish {name} --python"),
            format!("az group delete --name {name} --yes"),
        ]
    );
    let told = sandbox.log("run.yaml");
    assert!(
        told.contains("endpoint: https://sb-thumbnail-1234.azurewebsites.net/api/thumbnail"),
        "{told}"
    );
}

#[test]
fn a_failing_deployment_is_removed_again() {
    need_python!();
    let sandbox = Sandbox::new();
    let here = sandbox.path("").canonicalize().unwrap().display().to_string();
    sandbox.tool("sls", &format!("echo \"sls $1\" >> {here}/calls; [ $1 != deploy ]"));
    sandbox
        .run("test --benchmarks=thumbnail_* --cloud=aws --local")
        .code(1)
        .says("sls deploy failed with exit code 1")
        .says("cleanup done");
    assert_eq!(sandbox.read("calls"), "sls deploy\nsls remove\n");
    assert!(!sandbox.path("out/work").exists());
}
