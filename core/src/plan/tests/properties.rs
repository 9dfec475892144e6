//! What holds of every plan: it keeps the skew policy, ends at the target and wastes no roll.

#![cfg(not(target_arch = "wasm32"))]

use std::fmt::Write as _;

#[cfg(not(target_arch = "wasm32"))]
use proptest::prelude::{Strategy, proptest};

use crate::inventory::sample::fleet;
use crate::inventory::{self, Inventory};
use crate::plan::tests::to;
use crate::plan::{HeldBack, Plan, Step, kubelet_allowed, propose};
use crate::units::KubeVersion;

/// Goes through the steps of every cluster as if each succeeded, and gives the fleet after them.
#[track_caller]
fn carry_out(mut inventory: Inventory, plan: &Plan) -> Inventory {
    for cluster_plan in plan.waves.iter().flat_map(|wave| &wave.clusters) {
        let cluster = &mut inventory.clusters[cluster_plan.cluster.index()];
        for step in &cluster_plan.steps {
            match step {
                Step::ControlPlane { from, to } => {
                    assert_eq!(cluster.version.value(), Some(from));
                    assert!(
                        to.minors_ahead_of(*from) <= 1,
                        "{from} to {to} skips a minor"
                    );
                    assert_skew(cluster, *to);
                    cluster.version = inventory::Evidence::Known(*to);
                    let pools = cluster.pools.iter().filter(|pool| pool.control_plane);
                    for node in pools.flat_map(|pool| &pool.nodes) {
                        cluster.nodes[node.index()].kubelet = inventory::Evidence::Known(*to);
                    }
                }
                Step::Pool { pool, to, .. } => {
                    for node in &cluster.pools[pool.index()].nodes {
                        cluster.nodes[node.index()].kubelet = inventory::Evidence::Known(*to);
                    }
                    let api_server = cluster.version.value().copied();
                    assert_skew(
                        cluster,
                        api_server.expect("a planned cluster has a version"),
                    );
                }
                Step::Cni | Step::Observe { .. } => {}
            }
        }
    }
    inventory
}

#[track_caller]
fn assert_skew(cluster: &inventory::Cluster, api_server: KubeVersion) {
    for node in &cluster.nodes {
        if let Some(kubelet) = node.kubelet.value() {
            assert!(
                kubelet_allowed(*kubelet, api_server),
                "{kubelet} under {api_server} in {}",
                cluster.name
            );
        }
    }
}

/// A cluster within the skew policy, and a target.
fn lines() -> impl Strategy<Value = (String, String)> {
    let behinds = proptest::collection::vec(0_u16..4, 1..5);
    (20_u16..40, behinds, 0_u16..4, 0_u16..12).prop_map(|(minor, behinds, own, hops)| {
        let kubelet = |behind: u16| {
            let behind = if minor - behind < 25 {
                behind.min(2)
            } else {
                behind
            };
            minor - behind
        };
        let mut line = format!("a low kubeadm 1.{minor} cp:1.{}x3", kubelet(own));
        for (index, behind) in behinds.iter().enumerate() {
            write!(line, " p{index}:1.{}x2", kubelet(*behind)).expect("a string takes any text");
        }
        (line, format!("1.{}", minor + hops))
    })
}

#[cfg(not(target_arch = "wasm32"))]
proptest! {
    #[test]
    fn no_step_breaks_the_skew_and_a_finished_fleet_needs_none((line, target) in lines()) {
        let inventory = fleet(&line);
        let (plan, _) = propose(&inventory, &to(&target)).expect("a plan");
        let finished = carry_out(inventory, &plan);
        let (again, report) = propose(&finished, &to(&target)).expect("a plan");
        assert_eq!(again.waves, []);
        assert_eq!(report.held_back[0].1, HeldBack::AtTarget);
    }

    #[test]
    fn a_pool_is_never_rolled_twice_without_need((line, target) in lines()) {
        let inventory = fleet(&line);
        let (plan, _) = propose(&inventory, &to(&target)).expect("a plan");
        let steps = plan.waves.iter().flat_map(|wave| &wave.clusters).flat_map(|c| &c.steps);
        let hops = steps.clone().filter(|s| matches!(s, Step::ControlPlane { .. })).count();
        for index in 0..inventory.clusters[0].pools.len() {
            let rolls = steps
                .clone()
                .filter(|step| matches!(step, Step::Pool { pool, .. } if pool.index() == index))
                .count();
            // One roll at the end, one before the first hop, and one for every two hops between.
            assert!(rolls <= 2 + hops / 2, "{rolls} rolls in {hops} hops");
        }
    }
}
