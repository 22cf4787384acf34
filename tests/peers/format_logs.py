"""Logs of every format with two streams of invocations, and how DuckDB reads each.

A record is (ms, stream, id, kind, text): kind is `start`, `end`, `report` or `log`.
"""

import gzip
import json
from datetime import datetime, timezone

BEGIN = 1_700_000_000_000
LABELS = ("PRE_INVOKED", "INVOKED", "HANDLER_DONE", "POST_INVOKED")
STREAMS = [f"2023/11/14/[$LATEST]{x * 16}" for x in ("a1", "b2")]
PODS = ["orders-7d9c5bd4f8-x2x7k", "orders-7d9c5bd4f8-mq9lp"]


def invocation(ms, stream, number, random):
    """One invocation's records, and when it is over."""
    high, low = divmod(number * 2 + stream, 1 << 32)
    rid = f"{low:08x}-{high:04x}-4{random.randrange(4096):03x}-a{random.randrange(4096):03x}-{random.getrandbits(48):012x}"
    records = [(ms, stream, rid, "start", f"START RequestId: {rid} Version: $LATEST")]
    for place, label in enumerate(LABELS):
        ms += random.randrange(1, 40)
        records.append((ms, stream, rid, "log", f"{ms}+0000|{label}"))
        if place < 3:
            text = f"order {number} checked, sku A-{number % 977}, total {number % 91}.{number % 97:02}, cache warm"
            records.append((ms, stream, rid, "log", text))
    ms += 1
    took = ms - records[0][0]
    records.append((ms, stream, rid, "end", f"END RequestId: {rid}"))
    report = (
        f"REPORT RequestId: {rid}\tDuration: {took}.12 ms\tBilled Duration: {took + 1} ms\t"
        "Memory Size: 128 MB\tMax Memory Used: 66 MB\t"
    )
    records.append((ms, stream, rid, "report", report))
    return records, ms


def batches(random, streams):
    """Batches of records in the order of time, for ever."""
    now, number = BEGIN, 0
    while True:
        batch = []
        for _ in range(500):
            ends = []
            group = []
            for stream in range(streams):
                records, end = invocation(now + stream * 3, stream, number, random)
                group += records
                ends.append(end)
            group.sort(key=lambda record: record[0])
            batch += group
            number += 1
            now = max(ends) + random.randrange(1, 20)
        yield batch


_seconds = {}


