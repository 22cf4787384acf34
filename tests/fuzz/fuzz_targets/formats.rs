//! Arbitrary bytes as a log of any format, in blocks of any size: no panic, and what is found does not
//! depend on where blocks end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sb_trace::{Input, Options, statements};

fuzz_target!(|data: &[u8]| {
    let [size, log @ ..] = data else { return };
    let input = Input::bytes("a.log", log);
    let read = |block_bytes: usize| {
        let options = Options { block_bytes, ..Options::default() };
        let mut found = Vec::new();
        let counts = statements(&input, &options, |one| {
            found.push((one.epoch_ns, one.label.to_owned(), one.correlation_id, one.trace_id));
        });
        counts.map(|counts| (counts.format, counts.statements, found))
    };
    let (Ok(large), Ok(small)) = (read(1 << 18), read(16 + usize::from(*size))) else { return };
    assert_eq!(large.1, large.2.len() as u64);
    assert_eq!(large, small);
});
