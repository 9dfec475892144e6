//! The right pane: events, the selected object, services that are hit, injected faults, input
//! issues; below them, causes.

use yew::prelude::*;

use super::blast::Blast;
use super::causes::CausesPane;
use super::injected::Injected;
use super::input::{Input, n_issues};
use super::log::EventLog;
use super::object::Object;
use crate::page::{Clock, Send};
use crate::state::{Action, SideTab, State};

#[derive(PartialEq, Properties)]
pub(crate) struct SideProps {
    pub(crate) state: State,
    pub(crate) clock: Clock,
}

/// Both parts of the right pane.
#[function_component]
pub(crate) fn Side(props: &SideProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let state = &props.state;
    html! {
        <div class="side-column">
            <section class="pane side" aria-label="Events and objects" data-testid="side">
                { tabs(state, &send) }
                <div class="side-body" role="tabpanel" aria-label={word(state.view.side)}>
                    { panel(state, &props.clock) }
                </div>
            </section>
            <CausesPane causes={state.causes.clone()} event={state.selection.event}
                clock={props.clock.clone()} has_run={state.run.is_some()} />
        </div>
    }
}

const fn word(tab: SideTab) -> &'static str {
    match tab {
        SideTab::Events => "Events",
        SideTab::Object => "Selected",
        SideTab::Blast => "Blast",
        SideTab::Faults => "Faults",
        SideTab::Input => "Input",
    }
}

fn tabs(state: &State, send: &Send) -> Html {
    let n_input = n_issues(state.fleet.as_deref(), state.refused.as_deref());
    let tab = |tab: SideTab, count: usize| {
        let send = send.clone();
        let chosen = state.view.side == tab;
        html! {
            <button type="button" role="tab" aria-selected={chosen.to_string()}
                class={classes!("tab", chosen.then_some("chosen"))}
                data-testid={format!("tab-{}", word(tab).to_ascii_lowercase())}
                onclick={move |_| send.dispatch(Action::Side(tab))}>
                { word(tab) }
                if count > 0 {
                    <span class="badge">{ count }</span>
                }
            </button>
        }
    };
    html! {
        <div class="tabs" role="tablist" aria-label="Right pane">
            { tab(SideTab::Events, 0) }
            { tab(SideTab::Object, 0) }
            { tab(SideTab::Blast, 0) }
            { tab(SideTab::Faults, state.settings.faults.len()) }
            { tab(SideTab::Input, n_input) }
        </div>
    }
}

fn panel(state: &State, clock: &Clock) -> Html {
    match state.view.side {
        SideTab::Events => html! {
            <EventLog log={state.log.clone()} clock={clock.clone()} event={state.selection.event}
                cluster={state.selection.cluster} fleet={state.fleet.clone()}
                has_run={state.run.is_some()} />
        },
        SideTab::Object => html! {
            <Object fleet={state.fleet.clone()} run={state.run.clone()} clock={clock.clone()}
                selection={state.selection} cursor_ms={state.cursor_ms} />
        },
        SideTab::Blast => html! {
            <Blast run={state.run.clone()} clock={clock.clone()} />
        },
        SideTab::Faults => html! {
            <Injected settings={state.settings.clone()} run={state.run.clone()}
                clock={clock.clone()} />
        },
        SideTab::Input => html! {
            <Input fleet={state.fleet.clone()} refused={state.refused.clone()} />
        },
    }
}
