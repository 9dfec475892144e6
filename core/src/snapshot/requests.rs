//! What a pod requests of its node, from what its containers request (k8s-truth §5.2,
//! `PodRequests`). The overhead of a runtime class and requests of the pod itself are not read.

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
    fn a_sidecar_runs_beside_the_init_containers_after_it() {
        check(
            &[(Init, 5, 0), (Sidecar, 2, 0), (Init, 4, 0), (Main, 1, 0)],
            (6, 0),
        );
        check(&[(Sidecar, 2, 0), (Main, 5, 0)], (7, 0));
    }
}
