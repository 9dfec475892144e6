//! Providers' numbers, and etcd's.

use serde::Deserialize;
use serde_json::{Value, json};
use wavetank_core::plan::batch;
use wavetank_core::sim::etcd;
use wavetank_core::units::IntOrPercent;

use super::read;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    members: u32,
}

pub(crate) fn quorum(input: Value) -> Result<Value, String> {
    let input: Members = read(input)?;
    Ok(json!({
        "quorum": etcd::quorum(input.members),
        "failureTolerance": etcd::failure_tolerance(input.members),
    }))
}

#[derive(Deserialize)]
#[serde(tag = "provider", deny_unknown_fields)]
enum Batch {
    #[serde(rename = "AKS", rename_all = "camelCase")]
    Aks { max_surge: IntOrPercent, nodes: u32 },
    #[serde(rename = "GKE", rename_all = "camelCase")]
    Gke {
        max_surge: u32,
        max_unavailable: u32,
        nodes_in_zone: u32,
    },
    #[serde(rename = "EKS-managed", rename_all = "camelCase")]
    Eks {
        max_unavailable: u32,
        availability_zones: u32,
    },
    #[serde(rename = "kOps", rename_all = "camelCase")]
    Kops {
        max_surge: IntOrPercent,
        max_unavailable: IntOrPercent,
        nodes: u32,
    },
}

pub(crate) fn batch(input: Value) -> Result<Value, String> {
    Ok(match read(input)? {
        Batch::Aks { max_surge, nodes } => json!({
            "surgeNodes": batch::aks_surge(max_surge, nodes),
        }),
        Batch::Gke {
            max_surge,
            max_unavailable,
            nodes_in_zone,
        } => json!({
            "parallelNodes": batch::gke_parallel(max_surge, max_unavailable, nodes_in_zone),
        }),
        Batch::Eks {
            max_unavailable,
            availability_zones,
        } => json!({
            "temporaryExtraNodes": batch::eks_extra_nodes(max_unavailable, availability_zones),
        }),
        Batch::Kops {
            max_surge,
            max_unavailable,
            nodes,
        } => json!({
            "surgeNodes": batch::kops_surge(max_surge, nodes),
            "parallelNodes": batch::kops_unavailable(max_unavailable, nodes),
        }),
    })
}
