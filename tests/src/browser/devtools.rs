//! Two commands that only Chromium's driver has: a DevTools call and the reading of a log.

use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// A command below the session's address.
#[derive(Debug)]
pub(super) struct VendorCommand {
    path: &'static str,
    body: Value,
}

/// Calls a method of the DevTools protocol.
pub(super) fn call(method: &str, parameters: &Value) -> VendorCommand {
    VendorCommand {
        path: "goog/cdp/execute",
        body: json!({ "cmd": method, "params": parameters }),
    }
}

/// Takes what a log has gathered since it was last taken.
pub(super) fn take_log(kind: &str) -> VendorCommand {
    VendorCommand {
        path: "se/log",
        body: json!({ "type": kind }),
    }
}

impl WebDriverCompatibleCommand for VendorCommand {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.expect("a page has a session");
        base.join(&format!("session/{session}/{}", self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
