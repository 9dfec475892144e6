//! One object: from its text to what is kept of it, or to an issue that says why not.

use crate::snapshot::content::{FileContent, Kept};
use crate::snapshot::fault::Fault;
use crate::snapshot::file::{Complaint, FileContext};
use crate::snapshot::kinds::{self, KeptKind, KindMatch};
use crate::snapshot::raw::{
    RawBudget, RawClaim, RawCsiNode, RawNamed, RawNode, RawPod, RawVolume, RawWorkload, Remark,
};
use crate::snapshot::server_version;
use crate::snapshot::text::Text;

/// What is known of an object before it is read.
#[derive(Clone, Debug)]
pub(super) struct Head {
    /// Its kind.
    pub(super) kind: String,
    /// Its API version; empty when the input does not say.
    pub(super) api_version: String,
    /// How it is called while its name is not known, such as `items[500]`.
    pub(super) label: String,
    /// Where its text begins in the file.
    pub(super) offset: usize,
}

/// An object that was read.
enum Read {
    Node(crate::snapshot::NodeObject),
    Pod(crate::snapshot::PodObject),
    Workload(crate::snapshot::WorkloadObject),
    Budget(Option<crate::snapshot::BudgetObject>),
    Claim(crate::snapshot::ClaimObject),
    Volume(crate::snapshot::VolumeObject),
    CsiNode(crate::snapshot::CsiNodeObject),
}

/// Reads one object and keeps it, counts it, or reports it.
pub(super) fn read_object<T: Text>(file: &mut FileContext<'_>, head: &Head, text: &T) {
    let kept = match kinds::classify(&head.api_version, &head.kind) {
        KindMatch::Kept(kept) => kept,
        KindMatch::KeptFromUnknownVersion(kept, current) => {
            let message = format!(
                "apiVersion {:?} was never served for {}",
                head.api_version, head.kind
            );
            let fix = format!("check it against {current}; it is read as if it were that");
            let complaint = Complaint::warning("unknown-api-version", message, &fix);
            report_named(file, head, text, head.offset, complaint);
            kept
        }
        KindMatch::Unused => return count_unused(file, head, text, None),
        KindMatch::Misspelled(meant) => return count_unused(file, head, text, Some(meant)),
    };
    let mut remarks = Vec::new();
    match read_kept(kept, head, text, &mut remarks) {
        Ok(read) => keep(file, head, text, read, remarks),
        Err(fault) => report_fault(file, head, text, fault),
    }
}

/// Reads an object as its kind.
fn read_kept<T: Text>(
    kept: KeptKind,
    head: &Head,
    text: &T,
    remarks: &mut Vec<Remark>,
) -> Result<Read, Fault> {
    Ok(match kept {
        KeptKind::Node => Read::Node(text.read::<RawNode>()?.into_node(remarks)),
        KeptKind::Pod => Read::Pod(text.read::<RawPod>()?.into_pod(remarks)),
        KeptKind::Workload(kind) => {
            Read::Workload(text.read::<RawWorkload>()?.into_workload(kind, remarks))
        }
        KeptKind::Budget => Read::Budget(
            text.read::<RawBudget>()?
                .into_budget(&head.api_version, remarks),
        ),
        KeptKind::Claim => Read::Claim(text.read::<RawClaim>()?.into_claim()),
        KeptKind::CsiNode => Read::CsiNode(text.read::<RawCsiNode>()?.into_csi_node()),
        KeptKind::Volume => Read::Volume(text.read::<RawVolume>()?.into_volume(remarks)),
    })
}

/// Keeps an object that was read, unless it has no name, and reports what is odd about it.
fn keep<T: Text>(
    file: &mut FileContext<'_>,
    head: &Head,
    text: &T,
    read: Read,
    remarks: Vec<Remark>,
) {
    for remark in remarks {
        let offset = text.find_key(remark.key).unwrap_or_default();
        let complaint = Complaint {
            level: remark.level,
            rule: remark.rule,
            message: remark.message,
            fix: remark.fix,
        };
        report_named(file, head, text, head.offset + offset, complaint);
    }
    let (line, _) = file.positions.at(file.bytes, head.offset);
    let name = match &read {
        Read::Node(node) => &node.name,
        Read::Pod(pod) => &pod.name,
        Read::Workload(workload) => &workload.name,
        Read::Budget(Some(budget)) => &budget.name,
        Read::Budget(None) => return,
        Read::Claim(claim) => &claim.name,
        Read::Volume(volume) => &volume.name,
        Read::CsiNode(node) => &node.name,
    };
    if name.is_empty() {
        let message = format!("this {} has no metadata.name", head.kind);
        let complaint = Complaint::error("missing-name", message, "give it a name");
        file.report(head.offset, Some(head.label.clone()), complaint);
        return;
    }
    put(file.content, line, read);
}

fn put(content: &mut FileContent, line: u32, read: Read) {
    match read {
        Read::Node(value) => content.nodes.push(Kept { value, line }),
        Read::Pod(value) => {
            if let Some(version) = server_version::from_pod(&value) {
                server_version::keep_oldest(&mut content.apiserver_image, version);
            }
            content.pods.push(Kept { value, line });
        }
        Read::Workload(value) => content.workloads.push(Kept { value, line }),
        Read::Budget(value) => content
            .budgets
            .extend(value.map(|value| Kept { value, line })),
        Read::Claim(value) => content.claims.push(Kept { value, line }),
        Read::Volume(value) => content.volumes.push(Kept { value, line }),
        Read::CsiNode(value) => content.csi_nodes.push(Kept { value, line }),
    }
}

/// Counts an object that is not kept; its text is still checked, so that damage is not silent.
fn count_unused<T: Text>(
    file: &mut FileContext<'_>,
    head: &Head,
    text: &T,
    meant: Option<&'static str>,
) {
    if let Err(fault) = text.check() {
        return report_fault(file, head, text, fault);
    }
    let kind = if head.kind.len() <= 128 {
        head.kind.clone()
    } else {
        "(a kind with an overlong name)".to_owned()
    };
    if let Some(meant) = meant {
        let message = format!("kind {kind:?} is not known");
        let fix = format!("did you mean {meant}? The object is left out");
        let complaint = Complaint::warning("unknown-kind", message, &fix);
        report_named(file, head, text, head.offset, complaint);
    }
    *file.content.unused_kinds.entry(kind).or_insert(0) += 1;
}

/// Reports why an object could not be read.
pub(super) fn report_fault<T: Text>(
    file: &mut FileContext<'_>,
    head: &Head,
    text: &T,
    fault: Fault,
) {
    let offset = head.offset + fault.offset;
    let is_whole = matches!(fault.rule, "wrong-shape" | "duplicate-key");
    let complaint = Complaint::error(fault.rule, fault.message, fault.fix);
    if is_whole {
        report_named(file, head, text, offset, complaint);
    } else {
        // What cannot be parsed has no name to be read.
        file.report(offset, Some(head.label.clone()), complaint);
    }
}

/// Reports a complaint under the object's name where its metadata can be read.
fn report_named<T: Text>(
    file: &mut FileContext<'_>,
    head: &Head,
    text: &T,
    offset: usize,
    complaint: Complaint,
) {
    let metadata = text.read::<RawNamed>().ok().and_then(|raw| raw.metadata);
    let name = metadata.as_ref().and_then(|metadata| {
        let name = metadata.name()?;
        Some(match metadata.namespace() {
            Some(namespace) => format!("{} {namespace}/{name}", head.kind),
            None => format!("{} {name}", head.kind),
        })
    });
    let object = name.unwrap_or_else(|| head.label.clone());
    file.report(offset, Some(object), complaint);
}
