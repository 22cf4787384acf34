//! The bootstrap: how far a quantile could lie elsewhere if everything were measured again.
//!
//! Where there are several runs, runs are drawn with replacement, then calls within each of them
//! (Kalibera and Jones): calls of one run are alike, and pooling them would promise too much.
//! Else calls are drawn within each run.
//!
//! Large samples are not drawn call by call. The k-th smallest of a resample is found by halving
//! the sorted values and drawing how many fall into the lower half, which is exact but for the
//! binomial (see [`Random::binomial`]): some twenty draws a run instead of a million.

mod course;

use super::random::Random;
use course::Course;
use sb_trace::stats::quantile;

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

    /// The median of each run, ascending.
    pub(super) fn medians(&self) -> Vec<f64> {
        let median = |places: &Vec<usize>| {
            let at = |rank: usize| self.sorted[places[rank]];
            quantile(&[at((places.len() - 1) / 2), at(places.len() / 2)], 0.5)
        };
        let mut medians: Vec<f64> = self.places.iter().filter_map(median).collect();
        medians.sort_by(f64::total_cmp);
        medians
    }

    /// How many runs have values.
    pub(super) fn runs(&self) -> usize {
        self.places.len()
    }

    /// Of [`REPLICATES`] resamples the quantiles `qs` and, of the same resamples but less precisely
    /// where there are many values, the quantiles `course`; both ascending. A list a quantile.
    pub(super) fn quantiles(
        &self,
        qs: &[f64],
        course: &[f64],
        draw_runs: bool,
        random: &mut Random,
    ) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
        let lists = |n| vec![Vec::with_capacity(REPLICATES); n];
        let mut all = (lists(qs.len()), lists(course.len()));
        if self.sorted.is_empty() {
            return all;
        }
        let few = self.sorted.len() <= FEW;
        let parts = (!few && !course.is_empty()).then(|| Course::of(self));
        let (mut counts, mut drawn) = (Vec::new(), Vec::new());
        for _ in 0..REPLICATES {
            let slots: Vec<Slot> = (0..self.places.len())
                .map(|at| if draw_runs { random.below(self.places.len()) } else { at })
                .map(|run| (run, self.places[run].len()))
                .collect();
            if few {
                self.draw(&slots, &mut counts, random);
                self.counted(&counts, qs, &mut all.0);
                self.counted(&counts, course, &mut all.1);
                continue;
            }
            for (list, &q) in all.0.iter_mut().zip(qs) {
                list.push(self.descend(slots.clone(), q, random));
            }
            if let Some(parts) = &parts {
                drawn.clear();
                drawn.resize(self.places.len(), 0.0);
                for slot in &slots {
                    drawn[slot.0] += 1.0;
                }
                let mut lists = all.1.iter_mut();
                parts.quantiles(&drawn, random.normal(), course, |value| {
                    if let Some(list) = lists.next() {
                        list.push(value);
                    }
                });
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

    /// The type 7 quantiles, ascending, of counted values.
    fn counted(&self, counts: &[u32], qs: &[f64], lists: &mut [Vec<f64>]) {
        let n: u64 = counts.iter().map(|&c| u64::from(c)).sum();
        let mut drawn = self.sorted.iter().zip(counts).filter(|d| *d.1 > 0).peekable();
        // Of the ranks below `seen` the greatest has this value.
        let (mut value, mut seen) = (0.0, 0.0);
        for (list, q) in lists.iter_mut().zip(qs) {
            let position = n.saturating_sub(1) as f64 * q;
            let (below, share) = (position.floor(), position.fract());
            while seen <= below
                && let Some((&next, &count)) = drawn.next()
            {
                (value, seen) = (next, seen + f64::from(count));
            }
            let next = drawn.peek().filter(|_| seen <= below + 1.0).map_or(value, |d| *d.0);
            list.push(value + (next - value) * share);
        }
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
                let direct = sample.quantiles(&[q], &[], draw_runs, &mut random).0.remove(0);
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
    fn a_course_agrees_with_drawing_call_by_call() {
        let sample = Sample::new(&[run(700, 40.0), run(650, 44.0), run(640, 36.0)]);
        let (parts, mut random) = (Course::of(&sample), Random::named(&["course"]));
        let qs = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99];
        for draw_runs in [false, true] {
            let (direct, course) = sample.quantiles(&qs, &qs, draw_runs, &mut random);
            assert_eq!(direct, course, "few values have both from the same draws");
            let mut parted = vec![Vec::new(); qs.len()];
            for _ in 0..4 * REPLICATES {
                let mut drawn = [0.0; 3];
                (0..3).for_each(|at| drawn[if draw_runs { random.below(3) } else { at }] += 1.0);
                let mut lists = parted.iter_mut();
                parts.quantiles(&drawn, random.normal(), &qs, |v| lists.next().unwrap().push(v));
            }
            for ((q, direct), parted) in qs.iter().zip(direct).zip(parted) {
                let ((a, b), (c, d)) = (interval(direct), interval(parted));
                let slack = 0.2 * (b - a);
                assert!((a - c).abs() < slack, "{q} {draw_runs}: {a} {b}, {c} {d}");
                assert!((b - d).abs() < slack, "{q} {draw_runs}: {a} {b}, {c} {d}");
            }
        }
    }

    #[test]
    fn counted_quantiles_are_those_of_the_drawn_values() {
        let sample = Sample::new(&[run(40, 40.0)]);
        let (mut counts, mut random) = (Vec::new(), Random::named(&["counted"]));
        sample.draw(&[(0, 40)], &mut counts, &mut random);
        let drawn = sample.sorted.iter().zip(&counts);
        let drawn: Vec<f64> =
            drawn.flat_map(|(&v, &c)| std::iter::repeat_n(v, c as usize)).collect();
        let qs: Vec<f64> = (0..=100).map(|p| f64::from(p) / 100.0).collect();
        let mut lists = vec![Vec::new(); qs.len()];
        sample.counted(&counts, &qs, &mut lists);
        for (q, list) in qs.iter().zip(lists) {
            assert!((list[0] - quantile(&drawn, *q).unwrap()).abs() < 1e-9, "{q}");
        }
    }

    #[test]
    fn runs_that_differ_make_the_interval_wide() {
        let sample = Sample::new(&[run(300, 30.0), run(300, 40.0), run(300, 50.0)]);
        let mut random = Random::named(&["wide"]);
        let width = |draw_runs: bool, random: &mut Random| {
            let (low, high) =
                interval(sample.quantiles(&[0.5], &[], draw_runs, random).0.remove(0));
            high - low
        };
        assert!(width(true, &mut random) > 2.0 * width(false, &mut random));
    }

    #[test]
    fn nothing_and_one_value_have_an_answer() {
        let mut random = Random::named(&[]);
        let none = Sample::new(&[vec![]]).quantiles(&[0.5], &[0.5], true, &mut random);
        assert!(none.0[0].is_empty() && none.1[0].is_empty());
        let one = Sample::new(&[vec![], vec![7.0]]);
        let one = one.quantiles(&[0.5, 0.99], &[], true, &mut random).0;
        assert!(one.iter().flatten().all(|&v| (v - 7.0).abs() < 1e-12));
        assert_eq!(one[1].len(), REPLICATES);
    }

    #[test]
    fn medians_of_runs() {
        let runs = [vec![9.0, 1.0, 2.0], vec![], vec![4.0, 1.0], vec![0.5]];
        assert_eq!(Sample::new(&runs).medians(), [0.5, 2.0, 2.5]);
    }
}
