//! Files that ask for more than they are: refused before room is made. A process of its own, since memory is measured.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what broke by stopping there, and what it left out"
)]

use std::time::{Duration, Instant};

use vision::{ImageFile, Limits};

/// The most memory that this process ever had, in KiB.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse().ok())
}

fn entry(tag: u16, kind: u16, count: u32, value: u32) -> Vec<u8> {
    [
        tag.to_le_bytes().to_vec(),
        kind.to_le_bytes().to_vec(),
        count.to_le_bytes().to_vec(),
        value.to_le_bytes().to_vec(),
    ]
    .concat()
}

/// A TIFF of one page: its directory at 8, the next one at `next`, then `data`.
fn tiff(entries: &[Vec<u8>], next: u32, data: &[u8]) -> Vec<u8> {
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend(u16::try_from(entries.len()).unwrap().to_le_bytes());
    file.extend(entries.concat());
    file.extend(next.to_le_bytes());
    file.extend(data);
    file
}

fn page(width: u32, height: u32, strips: u32, compression: u32, next: u32) -> Vec<u8> {
    let entries = [
        entry(256, 4, 1, width),
        entry(257, 4, 1, height),
        entry(258, 3, 1, 16),
        entry(259, 3, 1, compression),
        entry(262, 3, 1, 1),
        entry(273, 4, strips, 200),
        entry(278, 4, 1, if strips == 1 { height } else { 1 }),
        entry(279, 4, strips, 200),
    ];
    tiff(&entries, next, &[0; 400])
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [
        (b"IHDR", [width.to_be_bytes().as_slice(), &height.to_be_bytes(), &[16, 0, 0, 0, 0]].concat()),
        (b"IDAT", vec![0x78, 0x9c, 0x63, 0, 0, 0, 1, 0, 1]),
        (b"IEND", Vec::new()),
    ] {
        let mut chunk = kind.to_vec();
        chunk.extend(data);
        file.extend(u32::try_from(chunk.len() - 4).unwrap().to_be_bytes());
        let checksum = crc(&chunk);
        file.extend(chunk);
        file.extend(checksum.to_be_bytes());
    }
    file
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc: u32, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[test]
fn bombs_are_refused_before_room_is_made() {
    let before = peak_kib();
    let wide = page(60_000, 60_000, 1, 1, 0);
    for (name, bytes, part) in [
        ("a PNG of 50,000 x 50,000", png(50_000, 50_000), "at most 32768"),
        ("a PNG of 11,000 x 11,000 in 60 bytes", png(11_000, 11_000), "cannot hold"),
        ("a TIFF of 60,000 x 60,000", wide, "at most 32768"),
        ("4 billion strips", page(100, 30_000, u32::MAX, 1, 0), "longer than 1 MiB"),
        ("a strip for each of 4 billion rows", page(100, u32::MAX, 1, 1, 0), "at most 32768"),
        ("16,000 x 8,000 pixels in 400 bytes", page(16_000, 8000, 1, 8, 0), "cannot hold"),
        ("a page that is its own next page", page(4, 1, 1, 1, 8), "ring"),
        ("a strip outside the file", page(100, 1, 1, 1, 0)[..350].to_vec(), "lies at bytes 200 to 400"),
    ] {
        let began = Instant::now();
        let file = ImageFile::open(&bytes, &Limits::default());
        let error = file.and_then(|file| file.decode(0, 2)).map(drop).expect_err(name).to_string();
        assert!(error.contains(part), "{name}: {error}");
        assert!(began.elapsed() < Duration::from_secs(2), "{name}");
    }
    if let (Some(before), Some(after)) = (before, peak_kib()) {
        assert!(after - before < 64 << 10, "{} KiB over the baseline", after - before);
    }
}
