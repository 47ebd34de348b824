//! Containers: a picture file taken apart and put together again from what draws the picture, and nothing else.
//!
//! Promise: what comes out is drawn exactly as what came in, pixel for pixel and frame for frame; EXIF, XMP, IPTC,
//! comments, embedded previews, unknown blocks and everything after the end are gone; colour profiles stay, and so does
//! the orientation, as the only entry of a new EXIF block. Sizes and frames are checked on the way, before anything is
//! decoded, in each place where a decoder or a browser would believe them. A file that ends early is no picture.
//!
//! Each format lists what is kept rather than what is removed, so a kind of metadata nobody thought of goes too. What
//! this costs: the second image of a file that holds two (depth, HDR gain map, the video of a "live" photo), and the
//! text blocks and the colour profile of a GIF, which no browser uses.
//!
//! Rejected: the crate img-parts, which does not look beyond a JPEG's first scan (where comments and a whole second
//! file may be), nor inside a WebP's frames, nor at GIFs at all; one way of reading for all four is less than two.

mod jpeg;

use std::io::{self, Read};

use flate2::read::ZlibDecoder;
use flate2::Crc;
use image::metadata::Orientation;

use super::{check_size, Format, PictureError, MAX_FRAMES};

/// The largest colour profile in bytes that a PNG may unfold to; a few kilobytes can be made to unfold to gigabytes.
const PROFILE_BYTES: u64 = 4 * 1024 * 1024;

/// A picture file without metadata.
pub(super) struct Stripped {
    pub(super) bytes: Vec<u8>,
    /// How the picture has to be turned to be displayed.
    pub(super) orientation: Orientation,
    /// Memory in bytes that the decoder needs beside the decoded picture, which the decoder itself does not count.
    pub(super) working_bytes: u64,
}

/// Rebuilds a file of this format without its metadata.
pub(super) fn strip(format: Format, bytes: &[u8]) -> Result<Stripped, PictureError> {
    match format {
        Format::Png => png(bytes),
        Format::Jpeg => jpeg::jpeg(bytes),
        Format::Webp => webp(bytes),
        Format::Gif => gif(bytes),
    }
}

fn png(bytes: &[u8]) -> Result<Stripped, PictureError> {
    let mut rest = bytes;
    let mut out = take(&mut rest, 8)?.to_vec();
    let mut orientation = Orientation::NoTransforms;
    let mut frames = 0;
    for position in 0.. {
        let whole = rest;
        let length = u32::from_be_bytes(array(&mut rest)?) as usize;
        let kind: [u8; 4] = array(&mut rest)?;
        if (position == 0) != (&kind == b"IHDR") {
            return Err(PictureError::NotAnImage);
        }
        if position == 0 {
            if length != 13 {
                return Err(PictureError::NotAnImage);
            }
            // Looked at before the rest of the chunk is even there.
            let mut header = rest;
            let (width, height) = (
                u32::from_be_bytes(array(&mut header)?),
                u32::from_be_bytes(array(&mut header)?),
            );
            check_size(width.into(), height.into())?;
        }
        let content = take(&mut rest, length)?;
        // The decoder compares the checksums of what is kept.
        take(&mut rest, 4)?;
        let keep = match &kind {
            b"eXIf" => {
                orientation = read_orientation(content);
                false
            }
            b"acTL" => count_frames(u32::from_be_bytes(array(&mut &*content)?) as usize)?,
            b"fcTL" => {
                frames += 1;
                count_frames(frames)?
            }
            b"iCCP" => unfolds_small(content),
            b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"fdAT" | b"IEND" | b"gAMA" | b"cHRM" | b"sRGB" | b"cICP"
            | b"mDCV" | b"cLLI" | b"sBIT" | b"bKGD" | b"pHYs" => true,
            _ => false,
        };
        if keep {
            out.extend_from_slice(take(&mut &*whole, length + 12)?);
        }
        if &kind == b"IEND" {
            break;
        }
    }
    if orientation != Orientation::NoTransforms {
        // Behind the signature (8 bytes) and the header chunk (25).
        out.splice(33..33, png_chunk(*b"eXIf", &exif(orientation)));
    }
    Ok(Stripped {
        bytes: out,
        orientation,
        working_bytes: 0,
    })
}

fn png_chunk(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let mut chunk = (content.len() as u32).to_be_bytes().to_vec();
    chunk.extend_from_slice(&kind);
    chunk.extend_from_slice(content);
    let mut checksum = Crc::new();
    checksum.update(&kind);
    checksum.update(content);
    chunk.extend_from_slice(&checksum.sum().to_be_bytes());
    chunk
}

/// Tells whether a PNG's colour profile (a name, a zero, the method, then zlib) unfolds to a size a profile may have.
fn unfolds_small(content: &[u8]) -> bool {
    let Some(name) = content.iter().position(|byte| *byte == 0) else {
        return false;
    };
    let packed = content.get(name + 2..).unwrap_or_default();
    let unfolded = io::copy(&mut ZlibDecoder::new(packed).take(PROFILE_BYTES + 1), &mut io::sink());
    unfolded.is_ok_and(|length| length <= PROFILE_BYTES)
}

