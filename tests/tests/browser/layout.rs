//! Nothing is cut off or scrolls sideways: on a desktop, a phone, 320 pixels, or at 200 %.

use wavetank_tests::browser::{Scheme, Viewport, id, visit};

/// What sticks out of the window sideways though it should be seen.
const CUT_OFF: &str = "const width = document.documentElement.clientWidth;
    const named = ['headline', 'inject-button', 'play', 'slider', 'why', 'now', 'digest'];
    const cut = named.filter((name) => {
        const element = document.querySelector(`[data-testid=${name}]`);
        if (!element || !element.checkVisibility()) return false;
        const { left, right } = element.getBoundingClientRect();
        return left < -1 || right > width + 1;
    });
    if (document.documentElement.scrollWidth > width) cut.push('the page scrolls sideways');
    return cut;";

#[track_caller]
fn check_layout(viewport: Viewport, scheme: Scheme) {
    visit("/", async |page| {
        page.set_viewport(viewport).await?;
        page.set_scheme(scheme).await?;
        page.settle().await?;
        let cut_off = page.evaluate(CUT_OFF).await?;
        assert_eq!(cut_off, serde_json::json!([]), "{viewport:?} {scheme:?}");
        for name in ["headline", "play", "inject-button"] {
            let element = page.find(&id(name)).await?;
            assert!(element.is_displayed().await?, "{name} in {viewport:?}");
        }
        page.click(&id("inject-button")).await?;
        page.find(&id("inject-sheet")).await?;
        let cut_off = page.evaluate(CUT_OFF).await?;
        assert_eq!(cut_off, serde_json::json!([]), "with a sheet, {viewport:?}");
        page.click(&id("inject")).await
    })
    .expect("the page starts");
}

#[test]
fn nothing_is_cut_off_on_a_desktop() {
    check_layout(Viewport::Desktop, Scheme::Light);
}

#[test]
fn nothing_is_cut_off_on_a_phone() {
    check_layout(Viewport::Phone, Scheme::Dark);
}

#[test]
fn nothing_is_cut_off_at_320_pixels() {
    check_layout(Viewport::Narrow, Scheme::Light);
}

#[test]
fn nothing_is_cut_off_at_200_per_cent() {
    check_layout(Viewport::Zoomed, Scheme::Dark);
}

#[test]
fn every_pane_can_be_reached_on_a_phone() {
    visit("/", async |page| {
        page.set_viewport(Viewport::Phone).await?;
        page.settle().await?;
        for (tab, pane) in [
            ("phone-why", "causes"),
            ("phone-events", "event-log"),
            ("phone-levels", "levels"),
            ("phone-fleet", "fleet-map"),
            ("phone-waves", "gantt"),
        ] {
            page.click(&id(tab)).await?;
            let pane_is_shown = async || {
                let pane = page.find(&id(pane)).await?;
                Ok(pane.is_displayed().await?)
            };
            assert!(page.wait_until(pane_is_shown).await?, "{pane}");
            let cut_off = page.evaluate(CUT_OFF).await?;
            assert_eq!(cut_off, serde_json::json!([]), "{pane}");
        }
        Ok(())
    })
    .expect("the page starts");
}
