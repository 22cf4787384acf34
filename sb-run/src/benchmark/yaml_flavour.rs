//! Unquoted scalars that YAML 1.1 reads differently.
//!
//! Benchmark files were once read by PyYAML, which follows YAML 1.1: there `yes` is true, `1:30` is
//! 90 and `010` is 8. sb-run follows YAML 1.2, where these are two texts and the number 10 or the
//! text `010`. This is a scan for such scalars so that the user can be told; it never changes a value.

/// A scalar with two readings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguous {
    /// Line within the text, counted from 1.
    pub line: usize,
    /// As written.
    pub scalar: String,
    /// What YAML 1.1 makes of it.
    pub old_reading: String,
}

/// All of them, in order.
pub fn ambiguous_scalars(text: &str) -> Vec<Ambiguous> {
    let mut found = Vec::new();
    for (index, value) in values(text) {
        for scalar in value.trim_matches(['[', ']', '{', '}']).split(',').map(value_part) {
            if let Some(old_reading) = old_reading(scalar) {
                found.push(Ambiguous { line: index + 1, scalar: scalar.into(), old_reading });
            }
        }
    }
    found
}

/// A text in block style, as it is written today, so that YAML 1.1 reads the same in it: texts get
/// quotes, and numbers the point and the sign that it wants.
pub fn quoted(text: &str) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
    for (index, value) in values(text) {
        let Some(written) = written_for_both(value) else { continue };
        if let Some(line) = lines.get_mut(index)
            && let Some(before) = line.strip_suffix(value)
        {
            *line = format!("{before}{written}");
        }
    }
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

fn written_for_both(value: &str) -> Option<String> {
    if !is_text_in_1_1(value.trim_start_matches('-')) {
        return old_reading(value).map(|_| format!("'{value}'"));
    }
    let (number, exponent) = value.split_once('e')?;
    let point = if number.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['-', '+']) { "" } else { "+" };
    Some(format!("{number}{point}e{sign}{exponent}"))
}

/// The values that stand on their line, with its index.
fn values(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    // Inside a block scalar (`key: |`) everything indented deeper than its key is text.
    let mut block: Option<usize> = None;
    for (index, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        if line.trim().is_empty() || block.is_some_and(|parent| indent > parent) {
            continue;
        }
        let value = value_part(without_comment(line).trim());
        let begins = value.starts_with('|') || value.starts_with('>');
        block = begins.then_some(indent);
        if !begins {
            found.push((index, value));
        }
    }
    found
}

fn without_comment(line: &str) -> &str {
    line.split_once(" #").map_or(line, |(before, _)| before)
}

/// What stands after `key:` and list dashes.
fn value_part(content: &str) -> &str {
    let mut rest = content.trim();
    while let Some(item) = rest.strip_prefix("- ") {
        rest = item.trim();
    }
    match rest.split_once(": ") {
        Some((_, value)) if !rest.starts_with(['"', '\'']) => value.trim(),
        _ => rest,
    }
}

fn old_reading(scalar: &str) -> Option<String> {
    match scalar {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Some("true".into()),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Some("false".into()),
        "=" | "<<" => return Some("no value at all".into()),
        _ => {}
    }
    let digits = scalar.strip_prefix(['-', '+']).unwrap_or(scalar);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Some(octal) = digits.strip_prefix('0')
        && !octal.is_empty()
        && octal.bytes().all(|b| (b'0'..=b'7').contains(&b))
    {
        return i64::from_str_radix(octal, 8).ok().map(|n| format!("the number {n} (octal)"));
    }
    if let Some(base) = base_60(digits) {
        return Some(base);
    }
    if is_text_in_1_1(digits) {
        return Some(format!("the text '{scalar}'"));
    }
    if digits.contains('_') {
        let plain = digits.replace('_', "");
        let of_base = |start, base| {
            plain
                .strip_prefix(start)
                .is_some_and(|digits| u64::from_str_radix(digits, base).is_ok())
        };
        let number = plain.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b':');
        let is_number = of_base("0x", 16) || of_base("0b", 2) || number;
        let one_point = plain.matches('.').count() <= 1;
        return (is_number && one_point).then(|| format!("the number {plain}"));
    }
    let (day, time) = digits.split_at_checked(10).unwrap_or((digits, ""));
    let is_time = time.is_empty() || time.starts_with(['t', 'T', ' ']);
    (is_date(day) && is_time).then(|| "a date".into())
}

