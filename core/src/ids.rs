//! Typed indices: which cluster, node or pod is meant, without carrying its name.
//!
//! Names are looked up only when something is shown. Every index counts within its owner: node 3
//! is the fourth node *of its cluster*.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

/// What an index is made of.
pub(crate) trait Numbered {
    /// The number in it.
    fn number(self) -> u32;

    /// The index of this number.
    fn of(number: u32) -> Self;
}

/// An index or none, in the four bytes of an index where an `Option` takes eight: tables with a row
/// for each pod are read in no order, so what of them stays in the cache decides how fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Maybe<I> {
    /// The greatest number stands for none: no table has so many entries.
    number: u32,
    of: PhantomData<I>,
}

impl<I: Numbered> Maybe<I> {
    /// No index.
    pub(crate) const NONE: Self = Self {
        number: u32::MAX,
        of: PhantomData,
    };

    /// This index.
    #[inline]
    pub(crate) fn some(index: I) -> Self {
        Self {
            number: index.number(),
            of: PhantomData,
        }
    }

    /// The index, if there is one.
    #[inline]
    pub(crate) fn get(self) -> Option<I> {
        (self.number != u32::MAX).then(|| I::of(self.number))
    }

    /// Takes the index out, if there is one.
    #[inline]
    pub(crate) fn take(&mut self) -> Option<I> {
        std::mem::replace(self, Self::NONE).get()
    }
}

impl<I: Numbered> From<Option<I>> for Maybe<I> {
    #[inline]
    fn from(index: Option<I>) -> Self {
        index.map_or(Self::NONE, Self::some)
    }
}

/// Declares index types that share one shape.
macro_rules! index_types {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// The index of the `index`-th entry.
            pub fn new(index: usize) -> Self {
                Self(u32::try_from(index).expect("no table holds four billion entries"))
            }

            /// The position in the table this index counts in.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl Numbered for $name {
            #[inline]
            fn number(self) -> u32 {
                self.0
            }

            #[inline]
            fn of(number: u32) -> Self {
                Self(number)
            }
        }
    )+};
}

index_types! {
    /// A cluster of the inventory.
    ClusterIdx,
    /// A node pool of a cluster.
    PoolIdx,
    /// A node of a cluster; surge nodes of a rehearsal follow those of the inventory.
    NodeIdx,
    /// A zone of a cluster.
    ZoneIdx,
    /// A workload of a cluster.
    WorkloadIdx,
    /// A pod of a cluster; replacements made by a rehearsal follow those of the inventory.
    PodIdx,
    /// A `PodDisruptionBudget` of a cluster.
    BudgetIdx,
    /// A set of budgets of a cluster that select a pod.
    SelectionIdx,
    /// A bound volume of a cluster.
    VolumeIdx,
    /// A resource of a cluster besides CPU, memory and pod slots.
    ResourceIdx,
    /// A finalizer that pods of a cluster have.
    FinalizerIdx,
    /// A storage driver of a cluster that limits how many volumes a node can have.
    DriverIdx,
    /// A look of nodes: what selectors and taints can tell of them.
    LookIdx,
    /// A taint of a cluster's nodes.
    TaintIdx,
    /// A topology key of a cluster.
    TopologyIdx,
    /// What the scheduler said of a pod without a node.
    RefusalIdx,
    /// A service of the fleet.
    ServiceIdx,
    /// A wave of a plan.
    WaveIdx,
    /// A fault of a scenario.
    FaultIdx,
    /// An event of a trace.
    EventId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_or_none_comes_back_from_four_bytes() {
        for index in [None, Some(PodIdx(0)), Some(PodIdx(u32::MAX - 1))] {
            assert_eq!(Maybe::from(index).get(), index);
        }
        let mut maybe = Maybe::some(PodIdx(7));
        assert_eq!(maybe.take(), Some(PodIdx(7)));
        assert_eq!(maybe, Maybe::NONE);
        assert_eq!(size_of::<Maybe<PodIdx>>(), 4);
    }
}
