//! Few colours for a picture: what a palette of 256 cannot hold is drawn in the nearest that it
//! can. Charts have few colours and their blends along edges, so nobody sees a difference.

/// The most colours that a palette holds.
const MOST: usize = 256;

/// A colour: red, green, blue.
type Rgb = [u8; 3];

/// The palette and each pixel's place in it.
pub(super) struct Indexed {
    /// Red, green, blue of each colour.
    pub palette: Vec<u8>,
    /// A byte a pixel.
    pub pixels: Vec<u8>,
}

/// Takes the colours that cover the most pixels, and as many others as there is room for, each far
/// enough from those taken.
pub(super) fn indexed(pixels: &[u8]) -> Indexed {
    let pixels = pixels.as_chunks::<3>().0;
    // Neighbours are mostly of one colour: one entry for each stretch of them.
    let mut stretches: Vec<(u32, usize)> = pixels
        .chunk_by(|a, b| packed(*a) == packed(*b))
        .map(|same| (packed(same[0]), same.len()))
        .collect();
    stretches.sort_unstable();
    let mut by_count: Vec<(usize, u32)> = stretches
        .chunk_by(|a, b| a.0 == b.0)
        .map(|same| (same.iter().map(|s| s.1).sum(), same[0].0))
        .collect();
    let colours: Vec<u32> = by_count.iter().map(|c| c.1).collect();
    by_count.sort_by_key(|&(count, colour)| (std::cmp::Reverse(count), colour));
    let mut apart = 0;
    let palette = loop {
        let palette = taken(&by_count, apart);
        if palette.len() <= MOST {
            break palette;
        }
        apart = (apart + 2) * 5 / 4;
    };
    let places: Vec<u8> = colours.iter().map(|&c| nearest(&palette, unpacked(c))).collect();
    let mut out = Vec::with_capacity(pixels.len());
    for same in pixels.chunk_by(|a, b| packed(*a) == packed(*b)) {
        let place = colours.binary_search(&packed(same[0])).ok().and_then(|at| places.get(at));
        out.resize(out.len() + same.len(), place.copied().unwrap_or_default());
    }
    Indexed { palette: palette.into_iter().flatten().collect(), pixels: out }
}

/// As a number: three bytes at a time would be compared by a call for each pixel.
fn packed([red, green, blue]: Rgb) -> u32 {
    u32::from_be_bytes([0, red, green, blue])
}

fn unpacked(colour: u32) -> Rgb {
    let [_, red, green, blue] = colour.to_be_bytes();
    [red, green, blue]
}

/// Colours, commonest first, without those nearer than `apart` (squared) to one already taken.
fn taken(by_count: &[(usize, u32)], apart: i32) -> Vec<Rgb> {
    let mut palette: Vec<Rgb> = Vec::new();
    for &(_, colour) in by_count {
        let colour = unpacked(colour);
        if palette.iter().all(|&other| distance(colour, other) > apart) {
            palette.push(colour);
            if palette.len() > MOST {
                break;
            }
        }
    }
    palette
}

fn nearest(palette: &[Rgb], colour: Rgb) -> u8 {
    let nearest = palette.iter().enumerate().min_by_key(|&(_, &other)| distance(colour, other));
    nearest.and_then(|(at, _)| u8::try_from(at).ok()).unwrap_or_default()
}

fn distance(a: Rgb, b: Rgb) -> i32 {
    a.iter().zip(b).map(|(&a, b)| (i32::from(a) - i32::from(b)).pow(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(indexed: &Indexed) -> Vec<u8> {
        let of = |&at: &u8| &indexed.palette[usize::from(at) * 3..usize::from(at) * 3 + 3];
        indexed.pixels.iter().flat_map(of).copied().collect()
    }

    #[test]
    fn few_colours_stay_as_they_are() {
        let pixels = [1, 2, 3, 255, 255, 255, 1, 2, 3, 9, 9, 9];
        let indexed = indexed(&pixels);
        assert_eq!(indexed.palette.len(), 9);
        assert_eq!(back(&indexed), pixels);
    }

    #[test]
    fn many_colours_become_near_ones() {
        let mut pixels = vec![255; 30_000];
        for red in (0..=255).step_by(4) {
            for green in (0..=255).step_by(4) {
                pixels.extend([red, green, 128]);
            }
        }
        let indexed = indexed(&pixels);
        assert!(indexed.palette.len() <= MOST * 3);
        let worst = back(&indexed).iter().zip(&pixels).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(worst <= Some(24), "{worst:?}");
        assert_eq!(back(&indexed)[..30_000], pixels[..30_000], "the background is exact");
    }
}
