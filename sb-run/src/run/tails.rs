//! The ends of functions' logs in what invoke printed: `aws lambda invoke --log-type Tail` (and
//! the same call by a library) answers with the last 4 KB of the log as `LogResult`, in base64.
//! Where nothing names a log to be fetched, they are all that is left of it.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;

const KEY: &[u8] = b"LogResult";
/// No tail is longer than that: 4 KB in base64, and what stands before it.
const LONGEST: usize = 8 * 1024;
const BUFFER: usize = 256 * 1024;

/// Writes the tails in a hook's log to a file, if there are any; gives their number.
pub(super) fn take(log: &Path, target: &Path) -> io::Result<usize> {
    let (mut file, mut text, mut count) = (File::open(log)?, Vec::new(), 0);
    let mut tails = None;
    loop {
        let size = (&mut file).take(BUFFER as u64).read_to_end(&mut text)?;
        let is_end = size == 0;
        let mut done = 0;
        while let Some(found) = memmem::find(text.get(done..).unwrap_or_default(), KEY) {
            let after = done + found + KEY.len();
            let rest = text.get(after..).unwrap_or_default();
            if rest.len() < LONGEST && !is_end {
                break;
            }
            done = after;
            if let Some(tail) = tail(rest.get(..LONGEST).unwrap_or(rest)) {
                let tails: &mut File = match &mut tails {
                    Some(tails) => tails,
                    None => tails.insert(File::create(target)?),
                };
                tails.write_all(&tail)?;
                if !tail.ends_with(b"\n") {
                    tails.write_all(b"\n")?;
                }
                count += 1;
            }
        }
        if is_end {
            return Ok(count);
        }
        // What may be the beginning of a tail waits for what follows.
        let last = memmem::find(text.get(done..).unwrap_or_default(), KEY);
        let keep = last.map_or(text.len().saturating_sub(KEY.len()).max(done), |at| done + at);
        text.drain(..keep);
    }
}

/// The tail in what follows the key: `": "U1RB..."`, `': 'U1RB...'` or `: U1RB...`
fn tail(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.strip_prefix(b"\"").or(text.strip_prefix(b"'")).unwrap_or(text);
    let text = text.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    let text = text.strip_prefix(b"\"").or(text.strip_prefix(b"'")).unwrap_or(text);
    let is_code = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let length = text.iter().position(|byte| !is_code(byte)).unwrap_or(text.len());
    let tail = STANDARD.decode(text.get(..length)?).ok()?;
    memmem::find(&tail, b"RequestId").map(|_| tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "START RequestId: a\n1600776870140+0000|HANDLER\nEND RequestId: a\n";

    fn taken(log: &str) -> (usize, String) {
        let folder = tempfile::tempdir().unwrap();
        let (log_file, target) = (folder.path().join("log"), folder.path().join("tails"));
        std::fs::write(&log_file, log).unwrap();
        let count = take(&log_file, &target).unwrap();
        (count, std::fs::read_to_string(&target).unwrap_or_default())
    }

    #[test]
    fn tails_are_found_however_they_are_written() {
        let code = STANDARD.encode(LOG);
        for line in [
            format!("{{\n    \"StatusCode\": 200,\n    \"LogResult\": \"{code}\"\n}}\n"),
            format!("{{'LogResult': '{code}', 'Payload': 1}}\n"),
            format!("LogResult: {code}"),
            format!("{{\"LogResult\":\"{code}\"}}"),
        ] {
            assert_eq!(taken(&line), (1, LOG.to_string()), "{line}");
        }
        for line in
            ["", "LogResult", "\"LogResult\": \"\"", "\"LogResult\": \"QUJD\"", "LogResult: 5%"]
        {
            assert_eq!(taken(line), (0, String::new()), "{line}");
        }
    }

    #[test]
    fn tails_lie_anywhere_in_a_long_log() {
        let one = format!("{{\"LogResult\": \"{}\"}}\n", STANDARD.encode(LOG));
        // Around the places where one reading ends and the next begins.
        for shift in (0..one.len() + 20).chain([LONGEST, LONGEST + 1]) {
            let text = "x".repeat(BUFFER - shift) + &one + &"y".repeat(BUFFER) + &one.repeat(3);
            assert_eq!(taken(&text), (4, LOG.repeat(4)), "{shift}");
        }
    }
}
