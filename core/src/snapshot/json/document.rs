//! One document: a list, whose items are read one by one, or a single object.

use crate::snapshot::export;
use crate::snapshot::file::{Complaint, FileContext};
use crate::snapshot::fleet_file::SCHEMA_VERSION;
use crate::snapshot::json::error::from_scan;
use crate::snapshot::json::fleet::read_fleet;
use crate::snapshot::json::list::ListState;
use crate::snapshot::json::resync::Layout;
use crate::snapshot::json::scan::{Field, Fields, ScanError, ScanFault, skip_space, skip_value};
use crate::snapshot::json::text::JsonText;
use crate::snapshot::kinds;
use crate::snapshot::object::{Head, read_object, report_fault};
use crate::snapshot::own;
use crate::snapshot::server_version::RawVersion;
use crate::snapshot::text::Text;

/// What a document says of itself at its top level.
#[derive(Clone, Debug, Default)]
pub(super) struct DocumentHead {
    /// Where it begins.
    pub(super) start: usize,
    /// `kind`.
    pub(super) kind: Option<String>,
    /// `apiVersion`.
    pub(super) api_version: Option<String>,
    /// `schemaVersion`.
    pub(super) schema_version: Option<String>,
    /// Where the list of `clusters` begins.
    pub(super) clusters: Option<usize>,
    /// Whether the fields behind the items were looked at.
    pub(super) looked_ahead: bool,
}

/// What became of a document's beginning.
pub(super) enum Opened {
    /// Its items follow.
    List(ListState),
    /// It was read whole; the next one is behind this offset.
    Whole(usize),
    /// It cannot be followed; look for another one from here.
    Lost(usize),
}

impl DocumentHead {
    /// The kind of a list's items, when the list says it: `PodList` holds pods.
    pub(super) fn item_kind(&self) -> Option<&str> {
        let kind = self.kind.as_deref()?.strip_suffix("List")?;
        (!kind.is_empty()).then_some(kind)
    }

    /// Reads the fields behind the items, for a list whose kind comes last.
    pub(super) fn look_ahead(&mut self, file: &mut FileContext<'_>, from: usize, depth: u32) {
        self.looked_ahead = true;
        let bytes = file.bytes;
        let mut at = skip_space(bytes, from);
        while bytes.get(at) == Some(&b',') {
            match skip_value(bytes, skip_space(bytes, at + 1), depth) {
                Ok(end) => at = skip_space(bytes, end),
                Err(error) => {
                    file.rescan(error.at - from);
                    return;
                }
            }
        }
        if bytes.get(at) == Some(&b']') && depth > 1 {
            let mut fields = Fields::behind(at + 1, 1);
            while let Ok(Some(field)) = fields.next(bytes) {
                let Ok(end) = fields.skip(bytes) else {
                    break;
                };
                self.note(bytes, &field, end);
            }
        }
        file.rescan(at - from);
    }

    /// Remembers a field that says what the document is.
    fn note(&mut self, bytes: &[u8], field: &Field, end: usize) {
        let text = || serde_json::from_slice::<String>(&bytes[field.value..end]).ok();
        match &bytes[field.key.clone()] {
            b"\"kind\"" => self.kind = text(),
            b"\"apiVersion\"" => self.api_version = text(),
            b"\"schemaVersion\"" => self.schema_version = text(),
            b"\"clusters\"" if bytes[field.value] == b'[' => self.clusters = Some(field.value),
            _ => {}
        }
    }

    /// Reads on behind a list's items, to the document's end.
    pub(super) fn close(&mut self, file: &mut FileContext<'_>, at: usize) -> Result<usize, usize> {
        let mut fields = Fields::behind(at, 1);
        match self.read_fields(file.bytes, &mut fields) {
            Ok(_) => {
                check_utf8(file, at, fields.offset());
                Ok(fields.offset())
            }
            Err(error) => {
                let fault = from_scan(error);
                file.report(
                    error.at,
                    None,
                    Complaint::error(fault.rule, fault.message, fault.fix),
                );
                Err(error.at)
            }
        }
    }

    /// Reads fields up to `items`, whose first bracket is returned, or to the end.
    fn read_fields(
        &mut self,
        bytes: &[u8],
        fields: &mut Fields,
    ) -> Result<Option<usize>, ScanError> {
        while let Some(field) = fields.next(bytes)? {
            let is_items = &bytes[field.key.clone()] == b"\"items\"";
            if is_items && bytes.get(field.value) == Some(&b'[') {
                return Ok(Some(field.value));
            }
            let end = fields.skip(bytes)?;
            self.note(bytes, &field, end);
        }
        Ok(None)
    }
}

/// A list whose items begin behind the bracket at `open`.
fn list(bytes: &[u8], head: DocumentHead, open: usize, name: &'static str) -> ListState {
    ListState {
        layout: Layout::of_list(bytes, open),
        head,
        at: open + 1,
        index: 0,
        name,
        damaged: false,
    }
}

/// Opens the document at `start`.
pub(super) fn open(file: &mut FileContext<'_>, start: usize) -> Opened {
    let bytes = file.bytes;
    file.positions.advance(bytes, start);
    let mut head = DocumentHead {
        start,
        ..DocumentHead::default()
    };
    if bytes[start] == b'[' {
        return Opened::List(list(bytes, head, start, ""));
    }
    let mut fields = Fields::new(start, 0);
    match head.read_fields(bytes, &mut fields) {
        Ok(Some(items)) => {
            check_utf8(file, start, items);
            Opened::List(list(bytes, head, items, "items"))
        }
        Ok(None) => {
            read_whole(file, &head, fields.offset());
            Opened::Whole(fields.offset())
        }
        Err(error) => report_broken(file, head, error),
    }
}

