//! The files that the tests are about, made by hand where no encoder would make them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod refused;
mod shown;
mod thumbs;

use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{Frame, GenericImageView, Rgb, RgbImage, Rgba, RgbaImage};

use super::small::encode_with;
use super::PictureError::{NotAnImage, TooLarge};
use super::*;

const FORMATS: [Format; 4] = [Format::Png, Format::Jpeg, Format::Webp, Format::Gif];

/// White, with a red top left quarter by which one sees how it is turned.
fn scene(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        if x < width / 2 && y < height / 2 {
            Rgb([255, 0, 0])
        } else {
            Rgb([255, 255, 255])
        }
    })
}

fn file(format: Format, width: u32, height: u32) -> Vec<u8> {
    encoded(format, scene(width, height).into())
}

fn encoded(format: Format, image: DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    match format {
        Format::Png => image.write_with_encoder(PngEncoder::new(&mut bytes)).unwrap(),
        Format::Jpeg => image
            .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 90))
            .unwrap(),
        Format::Webp => image.write_with_encoder(WebPEncoder::new_lossless(&mut bytes)).unwrap(),
        Format::Gif => GifEncoder::new(&mut bytes)
            .encode_frame(Frame::new(image.into_rgba8()))
            .unwrap(),
    }
    bytes
}

fn decoded(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).unwrap()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn insert(bytes: &[u8], at: usize, part: &[u8]) -> Vec<u8> {
    [&bytes[..at], part, &bytes[at..]].concat()
}

/// An EXIF block with a camera, an orientation and a place.
fn exif_block(orientation: u8) -> Vec<u8> {
    let mut block = b"II\x2a\0\x08\0\0\0\x03\0".to_vec();
    block.extend(b"\x0f\x01\x02\0\x0a\0\0\0\x32\0\0\0"); // make: 10 letters at 50
    block.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    block.extend(b"\x25\x88\x04\0\x01\0\0\0\x3c\0\0\0"); // place: directory at 60
    block.extend(b"\0\0\0\0SECRETCAM\0");
    block.extend(b"\x01\0\x01\0\x02\0\x07\0\0\0SECRETN\0\0\0\0");
    block
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16 + 2).to_be_bytes();
    [&[0xff, marker], length.as_slice(), content].concat()
}

fn png_chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut checksum = flate2::Crc::new();
    checksum.update(kind);
    checksum.update(content);
    [
        &(content.len() as u32).to_be_bytes(),
        kind.as_slice(),
        content,
        &checksum.sum().to_be_bytes(),
    ]
    .concat()
}

fn png_header(width: u32, height: u32, depth: u8, color: u8) -> Vec<u8> {
    let content = [
        width.to_be_bytes().as_slice(),
        &height.to_be_bytes(),
        &[depth, color, 0, 0, 0],
    ]
    .concat();
    [b"\x89PNG\r\n\x1a\n".as_slice(), &png_chunk(b"IHDR", &content)].concat()
}

fn riff_chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let padding = vec![0; content.len() % 2];
    [
        kind.as_slice(),
        &(content.len() as u32).to_le_bytes(),
        content,
        &padding,
    ]
    .concat()
}

fn webp_of(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    [
        b"RIFF",
        (body.len() as u32 + 4).to_le_bytes().as_slice(),
        b"WEBP",
        &body,
    ]
    .concat()
}

fn vp8x(flags: u8, width: u32, height: u32) -> Vec<u8> {
    let side = |length: u32| (length - 1).to_le_bytes()[..3].to_vec();
    riff_chunk(b"VP8X", &[vec![flags, 0, 0, 0], side(width), side(height)].concat())
}

/// The coded image of a WebP in its simple form: what follows the file header.
fn webp_image(width: u32, height: u32) -> Vec<u8> {
    file(Format::Webp, width, height)[12..].to_vec()
}

/// A GIF of this many frames, one pixel each.
fn gif_of(frames: usize) -> Vec<u8> {
    let screen = b"GIF89a\x01\0\x01\0\x80\0\0\xff\0\0\0\0\0".to_vec();
    let frame = b"\x21\xf9\x04\0\x0a\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    [screen, frame.repeat(frames), vec![0x3b]].concat()
}

/// A file of each format with all the metadata it can have, turned by `orientation` where the format knows that.
fn talkative(format: Format, orientation: u8) -> Vec<u8> {
    let plain = file(format, 60, 40);
    match format {
        Format::Png => {
            let text = [
                png_chunk(b"tEXt", b"Comment\0SECRET"),
                png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0SECRET"),
                png_chunk(b"tIME", b"SECRET."),
                png_chunk(b"prVt", b"SECRET"),
                png_chunk(b"eXIf", &exif_block(orientation)),
            ];
            insert(&plain, 33, &text.concat())
        }
        Format::Jpeg => {
            let exif = [b"Exif\0\0".as_slice(), &exif_block(orientation)].concat();
            let segments = [
                segment(0xe1, &exif),
                segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0SECRET"),
                segment(0xe2, b"MPF\0SECRET"),
                segment(0xed, b"Photoshop 3.0\0SECRET"),
                segment(0xfe, b"SECRET"),
            ];
            let commented = insert(&plain, 2, &segments.concat());
            insert(
                &commented,
                commented.len() - 2,
                &segment(0xfe, b"SECRET after the scan"),
            )
        }
        Format::Webp => webp_of(&[
            vp8x(0x0c, 60, 40),
            plain[12..].to_vec(),
            riff_chunk(b"EXIF", &exif_block(orientation)),
            riff_chunk(b"XMP ", b"SECRET."),
            riff_chunk(b"ODD ", b"SECRET"),
        ]),
        Format::Gif => {
            let xmp = b"\x21\xff\x0bXMP DataXMP\x06SECRET\0".as_slice();
            insert(
                &plain,
                plain.len() - 1,
                &[xmp, b"\x21\xfe\x06SECRET\0", b"\x21\x01\x06SECRET\0"].concat(),
            )
        }
    }
}
