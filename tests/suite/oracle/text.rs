//! Pieces of text that logs are made of: labels, zones, ids, and lines that hold no statement or
//! only nearly one.

/// Labels: of an app, of its cold and warm starts, with marks in them, of the driver, and one that
/// reads like the pair `total`.
pub(super) const LABELS: [&str; 12] = [
    "A",
    "B",
    "C",
    "D_1",
    "a.b/c",
    "e:f-g",
    "_",
    "total",
    "COLD",
    "WARM_START",
    "INIT_X",
    "SB_INVOKE_START",
];

/// How many of [`LABELS`] make up the usual way of an invocation.
pub(super) const USUAL: usize = 5;

/// Every form of a valid zone.
pub(super) const ZONES: [&str; 9] =
    ["+0000", "-0000", "+0200", "-0330", "Z", "+14:00", "-05:45", "+1459", "-00:01"];

/// What may stand directly before a statement on its line.
pub(super) const BEFORE: [&str; 9] =
    ["", "", "", "INFO ", "\u{e9}", "[", "1 | ", "{\"m\":\"", "t: \u{0}"];

/// What may stand directly behind a statement on its line.
pub(super) const BEHIND: [&str; 10] =
    ["", "", "", " done", ".", "-", "::x", "|", " trace_id=", "\u{e9}"];

/// Ids as apps write them. The longest an id may be is 128 characters.
pub(super) fn id(index: usize) -> String {
    match index {
        5 => "a:b/c+d=e-f.g_h".to_owned(),
        6 => "x".repeat(128),
        _ => format!("r{index}"),
    }
}

/// Lines that are not what they seem, for an epoch of this text. Most hold `LABEL` directly behind
/// a bar; some hold a statement too.
pub(super) fn noise(index: usize, epoch: &str) -> Vec<u8> {
    let text = match index {
        // Text.
        0 => String::new(),
        1 => "request handled in 12 ms".to_owned(),
        2 => "a | b || c|d".to_owned(),
        3 => "caf\u{e9} \u{2603} |A".to_owned(),
        4 => "\0\0\0".to_owned(),
        5 => "\r".to_owned(),
        6 => format!("at {epoch} nothing"),
        7 => "12345678+0000|A".to_owned(),
        // Look-alikes, and what is none for want of one thing.
        8 => "123456789+0000|A".to_owned(),
        9 => format!("1{epoch}+0000|A"),
        10 => format!("{}+0000|A", epoch.get(1..).unwrap()),
        11 => "16007768703N+0200|A".to_owned(),
        12 => "16007768703N+0260|A".to_owned(),
        13 => format!("{epoch}NZ|A {epoch}N|A"),
        14 => format!("{epoch}|A"),
        15 => format!("{epoch}|"),
        16 => format!("x{epoch}|A _{epoch}|A"),
        17 => format!("{epoch}1|A"),
        18 => format!("{epoch}+1500|A {epoch}-1460|A"),
        19 => format!("{epoch}+|A {epoch}-2|A {epoch}+020|A"),
        20 => format!("{epoch}+|"),
        21 => format!("{epoch}+0000| {epoch}Z|9 {epoch}Z|-A"),
        22 => format!("{epoch}+00:00:0|A {epoch}+0000000|A"),
        23 => format!("{epoch}+00:00:00|A {epoch}+00000000|A"),
        24 => format!("{epoch}+-0000|A {epoch} +0000|A {epoch}+0000 |A"),
        25 => format!("x{epoch}+0000|A _{epoch}Z|A"),
        26 => format!("{}+0000|A", "9".repeat(epoch.len())),
        27 => format!("{epoch}z|A {epoch}+00.00|A {epoch}+0:000|A"),
        // Statements with something odd about them.
        28 => format!("{epoch}+0000|A:{epoch}+0000|B"),
        29 => format!("{epoch}+0000|A trace_id=r1:{epoch}+0000|B"),
        30 => format!("{epoch}+0000|A|{epoch}Z|B"),
        31 => format!("{epoch}+0000|A+{epoch}Z|B"),
        32 => format!("{epoch}+0000|A {epoch}+0000|A"),
        33 => format!("{epoch}+0000|A trace_id= {epoch}Z|B  trace_id=r1"),
        34 => format!("{epoch}Z|A..B {epoch}Z|A.-B {epoch}Z|A-"),
        35 => format!("{epoch}Z|A trace_id={}", "y".repeat(129)),
        36 => format!("{epoch}Z|A trace_id={}-{epoch}Z|B", "y".repeat(127)),
        37 => format!("{}Z|A", "0".repeat(epoch.len())),
        38 => format!("{epoch}Z|A req= req=_ req=r2x req=r3"),
        39 => format!("1600000000{epoch}+0000|A"),
        40 => format!("{epoch}{epoch}Z|A"),
        41 => format!("{epoch}+0000|SB {epoch}+0000|SB_"),
        42 => return [b"bytes \xff\xfe ", epoch.as_bytes(), b"+0000"].concat(),
        43 => return [b"caf\xe9 ", epoch.as_bytes(), b"+0000|A \xc3"].concat(),
        44 => return [b"\x80", epoch.as_bytes(), b"+0000|\xff"].concat(),
        _ => return [b"\xe2\x98", epoch.as_bytes(), b"|A"].concat(),
    };
    text.into_bytes()
}

/// How many kinds of [`noise`] there are.
pub(super) const NOISES: usize = 46;

/// The pieces of the statement-like alphabet of arbitrary bytes.
pub(super) const PIECES: [&[u8]; 52] = [
    b"1600000000000",
    b"1600000000001",
    b"1600000000000+0000|A",
    b"1600000000002Z|B",
    b"1600000000007-0130|C trace_id=r1",
    b"1600000000",
    b"1600000000000000",
    b"1600000000000000000",
    b"9223372036854",
    b"9223372036855",
    b"123456789",
    b"12345678",
    b"0000000000000",
    b"0",
    b"1",
    b"9",
    b"+0000",
    b"-1430",
    b"+14:59",
    b"+1500",
    b"+0060",
    b"Z",
    b"N",
    b"+",
    b"-",
    b":",
    b"|",
    b"|",
    b"|",
    b"A",
    b"B",
    b"_",
    b"x",
    b".",
    b"/",
    b" ",
    b" ",
    b" trace_id=",
    b"trace_id=",
    b"r1",
    b"=",
    b"\n",
    b"\n",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xc3",
    b"\xa9",
    b"\xc3\xa9",
    b"SB_",
    b"req=",
];
