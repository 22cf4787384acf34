# The `spec` that hooks are given.


class Spec:
    """What a hook is given: the benchmark's values, kept by the driver, and its commands."""

    def __init__(self, channel, name, values, streams):
        self.name = name
        self.last_run_success = True
        self._channel = channel
        self._values = values
        self._streams = streams
        self._lock = threading.RLock()
        self._known = {}
        self._reads = set()
        for key, value in values.items():
            self._remember(key, value)

    # -- values ------------------------------------------------------------------------------

    def __getitem__(self, key):
        with self._lock:
            self._keep_changes()
            self._reads.add(key)
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
        return key in self._values

    def __iter__(self):
        return iter(list(self._values))

    def __len__(self):
        return len(self._values)

    def keys(self):
        return list(self._values)

    def values(self):
        return [self[key] for key in self]

    def items(self):
        return [(key, self[key]) for key in self]

    def get(self, key, default=None):
        return self[key] if key in self._values else default

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
        """The whole configuration: the values under the benchmark's name."""
        with self._lock:
            return {self.name: self._values}

    # -- commands ----------------------------------------------------------------------------

    def run(self, cmd, image=None, shell="/bin/sh", check=None):
        """Runs a command and returns what it printed, stdout and stderr in one, line end included."""
        if type(cmd) is not str:
            raise TypeError(f"spec.run takes a command line (str), not {kind_of(cmd)}")
        with self._lock:
            self._keep_changes()
        for stream in self._streams:
            stream.flush()
        answer = self._ask(
            "run", cmd=clean(cmd), image=None if image is None else str(image), shell=str(shell),
            check=None if check is None else bool(check),
        )
        self.last_run_success = answer["code"] == 0
        if answer["failed"]:
            raise RuntimeError(answer["failed"])
        return answer["output"]

    def build(self, image_tag, file="Dockerfile"):
        self._ask("build", tag=str(image_tag))

    def run_k6(self, envs=None, options="", image="k6"):
        self._ask("run_k6")

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
        """Sends lists and dicts that were changed in place since they were last looked at."""
        if self._channel._owner is None:
            return
        for key, known in list(self._known.items()):
            value = self._values[key]
            try:
                same = json.dumps(value) == known
            except (TypeError, ValueError, RecursionError):
                same = False
            if not same:
                refuse(value, f"spec[{key!r}]")
                self._send(key, value)
