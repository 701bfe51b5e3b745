//! Drawing a picture anew: whatever the file contained beside its pixels is gone, and what is too much is never unpacked.
//!
//! The decoders are those of the `image` crate, in Rust: kept by many, read by fuzzers, and able to be told how much they may take. Vector
//! graphics are documents with scripts and are not among them.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::cache::pictures::Kept;

/// What is drawn.
const FORMATS: [ImageFormat; 4] = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP];
/// Longest side of what is unpacked.
const LONGEST_SIDE: u32 = 20_000;
/// Pixels of what is unpacked: a large camera's, and no bomb's.
const MOST_PIXELS: u64 = 50_000_000;
/// Memory that a decoder may ask for.
const MOST_BYTES: u64 = 256 * 1024 * 1024;
/// JPEG's, of what has no transparent parts: nobody sees the difference at this size.
const QUALITY: u8 = 84;

/// Nothing that can be shown.
#[derive(Debug, thiserror::Error)]
pub(super) enum Undrawable {
    /// It is of no kind that is drawn, or broken.
    #[error("no picture: {0}")]
    Unreadable(#[from] image::ImageError),
    /// Its kind cannot be found out.
    #[error("unreadable: {0}")]
    Io(#[from] std::io::Error),
    /// It would unpack to too much.
    #[error("{0} × {1} pixels")]
    TooMuch(u32, u32),
    /// It is something else than it was said to be.
    #[error("no kind of picture that is drawn")]
    Kind,
}

/// Whether a file of this media type is worth fetching to be drawn.
pub(super) fn is_drawable(media_type: &str) -> bool {
    ImageFormat::from_mime_type(media_type).is_some_and(|format| FORMATS.contains(&format))
}

/// Draws a file so that its longer side is at most `side`. Of something that moves, the first picture.
pub(super) fn draw(bytes: &[u8], side: u32) -> Result<Kept, Undrawable> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    if !reader.format().is_some_and(|format| FORMATS.contains(&format)) {
        return Err(Undrawable::Kind);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    // The decoders count what they need beside the picture, not the picture itself.
    if pixels == 0 || pixels > MOST_PIXELS || decoder.total_bytes() > MOST_BYTES {
        return Err(Undrawable::TooMuch(width, height));
    }
    // Notes beside the pixels that cannot be read are no reason not to show them.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    if width.max(height) > side {
        picture = picture.thumbnail(side, side);
    }
    picture.apply_orientation(orientation);
    write(&picture)
}

fn write(picture: &DynamicImage) -> Result<Kept, Undrawable> {
    let (width, height) = (picture.width(), picture.height());
    let mut bytes = Vec::new();
    let media_type = if picture.color().has_alpha() {
        let flat = DynamicImage::ImageRgba8(picture.to_rgba8());
        flat.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)?;
        "image/png"
    } else {
        JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&picture.to_rgb8())?;
        "image/jpeg"
    };
    Ok(Kept { media_type: media_type.to_owned(), width, height, bytes })
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        picture.into().write_to(&mut Cursor::new(&mut bytes), format).expect("a picture");
        bytes
    }

    #[test]
    fn pictures_are_drawn_anew_and_no_larger_than_asked() {
        let wide = RgbImage::from_pixel(1_000, 500, Rgb([200, 10, 10]));
        for format in FORMATS {
            let drawn = draw(&file(wide.clone(), format), 100).expect("drawn");
            assert_eq!((drawn.width, drawn.height), (100, 50), "{format:?}");
            let again = image::load_from_memory(&drawn.bytes).expect("what was drawn is a picture").to_rgb8();
            assert!(again.get_pixel(50, 25).0[0] > 150, "{format:?} keeps its colour");
        }
        let small = RgbaImage::from_pixel(3, 2, Rgba([1, 2, 3, 0]));
        let drawn = draw(&file(small, ImageFormat::Png), 100).expect("drawn");
        assert_eq!((drawn.width, drawn.height, drawn.media_type.as_str()), (3, 2, "image/png"), "and never blown up");
    }

    #[test]
    fn what_is_no_picture_or_too_much_is_refused_before_it_is_unpacked() {
        for page in ["<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "<html><script>", "", "GIF89a"] {
            assert!(draw(page.as_bytes(), 100).is_err(), "{page}");
        }
        // 30,000 × 30,000 pixels in a head, and nothing behind it.
        let mut bomb = file(RgbImage::new(1, 1), ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
        assert!(draw(&bomb, 100).is_err());
        // Within the sides, beyond the pixels: sixty million, really there.
        let bomb = file(image::GrayImage::new(10_000, 6_000), ImageFormat::Png);
        assert!(bomb.len() < 1_000_000, "a bomb is small: {}", bomb.len());
        assert!(matches!(draw(&bomb, 100), Err(Undrawable::TooMuch(10_000, 6_000))));
        let whole = file(RgbImage::from_pixel(64, 64, Rgb([9, 9, 9])), ImageFormat::Jpeg);
        assert!(draw(&whole[..40], 100).is_err(), "cut off");
        assert!(!is_drawable("image/svg+xml") && !is_drawable("text/html") && is_drawable("image/webp"));
    }
}
