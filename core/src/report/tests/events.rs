//! Events as readers get them: chains of causes, the log, and the words of bad endings.

use expect_test::expect;

use super::*;

#[test]
fn causes_lead_from_the_held_wave_to_the_budget() {
    let chain = |inputs: &RunInputs<'_>, _: &RunReport| {
        let links = causes(inputs, 11);
        let lines = links
            .iter()
            .map(|link| format!("+{} min {}\n", link.after_ms / 60_000, link.event.sentence));
        lines.collect()
    };
    check(
        chain,
        &expect![[r#"
            +0 min PDB pay/api can never allow a disruption: it wants 1 healthy of at most 1
            +1 min pod pay/api-1 may not leave node node-a: PDB pay/api allows no disruption
            +15 min node node-a could not be drained in time: 1 pod left
            +0 min eu-1 gives up on pool web → 1.33: a drain took longer than allowed
            +0 min eu-1 fails its upgrade
            +0 min wave 1 (high tier) holds: nothing further starts
        "#]],
    );
}

#[test]
fn only_a_failure_has_a_root_cause() {
    let roots = |inputs: &RunInputs<'_>| {
        let links = (0..12).map(|event| causes(inputs, event));
        let roots = links.map(|chain| {
            let root = chain.iter().find(|link| link.is_root);
            root.map_or("-".to_owned(), |link| link.event.id.to_string())
        });
        roots.collect::<Vec<_>>().join(" ")
    };
    check(
        |inputs, _| {
            let passed = Trace {
                outcome: RunOutcome::Finished,
                ..inputs.trace.clone()
            };
            let well = RunInputs {
                trace: &passed,
                ..*inputs
            };
            format!("held:     {}\nfinished: {}", roots(inputs), roots(&well))
        },
        &expect![[r#"
            held:     - 1 - - - - - 1 1 1 1 1
            finished: - - - - - - - - - - - -"#]],
    );
}

#[test]
fn the_log_filters_by_level_and_text_and_counts_what_passes() {
    let page = |inputs: &RunInputs<'_>, _: &RunReport| {
        let filter = EventFilter {
            min_level: EventLevel::Warning,
            ..EventFilter::default()
        };
        let graver = event_page(inputs, &filter, 1, 2);
        let filter = EventFilter {
            text: "PDB".to_owned(),
            ..EventFilter::default()
        };
        let named = event_page(inputs, &filter, 0, 10);
        let ids = |page: &crate::report::EventPage| {
            page.rows.iter().map(|row| row.id).collect::<Vec<_>>()
        };
        format!(
            "{} grave, from the second: {:?}; {} name a PDB: {:?}",
            graver.total,
            ids(&graver),
            named.total,
            ids(&named)
        )
    };
    check(
        page,
        &expect!["6 grave, from the second: [7, 8]; 2 name a PDB: [1, 7]"],
    );
}

#[test]
fn an_event_that_does_not_exist_has_no_causes() {
    check(
        |inputs, _| causes(inputs, 999).len().to_string(),
        &expect![["0"]],
    );
}

#[test]
fn what_does_not_end_well_is_told_with_its_names_and_numbers() {
    let (inventory, plan, trace) = (inventory(), plan(), blocked_drain());
    let names = Names {
        inventory: &inventory,
        plan: &plan,
        faults: &[],
        clusters: &trace.clusters,
    };
    let (pool, wave) = (PoolIdx(0), WaveIdx(0));
    let place = |pool| Place::RollBack { pool };
    let told = |(inside, kind): (bool, EventKind)| {
        let event = Event {
            at: SimTime::ZERO,
            cluster: inside.then_some(ClusterIdx(0)),
            kind,
            cause: None,
        };
        format!("{}\n", names.tell(&event).text)
    };
    let step = Place::Step {
        step: 0,
        of: StepKind::Pool,
    };
    let back = EventKind::PoolRollBackStarted {
        pool,
        nodes: 2,
        surplus: 1,
    };
    let version = EventKind::RollBackFailed {
        why: StepFailure::VersionUnknown,
    };
    let unfinished = EventKind::ClusterUnfinished {
        place: step,
        days: 60,
    };
    let stalled = |place| EventKind::ClusterStalled { place };
    let text: String = [
        (false, EventKind::WaveWentOn { wave, failed: 1 }),
        (false, EventKind::WaveUnfinished { wave }),
        (true, EventKind::SurgeNodesLeft { nodes: 2 }),
        (true, stalled(Place::Window)),
        (true, stalled(place(Some(pool)))),
        (true, stalled(place(None))),
        (true, unfinished),
        (true, EventKind::NodesCannotGoBack { pool, nodes: 1 }),
        (true, back),
        (true, version),
        (true, EventKind::CniRollWaits {}),
    ]
    .map(told)
    .concat();
    expect![[r#"
        wave 1 (high tier) went on with 1 cluster failed
        wave 1 (high tier) is not finished: a cluster of it is still under way
        eu-1 leaves 2 nodes of its surge beside the old ones, undeleted
        eu-1 stalls in its wait for a maintenance window: nothing will ever end its wait
        eu-1 stalls in the roll-back of pool web: nothing will ever end its wait
        eu-1 stalls in its roll-back: nothing will ever end its wait
        eu-1 is not finished within 60 days: it is still in pool web → 1.33
        eu-1 leaves 1 node of pool web as upgraded: the snapshot does not tell what they ran
        eu-1 rolls pool web back: 2 nodes to replace, 1 surplus to delete
        eu-1 cannot roll back: the snapshot does not tell what some nodes ran
        the CNI's roll-out waits: no controller-manager leads
    "#]]
    .assert_eq(&text);
}
