//! Nothing leaves the machine: the page loads its own files once and then asks for nothing.

use wavetank_tests::browser::visit;

#[test]
fn the_page_loads_its_own_files_and_nothing_else() {
    visit("/", async |page| {
        page.wait_for_text("[data-testid=headline]", "clusters")
            .await?;
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
