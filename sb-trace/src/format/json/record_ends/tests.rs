use super::*;

fn units(text: &str, path: &'static [&'static str]) -> Vec<String> {
    let found = AtJsonRecords::of(text.as_bytes(), path);
    let name = |unit: &RecordRange| {
        let mark = if unit.stray { "~" } else { "" };
        format!("{mark}{}", text.get(unit.range.clone()).unwrap().trim_end())
    };
    found.all.iter().map(name).collect()
}

#[test]
fn streams_of_values() {
    assert_eq!(units("{\"a\":1}\n{\"b\":{}}\n", &[]), [r#"{"a":1}"#, r#"{"b":{}}"#]);
    assert_eq!(units("{}{\"b\":\"}\\\"{\"}", &[]), ["{}", r#"{"b":"}\"{"}"#]);
    assert_eq!(units("[{\"a\":[1]},\n \"s\\\"\", [3]]", &[]), [r#"{"a":[1]}"#, r#""s\"""#, "[3]"]);
    assert_eq!(units("hello {x}\n{}\n# x", &[]), ["~hello {x}", "{}", "~# x"]);
    assert_eq!(units("", &[]), Vec::<String>::new());
}

#[test]
fn records_at_a_path() {
    let text = r#"{"x":[1,{"events":[0]}],"events":[{"m":1},{"m":2}],"y":{}}{"events":[{"m":3}]}"#;
    assert_eq!(units(text, &["events"]), [r#"{"m":1}"#, r#"{"m":2}"#, r#"{"m":3}"#]);
    let text = r#"{"tables":[{"columns":["a"],"rows":[[1],[2]]},{"rows":[[3]]}]}"#;
    assert_eq!(units(text, &["tables", "rows"]), ["[1]", "[2]", "[3]"]);
    let around = AtJsonRecords::of(text.as_bytes(), &["tables", "rows"]).around;
    assert!(String::from_utf8_lossy(&around[0].1).ends_with(r#""columns":["a"],"rows":["#));
    assert_eq!(around.last().unwrap().0, 2);
    assert_eq!(units(r#"{"none":[{"m":1}]}"#, &["events"]), [r#"{"none":[{"m":1}]}"#]);
}

#[test]
fn what_breaks_off_is_stray_and_the_next_is_whole() {
    assert_eq!(units("{\"a\":\"b\n{\"c\":1}\n", &[]), ["~{\"a\":\"b", "{\"c\":1}"]);
    assert_eq!(units("{\"a\":1,\n{\"c\":1}\n", &[]), ["~{\"a\":1,", "{\"c\":1}"]);
    assert_eq!(units("{\"a\":1", &[]), ["~{\"a\":1"]);
    assert_eq!(units("}]\n{}", &[]), ["~}]", "{}"]);
}

#[test]
fn pieces_give_the_same_records_as_the_whole() {
    let text = "{ \"n\": 1, \"events\": [\n  {\"m\": \"a\\\\\\\"}\"},\n  {\"m\": [1, {}]}\n],\"z\":\"\"}\n\
                {\"events\":[{\"m\":3},\"s\",{\"m\":4}]}";
    let whole = units(text, &["events"]);
    assert_eq!(whole.len(), 5);
    for size in 1..text.len() {
        let mut frames = AtJsonRecords::new(&["events"]);
        let (mut start, mut got) = (0, Vec::new());
        let mut ends: Vec<usize> = (size..text.len()).step_by(size).collect();
        ends.push(text.len());
        for end in ends {
            let piece = &text.as_bytes()[start..end];
            if let Some(at) = frames.cut(piece, end == text.len()) {
                for unit in frames.units().unwrap().all {
                    let bytes = &piece[unit.range];
                    got.push(String::from_utf8_lossy(bytes).trim_end().to_owned());
                }
                start += at;
            }
        }
        assert_eq!(got, whole, "in pieces of {size}");
    }
}
