use super::super::lookalike::Reason;
use super::*;
use proptest::prelude::*;

fn found(text: &str) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    scan(text.as_bytes(), EpochUnit::Ms, |at, found| {
        all.push((
            at,
            match found {
                Found::Statement(s) => s.label.to_owned(),
                Found::LookAlike(l) => format!("! {}", l.reason.name()),
            },
        ));
    });
    all
}

fn reason(text: &str) -> Option<Reason> {
    let mut reasons = Vec::new();
    scan(text.as_bytes(), EpochUnit::Ms, |_, found| match found {
        Found::Statement(s) => panic!("{s:?}"),
        Found::LookAlike(l) => reasons.push(l.reason),
    });
    assert!(reasons.len() < 2, "{reasons:?}");
    reasons.pop()
}

#[test]
fn several_on_a_line_and_anywhere() {
    assert_eq!(
        found("x 1600776870152+0000|INVOKED 1600776870153Z|HANDLER_START;1600776870154-03:30|c"),
        [(2, "INVOKED".into()), (29, "HANDLER_START".into()), (58, "c".into())]
    );
    assert_eq!(found("\"1600776870152+0000|A"), [(1, "A".into())]);
    assert_eq!(found("\u{e9}1600776870152+0000|A"), [(2, "A".into())]);
    assert_eq!(
        found("1600776870152Z|A-1600776870153+0000|B"),
        [(0, "A-1600776870153".into()), (17, "! glued to the text before it".into())]
    );
    assert_eq!(found("|||1600776870152+0000|A|B"), [(3, "A".into())]);
}

#[test]
fn near_misses_are_named() {
    for (text, expected) in [
        ("16007768703N+0200|LABEL", Some(Reason::MacosDate)),
        ("1600776870N+0200|LABEL", Some(Reason::MacosDate)),
        ("1600776870N+02:00|LABEL", Some(Reason::MacosDate)),
        ("1600776870+0200|A", Some(Reason::Digits { found: 10, expected: 13 })),
        ("81600776870140+0000|A", Some(Reason::Digits { found: 14, expected: 13 })),
        ("160077687+0000|A", Some(Reason::Digits { found: 9, expected: 13 })),
        ("1600776870140001+0000|A", Some(Reason::Digits { found: 16, expected: 13 })),
        ("9999999999999+0000|A", Some(Reason::OutOfRange)),
        ("1600776870140|A", Some(Reason::NoZone)),
        ("1600776870140+1500|A", Some(Reason::ImpossibleZone)),
        ("1600776870140+0099|A", Some(Reason::ImpossibleZone)),
        ("1600776870140+00|A", Some(Reason::ImpossibleZone)),
        ("1600776870140+|A", Some(Reason::ImpossibleZone)),
        ("1600776870140+0000|", Some(Reason::NoLabel)),
        ("1600776870140+0000| A", Some(Reason::NoLabel)),
        ("1600776870140+0000|9A", Some(Reason::NoLabel)),
        ("x1600776870140+0000|A", Some(Reason::Glued)),
        ("_1600776870140Z|A", Some(Reason::Glued)),
        ("x1600776870140|A", None),
        // No statement, and nothing like one.
        ("12345678+0000|A", None),
        ("1234567890|A", None),
        ("1600776870140|9", None),
        ("2020-09-22T12:14:30.199+0000|INFO|worker-1", None),
        ("a|b|c", None),
        ("|", None),
        ("", None),
    ] {
        assert_eq!(reason(text), expected, "{text}");
    }
}

#[test]
fn advice_says_what_to_do() {
    assert!(reason("16007768703N+0200|LABEL").unwrap().advice().contains("sb-trace stamp LABEL"));
    assert!(reason("1600776870+0200|A").unwrap().advice().contains("--epoch-unit s"));
    assert!(!reason("81600776870140+0000|A").unwrap().advice().contains("--epoch-unit"));
}

/// The definition, without any short cut: try the grammar at every byte, go on behind a match.
fn every_position(text: &[u8], unit: EpochUnit) -> Vec<(usize, Statement<'_>)> {
    let (mut at, mut all) = (0, Vec::new());
    while at < text.len() {
        let glued = at > 0 && is_word(text[at - 1]);
        match grammar::parse(&text[at..], unit) {
            Ok((rest, statement)) if !glued => {
                all.push((at, statement));
                at = text.len() - rest.len();
            }
            _ => at += 1,
        }
    }
    all
}

proptest! {
    #[test]
    fn finds_what_the_grammar_finds_at_every_position(
        pieces in proptest::collection::vec(prop_oneof![
            "[0-9]{8,20}", "[+-][0-9:]{0,6}", "Z|N|\\||_|[A-Za-z]{1,3}|[ -~]|\\PC",
            Just("1600776870140+0000|A".to_owned()), Just("|".to_owned()), Just(" trace_id=x".to_owned()),
        ], 0..12),
        noise in proptest::collection::vec(any::<u8>(), 0..8),
        unit in prop::sample::select(EpochUnit::ALL.to_vec()),
    ) {
        let mut text = pieces.concat().into_bytes();
        text.extend(noise);
        let mut scanned = Vec::new();
        scan(&text, unit, |at, found| if let Found::Statement(s) = found { scanned.push((at, s)) });
        prop_assert_eq!(scanned, every_position(&text, unit));
    }
}
