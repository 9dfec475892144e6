//! Injecting a fault: what, where, when, for how long, how badly; then the rehearsal runs again.

use std::collections::BTreeSet;

use wavetank_core::report::{ClusterCard, FleetReport};
use wavetank_core::sim::fault::{FaultKind, StepKind};
use wavetank_core::units::SimDuration;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::inject_form::{Form, When, Where};
use super::plan_knobs::{choice, duration, switch};
use crate::design::glyphs::Glyph;
use crate::draw::{faults, format};
use crate::page::kit::dialog::Dialog;
use crate::page::kit::icon::Icon;
use crate::page::{Clock, Send};
use crate::state::{Action, Overlay, State};

#[derive(PartialEq, Properties)]
pub(crate) struct InjectProps {
    pub(crate) state: State,
    pub(crate) clock: Clock,
    pub(crate) on_close: Callback<()>,
}

type Fill = UseStateHandle<Form>;

/// The form.
#[function_component]
pub(crate) fn InjectSheet(props: &InjectProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let form = use_state(|| Form::of(&props.state));
    let Some(fleet) = props.state.fleet.as_deref() else {
        return html! {};
    };
    let fault = form.fault(fleet, props.state.run.as_deref());
    let summary = faults::summary(&fault);
    let inject = {
        let settings = props.state.settings.clone();
        Callback::from(move |_: MouseEvent| {
            let mut settings = (*settings).clone();
            settings.faults.push(fault.clone());
            send.dispatch(Action::Show(Overlay::None));
            send.dispatch(Action::Edit(Box::new(settings)));
        })
    };
    html! {
        <Dialog title="Inject a fault" testid="inject-sheet" class="menu"
            on_close={props.on_close.clone()}>
            <div class="form inject">
                { kinds(&form) }
                <fieldset><legend>{ "Where and when" }</legend>
                    { place(&form, fleet, &props.state) }
                    { when(&form, &props.clock) }
                    { wave(&form, &props.state) }
                </fieldset>
                <fieldset><legend>{ "How long, how badly" }</legend>
                    { lasting(&form) }
                    { severity(&form) }
                </fieldset>
                <footer class="dialog-foot">
                    <p class="summary" data-testid="fault-summary">
                        { format!("{}.", format::upper(&summary)) }
                    </p>
                    <button type="button" class="primary" data-testid="inject" onclick={inject}>
                        <Icon glyph={Glyph::Fault} />{ "Inject and rehearse again" }
                    </button>
                </footer>
            </div>
        </Dialog>
    }
}

fn fill<T: 'static>(form: &Fill, change: impl Fn(&mut Form, T) + 'static) -> Callback<T> {
    let form = form.clone();
    Callback::from(move |value| {
        let mut next = (*form).clone();
        change(&mut next, value);
        form.set(next);
    })
}

fn kinds(form: &Fill) -> Html {
    let testid = |kind| match kind {
        FaultKind::BlockingBudget => "kind-budget",
        FaultKind::CniBreak => "kind-cni",
        FaultKind::EtcdLatency => "kind-etcd",
        FaultKind::ZoneOutage => "kind-zone",
        FaultKind::NodeLoss => "kind-node",
        FaultKind::EtcdMemberLoss => "kind-members",
        FaultKind::ControllerManagerCrash => "kind-manager",
        FaultKind::ControlPlaneOutage => "kind-servers",
    };
    html! {
        <fieldset class="kinds"><legend>{ "What breaks" }</legend>
            { for FaultKind::ALL.into_iter().map(|kind| {
                let on_pick = fill(form, move |form, _: Event| form.kind = kind);
                html! {
                    <label class="kind">
                        <input type="radio" name="kind" checked={form.kind == kind}
                            data-testid={testid(kind)} onchange={on_pick} />
                        <span><strong>{ faults::kind_name(kind) }</strong>
                            <span class="soft">{ faults::kind_story(kind) }</span></span>
                    </label>
                }
            }) }
        </fieldset>
    }
}

fn place(form: &Fill, fleet: &FleetReport, state: &State) -> Html {
    let card = form
        .cluster
        .and_then(|cluster| fleet.clusters.get(cluster as usize));
    let node = form.cluster.zip(form.node).and_then(|(cluster, node)| {
        let track = state.run.as_ref()?.tracks.get(cluster as usize)?;
        track.names.get(node as usize).cloned()
    });
    let mut choices = vec![
        ("fleet", "the whole fleet".to_owned()),
        ("wave", format!("wave {}", form.wave)),
    ];
    if let Some(card) = card {
        choices.push(("cluster", format!("cluster {}", card.name)));
        if let Some(node) = node {
            choices.push(("node", format!("node {node}")));
        }
        if !zones(card).is_empty() {
            choices.push(("zone", format!("a zone of {}", card.name)));
        }
        if !card.workloads.is_empty() {
            choices.push(("workload", format!("a workload of {}", card.name)));
        }
    }
    let chosen = match form.place {
        Where::Fleet => "fleet",
        Where::Wave => "wave",
        Where::Cluster => "cluster",
        Where::Node => "node",
        Where::Zone => "zone",
        Where::Workload => "workload",
    };
    let first = card.and_then(|card| card.workloads.first().cloned());
    let first_zone = card.and_then(|card| zones(card).into_iter().next());
    let on_place = fill(form, move |form, value: String| {
        form.place = match value.as_str() {
            "wave" => Where::Wave,
            "cluster" => Where::Cluster,
            "node" => Where::Node,
            "zone" => Where::Zone,
            "workload" => Where::Workload,
            _ => Where::Fleet,
        };
        if form.place == Where::Zone && form.zone.is_none() {
            form.zone.clone_from(&first_zone);
        }
        if form.place == Where::Workload && form.workload.is_none() {
            form.workload.clone_from(&first);
        }
    });
    html! {
        <>
            { choice("Where", &choices, chosen, on_place) }
            if let Some(card) = card.filter(|_| form.place == Where::Workload) {
                { names(form, "Workload", &card.workloads, |form| &mut form.workload) }
            }
            if let Some(card) = card.filter(|_| form.place == Where::Zone) {
                { names(form, "Zone", &zones(card), |form| &mut form.zone) }
            }
        </>
    }
}

