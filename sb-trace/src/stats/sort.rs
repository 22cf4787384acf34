//! Sorts latencies: few by comparing them, many by their digits, and very many part by part, so that
//! each part is in a core's own cache while its digits are looked at again and again.

/// Fewer are sooner compared with one another.
const FEW: usize = 1 << 10;

/// So many no longer fit into the cache with a copy of them.
const VERY_MANY: usize = if cfg!(test) { 1 << 11 } else { 1 << 18 };

const PARTS_BITS: u32 = 8;

/// Sorts latencies, in whatever unit.
pub(crate) fn sort<T: radsort::Key + Ord + Copy + Into<i64>>(latencies: &mut [T]) {
    if latencies.len() < FEW {
        latencies.sort_unstable();
    } else if latencies.len() < VERY_MANY {
        radsort::sort(latencies);
    } else {
        by_parts(latencies);
    }
}

/// Sorts by the first bits of the difference to the least, then each part by itself.
fn by_parts<T: radsort::Key + Ord + Copy + Into<i64>>(latencies: &mut [T]) {
    let (Some(&least), Some(&most)) = (latencies.iter().min(), latencies.iter().max()) else {
        return;
    };
    let above = |latency: T| latency.into().wrapping_sub(least.into()).cast_unsigned();
    let bits = u64::BITS - above(most).leading_zeros();
    if bits == 0 {
        return;
    }
    let shift = bits.saturating_sub(PARTS_BITS);
    let part = |latency: T| usize::try_from(above(latency) >> shift).unwrap_or_default();
    // Where each part begins; once it is filled, where it ends.
    let mut places = [0; 1 << PARTS_BITS];
    for &latency in &*latencies {
        places[part(latency)] += 1;
    }
    let mut before = 0;
    for place in &mut places {
        before += std::mem::replace(place, before);
    }
    let unsorted = latencies.to_vec();
    for latency in unsorted {
        let place = &mut places[part(latency)];
        latencies[*place] = latency;
        *place += 1;
    }
    let mut start = 0;
    for end in places {
        // Most may be in one of them, if others are much greater: then it is parted, too.
        sort(&mut latencies[start..end]);
        start = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_as_the_standard_library_does(
            some in proptest::collection::vec((any::<i64>(), 0..63_u32), 0..40),
            times in 1..300_usize,
            seed: u64,
        ) {
            let mut seed = seed;
            // Latencies of all lengths, many of them equal or near one another.
            let latencies: Vec<i64> = (0..times).flat_map(|_| some.iter().copied()).map(|(of, bits)| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (of >> bits).wrapping_add((seed >> 40 & 0xfff).cast_signed())
            }).collect();
            let units: Vec<u32> = latencies.iter().map(|of| (of & 0xffff_ffff).try_into().unwrap()).collect();
            let (mut sorted, mut sorted_units) = (latencies.clone(), units.clone());
            sort(&mut sorted);
            sort(&mut sorted_units);
            let (mut expected, mut expected_units) = (latencies, units);
            expected.sort_unstable();
            expected_units.sort_unstable();
            prop_assert_eq!(sorted, expected);
            prop_assert_eq!(sorted_units, expected_units);
        }
    }

    #[test]
    fn the_ends_of_time_and_equal_ones() {
        let mut latencies: Vec<i64> = (0..3 * i64::try_from(VERY_MANY).unwrap())
            .map(|at| at * 7_919 % 5_000 - 2_500)
            .collect();
        latencies.extend([i64::MAX, i64::MIN, 0]);
        let mut expected = latencies.clone();
        expected.sort_unstable();
        sort(&mut latencies);
        assert_eq!(latencies, expected);
        let mut equal = vec![7_u32; 2 * VERY_MANY];
        sort(&mut equal);
        assert_eq!(equal, vec![7; 2 * VERY_MANY]);
    }
}
