//! Walks through a YAML file, object by object.

use std::ops::Range;

use crate::snapshot::export;
use crate::snapshot::fault::Fault;
use crate::snapshot::file::{Complaint, FileContext};
use crate::snapshot::fleet_file::SCHEMA_VERSION;
use crate::snapshot::fleet_read::{self, add_cluster};
use crate::snapshot::kinds;
use crate::snapshot::object::{Head, read_object, report_fault};
use crate::snapshot::own;
use crate::snapshot::raw::RawNamed;
use crate::snapshot::server_version::RawVersion;
use crate::snapshot::text::Text;
use crate::snapshot::yaml::split::{
    Outline, first_item, item_end, item_outline, next_document, outline,
};
use crate::snapshot::yaml::text::{Shape, YamlText};

/// Documents that a file may have.
const MAX_DOCUMENTS: u32 = 100_000;

/// Where reading a YAML file stands.
#[derive(Debug)]
pub(in crate::snapshot) struct YamlReader {
    at: usize,
    documents: u32,
    list: Option<List>,
}

/// A list that is being read.
#[derive(Debug)]
struct List {
    at: usize,
    indent: usize,
    index: usize,
    end: usize,
    /// How the list is called in messages.
    name: &'static str,
    outline: Outline,
}

impl YamlReader {
    /// A reader that begins at `start`, behind a byte order mark.
    pub(in crate::snapshot) fn new(start: usize) -> Self {
        Self {
            at: start,
            documents: 0,
            list: None,
        }
    }

    /// How many bytes have been read.
    pub(in crate::snapshot) fn offset(&self, n_bytes: usize) -> usize {
        self.list
            .as_ref()
            .map_or(self.at, |list| list.at)
            .min(n_bytes)
    }

    /// Reads one object; whether there may be another.
    pub(in crate::snapshot) fn step(&mut self, file: &mut FileContext<'_>) -> bool {
        match self.list.take() {
            Some(list) => self.list = list.step(file),
            None if self.at >= file.bytes.len() => return false,
            None => self.open(file),
        }
        true
    }

    /// Reads one document, or the beginning of one that is a list.
    fn open(&mut self, file: &mut FileContext<'_>) {
        let (document, next) = next_document(file.bytes, self.at);
        self.at = next;
        self.documents += 1;
        if self.documents > MAX_DOCUMENTS {
            self.at = file.bytes.len();
            let message = format!("this file has more than {MAX_DOCUMENTS} documents");
            let fix = "split the file; the documents before this one were read";
            let complaint = Complaint::error("too-many-documents", message, fix);
            return file.report(document.start, None, complaint);
        }
        let outline = outline(file.bytes, document.clone());
        if !outline.any {
            return;
        }
        file.positions.advance(file.bytes, document.start);
        let list = outline
            .items
            .map(|at| (at, "items"))
            .or(outline.bare_list.map(|at| (at, "")))
            .filter(|_| outline.schema_version.is_none());
        if let Some((at, name)) = list {
            self.list = first_item(file.bytes, at, document.end).map(|(at, indent)| List {
                at,
                indent,
                index: 0,
                end: document.end,
                name,
                outline,
            });
            return;
        }
        read_document(file, document, &outline);
    }
}

impl List {
    /// Reads one item; the list, unless that was the last one.
    fn step(mut self, file: &mut FileContext<'_>) -> Option<Self> {
        let item = item_end(file.bytes, self.at, self.indent, self.end);
        file.positions.advance(file.bytes, self.at);
        self.read(file, self.at..item.end);
        self.at = item.end;
        self.index += 1;
        item.more.then_some(self)
    }

    fn read(&self, file: &mut FileContext<'_>, item: Range<usize>) {
        let bytes = file.bytes;
        let label = format!("{}[{}]", self.name, self.index);
        let offset = item.start;
        let text = match YamlText::new(&bytes[item.clone()], Shape::OnlyItem) {
            Ok(text) => text,
            Err(fault) => return report_bytes(file, offset, Some(label), fault),
        };
        let own = item_outline(bytes, item, self.indent);
        let list_kind = self.outline.kind.as_deref();
        let list_kind = list_kind.and_then(|kind| kind.strip_suffix("List"));
        let (kind, api_version) = if let Some(kind) = own.kind {
            (kind, own.api_version.unwrap_or_default())
        } else if let Some(kind) = list_kind.filter(|kind| !kind.is_empty()) {
            let version = own.api_version.or_else(|| self.outline.api_version.clone());
            (kind.to_owned(), version.unwrap_or_default())
        } else if let Some((kind, version)) = kinds::from_file_name(file.path) {
            (kind.to_owned(), version)
        } else {
            let head = Head {
                kind: String::new(),
                api_version: String::new(),
                label,
                offset,
            };
            return read_unknown(file, head, &text);
        };
        let head = Head {
            kind,
            api_version,
            label,
            offset,
        };
        read_object(file, &head, &text);
    }
}

