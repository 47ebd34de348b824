//! Thumbnails and portraits.

use super::*;

#[test]
fn thumbnails_and_portraits_are_upright() {
    for value in 1..=8 {
        let bytes = talkative(Format::Jpeg, value);
        let mut expected: DynamicImage = scene(60, 40).into();
        expected.apply_orientation(Orientation::from_exif(value).unwrap());
        let picture = inspect(bytes.clone()).unwrap();
        let made = portrait(bytes).unwrap();
        for small in [&picture.thumb, &made.bytes, &made.thumb] {
            let small = decoded(small);
            assert_eq!(small.dimensions(), expected.dimensions(), "{value}");
            for (x, y) in [
                (5, 5),
                (small.width() - 5, 5),
                (5, small.height() - 5),
                (small.width() - 5, small.height() - 5),
            ] {
                let red = |image: &DynamicImage| image.get_pixel(x, y).0[1] < 128;
                assert_eq!(red(&small), red(&expected), "{value} at {x},{y}");
            }
        }
        assert_eq!((made.width, made.height), expected.dimensions());
    }
}

#[test]
fn thumbnails_have_at_most_480_pixels_a_side_and_never_more_than_the_picture() {
    let rows = [
        ((1200, 800), (480, 320)),
        ((800, 4000), (96, 480)),
        ((481, 481), (480, 480)),
        ((480, 20), (480, 20)),
        ((7, 3), (7, 3)),
        ((16_384, 1), (480, 1)),
    ];
    for ((width, height), expected) in rows {
        for format in [Format::Png, Format::Jpeg] {
            let picture = inspect(file(format, width, height)).unwrap();
            assert_eq!((picture.width, picture.height), (width, height));
            assert_eq!(picture.thumb_format, Format::Jpeg);
            assert_eq!(decoded(&picture.thumb).dimensions(), expected);
        }
    }
}

#[test]
fn transparency_stays_transparent_and_opaque_pictures_become_jpeg() {
    // Grey inside, and white where nothing is seen.
    const GREY: Rgba<u8> = Rgba([100, 100, 100, 255]);
    let disc = |width: u32, height: u32| {
        RgbaImage::from_fn(width, height, |x, y| {
            let (dx, dy) = (
                f64::from(x) / f64::from(width) - 0.5,
                f64::from(y) / f64::from(height) - 0.5,
            );
            if dx.hypot(dy) < 0.4 {
                GREY
            } else {
                Rgba([255, 255, 255, 0])
            }
        })
    };
    let large = DynamicImage::from(disc(3000, 500));
    for image in [
        disc(1000, 900).into(),
        large.to_rgba16().into(),
        large.to_luma_alpha8().into(),
        large.to_luma_alpha16().into(),
    ] {
        let picture = inspect(encoded(Format::Png, image)).unwrap();
        assert_eq!(picture.thumb_format, Format::Png);
        let thumb = decoded(&picture.thumb).into_rgba8();
        assert_eq!(thumb.get_pixel(0, 0).0[3], 0);
        assert_eq!(*thumb.get_pixel(thumb.width() / 2, thumb.height() / 2), GREY);
        let rim = thumb
            .pixels()
            .filter(|pixel| pixel.0[3] > 16 && pixel.0[..3].iter().any(|colour| colour.abs_diff(100) > 20));
        assert_eq!(rim.count(), 0, "no rim of the colour that is not seen");
    }
    let opaque = DynamicImage::from(scene(600, 400)).into_rgba8();
    assert_eq!(
        inspect(encoded(Format::Png, opaque.into())).unwrap().thumb_format,
        Format::Jpeg
    );
    let see_through = inspect(encoded(Format::Webp, disc(20, 20).into())).unwrap();
    assert_eq!(decoded(&see_through.thumb).into_rgba8(), disc(20, 20));
}

#[test]
fn portraits_are_made_anew() {
    for format in FORMATS {
        let bytes = talkative(format, 1);
        let picture = portrait([bytes.as_slice(), b"SECRET"].concat()).unwrap();
        assert_eq!(
            (picture.format, picture.width, picture.height),
            (Format::Jpeg, 60, 40),
            "{format:?}"
        );
        assert!(!contains(&picture.bytes, b"SECRET") && !contains(&picture.bytes, b"Exif"));
        assert_eq!(inspect(picture.bytes.clone()).unwrap().bytes, picture.bytes);
    }
    let large = portrait(file(Format::Jpeg, 3000, 1500)).unwrap();
    assert_eq!((large.width, large.height), (1024, 512));
    assert_eq!(decoded(&large.bytes).dimensions(), (1024, 512));
    assert_eq!(decoded(&large.thumb).dimensions(), (480, 240));
    let clear = portrait(encoded(Format::Png, RgbaImage::new(2000, 100).into())).unwrap();
    assert_eq!(
        (clear.format, clear.thumb_format, clear.width, clear.height),
        (Format::Png, Format::Png, 1024, 51)
    );
    assert_eq!(portrait(gif_of(201)), Err(TooLarge));
    assert_eq!(portrait(png_header(50_000, 50_000, 8, 2)), Err(TooLarge));
}
