//! The tables of every command in every format: goldens, which were read, of one small log; and
//! the types that other tools see.

use crate::SB_TRACE;
use polars::prelude::*;
use sb_tests::{Outcome, Python, Sandbox};
use std::fs::File;
use std::path::Path;

const SHOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/logs/shop");
const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/stats.schema.json");

/// Runs a command on the log of the shop; `logs` stands for it among the arguments.
fn on_shop(sandbox: &Sandbox, args: &[&str]) -> Outcome {
    let args: Vec<&str> = args.iter().map(|&a| if a == "logs" { SHOP } else { a }).collect();
    sandbox.run(SB_TRACE, &args).expect(0).clone()
}

/// What a command prints, then what it says.
fn said(args: &[&str]) -> String {
    let out = on_shop(&Sandbox::new(), args);
    format!("{}--\n{}", out.stdout, out.stderr)
}

#[test]
fn stats_as_a_table_json_csv_and_markdown() {
    insta::assert_snapshot!("stats_table", said(&["stats", "logs"]));
    insta::assert_snapshot!("stats_json", said(&["stats", "--json", "logs"]));
    insta::assert_snapshot!(
        "stats_csv",
        said(&["stats", "--csv", "--percentiles", "50,99.9", "logs"])
    );
    let markdown = ["stats", "--markdown", "--unit", "us", "--percentiles", "50", "logs"];
    insta::assert_snapshot!("stats_markdown", said(&markdown));
    let grouped = ["stats", "--group-by", "start_class,tag_load", "--tag", "load=high", "logs"];
    insta::assert_snapshot!("stats_groups", said(&grouped));
}

#[test]
fn check_and_show() {
    insta::assert_snapshot!("check_list", said(&["check", "--list", "logs"]));
    insta::assert_snapshot!("show", said(&["show", "o-4", "logs"]));
}

#[test]
fn tables_as_text() {
    insta::assert_snapshot!("events_csv", said(&["events", "logs"]));
    insta::assert_snapshot!("latencies_csv", said(&["latencies", "--tag", "load=high", "logs"]));
    let sandbox = Sandbox::new();
    for table in ["events", "latencies"] {
        on_shop(&sandbox, &[table, "logs", "-o", "t.ndjson"]);
        insta::assert_snapshot!(format!("{table}_ndjson"), sandbox.read("t.ndjson"));
    }
}

#[test]
fn only_the_columns_that_are_wanted() {
    let sandbox = Sandbox::new();
    let out = on_shop(&sandbox, &["events", "logs", "--columns", "label,line"]);
    let all = on_shop(&sandbox, &["events", "logs"]);
    let of = |line: &str, place: usize| line.split(',').nth(place).unwrap_or_default().to_owned();
    let expected: Vec<String> =
        all.stdout.lines().map(|line| format!("{},{}", of(line, 2), of(line, 7))).collect();
    assert_eq!(out.stdout.lines().collect::<Vec<_>>(), expected);
    assert_eq!(expected[0], "label,line");
    // Parquet is written while the logs are read, in another way.
    for (table, columns) in [("events", "ts,utc_offset_minutes,label"), ("latencies", "pair,seq")] {
        on_shop(&sandbox, &[table, "logs", "-o", "all.parquet"]);
        on_shop(&sandbox, &[table, "logs", "-o", "some.parquet", "--columns", columns]);
        let read = |name: &str| {
            let file = File::open(sandbox.path(name)).unwrap();
            ParquetReader::new(file).finish().unwrap()
        };
        let wanted: Vec<&str> = columns.split(',').collect();
        assert!(read("some.parquet").equals_missing(&read("all.parquet").select(wanted).unwrap()));
    }
    for output in [&[][..], &["-o", "t.parquet"]] {
        let args = [&["events", SHOP, "--columns", "ts,labl"], output].concat();
        let out = sandbox.run(SB_TRACE, &args);
        out.expect(2).says("there is no column 'labl'; did you mean label?").says("epoch_ms");
        assert!(!sandbox.files("").contains(&"t.parquet".to_owned()));
    }
}

/// Columns with their types, then the rows, as text.
fn described(mut frame: DataFrame) -> String {
    let types: Vec<String> =
        frame.columns().iter().map(|c| format!("{}: {}", c.name(), c.dtype())).collect();
    let mut rows = Vec::new();
    CsvWriter::new(&mut rows).finish(&mut frame).unwrap();
    format!("{}\n{}", types.join("\n"), String::from_utf8(rows).unwrap())
}

fn read(path: &Path) -> DataFrame {
    let file = File::open(path).unwrap();
    if path.extension().is_some_and(|e| e == "parquet") {
        ParquetReader::new(file).finish().unwrap()
    } else {
        IpcReader::new(file).finish().unwrap()
    }
}

