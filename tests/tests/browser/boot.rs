//! The page starts: under its policy, at any path, with its worker.

use wavetank_tests::browser::{id, visit};

#[test]
fn the_site_works_below_any_path() {
    visit("/some/where/", async |page| {
        page.settle().await?;
        assert_eq!(page.count("n-clusters").await?, 12);
        Ok(())
    })
    .expect("the page starts below a path");
}

// The harness must see what it claims to forbid.
#[test]
fn a_broken_policy_is_noticed() {
    let outcome = visit("/", async |page| {
        page.find(&id("app")).await?;
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
