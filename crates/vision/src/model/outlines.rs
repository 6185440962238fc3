//! Labels as outlines: one closed polygon an object, along the corners of its pixels.

use super::Objects;

/// A closed polygon of corners of pixels, clockwise as one sees it: `(x, y)`, where `(0, 0)` is the plane's left upper corner
/// and `(1, 1)` lies between four pixels. The last corner is not the first again. Holes are not in it.
pub type Outline = Vec<(u32, u32)>;

/// East, south, west, north.
const STEPS: [(i64, i64); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];
/// The pixel ahead to the right of a corner for each heading, from the corner.
const RIGHT: [(i64, i64); 4] = [(0, 0), (-1, 0), (-1, -1), (0, -1)];
/// The pixel ahead to the left.
const LEFT: [(i64, i64); 4] = [(0, -1), (0, 0), (-1, 0), (-1, -1)];

/// The outline of each object, in the order of its label. Objects are 4-connected: where two of an object's pixels touch at a
/// corner only, the outline goes round each of them, so it may pass a corner twice but never crosses itself.
#[must_use]
pub fn outlines(objects: &Objects) -> Vec<Outline> {
    let mut first = vec![None; objects.seen.len()];
    for (at, &label) in objects.labels.iter().enumerate() {
        if let Some(place) = (label as usize).checked_sub(1).and_then(|label| first.get_mut(label)) {
            place.get_or_insert(at);
        }
    }
    first.into_iter().map(|first| first.map_or_else(Vec::new, |first| around(objects, first))).collect()
}

/// Walks round an object with its pixels on the right hand, from the upper left corner of its first pixel.
fn around(objects: &Objects, first: usize) -> Outline {
    let width = objects.width.max(1);
    let label = objects.labels.get(first).copied().unwrap_or(0);
    let owned = |x: i64, y: i64| {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return false };
        x < objects.width && objects.labels.get(y * width + x) == Some(&label)
    };
    let start = (at(first % width), at(first / width));
    let (mut corner, mut heading) = (start, 0_usize);
    let mut outline = Vec::new();
    // An edge of a pixel is passed at most once in each direction.
    for _ in 0..4 * objects.labels.len() + 4 {
        let ahead = |of: [(i64, i64); 4]| of.get(heading).is_some_and(|(x, y)| owned(corner.0 + x, corner.1 + y));
        let turn = match (ahead(RIGHT), ahead(LEFT)) {
            (false, _) => 1,
            (true, true) => 3,
            (true, false) => 0,
        };
        if turn != 0 || outline.is_empty() {
            outline.extend(u32::try_from(corner.0).ok().zip(u32::try_from(corner.1).ok()));
        }
        heading = (heading + turn) % 4;
        let (x, y) = STEPS.get(heading).copied().unwrap_or((1, 0));
        corner = (corner.0 + x, corner.1 + y);
        if corner == start && heading == 3 {
            break;
        }
    }
    outline
}

fn at(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SeenObject;

    /// Digits are labels.
    fn objects(rows: &[&str]) -> Objects {
        let labels: Vec<u32> = rows.iter().flat_map(|row| row.bytes()).map(|digit| u32::from(digit - b'0')).collect();
        let count = labels.iter().max().copied().unwrap_or(0) as usize;
        Objects { width: rows[0].len(), height: rows.len(), labels, seen: vec![SeenObject::default(); count] }
    }

    /// Twice the area within a polygon; positive where it goes round clockwise, as y grows downwards.
    fn doubled_area(outline: &Outline) -> i64 {
        let next = outline.iter().cycle().skip(1);
        let signed = |value: u32| i64::from(value);
        outline.iter().zip(next).map(|(a, b)| signed(a.0) * signed(b.1) - signed(b.0) * signed(a.1)).sum()
    }

    #[test]
    fn a_square_has_four_corners() {
        assert_eq!(outlines(&objects(&["110", "110"])), [vec![(0, 0), (2, 0), (2, 2), (0, 2)]]);
        assert_eq!(outlines(&objects(&["1"])), [vec![(0, 0), (1, 0), (1, 1), (0, 1)]]);
    }

    #[test]
    fn neighbours_have_outlines_of_their_own_and_holes_are_within() {
        let found = outlines(&objects(&["112", "102", "112"]));
        assert_eq!(found[0], [(0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (2, 2), (2, 3), (0, 3)]);
        assert_eq!(found[1], [(2, 0), (3, 0), (3, 3), (2, 3)]);
        let ring = outlines(&objects(&["111", "101", "111"]));
        assert_eq!(ring, [vec![(0, 0), (3, 0), (3, 3), (0, 3)]], "a hole is not in it");
    }

    #[test]
    fn pixels_that_touch_at_a_corner_are_gone_round_one_by_one() {
        // The two arms meet at the corner (2, 1) only; the way between them is round the left.
        let found = outlines(&objects(&["1100", "1011", "1111"]));
        let expected = vec![(0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (2, 2), (2, 1), (4, 1), (4, 3), (0, 3)];
        assert_eq!(found, [expected]);
    }

    #[test]
    fn what_an_outline_encloses_is_the_object_and_its_holes() {
        let mut state = 7_u64;
        for _ in 0..200 {
            let mut seeds = [0.0_f32; 2 * 144];
            for at in 0..144 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let inside = (state >> 33) % 100 < 55;
                seeds[144 + at] = if inside { 0.9 } else { 0.1 };
                seeds[at] = 1.0 - seeds[144 + at];
            }
            let rules = crate::model::ObjectRules {
                interior: 1,
                background: 0,
                interior_min: 0.5,
                background_max: 0.0,
                min_area_px: 1,
                grow_rounds: 0,
            };
            let objects = Objects::of(&seeds, 12, 12, &rules);
            let found = outlines(&objects);
            assert_eq!(found.len(), objects.seen.len());
            for (label, outline) in (1..).zip(&found) {
                let enclosed = doubled_area(outline) / 2;
                let own = i64::from(objects.seen[label as usize - 1].area_px);
                assert_eq!(enclosed, own + holes(&objects, label), "{label}: {outline:?}");
                assert!(outline.len() >= 4 && outline.len() % 2 == 0);
            }
        }
    }

    /// Pixels that are not of the object and from which no way of 8 neighbours leads outside.
    fn holes(objects: &Objects, label: u32) -> i64 {
        let (width, height) = (objects.width as i64 + 2, objects.height as i64 + 2);
        let own = |x: i64, y: i64| {
            (1..width - 1).contains(&x)
                && (1..height - 1).contains(&y)
                && objects.labels[(y as usize - 1) * objects.width + x as usize - 1] == label
        };
        let mut outside = vec![false; (width * height) as usize];
        let mut waiting = vec![(0_i64, 0_i64)];
        while let Some((x, y)) = waiting.pop() {
            if x < 0 || y < 0 || x >= width || y >= height || own(x, y) || outside[(y * width + x) as usize] {
                continue;
            }
            outside[(y * width + x) as usize] = true;
            waiting.extend((-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (x + dx, y + dy))));
        }
        let all = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        all.filter(|(x, y)| !own(*x, *y) && !outside[(y * width + x) as usize]).count() as i64
    }

    #[test]
    fn nothing_has_no_outline() {
        assert!(outlines(&objects(&["000", "000"])).is_empty());
        let empty = Objects { width: 0, height: 0, labels: Vec::new(), seen: Vec::new() };
        assert!(outlines(&empty).is_empty());
    }
}
