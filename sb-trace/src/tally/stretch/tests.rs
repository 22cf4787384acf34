use super::*;
use proptest::prelude::*;

/// Some labels, the driver's among them.
const LABELS: [&str; 6] = ["A", "B", "C", "D", "SB_INVOKE_START", "SB_INVOKE_END"];

/// What a reader did with a block.
#[derive(Debug, Clone)]
struct Read {
    labels: Vec<usize>,
    /// A word that is no label, or not yet.
    source: Option<usize>,
    /// Whether the block is measured by itself, or else joined row by row.
    measured: bool,
    /// Whether it stands before all others.
    back: bool,
}

fn reads() -> impl Strategy<Value = Vec<Read>> {
    let read = (
        proptest::collection::vec(prop_oneof![9 => 0..4_usize, 1 => 4..6_usize], 1..8),
        proptest::option::weighted(0.2, 0..LABELS.len()),
        proptest::bool::weighted(0.9),
        proptest::bool::weighted(0.1),
    );
    let read =
        read.prop_map(|(labels, source, measured, back)| Read { labels, source, measured, back });
    proptest::collection::vec(read, 1..20)
}

proptest! {
    /// A label is told with the first block that holds it and is measured, and again where blocks
    /// follow that stand before; a label of the driver's is told with each block.
    #[test]
    fn a_label_is_told_to_all_blocks_that_follow(reads in reads()) {
        let options = Options::default();
        let mut tally = Tally::of(&options).unwrap();
        tally.add_run("");
        let mut stretches = Stretches::of(&options, &tally).unwrap();
        let mut parsed = Parsed::default();
        let (mut place, mut before, mut told): (u64, u64, Vec<usize>) = (1_000, 0, Vec::new());
        for read in reads {
            let names = read.labels.iter().map(|&label| parsed.words.label(LABELS[label]));
            parsed.rows = names.map(|label| Event { label, ..Event::default() }).collect();
            if let Some(source) = read.source {
                parsed.words.source(LABELS[source]);
            }
            place = if read.back { place - 50 } else { place + 1 };
            if !read.measured {
                continue;
            }
            if place < before {
                told.clear();
            }
            before = place;
            let mut expected: Vec<usize> = Vec::new();
            for &label in &read.labels {
                if !told.contains(&label) && !expected.contains(&label) {
                    expected.push(label);
                }
            }
            told.extend(expected.iter().filter(|&&label| label < 4));
            let opener = Some("A");
            let block = BlockOf { run: 0, file: 0, place, plain: true, repeats: false, opener };
            let sums = stretches.measure(&mut parsed, block).unwrap();
            let names = parsed.words.names();
            let fresh: Vec<&str> = sums.fresh.iter().map(|&label| names.text(label)).collect();
            let expected: Vec<&str> = expected.iter().map(|&label| LABELS[label]).collect();
            prop_assert_eq!(fresh, expected);
            let of_driver = read.labels.iter().filter(|&&label| label >= 4).count();
            prop_assert_eq!(sums.driver, of_driver as u64);
        }
    }
}
