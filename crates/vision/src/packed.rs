//! Samples of fewer bits than their type: packed most significant bit first, each row beginning at a byte.

use crate::samples::Sample;

/// Bytes of a row of `samples` samples of `bits` bits.
pub(crate) fn row_bytes(samples: usize, bits: u8) -> usize {
    (samples * usize::from(bits)).div_ceil(8)
}

/// Widens a packed row into `out`, without scaling. `row` holds at least [`row_bytes`] of `out`; missing bytes read as 0.
pub(crate) fn widen<S: Sample>(row: &[u8], bits: u8, out: &mut [S]) {
    let mut bytes = row.iter().copied();
    let (mut held, mut count): (u64, u32) = (0, 0);
    let (bits, mask) = (u32::from(bits), mask(bits));
    for sample in out {
        while count < bits {
            held = (held << 8) | u64::from(bytes.next().unwrap_or(0));
            count += 8;
        }
        count -= bits;
        *sample = S::from_bits((held >> count) & mask);
    }
}

/// The low `bits` bits.
pub(crate) fn mask(bits: u8) -> u64 {
    if bits >= 64 { u64::MAX } else { (1 << bits) - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_taken_from_the_top() {
        let mut twelve = [0_u16; 3];
        widen(&[0x12, 0x34, 0x56, 0x78, 0x90], 12, &mut twelve);
        assert_eq!(twelve, [0x123, 0x456, 0x789]);
        let mut one = [0_u8; 9];
        widen(&[0b1010_0001, 0b1000_0000], 1, &mut one);
        assert_eq!(one, [1, 0, 1, 0, 0, 0, 0, 1, 1]);
        let mut thirty_one = [0_u32; 1];
        widen(&[0xff, 0xff, 0xff, 0xff], 31, &mut thirty_one);
        assert_eq!(thirty_one, [0x7fff_ffff]);
        assert_eq!((row_bytes(3, 12), row_bytes(9, 1), row_bytes(0, 7)), (5, 2, 0));
    }
}
