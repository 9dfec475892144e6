//! Bad files are named with place, rule and remedy, and what is good in the rest is loaded.

use anyhow::Result;
use wavetank_tests::browser::{Page, id, visit};

use crate::dumps::wait_for_counts;
use crate::native;

/// A list whose third object breaks off in the middle.
const CUT_OFF: &str = r#"{"apiVersion":"v1","kind":"List","items":[
{"apiVersion":"v1","kind":"Node","metadata":{"name":"node-x"}},
{"apiVersion":"v1","kind":"Pod","metadata":{"name":"broken","namespace":"#;

async fn check_issues_are_complete(page: &Page, file: &str) -> Result<()> {
    page.click(&id("tab-input")).await?;
    let text = page.text(&id("input")).await?;
    assert!(text.contains(file), "the file: {text}");
    let issue = page.text(&id("issue")).await?;
    let rule = page.attribute(&id("issue"), "data-rule").await?;
    assert!(
        !rule.is_empty() && issue.contains(&rule),
        "the rule: {issue}"
    );
    assert!(issue.contains("line "), "the place: {issue}");
    assert!(issue.contains("To do: "), "the remedy: {issue}");
    assert_eq!(page.n_elements(&id("worker-dead")).await?, 0);
    Ok(())
}

#[test]
fn a_broken_file_is_named_and_the_good_one_beside_it_is_loaded() {
    let good = native::dump(2, 9, 10);
    visit("/", async |page| {
        page.settle().await?;
        page.drop_files(&[("good.json", &good), ("cut-off.json", CUT_OFF)])
            .await?;
        // The node before the break is kept.
        wait_for_counts(page, 3, 9).await?;
        check_issues_are_complete(page, "cut-off.json").await
    })
    .expect("the page starts");
}

#[test]
fn files_that_hold_nothing_leave_the_fleet_as_it_was() {
    let files = [
        ("empty.json", ""),
        ("binary.json", "\u{0}\u{1}\u{2}\u{3}"),
        (
            "prose.txt",
            "These are not the objects you are looking for.",
        ),
    ];
    visit("/", async |page| {
        page.settle().await?;
        let demo = page.digest().await?;
        page.drop_files(&files).await?;
        page.wait_for_text(&id("input"), "Nothing was loaded")
            .await?;
        let text = page.text(&id("input")).await?;
        for (file, _) in files {
            assert!(text.contains(file), "{file} is not named: {text}");
        }
        assert_eq!(page.digest().await?, demo);
        assert_eq!(page.count("n-clusters").await?, 12);
        Ok(())
    })
    .expect("the page starts");
}

#[test]
fn a_kind_that_no_upgrade_depends_on_is_no_fleet() {
    let sonnet = r#"{"apiVersion":"v1","kind":"Sonnet","metadata":{"name":"x"}}"#;
    visit("/", async |page| {
        page.settle().await?;
        page.drop_files(&[("kind.json", sonnet)]).await?;
        page.wait_for_text(&id("input"), "Nothing was loaded")
            .await?;
        let text = page.text(&id("input")).await?;
        assert!(text.contains("kind.json"), "{text}");
        assert_eq!(page.count("n-clusters").await?, 12);
        Ok(())
    })
    .expect("the page starts");
}

#[test]
fn an_object_nested_beyond_reason_does_not_end_the_worker() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let good = native::dump(1, 2, 10);
    visit("/", async |page| {
        page.settle().await?;
        page.drop_files(&[("deep.json", &deep), ("good.json", &good)])
            .await?;
        wait_for_counts(page, 1, 2).await?;
        page.click(&id("tab-input")).await?;
        page.wait_for_text(&id("input"), "deep.json").await?;
        assert_eq!(page.n_elements(&id("worker-dead")).await?, 0);
        Ok(())
    })
    .expect("the page starts");
}
