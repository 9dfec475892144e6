//! The page opens into the demo fleet with its rehearsal already computed.

use wavetank_core::synth::FleetOptions;
use wavetank_core::trial::RunSettings;
use wavetank_tests::browser::{id, visit};
use wavetank_tests::rehearsals;

#[test]
fn the_demo_opens_computed() {
    visit("/", async |page| {
        page.settle().await?;
        let headline = page.text(&id("headline")).await?;
        assert!(headline.contains("of 12 clusters reach"), "{headline}");
        assert_eq!(page.count("n-clusters").await?, 12);
        assert!(page.count("n-nodes").await? >= 300);
        assert!(page.count("n-pods").await? >= 9_000);
        assert_eq!(page.n_elements(&id("cluster-card")).await?, 12);
        assert_eq!(page.n_elements(&id("lane")).await?, 12);
        assert_eq!(page.n_elements(&id("chart")).await?, 6);
        page.find(&id("event")).await?;
        page.find(&id("cause")).await?;
        assert_eq!(page.n_elements(".hint").await?, 0, "nothing is empty");
        Ok(())
    })
    .expect("the page starts");
}

#[test]
fn the_demo_in_the_browser_is_the_demo_in_the_core() {
    let mut trial = rehearsals::trial(&FleetOptions::default());
    let run = rehearsals::rehearse(&mut trial, RunSettings::default());
    visit("/", async |page| {
        page.settle().await?;
        assert_eq!(page.digest().await?, run.digest);
        assert!(
            page.text(&id("headline"))
                .await?
                .starts_with(&run.verdict.headline)
        );
        Ok(())
    })
    .expect("the page starts");
}

#[test]
fn the_page_draws_what_a_person_can_see() {
    visit("/", async |page| {
        page.settle().await?;
        // A canvas that nobody painted is one color all over.
        let painted = "const canvas = document.querySelector('[data-testid=cells]');
            const { data } = canvas.getContext('2d')
                .getImageData(0, 0, canvas.width, canvas.height);
            return new Set(new Uint32Array(data.buffer)).size;";
        let look = async || Ok(page.evaluate(painted).await?.as_u64() > Some(2));
        assert!(page.wait_until(look).await?, "the map of nodes is empty");
        assert!(
            page.n_elements("[data-testid=lane] svg, [data-testid=gantt] svg")
                .await?
                > 0
        );
        Ok(())
    })
    .expect("the page starts");
}
