//! The public members of `spec` beyond values and `spec.run`, as files of the original may use them.

use crate::sandbox::{Sandbox, need_python};

#[test]
fn every_public_member_is_there() {
    need_python!();
    let sandbox = Sandbox::with(
        r#"import datetime, os, pathlib
def prepare(spec):
    here = os.getcwd()
    assert spec.name == 'x' and spec.image('k6') == 'loadimpact/k6:0.37.0'
    assert spec.IMAGES['aws_cli'].startswith('mikesir87/') and spec.DEFAULT_SCRIPT == 'workload_script.js'
    try: spec.image('nothing')
    except KeyError: pass
    else: raise AssertionError
    assert spec.config['sb']['host_path'] == here and spec.config['x']['provider'] == 'aws'
    name = os.path.basename(here)
    assert str(spec.host_path()) == here == str(spec.host_root_path())
    assert (str(spec.sub_path()), spec.mount_dir(), spec.bench_dir()) == (name, '/apps/' + name, '/apps/' + name)
    assert spec.root_levels_up() == 0 and spec.host_system() in ('Linux', 'Darwin')
    assert spec.secrets_mount() == ' -v aws-secrets:/root/.aws', spec.secrets_mount()
    assert spec.key_value_args({'a': 1, 'b': "it's"}, '--env') == " --env 'a=1' --env 'b=it'\"'\"'s'"
    assert spec.logs_directory() is None and spec.last_run_success
    log = spec.event_log
    assert log.has_started() and log.last_event()[1:] == ('prepare', 'start')
    assert log.event_duration('invoke') is None
    since, until = log.get_invoke_timespan()
    assert until - since == datetime.timedelta(hours=6)
    assert spec['sb_event_log'] == log.lines and 'sb_event_log' not in spec
    assert spec.workload_file_paths() == ('workload_script.js', 'workload_options.json')
    win_vol = type(spec).host_path.__globals__['win_vol']
    assert win_vol(pathlib.PureWindowsPath(r'C:\Users\joe\Projects')) == '/C/Users/joe/Projects'
    assert win_vol(pathlib.PurePosixPath('/a')) == pathlib.PurePosixPath('/a')
    host = spec._host
    spec._host = dict(host, host_system='Windows', host_path=r'C:\Users\joe\tests\fixtures\mock_benchmark')
    assert type(spec.host_path()) is pathlib.PureWindowsPath and str(spec.sub_path()) == 'mock_benchmark'
    spec['root'] = '../..'
    assert str(spec.sub_path()) == 'tests/fixtures/mock_benchmark', spec.sub_path()
    assert spec.user_permissions() == ''
    spec.pop('root', None)
    spec._host = host
    parse = type(log).parse
    start, end = (parse('2021-03-27 12:21:%s+02:00,prepare,start' % s)[0] for s in ('06.172199', '07.174860'))
    assert (end - start).total_seconds() == 1.002661
    assert parse('2021-03-27 12:21:06+01:00,invoke,end')[1:] == ('invoke', 'end')
def invoke(spec):
    assert spec.event_log.event_duration('prepare').total_seconds() > 0
    first, second = spec.logs_directory(), spec.logs_directory()
    assert first == second and first.is_dir() and first.parent.name == 'logs'
    assert spec.workload_options() == {'vus': 1, 'iterations': 10}
    with open('workload_options.json') as f: assert f.read() == '{"vus": 1, "iterations": 10}'
    spec.create_workload_options_file('.', {'vus': 2})
    with open('workload_options.json') as f: assert f.read() == '{"vus": 2}'
    start, end = spec.event_log.get_invoke_timespan()
    assert start < end
def cleanup(spec):
    start, end = spec.event_log.get_invoke_timespan(datetime.timedelta(minutes=1))
    assert end - start == spec.event_log.event_duration('invoke') + datetime.timedelta(minutes=1)
    assert end - start > datetime.timedelta(minutes=1)
    assert spec.event_log.total_duration().total_seconds() > 0
"#,
    );
    let file = sandbox.read("x_benchmark.py").replace("provider: local", "provider: aws");
    sandbox.write("x_benchmark.py", &file);
    sandbox.run("prepare invoke 10 cleanup").code(0);
    assert_eq!(sandbox.files(), ["logs", "x_benchmark.py"], "the options file was made by sb-run");
}

#[test]
fn in_and_iteration_end() {
    need_python!();
    let sandbox = Sandbox::with(
        "def prepare(spec):
    assert 'x' not in spec and list(spec) == ['provider'] and len(spec) == 1
    spec['x'] = 1
    assert 'x' in spec and dict(spec.items()) == {'provider': 'local', 'x': 1}
    assert spec.pop('x', None) == 1 and spec.pop('x', 5) == 5
def invoke(spec): pass
def cleanup(spec): pass
",
    );
    sandbox.run("test").code(0);
}

#[test]
fn two_invokes_in_one_second_have_two_folders() {
    need_python!();
    let sandbox = Sandbox::with(
        "def prepare(spec): pass
def invoke(spec): print(spec.logs_directory())
def cleanup(spec): pass
",
    );
    sandbox.run("test --repeat 4").code(0);
    assert_eq!(std::fs::read_dir(sandbox.path("logs")).unwrap().count(), 4);
}

#[test]
fn other_languages_set_values() {
    need_python!();
    let sandbox = Sandbox::with(
        "import os
def prepare(spec):
    spec.run('echo endpoint=https://x.org/?a=b >> $SB_SPEC; printf half= >> $SB_SPEC')
    assert spec['endpoint'] == 'https://x.org/?a=b' and 'half' not in spec
    os.system('echo done >> $SB_SPEC; echo number=5 >> $SB_SPEC')
    spec['number'] = 6
    assert spec['half'] == 'done' and spec['number'] == 6
def invoke(spec):
    os.system('echo last=words >> $SB_SPEC')
    os._exit(1)
def cleanup(spec): print(spec['endpoint'], spec['half'], spec['number'], spec['last'])
",
    );
    sandbox.run("test --local").code(1);
    assert_eq!(sandbox.log("cleanup.log"), "https://x.org/?a=b done 6 words\n");
    assert_eq!(sandbox.files(), ["x_benchmark.py"]);
}
