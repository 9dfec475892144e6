//! The pictures of the README, as a table: a state of the page, a size and a scheme.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::hands::id;
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
    /// What happens before the picture is taken.
    pub scene: Scene,
}

/// What happens before a picture is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// The page as it opens.
    Opened,
    /// The CNI breaks in wave 2, and the causes are asked for.
    Broken,
}

/// Every picture that `cargo xtask screenshots` makes.
pub const SHOTS: &[Shot] = &[
    Shot {
        name: "rehearsal-light",
        viewport: Viewport::Desktop,
        scheme: Scheme::Light,
        scene: Scene::Opened,
    },
    Shot {
        name: "rehearsal-dark",
        viewport: Viewport::Desktop,
        scheme: Scheme::Dark,
        scene: Scene::Broken,
    },
    Shot {
        name: "rehearsal-phone",
        viewport: Viewport::Phone,
        scheme: Scheme::Light,
        scene: Scene::Opened,
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

async fn take(page: &Page, shot: &Shot, folder: &Path) -> Result<()> {
    page.set_viewport(shot.viewport).await?;
    page.set_scheme(shot.scheme).await?;
    page.settle().await?;
    if shot.scene == Scene::Broken {
        page.break_cni_in_wave_2().await?;
        page.click(&id("why")).await?;
    }
    page.find(&id("cause")).await?;
    page.rest().await?;
    let file = folder.join(shot.name).with_extension("png");
    Ok(fs::write(file, page.screenshot().await?)?)
}