#[test]
fn tables_as_parquet_and_arrow() {
    let sandbox = Sandbox::new();
    for table in ["events", "latencies"] {
        on_shop(&sandbox, &[table, "logs", "-o", "t.parquet"]);
        on_shop(&sandbox, &[table, "logs", "-o", "t.arrow"]);
        let parquet = described(read(&sandbox.path("t.parquet")));
        assert_eq!(parquet, described(read(&sandbox.path("t.arrow"))), "{table}");
        insta::assert_snapshot!(format!("{table}_parquet"), parquet);
        let mut reader = ParquetReader::new(File::open(sandbox.path("t.parquet")).unwrap());
        let metadata = reader.get_metadata().unwrap().key_value_metadata().clone().unwrap();
        let sb = metadata.iter().find(|entry| entry.key == "sb").unwrap();
        insta::assert_snapshot!(format!("{table}_metadata"), sb.value.clone().unwrap());
    }
}

/// Every format in pandas, polars and DuckDB: documented types, same rows, ms and ns together.
const TYPES: &str = r#"
import json, sys
import duckdb, pandas, polars, pyarrow.parquet
EVENTS = {
    "epoch_ms": "Int64", "utc_offset_minutes": "Int16", "label": "String", "correlation_id": "String",
    "source": "String", "trace_id": "String", "file": "String", "line": "UInt64",
    "ts": "Datetime(time_unit='us', time_zone='UTC')", "epoch_ns": "Int64", "run_id": "String",
    "benchmark": "String", "provider": "String", "region": "String", "clock": "String", "attempt": "UInt32",
    "start_class": "String", "start_class_source": "String",
}
LATENCIES = {
    "run_id": "String", "benchmark": "String", "provider": "String", "region": "String",
    "trace_id": "String", "attempt": "UInt32", "pair": "String", "kind": "String", "from_label": "String", "to_label": "String", "seq": "UInt32",
    "start_ts": "Datetime(time_unit='us', time_zone='UTC')", "end_ts": "Datetime(time_unit='us', time_zone='UTC')",
    "start_ns": "Int64", "latency_ns": "Int64", "latency_ms": "Float64", "from_source": "String",
    "to_source": "String", "from_clock": "String", "to_clock": "String", "start_class": "String", "start_class_source": "String",
    "negative": "Boolean", "complete": "Boolean", "tag_load": "String",
}
DUCKDB = {"Int64": "BIGINT", "Int16": "SMALLINT", "String": "VARCHAR", "UInt64": "UBIGINT", "UInt32": "UINTEGER",
          "Float64": "DOUBLE", "Boolean": "BOOLEAN"}
PANDAS = {"Int16": ["int16"], "UInt64": ["uint64"], "UInt32": ["uint32", "float64"], "Float64": ["float64"], "Boolean": ["bool"],
          "Int64": ["int64", "float64"], "String": ["str", "object"]}
db = duckdb.connect()
db.execute("set timezone = 'UTC'")
for table, expected in [("events", EVENTS), ("latencies", LATENCIES)]:
    parquet = polars.read_parquet(f"{table}.parquet")
    assert {n: str(t) for n, t in parquet.schema.items()} == expected, parquet.schema
    arrow = polars.read_ipc(f"{table}.arrow")
    assert arrow.equals(parquet)
    for name, kind, *_ in db.execute(f"describe from '{table}.parquet'").fetchall():
        want = DUCKDB.get(expected[name], "TIMESTAMP WITH TIME ZONE")
        assert kind == want, (table, name, kind, want)
    frame = pandas.read_parquet(f"{table}.parquet")
    for name, kind in expected.items():
        want = PANDAS.get(kind, ["datetime64[us, UTC]"])
        assert str(frame[name].dtype) in want, (table, name, frame[name].dtype)
    assert pandas.read_feather(f"{table}.arrow").equals(frame)
    # Text holds the same values.
    rows = [json.loads(line) for line in open(f"{table}.ndjson")]
    iso = lambda v: v.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if hasattr(v, "strftime") else v
    assert rows == [{k: iso(v) for k, v in row.items()} for row in parquet.to_dicts()]
    csv = pandas.read_csv(f"{table}.csv", parse_dates=[c for c in expected if c in ("ts", "start_ts", "end_ts")])
    assert list(csv.columns) == list(expected) and len(csv) == len(frame)
    numbers = [c for c, k in expected.items() if k in ("Int64", "Int16", "UInt64", "UInt32", "Float64")]
    assert (csv[numbers].fillna(0) == frame[numbers].fillna(0)).all().all()
    for c in ("ts", "start_ts", "end_ts"):
        if c in expected:
            assert (csv[c].dropna().reset_index(drop=True) == frame[c].dropna().reset_index(drop=True)).all(), c
    assert db.execute(f"select count(*) from read_csv('{table}.csv')").fetchone()[0] == len(frame)
    assert db.execute(f"select count(*) from read_json('{table}.ndjson')").fetchone()[0] == len(frame)
    # Empty ids are null in Parquet and empty in CSV.
    assert frame.run_id.isna().all() and csv.run_id.isna().all()
    # A log in nanoseconds and one in milliseconds make one table.
    both = polars.concat([parquet, polars.read_parquet(f"ns-{table}.parquet")])
    assert both.height == 2 * parquet.height
    assert len(pandas.concat([frame, pandas.read_parquet(f"ns-{table}.parquet")]).dtypes) == len(expected)
    assert db.execute(f"select count(*) from '*{table}.parquet'").fetchone()[0] == both.height
    assert pyarrow.parquet.read_table([f"{table}.parquet", f"ns-{table}.parquet"]).num_rows == both.height
