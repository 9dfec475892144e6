//! Arrows point one way: which module of the core may import which.

use expect_test::expect;

use super::source::{Source, root};
use super::{check_all, check_sample};

/// The modules of the core in reading order, each with the modules it may import.
///
/// A module may import only modules above it, so data can only move down this list.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("checked", &[]),
    ("ids", &[]),
    ("math", &[]),
    ("units", &["checked"]),
    ("rng", &["math", "units"]),
    ("snapshot", &["checked", "ids", "units"]),
    ("catalog", &["checked", "units"]),
    (
        "inventory",
        &["checked", "ids", "units", "snapshot", "catalog"],
    ),
    ("policy", &["checked", "ids", "units", "inventory"]),
    (
        "findings",
        &["checked", "ids", "units", "catalog", "inventory", "policy"],
    ),
    (
        "synth",
        &[
            "ids",
            "math",
            "units",
            "rng",
            "snapshot",
            "catalog",
            "inventory",
        ],
    ),
    ("durations", &["ids", "units", "rng", "inventory"]),
    (
        "plan",
        &[
            "checked",
            "ids",
            "units",
            "catalog",
            "inventory",
            "policy",
            "findings",
        ],
    ),
    (
        "sim",
        &[
            "ids",
            "math",
            "units",
            "rng",
            "snapshot",
            "catalog",
            "inventory",
            "durations",
            "policy",
            "plan",
        ],
    ),
    (
        "metrics",
        &["ids", "math", "units", "inventory", "plan", "sim"],
    ),
    (
        "study",
        &[
            "checked",
            "ids",
            "math",
            "units",
            "rng",
            "inventory",
            "plan",
            "sim",
            "metrics",
        ],
    ),
    ("score", &["checked", "math"]),
    ("partners", &["checked", "ids", "units", "score"]),
    (
        "drill",
        &[
            "checked",
            "ids",
            "units",
            "inventory",
            "plan",
            "sim",
            "metrics",
        ],
    ),
    (
        "scenario",
        &[
            "checked",
            "units",
            "rng",
            "snapshot",
            "inventory",
            "durations",
            "synth",
            "policy",
            "plan",
            "sim",
        ],
    ),
    (
        "services",
        &[
            "checked",
            "ids",
            "math",
            "units",
            "inventory",
            "sim",
            "scenario",
        ],
    ),
    (
        "report",
        &[
            "checked",
            "ids",
            "math",
            "units",
            "rng",
            "inventory",
            "durations",
            "policy",
            "findings",
            "plan",
            "sim",
            "metrics",
            "study",
            "score",
            "partners",
            "drill",
            "scenario",
            "services",
        ],
    ),
    (
        "trial",
        &[
            "checked",
            "ids",
            "units",
            "snapshot",
            "inventory",
            "durations",
            "policy",
            "findings",
            "synth",
            "plan",
            "sim",
            "metrics",
            "study",
            "drill",
            "scenario",
            "services",
            "report",
        ],
    ),
    (
        "schema",
        &[
            "snapshot", "policy", "plan", "sim", "study", "partners", "scenario", "report",
        ],
    ),
];

/// Where a module's file is: the module, and how many modules it is below the root.
fn place(path: &str) -> Option<(&str, usize)> {
    let inside = path.strip_prefix("core/src/")?.strip_suffix(".rs")?;
    let inside = inside.strip_suffix("/mod").unwrap_or(inside);
    let module = inside.split('/').next().expect("a split has a first part");
    (module != "lib").then(|| (module, inside.split('/').count()))
}

/// What is wrong with the imports of one file.
fn wrong_arrows(source: &Source) -> Vec<String> {
    let Some((module, depth)) = place(&source.path) else {
        return Vec::new();
    };
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == module) else {
        let missing = format!("`{module}` is not in the table of modules");
        return vec![source.problem(1, &missing)];
    };
    let mut problems = Vec::new();
    let mut depth = depth;
    let mut is_test = is_test_file(&source.path);
    for (number, line) in source.numbered() {
        is_test |= line.trim() == "#[cfg(test)]";
        let may_import = |name| allowed.contains(&name) || is_test && stands_above(name, module);
        let code = line.split("//").next().unwrap_or_default();
        for name in paths_from_root(code) {
            if name == "{" || name.is_empty() || name == "*" {
                let hidden = "name the module: `use crate::module::Item`, a group hides it";
                problems.push(source.problem(number, hidden));
            } else if name != module && !may_import(name) {
                let wrong = format!("`{module}` must not import `{name}`");
                problems.push(source.problem(number, &wrong));
            }
        }
        if climbs(code) >= depth {
            let climbing = "`super` climbs out of the module: write `crate::module::Item`";
            problems.push(source.problem(number, climbing));
        }
        // A module inside the file, such as its tests, is one step further from the root.
        let opened = code.trim().strip_prefix("pub ").unwrap_or(code.trim());
        depth += usize::from(opened.starts_with("mod ") && opened.ends_with('{'));
    }
    problems
}

/// Whether a file holds tests only.
fn is_test_file(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs")
}

