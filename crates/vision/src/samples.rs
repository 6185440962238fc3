//! Samples of every type that microscopes store, in their own width.

/// What a sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleType {
    /// Unsigned, 8 bits.
    U8,
    /// Unsigned, 16 bits.
    U16,
    /// Unsigned, 32 bits.
    U32,
    /// Unsigned, 64 bits.
    U64,
    /// Signed, 8 bits.
    I8,
    /// Signed, 16 bits.
    I16,
    /// Signed, 32 bits.
    I32,
    /// Signed, 64 bits.
    I64,
    /// IEEE 754 half precision; kept as its bits.
    F16,
    /// Single precision.
    F32,
    /// Double precision.
    F64,
}

impl SampleType {
    /// All of them.
    pub const ALL: [SampleType; 11] = [
        SampleType::U8,
        SampleType::U16,
        SampleType::U32,
        SampleType::U64,
        SampleType::I8,
        SampleType::I16,
        SampleType::I32,
        SampleType::I64,
        SampleType::F16,
        SampleType::F32,
        SampleType::F64,
    ];

    /// As `u16` or `f32`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            SampleType::U8 => "u8",
            SampleType::U16 => "u16",
            SampleType::U32 => "u32",
            SampleType::U64 => "u64",
            SampleType::I8 => "i8",
            SampleType::I16 => "i16",
            SampleType::I32 => "i32",
            SampleType::I64 => "i64",
            SampleType::F16 => "f16",
            SampleType::F32 => "f32",
            SampleType::F64 => "f64",
        }
    }

    /// Bytes of one sample.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            SampleType::U8 | SampleType::I8 => 1,
            SampleType::U16 | SampleType::I16 | SampleType::F16 => 2,
            SampleType::U32 | SampleType::I32 | SampleType::F32 => 4,
            SampleType::U64 | SampleType::I64 | SampleType::F64 => 8,
        }
    }
}

/// Samples of one plane, row by row from the top, channels interleaved.
#[derive(Debug, Clone, PartialEq)]
pub enum Samples {
    /// Unsigned, 8 bits.
    U8(Vec<u8>),
    /// Unsigned, 16 bits.
    U16(Vec<u16>),
    /// Unsigned, 32 bits.
    U32(Vec<u32>),
    /// Unsigned, 64 bits.
    U64(Vec<u64>),
    /// Signed, 8 bits.
    I8(Vec<i8>),
    /// Signed, 16 bits.
    I16(Vec<i16>),
    /// Signed, 32 bits.
    I32(Vec<i32>),
    /// Signed, 64 bits.
    I64(Vec<i64>),
    /// Bits of half precision numbers.
    F16(Vec<u16>),
    /// Single precision.
    F32(Vec<f32>),
    /// Double precision.
    F64(Vec<f64>),
}

/// A number as files store it: read in either byte order, added without a carry as TIFF's predictor wants it.
pub(crate) trait Sample: Copy + Default + Send + Sync {
    /// Its bytes.
    const BYTES: usize;
    /// From exactly [`Sample::BYTES`] bytes, most significant first; the default where there are fewer.
    fn from_be(bytes: &[u8]) -> Self;
    /// As many as there are on both sides, least significant byte first; a plain copy where the machine stores so too.
    fn fill_le(out: &mut [Self], bytes: &[u8]);
    /// Likewise, most significant byte first.
    fn fill_be(out: &mut [Self], bytes: &[u8]);
    /// From the low bits of an unsigned number.
    fn from_bits(bits: u64) -> Self;
    /// The sum of the bit patterns, only the bits of `mask` kept.
    fn plus(self, other: Self, mask: u64) -> Self;
}

/// Reads in both byte orders.
macro_rules! both_orders {
    ($number:ty) => {
        const BYTES: usize = size_of::<$number>();
        fn from_be(bytes: &[u8]) -> Self {
            bytes.try_into().map(<$number>::from_be_bytes).unwrap_or_default()
        }
        fn fill_le(out: &mut [Self], bytes: &[u8]) {
            let (numbers, _) = bytes.as_chunks::<{ size_of::<$number>() }>();
            out.iter_mut().zip(numbers).for_each(|(sample, bytes)| *sample = <$number>::from_le_bytes(*bytes));
        }
        fn fill_be(out: &mut [Self], bytes: &[u8]) {
            let (numbers, _) = bytes.as_chunks::<{ size_of::<$number>() }>();
            out.iter_mut().zip(numbers).for_each(|(sample, bytes)| *sample = <$number>::from_be_bytes(*bytes));
        }
    };
}

