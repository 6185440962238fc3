//! A segmentation's output as objects: seeds, small ones dropped, grown towards their borders.

/// How objects are made of probabilities; the numbers stand in the model's card.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ObjectRules {
    /// Which channel of the output is an object's inside.
    pub interior: usize,
    /// Which is nothing.
    pub background: usize,
    /// A pixel begins an object from this probability of being inside on.
    pub interior_min: f32,
    /// Objects grow into pixels that are nothing with at most this probability.
    pub background_max: f32,
    /// Seeds of fewer pixels are dropped.
    pub min_area_px: usize,
    /// Pixels by which objects grow at most.
    pub grow_rounds: usize,
}

/// The objects of a plane.
#[derive(Debug, Clone, PartialEq)]
pub struct Objects {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// The object that owns each pixel, from 1; 0: none.
    pub labels: Vec<u32>,
    /// Each object, in the order of its label.
    pub seen: Vec<SeenObject>,
}

/// One object, measured.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SeenObject {
    /// Its pixels.
    pub area_px: u32,
    /// The mean of its pixels' columns and rows.
    pub centre: (f64, f64),
    /// Left, top, right and lower edge of its box; the last two lie outside.
    pub bounds: (u32, u32, u32, u32),
}

impl Objects {
    /// Objects of a model's output of `classes * height * width` probabilities.
    #[must_use]
    pub fn of(output: &[f32], width: usize, height: usize, rules: &ObjectRules) -> Objects {
        let pixels = width * height;
        let class = |number: usize| output.get(number * pixels..(number + 1) * pixels).unwrap_or_default();
        let seeds = class(rules.interior).iter().map(|&inside| inside >= rules.interior_min).collect::<Vec<bool>>();
        let may = class(rules.background).iter().map(|&nothing| nothing <= rules.background_max).collect::<Vec<bool>>();
        let mut labels = components(&seeds, width, rules.min_area_px);
        labels.resize(pixels, 0);
        grow(&mut labels, &may, width, rules.grow_rounds);
        let seen = measured(&labels, width);
        Objects { width, height, labels, seen }
    }
}

/// 4-connected components of at least `least` pixels, numbered from 1 in the order of their first pixels.
fn components(seeds: &[bool], width: usize, least: usize) -> Vec<u32> {
    /// Found, and too small.
    const DROPPED: u32 = u32::MAX;
    let mut labels = vec![0_u32; seeds.len()];
    let mut next = 1;
    let mut members = Vec::new();
    for first in 0..seeds.len() {
        if seeds.get(first) != Some(&true) || labels.get(first) != Some(&0) {
            continue;
        }
        members.clear();
        members.push(first);
        set(&mut labels, first, next);
        let mut at = 0;
        while let Some(&pixel) = members.get(at) {
            at += 1;
            for near in neighbours(pixel, width, seeds.len()).into_iter().flatten() {
                if seeds.get(near) == Some(&true) && labels.get(near) == Some(&0) {
                    set(&mut labels, near, next);
                    members.push(near);
                }
            }
        }
        if members.len() < least {
            members.iter().for_each(|&pixel| set(&mut labels, pixel, DROPPED));
        } else {
            next += 1;
        }
    }
    labels.iter_mut().filter(|label| **label == DROPPED).for_each(|label| *label = 0);
    labels
}

fn set(labels: &mut [u32], at: usize, label: u32) {
    if let Some(place) = labels.get_mut(at) {
        *place = label;
    }
}

/// Up, left, right, down.
fn neighbours(pixel: usize, width: usize, pixels: usize) -> [Option<usize>; 4] {
    let column = pixel % width.max(1);
    [
        pixel.checked_sub(width),
        (column > 0).then(|| pixel - 1),
        (column + 1 < width).then(|| pixel + 1),
        Some(pixel + width).filter(|below| *below < pixels),
    ]
}

