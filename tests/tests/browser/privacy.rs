//! Nothing leaves the machine: the page loads its own files once and then asks for nothing.

use wavetank_tests::browser::{id, visit};

use crate::dumps::wait_for_counts;
use crate::native;

#[test]
fn the_page_loads_its_own_files_and_nothing_else() {
    visit("/", async |page| {
        page.settle().await?;
        let origin = page.url();
        let requests = page.take_requests().await?;
        assert!(
            requests.len() > 3,
            "the harness sees requests: {requests:?}"
        );
        assert!(
            requests
                .iter()
                .all(|request| request.url.starts_with(&origin)),
            "{requests:#?}"
        );
        Ok(())
    })
    .expect("the page starts");
}

// That the page keeps its policy meanwhile, and that the console stays clean, every visit checks.
#[test]
fn nothing_is_asked_for_while_the_page_is_used() {
    let dump = native::dump(3, 12, 10);
    visit("/", async |page| {
        page.watch_downloads().await?;
        page.settle().await?;
        page.take_requests().await?;
        page.break_cni_in_wave_2().await?;
        page.drop_files(&[("shop.json", &dump)]).await?;
        wait_for_counts(page, 3, 12).await?;
        page.press("n").await?;
        page.click(&id("theme-button")).await?;
        page.click(&id("share-button")).await?;
        page.click(&id("export")).await?;
        let saved = page.take_download().await?;
        assert!(saved.contains("wavetank/v1"), "{saved:.80}");
        assert_eq!(page.take_requests().await?, []);
        Ok(())
    })
    .expect("the page starts");
}

#[test]
fn what_a_dump_holds_in_confidence_is_not_in_what_is_saved() {
    let dump = native::dump(1, 1, 0).replace(
        r#""annotations":{"note":""}"#,
        r#""annotations":{"note":"hush-annotation"}"#,
    );
    let dump = dump.replace(
        r#""image":"r.example/app:1""#,
        r#""image":"r.example/app:1","env":[{"name":"TOKEN","value":"hush-environment"}]"#,
    );
    assert!(dump.contains("hush-annotation") && dump.contains("hush-environment"));
    visit("/", async |page| {
        page.watch_downloads().await?;
        page.settle().await?;
        page.drop_files(&[("shop.json", &dump)]).await?;
        wait_for_counts(page, 1, 1).await?;
        page.click(&id("share-button")).await?;
        page.click(&id("export")).await?;
        let saved = page.take_download().await?;
        assert!(saved.contains("pod-0"), "it holds the fleet");
        assert!(!saved.contains("hush"), "and no secrets");
        let kept = page
            .evaluate("return JSON.stringify(localStorage) + location.href")
            .await?;
        assert!(!kept.to_string().contains("hush"), "{kept}");
        Ok(())
    })
    .expect("the page starts");
}
