//! Formats on what is broken: nothing panics, nothing is lost without a word, the sums add up.

use super::{ALL, Input, Silent, samples, unpacked};
use crate::analyze;
use crate::options::{FormatChoice, Options};
use crate::sinks::Analysis;
use proptest::prelude::*;

fn analysis(text: Vec<u8>, options: &Options) -> Option<Analysis> {
    analyze(&[Input::bytes("a.log", text)], options, &Silent).ok()
}

fn options(format: &str) -> Options {
    Options { format: FormatChoice::parse(format).unwrap(), ..Options::default() }
}

/// The pieces that the text is made of which is fed to every format.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "1650000000000+0000|A",
        "1650000000000|B",
        "|",
        "\n",
        "\r\n",
        "{",
        "}",
        "[",
        "]",
        "\"",
        ",",
        ":",
        "\\",
        " ",
        "\t",
        "{\"log\":\"",
        "\\n\",\"stream\":\"stdout\"}",
        "\"message\":\"x\"",
        "{\"events\":[",
        "2022-04-14T05:20:00.000Z ",
        "2022-04-14T05:20:00.000402117Z stdout P ",
        "2022-04-14T05:20:00.000402117Z stderr F ",
        "\u{1b}[3",
        "\u{feff}",
        "START RequestId: 6b6f2f4e-0d0c-4bb7-8a0b-1f2e3d4c5b6a",
        "Activation: 'a' (b)",
        "api-1  | ",
        "<14>1 - - - - - [x y=\"",
        "12 <14>",
        "#011",
        "\\u002B",
        "[0] tag: [1.5, {\"log\"=>\"",
        "timestamp,message\n",
    ]);
    prop_oneof![
        8 => known.prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_adds_up_in_every_format(pieces in prop::collection::vec(piece(), 0..30)) {
        let text = pieces.concat();
        for name in ALL.iter().map(|format| format.name).chain(["auto"]) {
            if let Some(analysis) = analysis(text.clone(), &options(name)) {
                prop_assert!(analysis.figures.accounting.adds_up(), "{name}: {:?}", analysis.figures.accounting);
                let ends = memchr::memchr_iter(b'\n', &text).count() as u64;
                let lines = ends + u64::from(text.last().is_some_and(|&b| b != b'\n'));
                prop_assert_eq!(analysis.figures.accounting.lines, lines, "{}", name);
            }
        }
    }
}

#[test]
fn samples_that_were_cut_or_damaged_add_up() {
    for (_, sample) in samples() {
        let text = unpacked(sample);
        let step = text.len() / 40 + 1;
        for at in (0..text.len()).step_by(step) {
            let mut damaged = text.clone();
            damaged[at] = b"\n\"}\xff|"[at % 5];
            for broken in [text[..at].to_vec(), text[at..].to_vec(), damaged] {
                if let Some(analysis) = analysis(broken, &Options::default()) {
                    assert!(analysis.figures.accounting.adds_up(), "{sample} at {at}");
                }
            }
        }
    }
}

#[test]
fn a_damaged_record_costs_that_record_only() {
    // The statements of the lines that are left are all found, also behind the damage.
    let line = |ms: u64| {
        format!(
            "{{\"log\":\"{}+0000|A\\n\",\"stream\":\"stdout\",\"time\":\"\"}}\n",
            1_650_000_000_000 + ms
        )
    };
    let whole: String = (0..50).map(line).collect();
    let cut = whole.replacen("\\n\",\"stream\":\"stdout\",\"time\":\"\"}", "", 20);
    let damaged = cut.replacen("{\"log\"", "{\"l", 5);
    for text in [cut, damaged] {
        let analysis = analysis(text.into_bytes(), &Options::default()).unwrap();
        assert_eq!(analysis.figures.accounting.statements, 50);
    }
}
