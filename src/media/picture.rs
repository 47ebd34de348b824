//! Pictures: looking at what a stranger sent, and making of it something that can be shown.
//!
//! Promise: bytes that come out of here are one of four formats, were decoded whole (of an animation: its first frame)
//! within 256 MiB of memory, say nothing about where, when and by what they were made, and hold nothing after the
//! end of the picture. What is decoded is exactly what is served, because the container is rebuilt first and decoded
//! then. The name and the type that came with the bytes are never asked.
//!
//! Rejected: encoding every photo anew, which costs quality and kills animations; only the container is rewritten, see
//! `strip`. Rejected too: decoding all frames of an animation (seconds of work for a yes or no), and SVG, TIFF, HEIC,
//! AVIF and BMP, which browsers run, do not all show, or for which there is no decoder without unsafe code.
//!
//! Decoding takes up to about a second of one core: call it on a blocking thread, and not on many at once.

mod small;
mod strip;

use std::io::Cursor;
use std::panic::catch_unwind;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use small::{encode, shrink};

/// The largest area in pixels; phones take 12 to 24 million unless told otherwise.
const MAX_PIXELS: u64 = 40_000_000;
/// The longest side in pixels.
const MAX_SIDE: u32 = 16_384;
/// The most frames of an animation: each costs whoever looks at it as much as a picture.
const MAX_FRAMES: usize = 200;
/// What decoding may have in memory at one time, in bytes, the decoded picture included.
const DECODE_BYTES: u64 = 256 * 1024 * 1024;
/// The longest side of a thumbnail in pixels.
const THUMB_SIDE: u32 = 480;
/// The longest side of a profile or chat picture in pixels.
const PORTRAIT_SIDE: u32 = 1024;
/// The largest colour profile in bytes that a thumbnail carries; those of phones and cameras have about 500.
const SMALL_PROFILE: usize = 4 * 1024;

/// The formats that are ever shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    Png,
    Jpeg,
    Webp,
    Gif,
}

impl Format {
    /// The media type, as sent in `Content-Type`.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
        }
    }

    /// The format that [`Format::content_type`] gives this name, or `None`: then the bytes are not to be shown.
    pub fn from_content_type(content_type: &str) -> Option<Self> {
        [Self::Png, Self::Jpeg, Self::Webp, Self::Gif]
            .into_iter()
            .find(|format| format.content_type() == content_type)
    }

    /// The format whose magic number the bytes begin with.
    fn sniff(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            _ => None,
        }
    }

    fn decoder(self) -> ImageFormat {
        match self {
            Self::Png => ImageFormat::Png,
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Webp => ImageFormat::WebP,
            Self::Gif => ImageFormat::Gif,
        }
    }
}

/// A picture that may be shown, with its thumbnail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The format of `bytes`.
    pub format: Format,
    /// The picture without metadata; the same bytes that came when there was none.
    pub bytes: Vec<u8>,
    /// Pixels from left to right as displayed, its orientation applied.
    pub width: u32,
    /// Pixels from top to bottom as displayed, its orientation applied.
    pub height: u32,
    /// The first frame, upright, at most 480 pixels on its longest side and never larger than the picture.
    pub thumb: Vec<u8>,
    /// The format of `thumb`: PNG if anything in it is transparent, else JPEG.
    pub thumb_format: Format,
}

/// Why bytes are not taken as a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// Another format, or a corrupt or incomplete file.
    #[error("not an image, or a corrupted one")]
    NotAnImage,
    /// More pixels or frames, or more memory needed to decode it, than is allowed.
    #[error("an image of too many pixels or frames")]
    TooLarge,
}

impl From<ImageError> for PictureError {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooLarge,
            _ => Self::NotAnImage,
        }
    }
}

