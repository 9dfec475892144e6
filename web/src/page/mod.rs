//! The page: one app, one state, panes that read it and send it actions.
//!
//! Names for tests (`data-testid`) are listed at [`run`].
//!
//! Architecture invariant: no pane holds data of its own beyond what a widget needs to be drawn;
//! what two panes share is in [`crate::state::State`].

mod app;
mod commands;
mod files;
mod kit;
mod outbox;
mod panes;
mod sheets;

use yew::prelude::*;

use crate::draw::zone::Zone;
use crate::state::{Shared, State};

/// How panes send actions; the same one for the life of the page.
pub(crate) type Send = UseReducerDispatcher<State>;

/// What every time on screen is written with.
#[derive(Clone, PartialEq)]
pub(crate) struct Clock {
    /// The reader's zone.
    pub(crate) zone: Shared<Zone>,
    /// The rehearsal's start, in Unix milliseconds.
    pub(crate) start_unix_ms: i64,
}

impl Clock {
    /// `Tue 24 Nov 09:12`.
    pub(crate) fn instant(&self, at_ms: u64) -> String {
        crate::draw::format::instant(&self.zone, self.start_unix_ms, at_ms)
    }

    /// `Tue 09:12:05`.
    pub(crate) fn log_time(&self, at_ms: u64) -> String {
        crate::draw::format::log_time(&self.zone, self.start_unix_ms, at_ms)
    }
}

/// Mounts the app in place of the skeleton that the page was delivered with.
///
/// What tests look for, by `data-testid`; sheets are there while they are open:
/// - header: `fleet-menu` `target` `seed` `next-seed` `plan-button` `inject-button` `undo` `redo`
///   `share-button` `theme-button` `keys-button`
/// - status: `progress` `cancel` `no-plan` `worker-dead` `revive` `notice`
/// - verdict: `verdict` (`data-outcome`) `headline` `detail` `why` `changed` `upgraded` `takes`
///   `digest` (`data-digest`)
/// - map: `fleet-map` `totals` `n-clusters` `n-nodes` `n-pods` (`data-count`) `cluster-card`
///   (`data-cluster`, `data-state`) `cells`
/// - chart: `gantt` `lane` (`data-cluster`, `data-state`) `fit` `bar-legend`; levels: `levels`
///   `levels-of` `chart` (`data-sli`) `show-data`
/// - side: `side` `tab-events` `tab-selected` `tab-blast` `tab-faults` `tab-input`; `event-log`
///   `log-level` `log-text` `log-cluster` `log-follow` `log-total` (`data-count`) `previous-bad`
///   `next-bad` `event` (`data-level`, `data-reason`); `object` `inject-here` `node` `drain-here`
///   `no-drain` `node-name`; `blast` `blast-headline` `blast-row` (`data-event`); `faults` `fault`
///   `remove-fault`; `input` `issue` (`data-rule`)
/// - causes: `causes` `cause` (`data-reason`); time: `transport` `play` `slider` `now`
///   `now-relative`; phone: `phone-waves` `phone-why` `phone-events` `phone-levels` `phone-fleet`
/// - sheets: `keys-sheet` `palette` `plan-sheet` `inject-sheet` (`kind-budget` `kind-cni`
///   `kind-etcd` `fault-wave` `severity` `fault-summary` `inject`) `drain-sheet` (`drain-verdict`
///   (`data-outcome`) `drain-refused` `drain-command` `drain-lines` `drain-hold` `drain-remedy`
///   `drain-outage` `drain-waiting` `drain-digest` (`data-digest`) `flag-daemonsets`
///   `flag-emptydir` `flag-force` `flag-eviction`) `share-sheet` (`export` `copy-command`
///   `copy-view` `copy-link`) `fleet-sheet` (`open-files` `demo-fleet` `large-fleet`); files:
///   `file-field` `veil`
pub fn run() {
    match kit::browser::element("app") {
        Some(root) => yew::Renderer::<app::App>::with_root(root).render(),
        None => yew::Renderer::<app::App>::new().render(),
    };
}
