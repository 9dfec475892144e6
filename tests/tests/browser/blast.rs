//! The page tells which services are hit, as the core does, and why each of them is.

use wavetank_core::synth::FleetOptions;
use wavetank_core::trial::RunSettings;
use wavetank_tests::browser::{id, visit};
use wavetank_tests::rehearsals;

#[test]
fn the_worst_service_is_told_first_and_a_click_explains_it() {
    visit("/", async |page| {
        page.settle().await?;
        page.click(&id("tab-blast")).await?;
        let mut trial = rehearsals::trial(&FleetOptions::default());
        let run = rehearsals::rehearse(&mut trial, RunSettings::default());
        let headline = page.text(&id("blast-headline")).await?;
        assert_eq!(headline, run.blast_radius.headline);
        let worst = &run.blast_radius.rows[0];
        let text = page.text(&id("blast-row")).await?;
        for part in [&worst.service, &worst.cluster_name, &worst.because] {
            assert!(text.contains(part.as_str()), "{part}: {text}");
        }
        page.click("[data-testid=blast-row] button").await?;
        page.wait_for_text(&id("causes"), &worst.because).await
    })
    .expect("the page starts");
}
