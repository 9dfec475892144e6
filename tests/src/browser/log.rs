//! What the browser noticed: console errors, policy violations and network requests.

use serde_json::Value;

/// Runs before any script of the page, and keeps what breaks the policy where a test can read it.
pub(super) const WATCH: &str = r#"
globalThis.wavetankViolations = [];
addEventListener("securitypolicyviolation", (event) => {
  const { effectiveDirective, blockedURI, sourceFile, lineNumber } = event;
  wavetankViolations.push(`${effectiveDirective}: ${blockedURI} (${sourceFile}:${lineNumber})`);
});
"#;

/// One request of the page, its worker included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Where it went.
    pub url: String,
}

/// The errors in a `browser` log: what a person would see red in the console.
pub(super) fn errors(entries: &Value) -> Vec<String> {
    let entries = entries.as_array().into_iter().flatten();
    entries
        .filter(|entry| entry["level"] == "SEVERE")
        .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// The requests in a `performance` log. What a page makes for itself leaves nothing behind.
pub(super) fn requests(entries: &Value) -> Vec<Request> {
    let entries = entries.as_array().into_iter().flatten();
    entries
        .filter_map(|entry| serde_json::from_str::<Value>(entry["message"].as_str()?).ok())
        .filter(|entry| entry["message"]["method"] == "Network.requestWillBeSent")
        .filter_map(|entry| {
            let url = entry["message"]["params"]["request"]["url"]
                .as_str()?
                .to_owned();
            let is_local = url.starts_with("blob:") || url.starts_with("data:");
            (!is_local).then_some(Request { url })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_leaves_the_page_is_a_request() {
        let entry = |url: &str| {
            let message = json!({ "message": {
                "method": "Network.requestWillBeSent",
                "params": { "request": { "url": url } },
            }});
            json!({ "message": message.to_string() })
        };
        let log = json!([
            entry("blob:x"),
            entry("http://127.0.0.1/a.js"),
            entry("data:,")
        ]);
        assert_eq!(
            requests(&log),
            [Request {
                url: "http://127.0.0.1/a.js".into()
            }]
        );
    }
}
