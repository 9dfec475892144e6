//! What each state looks like: a glyph, a fill, a colour and a word, never the colour alone.

use wavetank_core::report::{
    BarKind, BarState, DrainOutcome, EventLevel, LaneState, NodeState, Outcome,
};

use super::glyphs::Glyph;
use super::tokens::{BLOCKED, INK_SOFT, NEUTRAL, OK, PROGRESS, REVIEW, Token};

/// How the inside of a mark is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// An outline only.
    Outline,
    /// A thin wash of the colour inside an outline.
    Pale,
    /// The colour itself.
    Solid,
    /// The lower half.
    Half,
    /// Dots along the outline.
    Dotted,
}

/// What a state looks like and what it is called.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Its sign, if it needs one.
    pub glyph: Option<Glyph>,
    /// Its colour.
    pub token: Token,
    /// How it is filled.
    pub fill: Fill,
    /// Its word.
    pub word: &'static str,
}

const fn look(glyph: Option<Glyph>, token: Token, fill: Fill, word: &'static str) -> Look {
    Look {
        glyph,
        token,
        fill,
        word,
    }
}

/// Node states in the order of the legend.
pub const NODE_STATES: [NodeState; 8] = [
    NodeState::Old,
    NodeState::Cordoned,
    NodeState::Draining,
    NodeState::Blocked,
    NodeState::Booting,
    NodeState::NotReady,
    NodeState::Upgraded,
    NodeState::Absent,
];

/// What a node's state looks like.
pub const fn node(state: NodeState) -> Look {
    match state {
        NodeState::Absent => look(None, NEUTRAL, Fill::Dotted, "not there"),
        NodeState::Old => look(None, NEUTRAL, Fill::Outline, "old version"),
        NodeState::Upgraded => look(Some(Glyph::Done), OK, Fill::Pale, "upgraded"),
        NodeState::Cordoned => look(Some(Glyph::Excluded), NEUTRAL, Fill::Pale, "cordoned"),
        NodeState::Draining => look(None, PROGRESS, Fill::Half, "draining"),
        NodeState::Blocked => look(Some(Glyph::Blocked), BLOCKED, Fill::Solid, "drain blocked"),
        NodeState::Booting => look(Some(Glyph::Booting), PROGRESS, Fill::Pale, "booting"),
        NodeState::NotReady => look(Some(Glyph::Review), REVIEW, Fill::Pale, "not Ready"),
    }
}

/// What a lane's or a wave's end looks like.
pub const fn lane(state: LaneState) -> Look {
    match state {
        LaneState::Pending => look(
            Some(Glyph::Pending),
            NEUTRAL,
            Fill::Outline,
            "never started",
        ),
        LaneState::Running => look(Some(Glyph::Progress), PROGRESS, Fill::Pale, "under way"),
        LaneState::Done => look(Some(Glyph::Done), OK, Fill::Pale, "passed"),
        LaneState::WentOn => look(
            Some(Glyph::Review),
            REVIEW,
            Fill::Pale,
            "went on with failures",
        ),
        LaneState::Failed => look(Some(Glyph::Blocked), BLOCKED, Fill::Solid, "failed"),
        LaneState::Stalled => look(Some(Glyph::Wait), BLOCKED, Fill::Solid, "stalled"),
        LaneState::RolledBack => look(
            Some(Glyph::RolledBack),
            BLOCKED,
            Fill::Outline,
            "rolled back",
        ),
        LaneState::Excluded => look(Some(Glyph::Excluded), NEUTRAL, Fill::Dotted, "held back"),
    }
}

/// What a lane looks like at an instant, when its end is still to come.
pub const fn lane_at(state: LaneState) -> Look {
    match state {
        LaneState::Pending => Look {
            word: "not started yet",
            ..lane(state)
        },
        LaneState::Running
        | LaneState::Done
        | LaneState::WentOn
        | LaneState::Failed
        | LaneState::Stalled
        | LaneState::RolledBack
        | LaneState::Excluded => lane(state),
    }
}

/// What the outcome of a rehearsal looks like.
pub const fn outcome(outcome: Outcome) -> Look {
    match outcome {
        Outcome::Finished => look(Some(Glyph::Done), OK, Fill::Pale, "finishes"),
        Outcome::Held => look(Some(Glyph::Blocked), BLOCKED, Fill::Solid, "holds"),
        Outcome::Stalled => look(Some(Glyph::Wait), BLOCKED, Fill::Solid, "stalls"),
        Outcome::Unfinished => look(Some(Glyph::Progress), REVIEW, Fill::Pale, "is not finished"),
        Outcome::Broken => look(Some(Glyph::Blocked), BLOCKED, Fill::Solid, "is broken"),
        Outcome::RolledBack => look(
            Some(Glyph::RolledBack),
            BLOCKED,
            Fill::Outline,
            "rolls back",
        ),
        Outcome::FinishedWithFailures => look(
            Some(Glyph::Review),
            REVIEW,
            Fill::Pale,
            "finishes with failures",
        ),
        Outcome::NothingToDo => look(
            Some(Glyph::Excluded),
            NEUTRAL,
            Fill::Outline,
            "has nothing to do",
        ),
    }
}

/// What the end of a drain by hand looks like.
pub const fn drain(outcome: DrainOutcome) -> Look {
    match outcome {
        DrainOutcome::Drained => look(Some(Glyph::Done), OK, Fill::Pale, "drained"),
        DrainOutcome::Fails => look(Some(Glyph::Blocked), BLOCKED, Fill::Solid, "fails"),
        DrainOutcome::NeverEnds => look(Some(Glyph::Wait), BLOCKED, Fill::Solid, "never ends"),
    }
}

