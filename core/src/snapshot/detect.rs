//! Tells what a file is from its content, and refuses what cannot be read, saying why.

use crate::snapshot::file::Complaint;
use crate::snapshot::json::scan_space;

/// How a file is read.
#[derive(Debug)]
pub(super) enum Format {
    /// As JSON, from this offset.
    Json(usize),
    /// As YAML, from this offset.
    Yaml(usize),
    /// Not at all.
    Refused(Complaint),
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// First bytes of archives and of what they are called.
const ARCHIVES: [(&[u8], &str); 7] = [
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ\0", "compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
];

/// Bytes that are searched for signs of binary data.
const SNIFFED: usize = 8 << 10;

/// Decides how a file is read.
pub(super) fn detect(path: &str, bytes: &[u8]) -> Format {
    if let Some(refusal) = refuse(path, bytes) {
        return Format::Refused(refusal);
    }
    let start = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
    let first = scan_space(bytes, start);
    if first >= bytes.len() {
        return Format::Refused(Complaint::warning(
            "empty-file",
            "the file is empty",
            "dump it again, or leave it out",
        ));
    }
    let yaml_name = has_extension(path, &["yaml", "yml"]);
    match bytes[first] {
        b'{' if yaml_name && bytes[first..].starts_with(b"{{") => Format::Yaml(start),
        b'{' | b'[' => Format::Json(start),
        _ if yaml_name => Format::Yaml(start),
        _ if has_extension(path, &["json"]) => Format::Json(start),
        _ if looks_like_yaml(&bytes[start..]) => Format::Yaml(start),
        _ if holds_documents(&bytes[start..]) => Format::Json(start),
        _ => Format::Refused(Complaint::note(
            "not-a-dump",
            "this is neither JSON nor YAML with Kubernetes objects; it is skipped",
            "leave it out, or dump objects with kubectl get -o json",
        )),
    }
}

/// Refuses what is no text in UTF-8.
fn refuse(path: &str, bytes: &[u8]) -> Option<Complaint> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if name.starts_with("._") && bytes.starts_with(b"\0\x05\x16\x07") {
        return Some(Complaint::note(
            "not-a-dump",
            "this is a file of macOS about another file; it is skipped",
            "",
        ));
    }
    let archive = ARCHIVES.iter().find(|(magic, _)| bytes.starts_with(magic));
    let tar = bytes.get(257..262) == Some(&b"ustar"[..]);
    if archive.is_some() || tar {
        let what = archive.map_or("a tar archive", |(_, what)| *what);
        return Some(Complaint::error(
            "archive-not-read",
            format!("this file is {what}; archives are not read yet"),
            "unpack it and load the files or the folder",
        ));
    }
    let sniffed = &bytes[..bytes.len().min(SNIFFED)];
    let wide = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    if wide || looks_wide(sniffed) {
        return Some(Complaint::error(
            "utf-16",
            "this file is written in UTF-16, as PowerShell's `>` does",
            "save it as UTF-8: kubectl ... | Out-File -Encoding utf8 dump.json",
        ));
    }
    sniffed.contains(&0).then(|| {
        Complaint::error(
            "binary-data",
            "this file holds binary data, not JSON or YAML",
            "load the output of kubectl get -o json",
        )
    })
}

/// Whether every other byte of the beginning is zero, as in UTF-16 without its mark.
fn looks_wide(sniffed: &[u8]) -> bool {
    let head = &sniffed[..sniffed.len().min(64) & !1];
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0);
    let (even, odd) = (zeros(0).count(), zeros(1).count());
    let pairs = head.len() / 2;
    pairs >= 4 && (even == pairs && odd == 0 || odd == pairs && even == 0)
}

/// Whether the file's name ends in one of these extensions.
fn has_extension(path: &str, extensions: &[&str]) -> bool {
    path.rsplit_once('.').is_some_and(|(_, found)| {
        extensions
            .iter()
            .any(|extension| found.eq_ignore_ascii_case(extension))
    })
}

/// Whether a line says what kind of object follows.
fn looks_like_yaml(bytes: &[u8]) -> bool {
    let keys = [
        "apiVersion:",
        "kind:",
        "- apiVersion:",
        "schemaVersion:",
        "serverVersion:",
    ];
    bytes
        .split(|byte| *byte == b'\n')
        .any(|line| keys.iter().any(|key| line.starts_with(key.as_bytes())))
}

/// Whether a line opens a JSON document, as behind a prompt or a warning.
fn holds_documents(bytes: &[u8]) -> bool {
    bytes
        .split(|byte| *byte == b'\n')
        .any(|line| line.trim_ascii_end() == b"{" || line.starts_with(b"{\""))
}
