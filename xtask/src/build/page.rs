//! Turns `index.html` into the page that is served: every `data-trunk` link becomes a file.
//!
//! The page in the repository is one that Trunk understands, so `trunk serve` works too. Trunk
//! starts the page with an inline script, which our policy forbids; here it is a file.

use std::fs;

use anyhow::{Context, Result, bail};

use super::assets::{Added, Site};
use super::minify;
use super::policy::PAGE_POLICY;
use super::wasm::{Part, Parts};
use crate::workspace;

/// Adds every file that the page names and returns the page.
pub(super) fn assemble(parts: &Parts, site: &mut Site) -> Result<String> {
    let source = read("index.html")?;
    let (links, mut page) = take_links(&source)?;
    let mut styles = String::new();
    let mut head =
        format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{PAGE_POLICY}\">\n");
    for link in &links {
        match link.attribute("rel").unwrap_or_default() {
            "css" => styles.push_str(&read(link.href()?)?),
            "icon" => head.push_str(&icon(link, site)?),
            "rust" => {}
            other => bail!("index.html: rel=\"{other}\" has no meaning here"),
        }
    }
    let styles = minify::css(&styles)?;
    let style = site.add_hashed("style", "css", styles.into_bytes());
    let (boot, glue) = programs(parts, site)?;
    for line in [
        format!(
            "<link rel=\"stylesheet\" href=\"./{}\" {}>",
            style.name,
            checked(&style)
        ),
        format!(
            "<link rel=\"modulepreload\" href=\"./{}\" {}>",
            glue.name,
            checked(&glue)
        ),
        format!(
            "<script type=\"module\" src=\"./{}\" {}></script>",
            boot.name,
            checked(&boot)
        ),
    ] {
        head.push_str("    ");
        head.push_str(&line);
        head.push('\n');
    }
    // Directly after the character set: a policy says nothing about what stands before it.
    let charset = "<meta charset=\"utf-8\">\n";
    let at = page
        .find(charset)
        .context("index.html: <meta charset> is missing")?
        + charset.len();
    page.insert_str(at, &format!("    {head}"));
    Ok(page)
}

/// Adds the page's and the worker's programs; returns the start module and the page's glue.
fn programs(parts: &Parts, site: &mut Site) -> Result<(Added, Added)> {
    let (worker_glue, worker_wasm) = add_part("worker-glue", "worker", &parts.worker, site)?;
    let worker = read("web/boot/worker.js")?
        .replace("__WORKER_GLUE__", &worker_glue.name)
        .replace("__WORKER_WASM__", &worker_wasm.name)
        .replace("__WORKER_WASM_INTEGRITY__", &worker_wasm.integrity);
    let worker = site.add_hashed("worker", "js", worker.into_bytes());
    let (page_glue, page_wasm) = add_part("page", "page", &parts.page, site)?;
    let boot = read("web/boot/boot.js")?
        .replace("__PAGE_GLUE__", &page_glue.name)
        .replace("__PAGE_WASM__", &page_wasm.name)
        .replace("__PAGE_WASM_INTEGRITY__", &page_wasm.integrity)
        .replace("__WORKER__", &worker.name);
    Ok((site.add_hashed("boot", "js", boot.into_bytes()), page_glue))
}

fn add_part(glue: &str, wasm: &str, part: &Part, site: &mut Site) -> Result<(Added, Added)> {
    let script = minify::js(&part.glue)?;
    let glue = site.add_hashed(glue, "js", script.into_bytes());
    Ok((glue, site.add_hashed(wasm, "wasm", part.wasm.clone())))
}

fn icon(link: &Link, site: &mut Site) -> Result<String> {
    let href = link.href()?;
    let (_, extension) = href
        .rsplit_once('.')
        .context("index.html: an icon needs an extension")?;
    let bytes = fs::read(workspace::root().join(href)).with_context(|| href.to_owned())?;
    let icon = site.add_hashed("icon", extension, bytes);
    let kind = link.attribute("type").unwrap_or("image/svg+xml");
    Ok(format!(
        "    <link rel=\"icon\" type=\"{kind}\" href=\"./{}\">\n",
        icon.name
    ))
}

/// Makes the browser refuse a file that is not the one built.
fn checked(file: &Added) -> String {
    format!("integrity=\"{}\" crossorigin=\"anonymous\"", file.integrity)
}

fn read(path: &str) -> Result<String> {
    fs::read_to_string(workspace::root().join(path)).with_context(|| format!("cannot read {path}"))
}

/// One `<link data-trunk …>` of the page.
#[derive(Debug, PartialEq, Eq)]
struct Link {
    attributes: Vec<(String, String)>,
}

impl Link {
    fn attribute(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(found, _)| found == name)?;
        Some(value)
    }

    fn href(&self) -> Result<&str> {
        self.attribute("href")
            .context("index.html: a data-trunk link needs an href")
    }
}

/// Takes the links out of the page, each with its line.
fn take_links(source: &str) -> Result<(Vec<Link>, String)> {
    let mut links = Vec::new();
    let mut page = String::new();
    for line in source.lines() {
        let trimmed = line.trim();
        let Some(inside) = trimmed.strip_prefix("<link data-trunk ") else {
            page.push_str(line);
            page.push('\n');
            continue;
        };
        let inside = inside
            .strip_suffix("/>")
            .or_else(|| inside.strip_suffix('>'))
            .with_context(|| format!("index.html: a link must be one line: {trimmed}"))?;
        links.push(Link {
            attributes: attributes(inside),
        });
    }
    Ok((links, page))
}

/// Reads `name="value"` pairs; a name alone is left out, as none of ours means anything here.
fn attributes(inside: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = inside;
    while let Some((before, after)) = rest.split_once("=\"") {
        let Some((value, next)) = after.split_once('"') else {
            break;
        };
        let name = before.split_whitespace().last().unwrap_or_default();
        found.push((name.to_owned(), value.to_owned()));
        rest = next;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_taken_with_their_lines() {
        let source = "<head>\n  <link data-trunk rel=\"css\" href=\"a.css\" x>\n</head>\n";
        let (links, page) = take_links(source).expect("the page is well formed");
        assert_eq!(page, "<head>\n</head>\n");
        assert_eq!(links.len(), 1);
        assert_eq!(links[0].attribute("rel"), Some("css"));
        assert_eq!(links[0].href().expect("it has one"), "a.css");
    }

    #[test]
    fn a_link_over_two_lines_is_refused() {
        assert!(take_links("<link data-trunk rel=\"css\"\n href=\"a.css\">").is_err());
    }
}
