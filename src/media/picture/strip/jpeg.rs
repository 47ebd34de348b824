//! JPEG's container, the one in which pictures and markers are mixed: between two scans anything may stand.

use image::metadata::Orientation;

use super::super::{check_size, PictureError};
use super::{array, exif, read_orientation, take, Stripped};

/// The most scans of a progressive picture: usual are about ten, and each is a pass over all pixels for a few bytes.
const MAX_SCANS: usize = 100;

const MARKER: u8 = 0xff;
const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
const HUFFMAN_TABLES: u8 = 0xc4;
const ARITHMETIC_TABLES: u8 = 0xcc;
const PROGRESSIVE: u8 = 0xc2;
const JFIF: u8 = 0xe0;
const EXIF: u8 = 0xe1;
const PROFILE: u8 = 0xe2;
const ADOBE: u8 = 0xee;

/// Rebuilds a JPEG without its metadata.
pub(super) fn jpeg(bytes: &[u8]) -> Result<Stripped, PictureError> {
    let mut rest = bytes;
    let mut out = take(&mut rest, 2)?.to_vec();
    let (mut orientation, mut exif_at) = (None, out.len());
    let (mut frame, mut scans, mut in_scan) = (None, 0, false);
    let mut working_bytes = 0;
    loop {
        let (data, marker) = next_marker(&mut rest)?;
        // What stands elsewhere than in a scan is junk, which decoders skip.
        if in_scan {
            out.extend_from_slice(data);
        }
        if marker == END {
            break;
        }
        let length = usize::from(u16::from_be_bytes(array(&mut rest)?));
        let content = take(&mut rest, length.checked_sub(2).ok_or(PictureError::NotAnImage)?)?;
        in_scan = marker == SCAN;
        match marker {
            SCAN => {
                scans += 1;
                if scans > MAX_SCANS {
                    return Err(PictureError::TooLarge);
                }
                let frame: &Frame = frame.as_ref().ok_or(PictureError::NotAnImage)?;
                working_bytes = frame.coefficients(content).max(working_bytes);
                push(&mut out, marker, content);
            }
            HUFFMAN_TABLES | ARITHMETIC_TABLES | 0xdb..=0xdd => push(&mut out, marker, content),
            0xc0..=0xcf => {
                // A second frame header would be another size for another reader.
                if frame.replace(Frame::read(marker, content)?).is_some() {
                    return Err(PictureError::NotAnImage);
                }
                push(&mut out, marker, content);
            }
            EXIF if content.starts_with(b"Exif\0\0") => orientation = orientation.or(Some(read_orientation(content))),
            JFIF | PROFILE | ADOBE if scans == 0 => {
                let first = out.len() == 2;
                push_application(&mut out, marker, content);
                // EXIF goes behind JFIF, which has to be the first of all.
                if marker == JFIF && first {
                    exif_at = out.len();
                }
            }
            _ => {}
        }
    }
    let orientation = orientation.unwrap_or(Orientation::NoTransforms);
    if orientation != Orientation::NoTransforms {
        let mut segment = Vec::new();
        push(
            &mut segment,
            EXIF,
            &[b"Exif\0\0".as_slice(), &exif(orientation)].concat(),
        );
        out.splice(exif_at..exif_at, segment);
    }
    out.extend_from_slice(&[MARKER, END]);
    Ok(Stripped {
        bytes: out,
        orientation,
        working_bytes,
    })
}

/// What a frame header says about the memory its decoding takes.
struct Frame {
    progressive: bool,
    components: u8,
    coefficients: u64,
}

impl Frame {
    fn read(marker: u8, content: &[u8]) -> Result<Self, PictureError> {
        let mut rest = content;
        let [_precision, h0, h1, w0, w1, components] = array(&mut rest)?;
        let (width, height) = (
            u64::from(u16::from_be_bytes([w0, w1])),
            u64::from(u16::from_be_bytes([h0, h1])),
        );
        check_size(width, height)?;
        // Each component has its own share of the pixels, told as two factors in one byte.
        let (mut across, mut down, mut area) = (1, 1, 0);
        for _ in 0..components {
            let [_id, factors, _table] = array(&mut rest)?;
            let (horizontal, vertical) = (u64::from(factors >> 4), u64::from(factors & 15));
            across = horizontal.max(across);
            down = vertical.max(down);
            area += horizontal * vertical;
        }
        let blocks = width.div_ceil(8 * across) * height.div_ceil(8 * down) * area;
        Ok(Self {
            progressive: marker == PROGRESSIVE,
            components,
            coefficients: blocks * 64 * 2,
        })
    }

    /// The bytes in which a decoder gathers all coefficients, two each, unless this scan alone has whole pixels.
    fn coefficients(&self, scan: &[u8]) -> u64 {
        let whole = !self.progressive && scan.first() == Some(&self.components);
        if whole {
            0
        } else {
            self.coefficients
        }
    }
}

/// Reads up to and past the next marker; gives what stood before it.
fn next_marker<'a>(rest: &mut &'a [u8]) -> Result<(&'a [u8], u8), PictureError> {
    let all = *rest;
    let mut from = 0;
    loop {
        let ahead = all.get(from..).unwrap_or_default();
        let at = from
            + ahead
                .iter()
                .position(|byte| *byte == MARKER)
                .ok_or(PictureError::NotAnImage)?;
        match all.get(at + 1) {
            // A plain 0xff in the data, and the marks by which a decoder finds its way again.
            Some(0x00 | 0xd0..=0xd7) => from = at + 2,
            // Padding in front of a marker.
            Some(&MARKER) => from = at + 1,
            // A second picture in the middle of this one, or an end without one.
            Some(&START | 0x01) | None => return Err(PictureError::NotAnImage),
            Some(marker) => {
                *rest = all.get(at + 2..).unwrap_or_default();
                return Ok((all.get(..at).unwrap_or_default(), *marker));
            }
        }
    }
}

/// Adds an application segment that the colours depend on; what else such a segment may hold (a preview) is left out.
fn push_application(out: &mut Vec<u8>, marker: u8, content: &[u8]) {
    match (marker, content) {
        (JFIF, [b'J', b'F', b'I', b'F', 0, version, minor, unit, x0, x1, y0, y1, ..]) => {
            push(
                out,
                marker,
                &[
                    b'J', b'F', b'I', b'F', 0, *version, *minor, *unit, *x0, *x1, *y0, *y1, 0, 0,
                ],
            );
        }
        (ADOBE, [b'A', b'd', b'o', b'b', b'e', ..]) => push(out, marker, content.get(..12).unwrap_or(content)),
        (PROFILE, content) if content.starts_with(b"ICC_PROFILE\0") => push(out, marker, content),
        _ => {}
    }
}

/// Adds a segment; what was read from one, or is shorter, fits into its 16-bit length.
fn push(out: &mut Vec<u8>, marker: u8, content: &[u8]) {
    out.extend_from_slice(&[MARKER, marker]);
    out.extend_from_slice(&(content.len() as u16 + 2).to_be_bytes());
    out.extend_from_slice(content);
}
