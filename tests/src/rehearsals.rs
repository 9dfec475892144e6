//! Whole rehearsals on synthetic fleets: what native and Wasm must agree on, and what is timed.

use std::cell::RefCell;
use std::fmt::Write as _;

use wavetank_core::plan::{
    AksSurge, ClusterApi, DrainChoice, EksManaged, FailureRule, GkeBlueGreen, GkeSurge, Kured,
    PlanSettings, PoolChoice, Undrainable,
};
use wavetank_core::report::RunReport;
use wavetank_core::rng::{Purpose, Streams, child_key};
use wavetank_core::scenario::{self, CallKind, CallSpec, FleetSource, ServiceSpec};
use wavetank_core::sim::fault::{Fault, FaultKind, Scope, StepKind, Trigger};
use wavetank_core::synth::{self, FleetOptions};
use wavetank_core::trial::{RunSettings, Trial};
use wavetank_core::units::{IntOrPercent, SimDuration, Thousandths};

/// Events handled between two looks at the progress.
const SLICE_EVENTS: u32 = 100_000;

const KINDS: &[(&str, FaultKind)] = &[
    ("budget", FaultKind::BlockingBudget),
    ("CNI", FaultKind::CniBreak),
    ("etcd", FaultKind::EtcdLatency),
    ("zone", FaultKind::ZoneOutage),
    ("nodes", FaultKind::NodeLoss),
    ("etcd members", FaultKind::EtcdMemberLoss),
    ("controller-manager", FaultKind::ControllerManagerCrash),
    ("API servers", FaultKind::ControlPlaneOutage),
];

const TRIGGERS: &[(&str, Trigger)] = &[
    ("an hour in", Trigger::At(SimDuration::from_hours(1))),
    ("in wave 2", Trigger::Wave(2)),
    ("with each cluster", Trigger::ClusterStart),
    ("before the pools", Trigger::BeforeStep(StepKind::Pool)),
    (
        "after the control plane",
        Trigger::AfterStep(StepKind::ControlPlane),
    ),
];

/// Rehearsals drawn by lot, besides those that are named.
const N_RANDOM: u64 = 200;

type Change = fn(&mut PlanSettings);

/// Plans that differ from the default, each rehearsed with a CNI that breaks on half the nodes.
const PLANS: &[(&str, Change)] = &[
    ("surge", |plan| plan.pool_strategy = PoolChoice::Surge(2)),
    ("unavailable", |plan| {
        plan.pool_strategy = PoolChoice::Unavailable(3);
    }),
    ("GKE, both ways", |plan| {
        plan.pool_strategy = PoolChoice::GkeSurge(GkeSurge {
            max_surge: 2,
            max_unavailable: 1,
        });
    }),
    ("GKE, blue-green", |plan| {
        plan.pool_strategy = PoolChoice::GkeBlueGreen(GkeBlueGreen::default());
    }),
    ("EKS, a share at a time", |plan| {
        plan.pool_strategy = PoolChoice::EksManaged(EksManaged {
            max_unavailable: IntOrPercent::Percent(33),
            force: true,
        });
    }),
    ("AKS, quarantine", |plan| {
        plan.pool_strategy = PoolChoice::AksSurge(AksSurge {
            max_surge: IntOrPercent::Percent(33),
            undrainable: Undrainable::Cordon,
            ..AksSurge::default()
        });
    }),
    ("Cluster API, limited", |plan| {
        plan.pool_strategy = PoolChoice::ClusterApi(ClusterApi {
            node_drain_timeout: SimDuration::from_mins(20),
            node_volume_detach_timeout: SimDuration::from_mins(5),
            ..ClusterApi::default()
        });
    }),
    ("kured, limited", |plan| {
        plan.pool_strategy = PoolChoice::Kured(Kured {
            drain_timeout: SimDuration::from_mins(20),
            period: SimDuration::from_hours(24),
            ..Kured::default()
        });
    }),
    ("drains that wait", |plan| plan.drain = DrainChoice::Wait),
    ("drains that fail", |plan| {
        plan.drain = DrainChoice::Fail(SimDuration::from_mins(30));
    }),
    ("drains that force", |plan| {
        plan.drain = DrainChoice::Force(SimDuration::from_mins(10));
    }),
    ("rolling back", |plan| {
        plan.on_failure = FailureRule::RollBack;
    }),
    ("going on", |plan| plan.on_failure = FailureRule::GoOn),
    ("all at once", |plan| {
        plan.canary = false;
        plan.max_concurrency = 8;
        plan.respect_windows = false;
    }),
];

