//! A node drained by hand on the page comes to what the core says of it, flag by flag.

use anyhow::{Result, ensure};
use fantoccini::actions::{InputSource, MouseActions, PointerAction};
use fantoccini::key::Key;
use wavetank_core::report::{DrainOutcome, DrainReport};
use wavetank_core::synth::FleetOptions;
use wavetank_core::trial::{DrainRequest, Trial};
use wavetank_core::units::SimDuration;
use wavetank_tests::browser::{Page, Scheme, Viewport, id, visit};
use wavetank_tests::rehearsals;

/// What the page asks as its sheet opens.
fn request(cluster: &str, node: &str) -> DrainRequest {
    DrainRequest {
        cluster: Some(cluster.to_owned()),
        nodes: vec![node.to_owned()],
        ignore_daemonsets: true,
        delete_emptydir_data: true,
        ..DrainRequest::default()
    }
}

fn demo() -> Trial {
    rehearsals::trial(&FleetOptions::default())
}

/// The first node of the demo whose drain never ends.
fn stuck_node(trial: &Trial) -> DrainRequest {
    let clusters = trial.fleet().clusters.iter();
    let mut requests = clusters.flat_map(|cluster| {
        let nodes = cluster.nodes.iter();
        nodes.map(|node| request(&cluster.name, &node.name))
    });
    let is_stuck = |request: &DrainRequest| {
        let report = trial.drain(request).expect("a node of the demo");
        report.outcome == DrainOutcome::NeverEnds
    };
    requests.find(is_stuck).expect("a closed budget")
}

/// Waits until a report is what the sheet shows, and looks at its parts.
async fn check_shows(page: &Page, report: &DrainReport) -> Result<()> {
    let is_shown = async || {
        let digest = page.attribute(&id("drain-digest"), "data-digest").await?;
        let command = page.text(&id("drain-command")).await?;
        Ok((digest, command) == (report.digest.clone(), report.command.clone()))
    };
    ensure!(
        page.wait_until(is_shown).await?,
        "never {} of {}, but {} of {}",
        report.digest,
        report.command,
        page.attribute(&id("drain-digest"), "data-digest").await?,
        page.text(&id("drain-command")).await?
    );
    let word = match report.outcome {
        DrainOutcome::Drained => "drained",
        DrainOutcome::Fails => "fails",
        DrainOutcome::NeverEnds => "never ends",
    };
    let verdict = id("drain-verdict");
    assert_eq!(page.attribute(&verdict, "data-outcome").await?, word);
    let text = page.text(&verdict).await?;
    assert!(text.contains(&report.headline), "{text}");
    for (rows, n_wanted) in [
        (
            "[data-testid=drain-lines] li".to_owned(),
            report.lines.len(),
        ),
        (id("drain-hold"), report.holds.len()),
        (id("drain-remedy"), report.remedies.len()),
        (id("drain-outage"), report.outages.len()),
        (id("drain-waiting"), report.waiting.len()),
    ] {
        assert_eq!(page.n_elements(&rows).await?, n_wanted, "{rows}");
    }
    Ok(())
}

/// Clicks the first node of the first cluster in the map.
async fn click_first_node(page: &Page) -> Result<()> {
    let cells = page.find(&id("cells")).await?;
    let (_, _, width, height) = cells.rectangle().await?;
    let corner = PointerAction::MoveToElement {
        element: cells,
        duration: None,
        x: 5.0 - (width / 2.0).floor(),
        y: 5.0 - (height / 2.0).floor(),
    };
    let button = fantoccini::actions::MOUSE_BUTTON_LEFT;
    let click = MouseActions::new("mouse".to_owned())
        .then(corner)
        .then(PointerAction::Down { button })
        .then(PointerAction::Up { button });
    Ok(page.client().perform_actions(click).await?)
}

#[test]
fn a_node_clicked_in_the_map_is_drained_as_in_the_core() {
    let trial = demo();
    visit("/", async |page| {
        page.settle().await?;
        // Later on, surge nodes stand where nodes of the snapshot stood.
        page.press(&Key::Home.to_string()).await?;
        let card = page.attribute(&id("cluster-card"), "data-cluster").await?;
        click_first_node(page).await?;
        page.click(&id("drain-here")).await?;
        let node = page.text("[data-testid=node] h4").await?;
        let mut asked = request(&card, &node);
        check_shows(page, &trial.drain(&asked)?).await?;
        page.click(&id("flag-daemonsets")).await?;
        asked.ignore_daemonsets = false;
        let refused = trial.drain(&asked)?;
        assert_eq!(refused.outcome, DrainOutcome::Fails);
        check_shows(page, &refused).await?;
        for flag in ["flag-emptydir", "flag-force", "flag-eviction"] {
            page.click(&id(flag)).await?;
        }
        asked.delete_emptydir_data = false;
        asked.force = true;
        asked.disable_eviction = true;
        check_shows(page, &trial.drain(&asked)?).await
    })
    .expect("the page starts");
}

