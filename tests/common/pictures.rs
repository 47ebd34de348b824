//! Pictures made for the tests: honest ones, and those that an honest program would not write.

use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

/// A picture whose left half is red and whose right half is blue.
fn halves(width: u32, height: u32) -> DynamicImage {
    let paint = |x, _| {
        if x < width / 2 {
            Rgb([250, 10, 10])
        } else {
            Rgb([10, 10, 250])
        }
    };
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, paint))
}

fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    halves(width, height).write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(width, height, ImageFormat::Png)
}

pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(width, height, ImageFormat::Jpeg)
}

pub fn gif(width: u32, height: u32) -> Vec<u8> {
    encoded(width, height, ImageFormat::Gif)
}

pub fn webp(width: u32, height: u32) -> Vec<u8> {
    encoded(width, height, ImageFormat::WebP)
}

/// A GIF of this many frames.
pub fn flicker(frames: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let frames = (0..frames).map(|_| Frame::new(halves(2, 2).to_rgba8()));
    GifEncoder::new(&mut bytes).encode_frames(frames).expect("a picture");
    bytes
}

/// A JPEG as a phone writes it: turned by an EXIF orientation, 1 to 8, and with `secret` among the metadata.
pub fn phone(width: u32, height: u32, orientation: u8, secret: &str) -> Vec<u8> {
    let plain = jpeg(width, height);
    let text = u8::try_from(secret.len()).expect("a short secret");
    let mut tiff = b"MM\0*\0\0\0\x08\0\x02".to_vec();
    // Two entries: the description (ASCII, behind the directory) and the orientation (a SHORT).
    tiff.extend([0x01, 0x0E, 0, 2, 0, 0, 0, text, 0, 0, 0, 38]);
    tiff.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    tiff.extend([0, 0, 0, 0]);
    tiff.extend(secret.as_bytes());
    let mut exif = b"Exif\0\0".to_vec();
    exif.extend(tiff);
    let length = u16::try_from(exif.len() + 2).expect("a short block");
    let mut bytes = plain[..2].to_vec();
    bytes.extend([0xFF, 0xE1]);
    bytes.extend(length.to_be_bytes());
    bytes.extend(exif);
    bytes.extend(&plain[2..]);
    bytes
}

/// A PNG of a few bytes that says it has this size.
pub fn boast(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(1, 1);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 {
                (sum >> 1) ^ 0xEDB8_8320
            } else {
                sum >> 1
            }
        })
    })
}

/// Width and height of a picture.
pub fn size(bytes: &[u8]) -> (u32, u32) {
    let picture = image::load_from_memory(bytes).expect("a picture");
    (picture.width(), picture.height())
}

/// The red and the blue of the pixel in the middle of the top row, and of the one in the middle of the bottom row.
pub fn top_and_bottom(bytes: &[u8]) -> [(u8, u8); 2] {
    let picture = image::load_from_memory(bytes).expect("a picture").to_rgb8();
    let (x, last) = (picture.width() / 2, picture.height() - 1);
    [0, last].map(|y| {
        let [red, _, blue] = picture.get_pixel(x, y).0;
        (red, blue)
    })
}