/// One rehearsal.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What is special about it.
    pub name: String,
    /// The fleet.
    pub fleet: FleetOptions,
    /// Plan, faults and seed.
    pub settings: RunSettings,
}

/// Every rehearsal that native and Wasm must agree on.
pub fn subjects() -> Vec<Subject> {
    let mut subjects = vec![
        Subject {
            name: "demo".to_owned(),
            fleet: FleetOptions::default(),
            settings: RunSettings::default(),
        },
        Subject {
            name: "demo, CNI in wave 2".to_owned(),
            fleet: FleetOptions::default(),
            settings: faulty(FaultKind::CniBreak, Trigger::Wave(2), 1_000),
        },
    ];
    for (kind_name, kind) in KINDS {
        for (trigger_name, trigger) in TRIGGERS {
            let settings = faulty(*kind, trigger.clone(), 800);
            subjects.push(small(
                format!("{kind_name} {trigger_name}"),
                subjects.len() as u64,
                settings,
            ));
        }
    }
    for (name, change) in PLANS {
        let mut settings = faulty(FaultKind::CniBreak, Trigger::ClusterStart, 500);
        change(&mut settings.plan);
        subjects.push(small((*name).to_owned(), subjects.len() as u64, settings));
    }
    subjects.push(calling());
    subjects.extend((0..N_RANDOM).map(random));
    subjects
}

/// A small fleet in which each service calls the next, now hard, now softly, back to the first.
fn calling() -> Subject {
    let name = "services that call each other".to_owned();
    let mut subject = small(name, 1, RunSettings::default());
    for card in &trial(&subject.fleet).fleet().clusters {
        let callees = card.workloads.iter().cycle().skip(1);
        for (index, (caller, callee)) in card.workloads.iter().zip(callees).enumerate() {
            let (namespace, name) = caller.split_once('/').expect("a full name");
            let call = CallSpec {
                to: callee.clone(),
                cluster: None,
                per_request: Thousandths::new(300 * (index as u64 % 7)),
                kind: [CallKind::Hard, CallKind::Soft][usize::from(index % 5 == 0)],
            };
            subject.settings.services.push(ServiceSpec {
                cluster: Some(card.name.clone()),
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                demand: Some(Thousandths::whole(10 * (1 + index as u64))),
                capacity_per_replica: None,
                service_time: None,
                timeout: None,
                error_budget_ppm: None,
                calls: vec![call],
            });
        }
    }
    subject
}

/// A rehearsal drawn by lot: another fleet, plan and set of faults for each number.
///
/// Which kinds of fault there can be at all is drawn first, then each of them: uniform mixtures
/// would never leave one out.
fn random(number: u64) -> Subject {
    let mut luck = Streams::new(number, 0).open(1, Purpose::Synthesis);
    let mut settings = RunSettings::default();
    for (_, kind) in KINDS {
        let happens = luck.happens(300);
        let (_, trigger) = &TRIGGERS[luck.below(TRIGGERS.len() as u64) as usize];
        let mut drawn = faulty(*kind, trigger.clone(), 1 + luck.below(1_000) as u32);
        if luck.happens(600) {
            let minutes = 1 + luck.below(120);
            drawn.faults[0].duration = Some(SimDuration::from_mins(minutes));
        }
        if happens {
            settings.faults.append(&mut drawn.faults);
        }
    }
    for (_, change) in PLANS {
        if luck.happens(250) {
            change(&mut settings.plan);
        }
    }
    Subject {
        name: format!("random {number}"),
        fleet: FleetOptions {
            seed: luck.bits(),
            clusters: 1 + luck.below(4) as u32,
            nodes: 6 + luck.below(20) as u32,
            pods: 60 + luck.below(240) as u32,
            ..FleetOptions::default()
        },
        settings: RunSettings {
            seed: luck.bits(),
            ..settings
        },
    }
}

/// A small fleet, another one for each seed.
fn small(name: String, seed: u64, settings: RunSettings) -> Subject {
    Subject {
        name,
        fleet: FleetOptions {
            seed,
            clusters: 4,
            nodes: 20,
            pods: 300,
            ..FleetOptions::default()
        },
        settings: RunSettings { seed, ..settings },
    }
}

