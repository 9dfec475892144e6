//! The files of the site: named by their content, each with the digest a browser checks.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256, Sha384};

/// How much of the digest a file name carries: enough that two contents never share a name.
const NAME_DIGEST_BYTES: usize = 8;

/// The site in memory, by file name; it is written once it is complete.
#[derive(Debug, Default)]
pub(super) struct Site {
    files: BTreeMap<String, Vec<u8>>,
}

/// A file that was added: what it is called and what its content must be.
#[derive(Debug)]
pub(super) struct Added {
    pub(super) name: String,
    /// In the form of an `integrity` attribute.
    pub(super) integrity: String,
}

impl Site {
    /// Adds a file under a name that changes with its content.
    pub(super) fn add_hashed(&mut self, stem: &str, extension: &str, bytes: Vec<u8>) -> Added {
        let mut name = format!("{stem}-");
        for byte in &Sha256::digest(&bytes)[..NAME_DIGEST_BYTES] {
            write!(name, "{byte:02x}").expect("a string takes everything");
        }
        write!(name, ".{extension}").expect("a string takes everything");
        let integrity = format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(&bytes)));
        self.files.insert(name.clone(), bytes);
        Added { name, integrity }
    }

    /// Adds a file under the name given.
    pub(super) fn add_named(&mut self, name: &str, bytes: Vec<u8>) {
        self.files.insert(name.to_owned(), bytes);
    }

    /// Every file with its name, sorted by name.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// Replaces what `out` held. The page comes last, so that it never names a missing file.
    pub(super) fn write(&self, out: &Path) -> Result<()> {
        fs::create_dir_all(out).with_context(|| format!("could not create {}", out.display()))?;
        let (pages, others): (Vec<_>, Vec<_>) =
            self.files().partition(|(name, _)| *name == "index.html");
        for (name, bytes) in others.into_iter().chain(pages) {
            let path = out.join(name);
            fs::write(&path, bytes).with_context(|| format!("could not write {name}"))?;
        }
        for entry in fs::read_dir(out)? {
            let entry = entry?;
            let name = entry.file_name();
            if !name
                .to_str()
                .is_some_and(|name| self.files.contains_key(name))
            {
                fs::remove_file(entry.path()).context("could not remove a stale file")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_follows_the_content() {
        let mut site = Site::default();
        let one = site.add_hashed("page", "js", b"abc".to_vec());
        let other = site.add_hashed("page", "js", b"abd".to_vec());
        assert_eq!(one.name, "page-ba7816bf8f01cfea.js");
        assert_ne!(one.name, other.name);
        assert_eq!(
            one.integrity,
            "sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn"
        );
    }
}
