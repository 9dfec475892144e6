//! Paints a cluster's node cells on a canvas, in the look that the states' table gives them.

use wasm_bindgen::JsCast as _;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, Path2d};

use super::browser::window;
use crate::design::glyphs::{Glyph, Paint};
use crate::design::states::{self, Fill};
use crate::design::tokens::{PANEL, Shade, WATERLINE};
use crate::draw::nodes::{Grid, Occupant};

/// What is painted.
pub(crate) struct Cells<'a> {
    pub(crate) grid: &'a Grid,
    pub(crate) occupants: &'a [Occupant],
    pub(crate) selected: Option<u32>,
    pub(crate) shade: Shade,
    pub(crate) width: f64,
}

/// Glyphs are drawn in cells at least this wide.
const GLYPH_SIDE: f64 = 8.0;

/// Paints all cells.
pub(crate) fn cells(canvas: &HtmlCanvasElement, cells: &Cells<'_>) {
    let density = window().device_pixel_ratio().max(1.0);
    canvas.set_width((cells.width * density) as u32);
    canvas.set_height(((cells.grid.height + 1.0) * density) as u32);
    let Some(context) = context(canvas) else {
        return;
    };
    let _ = context.scale(density, density);
    for (corner, occupant) in cells.grid.cells.iter().zip(cells.occupants) {
        cell(&context, *corner, *occupant, cells);
    }
}

fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok().flatten()?.dyn_into().ok()
}

fn cell(
    context: &CanvasRenderingContext2d,
    (x, y): (f64, f64),
    occupant: Occupant,
    cells: &Cells<'_>,
) {
    let look = states::node(occupant.state);
    let side = cells.grid.side;
    let ground = PANEL.in_shade(cells.shade);
    let color = look.token.in_shade(cells.shade);
    let inside = |per_cent| color.over(ground, per_cent).to_string();
    if look.fill == Fill::Dotted {
        // An empty place is no node: a dot that keeps the grid, nothing with a border.
        let middle = side / 2.0 - 1.0;
        fill(context, &inside(45), x + middle, y + middle, 2.0, 2.0);
        return;
    }
    match look.fill {
        Fill::Solid => fill(context, &inside(100), x, y, side, side),
        Fill::Pale => fill(context, &inside(26), x, y, side, side),
        Fill::Outline => fill(context, &inside(7), x, y, side, side),
        Fill::Half => {
            fill(context, &inside(16), x, y, side, side);
            fill(context, &inside(100), x, y + side / 2.0, side, side / 2.0);
        }
        Fill::Dotted => {}
    }
    let line = if look.fill == Fill::Outline {
        inside(45)
    } else {
        inside(100)
    };
    context.set_stroke_style_str(&line);
    context.set_line_width(1.0);
    context.stroke_rect(x + 0.5, y + 0.5, side - 1.0, side - 1.0);
    if let Some(shape) = look.glyph.filter(|_| side >= GLYPH_SIDE) {
        let ink = if look.fill == Fill::Solid {
            ground
        } else {
            color
        };
        glyph(context, shape, &ink.to_string(), (x, y), side);
    }
    if occupant.node.is_some() && occupant.node == cells.selected {
        context.set_stroke_style_str(&WATERLINE.css(cells.shade));
        context.set_line_width(2.0);
        context.stroke_rect(x - 0.5, y - 0.5, side + 1.0, side + 1.0);
    }
}

fn fill(context: &CanvasRenderingContext2d, color: &str, x: f64, y: f64, width: f64, height: f64) {
    context.set_fill_style_str(color);
    context.fill_rect(x, y, width, height);
}

fn glyph(
    context: &CanvasRenderingContext2d,
    glyph: Glyph,
    color: &str,
    (x, y): (f64, f64),
    side: f64,
) {
    let (path, paint) = glyph.shape();
    let Ok(path) = Path2d::new_with_path_string(path) else {
        return;
    };
    context.save();
    let _ = context.translate(x + 1.0, y + 1.0);
    let scale = (side - 2.0) / 16.0;
    let _ = context.scale(scale, scale);
    match paint {
        Paint::Fill => {
            context.set_fill_style_str(color);
            context.fill_with_path_2d(&path);
        }
        Paint::Stroke => {
            context.set_stroke_style_str(color);
            context.set_line_width(2.4);
            context.stroke_with_path(&path);
        }
    }
    context.restore();
}
