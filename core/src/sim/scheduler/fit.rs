//! `NodeResourcesFit`, the filter: whether a node has what a pod requests (k8s-truth §5.2).

use super::view::{NodeView, PodView};
use crate::inventory::Resources;
use crate::sim::trace::Reason;

/// A resource of which a node has too little.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Insufficient {
    /// CPU.
    Cpu,
    /// Memory.
    Memory,
    /// Pod slots.
    Pods,
}

impl Insufficient {
    /// As the scheduler's messages name it: `Insufficient cpu`, `Too many pods`.
    pub fn resource(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Pods => "pods",
        }
    }
}

/// Whether `requests` fit into `free`: equality fits, and a resource that is not requested is not
/// tested, so a pod without requests fits on a node that is full. `free` is what is left after
/// everything bound, terminating pods and daemons included.
#[inline]
pub fn fits(free: Resources, requests: Resources) -> bool {
    free.pods >= 1
        && (requests.cpu_millis == 0 || requests.cpu_millis <= free.cpu_millis)
        && (requests.memory_bytes == 0 || requests.memory_bytes <= free.memory_bytes)
}

/// Why the node does not take the pod: the first resource that is short.
#[inline]
pub(crate) fn reject(node: &NodeView, pod: &PodView<'_>) -> Option<Reason> {
    if fits(node.free, pod.requests) {
        return None;
    }
    let short = insufficient(node.free, pod.requests);
    short.first().copied().map(Reason::Insufficient)
}

/// Everything of which a node has too little for `requests`, in the scheduler's order.
pub fn insufficient(free: Resources, requests: Resources) -> Vec<Insufficient> {
    let tests = [
        (Insufficient::Pods, free.pods < 1),
        (
            Insufficient::Cpu,
            requests.cpu_millis > 0 && requests.cpu_millis > free.cpu_millis,
        ),
        (
            Insufficient::Memory,
            requests.memory_bytes > 0 && requests.memory_bytes > free.memory_bytes,
        ),
    ];
    let short = tests.into_iter().filter(|(_, short)| *short);
    short.map(|(resource, _)| resource).collect()
}

/// What is left of `allocatable` beside `used`; nothing where more is used than there is.
pub fn free(allocatable: Resources, used: Resources) -> Resources {
    Resources {
        cpu_millis: allocatable.cpu_millis.saturating_sub(used.cpu_millis),
        memory_bytes: allocatable.memory_bytes.saturating_sub(used.memory_bytes),
        pods: allocatable.pods.saturating_sub(used.pods),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resources(cpu_millis: u64, memory_bytes: u64, pods: u32) -> Resources {
        Resources {
            cpu_millis,
            memory_bytes,
            pods,
        }
    }

    #[track_caller]
    fn check(used: (u64, u64, u32), requests: (u64, u64), expected: &[Insufficient]) {
        let free = free(resources(10, 20, 2), resources(used.0, used.1, used.2));
        let requests = resources(requests.0, requests.1, 1);
        let short = insufficient(free, requests);
        assert_eq!(short, expected);
        assert_eq!(fits(free, requests), short.is_empty());
    }

    #[test]
    fn an_exact_fit_fits() {
        check((5, 19, 1), (5, 1), &[]);
        check((6, 19, 1), (5, 1), &[Insufficient::Cpu]);
        check((5, 20, 1), (5, 1), &[Insufficient::Memory]);
    }

    #[test]
    fn what_is_not_requested_is_not_tested() {
        check((10, 20, 1), (0, 0), &[]);
        check((12, 20, 1), (0, 0), &[]);
    }

    #[test]
    fn a_node_takes_only_so_many_pods() {
        check((0, 0, 2), (0, 0), &[Insufficient::Pods]);
    }
}