#[test]
fn a_drain_that_never_ends_shows_what_holds_it_and_what_would_mend_it() {
    let trial = demo();
    let mut asked = stuck_node(&trial);
    let cluster = asked.cluster.clone().unwrap_or_default();
    visit("/", async |page| {
        page.settle().await?;
        page.drain_node(&cluster, &asked.nodes[0]).await?;
        let report = trial.drain(&asked)?;
        check_shows(page, &report).await?;
        let hold = page.text(&id("drain-hold")).await?;
        for told in report.holds[0]
            .because
            .iter()
            .chain([&report.holds[0].held_by])
        {
            assert!(hold.contains(told), "{hold}");
        }
        let remedy = page.text(&id("drain-remedy")).await?;
        assert!(remedy.contains(&report.remedies[0].text), "{remedy}");
        let limit = page
            .find("[data-testid=drain-sheet] input[type=text]")
            .await?;
        limit.clear().await?;
        limit.send_keys(&format!("5m{}", Key::Tab)).await?;
        asked.timeout = Some(SimDuration::from_mins(5));
        let report = trial.drain(&asked)?;
        assert_eq!(report.outcome, DrainOutcome::Fails);
        check_shows(page, &report).await?;
        page.press(&Key::Escape.to_string()).await?;
        let focus = "return document.activeElement?.dataset.testid";
        let is_back = async || Ok(page.evaluate(focus).await? == "node-name");
        assert!(page.wait_until(is_back).await?, "the focus is lost");
        assert_eq!(page.n_elements(&id("drain-sheet")).await?, 0);
        Ok(())
    })
    .expect("the page starts");
}

/// What sticks out of the sheet sideways, and whether sheet or page scroll that way.
const STICKS_OUT: &str = "const sheet = document.querySelector('[data-testid=drain-sheet]');
    const { left, right } = sheet.getBoundingClientRect();
    const out = [...sheet.querySelectorAll('*')].filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width > 0 && (box.left < left - 1 || box.right > right + 1);
    }).map((element) => element.outerHTML.slice(0, 80));
    const root = document.documentElement;
    for (const [name, box] of [['sheet', sheet], ['page', root]]) {
        if (box.scrollWidth > box.clientWidth) out.push(`the ${name} scrolls sideways`);
    }
    if (left < 0 || right > root.clientWidth) out.push('the sheet');
    return out;";

#[track_caller]
fn check_fits(viewport: Viewport, scheme: Scheme) {
    let asked = stuck_node(&demo());
    let cluster = asked.cluster.clone().unwrap_or_default();
    visit("/", async |page| {
        page.set_viewport(viewport).await?;
        page.set_scheme(scheme).await?;
        page.settle().await?;
        page.drain_node(&cluster, &asked.nodes[0]).await?;
        let found = page.evaluate(STICKS_OUT).await?;
        assert_eq!(found, serde_json::json!([]), "{viewport:?}");
        let figures = page.text("[data-testid=drain-verdict] .figures").await?;
        for name in ["ends after", "pods it takes", "of them left", "skipped"] {
            assert!(figures.contains(name), "{figures}");
        }
        Ok(())
    })
    .expect("the page starts");
}

#[test]
fn a_drain_fits_a_phone() {
    check_fits(Viewport::Phone, Scheme::Dark);
}

#[test]
fn a_drain_fits_320_pixels() {
    check_fits(Viewport::Narrow, Scheme::Light);
}

#[track_caller]
fn check_axe(viewport: Viewport, scheme: Scheme) {
    let asked = stuck_node(&demo());
    let cluster = asked.cluster.clone().unwrap_or_default();
    visit("/", async |page| {
        page.set_viewport(viewport).await?;
        page.set_scheme(scheme).await?;
        page.settle().await?;
        page.drain_node(&cluster, &asked.nodes[0]).await?;
        assert_eq!(page.serious_axe_findings().await?, [""; 0]);
        Ok(())
    })
    .expect("the page starts");
}

#[test]
fn axe_finds_nothing_serious_in_a_drain_on_a_light_desktop() {
    check_axe(Viewport::Desktop, Scheme::Light);
}

#[test]
fn axe_finds_nothing_serious_in_a_drain_on_a_dark_phone() {
    check_axe(Viewport::Phone, Scheme::Dark);
}
