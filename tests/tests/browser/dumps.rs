//! Dumps that are opened or dropped: what is in them is what is on screen.

use anyhow::{Result, ensure};
use wavetank_tests::browser::{Page, id, visit};

use crate::native;

/// Waits until the fleet on screen has these counts.
pub(crate) async fn wait_for_counts(page: &Page, n_nodes: usize, n_pods: usize) -> Result<()> {
    let wanted = (n_nodes as u64, n_pods as u64);
    let look = async || Ok((page.count("n-nodes").await?, page.count("n-pods").await?) == wanted);
    ensure!(
        page.wait_until(look).await?,
        "never {wanted:?}, but {:?}",
        page.text(&id("totals")).await?
    );
    page.settle().await
}

/// Where clusters without a known owner are counted.
const UNKNOWN_OWNERS: &str = "[data-testid=totals] .unknown";

#[test]
fn a_real_dump_that_is_opened_is_counted_on_screen() {
    let name = "kubeadm-1.20-clusterinfo/cluster-info-dump.json";
    let Some(dump) = native::shared_dump(name) else {
        return;
    };
    let (n_nodes, n_pods) = native::counts_of(&dump).expect("it is readable");
    assert_eq!((n_nodes, n_pods), (3, 13), "as counted by hand");
    visit("/", async |page| {
        page.settle().await?;
        page.open_files(&[&dump]).await?;
        wait_for_counts(page, n_nodes, n_pods).await?;
        assert_eq!(page.count("n-clusters").await?, 1);
        let headline = page.text(&id("headline")).await?;
        assert!(headline.contains("of 1 cluster"), "{headline}");
        Ok(())
    })
    .expect("the page starts");
}

#[test]
fn a_dropped_dump_is_rehearsed() {
    let dump = native::dump(4, 25, 10);
    visit("/", async |page| {
        page.settle().await?;
        let demo = page.digest().await?;
        page.drop_files(&[("shop.json", &dump)]).await?;
        wait_for_counts(page, 4, 25).await?;
        assert_ne!(page.digest().await?, demo);
        let card = page.text(&id("cluster-card")).await?;
        assert!(card.contains("shop"), "{card}");
        // A dump alone does not say who owns the cluster, and nor do we.
        let unknown = page.text(UNKNOWN_OWNERS).await?;
        assert!(unknown.contains("? 1"), "{unknown}");
        Ok(())
    })
    .expect("the page starts");
}

/// Says whose the two dumps are.
const FLEET: &str = "schemaVersion: wavetank/v1
name: Two shops
clusters:
- name: shop-eu
  owner: team-eu
  tier: low
  dumps: [one.json]
- name: shop-us
  owner: team-us
  tier: high
  dumps: [other.json]
";

#[test]
fn a_fleet_file_makes_clusters_of_the_dumps_beside_it() {
    let (one, other) = (native::dump(2, 5, 10), native::dump(3, 7, 10));
    visit("/", async |page| {
        page.settle().await?;
        let files = [
            ("fleet.yaml", FLEET),
            ("one.json", &one),
            ("other.json", &other),
        ];
        page.drop_files(&files).await?;
        wait_for_counts(page, 5, 12).await?;
        assert_eq!(page.count("n-clusters").await?, 2);
        let map = page.text(&id("fleet-map")).await?;
        assert!(map.contains("shop-eu") && map.contains("shop-us"), "{map}");
        assert_eq!(page.n_elements(UNKNOWN_OWNERS).await?, 0, "both are known");
        Ok(())
    })
    .expect("the page starts");
}