fn gif(bytes: &[u8]) -> Result<Stripped, PictureError> {
    let mut rest = bytes;
    let screen: [u8; 13] = array(&mut rest)?;
    let [_, _, _, _, _, _, w0, w1, h0, h1, packed, _, _] = screen;
    check_size(u16::from_le_bytes([w0, w1]).into(), u16::from_le_bytes([h0, h1]).into())?;
    let mut out = screen.to_vec();
    out.extend_from_slice(color_table(&mut rest, packed)?);
    let mut frames = 0;
    loop {
        let whole = rest;
        let [block] = array(&mut rest)?;
        let keep = match block {
            // Padding that some old programs write between blocks.
            0x00 => false,
            0x21 => gif_extension(&mut rest)?,
            0x2c => {
                frames += 1;
                count_frames(frames)?;
                gif_frame(&mut rest)?
            }
            0x3b => true,
            _ => return Err(PictureError::NotAnImage),
        };
        if keep {
            out.extend_from_slice(take(&mut &*whole, whole.len() - rest.len())?);
        }
        if block == 0x3b {
            break;
        }
    }
    Ok(Stripped {
        bytes: out,
        orientation: Orientation::NoTransforms,
        working_bytes: 0,
    })
}

/// Reads past an extension; true if it is about how frames follow each other: timing, transparency, repetition.
fn gif_extension(rest: &mut &[u8]) -> Result<bool, PictureError> {
    let [label] = array(rest)?;
    let content = *rest;
    sub_blocks(rest)?;
    let length = content.len() - rest.len();
    let repetition = content.starts_with(b"\x0bNETSCAPE2.0\x03\x01") || content.starts_with(b"\x0bANIMEXTS1.0\x03\x01");
    // Longer ones, within the letter of the format, would carry something else.
    Ok((label == 0xf9 && length == 6) || (label == 0xff && repetition && length <= 32))
}

/// Reads past a frame, whose size need not be that of the screen.
fn gif_frame(rest: &mut &[u8]) -> Result<bool, PictureError> {
    let [_, _, _, _, w0, w1, h0, h1, packed] = array(rest)?;
    check_size(u16::from_le_bytes([w0, w1]).into(), u16::from_le_bytes([h0, h1]).into())?;
    color_table(rest, packed)?;
    let [_code_size] = array(rest)?;
    sub_blocks(rest)?;
    Ok(true)
}

fn color_table<'a>(rest: &mut &'a [u8], packed: u8) -> Result<&'a [u8], PictureError> {
    if packed & 0x80 == 0 {
        return Ok(&[]);
    }
    take(rest, 6 << (packed & 7))
}

/// Reads past a row of sub-blocks and the zero at its end.
fn sub_blocks(rest: &mut &[u8]) -> Result<(), PictureError> {
    loop {
        let [length] = array(rest)?;
        if length == 0 {
            return Ok(());
        }
        take(rest, length.into())?;
    }
}

/// The bits of a WebP's VP8X flags that tell of EXIF and XMP blocks.
const WEBP_EXIF: u8 = 0x08;
const WEBP_XMP: u8 = 0x04;

fn webp(bytes: &[u8]) -> Result<Stripped, PictureError> {
    let mut header = bytes;
    take(&mut header, 4)?;
    let size = u32::from_le_bytes(array(&mut header)?) as usize;
    // What the size counts begins with "WEBP"; what lies behind it is not part of the picture.
    let mut rest = take(&mut header, size)?;
    take(&mut rest, 4)?;
    let mut out = b"RIFF\0\0\0\0WEBP".to_vec();
    let (mut orientation, mut flags_at) = (Orientation::NoTransforms, None);
    // The cost is the decoder's working memory in bytes a pixel, beside the pixel itself.
    let (mut frames, mut pixels, mut cost) = (0, 0, 0);
    while rest.len() >= 8 {
        let (kind, content) = riff_chunk(&mut rest)?;
        match &kind {
            b"VP8X" => {
                let [flags, reserved @ .., w0, w1, w2, h0, h1, h2]: [u8; 10] = array(&mut &*content)?;
                let (width, height) = (u24([w0, w1, w2]) + 1, u24([h0, h1, h2]) + 1);
                check_size(width.into(), height.into())?;
                pixels = pixels.max(u64::from(width) * u64::from(height));
                flags_at = Some(out.len() + 8);
                let [r0, r1, r2] = reserved;
                push_riff(
                    &mut out,
                    kind,
                    &[flags & !(WEBP_EXIF | WEBP_XMP), r0, r1, r2, w0, w1, w2, h0, h1, h2],
                );
            }
            b"EXIF" => orientation = read_orientation(content),
            b"ANMF" => {
                frames += 1;
                count_frames(frames)?;
                cost = cost.max(10);
                push_riff(&mut out, kind, &webp_frame(content)?);
            }
            b"VP8 " | b"VP8L" | b"ALPH" => {
                if let Some((width, height)) = coded_size(kind, content)? {
                    pixels = pixels.max(width * height);
                }
                cost = cost.max(match &kind {
                    b"VP8 " => 2,
                    b"VP8L" => 4,
                    _ => 7,
                });
                push_riff(&mut out, kind, content);
            }
            b"ICCP" | b"ANIM" => push_riff(&mut out, kind, content),
            _ => {}
        }
    }
    match flags_at.and_then(|at: usize| out.get_mut(at)) {
        Some(flags) if orientation != Orientation::NoTransforms => {
            *flags |= WEBP_EXIF;
            push_riff(&mut out, *b"EXIF", &exif(orientation));
        }
        Some(_) => {}
        // Only the extended form has metadata; whatever the file says elsewhere, nobody would turn it.
        None => orientation = Orientation::NoTransforms,
    }
    let size = (out.len() as u32).wrapping_sub(8).to_le_bytes();
    out.splice(4..8, size);
    Ok(Stripped {
        bytes: out,
        orientation,
        working_bytes: pixels * cost,
    })
}

