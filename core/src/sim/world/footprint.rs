//! What a world takes of the memory, by the sizes of its arrays.
//!
//! Counted from lengths and types: the core knows no allocator, and what an allocator adds is its
//! own affair. Arrays count with the room they reserve. What does not grow with pods, nodes or
//! workloads (faults, the course, the roll under way) is a few hundred bytes a cluster and left
//! out.

use super::World;

impl World {
    /// Bytes of the state: what decides what happens next.
    pub(crate) fn state_bytes(&self) -> usize {
        let nodes = array(&self.nodes) + each(&self.nodes, |node| array(&node.pods));
        let names = array(&self.node_names) + each(&self.node_names, String::capacity);
        let workloads = array(&self.workloads)
            + each(&self.workloads, |workload| {
                array(&workload.pods)
                    + array(&workload.missing)
                    + array(&workload.told_missing)
                    + array(&workload.budgets)
            });
        let budgets = array(&self.budgets)
            + each(&self.budgets, |budget| {
                array(&budget.workloads) + array(&budget.waiting)
            });
        let volumes = array(&self.volumes)
            + each(&self.volumes, |volume| {
                array(&volume.holders) + array(&volume.wanted_by)
            });
        let daemons = array(&self.daemons) + each(&self.daemons, array);
        let lists = array(&self.rooms) + self.scheduling.search.order.bytes();
        let waiting = array(&self.parked) + array(&self.owed);
        let state = nodes + names + array(&self.pods) + workloads + budgets + volumes;
        let tables = self.durations.bytes() + self.queue.bytes() + self.audit.bytes();
        state + daemons + lists + waiting + tables
    }

    /// Bytes of what is remembered only to be told.
    pub(crate) fn trace_bytes(&self) -> usize {
        self.log.bytes() + array(&self.foreign)
    }
}

/// Bytes that an array reserves, without what its items own elsewhere.
pub(crate) fn array<T>(items: &Vec<T>) -> usize {
    items.capacity() * size_of::<T>()
}

fn each<T>(items: &[T], bytes: impl Fn(&T) -> usize) -> usize {
    items.iter().map(bytes).sum()
}
