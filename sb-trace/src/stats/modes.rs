//! Modes: where the latencies of a pair gather. A distribution with two of them, say warm and cold
//! starts, has a median that describes neither.
//!
//! A histogram on a logarithmic scale (width by Freedman and Diaconis on log10, 20 to 120 bins,
//! between p1 and p99) has peaks. Two neighbouring peaks are two modes if the land between them
//! lies low (Akinshin's lowland: more than half of the area below the lesser peak's height is
//! empty), if that is more than chance makes of so few latencies, and if each mode holds at least
//! 5 % of them. Latencies of zero or less have no logarithm: zero counts as less than half a tick
//! of the clock, negative ones are in no mode.

use super::Distribution;
use std::cell::RefCell;
use std::cmp::Ordering;

/// Fewer latencies than this have no modes.
const FEWEST: u64 = 30;
/// The least share of the latencies in a mode.
const LEAST_SHARE: f64 = 0.05;
/// How much of the area between two peaks must be empty.
const EMPTY: f64 = 0.5;
/// By how many standard deviations the land between two peaks must lie low.
const SIGMAS: f64 = 3.0;

/// A place where latencies gather.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Mode {
    /// The median of the latencies in it, in milliseconds.
    pub at_ms: f64,
    /// Their share of all latencies, 0 to 1.
    pub share: f64,
    /// The least and the greatest of them, in milliseconds.
    pub from_ms: f64,
    /// See `from_ms`.
    pub to_ms: f64,
}

/// The modes of some latencies; none of fewer than 30.
pub fn modes(latencies: &Distribution) -> Vec<Mode> {
    let (n, negative) = (latencies.n(), latencies.below(0));
    if n - negative < FEWEST {
        return Vec::new();
    }
    let histogram = Histogram::of(latencies);
    let borders = histogram.borders();
    // A border in the histogram, as a rank.
    let mut ranks = Vec::with_capacity(borders.len() + 2);
    ranks.push(negative);
    ranks.extend(borders.iter().map(|&bin| {
        let edge = histogram.edge(bin);
        latencies.count_while(|latency| histogram.scale.log(latency as f64) < edge)
    }));
    ranks.push(n);
    let ms = |rank: u64| latencies.at(rank).map_or(0.0, crate::units::ns_to_ms);
    ranks
        .windows(2)
        .filter(|ends| ends[0] < ends[1])
        .map(|ends| {
            let (first, last) = (ends[0], ends[1] - 1);
            Mode {
                at_ms: f64::midpoint(
                    ms(first + (last - first) / 2),
                    ms(first + (last - first).div_ceil(2)),
                ),
                share: (ends[1] - ends[0]) as f64 / n as f64,
                from_ms: ms(first),
                to_ms: ms(last),
            }
        })
        .collect()
}

/// The logarithm of a latency, and the tick of the clock that measured it.
struct Scale {
    tick: f64,
}

impl Scale {
    /// The tick is the largest unit of time of which all latencies are multiples.
    fn of(latencies: &Distribution) -> Self {
        let tick = if all_multiples::<1_000_000_000>(latencies) {
            1e9
        } else if all_multiples::<1_000_000>(latencies) {
            1e6
        } else if all_multiples::<1_000>(latencies) {
            1e3
        } else {
            1.0
        };
        Self { tick }
    }

    /// Zero is somewhere in the lower half of the first tick.
    fn log(&self, latency: f64) -> f64 {
        latency.max(self.tick * 0.35).log10()
    }

    /// The interval that the clock rounds to this latency.
    fn rounded(&self, latency: f64) -> (f64, f64) {
        let half = self.tick / 2.0;
        ((latency - half).max(half / 2.0), latency + half)
    }
}

/// Logarithms of the ends of the intervals that a clock rounds: of thousands of pairs, most have the
/// same latencies.
#[derive(Default)]
struct Logs {
    tick: f64,
    /// Of half a tick, one and a half, and so on; zero where nobody asked for it yet.
    known: Vec<f64>,
}

thread_local! {
    static LOGS: RefCell<Logs> = RefCell::default();
}

impl Logs {
    /// So many are remembered.
    const MOST: usize = 1 << 12;

    /// Forgets those of another clock.
    fn of(&mut self, tick: f64) -> &mut Self {
        if self.tick.to_bits() != tick.to_bits() {
            *self = Self { tick, known: vec![0.0; Self::MOST] };
        }
        self
    }

