//! The page's behaviour, without a page.

use super::*;
use crate::protocol::FromWorker;
use wavetank_core::report::{
    ClusterCard, DrainOutcome, DrainReport, EventPage, EventRow, NodeCard, Verdict, WaveRow,
};

const HOUR: u64 = 3_600_000;

/// The request sent last.
fn last_request(state: &State) -> &ToWorker {
    state.outbox.back().expect("something was sent")
}

fn node(name: &str) -> NodeCard {
    NodeCard {
        name: name.to_owned(),
        ..NodeCard::default()
    }
}

fn fleet() -> FleetReport {
    FleetReport {
        name: "Demo fleet".to_owned(),
        clusters: ["one", "two", "three"]
            .map(|name| ClusterCard {
                name: name.to_owned(),
                nodes: vec![node(&format!("{name}-a")), node(&format!("{name}-b"))],
                ..ClusterCard::default()
            })
            .to_vec(),
        ..FleetReport::default()
    }
}

fn run() -> RunReport {
    let wave = |start_ms: u64, clusters: &[u32]| WaveRow {
        start_ms: Some(start_ms),
        clusters: clusters.to_vec(),
        ..WaveRow::default()
    };
    RunReport {
        end_ms: 10 * HOUR,
        waves: vec![wave(0, &[1]), wave(4 * HOUR, &[0, 2])],
        bad_events: vec![
            (5, HOUR, Some(1)),
            (9, 6 * HOUR, None),
            (10, 6 * HOUR, Some(2)),
        ],
        verdict: Verdict {
            event: Some(9),
            ..Verdict::default()
        },
        ..RunReport::default()
    }
}

fn hear(state: &mut State, answer: FromWorker) {
    state.apply(Action::Heard(Box::new(answer)));
}

fn rehearsed(state: &mut State, run: RunReport) {
    let serial = state.wanted;
    let answer = FromWorker::Rehearsed {
        serial,
        run: Box::new(run),
        took_ms: 1,
    };
    hear(state, answer);
}

/// The demo fleet with its rehearsal on screen.
fn opened(link: &str) -> State {
    let mut state = State::opening(Link::parse(link));
    let settings = (*state.settings).clone();
    let answer = FromWorker::Fleet {
        serial: state.wanted,
        fleet: Box::new(fleet()),
        settings,
    };
    hear(&mut state, answer);
    rehearsed(&mut state, run());
    state
}

fn with_seed(state: &State, seed: u64) -> Action {
    let mut settings = (*state.settings).clone();
    settings.seed = seed;
    Action::Edit(Box::new(settings))
}

#[test]
fn the_demo_fleet_is_asked_for_before_any_click() {
    let state = State::opening(Link::parse("seed=9"));
    let ToWorker::Generate { settings, .. } = last_request(&state) else {
        panic!("{:?}", last_request(&state));
    };
    assert_eq!(settings.seed, 9);
}

#[test]
fn the_first_rehearsal_opens_where_things_turned() {
    let mut state = opened("");
    let link = |id, at_ms, cluster| CauseLink {
        event: EventRow {
            id,
            at_ms,
            cluster,
            ..EventRow::default()
        },
        ..CauseLink::default()
    };
    let answer = FromWorker::Causes {
        serial: state.causes.serial,
        event: 9,
        chain: vec![
            link(0, 0, None),
            link(4, 6 * HOUR, Some(2)),
            link(9, 9 * HOUR, None),
        ],
    };
    hear(&mut state, answer);
    assert_eq!(state.cursor_ms, 6 * HOUR);
    assert_eq!(state.selection.cluster, Some(2));
}

#[test]
fn a_link_decides_where_the_cursor_stands() {
    let state = opened("t=7200000&cluster=two");
    assert_eq!(state.cursor_ms, 2 * HOUR);
    assert_eq!(state.selection.cluster, Some(1));
    assert_eq!(state.causes.jump, Jump::Stay);
}

