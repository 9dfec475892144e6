//! What is said of durations reaches the rehearsal, its report and the file it is saved to.

use expect_test::expect;

use super::{RunSettings, Trial};
use crate::durations::{Basis, DurationEntry, Quantity};
use crate::inventory::Provider;
use crate::report::{Outcome, RunReport};
use crate::rng::Distribution;
use crate::scenario::{self, FleetSource};
use crate::synth::{self, FleetOptions};
use crate::units::SimDuration;

fn trial() -> Trial {
    let options = FleetOptions {
        clusters: 2,
        nodes: 8,
        pods: 120,
        blocking_budgets_per_mille: 0,
        ..FleetOptions::default()
    };
    let snapshot = synth::generate(&options);
    Trial::new(
        FleetSource::Generate(options),
        &snapshot,
        "generated",
        Vec::new(),
    )
}

fn rehearse(trial: &mut Trial, durations: &[DurationEntry]) -> RunReport {
    let settings = RunSettings {
        seed: 3,
        durations: durations.to_vec(),
        ..RunSettings::default()
    };
    trial.start(settings).expect("a plan");
    while trial.advance(10_000).is_some_and(|progress| !progress.done) {}
    trial.run().expect("the rehearsal is over").clone()
}

/// Past runs of which each takes so many minutes or a little more.
fn past_runs(quantity: Quantity, minutes: u64) -> DurationEntry {
    let runs = [0, 5, 10].map(|secs| SimDuration::from_secs(minutes * 60 + secs));
    DurationEntry {
        quantity,
        provider: None,
        cluster: None,
        pool: None,
        workload: None,
        distribution: Distribution::Empirical(runs.to_vec().into()),
        basis: Basis::History,
        source: "3 runs in runs.csv".to_owned(),
    }
}

#[test]
fn a_saved_scenario_holds_the_past_runs_it_went_by() {
    let mut trial = trial();
    let plain = rehearse(&mut trial, &[]);
    let runs = [
        past_runs(Quantity::ControlPlane, 1),
        past_runs(Quantity::NodeBoot, 3),
        past_runs(Quantity::ControlPlane, 75),
    ];
    let report = rehearse(&mut trial, &runs);
    assert_ne!(report.digest, plain.digest);
    assert!(report.end_ms > 75 * 60_000, "{}", report.end_ms);

    let saved = trial.scenario("saved");
    let kept: Vec<Quantity> = saved.durations.iter().map(|entry| entry.quantity).collect();
    assert_eq!(kept, [Quantity::NodeBoot, Quantity::ControlPlane]);
    let text = serde_json::to_string(&saved).expect("a scenario is JSON");
    let read = scenario::parse(&text, "saved.json").expect("a scenario");
    let settings = RunSettings::of(&read, Vec::new());
    assert_eq!(
        rehearse(&mut trial, &settings.durations).digest,
        report.digest
    );
}

// The invariants are watched in every rehearsal; one that breaks ends as broken.
#[test]
fn no_length_of_anything_breaks_an_invariant() {
    let mut trial = trial();
    let all = |length: SimDuration| {
        Quantity::ALL.map(|quantity| DurationEntry {
            distribution: Distribution::Constant(length),
            ..past_runs(quantity, 1)
        })
    };
    let lengths = [SimDuration::ZERO, SimDuration::from_millis(1)];
    for length in lengths.into_iter().chain([SimDuration::from_hours(30)]) {
        let report = rehearse(&mut trial, &all(length));
        assert_ne!(report.verdict.outcome, Outcome::Broken, "{length}");
        assert!(report.n_events > 100, "{length}: {}", report.n_events);
    }
}

#[test]
fn what_a_scenario_says_itself_wins_over_its_past_runs() {
    let text = "schemaVersion: wavetank/v1\nfleet:\n  generate: {}\ndurations:\n- \
                { quantity: node-boot, distribution: { constant: 1s }, basis: assumed, \
                source: us }\n";
    let read = scenario::parse(text, "s.yaml").expect("a scenario");
    let settings = RunSettings::of(&read, vec![past_runs(Quantity::NodeBoot, 3)]);
    let rows = trial().durations(&settings.durations).rows;
    let boots = rows.iter().filter(|row| row.quantity == Quantity::NodeBoot);
    assert_eq!(boots.map(|row| row.median_ms).collect::<Vec<_>>(), [1_000]);
}

#[test]
fn a_report_says_how_its_durations_are_known() {
    let mut trial = trial();
    let told = |run: &RunReport| run.assumptions.last().cloned().unwrap_or_default();
    let plain = told(&rehearse(&mut trial, &[]));
    let mut of_gke = past_runs(Quantity::Shutdown, 1);
    of_gke.provider = Some(Provider::Gke);
    let runs = [past_runs(Quantity::NodeBoot, 3), of_gke];
    let with_runs = told(&rehearse(&mut trial, &runs));
    expect![[r#"
        Budgets are taken to be counted anew the moment a pod changes; a real controller hears of it 0.1 to 1 s later.
        Budgets are taken to be counted anew the moment a pod changes; a real controller hears of it 0.1 to 1 s later.
    "#]]
    .assert_eq(&format!("{plain}\n{with_runs}\n"));
}

#[test]
fn the_table_in_effect_names_where_each_row_holds() {
    let mut of_kops = past_runs(Quantity::Shutdown, 1);
    of_kops.provider = Some(Provider::Kops);
    let mut of_gke = past_runs(Quantity::Shutdown, 2);
    of_gke.provider = Some(Provider::Gke);
    let report = trial().durations(&[of_kops, of_gke]);
    let lines = report.rows.iter().map(|row| {
        let name = row.quantity.name();
        format!("{name}, {}: {:?} {}\n", row.scope, row.basis, row.median_ms)
    });
    expect![[r#"
        control-plane, provider eks: Measured 720000
        control-plane, provider gke: Assumed 900000
        api-restart, managed control planes: Assumed 210000
        member-restart, everywhere: Assumed 40000
        node-boot, everywhere: Assumed 90000
        node-rebuild, everywhere: Assumed 150000
        node-reboot, everywhere: Assumed 90000
        kubelet-restart, everywhere: Assumed 15000
        node-delete, everywhere: Assumed 25000
        cni-restart, everywhere: Assumed 15000
        settle-after-drain, everywhere: Assumed 0
        settle-after-drain, provider eks: Assumed 60000
        pod-start, everywhere: Assumed 8000
        volume-move, everywhere: Assumed 25000
        pre-stop, everywhere: Assumed 10000
        shutdown, everywhere: Assumed 2000
        shutdown, provider gke: History 125000
    "#]]
    .assert_eq(&lines.collect::<String>());
}
