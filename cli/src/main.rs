//! Wavetank.

fn main() {}
