//! A cluster's way through its plan: its turn, its window, its steps, its end.

use super::rolls::{Goal, RollPurpose, RollSpec, Task};
use super::{Action, Ctx, Origin, World};
use crate::ids::{EventId, NodeIdx, PoolIdx};
use crate::plan::{FailureRule, Step};
use crate::sim::fault::{StepKind, Trigger};
use crate::sim::timing;
use crate::sim::trace::{ClusterOutcome, EventKind, Place, StepFailure};
use crate::sim::windows;
use crate::units::{KubeVersion, SimDuration, SimTime};

/// How far a cluster is on its way.
#[derive(Debug, Default)]
pub(super) struct Course {
    /// What gave it its turn.
    pub(super) origin: Option<Origin>,
    pub(super) started: Option<SimTime>,
    pub(super) started_event: Option<EventId>,
    /// The step under way.
    pub(super) step: Option<usize>,
    pub(super) step_event: Option<EventId>,
    /// Kinds of steps that have begun and ended, for triggers.
    begun: Vec<StepKind>,
    finished: Vec<StepKind>,
    /// How long one control-plane member takes in this step.
    pub(super) member_time: SimDuration,
    pub(super) member_event: Option<EventId>,
    /// Pods that were pending when the upgrade started.
    pub(super) pending_before: u32,
    /// Pools still to go back.
    pub(super) way_back: Vec<PoolIdx>,
    /// The pool on its way back.
    pub(super) going_back: Option<PoolIdx>,
    /// The event after which no pool is left to go back.
    pub(super) all_back: Option<EventId>,
    /// The event that tells of nodes which cannot go back.
    pub(super) stays: Option<EventId>,
    pub(super) failed: Option<(SimTime, EventId)>,
    pub(super) end: Option<End>,
}

/// How a cluster's upgrade ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub(crate) at: SimTime,
    pub(crate) outcome: ClusterOutcome,
    pub(crate) event: EventId,
}

impl End {
    /// Whether the upgrade came to an end, rather than the rehearsal's patience with it.
    pub(crate) fn is_end(&self) -> bool {
        !matches!(
            self.outcome,
            ClusterOutcome::Stalled | ClusterOutcome::Unfinished
        )
    }
}

impl Course {
    pub(super) fn is_over(&self) -> bool {
        self.end.is_some()
    }

    /// The step of `steps` under way.
    pub(super) fn step_of<'a>(&self, steps: &'a [Step]) -> Option<&'a Step> {
        steps.get(self.step?)
    }

    /// Where the cluster is on its way through `steps`.
    pub(super) fn place(&self, steps: &[Step]) -> Place {
        if self.failed.is_some() {
            return Place::RollBack {
                pool: self.going_back,
            };
        }
        match (self.step, self.step_of(steps)) {
            (Some(index), Some(step)) => Place::Step {
                step: index as u16,
                of: kind_of(step),
            },
            (_, None) | (None, _) => Place::Window,
        }
    }

    /// Beyond this the upgrade is taken to stall.
    pub(super) fn horizon(&self) -> SimTime {
        self.started
            .map_or(SimTime::MAX, |started| started + timing::HORIZON)
    }
}

/// The kind of a step.
pub(super) fn kind_of(step: &Step) -> StepKind {
    match step {
        Step::ControlPlane { .. } => StepKind::ControlPlane,
        Step::Cni => StepKind::Cni,
        Step::Pool { .. } => StepKind::Pool,
        Step::Observe { .. } => StepKind::Observe,
    }
}

impl World {
    /// How the upgrade ended, if it did.
    pub(crate) fn end(&self) -> Option<End> {
        self.course.end
    }

    /// When the upgrade failed, and the event that says so; a roll-back may follow.
    pub(crate) fn failure(&self) -> Option<(SimTime, EventId)> {
        self.course.failed
    }

    /// The wave gives the cluster its turn: it starts, or waits for its window.
    pub(super) fn take_turn(&mut self, ctx: &Ctx<'_>) {
        let now = self.now();
        let opens = windows::next_open(ctx.plan, ctx.cluster, now);
        if opens == Some(now) {
            self.begin_upgrade(ctx, None);
            return;
        }
        let kind = match opens {
            Some(opens) => EventKind::WindowAwaited {
                opens_ms: opens.as_millis(),
            },
            None => EventKind::WindowNeverOpens {},
        };
        let event = self.emit_from_outside(kind);
        self.course.step_event = Some(event);
        if let Some(opens) = opens {
            self.schedule_at(opens, Action::WindowOpens);
        }
    }

    /// The maintenance window opens.
    pub(super) fn window_opens(&mut self, ctx: &Ctx<'_>) {
        let event = self.emit(EventKind::WindowOpened {}, self.course.step_event);
        self.begin_upgrade(ctx, Some(event));
    }

    /// Records an event that follows from what gave the cluster its turn.
    fn emit_from_outside(&mut self, kind: EventKind) -> EventId {
        let event = self.emit(kind, None);
        if let Some(origin) = self.course.origin {
            self.foreign.push((event, origin));
        }
        event
    }

    fn begin_upgrade(&mut self, ctx: &Ctx<'_>, cause: Option<EventId>) {
        let event = match cause {
            Some(_) => self.emit(EventKind::ClusterStarted {}, cause),
            None => self.emit_from_outside(EventKind::ClusterStarted {}),
        };
        let now = self.now();
        self.course.started = Some(now);
        self.course.started_event = Some(event);
        self.course.pending_before = self.pending_pods().count() as u32;
        self.control.open_account(now);
        self.trigger_faults(ctx, &Trigger::ClusterStart);
        self.start_step(ctx, 0, event);
    }

