//! A fault injected on the page changes what happens, says why, and is the same in the terminal.

use anyhow::{Context, Result};
use wavetank_core::scenario::{self, FleetSource, Scenario};
use wavetank_core::sim::fault::{FaultKind, Trigger};
use wavetank_core::trial::RunSettings;
use wavetank_tests::browser::{Page, id, visit};
use wavetank_tests::rehearsals;

use crate::native;

#[test]
fn a_cni_break_in_wave_2_changes_the_outcome_and_is_named_as_its_root() {
    visit("/", async |page| {
        page.settle().await?;
        let before = page.text(&id("headline")).await?;
        page.break_cni_in_wave_2().await?;
        let after = page.text(&id("headline")).await?;
        assert_ne!(after, before);
        assert!(after.contains("Wave 2"), "{after}");
        let changed = page.text(&id("changed")).await?;
        assert!(changed.contains("before"), "{changed}");
        check_log_names_the_cni(page).await?;
        check_causes_begin_with_the_fault(page).await
    })
    .expect("the page starts");
}

async fn check_log_names_the_cni(page: &Page) -> Result<()> {
    let level = page.find(&id("log-level")).await?;
    level.select_by_value("bad only").await?;
    let only_bad = "const levels = [...document.querySelectorAll('[data-testid=event]')]
        .map((row) => row.dataset.level);
        return levels.length > 0 && new Set(levels).size === 1;";
    let look = async || Ok(page.evaluate(only_bad).await? == true);
    assert!(page.wait_until(look).await?, "the log shows bad events");
    let field = page.find(&id("log-text")).await?;
    field.send_keys("CNI").await?;
    let look = async || {
        let rows = page.n_elements(&id("event")).await?;
        Ok(rows > 0 && page.text(&id("event-log")).await?.contains("CNI"))
    };
    assert!(page.wait_until(look).await?, "the log names the CNI");
    Ok(())
}

async fn check_causes_begin_with_the_fault(page: &Page) -> Result<()> {
    page.click(&id("why")).await?;
    page.wait_for_text(&id("causes"), "root cause").await?;
    let root = page.text(&id("cause")).await?;
    assert!(
        root.contains("CNI") && root.contains("root cause"),
        "{root}"
    );
    assert!(page.n_elements(&id("cause")).await? > 2);
    Ok(())
}

#[test]
fn the_exported_scenario_rehearses_the_same_in_the_terminal() {
    visit("/", async |page| {
        page.watch_downloads().await?;
        page.settle().await?;
        let on_screen = page.break_cni_in_wave_2().await?;
        let text = export(page).await?;
        assert_eq!(native::digest_by_command_line(&text)?, on_screen);
        let scenario = scenario::parse(&text, "exported").map_err(anyhow::Error::msg)?;
        check_core_agrees(&scenario, &on_screen)
    })
    .expect("the page starts");
}

async fn export(page: &Page) -> Result<String> {
    page.click(&id("share-button")).await?;
    page.click(&id("export")).await?;
    page.take_download().await
}

fn check_core_agrees(scenario: &Scenario, on_screen: &str) -> Result<()> {
    let FleetSource::Generate(options) = &scenario.fleet else {
        anyhow::bail!("the demo is a generated fleet");
    };
    let fault = scenario.faults.first().context("one fault")?;
    assert_eq!(fault.kind, FaultKind::CniBreak);
    assert_eq!(fault.trigger, Trigger::Wave(2));
    assert_eq!(fault.scope.wave, Some(2));
    let mut trial = rehearsals::trial(options);
    let settings = RunSettings::of(scenario, Vec::new());
    let run = rehearsals::rehearse(&mut trial, settings);
    assert_eq!(run.digest, on_screen);
    assert_eq!(run.verdict.root_cause.as_deref(), Some("fault.cniBreak"));
    Ok(())
}

async fn close_menu(page: &Page) -> Result<()> {
    page.click("[data-testid='share-sheet'] .dialog-head button")
        .await?;
    let look = async || Ok(page.n_elements(&id("share-sheet")).await? == 0);
    assert!(page.wait_until(look).await?, "the menu is closed");
    Ok(())
}

#[test]
fn a_saved_scenario_dropped_on_the_page_brings_its_rehearsal_back() {
    visit("/", async |page| {
        page.watch_downloads().await?;
        page.settle().await?;
        let broken = page.break_cni_in_wave_2().await?;
        let text = export(page).await?;
        close_menu(page).await?;
        page.click(&id("undo")).await?;
        page.wait_for_other_digest(&broken).await?;
        let undone = page.digest().await?;
        page.drop_files(&[("scenario.json", &text)]).await?;
        assert_eq!(page.wait_for_other_digest(&undone).await?, broken);
        Ok(())
    })
    .expect("the page starts");
}

#[test]
fn an_injected_fault_can_be_taken_back() {
    visit("/", async |page| {
        page.settle().await?;
        let before = page.digest().await?;
        let broken = page.break_cni_in_wave_2().await?;
        page.click(&id("undo")).await?;
        assert_eq!(page.wait_for_other_digest(&broken).await?, before);
        Ok(())
    })
    .expect("the page starts");
}