/// Tests may stand on whatever is above them: they build what the module works on.
fn stands_above(name: &str, module: &str) -> bool {
    let mut above = MAY_IMPORT
        .iter()
        .take_while(|(listed, _)| *listed != module);
    above.any(|(listed, _)| *listed == name)
}

/// What follows each `crate::` of a line: a module, or `{` where a group hides it.
fn paths_from_root(code: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate") {
        let before = code[..at].chars().next_back();
        let rest = &code[at + "crate".len()..];
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        if let Some(path) = rest.strip_prefix("::") {
            let end = path
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(path.len());
            names.push(if end == 0 {
                &path[..path.len().min(1)]
            } else {
                &path[..end]
            });
        } else if rest.starts_with(" as ") {
            names.push("{");
        }
    }
    names
}

/// How often a line's longest path climbs with `super`.
fn climbs(code: &str) -> usize {
    let mut most = 0;
    let mut rest = code;
    while let Some(at) = rest.find("super::") {
        let mut count = 0;
        rest = &rest[at..];
        while let Some(after) = rest.strip_prefix("super::") {
            count += 1;
            rest = after;
        }
        most = most.max(count);
    }
    most
}

#[test]
fn arrows_point_one_way() {
    check_all(wrong_arrows);
}

#[test]
fn the_table_is_in_reading_order() {
    for (index, (module, allowed)) in MAY_IMPORT.iter().enumerate() {
        for import in *allowed {
            let is_above = MAY_IMPORT[..index].iter().any(|(above, _)| above == import);
            assert!(is_above, "`{import}` does not stand above `{module}`");
        }
    }
}

#[test]
fn every_module_folder_is_in_the_table() {
    for entry in root()
        .join("core/src")
        .read_dir()
        .expect("the core has sources")
    {
        let name = entry
            .expect("an entry")
            .file_name()
            .to_string_lossy()
            .replace(".rs", "");
        let is_known = name == "lib" || MAY_IMPORT.iter().any(|(module, _)| *module == name);
        assert!(is_known, "core/src/{name} is not in the table of modules");
    }
}

#[test]
fn an_arrow_upwards_is_caught() {
    check_sample(
        wrong_arrows,
        "core/src/plan/waves.rs",
        "use crate::units::SimTime;\nuse crate::sim::Trace;\n",
        &expect![[r#"
            core/src/plan/waves.rs:2: `plan` must not import `sim`
        "#]],
    );
}

#[test]
fn a_path_in_the_code_is_caught_and_one_in_a_comment_is_not() {
    check_sample(
        wrong_arrows,
        "core/src/rng.rs",
        "/// See [`crate::sim`].\n\
         fn at() -> crate::sim::Trace { $crate::plan::x() } // crate::sim\n",
        &expect![[r#"
            core/src/rng.rs:2: `rng` must not import `sim`
            core/src/rng.rs:2: `rng` must not import `plan`
        "#]],
    );
}

#[test]
fn a_test_may_use_what_stands_above_and_nothing_else() {
    check_sample(
        wrong_arrows,
        "core/src/plan/waves.rs",
        "use crate::snapshot::Snapshot;\n#[cfg(test)]\nuse crate::snapshot::Snapshot;\n\
         use crate::sim::Trace;\n",
        &expect![[r#"
            core/src/plan/waves.rs:1: `plan` must not import `snapshot`
            core/src/plan/waves.rs:4: `plan` must not import `sim`
        "#]],
    );
}

#[test]
fn a_group_that_hides_the_module_is_caught() {
    check_sample(
        wrong_arrows,
        "core/src/rng.rs",
        "use crate::{sim::Trace};\nuse crate as root;\nuse crate::*;\n",
        &expect![[r#"
            core/src/rng.rs:1: name the module: `use crate::module::Item`, a group hides it
            core/src/rng.rs:2: name the module: `use crate::module::Item`, a group hides it
            core/src/rng.rs:3: name the module: `use crate::module::Item`, a group hides it
        "#]],
    );
}

#[test]
fn climbing_out_of_the_module_is_caught() {
    check_sample(
        wrong_arrows,
        "core/src/plan/waves.rs",
        "use super::model::Plan;\nuse super::super::sim::Trace;\nmod tests {\n    use super::*;\n\
         \x20   use super::super::model::Plan;\n}\n",
        &expect![[r#"
            core/src/plan/waves.rs:2: `super` climbs out of the module: write `crate::module::Item`
        "#]],
    );
    check_sample(
        wrong_arrows,
        "core/src/plan/mod.rs",
        "use super::sim::Trace;\n",
        &expect![[r#"
            core/src/plan/mod.rs:1: `super` climbs out of the module: write `crate::module::Item`
        "#]],
    );
}

#[test]
fn a_module_that_is_not_in_the_table_is_caught() {
    check_sample(
        wrong_arrows,
        "core/src/helpers/mod.rs",
        "",
        &expect![[r#"
            core/src/helpers/mod.rs:1: `helpers` is not in the table of modules
        "#]],
    );
}
