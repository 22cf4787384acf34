//! Quantiles equal numpy's to the last bit, and intervals cover what they say they cover.

use sb_tests::{Python, Sandbox};
use sb_trace::stats::{quantile, ranks};
use serde_json::json;

/// SplitMix64, in 0..1 with neither end included.
fn uniform(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (((z ^ (z >> 31)) >> 11) as f64 + 0.5) / (1u64 << 53) as f64
}

/// Reads samples, probabilities and our quantiles as bits; numpy's must have the same.
const NUMPY: &str = r#"
import json, struct, sys
import numpy
compared = 0
for case in json.load(open("cases.json")):
    values = numpy.array(case["values"], dtype="float64")
    for q, bits in zip(case["qs"], case["bits"]):
        ours = struct.unpack("<d", struct.pack("<Q", int(bits)))[0]
        theirs = float(numpy.quantile(values, q))
        assert struct.pack("<d", ours) == struct.pack("<d", theirs), (case["name"], q, ours, theirs)
        compared += 1
print(compared)
"#;

#[test]
fn quantiles_are_numpys_to_the_last_bit() {
    let Some(python) = Python::with(&["numpy"]) else { return };
    let mut seed = 3;
    let mut samples: Vec<(String, Vec<f64>)> = vec![
        ("one".into(), vec![7.25]),
        ("two".into(), vec![1.1, 2.7]),
        ("three".into(), vec![-0.3, 0.1, 12.9]),
        ("ties".into(), [vec![5.0; 40], vec![9.1; 60]].concat()),
        ("equal".into(), vec![0.1; 17]),
        ("negative".into(), (0..50).map(|i| f64::from(i) * 0.7 - 31.3).collect()),
    ];
    for n in [2usize, 3, 10, 100, 368, 1001] {
        let mut values: Vec<f64> = (0..n).map(|_| -30.0 * uniform(&mut seed).ln()).collect();
        values.sort_by(f64::total_cmp);
        samples.push((format!("exponential {n}"), values));
        // Whole milliseconds, as most logs have them, some of them negative.
        let mut values: Vec<f64> =
            (0..n).map(|_| (uniform(&mut seed) * 500.0).floor() - 20.0).collect();
        values.sort_by(f64::total_cmp);
        samples.push((format!("milliseconds {n}"), values));
    }
    let mut qs = vec![0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0];
    qs.extend((0..40).map(|_| uniform(&mut seed)));
    let cases: Vec<_> = samples
        .iter()
        .map(|(name, values)| {
            let bits = qs.iter().map(|&q| quantile(values, q).unwrap().to_bits().to_string());
            json!({"name": name, "values": values, "qs": qs, "bits": bits.collect::<Vec<_>>()})
        })
        .collect();
    let sandbox = Sandbox::new();
    sandbox.write("cases.json", serde_json::to_vec(&cases).unwrap());
    let out = python.run(&sandbox, NUMPY, &[]);
    assert_eq!(out.expect(0).stdout.trim(), (samples.len() * qs.len()).to_string());
}

/// Draws from a distribution whose quantile function is known.
struct Known {
    name: &'static str,
    quantile: fn(f64) -> f64,
}

const KNOWN: [Known; 2] = [
    Known { name: "exponential", quantile: |q| -(1.0 - q).ln() },
    // Seven in ten around 12 ms, the others around 340 ms.
    Known {
        name: "two modes",
        quantile: |q| if q < 0.7 { 10.0 + 4.0 * q / 0.7 } else { 330.0 + 20.0 * (q - 0.7) / 0.3 },
    },
];

#[test]
fn intervals_cover_the_true_quantile() {
    const SAMPLES: u32 = 4000;
    let mut seed = 11;
    for known in KNOWN {
        for (n, q) in
            [(6, 0.5), (36, 0.9), (72, 0.95), (100, 0.5), (368, 0.99), (500, 0.9), (1000, 0.99)]
        {
            let ends = ranks(n, q);
            let (low, high) = (ends.low.unwrap(), ends.high.unwrap());
            let truth = (known.quantile)(q);
            let mut covered = 0;
            for _ in 0..SAMPLES {
                let mut values: Vec<f64> =
                    (0..n).map(|_| (known.quantile)(uniform(&mut seed))).collect();
                values.sort_by(f64::total_cmp);
                covered += u32::from((values[low - 1]..=values[high - 1]).contains(&truth));
            }
            let share = f64::from(covered) / f64::from(SAMPLES);
            // Three standard deviations of a share of 95 % in so many samples.
            assert!(share >= 0.95 - 0.0104, "{} n={n} q={q}: {share}", known.name);
            // An interval that covers nearly always would be too wide to be of use, where more
            // values let it be narrower.
            assert!(n < 100 || share <= 0.985, "{} n={n} q={q}: {share}", known.name);
        }
    }
}