#[test]
fn an_edit_rehearses_again_and_keeps_the_last_result_meanwhile() {
    let mut state = opened("");
    let action = with_seed(&state, 77);
    state.apply(action);
    assert!(matches!(last_request(&state), ToWorker::Rehearse { .. }));
    assert!(state.is_stale());
    assert!(state.run.is_some());
    rehearsed(&mut state, run());
    assert!(!state.is_stale());
    assert!(state.before.is_some());
}

#[test]
fn answers_that_nobody_waits_for_are_dropped() {
    let mut state = opened("");
    let early = state.wanted;
    let action = with_seed(&state, 77);
    state.apply(action);
    let answer = FromWorker::NoPlan {
        serial: early,
        message: "late".to_owned(),
    };
    hear(&mut state, answer);
    assert!(matches!(state.work, Work::Rehearsing(_)));
}

#[test]
fn edits_are_taken_back_and_done_again() {
    let mut state = opened("");
    for seed in [1, 2] {
        let action = with_seed(&state, seed);
        state.apply(action);
    }
    state.apply(Action::Undo);
    assert_eq!(state.settings.seed, 1);
    state.apply(Action::Undo);
    assert_eq!(state.settings.seed, 0);
    state.apply(Action::Redo);
    assert_eq!(state.settings.seed, 1);
    assert!(matches!(last_request(&state), ToWorker::Rehearse { .. }));
}

#[test]
fn stopping_a_rehearsal_takes_its_edit_back() {
    let mut state = opened("");
    let action = with_seed(&state, 5);
    state.apply(action);
    state.apply(Action::Cancel);
    assert_eq!(last_request(&state), &ToWorker::Cancel);
    let serial = state.wanted;
    hear(&mut state, FromWorker::Canceled { serial });
    assert_eq!(state.settings.seed, 0);
    assert!(state.past.is_empty());
    assert_eq!(state.work, Work::Idle);
}

#[test]
fn a_bad_upload_never_loses_the_fleet() {
    let mut state = opened("");
    state.apply(Action::Open(vec!["broken.json".to_owned()]));
    assert!(state.is_stale());
    let serial = state.wanted;
    let answer = FromWorker::NothingLoaded {
        serial,
        issues: Vec::new(),
    };
    hear(&mut state, answer);
    assert!(state.fleet.is_some() && state.run.is_some());
    assert!(state.refused.is_some());
    assert_eq!(state.view.side, SideTab::Input);
}

#[test]
fn bad_events_are_stepped_through_one_by_one() {
    let mut state = opened("t=0");
    state.selection.event = None;
    let mut visited = Vec::new();
    for _ in 0..4 {
        state.apply(Action::StepBad(Direction::Forward));
        visited.push((state.selection.event, state.cursor_ms / HOUR));
    }
    assert_eq!(
        visited,
        [(Some(5), 1), (Some(9), 6), (Some(10), 6), (Some(10), 6)]
    );
    state.apply(Action::StepBad(Direction::Back));
    assert_eq!(state.selection.event, Some(9));
}

#[test]
fn waves_are_stepped_through_and_end_at_the_edges() {
    let mut state = opened("t=3600000");
    state.apply(Action::StepWave(Direction::Forward));
    assert_eq!(state.cursor_ms, 4 * HOUR);
    state.apply(Action::StepWave(Direction::Forward));
    assert_eq!(state.cursor_ms, 10 * HOUR);
    state.apply(Action::StepWave(Direction::Back));
    state.apply(Action::StepWave(Direction::Back));
    assert_eq!(state.cursor_ms, 0);
}

#[test]
fn rows_are_walked_in_the_order_of_the_chart() {
    let mut state = opened("");
    state.selection.cluster = None;
    let mut visited = Vec::new();
    for _ in 0..4 {
        state.apply(Action::StepRow(Direction::Forward));
        visited.push(state.selection.cluster);
    }
    assert_eq!(visited, [Some(1), Some(0), Some(2), Some(2)]);
}

#[test]
fn playing_moves_the_cursor_and_ends_at_the_end() {
    let mut state = opened("t=0");
    state.apply(Action::Speed(5));
    state.apply(Action::TogglePlay);
    state.apply(Action::Tick(50.0));
    assert_eq!(state.cursor_ms, 720_000);
    for _ in 0..100 {
        state.apply(Action::Tick(100.0));
    }
    assert_eq!(state.cursor_ms, 10 * HOUR);
    assert_eq!(state.playback, Playback::Paused);
}

