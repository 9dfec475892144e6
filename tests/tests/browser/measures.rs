//! What the page weighs and how quickly it answers, as a table: `target/measures.md`.
//!
//! What no other program disturbs is held to its target, and so is the page's own part of an
//! interaction, which has room to spare. The other times are written down as found.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use wavetank_tests::browser::{Measure, Page, id, record, say, visit};
use xtask::workspace;

use crate::dumps::wait_for_counts;
use crate::native;

/// What is fetched before the first content, gzipped: the page, its styles, scripts and Wasm.
const PAGE_BYTES_MAX: u64 = 300_000;
/// The time in which the page has heard and answered 95 of 100 keys and clicks, in milliseconds;
/// several times what it takes, since other programs have a part in it.
const ANSWER_MS_MAX: f64 = 50.0;
/// Rows of the log that exist at once.
const LOG_ROWS_MAX: usize = 120;

fn tell(name: &str, target: &str, measured: String) -> Result<()> {
    record(&Measure {
        name,
        target,
        measured,
    })
}

fn is_wasm(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "wasm")
}

#[test]
fn the_page_is_light_before_its_first_content() {
    let sizes = workspace::target_dir()
        .expect("cargo names one")
        .join("sizes.json");
    let sizes = fs::read_to_string(sizes).expect("the site was built");
    let sizes: Value = serde_json::from_str(&sizes).expect("our own file");
    let gzipped = |wanted: &dyn Fn(&str) -> bool| -> u64 {
        let files = sizes["files"].as_array().expect("a list").iter();
        files
            .filter(|file| wanted(file["file"].as_str().unwrap_or_default()))
            .filter_map(|file| file["gzipped"].as_u64())
            .sum()
    };
    let page = gzipped(&|name| !name.starts_with("worker"));
    let kilobytes = |bytes: u64| format!("{:.0} kB", bytes as f64 / 1_000.0);
    let name = "Page bytes gz before first content";
    tell(name, "≤ 300 kB", kilobytes(page)).expect("a table");
    let name = "The UI's Wasm, gz";
    let wasm = gzipped(&|name| name.starts_with("page-") && is_wasm(name));
    tell(name, "recorded", kilobytes(wasm)).expect("a table");
    let name = "The worker, gz";
    let worker = gzipped(&|name| name.starts_with("worker"));
    tell(name, "recorded", kilobytes(worker)).expect("a table");
    assert!(page <= PAGE_BYTES_MAX, "{page} bytes");
}

#[test]
fn the_demo_is_on_screen_soon() {
    visit("/", async |page| {
        page.settle().await?;
        let warm = page.take_pace().await?.shown_ms;
        let slow = json!({
            "offline": false, "latency": 20,
            "downloadThroughput": 10_000_000 / 8, "uploadThroughput": 10_000_000 / 8,
        });
        page.devtools("Network.enable", &json!({})).await?;
        page.devtools("Network.clearBrowserCache", &json!({}))
            .await?;
        page.devtools("Network.emulateNetworkConditions", &slow)
            .await?;
        page.devtools("Emulation.setCPUThrottlingRate", &json!({ "rate": 4 }))
            .await?;
        page.reload().await?;
        page.settle().await?;
        let cold = page.take_pace().await?.shown_ms;
        let ms = |time: Option<f64>| time.map_or("not seen".to_owned(), |ms| format!("{ms:.0} ms"));
        let name = "First meaningful content, this machine as it is";
        tell(name, "recorded", ms(warm))?;
        let name = "First meaningful content, page cold, 4× CPU slow-down, 10 Mbit/s \
                    (the worker's own download and thread are not slowed)";
        tell(name, "≤ 1.5 s", ms(cold))?;
        assert!(warm.is_some() && cold.is_some());
        Ok(())
    })
    .expect("the page starts");
}

/// From the verdict to an injected fault: clicks and keys, each an interaction.
async fn walk(page: &Page) -> Result<()> {
    page.click(&id("why")).await?;
    for key in [
        "n", "n", "\u{e014}", "\u{e014}", "w", "s", "0", "j", "j", "k",
    ] {
        page.press(key).await?;
    }
    for tab in ["tab-selected", "tab-faults", "tab-input", "tab-events"] {
        page.click(&id(tab)).await?;
    }
    page.press("?").await?;
    page.find(&id("keys-sheet")).await?;
    page.press("\u{e00c}").await?;
    page.click(&id("plan-button")).await?;
    page.press("\u{e00c}").await?;
    page.break_cni_in_wave_2().await?;
    page.click(&id("why")).await?;
    page.click(&id("next-seed")).await?;
    page.settle().await
}

/// Waits until the frame that is due is painted; asked in a way that costs the page little.
async fn wait_for_paint(page: &Page) -> Result<()> {
    let painted = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))";
    let question = json!({ "expression": painted, "awaitPromise": true });
    page.devtools("Runtime.evaluate", &question).await?;
    Ok(())
}

