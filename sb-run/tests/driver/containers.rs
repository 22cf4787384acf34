//! Commands and hooks in containers, with a real engine.

use crate::engine::{PYTHON, SHELL, containers_of, docker, need_engine};
use crate::sandbox::{Said, Sandbox, kill, wait};
use crate::signs::{LONG_LIMITS, run_out};

/// A benchmark in the folder `azure` of a root that is one level higher.
fn higher_root(hooks: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("azure")).unwrap();
    sandbox.write("shared.txt", "shared by all\n");
    sandbox.write(
        "azure/x_benchmark.py",
        &format!(
            "import os\nBENCHMARK_CONFIG = '''\nx:\n  root: ..\n'''\nIMAGE = '{SHELL}'\n{hooks}"
        ),
    );
    sandbox
}

/// Removes the images that were built for a folder.
pub(crate) struct Images(pub(crate) std::path::PathBuf);

impl Drop for Images {
    fn drop(&mut self) {
        let filter = format!("label=sb.folder={}", self.0.display());
        let images = docker(&["images", "-q", "--filter", &filter]).unwrap_or_default();
        for image in images.split_whitespace() {
            docker(&["rmi", "-f", image]);
        }
    }
}

fn name(sandbox: &Sandbox) -> String {
    sandbox.path("").canonicalize().unwrap().file_name().unwrap().to_string_lossy().into_owned()
}

/// A benchmark with a Dockerfile.
fn dockerized(dockerfile: &str, hooks: &str) -> (Sandbox, Images) {
    let sandbox = Sandbox::with(&format!("import os, sys, time\n{hooks}"));
    sandbox.write("Dockerfile", &format!("FROM {PYTHON}\n{dockerfile}"));
    let images = Images(sandbox.path("").canonicalize().unwrap());
    (sandbox, images)
}

const REST: &str = "def invoke(spec): pass\ndef cleanup(spec): pass\n";

