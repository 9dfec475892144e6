//! The served folder, held in memory: a request names a key of a map and never touches a path,
//! so no request can leave the folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::build::gzip;

/// One file, ready to be sent.
#[derive(Debug)]
pub(super) struct File {
    pub(super) content_type: &'static str,
    pub(super) cache_control: &'static str,
    pub(super) bytes: Vec<u8>,
    pub(super) gzipped: Vec<u8>,
}

/// The files by name.
pub(super) type Files = BTreeMap<String, File>;

/// Reads the folder; the site is flat, so folders inside it are not served.
pub(super) fn load(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("{} cannot be served", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let (true, Ok(name)) = (
            entry.file_type()?.is_file(),
            entry.file_name().into_string(),
        ) else {
            continue;
        };
        let bytes = fs::read(entry.path())?;
        let file = File {
            content_type: content_type(&name),
            cache_control: cache_control(&name),
            gzipped: gzip(&bytes),
            bytes,
        };
        files.insert(name, file);
    }
    Ok(files)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json" | "webmanifest") => "application/json",
        _ => "application/octet-stream",
    }
}

/// A name that carries a hash of the content never means anything else.
fn cache_control(name: &str) -> &'static str {
    let hash = name
        .rsplit_once('-')
        .and_then(|(_, rest)| rest.split_once('.'));
    let is_hashed = hash.is_some_and(|(hash, _)| {
        hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    if is_hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        assert!(cache_control("page-ba7816bf8f01cfea.js").ends_with("immutable"));
        assert!(cache_control("worker-glue-ba7816bf8f01cfea.js").ends_with("immutable"));
        assert_eq!(cache_control("index.html"), "no-cache");
        assert_eq!(cache_control("worker-glue.js"), "no-cache");
    }

    #[test]
    fn wasm_and_modules_have_the_types_browsers_insist_on() {
        assert_eq!(content_type("page.wasm"), "application/wasm");
        assert_eq!(content_type("boot.js"), "text/javascript; charset=utf-8");
    }
}
