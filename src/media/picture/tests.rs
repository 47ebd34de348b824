#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use image::codecs::gif::GifEncoder;
use image::codecs::webp::WebPEncoder;
use image::{Frame, GenericImageView, Rgb, RgbImage, Rgba};

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

#[test]
fn each_format_is_known_by_its_bytes_and_stays_as_it_is() {
    for format in FORMATS {
        let bytes = file(format, 60, 40);
        let picture = inspect(bytes.clone()).unwrap();
        assert_eq!((picture.format, picture.width, picture.height), (format, 60, 40));
        assert!(picture.bytes == bytes, "{format:?}: nothing was to be removed");
        assert_eq!(Format::from_content_type(format.content_type()), Some(format));
    }
    for other in [
        "image/svg+xml",
        "image/jpg",
        "IMAGE/PNG",
        "text/html",
        "",
        "image/png; a=b",
    ] {
        assert_eq!(Format::from_content_type(other), None);
    }
}

#[test]
fn what_is_no_picture_of_the_four() {
    let rows: [&[u8]; 12] = [
        b"",
        b"GIF89a",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x04\0\0\0WEBP",
        b"RIFF\x04\0\0\0AVI ",
        b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
        b"II\x2a\0\x08\0\0\0",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a=1;alert(1)//aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        b"<!DOCTYPE html>",
    ];
    for bytes in rows {
        assert_eq!(inspect(bytes.to_vec()), Err(NotAnImage), "{bytes:?}");
        assert_eq!(portrait(bytes.to_vec()), Err(NotAnImage), "{bytes:?}");
    }
}

#[test]
fn metadata_goes_and_the_picture_stays() {
    for format in FORMATS {
        let bytes = talkative(format, 1);
        assert!(contains(&bytes, b"SECRET"));
        let picture = inspect(bytes.clone()).unwrap();
        assert!(!contains(&picture.bytes, b"SECRET"), "{format:?}");
        assert!(!contains(&picture.thumb, b"SECRET"), "{format:?}");
        assert!(picture.bytes.len() < bytes.len());
        assert_eq!(decoded(&picture.bytes), decoded(&bytes), "{format:?}");
        assert_eq!(
            inspect(picture.bytes.clone()).unwrap(),
            picture,
            "{format:?}: twice is as once"
        );
    }
}

#[test]
fn the_orientation_stays_and_the_place_goes() {
    for format in [Format::Png, Format::Jpeg, Format::Webp] {
        for value in 1..=8 {
            let picture = inspect(talkative(format, value)).unwrap();
            assert!(!contains(&picture.bytes, b"SECRET"), "{format:?} {value}");
            let reader = ImageReader::with_format(Cursor::new(&picture.bytes), format.decoder());
            let kept = reader.into_decoder().unwrap().orientation().unwrap();
            assert_eq!(kept.to_exif(), value, "{format:?}");
            let expected = if value < 5 { (60, 40) } else { (40, 60) };
            assert_eq!((picture.width, picture.height), expected, "{format:?} {value}");
        }
    }
}

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
fn floods_of_pixels_are_refused_by_their_header() {
    let flood = png_header(50_000, 50_000, 8, 2);
    assert_eq!(inspect(flood[..24].to_vec()), Err(TooLarge));
    let header = [
        [8].as_slice(),
        &50_000u16.to_be_bytes(),
        &50_000u16.to_be_bytes(),
        &[1, 1, 0x11, 0],
    ]
    .concat();
    let jpeg = [vec![0xff, 0xd8], segment(0xc0, &header)].concat();
    assert_eq!(inspect(jpeg), Err(TooLarge));
    let gif = [
        b"GIF89a".as_slice(),
        &50_000u16.to_le_bytes(),
        &50_000u16.to_le_bytes(),
        &[0, 0, 0],
    ]
    .concat();
    assert_eq!(inspect(gif), Err(TooLarge));
    assert_eq!(inspect(webp_of(&[vp8x(0, 50_000, 50_000)])), Err(TooLarge));
    for (width, height) in [(16_385, 1), (1, 16_385), (8_000, 5_001), (u32::MAX, u32::MAX)] {
        assert_eq!(
            inspect(png_header(width, height, 8, 2)),
            Err(TooLarge),
            "{width}x{height}"
        );
    }
    // Within the limits, so the next step sees that there is nothing else.
    for (width, height) in [(16_384, 1), (8_000, 5_000), (0, 5), (5, 0)] {
        assert_eq!(
            inspect(png_header(width, height, 8, 2)),
            Err(NotAnImage),
            "{width}x{height}"
        );
    }
}

