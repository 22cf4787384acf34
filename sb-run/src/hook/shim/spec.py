# The `spec` that hooks are given.


class Spec(Places):
    """What a hook is given: the benchmark's values, kept by the driver, and its commands."""

    def __init__(self, channel, go, streams):
        values, host = go["values"], go["host"]
        self.name = go["name"]
        self.last_run_success = True
        self.event_log = EventLog(self, host["events"])
        self.IMAGES = host["images"]
        self._host = host
        self._logs = None
        self._channel = channel
        self._values = values
        self._streams = streams
        self._lock = threading.RLock()
        self._known = {}
        self._reads = set()
        self._file = host["spec_file"]
        self._file_at = 0
        for key, value in values.items():
            self._remember(key, value)

    # -- values ------------------------------------------------------------------------------

    def __getitem__(self, key):
        with self._lock:
            self._keep_changes()
            self._reads.add(key)
            if key == "sb_event_log" and key not in self._values:
                return list(self.event_log.lines)
            return self._values.get(key)

    def __setitem__(self, key, value):
        if type(key) is not str:
            raise TypeError(f"spec keys are str, not {kind_of(key)}")
        where = f"spec[{key!r}]"
        refuse(key, "the key " + repr(key))
        refuse(value, where)
        with self._lock:
            self._keep_changes()
            self._send(key, value)

    def __delitem__(self, key):
        with self._lock:
            if key not in self._values:
                raise KeyError(key)
            self.pop(key, None)

    def __contains__(self, key):
        return key in self.keys()

    def __iter__(self):
        return iter(self.keys())

    def __len__(self):
        return len(self.keys())

    def keys(self):
        with self._lock:
            self._keep_changes()
            return list(self._values)

    def values(self):
        return [self[key] for key in self]

    def items(self):
        return [(key, self[key]) for key in self]

    def get(self, key, default=None):
        return self[key] if key in self else default

    def pop(self, key, default=None):
        with self._lock:
            self._keep_changes()
            if key not in self._values:
                return default
            self._ask("remove", key=key)
            self._known.pop(key, None)
            return self._values.pop(key)

    @property
    def config(self):
        """The whole configuration: the values under the benchmark's name, and where it runs."""
        with self._lock:
            host = {key: self._host[key] for key in ("host_path", "host_system", "host_user_group")}
            return {self.name: self._values, "sb": host}

    # -- commands ----------------------------------------------------------------------------

    def run(self, cmd, image=None, shell="/bin/sh", check=None):
        """Runs a command and returns what it printed, stdout and stderr in one, line end included."""
        if type(cmd) is not str:
            raise TypeError(f"spec.run takes a command line (str), not {kind_of(cmd)}")
        return self._command(cmd, image, shell, check)

    def build(self, image_tag, file="Dockerfile"):
        """Builds an image from the benchmark's folder."""
        self._before_command()
        answer = self._ask("build", tag=str(image_tag), file=str(file))
        if answer["failed"]:
            raise RuntimeError(answer["failed"])

    def _command(self, cmd, image, shell, check, k6=None):
        self._before_command()
        answer = self._ask(
            "run", cmd=clean(cmd), image=None if image is None else str(image), shell=str(shell),
            check=None if check is None else bool(check), k6=k6,
        )
        self.last_run_success = answer["code"] == 0
        if answer["failed"]:
            raise RuntimeError(answer["failed"])
        return answer["output"]

    def _before_command(self):
        with self._lock:
            self._keep_changes()
        for stream in self._streams:
            if not stream.closed:
                stream.flush()

    def __getattr__(self, name):
        raise AttributeError(
            f"spec has no {name!r}; it has spec[...], spec.run(), spec.get(), spec.pop(), spec.name"
        )

    # -- within ------------------------------------------------------------------------------

    def _ask(self, op, **fields):
        answer = self._channel.call(op, **fields)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def _send(self, key, value):
        self._ask("set", key=key, value=value)
        self._values[key] = value
        self._remember(key, value)

    def _remember(self, key, value):
        if isinstance(value, (dict, list)):
            self._known[key] = json.dumps(value)
        else:
            self._known.pop(key, None)

    def _keep_changes(self):
        """Sends lists and dicts that were changed in place since they were last looked at, and
        what was written to the file of $SB_SPEC."""
        if self._channel._owner is None:
            return
        self._read_file()
        for key, known in list(self._known.items()):
            value = self._values[key]
            try:
                same = json.dumps(value) == known
            except (TypeError, ValueError, RecursionError):
                same = False
            if not same:
                refuse(value, f"spec[{key!r}]")
                self._send(key, value)

    def _read_file(self):
        """Takes `key=value` lines that commands have appended to the file of $SB_SPEC."""
        try:
            if os.stat(self._file).st_size <= self._file_at:
                return
            with open(self._file, "rb") as stream:
                stream.seek(self._file_at)
                text = stream.read()
        except OSError:
            return
        for line in text.splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break  # the rest of it is still to come
            self._file_at += len(line)
            key, found, value = line.decode("utf-8", "replace").strip("\r\n").partition("=")
            if found and key.strip():
                self._ask("set", key=key.strip(), value=value, upto=self._file_at)
                self._values[key.strip()] = value
                self._known.pop(key.strip(), None)