/// A frame of an animation: its header, then what draws it.
fn webp_frame(content: &[u8]) -> Result<Vec<u8>, PictureError> {
    let mut rest = content;
    let header: [u8; 16] = array(&mut rest)?;
    let [_, _, _, _, _, _, w0, w1, w2, h0, h1, h2, ..] = header;
    let stated = (u64::from(u24([w0, w1, w2])) + 1, u64::from(u24([h0, h1, h2])) + 1);
    check_size(stated.0, stated.1)?;
    let mut frame = header.to_vec();
    while rest.len() >= 8 {
        let (kind, content) = riff_chunk(&mut rest)?;
        if matches!(&kind, b"ALPH" | b"VP8 " | b"VP8L") {
            // The decoder believes both sizes and runs out of the smaller one.
            if coded_size(kind, content)?.is_some_and(|size| size != stated) {
                return Err(PictureError::NotAnImage);
            }
            push_riff(&mut frame, kind, content);
        }
    }
    Ok(frame)
}

/// The width and height that a coded image states itself, checked; `None` for what has none.
fn coded_size(kind: [u8; 4], content: &[u8]) -> Result<Option<(u64, u64)>, PictureError> {
    let (width, height) = match (&kind, content) {
        (b"VP8 ", [_, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, ..]) => (
            u16::from_le_bytes([*w0, *w1]) & 0x3fff,
            u16::from_le_bytes([*h0, *h1]) & 0x3fff,
        ),
        (b"VP8L", [0x2f, b0, b1, b2, b3, ..]) => {
            let bits = u32::from_le_bytes([*b0, *b1, *b2, *b3]);
            ((bits & 0x3fff) as u16 + 1, (bits >> 14 & 0x3fff) as u16 + 1)
        }
        (b"VP8 " | b"VP8L", _) => return Err(PictureError::NotAnImage),
        _ => return Ok(None),
    };
    check_size(width.into(), height.into())?;
    Ok(Some((width.into(), height.into())))
}

fn riff_chunk<'a>(rest: &mut &'a [u8]) -> Result<([u8; 4], &'a [u8]), PictureError> {
    let kind = array(rest)?;
    let length = u32::from_le_bytes(array(rest)?) as usize;
    let content = take(rest, length)?;
    // Chunks begin at even places; some programs leave out the padding of the last one.
    take(rest, (length % 2).min(rest.len()))?;
    Ok((kind, content))
}

fn push_riff(out: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) {
    out.extend_from_slice(&kind);
    out.extend_from_slice(&(content.len() as u32).to_le_bytes());
    out.extend_from_slice(content);
    if content.len() % 2 == 1 {
        out.push(0);
    }
}

fn u24([low, middle, high]: [u8; 3]) -> u32 {
    u32::from_le_bytes([low, middle, high, 0])
}

/// Refuses a frame too many; true otherwise.
fn count_frames(frames: usize) -> Result<bool, PictureError> {
    if frames > MAX_FRAMES {
        return Err(PictureError::TooLarge);
    }
    Ok(true)
}

/// The orientation that an EXIF block asks for, with or without JPEG's prefix, which some programs write into WebP too.
fn read_orientation(block: &[u8]) -> Orientation {
    let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    Orientation::from_exif_chunk(block).unwrap_or(Orientation::NoTransforms)
}

/// An EXIF block whose only entry is the orientation.
fn exif(orientation: Orientation) -> [u8; 26] {
    let mut block = *b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    let [.., value, _, _, _, _, _, _] = &mut block;
    *value = orientation.to_exif();
    block
}

/// Splits the next `length` bytes off; a file that has fewer is no picture.
fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], PictureError> {
    let (head, tail) = rest.split_at_checked(length).ok_or(PictureError::NotAnImage)?;
    *rest = tail;
    Ok(head)
}

/// The same for a number of bytes known beforehand.
fn array<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], PictureError> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or(PictureError::NotAnImage)?;
    *rest = tail;
    Ok(*head)
}
