//! Making a picture small: scaling and encoding.
//!
//! Promise: never larger than the picture, in its colours, and of nothing but pixels and a colour profile.
//!
//! Rejected: WebP, whose encoder here is the lossless one only; and scaling with one good filter alone, which on forty
//! megapixels takes seconds.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageEncoder, RgbaImage};

use super::{Format, PictureError};

/// Shrinks to `side` pixels on the longest side; what is smaller keeps its size. Gives RGB or, if anything is
/// transparent, RGBA, with 8 bits a colour.
pub(super) fn shrink(image: DynamicImage, side: u32) -> DynamicImage {
    let opaque = !image.color().has_alpha();
    let image = if image.width().max(image.height()) > side {
        scale(image, side)
    } else {
        image
    };
    if opaque {
        return image.into_rgb8().into();
    }
    // Screenshots and GIFs nearly always have an alpha channel that says nothing.
    let pixels = image.into_rgba8();
    if pixels.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
        return DynamicImage::from(pixels).into_rgb8().into();
    }
    pixels.into()
}

/// Encodes as PNG if the picture has an alpha channel, else as JPEG of this quality (1 to 100).
pub(super) fn encode(
    image: &DynamicImage,
    profile: Option<Vec<u8>>,
    quality: u8,
) -> Result<(Vec<u8>, Format), PictureError> {
    let mut bytes = Vec::new();
    if image.color().has_alpha() {
        encode_with(PngEncoder::new(&mut bytes), image, profile)?;
        return Ok((bytes, Format::Png));
    }
    encode_with(JpegEncoder::new_with_quality(&mut bytes, quality), image, profile)?;
    Ok((bytes, Format::Jpeg))
}

/// Encodes with a colour profile.
pub(super) fn encode_with(
    mut encoder: impl ImageEncoder,
    image: &DynamicImage,
    profile: Option<Vec<u8>>,
) -> Result<(), PictureError> {
    if let Some(profile) = profile {
        // A picture in slightly wrong colours is better than none.
        let _ = encoder.set_icc_profile(profile);
    }
    Ok(image.write_with_encoder(encoder)?)
}

/// Scales down to `side` pixels on the longest side.
fn scale(mut image: DynamicImage, side: u32) -> DynamicImage {
    let longest = image.width().max(image.height());
    let target = |length: u32| {
        (f64::from(length) * f64::from(side) / f64::from(longest))
            .round()
            .max(1.0) as u32
    };
    let (width, height) = (target(image.width()), target(image.height()));
    // Without this, the unseen colour of transparent pixels would leave a rim around what is seen.
    premultiply(&mut image);
    // The good filter is slow and hungry on a large picture, so a plain average takes it near the size first.
    if longest > side.saturating_mul(3) {
        image = image.thumbnail_exact(width.saturating_mul(2), height.saturating_mul(2));
    }
    image = image.resize_exact(width, height, FilterType::Lanczos3);
    if !image.color().has_alpha() {
        return image;
    }
    let mut pixels = image.into_rgba8();
    unpremultiply(&mut pixels);
    pixels.into()
}

/// Weighs each colour by its opacity, so that an average of pixels counts only what is seen.
fn premultiply(image: &mut DynamicImage) {
    match image {
        DynamicImage::ImageLumaA8(pixels) => weigh(pixels, 2, u8::MAX.into()),
        DynamicImage::ImageRgba8(pixels) => weigh(pixels, 4, u8::MAX.into()),
        DynamicImage::ImageLumaA16(pixels) => weigh(pixels, 2, u16::MAX.into()),
        DynamicImage::ImageRgba16(pixels) => weigh(pixels, 4, u16::MAX.into()),
        _ => {}
    }
}

fn weigh<T: Copy + Into<u32> + TryFrom<u32>>(samples: &mut [T], channels: usize, most: u32) {
    for pixel in samples.chunks_exact_mut(channels) {
        let Some((alpha, colours)) = pixel.split_last_mut() else {
            continue;
        };
        let alpha: u32 = (*alpha).into();
        for colour in colours {
            let weighed = ((*colour).into() * alpha + most / 2) / most;
            *colour = T::try_from(weighed).unwrap_or(*colour);
        }
    }
}

/// Undoes [`premultiply`].
fn unpremultiply(pixels: &mut RgbaImage) {
    for pixel in pixels.pixels_mut() {
        let [colours @ .., alpha] = &mut pixel.0;
        let alpha = u32::from(*alpha);
        for colour in colours {
            let full = (u32::from(*colour) * 255 + alpha / 2)
                .checked_div(alpha)
                .unwrap_or_default();
            *colour = u8::try_from(full).unwrap_or(u8::MAX);
        }
    }
}