/// `1:30`, `1:30:15.5`
fn base_60(digits: &str) -> Option<String> {
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(a, b)| (a, Some(b)));
    let parts: Option<Vec<u64>> = whole.split(':').map(|part| part.parse().ok()).collect();
    let parts = parts.filter(|parts| parts.len() > 1)?;
    let is_fraction = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if parts.iter().skip(1).any(|part| *part > 59) || !fraction.is_none_or(is_fraction) {
        return None;
    }
    let total =
        parts.iter().try_fold(0_u64, |sum, part| sum.checked_mul(60)?.checked_add(*part))?;
    let fraction = fraction.map(|fraction| format!(".{fraction}")).unwrap_or_default();
    Some(format!("the number {total}{fraction} (base 60)"))
}

/// Numbers of YAML 1.2 that are none in 1.1, which wants a point before an exponent and a sign in it:
/// `1e3`, `1.5e3`, `0o17`.
fn is_text_in_1_1(digits: &str) -> bool {
    if let Some(octal) = digits.strip_prefix("0o") {
        return !octal.is_empty() && octal.bytes().all(|b| (b'0'..=b'7').contains(&b));
    }
    let Some((number, exponent)) = digits.split_once(['e', 'E']) else { return false };
    let signed = exponent.starts_with(['-', '+']);
    let is_number = !digits.starts_with("0x") && digits.parse::<f64>().is_ok();
    is_number && !(number.contains('.') && signed)
}

/// `2026-01-22`
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() == 3
        && [4, 2, 2]
            .iter()
            .zip(&parts)
            .all(|(size, part)| part.len() == *size && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalars(text: &str) -> Vec<(usize, String)> {
        ambiguous_scalars(text).into_iter().map(|found| (found.line, found.scalar)).collect()
    }

    #[test]
    fn finds_them_in_values_lists_and_flows() {
        let text = "app:\n  debug: yes\n  wait: 1:30 # minutes\n  mode: 010\n  day: 2026-01-22\n  l:\n    - off\n  f: [on, 1_000]\n";
        let expected = [
            (2, "yes"),
            (3, "1:30"),
            (4, "010"),
            (5, "2026-01-22"),
            (7, "off"),
            (8, "on"),
            (8, "1_000"),
        ];
        assert_eq!(scalars(text), expected.map(|(line, scalar)| (line, scalar.to_string())));
    }

    #[test]
    fn leaves_the_rest_alone() {
        let text = "app:\n  a: 'yes'\n  b: \"010\"\n  c: 10\n  d: true\n  e: http://x:80\n  f: yesterday\n  g: |\n    yes: no\n    010\n  h: 12:99\n  i: 08\n";
        assert_eq!(scalars(text), []);
    }

    #[test]
    fn writes_what_both_read_alike() {
        let text = "a: yes\nb: b, yes\nl:\n- on\n- - 1:30\n- 1e20\n- -1.5e-7\n- 'no'\nm: |\n  yes\nd: 2026-01-22\ne: =\n";
        let expected = "a: 'yes'\nb: b, yes\nl:\n- 'on'\n- - '1:30'\n- 1.0e+20\n- -1.5e-7\n- 'no'\nm: |\n  yes\nd: '2026-01-22'\ne: '='\n";
        assert_eq!(quoted(text), expected);
    }

    #[test]
    fn says_what_the_old_reading_was() {
        assert_eq!(old_reading("1:30").unwrap(), "the number 90 (base 60)");
        assert_eq!(old_reading("010").unwrap(), "the number 8 (octal)");
        // As PyYAML 6 reads them.
        for (scalar, old) in [
            ("1e3", "the text '1e3'"),
            ("1.5e3", "the text '1.5e3'"),
            ("0o17", "the text '0o17'"),
            ("1_000.5", "the number 1000.5"),
            ("0x_1F", "the number 0x1F"),
            ("1_0:30", "the number 10:30"),
            ("190:20:30.15", "the number 685230.15 (base 60)"),
            ("2001-12-14t21:59:43.10-05:00", "a date"),
            ("2001-12-14 21:59:43", "a date"),
        ] {
            assert_eq!(old_reading(scalar).as_deref(), Some(old));
        }
        for scalar in
            ["1.5e+3", "0x1e5", "0x1F", "1.2.3", "08", "09.5", "1.5.0", "12ab", "2001-12-14x"]
        {
            assert_eq!(old_reading(scalar), None, "{scalar}");
        }
    }
}