#[test]
fn memory_is_counted_before_it_is_taken() {
    // 36 megapixels of 8 bytes.
    let deep = [
        png_header(6_000, 6_000, 16, 6),
        png_chunk(b"IDAT", b"\x78\x9c"),
        png_chunk(b"IEND", b""),
    ]
    .concat();
    assert_eq!(inspect(deep), Err(TooLarge));
    // The same area, progressive, all colours in full: 6 bytes of coefficients and 3 of picture for each pixel.
    let side = 6_000u16.to_be_bytes();
    let frame = [[8].as_slice(), &side, &side, &[3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]].concat();
    let scan = segment(0xda, &[1, 1, 0, 0, 0, 0]);
    let jpeg = |frame: Vec<u8>| [vec![0xff, 0xd8], frame, scan.clone(), vec![0xff, 0xd9]].concat();
    assert_eq!(inspect(jpeg(segment(0xc2, &frame))), Err(TooLarge));
    assert_eq!(
        inspect(jpeg(segment(0xc0, &frame))),
        Err(TooLarge),
        "one component a scan"
    );
}

#[test]
fn sizes_that_lie_inside_the_container_are_refused() {
    let mut gif = gif_of(1);
    gif[32..36].copy_from_slice(&[0xff; 4]);
    assert_eq!(inspect(gif), Err(TooLarge));
    let enormous = riff_chunk(b"VP8L", b"\x2f\xff\xff\xff\x0f\0\0\0\0");
    assert_eq!(inspect(webp_of(&[vp8x(0, 1, 1), enormous.clone()])), Err(TooLarge));
    assert_eq!(inspect(webp_of(&[enormous])), Err(TooLarge));
    let lossy = riff_chunk(b"VP8 ", b"\x10\0\0\x9d\x01\x2a\xff\x3f\xff\x3f");
    assert_eq!(inspect(webp_of(&[vp8x(0, 1, 1), lossy])), Err(TooLarge));
    // A frame whose own size is not the one its header states.
    let frame = [[0; 6].as_slice(), &[1, 0, 0, 1, 0, 0, 9, 0, 0, 0], &webp_image(8, 8)].concat();
    let animation = [vp8x(2, 8, 8), riff_chunk(b"ANIM", &[0; 6]), riff_chunk(b"ANMF", &frame)];
    assert_eq!(inspect(webp_of(&animation)), Err(NotAnImage));
}

#[test]
fn two_hundred_frames_and_not_one_more() {
    let picture = inspect(gif_of(200)).unwrap();
    assert_eq!(picture.bytes, gif_of(200));
    assert_eq!(inspect(gif_of(201)), Err(TooLarge));
    assert_eq!(inspect(gif_of(10_000)), Err(TooLarge));

    let webp = |frames: usize| {
        let frame = [[0; 6].as_slice(), &[7, 0, 0, 7, 0, 0, 9, 0, 0, 0], &webp_image(8, 8)].concat();
        webp_of(&[
            vp8x(2, 8, 8),
            riff_chunk(b"ANIM", &[0; 6]),
            riff_chunk(b"ANMF", &frame).repeat(frames),
        ])
    };
    assert_eq!(inspect(webp(200)).unwrap().bytes, webp(200));
    assert_eq!(inspect(webp(201)), Err(TooLarge));

    let plain = file(Format::Png, 8, 8);
    let claimed = png_chunk(b"acTL", b"\0\0\0\xc9\0\0\0\0");
    assert_eq!(inspect(insert(&plain, 33, &claimed)), Err(TooLarge));
    let present = png_chunk(b"fcTL", &[0; 26]).repeat(201);
    assert_eq!(inspect(insert(&plain, 33, &present)), Err(TooLarge));
}

#[test]
fn a_jpeg_of_a_thousand_scans_is_refused() {
    let frame = segment(0xc2, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]);
    let scan = segment(0xda, &[1, 1, 0, 0, 0, 0]);
    assert_eq!(
        inspect([vec![0xff, 0xd8], frame, scan.repeat(1000)].concat()),
        Err(TooLarge)
    );
}