#[test]
fn scrubbing_pauses() {
    let mut state = opened("t=0");
    state.apply(Action::TogglePlay);
    state.apply(Action::MoveTo(HOUR));
    assert_eq!(state.playback, Playback::Paused);
}

#[test]
fn the_log_asks_for_what_is_in_sight_only_once() {
    let mut state = opened("");
    let n_sent = |state: &State| {
        let is_log = |request: &&ToWorker| matches!(request, ToWorker::Log { .. });
        state.outbox.iter().filter(is_log).count()
    };
    let before = n_sent(&state);
    state.apply(Action::LogSeen(250, 320));
    state.apply(Action::LogSeen(260, 330));
    assert_eq!(n_sent(&state), before + 2);
    let page = EventPage {
        total: 900,
        offset: 300,
        rows: vec![EventRow::default()],
    };
    let serial = state.log.serial;
    hear(&mut state, FromWorker::Log { serial, page });
    assert!(state.log.row_at(300).is_some());
    assert_eq!(state.log.row_at(250), None);
}

// While playing, the cursor moves sixty times a second; the worker is asked once at a time.
#[test]
fn the_cursor_is_located_one_question_at_a_time() {
    let mut state = opened("t=0");
    let n_sent = |state: &State| {
        let is_locate = |request: &&ToWorker| matches!(request, ToWorker::Locate { .. });
        state.outbox.iter().filter(is_locate).count()
    };
    let before = n_sent(&state);
    for at_ms in [1, 2, 3] {
        state.apply(Action::MoveTo(at_ms));
    }
    assert_eq!(n_sent(&state), before);
    let serial = state.log.serial;
    hear(&mut state, FromWorker::Located { serial, row: 4 });
    assert_eq!(n_sent(&state), before + 1);
    assert_eq!(state.log.row, Some(4));
}

/// Hears the answer to a question about a drain: a report that holds nothing but its command.
fn hear_drain(state: &mut State, serial: u32, command: &str) {
    let report = DrainReport {
        cluster: String::new(),
        command: command.to_owned(),
        outcome: DrainOutcome::Drained,
        headline: String::new(),
        lines: Vec::new(),
        nodes: Vec::new(),
        holds: Vec::new(),
        remedies: Vec::new(),
        remedied: String::new(),
        outages: Vec::new(),
        waiting: Vec::new(),
        assumptions: Vec::new(),
        seed: 0,
        digest: String::new(),
    };
    let report = Box::new(report);
    hear(state, FromWorker::Drained { serial, report });
}

/// What the answer on screen was asked with.
fn drain_on_screen(state: &State) -> Option<&str> {
    match state.drain.answer.as_ref()? {
        DrainAnswer::Report(report) => Some(&report.command),
        DrainAnswer::Refused(message) => Some(message),
    }
}

#[test]
fn a_drain_is_asked_of_the_selected_node_with_the_flags_chosen_last() {
    let mut state = opened("seed=9");
    state.apply(Action::SelectNode(1, 0));
    state.apply(Action::AskDrain);
    assert_eq!(state.view.overlay, Overlay::Drain);
    let mut request = (*state.drain.request).clone();
    assert!(request.ignore_daemonsets && request.delete_emptydir_data);
    assert!(!request.force && request.timeout.is_none());
    request.force = true;
    state.apply(Action::ChangeDrain(Box::new(request)));
    state.apply(Action::Back);
    state.apply(Action::SelectNode(2, 1));
    state.apply(Action::AskDrain);
    let ToWorker::Drain { request, .. } = last_request(&state) else {
        panic!("{:?}", last_request(&state));
    };
    assert_eq!(request.cluster.as_deref(), Some("three"));
    assert_eq!(request.nodes, ["three-b"]);
    assert!(request.force && request.ignore_daemonsets);
    assert_eq!(request.seed, 9);
}

