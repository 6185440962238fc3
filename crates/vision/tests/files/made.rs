//! PNG and JPEG of pixels that are made here.

use std::io::Cursor;

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use vision::{Format, ImageFile, Limits, SampleType, Samples};

/// A PNG of raw rows.
fn png(width: u32, height: u32, colour: png::ColorType, depth: png::BitDepth, data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    if colour == png::ColorType::Indexed {
        encoder.set_palette((0..=255).flat_map(|level| [255 - level, level, 7]).collect::<Vec<u8>>());
    }
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(data).unwrap();
    writer.finish().unwrap();
    out
}

fn decoded(bytes: &[u8]) -> Samples {
    ImageFile::open(bytes, &Limits::default()).unwrap().decode(0, 2).unwrap().samples
}

#[test]
fn png_keeps_its_samples_of_every_depth() {
    let sixteen: Vec<u16> = (0..12 * 5).map(|n| n * 1091).collect();
    let bytes: Vec<u8> = sixteen.iter().flat_map(|sample| sample.to_be_bytes()).collect();
    let file = png(12, 5, png::ColorType::Grayscale, png::BitDepth::Sixteen, &bytes);
    assert_eq!(decoded(&file), Samples::U16(sixteen));
    let colour: Vec<u8> = (0..4 * 3 * 3).collect();
    let file = png(4, 3, png::ColorType::Rgb, png::BitDepth::Eight, &colour);
    let opened = ImageFile::open(&file, &Limits::default()).unwrap();
    let head = opened.head(0).unwrap();
    assert_eq!(
        (opened.format(), opened.planes(), head.channels, head.sample_type),
        (Format::Png, 1, 3, SampleType::U8)
    );
    assert_eq!(decoded(&file), Samples::U8(colour));
    // A palette is not looked up, bits are not scaled.
    let file = png(5, 2, png::ColorType::Indexed, png::BitDepth::Four, &[0x01, 0x23, 0x40, 0xfe, 0xdc, 0xb0]);
    assert_eq!(decoded(&file), Samples::U8(vec![0, 1, 2, 3, 4, 15, 14, 13, 12, 11]));
    let file = png(3, 1, png::ColorType::Grayscale, png::BitDepth::One, &[0b1010_0000]);
    assert_eq!(decoded(&file), Samples::U8(vec![1, 0, 1]));
}

#[test]
fn jpeg_is_grey_or_colour() {
    let level = |x: u32, y: u32| u8::try_from(40 + (x * 3 + y * 2) % 160).unwrap();
    let grey: Vec<u8> = (0..48 * 32).map(|at| level(at % 48, at / 48)).collect();
    let mut file = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut file, 100).encode(&grey, 48, 32, ExtendedColorType::L8).unwrap();
    let Samples::U8(found) = decoded(file.get_ref()) else { panic!("of 8 bits") };
    assert!(found.iter().zip(&grey).all(|(a, b)| a.abs_diff(*b) <= 3));
    let colour: Vec<u8> = grey.iter().flat_map(|&level| [level, level / 2, 200]).collect();
    let mut file = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut file, 100).encode(&colour, 48, 32, ExtendedColorType::Rgb8).unwrap();
    let opened = ImageFile::open(file.get_ref(), &Limits::default()).unwrap();
    assert_eq!((opened.format(), opened.head(0).unwrap().channels), (Format::Jpeg, 3));
    assert_eq!(decoded(file.get_ref()).len(), colour.len());
}

#[test]
fn what_is_no_image_says_so() {
    for (bytes, part) in [
        (&b""[..], "(none)"),
        (b"Dear diary", "44 65 61 72 20 64 69 61"),
        (b"GIF89a", "TIFF, PNG or JPEG"),
        (b"\x89PNG\r\n\x1a\n", "cut short"),
        (b"II*\0", "cut short"),
        (b"\xff\xd8\xff\xe0", "damaged"),
    ] {
        let error = ImageFile::open(bytes, &Limits::default()).map(drop).unwrap_err().to_string();
        assert!(error.contains(part), "{bytes:?}: {error}");
    }
}

#[test]
fn a_file_on_disk_has_the_samples_of_the_same_bytes() {
    let limits = Limits::default();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plain.tif");
    let samples: Vec<u16> = (0..1_500_u32 * 1_100).map(|at| (at.wrapping_mul(40_503) >> 7) as u16).collect();
    let mut file = std::fs::File::create(&path).unwrap();
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut file).unwrap();
    encoder.write_image::<tiff::encoder::colortype::Gray16>(1_500, 1_100, &samples).unwrap();
    let mut file = std::fs::File::open(&path).unwrap();
    let plane = vision::decode_file(&mut file, 1 << 30, 0, &limits, 2).unwrap();
    assert_eq!((plane.width, plane.height), (1_500, 1_100));
    assert!(plane.samples == Samples::U16(samples), "several strips, several bands");
    let error = vision::decode_file(&mut file, 1_000, 0, &limits, 2).unwrap_err().to_string();
    assert!(error.contains("at most 1000"), "{error}");
    // Every format, and files that end too early, are as they are in memory.
    for entry in std::fs::read_dir(crate::images()).unwrap() {
        let whole = std::fs::read(entry.unwrap().path()).unwrap();
        for length in [whole.len(), whole.len() * 2 / 3, 9, 0] {
            let bytes = &whole[..length.min(whole.len())];
            std::fs::write(&path, bytes).unwrap();
            let from_memory = vision::ImageFile::open(bytes, &limits).and_then(|file| file.decode(0, 1));
            let from_disk = vision::decode_file(&mut std::fs::File::open(&path).unwrap(), 1 << 30, 0, &limits, 1);
            // NaN is not equal to itself: as text it is.
            assert_eq!(format!("{from_disk:?}"), format!("{from_memory:?}"));
        }
    }
}
