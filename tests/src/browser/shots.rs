//! The pictures of the README, as a table: a state of the page, a size and a scheme.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::page::{Page, Scheme, Viewport, visit};

/// One picture.
#[derive(Clone, Copy, Debug)]
pub struct Shot {
    /// The file's name without `.png`.
    pub name: &'static str,
    /// The screen.
    pub viewport: Viewport,
    /// The colours.
    pub scheme: Scheme,
    /// Selectors to click, in order, from the page as it opens.
    pub clicks: &'static [&'static str],
    /// The element that exists once the state is reached.
    pub shows: &'static str,
}

/// Every picture that `cargo xtask screenshots` makes.
pub const SHOTS: &[Shot] = &[
    Shot {
        name: "rehearsal-light",
        viewport: Viewport::Desktop,
        scheme: Scheme::Light,
        clicks: &[],
        shows: "[data-testid=cause]",
    },
    Shot {
        name: "rehearsal-phone-dark",
        viewport: Viewport::Phone,
        scheme: Scheme::Dark,
        clicks: &[],
        shows: "[data-testid=cause]",
    },
];

/// Writes every picture into `folder`.
pub fn take_all(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for shot in SHOTS {
        visit("/", async |page| take(page, shot, folder).await)
            .with_context(|| format!("the picture {}", shot.name))?;
    }
    Ok(())
}

async fn take(page: &mut Page, shot: &Shot, folder: &Path) -> Result<()> {
    page.set_viewport(shot.viewport).await?;
    page.set_scheme(shot.scheme).await?;
    for selector in shot.clicks {
        page.click(selector).await?;
    }
    page.find(shot.shows).await?;
    fs::write(
        folder.join(shot.name).with_extension("png"),
        page.screenshot().await?,
    )?;
    Ok(())
}
