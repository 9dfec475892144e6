//! Accessibility by axe-core, which `cargo xtask test` installs and nothing ships.

use std::path::PathBuf;
use std::{env, fs};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use xtask::workspace;

use super::page::Page;

/// Runs every rule and hands over the answer; `arguments` ends with the driver's callback.
const RUN: &str = "const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ['violations'] }).then((found) => done(found.violations));";

impl Page {
    /// What axe-core finds that is serious or critical: the rule, and where it is broken.
    pub async fn serious_axe_findings(&self) -> Result<Vec<String>> {
        let source = fs::read_to_string(script())
            .context("axe-core is not installed; `cargo xtask test --only browser` does it")?;
        // Evaluated by the debugger, which the page's policy does not bind.
        let evaluate = json!({ "expression": source, "returnByValue": false });
        self.devtools("Runtime.evaluate", &evaluate).await?;
        let found = self.evaluate_async(RUN).await?;
        let found = found.as_array().context("axe-core gave no list")?;
        let is_serious =
            |rule: &&Value| rule["impact"] == "serious" || rule["impact"] == "critical";
        Ok(found.iter().filter(is_serious).map(describe).collect())
    }
}

fn describe(rule: &Value) -> String {
    let nodes = rule["nodes"].as_array().into_iter().flatten();
    let places: Vec<String> = nodes.map(|node| node["target"].to_string()).collect();
    format!("{}: {} at {}", rule["id"], rule["help"], places.join(", "))
}

fn script() -> PathBuf {
    env::var_os("WAVETANK_AXE").map_or_else(
        || workspace::root().join("target/axe/node_modules/axe-core/axe.min.js"),
        PathBuf::from,
    )
}
