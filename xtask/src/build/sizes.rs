//! What the site weighs, raw and as a server sends it.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use super::assets::Site;

/// One file's weight in bytes.
#[derive(Debug)]
pub(super) struct Size {
    name: String,
    raw: usize,
    gzipped: usize,
}

/// Compresses a file as a careful server would.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory takes every byte");
    encoder.finish().expect("memory takes every byte")
}

pub(super) fn measure(site: &Site) -> Vec<Size> {
    let mut sizes: Vec<Size> = site
        .files()
        .map(|(name, bytes)| Size {
            name: name.to_owned(),
            raw: bytes.len(),
            gzipped: gzip(bytes).len(),
        })
        .collect();
    sizes.sort_by(|a, b| (b.gzipped, &a.name).cmp(&(a.gzipped, &b.name)));
    sizes
}

pub(super) fn table(sizes: &[Size]) -> String {
    let mut table = format!("{:<36} {:>9} {:>9}\n", "file", "bytes", "gzipped");
    let total = Size {
        name: String::from("total"),
        raw: sizes.iter().map(|size| size.raw).sum(),
        gzipped: sizes.iter().map(|size| size.gzipped).sum(),
    };
    for Size { name, raw, gzipped } in sizes.iter().chain([&total]) {
        writeln!(table, "{name:<36} {raw:>9} {gzipped:>9}").expect("a string takes everything");
    }
    table
}

pub(super) fn json(sizes: &[Size]) -> String {
    let files: Vec<_> = sizes
        .iter()
        .map(|size| json!({ "file": size.name, "bytes": size.raw, "gzipped": size.gzipped }))
        .collect();
    format!("{:#}\n", json!({ "schemaVersion": 1, "files": files }))
}
