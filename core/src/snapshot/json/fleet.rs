//! A fleet file in JSON: every cluster is read on its own.

use serde::de::DeserializeOwned;

use crate::snapshot::file::{Complaint, FileContext};
use crate::snapshot::fleet_file::RawFleetHead;
use crate::snapshot::fleet_read::{self, add_cluster};
use crate::snapshot::json::scan::{skip_space, skip_value};
use crate::snapshot::json::text::JsonText;
use crate::snapshot::text::Text;

/// Reads the fleet file in `text`, whose clusters begin at `open` in the file.
pub(super) fn read_fleet(file: &mut FileContext<'_>, text: &JsonText<'_>, open: usize) {
    let head: RawFleetHead = read_or_default(text);
    let part = fleet_read::part_of(file);
    part.name = part.name.take().or(head.name);
    let bytes = file.bytes;
    let mut at = skip_space(bytes, open + 1);
    let mut index = 0;
    while bytes.get(at).is_some_and(|byte| *byte != b']') {
        let Ok(end) = skip_value(bytes, at, 2) else {
            return;
        };
        let label = format!("clusters[{index}]");
        match JsonText::new(&bytes[at..end]) {
            Ok(text) => add_cluster(file, &text, at, label),
            Err(fault) => {
                let complaint = Complaint::error(fault.rule, fault.message, fault.fix);
                file.report(at + fault.offset, Some(label), complaint);
            }
        }
        index += 1;
        at = skip_space(bytes, end);
        if bytes.get(at) == Some(&b',') {
            at = skip_space(bytes, at + 1);
        }
    }
}

fn read_or_default<T: DeserializeOwned + Default>(text: &JsonText<'_>) -> T {
    text.read().unwrap_or_default()
}