#[test]
fn a_file_that_ends_early_is_no_picture() {
    for format in FORMATS {
        for bytes in [file(format, 8, 8), talkative(format, 6)] {
            for end in 0..bytes.len() {
                assert_eq!(
                    inspect(bytes[..end].to_vec()),
                    Err(NotAnImage),
                    "{format:?} cut at {end} of {}",
                    bytes.len()
                );
            }
        }
    }
}

#[test]
fn corrupt_pixels_are_no_picture() {
    let mut png = file(Format::Png, 60, 40);
    let at = png.len() - 20;
    png[at] ^= 0x55;
    assert_eq!(inspect(png), Err(NotAnImage));
    let mut gif = gif_of(1);
    gif[37] = 0x0c; // a code size that does not exist
    assert_eq!(inspect(gif), Err(NotAnImage));
    // A scan without any tables.
    let jpeg = [
        vec![0xff, 0xd8],
        segment(0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
        segment(0xda, &[1, 1, 0, 0, 63, 0]),
        vec![0, 0xff, 0xd9],
    ];
    assert_eq!(inspect(jpeg.concat()), Err(NotAnImage));
    // Two sizes for two readers.
    let plain = file(Format::Jpeg, 60, 40);
    let second = insert(&plain, 2, &segment(0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]));
    assert_eq!(inspect(second), Err(NotAnImage));
}

#[test]
fn what_follows_the_end_goes() {
    let script = b"*/=1;alert('SECRET')//<script>alert('SECRET')</script>PK\x03\x04";
    for format in FORMATS {
        let plain = file(format, 60, 40);
        let both = [plain.as_slice(), script, &file(Format::Jpeg, 8, 8)].concat();
        assert!(inspect(both).unwrap().bytes == plain, "{format:?}");
    }
    // A picture that is a script too: the width of the screen begins a comment that ends behind the picture.
    let mut gif = file(Format::Gif, 0x2a2f, 2);
    assert!(gif.starts_with(b"GIF89a/*"));
    gif.extend_from_slice(b"*/=1;alert(1)");
    let shown = inspect(gif).unwrap().bytes;
    assert!(!contains(&shown, b"alert"));
    assert_eq!(shown.last(), Some(&0x3b));
}

#[test]
fn animations_keep_frames_and_repetition() {
    let repeat = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0".as_slice();
    let gif = insert(&gif_of(3), 19, repeat);
    assert_eq!(inspect(gif.clone()).unwrap().bytes, gif);
    // The same block with a passenger.
    let loaded = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\x20SECRETSECRETSECRETSECRETSECRET!!\0";
    assert_eq!(inspect(insert(&gif_of(3), 19, loaded)).unwrap().bytes, gif_of(3));
    // Padding between blocks, and a delay block with a passenger.
    assert_eq!(
        inspect(insert(&gif_of(3), 19, b"\0\0\x21\xf9\x04\0\0\0\0\x06SECRET\0"))
            .unwrap()
            .bytes,
        gif_of(3)
    );
}

#[test]
fn previews_and_second_pictures_go() {
    let mut plain = file(Format::Jpeg, 60, 40);
    let profile_at = 2 + 2 + 16;
    assert_eq!(plain[2..4], [0xff, 0xe0]);
    let jfif = segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01RGB");
    let jfxx = segment(0xe0, b"JFXX\0\x10SECRET");
    let adobe = segment(0xee, b"Adobe\0\x64\0\0\0\0\x01SECRET");
    plain = [&[0xff, 0xd8], jfif.as_slice(), &jfxx, &adobe, &plain[profile_at..]].concat();
    let picture = inspect(plain.clone()).unwrap();
    assert!(!contains(&picture.bytes, b"SECRET"));
    assert!(contains(
        &picture.bytes,
        &segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0")
    ));
    assert!(contains(&picture.bytes, &segment(0xee, b"Adobe\0\x64\0\0\0\0\x01")));
    assert_eq!(decoded(&picture.bytes), decoded(&plain));
}

