# Loads the benchmark file, runs the hook, and says how it ended.

HOOKS = ("prepare", "invoke", "collect", "cleanup")


def describe(error, file, function):
    """What went wrong, and the line of the user's own file that led there."""
    import traceback  # here, because it costs time and is seldom needed

    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != "<sb-run>"]
    line = next((f.lineno for f in reversed(frames) if f.filename == file), None)
    where = file
    if isinstance(error, SyntaxError) and error.filename:
        where, line = error.filename, error.lineno
    elif line is None and function is not None:
        line = function.__code__.co_firstlineno if hasattr(function, "__code__") else None
    text = traceback.format_list(frames) + traceback.format_exception_only(type(error), error)
    message = getattr(error, "msg", None) if isinstance(error, SyntaxError) else str(error)
    return {
        "type": type(error).__name__,
        "message": clean(message),
        "file": clean(where),
        "line": line,
        "missing_module": clean(error.name) if isinstance(error, ModuleNotFoundError) and error.name else None,
        "traceback": clean("".join(text)),
    }


def load(file):
    """Executes the benchmark file as a module whose folder is on the import path."""
    with open(file, "rb") as stream:
        source = stream.read()
    name = os.path.splitext(os.path.basename(file))[0]
    module = type(sys)(name)
    module.__file__ = file
    sys.path[:] = [os.path.dirname(file)] + [entry for entry in sys.path if entry != ""]
    sys.modules[name] = module
    sys.argv = [file]
    exec(compile(source, file, "exec"), module.__dict__)
    return module, source


def problem(name, hook):
    """Why this cannot be called with a spec, if so."""
    if not callable(hook):
        return f"{name} is not a function but of type {kind_of(hook)}"
    code = getattr(hook, "__code__", None)
    if code is None:
        return None
    bound = 1 if hasattr(hook, "__self__") else 0
    most = code.co_argcount - bound
    least = most - len(hook.__defaults__ or ())
    if least <= 1 and (most >= 1 or code.co_flags & 0x04):  # 0x04: it has *args
        return None
    return f"{name} takes {most} arguments, but is called with one: def {name}(spec) (line {code.co_firstlineno})"


def config_line(source):
    """The line where the text of BENCHMARK_CONFIG begins, to name lines of its YAML."""
    import re

    text = source.decode("utf-8", "replace")
    found = re.search(r"^BENCHMARK_CONFIG\b[^\"'\n]*", text, re.MULTILINE)
    return text.count("\n", 0, found.end()) + 1 if found else None


stopped = []


def stop(signum, frame):
    # The driver may say it more than once.
    if not stopped:
        stopped.append(signum)
        raise Stopped()


def main(start, answers):
    answers_fd, requests_fd = os.dup(answers.fileno()), os.dup(1)  # not inherited by commands
    answers.close()
    os.dup2(2, 1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    sys.stdout, sys.stderr = LineStream(1), LineStream(2)
    sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr
    streams = (sys.stdout, sys.stderr)
    channel = Channel(answers_fd, requests_fd)
    for part in (*streams, channel):
        os.register_at_fork(after_in_child=part.after_fork)
    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=channel.listen, name="sb-run channel", daemon=True).start()

    file, hook = start["file"], start["hook"]
    instrument = type(sys)("sb")  # `from sb import trace, traced`
    exec(compile(start["instrument"], "<sb>", "exec"), instrument.__dict__)
    sys.modules["sb"] = instrument
    try:
        module, source = load(file)
    except BaseException as error:
        channel.say(op="load_failed", error=describe(error, file, None))
        return 2
    config = getattr(module, "BENCHMARK_CONFIG", None)
    found = {name: getattr(module, name, None) for name in HOOKS}
    channel.say(
        op="loaded",
        python="%d.%d.%d" % sys.version_info[:3],
        config=clean(config) if isinstance(config, str) else None,
        config_type=None if config is None else kind_of(config),
        config_line=config_line(source),
        hooks={name: problem(name, value) for name, value in found.items() if value is not None},
    )
    go = channel.wait_for_go()
    if not go["go"]:
        return 0
    if not logging.getLogger().handlers:
        logging.basicConfig(stream=sys.stderr)
        logging.getLogger().setLevel(logging.INFO)

    spec = Spec(channel, go, streams)
    end, code = {"outcome": "returned"}, 0
    try:
        try:
            found[hook](spec)
        finally:
            spec._keep_changes()
    except Stopped:
        end, code = {"outcome": "stopped"}, 1
    except SystemExit as error:
        if error.code not in (None, 0):
            end, code = {"outcome": "raised", "error": describe(error, file, found[hook])}, 1
    except BaseException as error:
        end, code = {"outcome": "raised", "error": describe(error, file, found[hook])}, 1
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for stream in streams:
        stream.flush_all()
    channel.call("end", reads=sorted(key for key in spec._reads if type(key) is str), **end)
    return code


sys.exit(main(start, channel))