macro_rules! unsigned {
    ($($number:ty)*) => { $(
        impl Sample for $number {
            both_orders!($number);
            #[allow(clippy::cast_possible_truncation, reason = "only the low bits are meant")]
            fn from_bits(bits: u64) -> Self {
                bits as $number
            }
            #[allow(clippy::cast_possible_truncation, reason = "only the low bits are meant")]
            fn plus(self, other: Self, mask: u64) -> Self {
                self.wrapping_add(other) & mask as $number
            }
        }
    )* };
}
unsigned! { u8 u16 u32 u64 }

/// Numbers that are another reading of an unsigned one.
macro_rules! of_bits {
    ($($number:ty as $bits:ty, $to:expr, $from:expr;)*) => { $(
        impl Sample for $number {
            both_orders!($number);
            fn from_bits(bits: u64) -> Self {
                $from(<$bits>::from_bits(bits))
            }
            fn plus(self, other: Self, mask: u64) -> Self {
                $from($to(self).plus($to(other), mask))
            }
        }
    )* };
}
of_bits! {
    i8 as u8, i8::cast_unsigned, u8::cast_signed;
    i16 as u16, i16::cast_unsigned, u16::cast_signed;
    i32 as u32, i32::cast_unsigned, u32::cast_signed;
    i64 as u64, i64::cast_unsigned, u64::cast_signed;
    f32 as u32, f32::to_bits, f32::from_bits;
    f64 as u64, f64::to_bits, f64::from_bits;
}

/// Numbers that go through the buffer of [`Samples::in_le_bytes`] at a time.
const AT_ONCE: usize = 4096;

impl Samples {
    /// What they are.
    #[must_use]
    pub fn sample_type(&self) -> SampleType {
        match self {
            Samples::U8(_) => SampleType::U8,
            Samples::U16(_) => SampleType::U16,
            Samples::U32(_) => SampleType::U32,
            Samples::U64(_) => SampleType::U64,
            Samples::I8(_) => SampleType::I8,
            Samples::I16(_) => SampleType::I16,
            Samples::I32(_) => SampleType::I32,
            Samples::I64(_) => SampleType::I64,
            Samples::F16(_) => SampleType::F16,
            Samples::F32(_) => SampleType::F32,
            Samples::F64(_) => SampleType::F64,
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Samples::U8(all) => all.len(),
            Samples::U16(all) | Samples::F16(all) => all.len(),
            Samples::U32(all) => all.len(),
            Samples::U64(all) => all.len(),
            Samples::I8(all) => all.len(),
            Samples::I16(all) => all.len(),
            Samples::I32(all) => all.len(),
            Samples::I64(all) => all.len(),
            Samples::F32(all) => all.len(),
            Samples::F64(all) => all.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tells all bytes in order, least significant first, some thousand numbers at a time.
    pub fn in_le_bytes(&self, mut tell: impl FnMut(&[u8])) {
        macro_rules! told {
            ($all:expr) => {{
                let mut buffer = Vec::with_capacity(8 * AT_ONCE);
                for some in $all.chunks(AT_ONCE) {
                    buffer.clear();
                    buffer.extend(some.iter().flat_map(|sample| sample.to_le_bytes()));
                    tell(&buffer);
                }
            }};
        }
        match self {
            Samples::U8(all) => tell(all),
            Samples::U16(all) | Samples::F16(all) => told!(all),
            Samples::U32(all) => told!(all),
            Samples::U64(all) => told!(all),
            Samples::I8(all) => told!(all),
            Samples::I16(all) => told!(all),
            Samples::I32(all) => told!(all),
            Samples::I64(all) => told!(all),
            Samples::F32(all) => told!(all),
            Samples::F64(all) => told!(all),
        }
    }
}
