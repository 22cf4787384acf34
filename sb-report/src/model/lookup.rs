//! What belongs to each latency, where few of them differ: a clock of milliseconds makes millions of
//! latencies a few thousand different ones.

use sb_trace::stats::Distribution;

/// Of more different latencies than this, each is looked at by itself.
const MOST: usize = 1 << 16;
/// Up to so many ticks between the least and the greatest latency, they have places in a list.
const DENSE: i64 = 1 << 20;

/// A number for each latency.
#[derive(Debug)]
pub struct Lookup {
    least: i64,
    tick_ns: i64,
    /// By the number of ticks above the least latency.
    dense: Vec<f64>,
    /// Else by latency, in ascending order.
    sparse: Vec<(i64, f64)>,
}

impl Lookup {
    /// The numbers of a function that is asked once for each different latency, with how many are less
    /// and how many are equal; none if too many differ. The clock ticks every so many nanoseconds.
    pub fn of(
        latencies: &Distribution,
        tick_ns: i64,
        number: impl Fn(i64, u64, u64) -> f64,
    ) -> Option<Self> {
        let mut less = 0;
        let mut sparse = Vec::new();
        for (latency, equal) in latencies.counts() {
            if sparse.len() == MOST {
                return None;
            }
            sparse.push((latency, number(latency, less, equal)));
            less += equal;
        }
        let (least, most) = (sparse.first()?.0, sparse.last()?.0);
        let tick_ns = tick_ns.max(1);
        let place = |latency: i64| {
            let above = latency.checked_sub(least).filter(|above| above % tick_ns == 0)?;
            usize::try_from(above / tick_ns).ok()
        };
        let places: Option<Vec<usize>> =
            sparse.iter().map(|(latency, _)| place(*latency)).collect();
        let mut dense = Vec::new();
        if let (Some(places), true) = (places, most.saturating_sub(least) / tick_ns < DENSE) {
            dense.resize(places.last().map_or(0, |last| last + 1), f64::NAN);
            for (place, (_, number)) in places.into_iter().zip(&sparse) {
                dense[place] = *number;
            }
            sparse.clear();
        }
        Some(Self { least, tick_ns, dense, sparse })
    }

    /// The number of one of the latencies.
    #[inline]
    pub fn get(&self, latency: i64) -> f64 {
        if self.dense.is_empty() {
            let at = self.sparse.partition_point(|(other, _)| *other < latency);
            return self.sparse.get(at).map_or(f64::NAN, |(_, number)| *number);
        }
        let place = latency.wrapping_sub(self.least) / self.tick_ns;
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        self.dense.get(place).copied().unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_latency_has_its_number() {
        let near: Vec<i64> = (0..3_000).map(|n| (n * 7_919 % 500 - 250) * 1_000_000).collect();
        let far: Vec<i64> = near.iter().map(|latency| latency * 1_000_003 + 1).collect();
        for latencies in [near, far] {
            let distribution = Distribution::of(latencies.clone());
            let lookup = Lookup::of(&distribution, 1_000_000, |latency, less, equal| {
                latency as f64 + less as f64 / 1e4 + equal as f64 / 1e7
            });
            let lookup = lookup.unwrap();
            for &latency in &latencies {
                let less = latencies.iter().filter(|other| **other < latency).count();
                let equal = latencies.iter().filter(|other| **other == latency).count();
                let number = latency as f64 + less as f64 / 1e4 + equal as f64 / 1e7;
                assert!((lookup.get(latency) - number).abs() < 1e-9);
            }
        }
        assert!(Lookup::of(&Distribution::default(), 1, |_, _, _| 0.0).is_none());
        let different = Distribution::of((0..100_000).collect());
        assert!(Lookup::of(&different, 1, |_, _, _| 0.0).is_none());
    }
}
