//! Files that this program wrote: never read as logs, and the only ones that it overwrites.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// How much of a file's beginning is looked at.
const HEAD: u64 = 4096;

/// Whether a file is one that this program (or `sb-trace`, where it is a table) wrote.
pub fn is_ours(path: &Path) -> bool {
    let Ok(mut file) = File::open(path) else { return false };
    let mut head = Vec::new();
    if Read::by_ref(&mut file).take(HEAD).read_to_end(&mut head).is_err() {
        return false;
    }
    let holds = |needle: &[u8]| contains(&head, needle);
    if head.starts_with(b"PAR1") {
        return footer(&mut file).is_some_and(|f| contains(&f, b"\"tool\":\"sb-"));
    }
    if head.starts_with(b"\x89PNG") {
        return holds(b"Software\0sb-report");
    }
    holds(b"name=\"generator\" content=\"sb-report")
        || holds(b"data-generator=\"sb-report\"")
        || holds(b"\"tool\": \"sb-report\"")
        || head.starts_with(b"<!-- sb-report -->")
}

/// The footer of a Parquet file, which holds its metadata.
fn footer(file: &mut File) -> Option<Vec<u8>> {
    const MOST: i64 = 16 << 20;
    let mut end = [0; 8];
    file.seek(SeekFrom::End(-8)).ok()?;
    file.read_exact(&mut end).ok()?;
    let [a, b, c, d, magic @ ..] = end;
    let length = i64::from(u32::from_le_bytes([a, b, c, d]));
    if &magic != b"PAR1" || length > MOST {
        return None;
    }
    file.seek(SeekFrom::End(-8 - length)).ok()?;
    let mut footer = Vec::new();
    file.take(u64::try_from(length).ok()?).read_to_end(&mut footer).ok()?;
    Some(footer)
}

fn contains(text: &[u8], needle: &[u8]) -> bool {
    text.windows(needle.len()).any(|w| w == needle)
}