ms, ns = (polars.read_parquet(f"{p}latencies.parquet") for p in ("", "ns-"))
assert ms["latency_ms"].equals(ns["latency_ms"]) and ms["start_ts"].equals(ns["start_ts"])
ms, ns = (polars.read_parquet(f"{p}events.parquet") for p in ("", "ns-"))
assert ms["epoch_ms"].equals(ns["epoch_ms"]) and ms["epoch_ns"].equals(ns["epoch_ns"])
print("same")
"#;

#[test]
fn other_tools_see_the_documented_types() {
    let Some(python) = Python::with(&["pandas", "polars", "duckdb", "pyarrow"]) else { return };
    let sandbox = Sandbox::new();
    // Whole seconds and a millisecond more, so that the log in nanoseconds says the same.
    let log = |zeros: &str| -> String {
        (0..50i64)
            .map(|i| {
                let t = 1_600_776_870_000 + i * 1000;
                let end = t + i * 7 % 90;
                let lost = if i == 9 { "x" } else { "" };
                format!("{t}{zeros}+0000|A trace_id={i}\n{lost}{end}{zeros}-0330|B trace_id={i}\n")
            })
            .collect()
    };
    sandbox.write("ms/app.log", log(""));
    sandbox.write("ns/app.log", log("000000"));
    for table in ["events", "latencies"] {
        let tag: &[&str] =
            if table == "latencies" { &["--tag", "load=high", "--pair", "A->B"] } else { &[] };
        for ending in ["parquet", "arrow", "csv", "ndjson"] {
            let out = format!("{table}.{ending}");
            sandbox.run(SB_TRACE, &[&[table, "ms", "-o", &out], tag].concat()).expect(0);
        }
        let out = format!("ns-{table}.parquet");
        let args = [&[table, "ns", "--epoch-unit", "ns", "-o", &out], tag].concat();
        sandbox.run(SB_TRACE, &args).expect(0);
    }
    assert_eq!(python.run(&sandbox, TYPES, &[]).expect(0).stdout, "same\n");
}

/// Validates documents against the published schema; a document that says one thing more or
/// less must fail.
const VALIDATE: &str = r#"
import copy, json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for name in sys.argv[2:]:
    document = json.load(open(name))
    validator.validate(document)
    for change in (lambda d: d.pop("skew"), lambda d: d.update(more=1), lambda d: d["pairs"][0].pop("n"),
                   lambda d: d["pairs"][0].update(p50_ms="1"), lambda d: d["pairs"][0].update(else_ms=1),
                   lambda d: d["accounting"].update(lines=-1)):
        other = copy.deepcopy(document)
        change(other)
        assert not validator.is_valid(other), (name, change)
print("valid")
"#;

#[test]
fn stats_json_follows_the_published_schema() {
    let Some(python) = Python::with(&["jsonschema"]) else { return };
    let sandbox = Sandbox::new();
    let mut names = Vec::new();
    for (at, more) in [
        &[][..],
        &["--percentiles", "0,12.5,99.99,100"],
        &["--group-by", "label,source,start_class,run_id,tag_load", "--tag", "load=high"],
        &["--all-pairs"],
        &["--expect", "COLD_START", "--by", "label=ORDER_SENT"],
        &["--pair", "ORDER_SENT->NEVER"],
    ]
    .iter()
    .enumerate()
    {
        let args = [&["stats", "--json", "logs"], *more].concat();
        let name = format!("{at}.json");
        sandbox.write(&name, on_shop(&sandbox, &args).stdout);
        names.push(name);
    }
    let args: Vec<&str> = [SCHEMA].into_iter().chain(names.iter().map(String::as_str)).collect();
    assert_eq!(python.run(&sandbox, VALIDATE, &args).expect(0).stdout, "valid\n");
}
