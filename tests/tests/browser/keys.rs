//! Everything on the way from the verdict to an injected fault works by keyboard alone.

use anyhow::{Result, bail};
use fantoccini::key::Key;
use wavetank_tests::browser::{Page, id, visit};

async fn press(page: &Page, key: Key) -> Result<()> {
    page.press(&key.to_string()).await
}

/// The waterline, in seconds since the start.
async fn now(page: &Page) -> Result<u64> {
    Ok(page
        .attribute(&id("slider"), "aria-valuenow")
        .await?
        .parse()?)
}

/// Goes on by Tab until the element of this test id has the focus.
async fn tab_to(page: &Page, name: &str) -> Result<()> {
    let is_there = format!("return document.activeElement?.dataset.testid === '{name}'");
    for _ in 0..60 {
        if page.evaluate(&is_there).await? == true {
            return Ok(());
        }
        press(page, Key::Tab).await?;
    }
    bail!("Tab never reaches {name}");
}

#[test]
fn space_plays_and_arrows_step() {
    visit("/", async |page| {
        page.settle().await?;
        let is_playing = async |page: &Page| page.attribute(&id("play"), "aria-pressed").await;
        press(page, Key::Home).await?;
        let start = async || Ok(now(page).await? == 0);
        assert!(page.wait_until(start).await?);
        page.press(" ").await?;
        assert_eq!(is_playing(page).await?, "true");
        let moved = async || Ok(now(page).await? > 0);
        assert!(page.wait_until(moved).await?, "time passes");
        page.press(" ").await?;
        assert_eq!(is_playing(page).await?, "false");
        let before = now(page).await?;
        for _ in 0..5 {
            press(page, Key::Right).await?;
        }
        let is_later = async || Ok(now(page).await? > before);
        assert!(page.wait_until(is_later).await?, "the arrow steps on");
        let later = now(page).await?;
        for _ in 0..5 {
            press(page, Key::Left).await?;
        }
        let is_earlier = async || Ok(now(page).await? < later);
        assert!(page.wait_until(is_earlier).await?, "and back");
        Ok(())
    })
    .expect("the page starts");
}

#[test]
fn n_goes_to_the_next_bad_event_and_shows_its_causes() {
    visit("/", async |page| {
        page.settle().await?;
        press(page, Key::Home).await?;
        page.press("n").await?;
        let chosen = "[data-testid=event][aria-pressed=true]";
        page.find(chosen).await?;
        assert_eq!(page.attribute(chosen, "data-level").await?, "bad");
        let explained = "[data-testid=causes] [aria-current=true]";
        page.find(explained).await?;
        let (first, row) = (page.text(explained).await?, page.text(chosen).await?);
        page.press("n").await?;
        let is_next = async || {
            Ok(page.n_elements(explained).await? == 1 && page.text(explained).await? != first)
        };
        assert!(page.wait_until(is_next).await?, "n goes on");
        // The log shows the end of the chosen instant, so of many events at once not every one.
        page.press("n").await?;
        page.press("n").await?;
        let is_shown =
            async || Ok(page.n_elements(chosen).await? == 1 && page.text(chosen).await? != row);
        assert!(page.wait_until(is_shown).await?, "the log goes along");
        Ok(())
    })
    .expect("the page starts");
}

#[test]
fn sheets_open_by_a_key_and_close_by_escape() {
    let palette = format!("{}k{}", Key::Control, Key::Null);
    visit("/", async |page| {
        page.settle().await?;
        for (keys, sheet) in [
            ("?", "keys-sheet"),
            (&palette, "palette"),
            ("i", "inject-sheet"),
            ("p", "plan-sheet"),
        ] {
            page.press(keys).await?;
            page.find(&id(sheet)).await?;
            press(page, Key::Escape).await?;
            let is_gone = async || Ok(page.n_elements(&id(sheet)).await? == 0);
            assert!(page.wait_until(is_gone).await?, "{sheet} stays");
        }
        Ok(())
    })
    .expect("the page starts");
}

#[test]
fn the_palette_finds_a_cluster() {
    let palette = format!("{}k{}", Key::Control, Key::Null);
    visit("/", async |page| {
        page.settle().await?;
        let name = page.attribute(&id("cluster-card"), "data-cluster").await?;
        page.press(&palette).await?;
        page.find(&id("palette")).await?;
        page.press(&name).await?;
        press(page, Key::Enter).await?;
        page.wait_for_text(&id("object"), &name).await
    })
    .expect("the page starts");
}

#[test]
fn the_whole_way_from_verdict_to_injected_fault_needs_no_mouse() {
    visit("/", async |page| {
        page.settle().await?;
        let before = page.digest().await?;
        page.press("e").await?;
        page.find("[data-testid=causes] [aria-current=true]")
            .await?;
        page.press("i").await?;
        page.find(&id("inject-sheet")).await?;
        tab_to(page, "inject").await?;
        press(page, Key::Enter).await?;
        page.wait_for_other_digest(&before).await?;
        page.press("e").await?;
        page.find(&id("cause")).await?;
        Ok(())
    })
    .expect("the page starts");
}
