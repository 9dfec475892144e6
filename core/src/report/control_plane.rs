//! The sentences of the API server, its components and etcd.

use crate::report::sentence::{Sentence, sentence};
use crate::report::words::{component_words, latency, percent};
use crate::sim::EventKind;

/// The API server, its components and etcd.
pub(super) fn tell_control_plane(kind: &EventKind) -> Option<Sentence> {
    let text = match *kind {
        EventKind::MemberUpdating { member, of } => {
            format!("control-plane member {member} of {of} restarts at the new version")
        }
        EventKind::MemberUpdated { member, of } => {
            format!("control-plane member {member} of {of} is back")
        }
        EventKind::CniRollWaits {} => {
            "the CNI's roll-out waits: no controller-manager leads".to_owned()
        }
        EventKind::ControlPlaneUpgraded { to } => format!("the control plane is at {to}"),
        EventKind::ApiUnavailable {} => "the API server answers nothing".to_owned(),
        EventKind::ApiDegraded { available_ppm } => {
            format!(
                "the API server answers {} of requests",
                percent(available_ppm.into())
            )
        }
        EventKind::ApiAvailable {} => "the API server answers again".to_owned(),
        EventKind::LeaseLost { component } => {
            format!(
                "{} loses its lease and stops working",
                component_words(component)
            )
        }
        EventKind::LeaseAcquired { component } => {
            format!("{} leads again", component_words(component))
        }
        EventKind::EtcdSlow { commit_p99_micros } => {
            format!("etcd commits slowly: p99 {}", latency(commit_p99_micros))
        }
        EventKind::EtcdNormal { commit_p99_micros } => {
            format!("etcd commits as usual: p99 {}", latency(commit_p99_micros))
        }
        EventKind::EtcdElecting { elections_per_hour } => {
            format!("etcd loses its leader {elections_per_hour} times an hour")
        }
        _ => return None,
    };
    Some(sentence("control plane", text))
}
