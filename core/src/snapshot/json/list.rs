//! The items of one list, one after the other.

use crate::snapshot::fault::Fault;
use crate::snapshot::file::{Complaint, FileContext};
use crate::snapshot::json::document::DocumentHead;
use crate::snapshot::json::error::from_scan;
use crate::snapshot::json::resync::{Layout, Resync};
use crate::snapshot::json::scan::{Fields, ScanError, ScanFault, skip_space, skip_value};
use crate::snapshot::json::text::JsonText;
use crate::snapshot::kinds;
use crate::snapshot::object::{Head, read_object};

/// A list that is being read.
#[derive(Debug)]
pub(super) struct ListState {
    /// What the document says of itself around the items.
    pub(super) head: DocumentHead,
    /// Where the next item, a comma or the closing bracket is.
    pub(super) at: usize,
    /// The position of the next item.
    pub(super) index: usize,
    /// How the list is called in messages: `items`, or nothing for a bare list.
    pub(super) name: &'static str,
    /// How it is laid out.
    pub(super) layout: Layout,
    /// Whether an item was damaged, from when on items are bounded before they are scanned.
    pub(super) damaged: bool,
}

/// How a list goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// There may be another item.
    Item,
    /// The list is closed by the bracket before this offset.
    Closed(usize),
    /// The list cannot be followed further; look for another document from here.
    Lost(usize),
}

/// What the scanner found out about one item.
struct Item {
    end: usize,
    kind: Option<String>,
    api_version: Option<String>,
}

impl ListState {
    /// Depth of brackets around an item: the list, and the document unless the list is bare.
    fn depth(&self) -> u32 {
        if self.name.is_empty() { 1 } else { 2 }
    }

    fn label(&self) -> String {
        format!("{}[{}]", self.name, self.index)
    }

    /// Reads one item.
    pub(super) fn step(&mut self, file: &mut FileContext<'_>) -> Next {
        let bytes = file.bytes;
        let mut at = skip_space(bytes, self.at);
        if self.index > 0 && bytes.get(at) == Some(&b',') {
            at = skip_space(bytes, at + 1);
        }
        match bytes.get(at) {
            None => return self.report_end(file, at),
            Some(b']') => return Next::Closed(at + 1),
            Some(_) => {}
        }
        file.positions.advance(bytes, at);
        if bytes[at] != b'{' {
            return self.pass_other(file, at);
        }
        self.layout.see_item(bytes, at);
        let bound = self.bound(bytes, at);
        match scan_item(&bytes[..bound], at, self.depth()) {
            Ok(item) => match check_behind(bytes, item.end) {
                Ok(next) => {
                    self.read(file, at, &item);
                    self.at = next;
                    self.index += 1;
                    Next::Item
                }
                Err(error) => self.report_damage(file, at, error),
            },
            Err(error) => self.report_damage(file, at, error),
        }
    }

    /// How far an item can reach: after damage, up to the next line in its column.
    fn bound(&self, bytes: &[u8], at: usize) -> usize {
        if !self.damaged || self.layout.items.is_none() {
            return bytes.len();
        }
        match self.layout.resync(bytes, at) {
            Resync::Item(next) => next,
            Resync::ListEnd(_) | Resync::Lost(_) => bytes.len(),
        }
    }

    /// Reads an item that is well formed.
    fn read(&mut self, file: &mut FileContext<'_>, at: usize, item: &Item) {
        let bytes = file.bytes;
        self.check_comma(file, at);
        let (kind, api_version) = self.kind_of(file, item);
        let head = Head {
            kind,
            api_version,
            label: self.label(),
            offset: at,
        };
        let text = match JsonText::new(&bytes[at..item.end]) {
            Ok(text) => text,
            Err(fault) => return self.report_bytes(file, at, fault),
        };
        if head.kind.is_empty() {
            let complaint = Complaint::error(
                "missing-kind",
                "neither this object, its list nor its file's name says what kind it is",
                "dump it with kubectl get -o json, or name the file after its kind: pods.json",
            );
            return file.report(at, Some(head.label), complaint);
        }
        if head.kind.ends_with("List") {
            let complaint = Complaint::warning(
                "nested-list",
                "a list within a list is not read",
                "put its items into the outer list",
            );
            return file.report(at, Some(head.label), complaint);
        }
        read_object(file, &head, &text);
    }

    /// Reports a comma that is missing before an item; nothing is lost by it.
    fn check_comma(&self, file: &mut FileContext<'_>, at: usize) {
        let before = file.bytes[..at].trim_ascii_end();
        if self.index > 0 && !self.damaged && !before.ends_with(b",") {
            let complaint = Complaint::warning(
                "invalid-json",
                "a comma is missing before this item",
                "put one there; both items were read",
            );
            file.report(at, Some(self.label()), complaint);
        }
    }

