//! Arbitrary bytes as the text of one record: no panic, and what is found is what stands there.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sb_trace::{EpochUnit, Found, parse, scan};

fuzz_target!(|data: &[u8]| {
    let Some((choice, text)) = data.split_first() else { return };
    let unit = EpochUnit::ALL[usize::from(*choice) % EpochUnit::ALL.len()];
    let mut last = None;
    let mut bars = 0;
    scan(text, unit, |at, found| {
        assert!(last.is_none_or(|last| last <= at), "in the order in which they begin");
        last = Some(at);
        bars += 1;
        let rest = &text[at..];
        assert!(rest[0].is_ascii_digit());
        match found {
            Found::Statement(statement) => {
                let glued =
                    at > 0 && (text[at - 1].is_ascii_alphanumeric() || text[at - 1] == b'_');
                assert!(!glued);
                let (_, again) = parse(rest, unit).expect("a statement that was found is one");
                assert_eq!(again, statement);
                assert!(sb_trace::is_label(statement.label));
                assert!(statement.utc_offset_minutes.abs() <= 14 * 60 + 59);
                assert!(statement.epoch_ns >= 0);
            }
            Found::LookAlike(look_alike) => {
                assert!(!look_alike.text.is_empty());
                assert!(!look_alike.to_string().is_empty());
            }
        }
    });
    assert!(bars <= text.iter().filter(|&&b| b == b'|').count(), "at most one at each bar");
});
