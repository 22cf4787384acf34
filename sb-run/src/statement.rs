//! The driver's own trace statements, `<epoch ms>+0000|SB_LABEL` followed by words for humans, and
//! a look for those of the application.

use std::io::Read;
use std::path::Path;

use crate::clock::Instant;

/// Where a file is longer, its beginning says enough.
const LONGEST: u64 = 64 * 1024 * 1024;

/// One line of `driver.log`. Labels of the driver start with `SB_`; `note` may be empty.
pub fn line(time: Instant, label: &str, note: &str) -> String {
    let gap = if note.is_empty() { "" } else { " " };
    let note = note.replace(['\n', '\r'], " ");
    format!("{:013}+0000|SB_{label}{gap}{note}\n", time.epoch_ms())
}

/// Whether the text holds what looks like a statement: `1600776870140+0000|L`.
pub fn seen_in(text: &[u8]) -> bool {
    let mut rest = text;
    let mut before = 0;
    while let Some(bar) = rest.iter().position(|byte| *byte == b'|') {
        let at = before + bar;
        if is_end_of_time(text.get(..at).unwrap_or_default()) {
            return true;
        }
        before = at + 1;
        rest = text.get(before..).unwrap_or_default();
    }
    false
}

fn is_end_of_time(text: &[u8]) -> bool {
    let digits = |text: &[u8], count: usize| {
        text.len() >= count && text.iter().rev().take(count).all(u8::is_ascii_digit)
    };
    let zone = match text {
        [.., b'Z'] => 1,
        [.., b'+' | b'-', _, _, b':', _, _] => 6,
        [.., b'+' | b'-', _, _, _, _] => 5,
        _ => return false,
    };
    digits(text.get(..text.len() - zone).unwrap_or_default(), 13)
}

/// Whether the application's logs of a run hold any.
pub fn any_in(run: &Path) -> bool {
    let is_log = |path: &Path| {
        path.extension().is_some_and(|ending| ending == "log") && !path.ends_with("driver.log")
    };
    let entries = |folder: &Path| {
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
    };
    entries(run).filter(|path| is_log(path)).chain(entries(&run.join("collected"))).any(|path| {
        let mut text = Vec::new();
        let file = std::fs::File::open(path);
        file.is_ok_and(|file| {
            let mut file = file.take(LONGEST);
            let mut buffer = vec![0; 256 * 1024];
            loop {
                match file.read(&mut buffer) {
                    Ok(0) | Err(_) => return false,
                    Ok(size) => {
                        text.extend_from_slice(buffer.get(..size).unwrap_or_default());
                        if seen_in(&text) {
                            return true;
                        }
                        // A statement may lie across two reads.
                        text.drain(..text.len().saturating_sub(32));
                    }
                }
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_one_line_in_the_grammar_of_statements() {
        let time = Instant::parse("2020-09-22T10:01:10.140Z").unwrap();
        assert_eq!(line(time, "PREPARE_START", ""), "1600768870140+0000|SB_PREPARE_START\n");
        assert_eq!(
            line(time, "PREPARE_END", "raised\nValueError"),
            "1600768870140+0000|SB_PREPARE_END raised ValueError\n"
        );
    }

    #[test]
    fn sees_statements() {
        for text in [
            "x 1600776870140+0000|A",
            "1600776870140Z|A",
            "1600776870140-05:30|A",
            "||1600776870140+0000|A",
        ] {
            assert!(seen_in(text.as_bytes()), "{text}");
        }
        for text in
            ["", "|", "a|b", "160077687014+0000|A", "1600776870140|A", "1600776870140+0000 A"]
        {
            assert!(!seen_in(text.as_bytes()), "{text}");
        }
    }
}
