//! The page starts: under its policy, at any path, with its worker.

use wavetank_tests::browser::visit;

#[test]
fn the_page_opens_with_the_demo_fleet_rehearsed() {
    visit("/", async |page| {
        page.wait_for_text("[data-testid=headline]", "12 clusters")
            .await
    })
    .expect("the page starts");
}

#[test]
fn the_site_works_below_any_path() {
    visit("/some/where/", async |page| {
        page.wait_for_text("[data-testid=headline]", "12 clusters")
            .await
    })
    .expect("the page starts below a path");
}

// The harness must see what it claims to forbid.
#[test]
fn a_broken_policy_is_noticed() {
    let outcome = visit("/", async |page| {
        page.find("main").await?;
        let inline = "document.body.setAttribute('style', 'color: red')";
        page.evaluate(inline).await?;
        page.evaluate("try { new Worker('./elsewhere.js') } catch {}")
            .await?;
        Ok(())
    });
    let message = format!("{:?}", outcome.expect_err("the policy was broken twice"));
    assert!(message.contains("style-src-attr: inline"), "{message}");
    assert!(message.contains("require-trusted-types-for"), "{message}");
}
