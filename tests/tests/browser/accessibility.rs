//! The page can be used by everyone, as far as a machine can tell.

use wavetank_tests::browser::{Scheme, Viewport, visit};

#[track_caller]
fn check_axe(viewport: Viewport, scheme: Scheme) {
    visit("/", async |page| {
        page.set_viewport(viewport).await?;
        page.set_scheme(scheme).await?;
        page.find("main").await?;
        assert_eq!(page.serious_axe_findings().await?, [""; 0]);
        Ok(())
    })
    .expect("the page starts");
}

#[test]
fn axe_finds_nothing_serious_on_a_desktop() {
    check_axe(Viewport::Desktop, Scheme::Light);
}

#[test]
fn axe_finds_nothing_serious_on_a_phone_in_the_dark() {
    check_axe(Viewport::Phone, Scheme::Dark);
}
