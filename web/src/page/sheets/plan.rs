//! The plan's knobs; every change rehearses again at once, and can be undone.

use std::rc::Rc;

use wavetank_core::plan::{DrainChoice, FailureRule, PlanSettings};
use wavetank_core::trial::RunSettings;
use wavetank_core::units::SimDuration;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::plan_knobs::{choice, duration, number, switch};
use crate::draw::{knobs, strategies};
use crate::page::Send;
use crate::page::kit::dialog::Dialog;
use crate::state::Action;

#[derive(PartialEq, Properties)]
pub(crate) struct PlanProps {
    pub(crate) settings: Rc<RunSettings>,
    pub(crate) on_close: Callback<()>,
}

/// Makes callbacks that change one knob.
#[derive(Clone)]
struct Turn {
    settings: Rc<RunSettings>,
    send: Send,
}

impl Turn {
    fn with<T: 'static>(&self, change: impl Fn(&mut PlanSettings, T) + 'static) -> Callback<T> {
        let turn = self.clone();
        Callback::from(move |value| {
            let mut settings = (*turn.settings).clone();
            change(&mut settings.plan, value);
            turn.send.dispatch(Action::Edit(Box::new(settings)));
        })
    }
}

/// The form.
#[function_component]
pub(crate) fn PlanSheet(props: &PlanProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let plan = &props.settings.plan;
    let turn = Turn {
        settings: Rc::clone(&props.settings),
        send: send.clone(),
    };
    let reset = {
        let settings = Rc::clone(&props.settings);
        Callback::from(move |_: MouseEvent| {
            let settings = RunSettings {
                plan: PlanSettings::default(),
                ..(*settings).clone()
            };
            send.dispatch(Action::Edit(Box::new(settings)));
        })
    };
    html! {
        <Dialog title="Plan" testid="plan-sheet" class="menu" on_close={props.on_close.clone()}>
            <div class="form">
                <fieldset><legend>{ "Waves" }</legend>
                    { start(plan, &turn) }
                    { switch("A canary cluster goes first", plan.canary,
                        turn.with(|plan, value| plan.canary = value)) }
                    { number("Clusters at once", plan.max_concurrency, (1, 1_000),
                        turn.with(|plan, value| plan.max_concurrency = value)) }
                    { switch("Wait for maintenance windows", plan.respect_windows,
                        turn.with(|plan, value| plan.respect_windows = value)) }
                    { duration("Soak after each cluster", plan.cluster_soak,
                        turn.with(|plan, value| plan.cluster_soak = value)) }
                    { duration("Soak after each wave", plan.wave_soak,
                        turn.with(|plan, value| plan.wave_soak = value)) }
                </fieldset>
                <fieldset><legend>{ "Nodes" }</legend>
                    { pools(plan, &turn) }
                    { drains(plan, &turn) }
                </fieldset>
                { gates(plan, &turn) }
                <button type="button" class="small" onclick={reset}>
                    { "Back to the defaults" }
                </button>
            </div>
        </Dialog>
    }
}

fn start(plan: &PlanSettings, turn: &Turn) -> Html {
    let on_change = turn.with(|plan, value: String| plan.start = value);
    // The field knows no zone: what is written in it is UTC.
    let shown = plan.start.get(..16).unwrap_or(&plan.start).to_owned();
    let onchange = Callback::from(move |event: Event| {
        let value = event.target_unchecked_into::<HtmlInputElement>().value();
        if let Some(minutes) = value.get(..16) {
            on_change.emit(format!("{minutes}:00Z"));
        }
    });
    html! {
        <label class="field"><span>{ "Starts (UTC)" }</span>
            <input type="datetime-local" value={shown} {onchange} />
        </label>
    }
}

