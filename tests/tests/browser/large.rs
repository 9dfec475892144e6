//! A fleet of 50 clusters, 5,000 nodes and 100,000 pods does not keep the page from answering.

use anyhow::{Result, ensure};
use wavetank_core::{snapshot, synth};
use wavetank_tests::browser::{Measure, Page, id, record, say, visit};
use wavetank_tests::rehearsals;

use crate::native;

/// The longest time that the page may miss input for, in milliseconds.
const LONGEST_MS: f64 = 100.0;
/// Other programs make a task longer and never shorter, so the best attempt is nearest to what
/// the page itself needs.
const N_ATTEMPTS: usize = 3;

/// Loads a fleet by its name in the menu, and says how long the page was busy at most.
async fn load(page: &Page, name: &str, n_clusters: u64) -> Result<f64> {
    page.take_pace().await?;
    page.click(&id("fleet-menu")).await?;
    page.click(&id(name)).await?;
    if page.n_elements(&id("fleet-sheet")).await? > 0 {
        page.press("\u{e00c}").await?;
    }
    busy_until(page, name, n_clusters).await
}

async fn busy_until(page: &Page, name: &str, n_clusters: u64) -> Result<f64> {
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
        "{name}: longest task {:.0} ms; keys waited {:.0} ms at most; a 10 ms clock {:.0} ms",
        pace.longest_task(),
        pace.longest_delay(),
        pace.longest_gap(),
    ));
    record(&Measure {
        name: &format!("Longest time that a key was not heard, {name}"),
        target: "≤ 100 ms",
        measured: format!("{:.0} ms", pace.longest_delay()),
    })?;
    Ok(pace.longest_task())
}

#[test]
fn a_large_fleet_keeps_the_page_waiting_for_100_ms_at_most() {
    visit("/", async |page| {
        page.settle().await?;
        let mut best = f64::INFINITY;
        for _ in 0..N_ATTEMPTS {
            best = best.min(load(page, "large-fleet", 50).await?);
            assert!(page.count("n-nodes").await? >= 5_000);
            assert!(page.count("n-pods").await? >= 95_000);
            if best <= LONGEST_MS {
                break;
            }
            load(page, "demo-fleet", 12).await?;
        }
        record(&Measure {
            name: "Longest task while 50 clusters, 5,000 nodes, 100,000 pods load and rehearse",
            target: "≤ 100 ms",
            measured: format!("{best:.0} ms (0: none of 50 ms)"),
        })?;
        assert!(best <= LONGEST_MS, "{best} ms");
        Ok(())
    })
    .expect("the page starts");
}

#[test]
fn a_large_file_keeps_the_page_waiting_for_100_ms_at_most() {
    let snapshot = synth::generate(&rehearsals::large_fleet());
    let text = snapshot::to_json(&snapshot);
    let file = native::temporary("large-fleet.json", &text).expect("a file");
    visit("/", async |page| {
        let mut best = f64::INFINITY;
        for _ in 0..N_ATTEMPTS {
            page.settle().await?;
            page.take_pace().await?;
            page.open_files(&[&file]).await?;
            best = best.min(busy_until(page, "large-file", 50).await?);
            if best <= LONGEST_MS {
                break;
            }
            page.reload().await?;
        }
        let megabytes = text.len() / 1_000_000;
        record(&Measure {
            name: "Longest task while a file of 50 clusters, 5,000 nodes, 100,000 pods is read",
            target: "≤ 100 ms",
            measured: format!("{best:.0} ms for {megabytes} MB (0: none of 50 ms)"),
        })?;
        assert!(best <= LONGEST_MS, "{best} ms");
        Ok(())
    })
    .expect("the page starts");
}