#[test]
fn colour_profiles_stay() {
    let rgb = [[0; 16].as_slice(), b"RGB ", &[7; 500]].concat();
    let gray = [[0; 16].as_slice(), b"GRAY", &[7; 500]].concat();
    let large = [[0; 16].as_slice(), b"RGB ", &[7; 5_000]].concat();
    for (profile, carried) in [(rgb, true), (gray, false), (large, false)] {
        for format in [Format::Png, Format::Jpeg] {
            let mut bytes = Vec::new();
            let image = scene(60, 40).into();
            match format {
                Format::Png => encode(PngEncoder::new(&mut bytes), &image, Some(profile.clone())).unwrap(),
                _ => encode(JpegEncoder::new(&mut bytes), &image, Some(profile.clone())).unwrap(),
            }
            let picture = inspect(bytes.clone()).unwrap();
            assert!(picture.bytes == bytes, "{format:?}");
            for small in [picture.thumb, portrait(bytes).unwrap().bytes] {
                let mut decoder = ImageReader::new(Cursor::new(&small))
                    .with_guessed_format()
                    .unwrap()
                    .into_decoder()
                    .unwrap();
                assert_eq!(
                    decoder.icc_profile().unwrap(),
                    carried.then(|| profile.clone()),
                    "{format:?}"
                );
            }
        }
    }
}

#[test]
fn a_profile_that_unfolds_to_gigabytes_goes() {
    let mut packer = flate2::write::ZlibEncoder::new(b"icc\0\0".to_vec(), flate2::Compression::best());
    std::io::Write::write_all(&mut packer, &vec![0; 8 * 1024 * 1024]).unwrap();
    let bomb = png_chunk(b"iCCP", &packer.finish().unwrap());
    assert!(bomb.len() < 20_000);
    let plain = file(Format::Png, 60, 40);
    assert!(inspect(insert(&plain, 33, &bomb)).unwrap().bytes == plain);
    assert!(
        inspect(insert(&plain, 33, &png_chunk(b"iCCP", b"no zero")))
            .unwrap()
            .bytes
            == plain
    );
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
    // White inside, and black where nothing is seen.
    let disc = |width: u32, height: u32| {
        RgbaImage::from_fn(width, height, |x, y| {
            let (dx, dy) = (
                f64::from(x) / f64::from(width) - 0.5,
                f64::from(y) / f64::from(height) - 0.5,
            );
            if dx.hypot(dy) < 0.4 {
                Rgba([255; 4])
            } else {
                Rgba([0; 4])
            }
        })
    };
    for image in [
        DynamicImage::from(disc(1000, 900)),
        DynamicImage::from(disc(3000, 500)).into_rgba16().into(),
        DynamicImage::from(disc(1000, 900)).into_luma_alpha8().into(),
    ] {
        let picture = inspect(encoded(Format::Png, image)).unwrap();
        assert_eq!(picture.thumb_format, Format::Png);
        let thumb = decoded(&picture.thumb).into_rgba8();
        assert_eq!(thumb.get_pixel(0, 0).0[3], 0);
        assert_eq!(thumb.get_pixel(thumb.width() / 2, thumb.height() / 2).0, [255; 4]);
        let rim = thumb
            .pixels()
            .filter(|pixel| pixel.0[3] > 16 && pixel.0[..3].iter().any(|colour| *colour < 230));
        assert_eq!(rim.count(), 0, "no dark rim");
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

#[test]
fn a_decoder_that_panics_costs_one_picture() {
    assert_eq!(shielded(|| panic!("as a decoder would")), Err(NotAnImage));
}

#[test]
fn damaged_files_never_give_what_can_not_be_read_again() {
    // A fixed row of numbers, so that a failure comes again.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % limit
    };
    let mut taken = 0;
    for round in 0..4000 {
        let mut bytes = talkative(FORMATS[round % 4], 6);
        for _ in 0..1 + below(3) {
            let at = below(bytes.len());
            match below(4) {
                0 => bytes[at] = 0xff,
                1 => bytes[at] ^= 1 << below(8),
                2 => drop(bytes.drain(at..bytes.len().min(at + 9))),
                _ => bytes = insert(&bytes, at, &[below(256) as u8, 0xff, 0xd9]),
            }
        }
        if let Ok(picture) = inspect(bytes) {
            taken += 1;
            let again = inspect(picture.bytes.clone()).expect("what was taken is a picture");
            assert_eq!(
                (&again.bytes, again.width, again.height),
                (&picture.bytes, picture.width, picture.height),
                "round {round}"
            );
        }
    }
    assert!(taken > 100, "{taken} of 4000 were still pictures");
}
