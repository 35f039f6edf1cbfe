//! What was measured, on one HTML page: no script, nothing from elsewhere, light or dark as its reader has it.
//!
//! [`Page`] is put together part by part; [`svg`] draws its pictures.

mod page;
mod picture;

pub use page::{Cell, Key, Look, Page, Tile, escaped};
pub use picture::{Area, Colours, Drawing, FONT, INK, PictureError, RULE, WIDTH, svg};
