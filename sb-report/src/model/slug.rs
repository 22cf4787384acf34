//! Names of files and anchors from names of pairs.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The longest slug before its checksum, in characters.
const LONGEST: usize = 48;

/// A name that is safe in a file name and in an anchor: `PRE_INVOKED->INVOKED` becomes
/// `pre_invoked-invoked`. Whatever else a pair is called, two pairs never get the same name.
pub(super) fn slug(pair: &str, taken: &[String]) -> String {
    let mut slug = String::new();
    for c in pair.replace("->", "-").chars() {
        let c = c.to_ascii_lowercase();
        let safe = c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.';
        slug.push(if safe { c } else { '-' });
    }
    let slug = slug.trim_matches(['-', '.']).to_owned();
    if !slug.is_empty() && slug.len() <= LONGEST && !taken.contains(&slug) {
        return slug;
    }
    let digest = Sha256::digest(pair.as_bytes());
    let mut short: String = slug.chars().take(LONGEST).collect();
    for byte in digest.iter().take(4) {
        let _ = write!(
            short,
            "{}{byte:02x}",
            if short.is_empty() || short.contains('~') { "" } else { "~" }
        );
    }
    short
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn safe_short_and_unique() {
        assert_eq!(slug("PRE_INVOKED->INVOKED", &[]), "pre_invoked-invoked");
        assert_eq!(slug("../../etc->x", &[]), "etc-x");
        let taken = ["a-b".to_owned()];
        let other = slug("a:b", &taken);
        assert!(other.starts_with("a-b~") && other.len() == "a-b~".len() + 8, "{other}");
        assert!(slug(&"LABEL".repeat(60), &[]).len() < 60);
        assert!(!slug("<&\">", &[]).is_empty());
    }
}
