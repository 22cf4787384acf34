//! Names with `*` in them, of shipped benchmarks and of files.

/// `*` stands for any text.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|tail| {
            tail.char_indices()
                .map(|(at, _)| at)
                .chain([tail.len()])
                .any(|at| tail.get(at..).is_some_and(|tail| matches(rest, tail)))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, yes) in [
            ("a_b", true),
            ("a*", true),
            ("*b", true),
            ("*", true),
            ("a*b*", true),
            ("b*", false),
            ("a", false),
            ("*c*", false),
        ] {
            assert_eq!(matches(pattern, "a_b"), yes, "{pattern}");
        }
    }
}
