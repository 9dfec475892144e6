//! Paths as users write them: folders, base names, and paths relative to a fleet file.

/// The folder of a path, without its slash; empty at the top.
pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// The last part of a path without its extension.
pub(super) fn stem(path: &str) -> &str {
    let name = base_name(path);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// A path without `.` and `..`, as far as they can be resolved.
pub(super) fn normalize(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" if !parts.is_empty() => {}
            "." => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, ".." | "")) => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// `path` as it is meant in a file of `folder`.
pub(super) fn relative_to(folder: &str, path: &str) -> String {
    let path = path.replace('\\', "/");
    if folder.is_empty() || path.starts_with('/') {
        return normalize(&path);
    }
    normalize(&format!("{folder}/{path}"))
}

/// Whether `path` is `folder` or lies in it.
pub(super) fn is_within(path: &str, folder: &str) -> bool {
    if matches!(folder, "" | ".") {
        return true;
    }
    path.strip_prefix(folder.trim_end_matches('/'))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The deepest folder that holds all these paths.
pub(super) fn common_folder<'a>(paths: impl IntoIterator<Item = &'a str>) -> String {
    let mut common: Option<Vec<&str>> = None;
    for path in paths {
        let parts: Vec<&str> = folder(path).split('/').collect();
        match &mut common {
            None => common = Some(parts),
            Some(common) => {
                let same = common.iter().zip(&parts).take_while(|(a, b)| a == b);
                let same = same.count();
                common.truncate(same);
            }
        }
    }
    common.unwrap_or_default().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved_against_the_fleet_file() {
        let check = |folder: &str, path: &str, expected: &str| {
            assert_eq!(relative_to(folder, path), expected);
        };
        check("", "dumps/a.json", "dumps/a.json");
        check("fleet", "./dumps//a.json", "fleet/dumps/a.json");
        check("fleet/eu", "../a.json", "fleet/a.json");
        check("fleet", "../../a.json", "../a.json");
        check("fleet", "/data/a.json", "/data/a.json");
    }

    #[test]
    fn a_folder_holds_what_lies_in_it() {
        assert!(is_within("a/b/c.json", "a/b"));
        assert!(is_within("a/b/c.json", "a/b/"));
        assert!(is_within("a/b", "a/b"));
        assert!(!is_within("a/bc", "a/b"));
        assert_eq!(common_folder(["a/b/c.json", "a/b/d/e.json"]), "a/b");
        assert_eq!(common_folder(["x.json", "a/b.json"]), "");
    }
}