fn pools(plan: &PlanSettings, turn: &Turn) -> Html {
    let chosen = plan.pool_strategy;
    let count = strategies::count(chosen);
    let choices = strategies::CHOICES.map(|(name, label)| (name, label.to_owned()));
    let strategy = turn.with(move |plan: &mut PlanSettings, value: String| {
        plan.pool_strategy = strategies::named(&value, count.unwrap_or(1));
    });
    let at_once = turn.with(|plan: &mut PlanSettings, value: u32| {
        plan.pool_strategy = strategies::named(strategies::name(plan.pool_strategy), value);
    });
    html! {
        <>
            { choice("Pools roll by", &choices, strategies::name(chosen), strategy) }
            if let Some(count) = count {
                { number("Nodes at a time", count, (1, 1_000), at_once) }
            }
            if let Some(note) = strategies::note(chosen) {
                <p class="note" data-testid="strategy-note">{ note }</p>
            }
        </>
    }
}

fn drains(plan: &PlanSettings, turn: &Turn) -> Html {
    let hour = SimDuration::from_hours(1);
    let (chosen, limit) = match plan.drain {
        DrainChoice::Provider => ("provider", hour),
        DrainChoice::Wait => ("wait", hour),
        DrainChoice::Fail(limit) => ("fail", limit),
        DrainChoice::Force(limit) => ("force", limit),
    };
    let choices = [
        ("provider", "as the provider does".to_owned()),
        ("wait", "wait for ever".to_owned()),
        ("fail", "fail after a while".to_owned()),
        ("force", "delete pods after a while".to_owned()),
    ];
    let rule = turn.with(move |plan: &mut PlanSettings, value: String| {
        plan.drain = match value.as_str() {
            "wait" => DrainChoice::Wait,
            "fail" => DrainChoice::Fail(limit),
            "force" => DrainChoice::Force(limit),
            _ => DrainChoice::Provider,
        };
    });
    let how_long = turn.with(|plan: &mut PlanSettings, value: SimDuration| {
        plan.drain = match plan.drain {
            DrainChoice::Provider => DrainChoice::Provider,
            DrainChoice::Wait => DrainChoice::Wait,
            DrainChoice::Fail(_) => DrainChoice::Fail(value),
            DrainChoice::Force(_) => DrainChoice::Force(value),
        };
    });
    html! {
        <>
            { choice("A drain that is refused", &choices, chosen, rule) }
            if matches!(chosen, "fail" | "force") {
                { duration("After", limit, how_long) }
            }
        </>
    }
}

fn gates(plan: &PlanSettings, turn: &Turn) -> Html {
    let gates = &plan.gates;
    let chosen = match plan.on_failure {
        FailureRule::Hold => "hold",
        FailureRule::RollBack => "rollBack",
        FailureRule::GoOn => "goOn",
    };
    let choices = [
        ("hold", "hold: start nothing further".to_owned()),
        ("rollBack", "roll its pools back, then hold".to_owned()),
        ("goOn", "go on".to_owned()),
    ];
    let rule = turn.with(|plan: &mut PlanSettings, value: String| {
        plan.on_failure = match value.as_str() {
            "rollBack" => FailureRule::RollBack,
            "goOn" => FailureRule::GoOn,
            _ => FailureRule::Hold,
        };
    });
    html! {
        <fieldset><legend>{ "A cluster passes when" }</legend>
            { number("Ready nodes, ‰", gates.min_ready_nodes_per_mille, (0, 1_000),
                turn.with(|plan, value| plan.gates.min_ready_nodes_per_mille = value)) }
            { number("API availability, ‰", gates.min_api_availability_per_mille, (0, 1_000),
                turn.with(|plan, value| plan.gates.min_api_availability_per_mille = value)) }
            { number("New pending pods, at most", gates.max_new_pending_pods, (0, 1_000_000),
                turn.with(|plan, value| plan.gates.max_new_pending_pods = value)) }
            { number("Workloads down, at most", gates.max_workloads_down, (0, 1_000_000),
                turn.with(|plan, value| plan.gates.max_workloads_down = value)) }
            { duration("etcd commit p99, at most", gates.max_etcd_commit_p99,
                turn.with(|plan, value| plan.gates.max_etcd_commit_p99 = value)) }
            { choice("When a cluster fails", &choices, chosen, rule) }
            <p class="note" data-testid="failure-note">{ knobs::failure_note(plan.drain) }</p>
        </fieldset>
    }
}
