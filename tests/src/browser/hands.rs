//! What a person does to the page: presses keys, chooses from lists, opens and drops files.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use fantoccini::Locator;
use fantoccini::elements::Element;
use fantoccini::key::Key;
use serde_json::json;

use super::page::Page;

/// Keeps what the page hands out as a file.
const WATCH_DOWNLOADS: &str = r"
const make = URL.createObjectURL.bind(URL);
URL.createObjectURL = (blob) => { globalThis.wavetankSaved = blob; return make(blob); };
";

const TAKE_DOWNLOAD: &str = r"
const done = arguments[arguments.length - 1];
const saved = globalThis.wavetankSaved;
globalThis.wavetankSaved = undefined;
if (saved) { saved.text().then(done); } else { done(null); }
";

/// Drops files as a file manager would: `arguments[0]` is a list of name and text.
const DROP: &str = r#"
const transfer = new DataTransfer();
for (const [name, text] of arguments[0]) transfer.items.add(new File([text], name));
for (const kind of ["dragenter", "dragover", "drop"]) {
  const event = new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer });
  document.body.dispatchEvent(event);
}
"#;

/// The selector of an element by its test id.
pub fn id(name: &str) -> String {
    format!("[data-testid='{name}']")
}

impl Page {
    /// Waits until a rehearsal is on screen and nothing is being computed.
    pub async fn settle(&self) -> Result<()> {
        let is_settled = "return !!document.querySelector('[data-testid=digest]')
            && !document.querySelector('[data-testid=progress]')";
        let look = async || Ok(self.evaluate(is_settled).await? == true);
        ensure!(
            self.wait_until(look).await?,
            "the page never came to rest; it says {:?}",
            self.text("body").await?
        );
        Ok(())
    }

    /// Waits until what was asked for is painted.
    pub async fn rest(&self) -> Result<()> {
        let painted = "const done = arguments[arguments.length - 1];
            setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 300);";
        self.evaluate_async(painted).await?;
        Ok(())
    }

    /// The whole digest of the rehearsal on screen.
    pub async fn digest(&self) -> Result<String> {
        self.attribute(&id("digest"), "data-digest").await
    }

    /// The number that an element counts.
    pub async fn count(&self, name: &str) -> Result<u64> {
        let count = self.attribute(&id(name), "data-count").await?;
        count.parse().with_context(|| format!("{name}: {count:?}"))
    }

    /// How many elements match a selector just now.
    pub async fn n_elements(&self, selector: &str) -> Result<usize> {
        let found = self.client().find_all(Locator::Css(selector)).await?;
        Ok(found.len())
    }

    /// An attribute of the first element that matches.
    pub async fn attribute(&self, selector: &str, name: &str) -> Result<String> {
        let read = async |element: Element| element.attr(name).await;
        let value = self.with(selector, read).await?;
        value.with_context(|| format!("{selector} has no {name}"))
    }

    /// Waits until the rehearsal on screen is another than `digest`.
    pub async fn wait_for_other_digest(&self, digest: &str) -> Result<String> {
        let is_other = async || Ok(self.digest().await? != digest);
        ensure!(
            self.wait_until(is_other).await?,
            "the digest stayed {digest}"
        );
        self.settle().await?;
        self.digest().await
    }

    /// Presses keys wherever the focus is.
    pub async fn press(&self, keys: &str) -> Result<()> {
        Ok(self
            .client()
            .active_element()
            .await?
            .send_keys(keys)
            .await?)
    }

    /// Chooses a value of the list that carries this label.
    pub async fn choose(&self, label: &str, value: &str) -> Result<()> {
        let path = format!("//label[span='{label}']/select");
        let list = self.client().find(Locator::XPath(&path)).await;
        let list: Element = list.with_context(|| format!("no list is labelled {label}"))?;
        Ok(list.select_by_value(value).await?)
    }

    /// Opens files by the page's file field.
    pub async fn open_files(&self, files: &[&Path]) -> Result<()> {
        let names: Vec<String> = files
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        let field = self.find(&id("file-field")).await?;
        Ok(field.send_keys(&names.join("\n")).await?)
    }

    /// Drops files on the page, given by name and text.
    pub async fn drop_files(&self, files: &[(&str, &str)]) -> Result<()> {
        self.client().execute(DROP, vec![json!(files)]).await?;
        Ok(())
    }

    /// From now on keeps what the page saves, and lets the browser write nothing to the disk.
    pub async fn watch_downloads(&self) -> Result<()> {
        let deny = json!({ "behavior": "deny" });
        self.devtools("Browser.setDownloadBehavior", &deny).await?;
        self.evaluate(WATCH_DOWNLOADS).await?;
        Ok(())
    }

    /// The text of the file that the page saved last.
    pub async fn take_download(&self) -> Result<String> {
        let has_saved = "return globalThis.wavetankSaved !== undefined";
        let look = async || Ok(self.evaluate(has_saved).await? == true);
        ensure!(self.wait_until(look).await?, "the page saved nothing");
        let saved = self.evaluate_async(TAKE_DOWNLOAD).await?;
        Ok(saved.as_str().context("the file is no text")?.to_owned())
    }

    /// Selects a node by the names of its cluster and its own, and opens its drain by the key.
    pub async fn drain_node(&self, cluster: &str, node: &str) -> Result<()> {
        let palette = format!("{}k{}", Key::Control, Key::Null);
        self.press(&palette).await?;
        self.find(&id("palette")).await?;
        self.press(cluster).await?;
        self.press(&Key::Enter.to_string()).await?;
        // On a phone, what is selected is in a pane of its own.
        let tab = self.find(&id("phone-events")).await?;
        if tab.is_displayed().await? {
            tab.click().await?;
        }
        self.wait_for_text(&id("object"), cluster).await?;
        for path in [
            "//details[.//*[@data-testid='node-name']]/summary".to_owned(),
            format!("//*[@data-testid='node-name'][normalize-space()='{node}']"),
        ] {
            let found = self.client().find(Locator::XPath(&path)).await;
            let found = found.with_context(|| path.clone())?;
            found.send_keys(&Key::Enter.to_string()).await?;
        }
        self.wait_for_text(&id("node"), node).await?;
        self.press("r").await?;
        self.find(&id("drain-digest")).await?;
        Ok(())
    }

    /// Injects a CNI break into wave 2 by the form, and waits for what comes of it.
    pub async fn break_cni_in_wave_2(&self) -> Result<String> {
        let before = self.digest().await?;
        self.click(&id("inject-button")).await?;
        self.click(&id("kind-cni")).await?;
        self.choose("Where", "wave").await?;
        self.choose("When", "wave").await?;
        let wave = self.find(&id("fault-wave")).await?;
        wave.select_by_value("2").await?;
        self.click(&id("inject")).await?;
        self.wait_for_other_digest(&before).await
    }
}