    fn start_step(&mut self, ctx: &Ctx<'_>, position: usize, cause: EventId) {
        let Some(step) = ctx.steps.get(position) else {
            self.course.step = None;
            let event = self.emit(EventKind::ClusterUpgraded {}, Some(cause));
            self.end_upgrade(ClusterOutcome::Upgraded, event);
            return;
        };
        let of = kind_of(step);
        self.course.step = Some(position);
        if !self.course.begun.contains(&of) {
            self.course.begun.push(of);
            self.trigger_faults(ctx, &Trigger::BeforeStep(of));
        }
        let started = EventKind::StepStarted {
            step: position as u16,
            of,
        };
        // Every step goes back to the cluster's start, not through all the steps before it.
        let event = self.emit(started, self.course.started_event);
        self.course.step_event = Some(event);
        match step {
            Step::ControlPlane { .. } => self.begin_control_plane(ctx, event),
            Step::Cni => self.begin_cni(ctx, event),
            Step::Pool {
                pool,
                to,
                strategy,
                drain,
            } => {
                let spec = RollSpec {
                    purpose: RollPurpose::Upgrade,
                    strategy: *strategy,
                    drain: *drain,
                };
                let queue = self.nodes_to_roll(*pool, *to);
                self.begin_roll(ctx, spec, queue, event);
            }
            Step::Observe { soak } => self.schedule(*soak, Action::SoakOver),
        }
    }

    /// The nodes of a pool that are not at `to`.
    fn nodes_to_roll(&self, pool: PoolIdx, to: KubeVersion) -> Vec<Task> {
        let outdated = |index: &usize| {
            let node = &self.nodes[*index];
            let at_target = node
                .kubelet
                .is_some_and(|v| v.without_patch() == to.without_patch());
            node.present && node.pool == pool && !at_target
        };
        (0..self.nodes.len())
            .filter(outdated)
            .map(|index| Task::new(NodeIdx::new(index), Goal::Run(to)))
            .collect()
    }

    /// The step under way is done; the next follows.
    ///
    /// Its end goes back to its start rather than to its last action, so that chains of causes lead
    /// from step to step.
    pub(super) fn finish_step(&mut self, ctx: &Ctx<'_>) {
        let Some(position) = self.course.step else {
            return;
        };
        let of = kind_of(&ctx.steps[position]);
        let finished = EventKind::StepFinished {
            step: position as u16,
            of,
        };
        let event = self.emit(finished, self.course.step_event);
        if !self.course.finished.contains(&of) {
            self.course.finished.push(of);
            self.trigger_faults(ctx, &Trigger::AfterStep(of));
        }
        self.start_step(ctx, position + 1, event);
    }

    /// The step under way fails, and the cluster with it.
    pub(super) fn fail_step(&mut self, ctx: &Ctx<'_>, why: StepFailure, cause: EventId) {
        let Some(position) = self.course.step else {
            return;
        };
        let of = kind_of(&ctx.steps[position]);
        let failed = EventKind::StepFailed {
            step: position as u16,
            of,
            why,
        };
        let event = self.emit(failed, Some(cause));
        self.fail_upgrade(ctx, event);
    }

    /// The cluster fails; the plan's rule says what now.
    pub(super) fn fail_upgrade(&mut self, ctx: &Ctx<'_>, cause: EventId) {
        let event = self.emit(EventKind::ClusterFailed {}, Some(cause));
        let reached = self.course.step.take();
        self.course.failed = Some((self.now(), event));
        match ctx.plan.on_failure {
            FailureRule::RollBack => self.begin_roll_back(ctx, reached, event),
            FailureRule::Hold | FailureRule::GoOn => {
                self.tell_surge_left(event);
                self.end_upgrade(ClusterOutcome::Failed, event);
            }
        }
    }

    pub(super) fn end_upgrade(&mut self, outcome: ClusterOutcome, event: EventId) {
        // What comes after a breach is not to be believed.
        let stands = |end: &End| end.outcome == ClusterOutcome::Broken;
        if !self.course.end.as_ref().is_some_and(stands) {
            let at = self.now();
            self.course.end = Some(End { at, outcome, event });
        }
    }

    /// Puts a node back into use, once the API answers.
    pub(super) fn uncordon(&mut self, ctx: &Ctx<'_>, node: NodeIdx, cause: EventId) {
        if !self.nodes[node.index()].cordoned {
            return;
        }
        if !self.control.answers() {
            self.control.waiting.push(Action::Uncordon(node, cause));
            return;
        }
        self.nodes[node.index()].cordoned = false;
        self.refresh_room(node);
        self.emit_node(node, EventKind::NodeUncordoned { node }, Some(cause));
        self.wake_parked(ctx, node);
    }

    /// The API answers an uncordon that waited for it, unless the node is drained meanwhile.
    pub(super) fn uncordon_late(&mut self, ctx: &Ctx<'_>, node: NodeIdx, cause: EventId) {
        let state = &self.nodes[node.index()];
        if state.present && !state.retiring && state.drain.is_none() {
            self.uncordon(ctx, node, cause);
            self.conclude_roll_back(ctx);
        }
    }
}
