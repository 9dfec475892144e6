//! How Wavetank looks, as data: colours, glyphs, and what each state looks like.
//!
//! The style sheet `styles/tokens.css` is made from [`tokens`] and a test holds the two equal, so
//! canvases and style sheets never disagree about a colour.

pub mod glyphs;
pub mod states;
pub mod tokens;

#[cfg(test)]
mod sight;