    /// An item's kind and API version: its own, or else its list's, or else the file name's.
    fn kind_of(&mut self, file: &mut FileContext<'_>, item: &Item) -> (String, String) {
        let own_version = item.api_version.clone();
        if let Some(kind) = &item.kind {
            return (kind.clone(), own_version.unwrap_or_default());
        }
        if self.head.item_kind().is_none() && !self.head.looked_ahead {
            self.head.look_ahead(file, item.end, self.depth());
        }
        if let Some(kind) = self.head.item_kind() {
            let version = own_version.or_else(|| self.head.api_version.clone());
            return (kind.to_owned(), version.unwrap_or_default());
        }
        match kinds::from_file_name(file.path) {
            Some((kind, version)) => (kind.to_owned(), own_version.unwrap_or(version)),
            None => (String::new(), String::new()),
        }
    }

    /// Passes an item that is not an object.
    fn pass_other(&mut self, file: &mut FileContext<'_>, at: usize) -> Next {
        let passed = skip_value(file.bytes, at, self.depth());
        match passed.and_then(|end| check_behind(file.bytes, end)) {
            Ok(next) => {
                let complaint = Complaint::error(
                    "not-an-object",
                    "this item is not an object",
                    "remove it, or dump the list again",
                );
                file.report(at, Some(self.label()), complaint);
                self.at = next;
                self.index += 1;
                Next::Item
            }
            Err(error) => self.report_damage(file, at, error),
        }
    }

    fn report_bytes(&self, file: &mut FileContext<'_>, at: usize, fault: Fault) {
        let complaint = Complaint::error(fault.rule, fault.message, fault.fix);
        file.report(at + fault.offset, Some(self.label()), complaint);
    }

    /// Reports a damaged item and finds the next one.
    fn report_damage(&mut self, file: &mut FileContext<'_>, at: usize, error: ScanError) -> Next {
        let bytes = file.bytes;
        self.damaged = true;
        let next = if file.rescan(error.at - at) {
            self.layout.resync(bytes, at)
        } else {
            Resync::Lost(bytes.len())
        };
        let mut fault = from_scan(error);
        if error.fault == ScanFault::End && next == Resync::Lost(bytes.len()) {
            self.describe_cut(&mut fault, at, file);
        } else if error.fault == ScanFault::End {
            fault.rule = "invalid-json";
            "a bracket or a quote of this object is missing".clone_into(&mut fault.message);
        }
        let complaint = Complaint::error(fault.rule, fault.message, fault.fix);
        file.report(error.at, Some(self.label()), complaint);
        self.index += 1;
        match next {
            Resync::Item(item) => {
                self.at = item;
                Next::Item
            }
            Resync::ListEnd(end) => Next::Closed(end + 1),
            Resync::Lost(from) => {
                if from < bytes.len() {
                    self.report_lost(file, from);
                }
                Next::Lost(from)
            }
        }
    }

    /// Says that a truncated item is the last thing in the file.
    fn describe_cut(&self, fault: &mut Fault, at: usize, file: &FileContext<'_>) {
        let (line, _) = file.positions.at(file.bytes, at);
        fault.message = format!(
            "the file ends here, inside {}, which begins at line {line}; {} items before it \
             were complete",
            self.label(),
            self.index
        );
    }

    fn report_lost(&self, file: &mut FileContext<'_>, from: usize) {
        let complaint = Complaint::error(
            "list-abandoned",
            "the rest of this list cannot be told apart from the damaged item",
            "repair the item named before this, or dump the list again",
        );
        file.report(from, Some(self.name.to_owned()), complaint);
    }

    /// Reports a list that the file's end cuts off between two items.
    fn report_end(&self, file: &mut FileContext<'_>, at: usize) -> Next {
        let message = format!(
            "the file ends here, before the list is closed; its {} items were complete",
            self.index
        );
        let complaint = Complaint::error(
            "truncated-json",
            message,
            "dump it again; the writing was probably cut off",
        );
        let object = (!self.name.is_empty()).then(|| self.name.to_owned());
        file.report(at, object, complaint);
        Next::Lost(at)
    }
}

/// Finds an item's end, and its kind and API version on the way.
fn scan_item(bytes: &[u8], at: usize, depth: u32) -> Result<Item, ScanError> {
    let mut item = Item {
        end: at,
        kind: None,
        api_version: None,
    };
    let mut fields = Fields::new(at, depth);
    while let Some(field) = fields.next(bytes)? {
        let end = fields.skip(bytes)?;
        let text = || serde_json::from_slice::<String>(&bytes[field.value..end]).ok();
        match &bytes[field.key.clone()] {
            b"\"kind\"" => item.kind = text(),
            b"\"apiVersion\"" => item.api_version = text(),
            _ => {}
        }
    }
    item.end = fields.offset();
    Ok(item)
}

/// Where the next item is looked for, unless what follows shows that this one ended too soon.
fn check_behind(bytes: &[u8], end: usize) -> Result<usize, ScanError> {
    let at = skip_space(bytes, end);
    let fault = match bytes.get(at) {
        Some(b',') => {
            let behind = skip_space(bytes, at + 1);
            match bytes.get(behind) {
                // A field behind an item: the item closed one brace too early.
                Some(b'"') => ScanFault::Expected("an item, not a field: a brace too many"),
                Some(b']') => ScanFault::Expected("an item behind the comma"),
                _ => return Ok(at),
            }
        }
        None | Some(b']' | b'{') => return Ok(at),
        Some(_) => ScanFault::Expected("`,` or `]`"),
    };
    Err(ScanError { at, fault })
}
