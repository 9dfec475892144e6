//! A fleet of 50 clusters, 5,000 nodes and 100,000 pods does not keep the page from answering.

use anyhow::{Result, ensure};
use wavetank_core::{snapshot, synth};
use wavetank_tests::browser::{Measure, Pace, Page, id, record, say, visit};
use wavetank_tests::rehearsals;

use crate::native;

/// The largest share of the whole time that one task of the page may take. Reading or rehearsing
/// on the page's own thread would take most of it; a bound in milliseconds would depend on the
/// machine, so the table has the milliseconds and the test has the share.
const LARGEST_SHARE: f64 = 0.1;

/// Loads a fleet by its name in the menu, and says how the page answered meanwhile.
async fn load(page: &Page, name: &str, n_clusters: u64) -> Result<Pace> {
    page.take_pace().await?;
    page.click(&id("fleet-menu")).await?;
    page.click(&id(name)).await?;
    if page.n_elements(&id("fleet-sheet")).await? > 0 {
        page.press("\u{e00c}").await?;
    }
    pace_until(page, name, n_clusters).await
}

async fn pace_until(page: &Page, name: &str, n_clusters: u64) -> Result<Pace> {
    // Somebody walks through the rows all the while.
    let is_there = async || {
        page.press("j").await?;
        Ok(page.count("n-clusters").await? == n_clusters)
    };
    ensure!(page.wait_until(is_there).await?, "{name} never came");
    let is_settled = async || {
        page.press("k").await?;
        Ok(page.n_elements(&id("digest")).await? == 1
            && page.n_elements(&id("progress")).await? == 0)
    };
    ensure!(page.wait_until(is_settled).await?, "{name} never rests");
    let pace = page.take_pace().await?;
    say(&format!(
        "{name}: {:.0} ms; longest task {:.0} ms; keys waited {:.0} ms at most; \
         a 10 ms clock {:.0} ms",
        pace.lasted_ms,
        pace.longest_task(),
        pace.longest_delay(),
        pace.longest_gap(),
    ));
    record(&Measure {
        name: &format!("Longest time that a key was not heard, {name}"),
        target: "≤ 100 ms",
        measured: format!("{:.0} ms", pace.longest_delay()),
    })?;
    Ok(pace)
}

fn record_longest_task(name: &str, pace: &Pace) -> Result<()> {
    record(&Measure {
        name: &format!("Longest task while {name}"),
        target: "≤ 100 ms",
        measured: format!(
            "{:.0} ms (0: none of 50 ms), {:.1} % of the time",
            pace.longest_task(),
            100.0 * pace.longest_task_share()
        ),
    })
}

#[test]
fn a_large_fleet_leaves_the_page_free_to_answer() {
    visit("/", async |page| {
        page.settle().await?;
        let pace = load(page, "large-fleet", 50).await?;
        assert!(page.count("n-nodes").await? >= 5_000);
        assert!(page.count("n-pods").await? >= 95_000);
        let name = "50 clusters, 5,000 nodes, 100,000 pods load and rehearse";
        record_longest_task(name, &pace)?;
        assert!(pace.longest_task_share() <= LARGEST_SHARE, "{pace:?}");
        load(page, "demo-fleet", 12).await?;
        Ok(())
    })
    .expect("the page starts");
}

#[test]
fn a_large_file_leaves_the_page_free_to_answer() {
    let snapshot = synth::generate(&rehearsals::large_fleet());
    let text = snapshot::to_json(&snapshot);
    let file = native::temporary("large-fleet.json", &text).expect("a file");
    visit("/", async |page| {
        page.settle().await?;
        page.take_pace().await?;
        page.open_files(&[&file]).await?;
        let pace = pace_until(page, "large-file", 50).await?;
        let megabytes = text.len() / 1_000_000;
        let name = format!("a file of the same fleet, {megabytes} MB, is read and rehearsed");
        record_longest_task(&name, &pace)?;
        assert!(pace.longest_task_share() <= LARGEST_SHARE, "{pace:?}");
        Ok(())
    })
    .expect("the page starts");
}