    #[inline]
    fn log(&mut self, end: f64) -> f64 {
        let ticks = end / self.tick - 0.5;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared")]
        let place = ticks as usize;
        match self.known.get_mut(place) {
            Some(known) if (place as f64).to_bits() == ticks.to_bits() => {
                if *known == 0.0 {
                    *known = end.log10();
                }
                *known
            }
            _ => end.log10(),
        }
    }
}

/// Whether a unit divides all latencies; a unit that is known to the compiler needs no division.
fn all_multiples<const UNIT: i64>(latencies: &Distribution) -> bool {
    latencies.values().iter().all(|latency| latency % UNIT == 0)
}

/// Counts by the logarithm of the latency.
struct Histogram {
    scale: Scale,
    low: f64,
    width: f64,
    counts: Vec<f64>,
}

impl Histogram {
    fn of(latencies: &Distribution) -> Self {
        let scale = Scale::of(latencies);
        let (n, negative) = (latencies.n(), latencies.below(0));
        let above = n - negative;
        let logs = |q: f64| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in 0..n")]
            let rank = negative + ((above - 1) as f64 * q).round() as u64;
            latencies.at(rank).unwrap_or_default() as f64
        };
        let low = scale.rounded(logs(0.01)).0.log10();
        let high = scale.rounded(logs(0.99)).1.log10();
        let spread = scale.log(logs(0.75)) - scale.log(logs(0.25));
        let wanted = (high - low) / (2.0 * spread / (above as f64).cbrt());
        // NaN and infinity, of equal latencies, become the most bins.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "20 to 120")]
        let bins = if wanted < 120.0 { wanted.ceil().max(20.0) as usize } else { 120 };
        let width = ((high - low) / bins as f64).max(f64::MIN_POSITIVE);
        let mut histogram = Self { scale, low, width, counts: vec![0.0; bins] };
        let tick = histogram.scale.tick;
        LOGS.with_borrow_mut(|logs| histogram.count(latencies, logs.of(tick)));
        histogram
    }

    /// Counts all that are not negative.
    fn count(&mut self, latencies: &Distribution, logs: &mut Logs) {
        // Most latencies lie in the middle of a bin: no logarithm is needed to see that.
        let half = self.scale.tick / 2.0;
        let (low, width, bins) = (self.low, self.width, self.counts.len());
        let mut inner = (0.0, 0.0, 0);
        // How much greater the right edge of a bin is than its left one.
        let ratio = 10f64.powf(width);
        // The left edge of a bin, and that bin.
        let mut edge = (10f64.powf(low), 0);
        let mut place = latencies.place(0, |latency| latency < 0);
        while let Some((latency, next)) = latencies.at_place(place) {
            let latency = latency as f64;
            if latency - half > inner.0 && latency + half < inner.1 {
                // All up to the bin's end at once.
                let end = latencies.place(next, |latency| latency as f64 + half < inner.1);
                self.counts[inner.2] += latencies.between(place, end) as f64;
                place = end;
                continue;
            }
            let (from, to) = self.scale.rounded(latency);
            let place_of = |log: f64| (log - low) / width;
            let (from, to) = (place_of(logs.log(from)), place_of(logs.log(to)));
            self.add((from, to), latencies.between(place, next) as f64);
            place = next;
            let bin = f64::midpoint(from, to);
            // Another one fits into the rest of the bin only if a tick is no wider than that.
            if (0.0..bins as f64).contains(&bin) && to - from < 0.7 {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "0 <= bin < bins"
                )]
                let bin = bin as usize;
                while edge.1 < bin {
                    edge = (edge.0 * ratio, edge.1 + 1);
                }
                // A little inside of its edges, whatever their rounding adds up to.
                inner = (edge.0 * (1.0 + 1e-9), edge.0 * ratio * (1.0 - 1e-9), bin);
            }
        }
    }

    /// Spreads latencies over the interval that they were rounded from, in bins: a clock of whole
    /// milliseconds would make a comb of peaks otherwise.
    fn add(&mut self, (from, to): (f64, f64), count: f64) {
        let bins = self.counts.len() as f64;
        if to <= 0.0 || from >= bins {
            return;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in 0..bins")]
        let (first, last) = (from.max(0.0) as usize, (to.min(bins - 1.0)) as usize);
        for (bin, sum) in self.counts.iter_mut().enumerate().take(last + 1).skip(first) {
            let part = (bin as f64 + 1.0).min(to) - (bin as f64).max(from);
            // An interval without width lies in one bin.
            *sum += count * if to > from { (part / (to - from)).clamp(0.0, 1.0) } else { 1.0 };
        }
    }

    /// The logarithm at the left edge of a bin.
    fn edge(&self, bin: usize) -> f64 {
        self.low + self.width * bin as f64
    }

    /// The bins at which a new mode begins, in ascending order.
    fn borders(&self) -> Vec<usize> {
        let mut peaks = self.peaks();
        // The shallowest valley goes first: what it parted may then be one high peak.
        while let Some(at) = self.shallowest(&peaks) {
            let lesser = usize::from(self.counts[peaks[at + 1]] < self.counts[peaks[at]]);
            peaks.remove(at + lesser);
        }
        let mut borders: Vec<usize> =
            peaks.windows(2).map(|two| self.valley(two[0], two[1])).collect();
        self.drop_small(&mut borders);
        borders
    }

    /// Bins that are higher than both neighbours; of a plateau its first bin.
    fn peaks(&self) -> Vec<usize> {
        // Noise makes some, seldom more.
        let mut peaks = Vec::with_capacity(self.counts.len() / 4);
        let mut rises = true;
        for (bin, count) in self.counts.iter().enumerate() {
            let next = self.counts.get(bin + 1).copied().unwrap_or(f64::NEG_INFINITY);
            match next.total_cmp(count) {
                Ordering::Greater => rises = true,
                Ordering::Equal => {}
                Ordering::Less => {
                    if rises {
                        let plateau = self.counts[..bin].iter().rev();
                        peaks.push(bin - plateau.take_while(|c| *c >= count).count());
                    }
                    rises = false;
                }
            }
        }
        peaks
    }

    /// The pair of neighbouring peaks with the least lowland between them, if that is none.
    fn shallowest(&self, peaks: &[usize]) -> Option<usize> {
        let depth = |two: &[usize]| {
            let level = self.counts[two[0]].min(self.counts[two[1]]);
            let between = &self.counts[two[0] + 1..two[1]];
            let full = level * between.len() as f64;
            let land: f64 = between.iter().map(|c| c.min(level)).sum();
            // Both the land and the lesser peak vary as counts do.
            let lesser = if self.counts[two[0]] < self.counts[two[1]] { two[0] } else { two[1] };
            let sigma = (full + full * full / self.around(lesser)).sqrt();
            ((full - land) / full / EMPTY).min((full - land) / sigma / SIGMAS)
        };
        let depths = peaks.windows(2).map(depth);
        let least = depths.enumerate().min_by(|a, b| a.1.total_cmp(&b.1))?;
        // NaN, of no land at all, is no lowland.
        (least.1.is_nan() || least.1 < 1.0).then_some(least.0)
    }

    /// The count of the bins around a peak that are at least half as high.
    fn around(&self, peak: usize) -> f64 {
        let high = |count: &&f64| **count >= self.counts[peak] / 2.0;
        let left = self.counts[..peak].iter().rev().take_while(high);
        let right = self.counts[peak..].iter().take_while(high);
        left.chain(right).sum()
    }

    /// The middle of the lowest land between two peaks.
    fn valley(&self, left: usize, right: usize) -> usize {
        let between = &self.counts[left + 1..right];
        let least = between.iter().copied().fold(f64::INFINITY, f64::min);
        let first = between.iter().position(|c| *c <= least).unwrap_or(0);
        let width = between[first..].iter().take_while(|c| **c <= least).count();
        left + 1 + first + width / 2
    }

    /// Removes the borders of modes that hold too little.
    fn drop_small(&self, borders: &mut Vec<usize>) {
        if borders.is_empty() {
            return;
        }
        let all: f64 = self.counts.iter().sum();
        loop {
            let mut ends = vec![0];
            ends.extend(borders.iter());
            ends.push(self.counts.len());
            let share = |two: &[usize]| self.counts[two[0]..two[1]].iter().sum::<f64>() / all;
            let small = ends.windows(2).position(|two| share(two) < LEAST_SHARE);
            let Some(small) = small.filter(|_| !borders.is_empty()) else { return };
            // Its higher border goes: that is where it hangs together with its neighbour.
            let height = |border: usize| self.counts.get(border).copied().unwrap_or(0.0);
            let left = small.checked_sub(1).map(|b| (height(borders[b]), b));
            let right = borders.get(small).map(|&b| (height(b), small));
            let higher = left.into_iter().chain(right).max_by(|a, b| a.0.total_cmp(&b.0));
            borders.remove(higher.map_or(0, |(_, border)| border));
        }
    }
}

#[cfg(test)]
mod tests;
