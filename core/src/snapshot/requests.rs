//! What a pod requests of its node, from what its containers request (k8s-truth §5.2,
//! `PodRequests`). What the pod itself requests and the overhead of its runtime class come on top.

use std::collections::BTreeMap;

use crate::snapshot::ContainerResources;

/// When a container runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerPlace {
    /// To its end, before the main containers and one after the other.
    Init,
    /// From its turn among the init containers to the end of the pod.
    Sidecar,
    /// Beside the other main containers.
    Main,
}

/// The requests of a pod's containers, taken in the order of the specification: init containers
/// and sidecars first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestSum {
    /// Main containers and sidecars, summed.
    pub running: ContainerResources,
    /// The most that is reserved while init containers run: each with the sidecars before it.
    pub init_peak: ContainerResources,
}

impl RequestSum {
    /// Adds the next container.
    pub fn add(&mut self, place: ContainerPlace, requests: ContainerResources) {
        let with = plus(self.running, requests);
        match place {
            ContainerPlace::Init => self.init_peak = max(self.init_peak, with),
            ContainerPlace::Main | ContainerPlace::Sidecar => self.running = with,
        }
    }

    /// What the pod requests: the larger of both, resource by resource.
    pub fn total(self) -> ContainerResources {
        max(self.running, self.init_peak)
    }
}

/// The same of resources besides CPU and memory, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtendedSum {
    running: BTreeMap<String, u64>,
    init_peak: BTreeMap<String, u64>,
}

impl ExtendedSum {
    /// Adds the next container.
    pub fn add(&mut self, place: ContainerPlace, requests: BTreeMap<String, u64>) {
        for (name, amount) in requests {
            let running = self.running.get(&name).copied().unwrap_or(0);
            let with = running.saturating_add(amount);
            match place {
                ContainerPlace::Init => {
                    let peak = self.init_peak.entry(name).or_default();
                    *peak = with.max(*peak);
                }
                ContainerPlace::Main | ContainerPlace::Sidecar => {
                    self.running.insert(name, with);
                }
            }
        }
    }

    /// What the pod requests; a request of nothing is none.
    pub fn total(self) -> BTreeMap<String, u64> {
        let mut total = self.running;
        for (name, peak) in self.init_peak {
            let amount = total.entry(name).or_default();
            *amount = peak.max(*amount);
        }
        total.retain(|_, amount| *amount > 0);
        total
    }
}

fn plus(a: ContainerResources, b: ContainerResources) -> ContainerResources {
    ContainerResources {
        cpu_millis: a.cpu_millis.saturating_add(b.cpu_millis),
        memory_bytes: a.memory_bytes.saturating_add(b.memory_bytes),
    }
}

fn max(a: ContainerResources, b: ContainerResources) -> ContainerResources {
    ContainerResources {
        cpu_millis: a.cpu_millis.max(b.cpu_millis),
        memory_bytes: a.memory_bytes.max(b.memory_bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ContainerPlace::{Init, Main, Sidecar};

    #[track_caller]
    fn check(containers: &[(ContainerPlace, u64, u64)], expected: (u64, u64)) {
        let mut sum = RequestSum::default();
        for (place, cpu_millis, memory_bytes) in containers {
            let requests = ContainerResources {
                cpu_millis: *cpu_millis,
                memory_bytes: *memory_bytes,
            };
            sum.add(*place, requests);
        }
        let total = sum.total();
        assert_eq!((total.cpu_millis, total.memory_bytes), expected);
    }

    #[test]
    fn init_containers_run_before_the_others_not_beside_them() {
        check(
            &[(Init, 3, 1), (Init, 2, 4), (Main, 1, 2), (Main, 1, 1)],
            (3, 4),
        );
    }

    #[test]
    fn extended_resources_are_summed_in_the_same_way() {
        let mut sum = ExtendedSum::default();
        for (place, name, amount) in [
            (Init, "nvidia.com/gpu", 2),
            (Sidecar, "ephemeral-storage", 3),
            (Init, "ephemeral-storage", 4),
            (Main, "nvidia.com/gpu", 1),
            (Main, "ephemeral-storage", 1),
            (Main, "hugepages-2Mi", 0),
        ] {
            sum.add(place, BTreeMap::from([(name.to_owned(), amount)]));
        }
        let total: Vec<_> = sum.total().into_iter().collect();
        let expected = [("ephemeral-storage", 7), ("nvidia.com/gpu", 2)];
        let expected = expected.map(|(name, amount)| (name.to_owned(), amount));
        assert_eq!(total, expected);
    }

    #[test]
    fn a_sidecar_runs_beside_the_init_containers_after_it() {
        check(
            &[(Init, 5, 0), (Sidecar, 2, 0), (Init, 4, 0), (Main, 1, 0)],
            (6, 0),
        );
        check(&[(Sidecar, 2, 0), (Main, 5, 0)], (7, 0));
    }
}