/// Reads an object whose kind does not stand in a line of its own.
fn read_unknown(file: &mut FileContext<'_>, mut head: Head, text: &YamlText<'_>) {
    match text.read::<RawNamed>() {
        Ok(named) => match named.kind {
            Some(kind) => {
                head.kind = kind;
                head.api_version = named.api_version.unwrap_or_default();
                read_object(file, &head, text);
            }
            None => file.report(head.offset, Some(head.label), own::not_kubernetes()),
        },
        Err(fault) => report_fault(file, &head, text, fault),
    }
}

fn report_bytes(file: &mut FileContext<'_>, offset: usize, object: Option<String>, fault: Fault) {
    let complaint = Complaint::error(fault.rule, fault.message, fault.fix);
    file.report(offset + fault.offset, object, complaint);
}

/// Reads a document that is not a list.
fn read_document(file: &mut FileContext<'_>, document: Range<usize>, outline: &Outline) {
    let offset = document.start;
    let text = match YamlText::new(&file.bytes[document.clone()], Shape::Object) {
        Ok(text) => text,
        Err(fault) => return report_bytes(file, offset, None, fault),
    };
    let head = Head {
        kind: outline.kind.clone().unwrap_or_default(),
        api_version: outline.api_version.clone().unwrap_or_default(),
        label: "this document".to_owned(),
        offset: first_text(file.bytes, document.clone()),
    };
    if let Some(version) = &outline.schema_version {
        return read_own(file, document, outline, &head, version);
    }
    if outline.flow_items {
        let complaint = Complaint::error(
            "flow-list",
            "this list's items are written in brackets, which is not read in YAML",
            "dump it with kubectl get -o json or -o yaml",
        );
        return file.report(head.offset, None, complaint);
    }
    if outline.version {
        let version = text.read::<RawVersion>().ok();
        file.content.server_version = version.and_then(RawVersion::into_version);
        return;
    }
    if head.kind.is_empty() {
        return read_unlabeled(file, head, &text);
    }
    if !head.kind.ends_with("List") {
        read_object(file, &Head { offset, ..head }, &text);
    }
}

/// Reads a document without a `kind` at its top level, if the parser finds one.
fn read_unlabeled(file: &mut FileContext<'_>, head: Head, text: &YamlText<'_>) {
    match text.find_key("kind") {
        Some(_) => read_unknown(file, head, text),
        None => file.report(head.offset, None, own::not_kubernetes()),
    }
}

/// Where the first line that says anything begins.
fn first_text(bytes: &[u8], document: Range<usize>) -> usize {
    let start = document.start;
    crate::snapshot::yaml::split::lines(bytes, document)
        .find(|line| !line.is_blank(bytes))
        .map_or(start, |line| line.text)
}

/// Reads a document of our own: a snapshot, or a fleet file.
fn read_own(
    file: &mut FileContext<'_>,
    document: Range<usize>,
    outline: &Outline,
    head: &Head,
    version: &str,
) {
    if version != SCHEMA_VERSION {
        return file.report(head.offset, None, own::unknown_schema());
    }
    if head.kind == export::KIND {
        return file.report(head.offset, None, own::snapshot_in_yaml());
    }
    let Some(clusters) = outline.clusters else {
        return file.report(head.offset, None, own::not_a_fleet());
    };
    let part = fleet_read::part_of(file);
    part.name = part.name.take().or_else(|| outline.name.clone());
    let mut next = first_item(file.bytes, clusters, document.end);
    let mut index = 0;
    while let Some((start, indent)) = next {
        let item = item_end(file.bytes, start, indent, document.end);
        let label = format!("clusters[{index}]");
        match YamlText::new(&file.bytes[start..item.end], Shape::OnlyItem) {
            Ok(text) => add_cluster(file, &text, start, label),
            Err(fault) => report_bytes(file, start, Some(label), fault),
        }
        index += 1;
        next = item.more.then_some((item.end, indent));
    }
}