#[test]
fn of_two_drains_asked_about_the_later_one_is_shown() {
    let mut state = opened("");
    state.apply(Action::SelectNode(0, 0));
    state.apply(Action::AskDrain);
    let early = state.drain.serial;
    let request = (*state.drain.request).clone();
    state.apply(Action::ChangeDrain(Box::new(request)));
    let late = state.drain.serial;
    hear_drain(&mut state, early, "early");
    assert_eq!(drain_on_screen(&state), None);
    hear_drain(&mut state, late, "late");
    assert_eq!(drain_on_screen(&state), Some("late"));
    assert!(!state.drain.is_asked());
}

// The last answer stays readable while a flag is tried, but never under the name of another node.
#[test]
fn the_answer_before_stays_as_long_as_the_node_does() {
    let mut state = opened("");
    state.apply(Action::SelectNode(0, 0));
    state.apply(Action::AskDrain);
    let serial = state.drain.serial;
    hear_drain(&mut state, serial, "first");
    let request = (*state.drain.request).clone();
    state.apply(Action::ChangeDrain(Box::new(request)));
    assert!(state.drain.is_asked());
    assert_eq!(drain_on_screen(&state), Some("first"));
    state.apply(Action::SelectNode(0, 1));
    state.apply(Action::AskDrain);
    assert_eq!(drain_on_screen(&state), None);
}

#[test]
fn a_drain_that_is_refused_says_why() {
    let mut state = opened("");
    state.apply(Action::SelectNode(0, 0));
    state.apply(Action::AskDrain);
    let answer = FromWorker::NoDrain {
        serial: state.drain.serial,
        message: "one has no node one-a".to_owned(),
    };
    hear(&mut state, answer);
    assert_eq!(drain_on_screen(&state), Some("one has no node one-a"));
}

#[test]
fn a_node_that_the_rehearsal_made_cannot_be_drained_by_hand() {
    let mut state = opened("");
    let n_sent = state.outbox.len();
    for (node, word) in [(Some(2), "not in the snapshot"), (None, "Select a node")] {
        state.selection = Selection {
            cluster: Some(1),
            node,
            event: None,
        };
        state.apply(Action::AskDrain);
        assert_eq!(state.view.overlay, Overlay::None);
        assert_eq!(state.view.side, SideTab::Object);
        assert!(state.notice.contains(word), "{}", state.notice);
    }
    assert_eq!(state.outbox.len(), n_sent);
}

// What was asked about one fleet is no answer about the next.
#[test]
fn another_fleet_takes_the_answer_away() {
    let mut state = opened("");
    state.apply(Action::SelectNode(0, 0));
    state.apply(Action::AskDrain);
    let serial = state.drain.serial;
    state.apply(Action::Generate(FleetOptions::default()));
    assert_eq!(state.view.overlay, Overlay::None);
    let answer = FromWorker::Fleet {
        serial: state.wanted,
        fleet: Box::new(fleet()),
        settings: RunSettings::default(),
    };
    hear(&mut state, answer);
    hear_drain(&mut state, serial, "of the fleet before");
    assert_eq!(drain_on_screen(&state), None);
    assert!(!state.drain.is_asked());
}

#[test]
fn escape_goes_one_step_back_at_a_time() {
    let mut state = opened("");
    state.apply(Action::SelectNode(1, 3));
    state.apply(Action::Show(Overlay::Keys));
    state.apply(Action::Back);
    assert_eq!(state.view.overlay, Overlay::None);
    state.apply(Action::Back);
    assert_eq!(
        (state.selection.cluster, state.selection.node),
        (Some(1), None)
    );
    state.apply(Action::Back);
    assert_eq!(state.selection.cluster, None);
}

#[test]
fn a_dead_worker_leaves_the_page_as_it_was() {
    let mut state = opened("");
    state.apply(Action::SelectNode(0, 0));
    state.apply(Action::AskDrain);
    state.apply(Action::Died("out of memory".to_owned()));
    assert!(state.run.is_some());
    assert_eq!(state.view.overlay, Overlay::None, "no answer comes");
    assert!(matches!(state.work, Work::Dead(_)));
    state.apply(Action::Revived);
    assert!(matches!(last_request(&state), ToWorker::Generate { .. }));
}
