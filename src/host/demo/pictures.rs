//! Faces and photos, drawn: the same number gives the same picture, and nobody's copyright is in it.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

use crate::error::{Error, Result};

/// The side of a face in pixels.
const FACE: u32 = 240;
/// Cells of a face's pattern from side to side; the right half mirrors the left.
const CELLS: u32 = 5;
/// A photo's pixels.
const PHOTO: (u32, u32) = (1200, 800);

/// A number that looks like chance but is the same each time.
fn mixed(seed: u32, at: u32) -> u32 {
    let mut bits = seed.wrapping_mul(0x9e37_79b9) ^ at.wrapping_mul(0x85eb_ca6b);
    bits = (bits ^ (bits >> 16)).wrapping_mul(0x21f0_aaad);
    bits = (bits ^ (bits >> 15)).wrapping_mul(0x735a_2d97);
    bits ^ (bits >> 15)
}

/// A colour by its hue of 360, its saturation and its lightness.
fn colour(hue: u32, saturation: f32, lightness: f32) -> Rgb<u8> {
    let spread = saturation * lightness.min(1.0 - lightness);
    let part = |offset: f32| {
        let place = (offset + hue as f32 / 30.0) % 12.0;
        let value = lightness - spread * (place - 3.0).min(9.0 - place).clamp(-1.0, 1.0);
        (value * 255.0).round() as u8
    };
    Rgb([part(0.0), part(8.0), part(4.0)])
}

fn between(one: Rgb<u8>, other: Rgb<u8>, share: f32) -> Rgb<u8> {
    let part = |at: usize| {
        let (one, other) = (f32::from(one.0[at]), f32::from(other.0[at]));
        (one + (other - one) * share).round() as u8
    };
    Rgb([part(0), part(1), part(2)])
}

fn encoded(picture: &RgbImage, format: ImageFormat) -> Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).map_err(Error::internal)?;
    Ok(bytes.into_inner())
}

/// A face: a pattern of dots, as a PNG.
pub fn face(seed: u32) -> Result<Vec<u8>> {
    let hue = seed * 137 % 360;
    let (back, dot) = (colour(hue, 0.55, 0.88), colour(hue, 0.6, 0.42));
    let cell = FACE / (CELLS + 1);
    let margin = cell / 2;
    let picture = RgbImage::from_fn(FACE, FACE, |x, y| {
        let (Some(left), Some(top)) = (x.checked_sub(margin), y.checked_sub(margin)) else {
            return back;
        };
        let (column, row) = (left / cell, top / cell);
        if column >= CELLS || row >= CELLS {
            return back;
        }
        let mirrored = column.min(CELLS - 1 - column);
        let is_set = mixed(seed, row * CELLS + mirrored) % 5 > 1;
        let (dx, dy) = (
            (left % cell) as f32 - cell as f32 / 2.0,
            (top % cell) as f32 - cell as f32 / 2.0,
        );
        let share = (cell as f32 * 0.46 - dx.hypot(dy)).clamp(0.0, 1.0);
        match is_set {
            true => between(back, dot, share),
            false => back,
        }
    });
    encoded(&picture, ImageFormat::Png)
}

/// A photo of hills under a sun, as a JPEG.
pub fn hills(seed: u32) -> Result<Vec<u8>> {
    let (width, height) = (PHOTO.0 as f32, PHOTO.1 as f32);
    let hue = seed * 83 % 360;
    let (sky, horizon) = (colour(hue, 0.5, 0.55), colour(hue + 40, 0.8, 0.86));
    let sun = (width * (0.2 + (seed % 5) as f32 * 0.15), height * 0.3);
    let ridge = |layer: u32, x: f32| {
        let wave = |at: u32, length: f32, size: f32| {
            let phase = (mixed(seed, layer * 7 + at) % 628) as f32 / 100.0;
            (x / width * length + phase).sin() * size
        };
        height * (0.5 + 0.14 * layer as f32) + wave(0, 5.0, 46.0) + wave(1, 11.0, 20.0) + wave(2, 29.0, 5.0)
    };
    let picture = RgbImage::from_fn(PHOTO.0, PHOTO.1, |x, y| {
        let (x, y) = (x as f32, y as f32);
        for layer in (0..3).rev() {
            if y > ridge(layer, x) {
                return colour(hue + 90, 0.35, 0.46 - 0.12 * layer as f32);
            }
        }
        let glow = (90.0 - (x - sun.0).hypot(y - sun.1)).clamp(0.0, 1.0);
        between(between(sky, horizon, y / height * 1.6), Rgb([255, 244, 214]), glow)
    });
    encoded(&picture, ImageFormat::Jpeg)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::media::picture::{inspect, portrait};

    #[test]
    fn the_same_number_gives_the_same_picture_and_another_another() {
        assert_eq!(face(3).unwrap(), face(3).unwrap());
        assert_ne!(face(3).unwrap(), face(4).unwrap());
        assert_ne!(hills(1).unwrap(), hills(2).unwrap());
        assert_eq!(portrait(face(3).unwrap()).unwrap().width, FACE);
        let photo = inspect(hills(1).unwrap()).unwrap();
        assert_eq!((photo.width, photo.height), PHOTO);
    }
}
