//! The faults that are injected, what each of them did, and how to take one out.

use std::rc::Rc;

use wavetank_core::report::RunReport;
use wavetank_core::sim::fault::Fault;
use wavetank_core::trial::RunSettings;
use yew::prelude::*;

use crate::design::glyphs::Glyph;
use crate::design::states;
use crate::draw::{faults, format};
use crate::page::kit::icon::{Icon, sign};
use crate::page::{Clock, Send};
use crate::state::{Action, Overlay, Shared};

#[derive(PartialEq, Properties)]
pub(crate) struct InjectedProps {
    pub(crate) settings: Rc<RunSettings>,
    pub(crate) run: Option<Shared<RunReport>>,
    pub(crate) clock: Clock,
}

/// The list of faults, and what the rehearsal rests on.
#[function_component]
pub(crate) fn Injected(props: &InjectedProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let open = {
        let send = send.clone();
        Callback::from(move |_: MouseEvent| send.dispatch(Action::Show(Overlay::Inject)))
    };
    html! {
        <div class="scroll object" tabindex="0" role="region" aria-label="Injected faults"
            data-testid="faults">
            if props.settings.faults.is_empty() {
                <p class="hint">{ "Nothing is broken on purpose. Inject a fault and see what the \
                                   plan makes of it." }</p>
            }
            <ol class="fault-list">
                { for props.settings.faults.iter().enumerate().map(|(index, one)| {
                    fault(one, index, props, &send)
                }) }
            </ol>
            <button type="button" class="primary" onclick={open}>
                <Icon glyph={Glyph::Fault} />{ "Inject a fault" }
            </button>
            { assumptions(props.run.as_deref()) }
        </div>
    }
}

fn fault(fault: &Fault, index: usize, props: &InjectedProps, send: &Send) -> Html {
    let row = props.run.as_ref().and_then(|run| run.faults.get(index));
    let struck = row.map(|row| match row.struck_at_ms {
        None => "It never struck.".to_owned(),
        Some(at_ms) => format!(
            "Struck {} first at {}.",
            format::counted(row.clusters.len() as u64, "cluster"),
            props.clock.instant(at_ms)
        ),
    });
    let event = row.and_then(|row| Some((row.event?, row.struck_at_ms?, row.clusters.first())));
    let go = event.map(|(event, at_ms, cluster)| {
        let (send, cluster) = (send.clone(), cluster.copied());
        Callback::from(move |_: MouseEvent| {
            send.dispatch(Action::SelectEvent(event, at_ms, cluster));
        })
    });
    let remove = {
        let (send, settings) = (send.clone(), Rc::clone(&props.settings));
        Callback::from(move |_: MouseEvent| {
            let mut settings = (*settings).clone();
            settings.faults.remove(index);
            send.dispatch(Action::Edit(Box::new(settings)));
        })
    };
    html! {
        <li class="fault-row" data-testid="fault">
            <p class="fault-name"><Icon glyph={Glyph::Fault} class="c-blocked" />
                { faults::kind_name(fault.kind) }</p>
            <p class="soft">{ faults::summary(fault) }</p>
            if let Some(struck) = struck {
                <p>
                    { row.map(|row| sign(&states::level(row.worst))).unwrap_or_default() }
                    { struck }
                </p>
            }
            <div class="filter-row">
                if let Some(go) = go {
                    <button type="button" class="small" onclick={go}>{ "Go to it" }</button>
                }
                <button type="button" class="small" data-testid="remove-fault" onclick={remove}>
                    { "Remove" }
                </button>
            </div>
        </li>
    }
}

fn assumptions(run: Option<&RunReport>) -> Html {
    let Some(run) = run else {
        return html! {};
    };
    html! {
        <>
            if !run.assumptions.is_empty() {
                <details class="fold">
                    <summary>
                        { format!("≈ The rehearsal assumes ({})", run.assumptions.len()) }
                    </summary>
                    <ul class="prose">
                        { for run.assumptions.iter().map(|text| html! {
                            <li>{ text.clone() }</li>
                        }) }
                    </ul>
                </details>
            }
            <details class="fold">
                <summary>{ "The size of it" }</summary>
                <ul class="prose">
                    <li>{ format::counted(u64::from(run.n_events), "event") }</li>
                    { for run.steps.iter().map(|step| html! {
                        <li>{ format!("{} {}", format::count(step.count), step.name) }</li>
                    }) }
                </ul>
            </details>
        </>
    }
}