/// Reports bytes around a list's items that are not UTF-8; nothing is lost by them.
fn check_utf8(file: &mut FileContext<'_>, start: usize, end: usize) {
    if let Err(error) = std::str::from_utf8(&file.bytes[start..end]) {
        let complaint = Complaint::warning(
            "invalid-utf8",
            "a byte here is not UTF-8",
            "save the file as UTF-8, or dump it again",
        );
        file.report(start + error.valid_up_to(), None, complaint);
    }
}

/// Reports a document that is broken outside a list, and finds its items if it has any.
fn report_broken(file: &mut FileContext<'_>, head: DocumentHead, error: ScanError) -> Opened {
    let bytes = file.bytes;
    let mut fault = from_scan(error);
    if error.fault == ScanFault::End {
        let (line, _) = file.positions.at(bytes, head.start);
        fault.message =
            format!("the file ends here, inside the document that begins at line {line}");
    }
    let complaint = Complaint::error(fault.rule, fault.message, fault.fix);
    file.report(error.at, None, complaint);
    if !file.rescan(error.at - head.start) {
        return give_up(file, error.at);
    }
    if error.fault == ScanFault::TooDeep {
        return Opened::Lost(error.at);
    }
    let (items, end) = find_items(bytes, head.start);
    if !file.rescan(end - head.start) {
        return give_up(file, end);
    }
    match items {
        Some(items) => Opened::List(list(bytes, head, items, "items")),
        None => Opened::Lost(head.start + 1),
    }
}

/// Leaves a file that is so broken that following it would take too long.
fn give_up(file: &mut FileContext<'_>, at: usize) -> Opened {
    let complaint = Complaint::error(
        "file-abandoned",
        "this file is broken in so many places that the rest of it is not read",
        "dump it again",
    );
    file.report(at, None, complaint);
    Opened::Lost(file.bytes.len())
}

/// The bracket of the first list that is called `items`, before another document begins; and how
/// far it was looked for.
fn find_items(bytes: &[u8], start: usize) -> (Option<usize>, usize) {
    const KEY: &[u8] = b"\"items\"";
    let mut at = start + 1;
    let stops = |byte: &u8| matches!(byte, b'"' | b'\n');
    while let Some(stop) = bytes.get(at..).and_then(|rest| rest.iter().position(stops)) {
        at += stop;
        let rest = &bytes[at..];
        if rest.starts_with(b"\n{") {
            return (None, at);
        }
        if rest.starts_with(KEY) {
            let colon = skip_space(bytes, at + KEY.len());
            let open = skip_space(bytes, colon + 1);
            if bytes.get(colon) == Some(&b':') && bytes.get(open) == Some(&b'[') {
                return (Some(open), open);
            }
        }
        at += 1;
    }
    (None, bytes.len())
}

/// Reads a document that is one object.
fn read_whole(file: &mut FileContext<'_>, document: &DocumentHead, end: usize) {
    let mut head = Head {
        kind: document.kind.clone().unwrap_or_default(),
        api_version: document.api_version.clone().unwrap_or_default(),
        label: "this document".to_owned(),
        offset: document.start,
    };
    let text = match JsonText::new(&file.bytes[document.start..end]) {
        Ok(text) => text,
        Err(fault) => {
            let complaint = Complaint::error(fault.rule, fault.message, fault.fix);
            return file.report(document.start + fault.offset, None, complaint);
        }
    };
    if let Some(version) = &document.schema_version {
        return read_own(file, document, &head, &text, version);
    }
    if head.kind.is_empty()
        && let Ok(version) = text.read::<RawVersion>()
        && let Some(version) = version.into_version()
    {
        file.content.server_version = Some(version);
        return;
    }
    if head.kind.is_empty()
        && let Some((kind, version)) = kinds::from_file_name(file.path)
    {
        kind.clone_into(&mut head.kind);
        head.api_version = version;
    }
    if head.kind.is_empty() {
        return match text.check() {
            Ok(()) => file.report(document.start, None, own::not_kubernetes()),
            Err(fault) => report_fault(file, &head, &text, fault),
        };
    }
    if head.kind.ends_with("List") && !head.api_version.is_empty() {
        // A list whose items are null or missing: it is empty.
        if let Err(fault) = text.check() {
            report_fault(file, &head, &text, fault);
        }
        return;
    }
    read_object(file, &head, &text);
}

/// Reads a document of our own: a snapshot, or a fleet file.
fn read_own(
    file: &mut FileContext<'_>,
    document: &DocumentHead,
    head: &Head,
    text: &JsonText<'_>,
    version: &str,
) {
    if version != SCHEMA_VERSION {
        return file.report(document.start, None, own::unknown_schema());
    }
    if head.kind == export::KIND {
        match export::read(text) {
            Ok(snapshot) => file.content.snapshot = Some(snapshot),
            Err(fault) => report_fault(file, head, text, fault),
        }
        return;
    }
    match document.clusters {
        Some(clusters) => read_fleet(file, text, clusters),
        None => file.report(document.start, None, own::not_a_fleet()),
    }
}