#[test]
fn commands_see_the_folder_at_apps() {
    need_engine!();
    let sandbox = Sandbox::with(&format!(
        "def prepare(spec):
    spec['pwd'] = spec.run('pwd', '{SHELL}').rstrip()
    spec['url'] = spec.run(\"echo '  POST - https://x.org/upload' | awk '{{print $3}}'\", image='{SHELL}').rstrip()
    assert spec.run('echo out; echo err >&2', '{SHELL}') in ('out\\nerr\\n', 'err\\nout\\n')
    spec.run('echo test_content > made; mkdir sub; touch sub/x', '{SHELL}')
    assert spec.bench_dir() == spec['pwd'], spec.bench_dir()
    spec.run('echo from=container >> $SB_SPEC', '{SHELL}')
def invoke(spec):
    assert spec['from'] == 'container'
    spec['file'] = spec.run('cat made', '{SHELL}').rstrip()
    assert open('made').read() == 'test_content\\n'
    try:
        spec.run('exit 7', '{SHELL}')
    except Exception as error:
        assert str(error).startswith('The spec.run() command `exit 7` exited unsuccessfully.'), error
    else: raise AssertionError('no exception')
    assert spec.run('echo kept; exit 3', '{SHELL}', check=False) == 'kept\\n' and not spec.last_run_success
def cleanup(spec): spec.run('rm -r made sub', '{SHELL}')
"
    ));
    sandbox.run("test").code(0);
    let yaml = sandbox.log("run.yaml");
    let pwd = format!("pwd: /apps/{}", name(&sandbox));
    assert!(yaml.contains(&pwd) && yaml.contains("url: https://x.org/upload"), "{yaml}");
    assert!(yaml.contains("file: test_content"), "{yaml}");
    assert_eq!(sandbox.files(), ["x_benchmark.py"]);
    assert!(containers_of(&sandbox.path("")).is_empty());
}

#[test]
fn a_higher_root_is_mounted_whole() {
    need_engine!();
    let sandbox = higher_root(
        "def prepare(spec):
    spec['cwd'] = os.getcwd()
    spec['pwd'] = spec.run('pwd', IMAGE).rstrip()
    spec['up'] = spec.run('cd .. && pwd', IMAGE).rstrip()
    spec['shared'] = spec.run('cat ../shared.txt', IMAGE).rstrip()
    assert str(spec.sub_path()) == spec['pwd'][len('/apps/'):], spec.sub_path()
    assert str(spec.host_root_path()) == os.path.dirname(spec['cwd'])
def invoke(spec): pass
def cleanup(spec): pass
",
    );
    sandbox.run("test --file azure").code(0);
    let (yaml, root) = (sandbox.log("run.yaml"), name(&sandbox));
    for line in [
        format!("cwd: {}", sandbox.path("azure").canonicalize().unwrap().display()),
        format!("pwd: /apps/{root}/azure"),
        format!("up: /apps/{root}"),
        "shared: shared by all".into(),
    ] {
        assert!(yaml.lines().any(|found| found.trim() == line), "no '{line}' in {yaml}");
    }
}

#[test]
fn hooks_run_in_the_image_of_the_dockerfile() {
    need_engine!();
    let (sandbox, _images) = dockerized(
        "COPY . /context\n",
        "import helper
def prepare(spec):
    print('in', os.getcwd(), helper.WHO)
    assert os.path.exists('/context/helper.py')
    assert not os.path.exists('/context/.sb') and not os.path.exists('/context/out')
    os.system('echo a command; echo its error >&2')
    spec['id'] = 42
    spec['list'] = [1]
    spec['list'].append(2)
    os.system('echo by_file=yes >> $SB_SPEC')
    assert spec['by_file'] == 'yes'
    open('made', 'w').close()
def invoke(spec):
    assert spec['id'] == 42 and spec['list'] == [1, 2]
    assert str(spec.host_path()) == os.environ.get('NOTHING', spec['host'])
    print('1600776870140+0000|INVOKED trace_id=a')
def cleanup(spec):
    os.remove('made')
",
    );
    sandbox.write("helper.py", "WHO = 'a helper'\n");
    std::fs::create_dir_all(sandbox.path("out/old")).unwrap();
    let host = sandbox.path("").canonicalize().unwrap();
    sandbox
        .run(&format!("test --set host={}", host.display()))
        .code(0)
        .says("hooks run in sb-hooks/x-benchmark");
    let log = sandbox.log("prepare.log");
    assert!(log.starts_with(&format!("in /apps/{} a helper\n", name(&sandbox))), "{log}");
    assert!(log.contains("a command\nits error\n"), "{log}");
    assert_eq!(sandbox.log("invoke-0001.log"), "1600776870140+0000|INVOKED trace_id=a\n");
    assert!(sandbox.log("run.yaml").contains("image: sb-hooks/x-benchmark"));
    assert_eq!(sandbox.files(), ["Dockerfile", "helper.py", "x_benchmark.py"]);
    assert!(containers_of(&host).is_empty());

    sandbox.run("test --local --set host=x").code(1).never_says("hooks run in");
}

#[test]
fn errors_in_a_container_name_the_file_outside() {
    need_engine!();
    let (sandbox, _images) =
        dockerized("", &format!("def prepare(spec):\n    raise ValueError('boom')\n{REST}"));
    let file = sandbox.path("").canonicalize().unwrap().join("x_benchmark.py");
    sandbox.run("test").code(1).says(&format!("{}:7: ValueError: boom", file.display()));
    for leave in ["sys.exit(3)", "os._exit(3)", "os.kill(os.getpid(), 9)"] {
        // The first process of a container cannot kill itself; its end is the function's.
        let code = i32::from(!leave.contains("kill"));
        let (sandbox, _images) = dockerized(
            "",
            &format!(
                "def prepare(spec):\n    spec['a'] = 1\n    {leave}\ndef invoke(spec): pass\ndef cleanup(spec): print('a is', spec['a'])\n"
            ),
        );
        sandbox.run("test").code(code);
        assert_eq!(sandbox.log("cleanup.log"), "a is 1\n", "{leave}");
    }
}

#[test]
fn where_the_image_does_not_fit_hooks_run_here() {
    need_engine!();
    let sandbox = Sandbox::with(&format!("def prepare(spec): print('here')\n{REST}"));
    sandbox.write("Dockerfile", &format!("FROM {SHELL}\n"));
    sandbox
        .run("test")
        .code(0)
        .says("hooks run on this machine")
        .says("hooks need Python 3.8 or newer, and it has no python3");
    sandbox.run("test --docker").code(2).says("it has no python3").says("--local");
    let mut command = sandbox.command("test");
    let output = command.env("SB_ENGINE", "/nowhere/docker").output().unwrap();
    Said::new(&output).code(0).says("'/nowhere/docker' cannot be started");
    sandbox.write("Dockerfile", "FROM sb-run-test/none-such:1\n");
    sandbox.run("test").code(2).says("building the Dockerfile failed").says("none-such");
}

#[test]
fn a_benchmark_that_builds_images_itself() {
    need_engine!();
    let sandbox = Sandbox::with(
        "def prepare(spec):
    spec.build('sb-run-test/built:1')
    assert spec.run('cat /inside', image='sb-run-test/built:1') == 'built in\\n'
    try:
        spec.build('sb-run-test/built:2', file='Other')
    except Exception as error:
        assert 'Error during building `Other`' in str(error), error
    else: raise AssertionError('no exception')
def invoke(spec): pass
def cleanup(spec): pass
",
    );
    sandbox.write("Dockerfile", &format!("FROM {SHELL}\nCOPY inside /inside\n"));
    sandbox.write("inside", "built in\n");
    sandbox.run("test").code(0).says("the benchmark builds images itself (spec.build)");
    docker(&["rmi", "sb-run-test/built:1"]).unwrap();
}

#[test]
fn commands_need_an_engine_or_local() {
    let sandbox = Sandbox::with(&format!("def prepare(spec): spec.run('pwd')\n{REST}"));
    let mut command = sandbox.command("prepare");
    let output = command.env("SB_ENGINE", "/nowhere/docker").output().unwrap();
    Said::new(&output).code(1).says("containers cannot be used").says("With --local");
    sandbox.run("test --local").code(0);
}

#[test]
fn an_image_that_cannot_be_had() {
    need_engine!();
    let sandbox = Sandbox::with(
        "def prepare(spec):
    print(repr(spec.run('pwd', image='sb-run-test/none-such:1', check=False)))
def invoke(spec): pass
def cleanup(spec): pass
",
    );
    sandbox.run("prepare").code(0);
    assert!(sandbox.log("prepare.log").ends_with("''\n"), "{}", sandbox.log("prepare.log"));
}

#[test]
fn credentials_are_mounted() {
    need_engine!();
    // These may be someone's real ones: nothing in them is changed for good.
    let pulumi = |word: &str| {
        let volume = "pulumi-secrets:/s";
        docker(&["run", "--rm", "-v", volume, "--entrypoint=", SHELL, word, "/s/sb-run-test"])
            .unwrap();
    };
    pulumi("touch");
    let sandbox = Sandbox::new();
    sandbox.write(
        "x_benchmark.py",
        &format!("BENCHMARK_CONFIG = 'x: {{provider: [aws, pulumi]}}'\ndef prepare(spec): spec.run('ls /root/.aws /root/.pulumi/sb-run-test', '{SHELL}')\n{REST}"),
    );
    let said = sandbox.run("test");
    pulumi("rm");
    let shell = sandbox.command(&format!("shell {SHELL}")).output().unwrap();
    crate::engine::remove_new_volumes();
    said.code(0);
    assert_eq!(shell.status.code(), Some(0));
}

#[test]
fn ctrl_c_stops_what_runs_in_containers() {
    need_engine!();
    for hook in [
        "os.system('touch started; sleep 1000')".to_string(),
        format!("spec.run('touch started; sleep 1000', '{SHELL}')"),
    ] {
        let (sandbox, _images) = dockerized(
            "",
            &format!(
                "def prepare(spec): pass\ndef invoke(spec):\n    spec['set'] = 'before'\n    {hook}\ndef cleanup(spec): print(spec['set'])\n"
            ),
        );
        let driver = sandbox.start("test");
        wait("the hook", || sandbox.path("started").exists());
        kill("-INT", driver.id());
        Said::new(&driver.wait_with_output().unwrap()).code(130).says("cleanup done");
        assert_eq!(sandbox.log("cleanup.log"), "before\n");
        assert!(containers_of(&sandbox.path("")).is_empty());
    }
}

#[test]
fn a_time_limit_holds_in_containers() {
    need_engine!();
    let (sandbox, _images) = dockerized(
        "",
        "def prepare(spec): pass\ndef invoke(spec): os.system('echo yes > started; sleep 1000')\ndef cleanup(spec): pass\n",
    );
    run_out(LONG_LIMITS, |limit| {
        let words = format!("test --timeout invoke={}", limit.flag());
        sandbox.run(&words).code(1).says(limit.words);
        sandbox.sign("started")
    });
    assert!(containers_of(&sandbox.path("")).is_empty());
}

#[test]
fn kill_9_of_the_driver_or_the_container_loses_nothing() {
    need_engine!();
    for inside in [true, false] {
        let hang = if inside {
            "time.sleep(1000)".into()
        } else {
            format!("spec.run('sleep 1000', '{SHELL}')")
        };
        let (sandbox, _images) = dockerized(
            "",
            &format!(
                "def prepare(spec):\n    spec['bucket'] = 'b-1'\n    open('started', 'w').close()\n    {hang}\ndef invoke(spec): pass\ndef cleanup(spec): print(spec['bucket'])\n"
            ),
        );
        let mut driver = sandbox.start("prepare");
        wait("the hook", || sandbox.path("started").exists());
        let needed = if inside { 1 } else { 2 };
        wait("containers", || containers_of(&sandbox.path("")).len() == needed);
        kill("-KILL", driver.id());
        driver.wait().unwrap();
        if inside {
            // The hook's container ends with its driver.
            wait("its end", || containers_of(&sandbox.path("")).is_empty());
        }
        sandbox.run("cleanup").code(0).says("sb-run was killed during prepare");
        assert_eq!(sandbox.log("cleanup.log"), "b-1\n");
        wait("the end of containers", || containers_of(&sandbox.path("")).is_empty());
    }
    let (sandbox, _images) = dockerized(
        "",
        "def prepare(spec):\n    spec['bucket'] = 'b-2'\n    open('started', 'w').close()\n    time.sleep(1000)\ndef invoke(spec): pass\ndef cleanup(spec): print(spec['bucket'])\n",
    );
    let driver = sandbox.start("test");
    wait("the hook", || sandbox.path("started").exists());
    for container in containers_of(&sandbox.path("")) {
        docker(&["kill", &container]);
    }
    Said::new(&driver.wait_with_output().unwrap())
        .code(1)
        .says("the process was ended by signal 9");
    assert_eq!(sandbox.log("cleanup.log"), "b-2\n");
}
