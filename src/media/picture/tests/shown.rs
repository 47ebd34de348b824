//! What is taken: what stays of it and what goes.

use super::*;

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
                Format::Png => encode_with(PngEncoder::new(&mut bytes), &image, Some(profile.clone())).unwrap(),
                _ => encode_with(JpegEncoder::new(&mut bytes), &image, Some(profile.clone())).unwrap(),
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
