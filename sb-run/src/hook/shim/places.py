# Where things are: the benchmark's folder here and in containers, and k6's files.

import pathlib


def win_vol(path):
    """A Windows path as containers know it, `C:\\Users` as `/C/Users`; others as they are."""
    if isinstance(path, pathlib.PureWindowsPath):
        return "/" + path.drive.rstrip(":") + path.as_posix()[len(path.drive):]
    return path


class Places:
    """The part of `spec` that names folders, images and files."""

    DEFAULT_SCRIPT = "workload_script.js"
    DEFAULT_OPTIONS = "workload_options.json"
    CHECK_RETURNCODE_DEFAULT = True
    IMAGES = {}

    def image(self, alias):
        return self.IMAGES[alias]

    def host_system(self):
        return self._host["host_system"]

    def host_user_group(self):
        return self._host["host_user_group"]

    def host_path(self):
        windows = self.host_system() == "Windows"
        return (pathlib.PureWindowsPath if windows else pathlib.PurePosixPath)(self._host["host_path"])

    def root_levels_up(self):
        return len(self["root"].split("/")) if self["root"] else 0

    def host_root_path(self):
        path = self.host_path()
        for _ in range(self.root_levels_up()):
            path = path.parent
        return path

    def sub_path(self):
        root = self.host_root_path()
        return pathlib.PurePosixPath(root.name).joinpath(self.host_path().relative_to(root))

    def mount_dir(self):
        return f"/apps/{self.host_root_path().name}"

    def bench_dir(self):
        return f"/apps/{self.sub_path()}"

    def user_permissions(self):
        return " -u root" if self.host_system() == "Linux" else ""

    def secrets_mount(self):
        return "".join(" -v " + volume for volume in self._host["secrets"])

    def key_value_args(self, arg_dict, flag):
        """` --env 'K=V'` for each entry, quoted so that any value survives the shell."""
        quoted = (clean(f"{key}={value}").replace("'", "'\"'\"'") for key, value in arg_dict.items())
        return "".join(f" {flag} '{entry}'" for entry in quoted)

    def logs_directory(self):
        """A folder of its own for each invoke, made when it is first asked for."""
        if self._logs is None:
            start = self.event_log.last_event_time("invoke", "start")
            if start is None:
                return None
            name = start.strftime("%Y-%m-%d_%H-%M-%S")
            self._logs = self._unused(pathlib.Path("logs") / name)
        self._logs.mkdir(parents=True, exist_ok=True)
        return self._logs

    def workload_log_file(self):
        folder = self.logs_directory()
        if folder is None:
            raise RuntimeError("there is no log folder before invoke: call spec.run_k6 in invoke")
        return folder / "k6_metrics.csv"

    def workload_file_paths(self):
        script, options = self["workload_script"], self["workload_options"]
        if options is None:
            beside = pathlib.Path(script).parent if script is not None else pathlib.Path()
            options = str(beside / self.DEFAULT_OPTIONS)
        return self.DEFAULT_SCRIPT if script is None else script, options

    def workload_options(self):
        """The k6 options of this invoke."""
        return json.loads(self._ask("workload")["text"])

    def create_workload_options_file(self, path, workload_options=None):
        target = pathlib.Path(path) / self.workload_file_paths()[1]
        if workload_options and not isinstance(workload_options, dict):
            source = pathlib.Path(workload_options)
            if source.suffix == ".json" and source.is_file():
                workload_options = json.loads(source.read_text(encoding="utf-8"))
            else:
                workload_options = None
        with open(target, "w", encoding="utf-8") as stream:
            json.dump(self.workload_options() if workload_options is None else workload_options, stream)

    def run_k6(self, envs=None, options="", image="k6"):
        """Runs k6 with the options of this invoke; its metrics go to the invoke's log folder."""
        import shlex  # here, because it costs time and is seldom needed

        script, options_file = self.workload_file_paths()
        metrics = self._unused(self.workload_log_file())
        command = (
            f"k6 run{self.key_value_args(envs or {}, '--env')}"
            f" --config {shlex.quote(str(options_file))} --out csv={shlex.quote(str(metrics))}"
            f" {options} {shlex.quote(str(script))}"
        )
        self._command(command, image, "/bin/sh", None, k6=str(metrics))

    def shell(self, image, shell="/bin/bash"):
        raise RuntimeError(f"a hook has no terminal; call: sb-run shell {image}")

    @staticmethod
    def _unused(path):
        """The path, with a number if there is something already."""
        number, found = 1, path
        while found.exists():
            number += 1
            found = path.with_name(f"{path.stem}-{number}{path.suffix}")
        return found
