//! Makes the README's pictures; `cargo xtask screenshots` builds the site first and runs this.

use anyhow::Result;
use xtask::workspace;

fn main() -> Result<()> {
    wavetank_tests::browser::take_all(&workspace::root().join("docs"))
}
