//! Permutations of wells by a fixed integer generator: every machine draws the same ones.

/// Splitmix64 (Steele, Lea and Flood 2014): one 64-bit state, one output a step.
struct Splitmix(u64);

impl Splitmix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of `0..bound`: the upper half of a product (its bias is below 2^-50 for the wells of a plate).
    fn below(&mut self, bound: u64) -> u64 {
        u64::try_from((u128::from(self.next()) * u128::from(bound)) >> 64).unwrap_or_default()
    }
}

/// Where the generator starts; part of the definition of p.
const SEED: u64 = 0x706c_6174_6573_6964;

/// Permutations of `n` places, one after the other: a function of `n` and their number alone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draws {
    n: usize,
    places: Vec<u16>,
}

impl Draws {
    /// Draws anew where `n` or the number of permutations is another than before. Each permutation is shuffled from
    /// ascending order (Fisher and Yates; Durstenfeld 1964), from the last place down.
    pub(crate) fn draw(&mut self, n: usize, permutations: usize) {
        if self.n == n && self.places.len() == n * permutations {
            return;
        }
        self.n = n;
        self.places.clear();
        let mut generator = Splitmix(SEED);
        for _ in 0..permutations {
            let start = self.places.len();
            self.places.extend((0..n).map(|place| u16::try_from(place).unwrap_or(u16::MAX)));
            let Some(places) = self.places.get_mut(start..) else { continue };
            for last in (1..n).rev() {
                let bound = u64::try_from(last + 1).unwrap_or(1);
                places.swap(last, usize::try_from(generator.below(bound)).unwrap_or_default());
            }
        }
    }

    /// The permutations, each a list of every place.
    pub(crate) fn permutations(&self) -> impl Iterator<Item = &[u16]> {
        self.places.chunks_exact(self.n.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs for the state 1234567, as published with the generator's reference code.
    #[test]
    fn the_generator_is_splitmix64() {
        let mut generator = Splitmix(1_234_567);
        let first = [generator.next(), generator.next(), generator.next()];
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn every_place_comes_everywhere_equally_often() {
        let mut draws = Draws::default();
        draws.draw(5, 20_000);
        let mut seen = [[0_u32; 5]; 5];
        for permutation in draws.permutations() {
            let mut sorted = permutation.to_vec();
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2, 3, 4], "each place once");
            for (at, place) in permutation.iter().enumerate() {
                seen[at][usize::from(*place)] += 1;
            }
        }
        // 4,000 expected, standard deviation 57.
        assert!(seen.iter().flatten().all(|n| (3_750..4_250).contains(n)), "{seen:?}");
    }

    #[test]
    fn draws_depend_on_nothing_that_came_before() {
        let mut one = Draws::default();
        one.draw(7, 3);
        let first = one.places.clone();
        one.draw(9, 4);
        one.draw(7, 3);
        assert_eq!(one.places, first);
    }
}
