//! The driver's own trace statements: `<epoch ms>+0000|SB_LABEL`, followed by words for humans.

use crate::clock::Instant;

/// One line of `driver.log`. Labels of the driver start with `SB_`; `note` may be empty.
pub fn line(time: Instant, label: &str, note: &str) -> String {
    let gap = if note.is_empty() { "" } else { " " };
    let note = note.replace(['\n', '\r'], " ");
    format!("{:013}+0000|SB_{label}{gap}{note}\n", time.epoch_ms())
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
}
