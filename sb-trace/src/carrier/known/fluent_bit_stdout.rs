//! `fluent-bit-stdout`: what Fluent Bit's stdout output prints: number, tag, time, and a map with
//! `=>` between keys and values.

use crate::carrier::{Brackets, Carrier, Line, Lines, Shape};
use std::borrow::Cow;

pub(in crate::carrier) static CARRIER: Carrier = Carrier {
    name: "fluent-bit-stdout",
    family: "fluent",
    example: r#"[0] kube.orders: [1650000000.000117402, {"log"=>"1600776870140+0000|PRE_INVOKED", "kubernetes"=>{"pod_name"=>"orders-x2x7k"}}]"#,
    id: "an id among the fields",
    source: "kubernetes.pod_name",
    brackets: Brackets::Never,
    samples: &["fluent-bit-stdout.txt", "fluent-bit-stdout-v2.txt"],
    shape: Shape::Lines(Lines { sure: true, ..Lines::new(open) }),
};

fn open(line: &[u8]) -> Option<Line<'_>> {
    let rest = line.strip_prefix(b"[")?;
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = rest.get(digits..)?.strip_prefix(b"] ").filter(|_| digits > 0)?;
    // A tag may hold colons.
    let start = memchr::memmem::find(rest, b": [")? + 3;
    let value = rest.get(start..)?.trim_ascii_end().strip_suffix(b"]")?;
    let map = match value.strip_prefix(b"[") {
        // Version 2: [[time, {metadata}], {record}]
        Some(value) => value.get(memchr::memmem::find(value, b"], {")? + 3..)?,
        None => value.get(memchr::memmem::find(value, b", {")? + 2..)?,
    };
    let time = value.strip_prefix(b"[").unwrap_or(value);
    let known = time.first().is_some_and(u8::is_ascii_digit) && map.last() == Some(&b'}');
    known.then(|| Line { body: Cow::Owned(json(map)), ..Line::default() })
}

/// The map as JSON. In strings, `\xHH` stands for a byte.
fn json(map: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(map.len());
    let mut quoted = false;
    let mut at = 0;
    while let Some(&byte) = map.get(at) {
        let rest = map.get(at..).unwrap_or_default();
        match (quoted, rest) {
            (false, [b'=', b'>', ..]) => {
                out.push(b':');
                at += 2;
                continue;
            }
            (true, [b'\\', b'x', high, low, ..]) => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&[*high, *low]);
                at += 4;
                continue;
            }
            (true, [b'\\', escaped, ..]) => {
                out.extend_from_slice(&[b'\\', *escaped]);
                at += 2;
                continue;
            }
            (_, [b'"', ..]) => quoted = !quoted,
            _ => {}
        }
        out.push(byte);
        at += 1;
    }
    out
}
