//! A page of the site in a browser, and the few things a test does to it.

use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use xtask::serve::Server;

use super::driver::{self, Driver};
use super::log::{self, Request};
use super::{devtools, pace, site};

/// How long an awaited state may take: far longer than a slow machine needs.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often an awaited state is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// A size of screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewport {
    /// 1440 × 900.
    Desktop,
    /// 390 × 844.
    Phone,
    /// 320 × 700: the narrowest screen that must lose nothing.
    Narrow,
    /// The desktop at 200 %: half as many CSS pixels each way.
    Zoomed,
}

/// The colour scheme a person prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// An open page. Dropping it ends the browser.
#[derive(Debug)]
pub struct Page {
    client: Client,
    server: Server,
    errors: Vec<String>,
    requests: Vec<Request>,
    _driver: Driver,
}

/// Opens the site below the path `mount`, runs the test, and fails if the page broke its policy
/// or logged an error.
pub fn visit(mount: &str, test: impl AsyncFnOnce(&mut Page) -> Result<()>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut page = Page::open(mount).await?;
        let outcome = test(&mut page).await;
        let closed = page.close().await;
        outcome.and(closed)
    })
}

impl Page {
    async fn open(mount: &str) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let server = Server::start(listener, &site(), mount)
            .context("the site is not built; run `cargo xtask build`")?;
        let driver = Driver::start()?;
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(driver::capabilities()?)
            .connect(&driver.url())
            .await
            .context("no browser session could be started")?;
        let page = Self {
            client,
            server,
            errors: Vec::new(),
            requests: Vec::new(),
            _driver: driver,
        };
        page.set_viewport(Viewport::Desktop).await?;
        for source in [log::WATCH, pace::WATCH] {
            let watch = json!({ "source": source });
            page.devtools("Page.addScriptToEvaluateOnNewDocument", &watch)
                .await?;
        }
        page.client.goto(&page.server.url()).await?;
        Ok(page)
    }

    async fn close(mut self) -> Result<()> {
        let violations = self.violations().await?;
        self.read_logs().await?;
        self.client.close().await?;
        ensure!(
            violations.is_empty(),
            "the page broke its policy: {violations:#?}"
        );
        ensure!(
            self.errors.is_empty(),
            "the console shows errors: {:#?}",
            self.errors
        );
        Ok(())
    }

    /// The WebDriver client, for what has no shorter name here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Opens the page anew, as on a first visit but for what the browser keeps.
    pub async fn reload(&self) -> Result<()> {
        Ok(self.client.goto(&self.url()).await?)
    }

    /// Where the page was opened.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Waits for the first element that matches a CSS selector.
    pub async fn find(&self, selector: &str) -> Result<Element> {
        let wait = self.client.wait().at_most(PATIENCE).every(LOOK_EVERY);
        let found = wait.for_element(Locator::Css(selector)).await;
        found.with_context(|| format!("no element matches {selector}"))
    }

    /// Clicks the first element that matches.
    pub async fn click(&self, selector: &str) -> Result<()> {
        let click = async |element: Element| element.click().await;
        self.with(selector, click).await
    }

    /// The visible text of the first element that matches.
    pub async fn text(&self, selector: &str) -> Result<String> {
        let text = async |element: Element| element.text().await;
        self.with(selector, text).await
    }

    /// Does something with the first element that matches, and again with the next one where the
    /// page has drawn it anew in between.
    pub async fn with<T>(
        &self,
        selector: &str,
        act: impl AsyncFn(Element) -> std::result::Result<T, CmdError>,
    ) -> Result<T> {
        let started = Instant::now();
        loop {
            match act(self.find(selector).await?).await {
                Err(error)
                    if error.is_stale_element_reference() && started.elapsed() < PATIENCE => {}
                done => return Ok(done?),
            }
        }
    }

    /// Waits until the first element that matches shows `expected` within its text.
    pub async fn wait_for_text(&self, selector: &str, expected: &str) -> Result<()> {
        let shown = self.wait_until(async || {
            let text = self.text(selector).await?;
            Ok(text.contains(expected))
        });
        if shown.await? {
            return Ok(());
        }
        bail!(
            "{selector} never showed {expected:?} but {:?}",
            self.text(selector).await?
        )
    }

    /// Runs a script in the page and returns what it returns.
    pub async fn evaluate(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    /// Runs a script whose last argument is the function to call with the answer.
    pub async fn evaluate_async(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute_async(script, Vec::new()).await?)
    }

    /// Looks again and again until the answer is yes; no answer in time is a no.
    pub async fn wait_until(&self, mut look: impl AsyncFnMut() -> Result<bool>) -> Result<bool> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if look().await? {
                return Ok(true);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(false)
    }

    /// Makes the window this size, whatever the screen.
    pub async fn set_viewport(&self, viewport: Viewport) -> Result<()> {
        let (width, height, scale) = match viewport {
            Viewport::Desktop => (1440, 900, 1),
            Viewport::Phone => (390, 844, 1),
            Viewport::Narrow => (320, 700, 1),
            Viewport::Zoomed => (720, 450, 2),
        };
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics)
            .await?;
        Ok(())
    }

    /// Prefers this colour scheme from now on.
    pub async fn set_scheme(&self, scheme: Scheme) -> Result<()> {
        let value = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", &media).await?;
        Ok(())
    }

    /// The window's content as a PNG.
    pub async fn screenshot(&self) -> Result<Vec<u8>> {
        Ok(self.client.screenshot().await?)
    }

    /// What broke the content policy so far.
    pub async fn violations(&self) -> Result<Vec<String>> {
        let violations = self
            .evaluate("return globalThis.wavetankViolations")
            .await?;
        serde_json::from_value(violations).context("the page was not watched")
    }

    /// The requests made since this was last asked.
    pub async fn take_requests(&mut self) -> Result<Vec<Request>> {
        self.read_logs().await?;
        Ok(std::mem::take(&mut self.requests))
    }

    /// The console's errors since this was last asked; for a test that provokes them.
    pub async fn take_errors(&mut self) -> Result<Vec<String>> {
        self.read_logs().await?;
        Ok(std::mem::take(&mut self.errors))
    }

    /// Calls a method of the DevTools protocol.
    pub async fn devtools(&self, method: &str, parameters: &Value) -> Result<Value> {
        let call = self.client.issue_cmd(devtools::call(method, parameters));
        call.await
            .with_context(|| format!("DevTools refused {method}"))
    }

    async fn read_logs(&mut self) -> Result<()> {
        let console = self.client.issue_cmd(devtools::take_log("browser")).await?;
        self.errors.extend(log::errors(&console));
        let network = self
            .client
            .issue_cmd(devtools::take_log("performance"))
            .await?;
        self.requests.extend(log::requests(&network));
        Ok(())
    }
}
