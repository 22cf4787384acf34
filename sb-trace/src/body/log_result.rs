//! `LogResult`: the end of the log of one invocation, in base64, as `aws lambda invoke --log-type
//! Tail` answers it.

use super::lambda::is_request_id;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem::Finder;
use std::sync::LazyLock;

const KEY: &[u8] = b"LogResult";

static FINDER: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(KEY));

/// Whether a text may hold one.
pub(crate) fn may_hold_log_result(text: &[u8]) -> bool {
    FINDER.find(text).is_some()
}

/// The log in a line with `"LogResult": "..."`.
pub(crate) fn log_result(line: &[u8]) -> Option<Vec<u8>> {
    let at = FINDER.find(line)? + KEY.len();
    let quote = |b: &u8| matches!(b, b'"' | b'\'');
    let rest = line.get(at..)?;
    let start = rest.iter().position(|b| !quote(b) && !b.is_ascii_whitespace() && *b != b':')?;
    let value = rest.get(start..)?;
    let fits = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    let end = value.iter().position(|b| !fits(b)).unwrap_or(value.len());
    unpack(value.get(..end)?)
}

/// The log in a value of that name.
pub(crate) fn unpack(value: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(value.trim_ascii()).ok().filter(|log| log.contains(&b'\n'))
}

/// The request that such a log is of.
pub(crate) fn request_in(log: &[u8]) -> Option<&str> {
    const BEFORE: &[u8] = b" RequestId: ";
    let at = memchr::memmem::find(log, BEFORE)? + BEFORE.len();
    let rest = log.get(at..)?;
    let end = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
    std::str::from_utf8(rest.get(..end)?).ok().filter(|id| is_request_id(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_found_in_what_prints_it() {
        let log = "x\nEND RequestId: r-12345678\nREPORT RequestId: r-12345678\tDuration: 1 ms\n";
        let packed = STANDARD.encode(log);
        for line in [
            format!("    \"LogResult\": \"{packed}\","),
            format!("{{'StatusCode': 200, 'LogResult': '{packed}'}}"),
            format!("LogResult: {packed}"),
        ] {
            assert_eq!(log_result(line.as_bytes()).as_deref(), Some(log.as_bytes()), "{line}");
        }
        assert_eq!(request_in(log.as_bytes()), Some("r-12345678"));
        for none in ["LogResult", "\"LogResult\": null", "\"LogResult\": \"\"", "x"] {
            assert_eq!(log_result(none.as_bytes()), None, "{none}");
        }
    }
}