def iso(ms, digits=3, zone="Z", sep="T"):
    second, rest = divmod(ms, 1000)
    text = _seconds.get(second)
    if text is None:
        _seconds.clear()
        text = datetime.fromtimestamp(second, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
        _seconds[second] = text
    fraction = f".{rest:03d}402117"[: digits + 1] if digits else ""
    return (text if sep == "T" else text.replace("T", sep)) + fraction + zone


def node(record):
    ms, _, rid, kind, text = record
    return text if kind != "log" else f"{iso(ms)}\t{rid}\tINFO\t{text}"


def python(record):
    ms, _, rid, kind, text = record
    return text if kind != "log" else f"[INFO]\t{iso(ms)}\t{rid}\t{text}\n"


def dump(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


class Format:
    def __init__(self, name, kind, file, record, sql, streams=2, head="", tail="", between="", packed=None):
        self.name, self.kind, self.file, self.record, self._sql = name, kind, file, record, sql
        self.streams, self.head, self.tail, self.between, self.packed = streams, head, tail, between, packed

    def write(self, path, size, random):
        """Writes at least so many bytes (of text); says how many statements there are."""
        statements = written = 0
        first = True
        with (gzip.open(path, "wb", 1) if self.packed else open(path, "wb")) as out:
            out.write(self.head.encode())
            for batch in batches(random, self.streams):
                pieces = self.record(batch) if self.kind_of_batch else [self.record(r) for r in batch]
                pieces = [piece for piece in pieces if piece is not None]
                text = ("" if first else self.between) + self.between.join(pieces)
                first = False
                data = text.encode()
                out.write(data)
                written += len(data)
                statements += sum("|" in record[4] for record in batch)
                if written >= size:
                    break
            out.write(self.tail.encode())
        return statements

    kind_of_batch = False

    def sql(self, path):
        return self._sql.replace("FILE", path)


class Batched(Format):
    """Whose records come together in groups."""

    kind_of_batch = True


LINES = (
    "read_csv('FILE', columns={'r': 'VARCHAR'}, delim=chr(1), quote='', escape='', header=false, "
    "auto_detect=false, max_line_size=33554432, strict_mode=false)"
)
STATEMENT = r"(\d{13})[+-]\d{4}\|([A-Z_]+)"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def select(text, key, rows, where=""):
    """Epoch, label and key of the statements in `text`, of the rows that hold a bar."""
    return (
        f"select x.epoch::bigint as epoch, x.label as label, key from ("
        f"select regexp_extract({text}, '{STATEMENT}', ['epoch', 'label']) as x, {key} as key "
        f"from {rows} where contains({text}, '|') {where}) where x.epoch <> ''"
    )


def by_lines(key="''"):
    return select("r", key, LINES)


def by_regex(regex):
    return by_lines(f"regexp_extract(r, '{regex}', 1)")


STREAM_KEY = r"(\d{4}/\d\d/\d\d/\[[^ \t\]]*\][0-9a-f]{32})"
UUID_KEY = f"({UUID})"


def json_lines(columns, text, key):
    body = ", ".join(f"{name}: '{kind}'" for name, kind in columns.items())
    rows = f"read_json('FILE', format='newline_delimited', columns={{{body}}})"
    return select(text, key, rows)


def json_document(path, struct, text, key):
    """Records in an array at a path of one document."""
    first, *rest = path
    kind = struct + "[]"
    for name in reversed(rest):
        kind = f"STRUCT({name} {kind})"
    inner = ".".join(path)
    rows = (
        f"(select unnest({inner}) as e from read_json('FILE', columns={{{first}: '{kind}'}}, "
        "maximum_object_size=1500000000))"
    )
    return select(text, key, rows)


def csv(text, key):
    rows = (
        "read_csv('FILE', header=true, quote='\"', escape='\"', all_varchar=true, delim=',', "
        "max_line_size=33554432, parallel=true, auto_detect=true)"
    )
    return select(text, key, rows)


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def events(record):
    ms, stream, rid, _, text = record
    return dump(
        {
            "logStreamName": STREAMS[stream],
            "timestamp": ms,
            "message": node(record) + "\n",
            "ingestionTime": ms + 1800,
            "eventId": f"3{ms}{rid[:8]}{abs(hash((rid, text))) % 10**20:020d}",
        }
    )


def subscription(batch):
    out = []
    for at in range(0, len(batch), 40):
        for stream in range(2):
            part = [r for r in batch[at : at + 40] if r[1] == stream]
            log = [{"id": f"3{r[0]}{i}{at}{r[2]}", "timestamp": r[0], "message": node(r) + "\n"} for i, r in enumerate(part)]
            out.append(
                dump(
                    {
                        "messageType": "DATA_MESSAGE",
                        "owner": "123456789012",
                        "logGroup": "/aws/lambda/orders",
                        "logStream": STREAMS[stream],
                        "subscriptionFilters": ["all"],
                        "logEvents": log,
                    }
                )
            )
    return out


def insights(record):
    ms, stream, rid, _, _ = record
    return dump(
        [
            {"field": "@timestamp", "value": iso(ms, 3, "", " ")},
            {"field": "@message", "value": node(record) + "\n"},
            {"field": "@logStream", "value": STREAMS[stream]},
            {"field": "@ptr", "value": "CmIKJgoiMTIzNDU2Nzg5MDEyOi9hd3MvbGFtYmRh" + rid.replace("-", "")},
        ]
    )


def telemetry(batch):
    def event(record):
        ms, _, rid, kind, text = record
        if kind == "log":
            return {"time": iso(ms), "type": "function", "record": text + "\n"}
        name = {"start": "platform.start", "end": "platform.runtimeDone", "report": "platform.report"}[kind]
        return {"time": iso(ms), "type": name, "record": {"requestId": rid, "status": "success"}}

    return ["[" + ",".join(dump(event(r)) for r in batch[at : at + 100]) + "]" for at in range(0, len(batch), 100)]


def plain(record):
    return record[4] if record[3] == "log" else f"GET /orders/{record[2][:8]} 200 12ms"


def docker(record):
    return dump({"log": plain(record) + "\n", "stream": "stdout", "time": iso(record[0], 9)})


def loki(batch):
    out = []
    for stream in range(2):
        values = [[f"{r[0]}402117", plain(r)] for r in batch if r[1] == stream]
        out.append(dump({"stream": {"app": "orders", "pod": PODS[stream]}, "values": values}))
    return out


def gcp(record):
    ms, stream, rid, _, _ = record
    return json.dumps(
        {
            "insertId": f"{ms}-{abs(hash(record)) % 10**12}",
            "labels": {"execution_id": rid, "instance_id": STREAMS[stream][-32:]},
            "logName": "projects/demo-shop/logs/cloudfunctions.googleapis.com%2Fcloud-functions",
            "receiveTimestamp": iso(ms, 9),
            "resource": {"labels": {"function_name": "orders", "project_id": "demo-shop", "region": "europe-west1"}, "type": "cloud_function"},
            "severity": "DEFAULT",
            "textPayload": plain(record),
            "timestamp": iso(ms, 9),
            "trace": f"projects/demo-shop/traces/{rid.replace('-', '')}",
        },
        indent=2,
    )


def azure(record):
    ms, stream, rid, _, _ = record
    dimensions = dump({"InvocationId": rid, "Category": "Function.Orders.User", "LogLevel": "Information"})
    return dump([iso(ms, 7), plain(record), dimensions, rid.replace("-", ""), f"inst-{stream}"])


def azure_csv(record):
    ms, stream, rid, _, _ = record
    dimensions = dump({"InvocationId": rid, "Category": "Function.Orders.User"})
    return f'"{iso(ms, 3, "", ", ")}",{plain_csv(record)},{quoted(dimensions)},{rid.replace("-", "")},inst-{stream}\n'


def plain_csv(record):
    return quoted(plain(record))


def openwhisk(batch):
    by_id = {}
    for record in batch:
        by_id.setdefault(record[2], []).append(record)
    return [
        f"Activation: 'orders' ({rid.replace('-', '')})\n[\n"
        + ",\n".join("    " + json.dumps(f"{iso(r[0], 9).ljust(30)} stdout: {plain(r)}") for r in records)
        + "\n]\n\n"
        for rid, records in by_id.items()
    ]


def activations(batch):
    by_id = {}
    for record in batch:
        by_id.setdefault(record[2], []).append(record)
    return [
        dump(
            {
                "namespace": "guest",
                "name": "orders",
                "activationId": rid.replace("-", ""),
                "start": records[0][0],
                "end": records[-1][0],
                "logs": [f"{iso(r[0], 9).ljust(30)} stdout: {plain(r)}" for r in records],
            }
        )
        + "\n"
        for rid, records in by_id.items()
    ]


def tail(record):
    return f"{iso(record[0], 3, '000+00:00')} {STREAMS[record[1]]} {record[4]}\n"


def fluent_bit(record):
    body = f'"time"=>"{iso(record[0], 9)}", "stream"=>"stdout", "log"=>"{plain(record)}", "kubernetes"=>{{"pod_name"=>"{PODS[record[1]]}"}}'
    return f"[0] kube.var.log.containers.orders.log: [{record[0] // 1000}.{record[0] % 1000:03d}402117, {{{body}}}]\n"


def kubernetes(record):
    return {"pod_name": PODS[record[1]], "namespace_name": "shop", "container_name": "api", "host": "node-a"}


def octets(record):
    frame = f"<14>1 {iso(record[0], 6)} node-a orders {4711 + record[1]} - - {plain(record)}"
    return f"{len(frame.encode())} {frame}"


def serverless(record):
    ms, _, rid, kind, text = record
    if kind != "log":
        return text.replace("RequestId: ", "- ") + "\n"
    return f"{iso(ms, 3, '', ' ')} - {rid} - \nINFO\t{text}\n"


MESSAGE = "STRUCT(logStreamName VARCHAR, message VARCHAR)"
OPENWHISK = (
    "select x.epoch::bigint as epoch, x.label as label, key from (select "
    f"regexp_extract(r, '{STATEMENT}', ['epoch', 'label']) as x, "
    r"last_value(nullif(regexp_extract(r, '^Activation: .* \((\w+)\)', 1), '') ignore nulls) over (order by n) as key "
    f"from (select r, row_number() over () as n from {LINES})) where x.epoch <> ''"
)
SERVERLESS = (
    "select x.epoch::bigint as epoch, x.label as label, key from (select "
    f"regexp_extract(r, '{STATEMENT}', ['epoch', 'label']) as x, "
    f"last_value(nullif(regexp_extract(r, ' - ({UUID}) - ', 1), '') ignore nulls) over (order by n) as key "
    f"from (select r, row_number() over () as n from {LINES})) where x.epoch <> ''"
)

OCTETS = r" orders (\d+) - - (\d{13})[+-]\d{4}\|([A-Z_]+)"

FORMATS = [
    Format("plain", "lines", "plain.log", lambda r: plain(r) + "\n", by_lines(), streams=1),
    Format("lambda-text", "lines", "lambda.log", lambda r: node(r) + "\n", by_regex(UUID_KEY)),
    Format("cloudwatch-events", "json", "events.json", events,
            json_document(["events"], MESSAGE, "e.message", f"regexp_extract(e.message, '{UUID_KEY}', 1)"),
            head='{"events":[', tail='],"searchedLogStreams":[]}\n', between=",\n"),
    Batched("cloudwatch-subscription", "json", "subscription.json", subscription,
            select("e.message", f"regexp_extract(e.message, '{UUID_KEY}', 1)",
                   "(select unnest(logEvents) as e from read_json('FILE', format='unstructured', columns={logEvents: 'STRUCT(message VARCHAR)[]'}))")),
    Format("cloudwatch-insights-json", "json", "insights.json", insights,
            select("e[2].value", f"regexp_extract(e[2].value, '{UUID_KEY}', 1)",
                   "(select unnest(results) as e from read_json('FILE', columns={results: 'STRUCT(field VARCHAR, value VARCHAR)[][]'}, maximum_object_size=1500000000))"),
            head='{"results":[', tail='],"statistics":{},"status":"Complete"}\n', between=","),
    Format("cloudwatch-insights-csv", "csv", "insights.csv",
            lambda r: f'{iso(r[0], 3, "", " ")},{quoted(node(r) + chr(10))},{STREAMS[r[1]]}\n',
            csv('"@message"', f"regexp_extract(\"@message\", '{UUID_KEY}', 1)"), head="@timestamp,@message,@logStream\n"),
    Format("cloudwatch-console-csv", "csv", "console.csv", lambda r: f"{r[0]},{quoted(node(r) + chr(10))}\n",
            csv("message", f"regexp_extract(message, '{UUID_KEY}', 1)"), head="timestamp,message\n"),
    Format("cloudwatch-s3-export", "lines", "s3-export.txt", lambda r: f"{iso(r[0])} {node(r)}\n\n", by_regex(UUID_KEY)),
    Format("cloudwatch-tail", "lines", "tail.txt", tail, by_regex(STREAM_KEY)),
    Format("cloudwatch-tail-short", "lines", "tail-short.txt", lambda r: f"{iso(r[0], 0, '')} {node(r)}\n", by_regex(UUID_KEY)),
    Batched("lambda-telemetry", "json", "telemetry.json", telemetry,
            select("e.record->>'$'", "''", f"(select unnest(from_json(r, '[{{\"record\":\"JSON\"}}]')) as e from {LINES})"),
            streams=1, between="\n"),
    Format("sam-logs", "lines", "sam.txt", lambda r: f"{STREAMS[r[1]]} {iso(r[0], 3, '000')} {r[4]}\n", by_regex(STREAM_KEY)),
    Format("serverless-logs", "lines", "serverless.txt", serverless, SERVERLESS),
    Format("docker-json", "json", "docker.log", lambda r: docker(r) + "\n", json_lines({"log": "VARCHAR"}, "log", "''"), streams=1),
    Format("docker-compose", "lines", "compose.txt", lambda r: f"{('api-1', 'worker-1')[r[1]].ljust(9)} | {plain(r)}\n", by_regex(r"^(\S+) +\|")),
    Format("docker-service", "lines", "service.txt",
            lambda r: f"{iso(r[0], 9)} shop_api.{r[1] + 1}.k027kb6dsgwz@node-a    | {plain(r)}\n", by_regex(r"(\S+@\S+) +\|")),
    Format("rfc3339-prefix", "lines", "docker-t.txt", lambda r: f"{iso(r[0], 9)} {plain(r)}\n", by_lines(), streams=1),
    Format("cri", "lines", "cri.log", lambda r: f"{iso(r[0], 9)} stdout F {plain(r)}\n", by_lines(), streams=1),
    Format("kubectl", "lines", "kubectl.txt", lambda r: f"[pod/{PODS[r[1]]}/api] {iso(r[0], 9)} {plain(r)}\n", by_regex(r"\[([^\]]*)\]")),
    Format("journald-json", "json", "journal.json",
            lambda r: dump({"__CURSOR": f"s=1943111e10cb;i={r[0]:x}{r[2]}{abs(hash(r)) % 10**9}", "__REALTIME_TIMESTAMP": f"{r[0]}402",
                            "_HOSTNAME": "node-a", "SYSLOG_IDENTIFIER": "orders", "_PID": str(4711 + r[1]), "PRIORITY": "6",
                            "_SYSTEMD_UNIT": "orders.service", "MESSAGE": plain(r)}) + "\n",
            json_lines({"MESSAGE": "VARCHAR", "_PID": "VARCHAR"}, "MESSAGE", "_PID")),
    Format("journald-short", "lines", "journal.txt",
            lambda r: f"{iso(r[0], 0, '+0000')} edge-7 orders[{901 + r[1]}]: {plain(r)}\n", by_regex(r" orders\[(\d+)\]")),
    Format("syslog", "lines", "syslog.log",
            lambda r: f"<14>1 {iso(r[0], 6)} node-a orders {4711 + r[1]} - - {plain(r)}\n", by_regex(r" orders (\d+)")),
    Format("syslog-octet", "lines", "octets.log", octets,
            "select unnest(regexp_extract_all(content, '" + OCTETS + "', 2))::bigint as epoch, "
            "unnest(regexp_extract_all(content, '" + OCTETS + "', 3)) as label, "
            "unnest(regexp_extract_all(content, '" + OCTETS + "', 1)) as key from read_text('FILE')"),
    Format("fluentd", "lines", "fluentd.log",
            lambda r: f"{iso(r[0], 0, '+00:00')}\tkubernetes.var.log.containers.orders\t{dump({'log': plain(r), 'stream': 'stdout', 'kubernetes': kubernetes(r)})}\n",
            by_regex('"pod_name":"([^"]*)"')),
    Format("fluent-bit-stdout", "lines", "fluent-bit.txt", fluent_bit, by_regex('"pod_name"=>"([^"]*)"')),
    Format("json-lines", "json", "fluent-bit.jsonl",
            lambda r: dump({"date": r[0] / 1000, "stream": "stdout", "log": plain(r) + "\n", "time": iso(r[0], 9), "kubernetes": kubernetes(r)}) + "\n",
            json_lines({"log": "VARCHAR", "kubernetes": "STRUCT(pod_name VARCHAR)"}, "log", "kubernetes.pod_name")),
    Format("json-lines", "json", "ecs.ndjson",
            lambda r: dump({"@timestamp": iso(r[0]), "message": plain(r), "transaction": {"id": r[2]}, "trace": {"id": r[2][:16]},
                            "kubernetes": {"pod": {"name": PODS[r[1]]}}, "service": {"name": "orders"}}) + "\n",
            json_lines({"message": "VARCHAR", "transaction": "STRUCT(id VARCHAR)"}, "message", "transaction.id")),
    Format("json-lines", "json", "lambda.jsonl",
            lambda r: dump({"timestamp": iso(r[0]), "level": "INFO", "requestId": r[2], "message": plain(r)}) + "\n",
            json_lines({"message": "VARCHAR", "requestId": "VARCHAR"}, "message", "requestId")),
    Format("logcli", "lines", "logcli.txt",
            lambda r: f'{iso(r[0], 0)} {{app="orders", pod="{PODS[r[1]]}", stream="stdout"}} {plain(r)}\n', by_regex('pod="([^"]*)"')),
    Batched("loki-json", "json", "loki.json", loki,
            "select x.epoch::bigint as epoch, x.label as label, key from (select "
            f"regexp_extract(v[2], '{STATEMENT}', ['epoch', 'label']) as x, key from (select unnest(e['values']) as v, e.stream.pod as key "
            "from (select unnest(data.result) as e from read_json('FILE', columns={data: 'STRUCT(result STRUCT(stream STRUCT(pod VARCHAR), \"values\" VARCHAR[][])[])'}, "
            "maximum_object_size=1500000000))) where contains(v[2], '|')) where x.epoch <> ''",
            head='{"status":"success","data":{"resultType":"streams","result":[', tail="]}}\n", between=","),
    Format("gcp-json", "json", "gcp.json", gcp,
            select("textPayload", "labels.execution_id",
                   "read_json('FILE', format='array', columns={textPayload: 'VARCHAR', labels: 'STRUCT(execution_id VARCHAR)'})"),
            head="[\n", tail="\n]\n", between=",\n"),
    Format("gcp-csv", "csv", "gcp.csv", lambda r: f"{iso(r[0], 9)},{r[2]},{plain_csv(r)}\n", csv("text_payload", "execution_id"),
            head="timestamp,execution_id,text_payload\n"),
    Format("azure-tables-json", "json", "azure.json", azure,
            select("e[2]", "e[4]",
                   "(select unnest(tables[1].rows) as e from read_json('FILE', columns={tables: 'STRUCT(rows VARCHAR[][])[]'}, maximum_object_size=1500000000))"),
            head='{"tables":[{"name":"PrimaryResult","columns":[{"name":"timestamp"},{"name":"message"},{"name":"customDimensions"},{"name":"operation_Id"},{"name":"cloud_RoleInstance"}],"rows":[',
            tail="]}]}\n", between=",\n"),
    Format("azure-csv", "csv", "azure.csv", azure_csv, csv("message", "\"operation_Id\""),
            head="\ufefftimestamp [UTC],message,customDimensions,operation_Id,cloud_RoleInstance\n"),
    Format("azure-functions", "lines", "azure-functions.txt", lambda r: f"[{iso(r[0])}] {plain(r)}\n", by_lines(), streams=1),
    Batched("openwhisk", "lines", "openwhisk.txt", openwhisk, OPENWHISK),
    Batched("openwhisk", "json", "activations.json", activations,
            select("line", "key", "(select unnest(logs) as line, activationId as key from read_json('FILE', format='newline_delimited', columns={logs: 'VARCHAR[]', activationId: 'VARCHAR'}))")),
    Format("github-actions", "lines", "actions.log", lambda r: f"{iso(r[0], 7)} {plain(r)}\n", by_lines(), streams=1),
]
