//! A picture as PNG: twice the logical size, drawn six times as large and scaled down, which
//! gives lines the smooth edges that plotters' bitmaps lack.

use super::RenderError;
use super::paint::{Kind, Painter};
use super::palette::indexed;
use crate::figure::{Figure, heading};
use plotters::drawing::IntoDrawingArea;
use plotters::prelude::BitMapBackend;
use std::cell::RefCell;

/// Pixels of the file in one logical pixel.
const DENSITY: u32 = 2;
/// Pixels drawn in one pixel of the file, in each direction.
const SAMPLES: u32 = 3;
/// 96 logical pixels an inch, in pixels of the file a metre.
const PIXELS_PER_METRE: u32 = 96 * DENSITY * 10_000 / 254;

/// Draws a figure with its words as PNG.
pub fn png(figure: &Figure) -> Result<Vec<u8>, RenderError> {
    let (words, down) = heading(figure);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sizes of pictures are small"
    )]
    let (width, height) =
        (figure.width.ceil() as u32 * DENSITY, (figure.height + down).ceil() as u32 * DENSITY);
    let (wide, high) = (width * SAMPLES, height * SAMPLES);
    let failed = |error: String| RenderError::new(&figure.name, error);

    // White all over.
    let small = CANVAS.with_borrow_mut(|pixels| {
        pixels.clear();
        pixels.resize(wide as usize * high as usize * 3, 255);
        let area = BitMapBackend::with_buffer(pixels, (wide, high)).into_drawing_area();
        let scale = f64::from(DENSITY * SAMPLES);
        let painter = |down| Painter { area: &area, kind: Kind::Pixels, scale, down };
        for (mark, down) in
            words.iter().map(|m| (m, 0.0)).chain(figure.marks.iter().map(|m| (m, down)))
        {
            painter(down).draw(mark).map_err(|error| failed(error.to_string()))?;
        }
        area.present().map_err(|error| failed(error.to_string()))?;
        drop(area);
        Ok(shrink(pixels, wide as usize))
    })?;
    encode(&small, width, height).map_err(|error| failed(error.to_string()))
}

thread_local! {
    /// What is drawn on, kept for the next picture: memory touched for the first time is dear.
    static CANVAS: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Each pixel is the mean of those drawn for it.
fn shrink(pixels: &[u8], wide: usize) -> Vec<u8> {
    const ROW: usize = SAMPLES as usize;
    const ALL: u16 = 9;
    const { assert!(SAMPLES == 3, "below, three and three are added") };
    let row = wide * 3;
    let mut small = vec![0; pixels.len() / (ROW * ROW)];
    let mut sums = vec![0u16; row];
    // Sums of nine bytes fit into 16 bits: a check of each would keep the loops from being vectorised.
    let add = |a: u16, b: u16| a.wrapping_add(b);
    for (band, small) in pixels.chunks_exact(row * ROW).zip(small.chunks_exact_mut(row / ROW)) {
        // Down first, then across: the long loop has no jumps in it.
        sums.fill(0);
        for line in band.chunks_exact(row) {
            for (sum, &value) in sums.iter_mut().zip(line) {
                *sum = add(*sum, u16::from(value));
            }
        }
        for (pixel, small) in sums.chunks_exact(3 * ROW).zip(small.chunks_exact_mut(3)) {
            for (channel, small) in small.iter_mut().enumerate() {
                let across = add(add(pixel[channel], pixel[channel + 3]), pixel[channel + 6]);
                let mean = add(across, ALL / 2) / ALL;
                *small = u8::try_from(mean).unwrap_or(u8::MAX);
            }
        }
    }
    small
}

fn encode(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let indexed = indexed(pixels);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(indexed.palette);
    encoder.set_compression(png::Compression::Default);
    encoder.set_filter(png::FilterType::NoFilter);
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: PIXELS_PER_METRE,
        yppu: PIXELS_PER_METRE,
        unit: png::Unit::Meter,
    }));
    encoder.add_text_chunk("Software".to_owned(), "sb-report".to_owned())?;
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&indexed.pixels)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Anchor, Ink, Mark, Stroke};

    #[test]
    fn twice_the_size_with_text_and_smooth_edges() {
        let mut figure = Figure {
            name: "a".to_owned(),
            subject: String::new(),
            title: String::new(),
            subtitle: String::new(),
            key: Vec::new(),
            width: 100.0,
            height: 50.0,
            marks: vec![Mark::Rect {
                at: (0.0, 0.0),
                size: (10.0, 10.0),
                ink: Ink::Series(1),
                opacity: 1.0,
            }],
        };
        figure.line((20.0, 10.0), (90.0, 40.0), Stroke::solid(Ink::Text, 2.0));
        figure.text((20.0, 40.0), Anchor::Start, Ink::Text, "n = 3");
        let file = png(&figure).unwrap();
        let mut decoder = png::Decoder::new(file.as_slice());
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let (_, down) = heading(&figure);
        assert_eq!((f64::from(info.width), f64::from(info.height)), (200.0, (50.0 + down) * 2.0));
        let greys = pixels
            .chunks(3)
            .filter(|p| p[0] > 60 && p[0] < 220 && p[0].abs_diff(p[2]) < 20)
            .count();
        assert!(greys > 50, "edges are smooth: {greys}");
        assert!(pixels.chunks(3).any(|p| p == [0xC9, 0x4F, 0x00]));
    }
}
