//! The bootstrap: how far a quantile could lie elsewhere if everything were measured again.
//!
//! Where there are several runs, runs are drawn with replacement, then calls within each of them
//! (Kalibera and Jones): calls of one run are alike, and pooling them would promise too much.
//! Else calls are drawn within each run.
//!
//! Large samples are not drawn call by call. The k-th smallest of a resample is found by halving
//! the sorted values and drawing how many fall into the lower half, which is exact but for the
//! binomial (see [`Random::binomial`]): some twenty draws a run instead of a million.

use super::random::Random;

/// How often everything is drawn anew.
pub(super) const REPLICATES: usize = 1_000;

/// Up to this many values are drawn one by one, with interpolation between neighbours.
const FEW: usize = 2_000;

/// Latencies by run, prepared for resampling.
#[derive(Debug)]
pub(super) struct Sample {
    /// All values, ascending.
    sorted: Vec<f64>,
    /// Of each run that has values: their places in `sorted`, ascending.
    places: Vec<Vec<usize>>,
}

/// A drawn run: which one, and how many of its calls are drawn.
type Slot = (usize, usize);

impl Sample {
    /// From the values of each run.
    pub(super) fn new(runs: &[Vec<f64>]) -> Self {
        let mut all: Vec<(f64, usize)> = runs
            .iter()
            .filter(|values| !values.is_empty())
            .enumerate()
            .flat_map(|(run, values)| values.iter().map(move |&v| (v, run)))
            .collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut places = vec![Vec::new(); runs.iter().filter(|v| !v.is_empty()).count()];
        for (place, &(_, run)) in all.iter().enumerate() {
            places[run].push(place);
        }
        Self { sorted: all.into_iter().map(|(v, _)| v).collect(), places }
    }

    /// All values, ascending.
    pub(super) fn sorted(&self) -> &[f64] {
        &self.sorted
    }

    /// How many runs have values.
    pub(super) fn runs(&self) -> usize {
        self.places.len()
    }

    /// The quantiles `qs` of [`REPLICATES`] resamples, a list a quantile.
    pub(super) fn quantiles(
        &self,
        qs: &[f64],
        draw_runs: bool,
        random: &mut Random,
    ) -> Vec<Vec<f64>> {
        let mut all = vec![Vec::with_capacity(REPLICATES); qs.len()];
        if self.sorted.is_empty() {
            return all;
        }
        let mut counts = Vec::new();
        for _ in 0..REPLICATES {
            let slots: Vec<Slot> = (0..self.places.len())
                .map(|at| if draw_runs { random.below(self.places.len()) } else { at })
                .map(|run| (run, self.places[run].len()))
                .collect();
            if self.sorted.len() <= FEW {
                self.draw(&slots, &mut counts, random);
                for (list, &q) in all.iter_mut().zip(qs) {
                    list.push(self.counted(&counts, q));
                }
            } else {
                for (list, &q) in all.iter_mut().zip(qs) {
                    list.push(self.descend(slots.clone(), q, random));
                }
            }
        }
        all
    }

    /// Draws call by call: how often each value was drawn.
    fn draw(&self, slots: &[Slot], counts: &mut Vec<u32>, random: &mut Random) {
        counts.clear();
        counts.resize(self.sorted.len(), 0);
        for &(run, calls) in slots {
            let places = &self.places[run];
            for _ in 0..calls {
                counts[places[random.below(places.len())]] += 1;
            }
        }
    }

    /// The type 7 quantile of counted values.
    fn counted(&self, counts: &[u32], q: f64) -> f64 {
        let n: u64 = counts.iter().map(|&c| u64::from(c)).sum();
        let position = n.saturating_sub(1) as f64 * q;
        let (below, share) = (position.floor(), position.fract());
        let (mut seen, mut low) = (0.0, None);
        for (&value, &count) in self.sorted.iter().zip(counts) {
            seen += f64::from(count);
            if low.is_none() && seen > below {
                low = Some(value);
            }
            if let Some(low) = low
                && seen > below + 1.0
            {
                return low + (value - low) * share;
            }
        }
        low.unwrap_or_default()
    }

