//! Whether a file is a table and not a log, by its first bytes.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// So many bytes are looked at.
const LOOKED_AT: u64 = 1 << 16;

/// What a table is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// Parquet.
    Parquet,
    /// An Arrow file (Feather version 2).
    Arrow,
    /// CSV whose header names `epoch_ns` and `label`.
    Csv,
    /// A JSON object a line, of which the first has `epoch_ns` and `label`.
    Ndjson,
}

impl TableKind {
    /// The kind of a file, if it is a table. What can be read once only is none.
    pub(super) fn of(path: &Path) -> Option<Self> {
        if !path.metadata().is_ok_and(|meta| meta.is_file()) {
            return None;
        }
        let mut head = Vec::new();
        File::open(path).ok()?.take(LOOKED_AT).read_to_end(&mut head).ok()?;
        Self::of_head(&head)
    }

    fn of_head(head: &[u8]) -> Option<Self> {
        if head.starts_with(b"PAR1") {
            return Some(Self::Parquet);
        }
        if head.starts_with(b"ARROW1") {
            return Some(Self::Arrow);
        }
        let line = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let line = std::str::from_utf8(line).ok()?.trim_end();
        if line.starts_with('{') {
            let object: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(line).ok()?;
            let has = |column: &str| object.contains_key(column);
            return (has("epoch_ns") && has("label")).then_some(Self::Ndjson);
        }
        let has = |column: &str| line.split(',').any(|name| name == column);
        (has("epoch_ns") && has("label")).then_some(Self::Csv)
    }
}

#[cfg(test)]
mod tests {
    use super::TableKind;

    #[test]
    fn tables_are_told_from_logs() {
        let of = |head: &str| TableKind::of_head(head.as_bytes());
        assert_eq!(of("PAR1..."), Some(TableKind::Parquet));
        assert_eq!(of("ARROW1.."), Some(TableKind::Arrow));
        assert_eq!(of("epoch_ms,label,epoch_ns\n1,A,2\n"), Some(TableKind::Csv));
        assert_eq!(of("{\"epoch_ns\":1,\"label\":\"A\"}\n"), Some(TableKind::Ndjson));
        for log in ["", "1600776870140+0000|A\n", "{\"label\":1}", "{", "time,message\n", "\u{0}"] {
            assert_eq!(of(log), None, "{log:?}");
        }
    }
}