/// In a round each pixel that nobody owns and that may be owned takes the first owner of its neighbours up, left, right,
/// down as they were when the round began.
fn grow(labels: &mut [u32], may: &[bool], width: usize, rounds: usize) {
    let mut free: Vec<usize> = labels
        .iter()
        .zip(may)
        .enumerate()
        .filter(|(_, (label, may))| **label == 0 && **may)
        .map(|(at, _)| at)
        .collect();
    let mut taken = Vec::new();
    for _ in 0..rounds {
        taken.clear();
        free.retain(|&pixel| {
            let near = neighbours(pixel, width, labels.len()).into_iter().flatten();
            let owner = near.filter_map(|near| labels.get(near).copied()).find(|owner| *owner > 0);
            taken.extend(owner.map(|owner| (pixel, owner)));
            owner.is_none()
        });
        if taken.is_empty() {
            return;
        }
        taken.iter().for_each(|&(pixel, owner)| set(labels, pixel, owner));
    }
}

fn measured(labels: &[u32], width: usize) -> Vec<SeenObject> {
    let count = labels.iter().copied().max().unwrap_or(0) as usize;
    let mut seen = vec![SeenObject { bounds: (u32::MAX, u32::MAX, 0, 0), ..SeenObject::default() }; count];
    for (at, &label) in labels.iter().enumerate() {
        let Some(object) = (label as usize).checked_sub(1).and_then(|label| seen.get_mut(label)) else { continue };
        let (column, row) = (at % width.max(1), at / width.max(1));
        let (x, y) = (u32::try_from(column).unwrap_or(u32::MAX), u32::try_from(row).unwrap_or(u32::MAX));
        object.area_px += 1;
        object.centre.0 += column as f64;
        object.centre.1 += row as f64;
        let (left, top, right, below) = object.bounds;
        object.bounds = (left.min(x), top.min(y), right.max(x.saturating_add(1)), below.max(y.saturating_add(1)));
    }
    for object in &mut seen {
        let area = f64::from(object.area_px.max(1));
        object.centre = (object.centre.0 / area, object.centre.1 / area);
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: ObjectRules = ObjectRules {
        interior: 1,
        background: 0,
        interior_min: 0.5,
        background_max: 0.4,
        min_area_px: 2,
        grow_rounds: 1,
    };

    /// `#` inside, `.` may be grown into, a blank is nothing.
    fn output(rows: &[&str]) -> (Vec<f32>, usize, usize) {
        let pixels: Vec<u8> = rows.iter().flat_map(|row| row.bytes()).collect();
        let of = |class: usize| {
            pixels.iter().map(move |pixel| match (pixel, class) {
                (b'#', 1) | (b' ', 0) | (b'.', 2) => 0.9_f32,
                _ => 0.05,
            })
        };
        (of(0).chain(of(1)).chain(of(2)).collect(), rows[0].len(), rows.len())
    }

    #[test]
    fn seeds_become_objects_in_reading_order() {
        let (output, width, height) = output(&["  ..  ##", " .##.  #", " .##.   ", "  ..  # "]);
        let found = Objects::of(&output, width, height, &RULES);
        let text: Vec<String> = found
            .labels
            .chunks(width)
            .map(|row| row.iter().map(|label| char::from(b'0' + u8::try_from(*label).unwrap())).collect())
            .collect();
        assert_eq!(text, ["00220011", "02222001", "02222000", "00220000"], "the single pixel is too small");
        assert_eq!(found.seen[0], SeenObject { area_px: 3, centre: (20.0 / 3.0, 1.0 / 3.0), bounds: (6, 0, 8, 2) });
        assert_eq!((found.seen[1].area_px, found.seen[1].centre), (12, (2.5, 1.5)));
    }

    #[test]
    fn a_pixel_between_two_takes_the_first_of_up_left_right_down() {
        let (output, width, height) = output(&["##.##", ".....", "##.##"]);
        let found = Objects::of(&output, width, height, &RULES);
        assert_eq!(found.labels, [1, 1, 1, 2, 2, 1, 1, 0, 2, 2, 3, 3, 3, 4, 4]);
        let twice = Objects::of(&output, width, height, &ObjectRules { grow_rounds: 2, ..RULES });
        assert_eq!(twice.labels[7], 1);
        assert!(Objects::of(&[], 0, 0, &RULES).seen.is_empty());
    }
}
