import json, os, sys
channel = os.fdopen(os.dup(0), "rb")
if sys.version_info < (3, 8):
    os.write(1, (json.dumps({"op": "old_python", "version": "%d.%d.%d" % sys.version_info[:3]}) + "\n").encode("ascii"))
    sys.exit(2)
start = json.loads(channel.readline().decode("ascii"))
exec(compile(start.pop("shim"), "<sb-run>", "exec"))
