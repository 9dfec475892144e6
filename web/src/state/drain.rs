//! A node drained by hand: the question, the flags that were chosen, and the answer.
//!
//! The flags stay as they were chosen from one node to the next, as they do on the command line.

use std::rc::Rc;

use wavetank_core::report::{ClusterCard, DrainReport, FleetReport, NodeCard};
use wavetank_core::trial::DrainRequest;

use super::{Overlay, PhoneTab, Selection, Shared, SideTab, State};
use crate::protocol::{Serial, ToWorker};

/// The last question about a drain.
#[derive(Clone, Debug, PartialEq)]
pub struct Drain {
    /// Of the question; answers to earlier ones are dropped.
    pub serial: Serial,
    /// The node and the flags.
    pub request: Rc<DrainRequest>,
    /// The answer; until it comes, the one before, if that was about the same node.
    pub answer: Option<DrainAnswer>,
    /// The question that was answered last.
    answered: Serial,
}

/// What the worker says of a drain.
#[derive(Clone, Debug, PartialEq)]
pub enum DrainAnswer {
    /// What comes of it.
    Report(Shared<DrainReport>),
    /// Why it cannot be rehearsed.
    Refused(Rc<str>),
}

impl Default for Drain {
    /// With the two flags that hardly any node is drained without.
    fn default() -> Self {
        let request = DrainRequest {
            ignore_daemonsets: true,
            delete_emptydir_data: true,
            ..DrainRequest::default()
        };
        Self {
            serial: 0,
            request: Rc::new(request),
            answer: None,
            answered: 0,
        }
    }
}

impl Drain {
    /// Whether the answer to the question is still to come.
    pub fn is_asked(&self) -> bool {
        self.answered != self.serial
    }

    /// The fleet is another one: what was asked about the one before is of no more use.
    pub(super) fn forget(&mut self) {
        self.serial += 1;
        self.answered = self.serial;
        self.answer = None;
    }
}

impl Selection {
    /// The selected node with its cluster, unless the rehearsal made it: a fleet as it was loaded
    /// has no such node.
    pub fn loaded_node(self, fleet: &FleetReport) -> Option<(&ClusterCard, &NodeCard)> {
        let card = fleet.clusters.get(self.cluster? as usize)?;
        Some((card, card.nodes.get(self.node? as usize)?))
    }
}

impl State {
    /// Asks about the selected node, and shows where one is selected when none is.
    pub(super) fn ask_drain(&mut self) {
        let fleet = self.fleet.as_deref();
        let found = fleet.and_then(|fleet| self.selection.loaded_node(fleet));
        let Some((card, node)) = found else {
            self.notice = Rc::from(match self.selection.node {
                Some(_) => "This node is not in the snapshot, so it cannot be drained by hand",
                None => "Select a node first, in the map or by its name",
            });
            self.view.side = SideTab::Object;
            self.view.phone = PhoneTab::Events;
            self.view.hidden[2] = false;
            return;
        };
        let request = DrainRequest {
            cluster: Some(card.name.clone()),
            nodes: vec![node.name.clone()],
            seed: self.settings.seed,
            ..(*self.drain.request).clone()
        };
        self.view.overlay = Overlay::Drain;
        self.change_drain(request);
    }

    /// Asks about a drain.
    pub(super) fn change_drain(&mut self, request: DrainRequest) {
        let target = |request: &DrainRequest| (request.cluster.clone(), request.nodes.clone());
        if target(&request) != target(&self.drain.request) {
            self.drain.answer = None;
        }
        self.drain.serial += 1;
        self.drain.request = Rc::new(request.clone());
        let serial = self.drain.serial;
        self.send(ToWorker::Drain { serial, request });
    }

    pub(super) fn hear_drain(&mut self, serial: Serial, answer: DrainAnswer) {
        if serial == self.drain.serial {
            self.drain.answered = serial;
            self.drain.answer = Some(answer);
        }
    }

    /// The worker died: no answer comes, and what to do about it stands behind the sheet.
    pub(super) fn leave_drain(&mut self) {
        self.drain.forget();
        if self.view.overlay == Overlay::Drain {
            self.view.overlay = Overlay::None;
        }
    }
}
