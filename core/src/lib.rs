//! Wavetank.
