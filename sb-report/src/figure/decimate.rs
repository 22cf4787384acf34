//! Fewer points for the same picture: a line keeps the points that are seen, no more.

/// A point in logical pixels.
pub type Point = (f64, f64);

/// How far a line may move, in logical pixels, before it counts as seen.
const TOLERANCE: f64 = 0.12;

/// Leaves out points that lie on the line of their neighbours (Ramer, Douglas and Peucker), at
/// first within a tolerance that is not seen, then within greater ones until `most` are left.
pub fn simplify(points: &[Point], most: usize) -> Vec<Point> {
    let mut tolerance = TOLERANCE;
    let mut kept = reduce(points, tolerance);
    while kept.len() > most.max(2) && tolerance < 64.0 {
        tolerance *= 1.6;
        kept = reduce(points, tolerance);
    }
    kept
}

fn reduce(points: &[Point], tolerance: f64) -> Vec<Point> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let last = points.len() - 1;
    let mut keep = vec![false; points.len()];
    keep[0] = true;
    keep[last] = true;
    let mut open = vec![(0, last)];
    while let Some((first, end)) = open.pop() {
        let (mut worst, mut at) = (0.0, first);
        for (index, &point) in points.iter().enumerate().take(end).skip(first + 1) {
            let distance = distance(point, points[first], points[end]);
            if distance > worst {
                (worst, at) = (distance, index);
            }
        }
        if worst > tolerance {
            keep[at] = true;
            open.push((first, at));
            open.push((at, end));
        }
    }
    points.iter().zip(keep).filter_map(|(&point, keep)| keep.then_some(point)).collect()
}

/// Distance of a point from the line between two others.
fn distance((x, y): Point, (ax, ay): Point, (bx, by): Point) -> f64 {
    let (dx, dy) = (bx - ax, by - ay);
    let length = dx.hypot(dy);
    if length == 0.0 {
        (x - ax).hypot(y - ay)
    } else {
        (dy * (x - ax) - dx * (y - ay)).abs() / length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_stay_and_straight_parts_go() {
        let steps = [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (2.0, 5.0), (2.0, 9.0), (7.0, 9.0)];
        assert_eq!(simplify(&steps, 100), [(0.0, 0.0), (2.0, 0.0), (2.0, 9.0), (7.0, 9.0)]);
        assert_eq!(simplify(&[], 10), []);
        assert_eq!(simplify(&[(1.0, 1.0)], 10), [(1.0, 1.0)]);
    }

    #[test]
    fn the_budget_is_kept() {
        let noise: Vec<Point> =
            (0..5000).map(|i| (f64::from(i), f64::from((i * 7919) % 50))).collect();
        let kept = simplify(&noise, 300);
        assert!(kept.len() <= 300, "{}", kept.len());
        assert_eq!((kept[0], kept[kept.len() - 1]), (noise[0], noise[4999]));
    }
}
