//! numpy's default source of random bits: PCG64 (XSL-RR, 128 bits of state), with its way to make
//! a state from a seed (`SeedSequence`). Both are O'Neill's: <https://www.pcg-random.org>

const MULTIPLIER: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;

/// A source of random bits.
#[derive(Debug)]
pub(super) struct Pcg64 {
    state: u128,
    increment: u128,
}

impl Pcg64 {
    /// The same bits for the same seed.
    pub(super) fn new(seed: u128) -> Self {
        let [a, b, c, d] = spread(&pool(seed));
        let wide = |high: u64, low: u64| u128::from(high) << 64 | u128::from(low);
        let mut source = Self { state: 0, increment: wide(c, d) << 1 | 1 };
        source.step();
        source.state = source.state.wrapping_add(wide(a, b));
        source.step();
        source
    }

    fn step(&mut self) {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(self.increment);
    }

    /// The next 64 bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.step();
        let [high, low] = halves(self.state);
        let turn = u32::try_from(self.state >> 122).unwrap_or(0);
        (high ^ low).rotate_right(turn)
    }

    /// The next number in 0 .. 1, 1 excluded.
    pub(super) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / 2_f64.powi(53)
    }
}

fn halves(wide: u128) -> [u64; 2] {
    let half = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or(0);
    [half(wide >> 64), half(wide)]
}

/// `SeedSequence`'s hash: each call uses another multiplier.
struct Hash {
    constant: u32,
    multiplier: u32,
}

impl Hash {
    fn of(&mut self, value: u32) -> u32 {
        let value = value ^ self.constant;
        self.constant = self.constant.wrapping_mul(self.multiplier);
        folded(value.wrapping_mul(self.constant))
    }
}

fn folded(value: u32) -> u32 {
    value ^ value >> 16
}

fn mixed(one: u32, other: u32) -> u32 {
    folded(one.wrapping_mul(0xca01_f9dd).wrapping_sub(other.wrapping_mul(0x4973_f715)))
}

/// The seed, spread over four words.
fn pool(seed: u128) -> [u32; 4] {
    let mut hash = Hash { constant: 0x43b0_d7e5, multiplier: 0x931e_8875 };
    let word = |index: u32| u32::try_from(seed >> (32 * index) & 0xffff_ffff).unwrap_or(0);
    let mut pool = [0, 1, 2, 3].map(word).map(|word| hash.of(word));
    for from in 0..4 {
        for to in (0..4).filter(|to| *to != from) {
            pool[to] = mixed(pool[to], hash.of(pool[from]));
        }
    }
    pool
}

/// Four long words out of the pool, the lower half of each first.
fn spread(pool: &[u32; 4]) -> [u64; 4] {
    let mut hash = Hash { constant: 0x8b51_f9dd, multiplier: 0x58f3_8ded };
    let mut words = pool.iter().cycle().map(|word| u64::from(hash.of(*word)));
    std::array::from_fn(|_| {
        let low = words.next().unwrap_or(0);
        words.next().unwrap_or(0) << 32 | low
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_bits_of_numpy() {
        // numpy.random.default_rng(seed).bit_generator.random_raw(3)
        for (seed, expected) in [
            (0, [11_749_869_230_777_074_271, 4_976_686_463_289_251_617, 755_828_109_848_996_024]),
            (
                11,
                [2_371_701_625_988_369_486, 9_210_050_950_101_564_007, 11_095_686_263_834_698_876],
            ),
            (
                (1 << 40) + 3,
                [14_271_435_802_380_633_900, 18_370_326_226_487_632_705, 8_728_610_338_774_297_736],
            ),
            (
                (1 << 127) + 5,
                [
                    14_937_509_595_454_618_084,
                    16_884_324_154_927_859_756,
                    10_543_330_732_927_234_401,
                ],
            ),
        ] {
            let mut source = Pcg64::new(seed);
            assert_eq!([source.bits(), source.bits(), source.bits()], expected, "{seed}");
        }
    }
}