fn faulty(kind: FaultKind, trigger: Trigger, severity_per_mille: u32) -> RunSettings {
    let scope = Scope {
        wave: match trigger {
            Trigger::Wave(wave) => Some(wave),
            _ => None,
        },
        ..Scope::default()
    };
    RunSettings {
        faults: vec![Fault {
            kind,
            trigger,
            scope,
            duration: None,
            severity_per_mille,
        }],
        ..RunSettings::default()
    }
}

/// The fleet as it is after loading.
pub fn trial(options: &FleetOptions) -> Trial {
    let snapshot = synth::generate(options);
    let source = FleetSource::Generate(options.clone());
    Trial::new(source, &snapshot, "generated", Vec::new())
}

/// Rehearses to the end.
pub fn rehearse(trial: &mut Trial, settings: RunSettings) -> &RunReport {
    trial.start(settings).expect("a generated fleet has a plan");
    while trial
        .advance(SLICE_EVENTS)
        .is_some_and(|progress| !progress.done)
    {}
    trial.run().expect("it came to its end")
}

/// One line for each subject: the digest of its trace, and one of everything that is shown.
pub fn digests() -> String {
    let mut lines = String::new();
    for subject in subjects() {
        let mut trial = trial(&subject.fleet);
        let run = rehearse(&mut trial, subject.settings);
        let shown = digest_of_text(&format!("{run:?}"));
        writeln!(
            lines,
            "rehearsal {}: {} shown as {shown:016x}",
            subject.name, run.digest
        )
        .expect("a string takes everything");
    }
    lines
}

/// The digest of a scenario file's rehearsal. It must hold its fleet: Wasm reads no files.
pub fn digest_of_scenario(text: &str) -> Result<String, String> {
    let scenario = scenario::parse(text, "scenario").map_err(|error| error.to_string())?;
    let snapshot = match &scenario.fleet {
        FleetSource::Generate(options) => synth::generate(options),
        FleetSource::Snapshot(snapshot) => (**snapshot).clone(),
        FleetSource::Paths(_) => return Err("its fleet lies in files".to_owned()),
    };
    let settings = RunSettings::of(&scenario, Vec::new());
    let mut trial = Trial::new(scenario.fleet, &snapshot, "scenario", Vec::new());
    Ok(rehearse(&mut trial, settings).digest.clone())
}

fn digest_of_text(text: &str) -> u64 {
    text.bytes()
        .fold(0, |digest, byte| child_key(digest, u64::from(byte)))
}

/// 50 clusters, 5,000 nodes, 100,000 pods.
pub fn large_fleet() -> FleetOptions {
    FleetOptions {
        name: "Large fleet".to_owned(),
        clusters: 50,
        nodes: 5_000,
        pods: 100_000,
        ..FleetOptions::default()
    }
}

thread_local! {
    /// Loaded once, outside of what is timed after the first time.
    static LARGE: RefCell<Option<Trial>> = const { RefCell::new(None) };
}

/// Generates the large fleet, resolves it and rehearses its upgrade.
pub fn large_from_nothing() -> u64 {
    let mut trial = trial(&large_fleet());
    n_events(rehearse(&mut trial, RunSettings::default()))
}

/// Rehearses the large fleet's upgrade, once it is loaded.
pub fn large_when_loaded() -> u64 {
    LARGE.with_borrow_mut(|loaded| {
        let trial = loaded.get_or_insert_with(|| trial(&large_fleet()));
        n_events(rehearse(trial, RunSettings::default()))
    })
}

fn n_events(run: &RunReport) -> u64 {
    u64::from(run.n_events)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use wavetank_core::report::LaneState;

    use super::*;

    #[test]
    fn every_subject_takes_a_course_of_its_own() {
        let subjects = subjects();
        assert!(subjects.len() > 24, "{}", subjects.len());
        let names: BTreeSet<_> = subjects.iter().map(|subject| &subject.name).collect();
        assert_eq!(names.len(), subjects.len());
    }
    #[test]
    fn an_upgraded_cluster_comes_to_the_target() {
        let mut trial = trial(&FleetOptions::default());
        let run = rehearse(&mut trial, RunSettings::default());
        let done = run
            .lanes
            .iter()
            .filter(|lane| lane.state == LaneState::Done);
        let versions = done.map(|lane| lane.versions.last().map(|change| &*change.version));
        let versions: Vec<_> = versions.collect();
        assert!(versions.len() > 1, "{versions:?}");
        assert!(
            versions.iter().all(|last| *last == Some(&*run.target)),
            "{versions:?}"
        );
    }
}
