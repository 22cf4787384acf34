use super::*;

fn read(text: &str) -> Option<(Statement<'_>, &str)> {
    read_in(text, EpochUnit::Ms)
}

fn read_in(text: &str, unit: EpochUnit) -> Option<(Statement<'_>, &str)> {
    let (rest, statement) = parse(text.as_bytes(), unit).ok()?;
    Some((statement, std::str::from_utf8(rest).unwrap()))
}

#[test]
fn the_whole_statement() {
    let (s, rest) = read("1600776870140+0200|PRE_INVOKED trace_id=4f/2a:b=, more").unwrap();
    assert_eq!(s.epoch_ns, 1_600_776_870_140_000_000);
    assert_eq!(s.utc_offset_minutes, 120);
    assert_eq!((s.label, s.trace_id, rest), ("PRE_INVOKED", Some("4f/2a:b="), ", more"));
}

#[test]
fn zones() {
    for (zone, minutes) in
        [("+0000", 0), ("-0330", -210), ("+05:45", 345), ("Z", 0), ("+1459", 899), ("-00:01", -1)]
    {
        let text = format!("1600776870140{zone}|A");
        assert_eq!(read(&text).unwrap().0.utc_offset_minutes, minutes, "{zone}");
    }
    for zone in
        ["+1500", "+0060", "+00", "0000", "+000", "+00000", "z", "+0:000", "", " +0000", "Z+0000"]
    {
        let text = format!("1600776870140{zone}|A");
        assert_eq!(read(&text), None, "{zone}");
    }
}

#[test]
fn labels_end_where_the_grammar_says() {
    for (text, label, rest) in [
        ("DB_DONE, rows", "DB_DONE", ", rows"),
        ("a.b:c/d-e_F1.", "a.b:c/d-e_F1", "."),
        ("_x--y", "_x", "--y"),
        ("A.-B", "A", ".-B"),
        ("A..", "A", ".."),
        ("A.1", "A.1", ""),
        ("A\u{e9}", "A", "\u{e9}"),
        ("A trace_id=", "A", " trace_id="),
        ("A  trace_id=x", "A", "  trace_id=x"),
    ] {
        let text = format!("1600776870140Z|{text}");
        let (s, found) = read(&text).unwrap();
        assert_eq!((s.label, found, s.trace_id), (label, rest, None), "{text}");
    }
    assert_eq!(read("1600776870140Z|1A"), None);
    assert_eq!(read("1600776870140Z|"), None);
    assert_eq!(read("1600776870140Z|.A"), None);
}

#[test]
fn an_id_has_at_most_128_characters() {
    let text = format!("1600776870140Z|A trace_id={}", "x".repeat(129));
    let (s, rest) = read(&text).unwrap();
    assert_eq!((s.trace_id.unwrap().len(), rest), (128, "x"));
}

#[test]
fn epochs_have_the_digits_of_their_unit_and_fit() {
    for (text, unit, ns) in [
        ("0000000000000", EpochUnit::Ms, Some(0)),
        ("9223372036854", EpochUnit::Ms, Some(9_223_372_036_854_000_000)),
        ("9223372036855", EpochUnit::Ms, None),
        ("160077687014", EpochUnit::Ms, None),
        ("16007768701401", EpochUnit::Ms, None),
        ("1600776870", EpochUnit::S, Some(1_600_776_870_000_000_000)),
        ("9999999999", EpochUnit::S, None),
        ("1600776870140001", EpochUnit::Us, Some(1_600_776_870_140_001_000)),
        ("1600776870140001002", EpochUnit::Ns, Some(1_600_776_870_140_001_002)),
        ("9223372036854775807", EpochUnit::Ns, Some(i64::MAX)),
        ("9223372036854775808", EpochUnit::Ns, None),
    ] {
        let text = format!("{text}Z|A");
        assert_eq!(read_in(&text, unit).map(|(s, _)| s.epoch_ns), ns, "{text}");
    }
}

#[test]
fn the_zone_never_shifts_the_instant() {
    let ns = |text| read(text).unwrap().0.epoch_ns;
    assert_eq!(ns("1600776870201+0200|X"), ns("1600776870201+0000|X"));
}
