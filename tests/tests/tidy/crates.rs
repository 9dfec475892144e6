//! Which crates the core may use: a new one is a decision, and changes this table.

use std::fs;

use super::source::root;

/// What the core is built from. DESIGN.md says why, a line for each.
const CORE_MAY_USE: &[&str] = &[
    "csv",
    "jiff",
    "libm",
    "petgraph",
    "rand",
    "rand_xoshiro",
    "schemars",
    "semver",
    "serde",
    "serde-saphyr",
    "serde_json",
    "thiserror",
    "xxhash-rust",
];

/// The crates in the `[dependencies]` of a manifest.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut section = "";
    let mut found = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
            found.extend(section.strip_prefix("dependencies."));
        } else if section == "dependencies" && !line.is_empty() && !line.starts_with('#') {
            found.extend(line.split(['.', '=', ' ']).next());
        }
    }
    found
}

#[test]
fn the_core_uses_only_the_crates_in_the_table() {
    let manifest = fs::read_to_string(root().join("core/Cargo.toml")).expect("a manifest");
    for name in dependencies(&manifest) {
        assert!(
            CORE_MAY_USE.contains(&name),
            "`{name}` is not among the core's crates"
        );
    }
}

#[test]
fn both_forms_of_a_dependency_are_seen() {
    let manifest = "[dependencies]\n# why\nserde.workspace = true\ntokio = \"1\"\n\n\
                    [dependencies.rayon]\nversion = \"1\"\n[dev-dependencies]\nproptest = \"1\"\n";
    assert_eq!(dependencies(manifest), ["serde", "tokio", "rayon"]);
}