/// Checks a photo, takes its metadata out without touching its pixels, and makes its thumbnail.
pub fn inspect(bytes: Vec<u8>) -> Result<Picture, PictureError> {
    shielded(|| {
        let source = Source::open(&bytes)?;
        let mut small = shrink(source.image, THUMB_SIDE);
        small.apply_orientation(source.orientation);
        let (thumb, thumb_format) = encode(&small, source.profile, 80)?;
        let Source {
            format,
            bytes,
            width,
            height,
            ..
        } = source;
        Ok(Picture {
            format,
            bytes,
            width,
            height,
            thumb,
            thumb_format,
        })
    })
}

/// Makes a profile or chat picture: the first frame, upright, at most 1024 pixels on its longest side, encoded anew.
pub fn portrait(bytes: Vec<u8>) -> Result<Picture, PictureError> {
    shielded(|| {
        let source = Source::open(&bytes)?;
        let mut large = shrink(source.image, PORTRAIT_SIDE);
        large.apply_orientation(source.orientation);
        let (width, height) = (large.width(), large.height());
        let (bytes, format) = encode(&large, source.profile.clone(), 85)?;
        let (thumb, thumb_format) = encode(&shrink(large, THUMB_SIDE), source.profile, 80)?;
        Ok(Picture {
            format,
            bytes,
            width,
            height,
            thumb,
            thumb_format,
        })
    })
}

/// Runs the work on one picture, so that a decoder which panics over hostile bytes costs that picture and nothing else.
fn shielded(
    work: impl FnOnce() -> Result<Picture, PictureError> + std::panic::UnwindSafe,
) -> Result<Picture, PictureError> {
    catch_unwind(work).unwrap_or(Err(PictureError::NotAnImage))
}

/// A picture that passed all checks.
struct Source {
    format: Format,
    bytes: Vec<u8>,
    width: u32,
    height: u32,
    orientation: Orientation,
    /// The colour profile, if thumbnails should carry it.
    profile: Option<Vec<u8>>,
    /// The first frame as stored, not turned.
    image: DynamicImage,
}

impl Source {
    /// Header first, then the container, then the pixels: each step is only reached by what passed the cheaper one.
    fn open(bytes: &[u8]) -> Result<Self, PictureError> {
        let format = Format::sniff(bytes).ok_or(PictureError::NotAnImage)?;
        let stripped = strip::strip(format, bytes)?;
        let mut limits = Limits::no_limits();
        limits.max_alloc = Some(DECODE_BYTES);
        let mut reader = ImageReader::with_format(Cursor::new(&stripped.bytes), format.decoder());
        reader.limits(limits.clone());
        let mut decoder = reader.into_decoder()?;
        let (width, height) = decoder.dimensions();
        check_size(width.into(), height.into())?;
        limits.reserve(stripped.working_bytes)?;
        limits.reserve(decoder.total_bytes())?;
        decoder.set_limits(limits)?;
        let profile = decoder
            .icc_profile()
            .ok()
            .flatten()
            .filter(|profile| small_rgb(profile));
        let image = DynamicImage::from_decoder(decoder)?;
        let (width, height) = upright(width, height, stripped.orientation);
        Ok(Self {
            format,
            bytes: stripped.bytes,
            width,
            height,
            orientation: stripped.orientation,
            profile,
            image,
        })
    }
}

/// Refuses an area or a side beyond the limits, and an image of nothing.
fn check_size(width: u64, height: u64) -> Result<(), PictureError> {
    if width == 0 || height == 0 {
        return Err(PictureError::NotAnImage);
    }
    if width.max(height) > u64::from(MAX_SIDE) || width * height > MAX_PIXELS {
        return Err(PictureError::TooLarge);
    }
    Ok(())
}

/// Width and height as displayed.
fn upright(width: u32, height: u32, orientation: Orientation) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            (height, width)
        }
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => (width, height),
    }
}

/// Tells whether a thumbnail, which is always RGB, needs this profile for its colours and is not mostly made of it.
fn small_rgb(profile: &[u8]) -> bool {
    profile.len() <= SMALL_PROFILE && profile.get(16..20) == Some(b"RGB ")
}

#[cfg(test)]
mod tests;
