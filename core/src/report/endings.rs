//! The sentences of upgrades that do not come to a good end, and of the way back.

use crate::report::sentence::ClusterNames;
use crate::report::words::{count, failure_words};
use crate::sim::EventKind;
use crate::sim::trace::Place;

impl ClusterNames<'_> {
    /// How an upgrade ends other than well, as a clause after the cluster's name.
    pub(super) fn tell_ending(&self, kind: &EventKind) -> Option<String> {
        Some(match *kind {
            EventKind::ClusterFailed {} => "fails its upgrade".to_owned(),
            EventKind::SurgeNodesLeft { nodes } => format!(
                "leaves {} of its surge beside the old ones, undeleted",
                count(nodes, "node")
            ),
            EventKind::ClusterStalled { place } => {
                format!(
                    "stalls in {}: nothing will ever end its wait",
                    self.place(place)
                )
            }
            EventKind::ClusterUnfinished { place, days } => format!(
                "is not finished within {}: it is still in {}",
                count(days, "day"),
                self.place(place)
            ),
            EventKind::RollBackStarted {} => "starts to roll its pools back".to_owned(),
            EventKind::NodesCannotGoBack { pool, nodes } => format!(
                "leaves {} of pool {} as upgraded: the snapshot does not tell what they ran",
                count(nodes, "node"),
                self.pool(pool)
            ),
            EventKind::PoolRollBackStarted {
                pool,
                nodes,
                surplus,
            } => {
                let deleted = match surplus {
                    0 => String::new(),
                    surplus => format!(", {surplus} surplus to delete"),
                };
                let nodes = count(nodes, "node");
                format!(
                    "rolls pool {} back: {nodes} to replace{deleted}",
                    self.pool(pool)
                )
            }
            EventKind::PoolRollBackFinished { pool } => {
                format!("ends the roll-back of pool {}", self.pool(pool))
            }
            EventKind::ClusterRolledBack {} => {
                "has rolled its pools back; its control plane stays".to_owned()
            }
            EventKind::RollBackFailed { why } => {
                format!("cannot roll back: {}", failure_words(why))
            }
            _ => return None,
        })
    }

    /// Where a cluster is on its way.
    fn place(&self, place: Place) -> String {
        match place {
            Place::Window => "its wait for a maintenance window".to_owned(),
            Place::Step { step, of } => self.step(step, of),
            Place::RollBack { pool: Some(pool) } => {
                format!("the roll-back of pool {}", self.pool(pool))
            }
            Place::RollBack { pool: None } => "its roll-back".to_owned(),
        }
    }
}
