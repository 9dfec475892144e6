//! The event log and the chain of causes.

use super::build::RunInputs;
use super::sentence::Names;
use super::verdict::goes_wrong;
use super::{CauseLink, EventFilter, EventLevel, EventPage, EventRow};
use crate::ids::EventId;
use crate::sim::{Event, EventKind, Severity};

impl From<Severity> for EventLevel {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Detail => Self::Detail,
            Severity::Info => Self::Info,
            Severity::Warning => Self::Warning,
            Severity::Bad => Self::Bad,
        }
    }
}

/// The stretch of the event log from `offset` that passes `filter`, at most `limit` rows.
pub fn event_page(
    inputs: &RunInputs<'_>,
    filter: &EventFilter,
    offset: u32,
    limit: u32,
) -> EventPage {
    let text = filter.text.trim().to_lowercase();
    let mut page = EventPage {
        total: 0,
        offset,
        rows: Vec::new(),
    };
    for (index, event) in inputs.trace.events.iter().enumerate() {
        if !passes(event, filter) {
            continue;
        }
        let wanted = offset <= page.total && page.rows.len() < limit as usize;
        if text.is_empty() && !wanted {
            page.total += 1;
            continue;
        }
        let row = row(inputs, EventId::new(index), event);
        if !holds(&row, &text) {
            continue;
        }
        page.total += 1;
        if wanted {
            page.rows.push(row);
        }
    }
    page
}

/// The chain of causes of an event, root first; empty when there is no such event.
///
/// That the snapshot was taken is left out where something in the snapshot is the root.
pub fn causes(inputs: &RunInputs<'_>, event: u32) -> Vec<CauseLink> {
    let mut before = None;
    let root = root(inputs, EventId(event));
    let chain = inputs.trace.chain(EventId(event));
    let says_nothing = |id: &EventId| {
        let kind = inputs.trace.event(*id).map(|event| event.kind);
        kind == Some(EventKind::SnapshotTaken {}) && chain.len() > 1
    };
    chain
        .iter()
        .copied()
        .skip_while(says_nothing)
        .filter_map(|id| {
            let event = inputs.trace.event(id)?;
            let after_ms = before.map_or(0, |at| event.at.since(at).as_millis());
            before = Some(event.at);
            Some(CauseLink {
                event: row(inputs, id, event),
                rule: event.kind.rule().to_owned(),
                source: event.kind.source().cite().to_owned(),
                after_ms,
                is_root: root == Some(id),
            })
        })
        .collect()
}

/// The root cause of an event, where it is part of a failure: it is bad itself, or it is the end
/// of a rehearsal that went wrong.
fn root(inputs: &RunInputs<'_>, asked: EventId) -> Option<EventId> {
    let kind = inputs.trace.event(asked)?.kind;
    let is_end = matches!(kind, EventKind::RunEnded { .. });
    let is_bad = kind.severity() >= Severity::Warning;
    if !(is_bad || is_end) || !goes_wrong(inputs.trace.outcome) {
        return None;
    }
    let (root, _) = inputs.trace.root(asked, inputs.faults)?;
    Some(root)
}

/// One event as a row.
pub(super) fn row(inputs: &RunInputs<'_>, id: EventId, event: &Event) -> EventRow {
    let told = Names::of(inputs).tell(event);
    let cluster = event
        .cluster
        .map(|idx| &inputs.inventory.clusters[idx.index()]);
    EventRow {
        id: id.0,
        at_ms: event.at.as_millis(),
        level: event.kind.severity().into(),
        cluster: event.cluster.map(|idx| idx.0),
        cluster_name: cluster
            .map(|cluster| cluster.name.clone())
            .unwrap_or_default(),
        reason: event.kind.reason().to_owned(),
        subject: told.subject,
        sentence: told.text,
        cause: event.cause.map(|cause| cause.0),
    }
}

/// Whether an event passes everything of the filter that needs no names.
fn passes(event: &Event, filter: &EventFilter) -> bool {
    let at = event.at.as_millis();
    filter.min_level <= event.kind.severity().into()
        && filter
            .cluster
            .is_none_or(|wanted| event.cluster.is_some_and(|idx| idx.0 == wanted))
        && filter.from_ms.is_none_or(|from| from <= at)
        && filter.to_ms.is_none_or(|to| at <= to)
}

/// Whether a row holds a lower-case text.
fn holds(row: &EventRow, text: &str) -> bool {
    text.is_empty()
        || [&row.sentence, &row.subject, &row.reason, &row.cluster_name]
            .iter()
            .any(|field| field.to_lowercase().contains(text))
}