/// What an event's level looks like.
pub const fn level(level: EventLevel) -> Look {
    match level {
        EventLevel::Detail => look(None, NEUTRAL, Fill::Outline, "detail"),
        EventLevel::Info => look(Some(Glyph::Pending), INK_SOFT, Fill::Outline, "milestone"),
        EventLevel::Warning => look(Some(Glyph::Review), REVIEW, Fill::Pale, "warning"),
        EventLevel::Bad => look(Some(Glyph::Blocked), BLOCKED, Fill::Solid, "bad"),
    }
}

/// What a kind of bar is called.
pub const fn bar_word(kind: BarKind) -> &'static str {
    match kind {
        BarKind::ControlPlane => "control plane",
        BarKind::Cni => "CNI",
        BarKind::Pool => "pool",
        BarKind::Observe => "soak",
        BarKind::RollBack => "roll-back",
        BarKind::WaitWindow => "waits: window",
        BarKind::WaitBudget => "waits: budget",
        BarKind::WaitNode => "waits: node",
        BarKind::WaitApi => "waits: API server",
        BarKind::Fault => "injected fault",
    }
}

/// The letter beside the pause sign of a wait.
pub const fn wait_letter(kind: BarKind) -> Option<char> {
    match kind {
        BarKind::WaitWindow => Some('W'),
        BarKind::WaitBudget => Some('B'),
        BarKind::WaitNode => Some('N'),
        BarKind::WaitApi => Some('A'),
        _ => None,
    }
}

/// The legend of the chart: one bar of each look, and what it stands for. Waits lead with the
/// letter that their bars carry.
pub const BAR_LEGEND: [(BarKind, BarState, &str); 12] = [
    (BarKind::ControlPlane, BarState::Done, "control plane"),
    (BarKind::Pool, BarState::Done, "CNI, pool"),
    (BarKind::Observe, BarState::Done, "soak"),
    (BarKind::WaitWindow, BarState::Done, "waits for its window"),
    (BarKind::WaitBudget, BarState::Done, "waits for a budget"),
    (BarKind::WaitNode, BarState::Done, "waits for a node"),
    (BarKind::WaitApi, BarState::Done, "waits for the API server"),
    (BarKind::WaitBudget, BarState::Open, "waits to the end"),
    (BarKind::Pool, BarState::Open, "under way at the end"),
    (BarKind::Pool, BarState::Failed, "failed"),
    (BarKind::RollBack, BarState::Done, "roll-back"),
    (BarKind::Fault, BarState::Done, "injected fault"),
];

/// The style class of a bar: its kind and how it ended.
pub fn bar_class(kind: BarKind, state: BarState) -> &'static str {
    match (kind, state) {
        (BarKind::Fault, _) => "bar fault",
        (
            BarKind::WaitWindow | BarKind::WaitBudget | BarKind::WaitNode | BarKind::WaitApi,
            BarState::Open,
        ) => "bar wait hard",
        (BarKind::WaitWindow | BarKind::WaitBudget | BarKind::WaitNode | BarKind::WaitApi, _) => {
            "bar wait"
        }
        (BarKind::RollBack, _) => "bar back",
        (_, BarState::Failed) => "bar failed",
        (BarKind::Observe, BarState::Done) => "bar soak",
        (BarKind::ControlPlane, BarState::Done) => "bar plane",
        (_, BarState::Done) => "bar done",
        (_, BarState::Open) => "bar open",
    }
}

/// How a bar ended, in a word.
pub const fn bar_end(state: BarState) -> &'static str {
    match state {
        BarState::Done => "done",
        BarState::Failed => "failed",
        BarState::Open => "under way when the rehearsal ended",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_node_states_look_alike_without_colour() {
        let seen = |state| {
            let look = node(state);
            (
                look.glyph.map(|glyph| glyph.shape().0),
                format!("{:?}", look.fill),
            )
        };
        for (index, one) in NODE_STATES.iter().enumerate() {
            for other in &NODE_STATES[index + 1..] {
                assert_ne!(seen(*one), seen(*other), "{one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn every_bar_and_every_letter_is_in_the_legend() {
        let kinds = [
            BarKind::ControlPlane,
            BarKind::Cni,
            BarKind::Pool,
            BarKind::Observe,
            BarKind::RollBack,
            BarKind::WaitWindow,
            BarKind::WaitBudget,
            BarKind::WaitNode,
            BarKind::WaitApi,
            BarKind::Fault,
        ];
        for kind in kinds {
            if wait_letter(kind).is_some() {
                let has = BAR_LEGEND.iter().any(|(shown, ..)| *shown == kind);
                assert!(has, "{kind:?} carries a letter");
            }
            for state in [BarState::Done, BarState::Failed, BarState::Open] {
                let class = bar_class(kind, state);
                let has = BAR_LEGEND
                    .iter()
                    .any(|(kind, state, _)| bar_class(*kind, *state) == class);
                assert!(has, "{class}");
            }
        }
    }

    #[test]
    fn trouble_alone_is_solid() {
        for state in NODE_STATES {
            let is_trouble = node(state).token.name == BLOCKED.name;
            assert_eq!(node(state).fill == Fill::Solid, is_trouble, "{state:?}");
        }
    }
}