/// The zones that a cluster's nodes are in.
fn zones(card: &ClusterCard) -> Vec<String> {
    let named = card.nodes.iter().filter(|node| !node.zone.is_empty());
    let zones: BTreeSet<String> = named.map(|node| node.zone.clone()).collect();
    zones.into_iter().collect()
}

/// A choice of one name for a field of the form.
fn names(
    form: &Fill,
    what: &'static str,
    names: &[String],
    field: fn(&mut Form) -> &mut Option<String>,
) -> Html {
    let on_pick = fill(form, move |form, event: Event| {
        let value = event
            .target_unchecked_into::<web_sys::HtmlSelectElement>()
            .value();
        *field(form) = Some(value);
    });
    let mut now = (**form).clone();
    let chosen = field(&mut now).take();
    html! {
        <label class="field"><span>{ what }</span>
            <select onchange={on_pick}>
                { for names.iter().map(|name| html! {
                    <option value={name.clone()} selected={chosen.as_ref() == Some(name)}>
                        { name.clone() }
                    </option>
                }) }
            </select>
        </label>
    }
}

const MOMENTS: [(&str, When); 9] = [
    ("cursor", When::Cursor),
    ("wave", When::Wave),
    ("cluster", When::ClusterStart),
    ("before-plane", When::Before(StepKind::ControlPlane)),
    ("after-plane", When::After(StepKind::ControlPlane)),
    ("before-cni", When::Before(StepKind::Cni)),
    ("after-cni", When::After(StepKind::Cni)),
    ("before-pool", When::Before(StepKind::Pool)),
    ("after-pool", When::After(StepKind::Pool)),
];

fn when(form: &Fill, clock: &Clock) -> Html {
    let choices = MOMENTS.map(|(value, moment)| {
        let words = match moment {
            When::Cursor => format!("at the waterline, {}", clock.instant(form.cursor_ms)),
            When::Wave => format!("when wave {} starts", form.wave),
            When::ClusterStart => "when each cluster starts".to_owned(),
            When::Before(step) => format!("before the {} step", faults::step_name(step)),
            When::After(step) => format!("after the {} step", faults::step_name(step)),
        };
        (value, words)
    });
    let chosen = MOMENTS
        .iter()
        .find(|(_, moment)| *moment == form.when)
        .map_or("cursor", |(value, _)| value);
    let on_when = fill(form, |form, value: String| {
        if let Some((_, moment)) = MOMENTS.iter().find(|(name, _)| *name == value) {
            form.when = *moment;
        }
    });
    choice("When", &choices, chosen, on_when)
}

/// The wave, where one is named.
fn wave(form: &Fill, state: &State) -> Html {
    let waves = state.run.as_ref().map(|run| &run.waves);
    let is_named = form.place == Where::Wave || form.when == When::Wave;
    let Some(waves) = waves.filter(|waves| is_named && !waves.is_empty()) else {
        return html! {};
    };
    let on_pick = fill(form, |form, event: Event| {
        let value = event
            .target_unchecked_into::<web_sys::HtmlSelectElement>()
            .value();
        form.wave = value.parse().unwrap_or(form.wave);
    });
    html! {
        <label class="field"><span>{ "Wave" }</span>
            <select data-testid="fault-wave" onchange={on_pick}>
                { for waves.iter().zip(1_u32..).map(|(wave, number)| html! {
                    <option value={number.to_string()} selected={form.wave == number}>
                        { format!("{number}: {}", wave.name) }
                    </option>
                }) }
            </select>
        </label>
    }
}

fn lasting(form: &Fill) -> Html {
    let on_end = fill(form, |form, until_end: bool| {
        form.duration = (!until_end).then_some(SimDuration::from_hours(2));
    });
    html! {
        <>
            { switch("Until the end of the rehearsal", form.duration.is_none(), on_end) }
            if let Some(length) = form.duration {
                { duration("Lasts", length, fill(form, |form, value| form.duration = Some(value))) }
            }
        </>
    }
}

fn severity(form: &Fill) -> Html {
    let oninput = fill(form, |form, event: InputEvent| {
        let value = event.target_unchecked_into::<HtmlInputElement>().value();
        form.severity_per_mille = value.parse().unwrap_or(form.severity_per_mille);
    });
    let words = faults::severity(form.kind, form.severity_per_mille);
    html! {
        <label class="field tall"><span>{ "Severity" }</span>
            <input type="range" min="10" max="1000" step="10" data-testid="severity"
                aria-valuetext={words.clone()}
                value={form.severity_per_mille.to_string()} {oninput} />
            <span class="soft">{ words }</span>
        </label>
    }
}