#[test]
fn the_walk_through_the_page_is_quick() {
    visit("/", async |page| {
        page.settle().await?;
        page.take_pace().await?;
        page.take_requests().await?;
        walk(page).await?;
        let pace = page.take_pace().await?;
        say(&format!("slower than a frame: {}", pace.told.join(", ")));
        let name = "Interaction to next paint, p95 over the walk";
        let measured = format!(
            "{:.0} ms ({} interactions)",
            pace.interaction_p95(),
            pace.interactions.len()
        );
        tell(name, "≤ 50 ms", measured)?;
        let name = "Interaction: heard and answered by the page, p95 over the walk";
        tell(name, "≤ 50 ms", format!("{:.0} ms", pace.answer_p95()))?;
        let name = "Longest task on the page's thread over the walk";
        let measured = format!("{:.0} ms (0: none of 50 ms)", pace.longest_task());
        tell(name, "≤ 50 ms", measured)?;
        let n_requests = page.take_requests().await?.len();
        tell("Network requests after load", "0", n_requests.to_string())?;
        assert_eq!(n_requests, 0);
        assert!(pace.answer_p95() <= ANSWER_MS_MAX, "{:?}", pace.told);
        Ok(())
    })
    .expect("the page starts");
}

#[test]
fn scrubbing_keeps_up_with_the_pointer() {
    visit("/", async |page| {
        page.settle().await?;
        let bounds = "const { left, right, top, height } =
            document.querySelector('[data-testid=slider]').getBoundingClientRect();
            return [left, right, top + height / 2];";
        let bounds = page.evaluate(bounds).await?;
        let [left, right, y] = [0, 1, 2].map(|index| bounds[index].as_f64().unwrap_or_default());
        let mouse = async |kind: &str, x: f64, buttons: u32| {
            let event = json!({
                "type": kind, "x": x, "y": y, "button": "left", "buttons": buttons,
                "clickCount": 1,
            });
            page.devtools("Input.dispatchMouseEvent", &event).await
        };
        mouse("mousePressed", left, 1).await?;
        page.take_pace().await?;
        for step in 0..=60 {
            let x = left + (right - left) * f64::from(step) / 60.0;
            mouse("mouseMoved", x, 1).await?;
            wait_for_paint(page).await?;
        }
        let pace = page.take_pace().await?;
        mouse("mouseReleased", right, 0).await?;
        let moved: u64 = page
            .attribute(&id("slider"), "aria-valuenow")
            .await?
            .parse()?;
        assert!(moved > 0, "the waterline followed");
        assert!(pace.moves.len() > 30, "most moves were heard");
        let name =
            "Scrub: the work of a move's frame (script, style, layout, paint), p95, the demo";
        tell(name, "≤ 16 ms", format!("{:.1} ms", pace.move_p95()))?;
        let name =
            "Scrub: from frame to frame, p95, by the clock; a screen at 60 Hz allows 16.7 ms";
        tell(name, "recorded", format!("{:.1} ms", pace.frame_p95()))?;
        Ok(())
    })
    .expect("the page starts");
}

/// Notes when a file was chosen, when there was first news of it, and when its counts were shown.
const WATCH_DROP: &str = "
addEventListener('change', () => { globalThis.wavetankDrop = { at: performance.now() }; }, true);
new MutationObserver(() => {
  const drop = globalThis.wavetankDrop;
  if (!drop) return;
  if (!drop.news && document.querySelector('[data-testid=progress]')) {
    drop.news = performance.now() - drop.at;
  }
  const nodes = document.querySelector('[data-testid=n-nodes]');
  if (!drop.shown && nodes.dataset.count === '20') drop.shown = performance.now() - drop.at;
}).observe(document.body, { childList: true, subtree: true, attributes: true });
";

#[test]
fn a_dump_of_ten_megabytes_is_soon_counted() {
    let dump = native::dump(20, 2_000, 4_600);
    assert!(dump.len() > 10_000_000 - 500_000, "{}", dump.len());
    let file = native::temporary("ten-megabytes.json", &dump).expect("a file");
    visit("/", async |page| {
        page.settle().await?;
        page.evaluate(WATCH_DROP).await?;
        page.open_files(&[&file]).await?;
        wait_for_counts(page, 20, 2_000).await?;
        let drop = page.evaluate("return globalThis.wavetankDrop").await?;
        let ms = |name: &str| drop[name].as_f64().context("it was not seen");
        let measured = format!("{:.0} ms / {:.0} ms", ms("news")?, ms("shown")?);
        let name = "Drop of a 10-MB dump → first news / full inventory";
        tell(name, "≤ 100 ms / ≤ 1 s", measured)
    })
    .expect("the page starts");
}

#[test]
fn the_log_keeps_few_rows() {
    visit("/", async |page| {
        page.settle().await?;
        let level = page.find(&id("log-level")).await?;
        level.select_by_value("everything").await?;
        let all = async || {
            Ok(page
                .attribute(&id("log-total"), "data-count")
                .await
                .is_ok_and(|count| count.parse::<u64>().is_ok_and(|count| count > 10_000)))
        };
        assert!(page.wait_until(all).await?, "every event is counted");
        page.press("\u{e010}").await?;
        let n_rows = page.n_elements(".log-row").await?;
        let n_events = page.count("log-total").await?;
        tell(
            "DOM rows of the log",
            "≤ 120",
            format!("{n_rows} of {n_events}"),
        )?;
        assert!((1..=LOG_ROWS_MAX).contains(&n_rows), "{n_rows} rows");
        Ok(())
    })
    .expect("the page starts");
}
