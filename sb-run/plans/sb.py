"""`from sb.sb import Sb`: plans in plain Python. Every verb is a call of sb-run.

    from sb.sb import Sb

    sb = Sb("app/app_benchmark.py")
    sb.config.set("label", "first")
    try:
        sb.prepare().invoke(10).wait(60).invoke("custom", workload_options={"vus": 3})
    finally:
        sb.cleanup()
"""

import ast
import glob
import json
import os
import subprocess
import sys
import tempfile
import time


class SbError(Exception):
    """A verb failed; `code` is the exit code of sb-run."""

    def __init__(self, words, code):
        super().__init__(f"sb-run {' '.join(words)} failed with exit code {code}")
        self.code = code


class Config:
    """The values of the benchmark, kept over runs of the same Sb."""

    def __init__(self, sb):
        self._sb = sb

    def get(self, key):
        """Prints a value."""
        print(self._sb._values().get(key))

    def set(self, key, value):
        """Sets a value, at once and for all runs to come."""
        self._sb._call("config", "set", key, json.dumps(value))

    def show(self):
        """Prints all values as JSON."""
        print(json.dumps({self._sb.name(): self._sb._values()}, indent=4))


class Spec:
    """The values, to look at and to set between verbs."""

    def __init__(self, sb):
        self._sb = sb

    def __getitem__(self, key):
        return self._sb._values().get(key)

    def __setitem__(self, key, value):
        self._sb.config.set(key, value)

    def __contains__(self, key):
        return key in self._sb._values()

    def __iter__(self):
        return iter(list(self._sb._values()))

    @property
    def name(self):
        return self._sb.name()


class Bench:
    def __init__(self, sb):
        self.spec = Spec(sb)


class Sb:
    """One benchmark. Several can be alive at once."""

    def __init__(self, file="*_benchmark.py", local=False, debug=True, log_level="INFO", docker=False):
        self.local, self.debug, self.docker, self.log_level = local, debug, docker, log_level
        file = os.fspath(file)
        found = [file] if os.path.isfile(file) else glob.glob(file)
        if os.path.isdir(file):
            found = glob.glob(os.path.join(file, "*_benchmark.py"))
        self._out = os.path.abspath(os.environ.get("SB_OUT", "out"))
        self.bench = None
        if len(found) != 1:
            if file != "*_benchmark.py":
                raise FileNotFoundError(f"{file}: {len(found)} benchmark files, one is needed")
            return
        self._file = os.path.abspath(found[0])
        # Values live here between runs, as the state ends with each cleanup.
        self._folder = tempfile.TemporaryDirectory(prefix="sb-plan-")
        self._kept = os.path.join(self._folder.name, "values.json")
        self.bench = Bench(self)
        self.config = Config(self)
        self.validate()

    def name(self):
        """The benchmark's name."""
        self._need()
        return self._handover().get("name") or self._declared()

    def prepare(self):
        return self._call("prepare")

    def invoke(self, workload_type=None, scale_factor=1, scale_type="linear", workload_trace=None,
               workload_options=None, scale_rate_per_second=None, seconds_to_skip=180):
        """Runs the invoke hook with a load: a number, or 'custom' with options or a trace."""
        flags = [f"--scale-factor={scale_factor}", f"--scale-type={scale_type}",
                 f"--seconds-to-skip={seconds_to_skip}"]
        if workload_trace is not None:
            flags.append(f"--workload-trace={os.path.abspath(workload_trace)}")
        if isinstance(workload_options, dict):
            flags.append(f"--workload-options={json.dumps(workload_options)}")
        elif workload_options is not None:
            flags.append(f"--workload-options={workload_options}")
        if scale_rate_per_second is not None:
            flags.append(f"--scale-rate-per-second={scale_rate_per_second}")
        words = [] if workload_type in (None, "None") else [str(workload_type)]
        return self._call("invoke", *words, *flags)

    def collect(self):
        return self._call("collect")

    def cleanup(self):
        return self._call("cleanup")

    def test(self):
        return self._call("test")

    def status(self):
        return self._call("status")

    def validate(self):
        return self._call("validate", quiet=True)

    def shell(self, image):
        return self._call("shell", image)

    def wait(self, seconds):
        """Sleeps; $SB_WAIT_SCALE makes it shorter or longer, 0 skips it."""
        time.sleep(float(seconds) * float(os.environ.get("SB_WAIT_SCALE", "1")))
        return self

    def get_traces(self):
        """Fetches the application's log: `sb-run collect`."""
        return self._call("collect")

    def analyze_traces(self, path=None, provider=None):
        """Prints the latencies of the last run, or of a log."""
        paths = [path] if isinstance(path, (str, os.PathLike)) else list(path or [self._last_run()])
        trace = os.environ["SB_RUN"].replace("sb-run", "sb-trace")
        trace = os.environ.get("SB_TRACE") or (trace if os.path.exists(trace) else "sb-trace")
        subprocess.run([trace, "stats", *map(str, paths)], check=True)
        return self

    def init(self):
        return self  # there is no image of its own to be built

    @staticmethod
    def login(provider, prompt=False):
        """Opens a shell with the provider's command line, to log in there."""
        subprocess.run([os.environ["SB_RUN"], "shell", f"{provider}_cli"], check=True)

    @staticmethod
    def logout(provider):
        """Forgets the provider's credentials: the volume that holds them."""
        engine = os.environ.get("SB_ENGINE") or "docker"
        subprocess.run([engine, "volume", "rm", f"{provider}-secrets"], check=True)

    def fix_permissions(self):
        return self  # sb-run gives files back after every step

    def version(self):
        subprocess.run([os.environ["SB_RUN"], "--version"], check=True)
        return self

    # -- within ------------------------------------------------------------------------------

    def _need(self):
        if self.bench is None:
            raise ValueError("there is no benchmark: name its file, Sb('app_benchmark.py')")

    def _call(self, *words, quiet=False):
        self._need()
        place = ["--local"] if self.local else ["--docker"] if self.docker else []
        # Flags stand first, so that no value is taken for a verb.
        command = [os.environ["SB_RUN"], f"--file={self._file}", f"--out={self._out}", *place, *words]
        sys.stdout.flush()
        environment = dict(os.environ, SB_VALUES=self._kept)
        output = subprocess.DEVNULL if quiet else None
        code = subprocess.run(command, env=environment, stdout=output).returncode
        if code == -2 or code == 130:
            raise KeyboardInterrupt
        if code != 0:
            raise SbError(words, code)
        return self

    def _handover(self):
        try:
            with open(self._kept, encoding="utf-8") as stream:
                return json.load(stream)
        except FileNotFoundError:
            return {}

    def _values(self):
        self._need()
        return self._handover().get("values", {})

    def _last_run(self):
        run = self._handover().get("run")
        if run is None:
            raise ValueError("there is no run yet, and no path was given")
        return run

    def _declared(self):
        with open(self._file, "rb") as stream:
            tree = ast.parse(stream.read())
        for node in tree.body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "BENCHMARK_CONFIG":
                for line in ast.literal_eval(node.value).splitlines():
                    if line.strip() and not line.lstrip().startswith("#"):
                        return line.split(":")[0].strip().strip("'\"")
        return None
