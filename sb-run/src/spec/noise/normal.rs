//! Normally distributed numbers as numpy draws them: Marsaglia and Tsang's ziggurat of 256 layers.

use super::pcg64::Pcg64;

/// Where the lowest layer ends and the tail begins.
const EDGE: f64 = 3.654_152_885_361_009;
/// The area of each layer.
const AREA: f64 = 0.004_928_673_233_974_658;
/// So many values has the part of a draw that chooses a place within a layer.
const PLACES: f64 = 4_503_599_627_370_496.0; // 2^52

/// A layer of the ziggurat.
#[derive(Debug, Clone, Copy, Default)]
struct Layer {
    /// A place below is within the curve, whatever its height.
    inside: f64,
    /// The layer's width for each place.
    width: f64,
    /// The curve's height at the layer's edge.
    height: f64,
}

/// The layers, the lowest first.
#[derive(Debug)]
pub(super) struct Ziggurat(Vec<Layer>);

impl Ziggurat {
    /// Computes them.
    pub(super) fn new() -> Self {
        let curve = |x: f64| (-0.5 * x * x).exp();
        // From the edge inwards: the layers 255, 254 ... 1.
        let mut edges = vec![EDGE];
        while edges.len() < 255 {
            let x = edges.last().copied().unwrap_or(EDGE);
            edges.push((-2.0 * (AREA / x + curve(x)).ln()).sqrt());
        }
        edges.reverse();
        let base = Layer {
            inside: (EDGE * curve(EDGE) / AREA * PLACES).trunc(),
            width: AREA / curve(EDGE) / PLACES,
            height: 1.0,
        };
        let inner = std::iter::once(0.0).chain(edges.iter().copied());
        let layers = inner.zip(&edges).map(|(inner, edge)| Layer {
            inside: (inner / edge * PLACES).trunc(),
            width: edge / PLACES,
            height: curve(*edge),
        });
        Self(std::iter::once(base).chain(layers).collect())
    }

    /// The next number.
    pub(super) fn draw(&self, source: &mut Pcg64) -> f64 {
        loop {
            let bits = source.bits();
            let number = usize::from(bits.to_le_bytes()[0]);
            let place = bits >> 9 & 0x000f_ffff_ffff_ffff;
            let layer = self.layer(number);
            let x = place as f64 * layer.width;
            let x = if bits >> 8 & 1 == 1 { -x } else { x };
            if (place as f64) < layer.inside {
                return x;
            }
            if number == 0 {
                let tail = EDGE + tail(source);
                return if place >> 8 & 1 == 1 { -tail } else { tail };
            }
            let above = self.layer(number - 1).height - layer.height;
            if above * source.unit() + layer.height < (-0.5 * x * x).exp() {
                return x;
            }
        }
    }

    fn layer(&self, number: usize) -> Layer {
        self.0.get(number).copied().unwrap_or_default()
    }
}

/// How far beyond the edge.
fn tail(source: &mut Pcg64) -> f64 {
    loop {
        let beyond = -(-source.unit()).ln_1p() / EDGE;
        let height = -(-source.unit()).ln_1p();
        if height + height > beyond * beyond {
            return beyond;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_the_numbers_of_numpy() {
        // numpy.random.default_rng(11).normal(size=1_000_000): some of them, and sums that every
        // single one has a part in.
        let (mut source, table) = (Pcg64::new(11), Ziggurat::new());
        let all: Vec<f64> = (0..1_000_000).map(|_| table.draw(&mut source)).collect();
        let close = |found: f64, expected: f64, room: f64| {
            assert!((found - expected).abs() <= room, "{found} is not {expected}");
        };
        for (index, expected) in [
            (0, 0.034_192_767_253_184_17),
            (1, 1.359_747_540_309_961_7),
            (2, 1.224_721_078_585_932_4),
            (2712, 3.731_561_465_820_658_6), // of the tail
            (8639, 3.833_389_066_444_189),
            (999_999, 0.267_832_206_398_670_8),
        ] {
            close(all[index], expected, 1e-14);
        }
        close(all.iter().sum(), 234.322_135_867_605_37, 1e-8);
        close(
            all.iter().enumerate().map(|(index, one)| one * index as f64).sum(),
            385_305_864.687_068_46,
            1e-2,
        );
    }
}
