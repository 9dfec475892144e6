//! The page can be used by everyone, as far as a machine can tell.

use anyhow::Result;
use wavetank_tests::browser::{Page, Scheme, Viewport, id, visit};

async fn check_state(page: &Page, state: &str) -> Result<()> {
    let found = page.serious_axe_findings().await?;
    assert_eq!(found, [""; 0], "{state}");
    Ok(())
}

/// The main screen, the sheets and the issues of a file.
#[track_caller]
fn check_axe(viewport: Viewport, scheme: Scheme) {
    visit("/", async |page| {
        page.set_viewport(viewport).await?;
        page.set_scheme(scheme).await?;
        page.settle().await?;
        check_state(page, "the main screen").await?;
        if page.find(&id("tab-blast")).await?.is_displayed().await? {
            page.click(&id("tab-blast")).await?;
            page.find(&id("blast-row")).await?;
            check_state(page, "the blast radius").await?;
        }
        for (key, sheet) in [
            ("i", "inject-sheet"),
            ("p", "plan-sheet"),
            ("?", "keys-sheet"),
        ] {
            page.press(key).await?;
            page.find(&id(sheet)).await?;
            check_state(page, sheet).await?;
            page.press("\u{e00c}").await?;
            let is_gone = async || Ok(page.n_elements(&id(sheet)).await? == 0);
            assert!(page.wait_until(is_gone).await?, "{sheet} stays");
        }
        page.drop_files(&[("broken.json", "{\"kind\":")]).await?;
        page.find(&id("issue")).await?;
        check_state(page, "the issues").await
    })
    .expect("the page starts");
}

#[test]
fn axe_finds_nothing_serious_on_a_light_desktop() {
    check_axe(Viewport::Desktop, Scheme::Light);
}

#[test]
fn axe_finds_nothing_serious_on_a_dark_desktop() {
    check_axe(Viewport::Desktop, Scheme::Dark);
}

#[test]
fn axe_finds_nothing_serious_on_a_light_phone() {
    check_axe(Viewport::Phone, Scheme::Light);
}

#[test]
fn axe_finds_nothing_serious_on_a_dark_phone() {
    check_axe(Viewport::Phone, Scheme::Dark);
}
