//! Pictures that customers send and that the engine draws anew.
//!
//! Whatever a file says that it is, it is refused, or drawn within the sides that were asked for as something that any reader opens.

use std::io::Cursor;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgb, RgbImage, Rgba, RgbaImage};

use crate::bytes::Bytes;
use crate::json;

const FORMATS: &[ImageFormat] = &[ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP];
/// Longest side that is asked for.
const SIDE: u32 = 48;

/// Draws the file that the bytes say.
pub fn picture(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let file = match bytes.below(8) {
        0 => data.to_vec(),
        _ => spoiled(&mut bytes),
    };
    let Some(drawn) = signoff_engine::pictures::drawn(&file, SIDE) else { return };
    assert!((1..=SIDE).contains(&drawn.width) && (1..=SIDE).contains(&drawn.height), "{drawn:?}");
    let (kind, pixels) = drawn.url.split_once(";base64,").expect("a data URL");
    assert!(["data:image/png", "data:image/jpeg"].contains(&kind), "{kind}");
    let again = image::load_from_memory(&BASE64_STANDARD.decode(pixels).expect("base64")).expect("a picture");
    assert_eq!((again.width(), again.height()), (drawn.width, drawn.height));
}

/// A picture, and then something else in a place or two.
fn spoiled(bytes: &mut Bytes<'_>) -> Vec<u8> {
    let format = bytes.pick(FORMATS).copied().unwrap_or(ImageFormat::Png);
    let (width, height) = (1 + u32::from(bytes.byte()), 1 + u32::from(bytes.byte() / 8));
    let shade = bytes.byte();
    let at = |x: u32, y: u32| u8::try_from((x * 7 + y * 13) % 256).unwrap_or_default() ^ shade;
    let picture: DynamicImage = match (bytes.below(3), format) {
        (0, _) | (_, ImageFormat::Jpeg) => {
            RgbImage::from_fn(width, height, |x, y| Rgb([at(x, y), at(y, x), shade])).into()
        }
        (1, ImageFormat::Png) => GrayImage::from_fn(width, height, |x, y| Luma([at(x, y)])).into(),
        _ => RgbaImage::from_fn(width, height, |x, y| Rgba([at(x, y), shade, at(y, x), at(x, x)])).into(),
    };
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).expect("a picture");
    let mut file = file.into_inner();
    for _ in 0..bytes.below(4) {
        json::spoil(&mut file, bytes);
    }
    if format == ImageFormat::Png {
        sum_up(&mut file);
    }
    file
}

/// Puts the right sum behind every chunk of a PNG: a wrong one is refused at once, and nothing behind it would be met.
fn sum_up(file: &mut [u8]) {
    let mut at = 8;
    while let Some(head) = file.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok()) {
        let end = usize::try_from(u32::from_be_bytes(head)).ok().and_then(|length| (at + 8).checked_add(length));
        let Some(end) = end else { return };
        let Some(summed) = file.get(at + 4..end) else { return };
        let mut sum = flate2::Crc::new();
        sum.update(summed);
        let sum = sum.sum().to_be_bytes();
        let Some(place) = file.get_mut(end..end + 4) else { return };
        place.copy_from_slice(&sum);
        at = end + 4;
    }
}