    /// The value of the rank nearest to the quantile's, by halving.
    fn descend(&self, mut slots: Vec<Slot>, q: f64, random: &mut Random) -> f64 {
        let n: usize = slots.iter().map(|s| s.1).sum();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..n")]
        let mut rank = ((n.saturating_sub(1)) as f64 * q).round() as usize;
        let (mut low, mut high) = (0, self.sorted.len());
        while high - low > 1 {
            let middle = usize::midpoint(low, high);
            let mut lower = Vec::with_capacity(slots.len());
            let mut sum = 0;
            for &(run, calls) in &slots {
                let places = &self.places[run];
                let count = |to: usize| places.partition_point(|&p| p < to);
                let (from, split, to) = (count(low), count(middle), count(high));
                let share = (split - from) as f64 / (to - from).max(1) as f64;
                let drawn = random.binomial(calls, share);
                lower.push((run, drawn));
                sum += drawn;
            }
            if rank < sum {
                (slots, high) = (lower, middle);
            } else {
                rank -= sum;
                low = middle;
                for (slot, (_, drawn)) in slots.iter_mut().zip(lower) {
                    slot.1 -= drawn;
                }
            }
            // A run of which nothing is left to draw says nothing more.
            slots.retain(|s| s.1 > 0);
        }
        self.sorted.get(low).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::spread;
    use sb_trace::stats::quantile;

    fn interval(mut values: Vec<f64>) -> (f64, f64) {
        values.sort_by(f64::total_cmp);
        (quantile(&values, 0.025).unwrap(), quantile(&values, 0.975).unwrap())
    }

    fn run(n: usize, around: f64) -> Vec<f64> {
        spread(n, around).into_iter().flatten().collect()
    }

    #[test]
    fn halving_agrees_with_drawing_call_by_call() {
        let sample = Sample::new(&[run(700, 40.0), run(650, 44.0), run(640, 36.0)]);
        let mut random = Random::named(&["halving"]);
        for draw_runs in [false, true] {
            for q in [0.5, 0.9, 0.99] {
                let direct = sample.quantiles(&[q], draw_runs, &mut random).remove(0);
                let halved: Vec<f64> = (0..4 * REPLICATES)
                    .map(|_| {
                        let slots = (0..3)
                            .map(|at| if draw_runs { random.below(3) } else { at })
                            .map(|run| (run, sample.places[run].len()));
                        sample.descend(slots.collect(), q, &mut random)
                    })
                    .collect();
                let ((a, b), (c, d)) = (interval(direct), interval(halved));
                let width = b - a;
                assert!((a - c).abs() < 0.15 * width, "{q} {draw_runs}: {a} {b}, {c} {d}");
                assert!((b - d).abs() < 0.15 * width, "{q} {draw_runs}: {a} {b}, {c} {d}");
            }
        }
    }

    #[test]
    fn runs_that_differ_make_the_interval_wide() {
        let sample = Sample::new(&[run(300, 30.0), run(300, 40.0), run(300, 50.0)]);
        let mut random = Random::named(&["wide"]);
        let width = |draw_runs: bool, random: &mut Random| {
            let (low, high) = interval(sample.quantiles(&[0.5], draw_runs, random).remove(0));
            high - low
        };
        assert!(width(true, &mut random) > 2.0 * width(false, &mut random));
    }

    #[test]
    fn nothing_and_one_value_have_an_answer() {
        let mut random = Random::named(&[]);
        assert!(Sample::new(&[vec![]]).quantiles(&[0.5], true, &mut random)[0].is_empty());
        let one = Sample::new(&[vec![], vec![7.0]]).quantiles(&[0.5, 0.99], true, &mut random);
        assert!(one.iter().flatten().all(|&v| (v - 7.0).abs() < 1e-12));
        assert_eq!(one[1].len(), REPLICATES);
    }
}
