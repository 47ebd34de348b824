//! What is not taken, and that looking at it costs little.

use super::*;

#[test]
fn what_is_no_picture_of_the_four() {
    let rows: [&[u8]; 11] = [
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
        b"<!DOCTYPE html>",
    ];
    for bytes in rows {
        assert_eq!(inspect(bytes.to_vec()), Err(NotAnImage), "{bytes:?}");
        assert_eq!(portrait(bytes.to_vec()), Err(NotAnImage), "{bytes:?}");
    }
    // Its letters are the size of a screen, and an enormous one.
    assert!(inspect(b"GIF89a=1;alert(1)//aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".to_vec()).is_err());
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
    // A header too short to hold anything, behind which something is to be put.
    let mut short = b"\x89PNG\r\n\x1a\n".to_vec();
    for chunk in [
        png_chunk(b"IHDR", b""),
        png_chunk(b"eXIf", &exif_block(6)),
        png_chunk(b"IEND", b""),
    ] {
        short.extend(chunk);
    }
    assert_eq!(inspect(short), Err(NotAnImage));
    // Two sizes for two readers.
    let plain = file(Format::Jpeg, 60, 40);
    let second = insert(&plain, 2, &segment(0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]));
    assert_eq!(inspect(second), Err(NotAnImage));
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
