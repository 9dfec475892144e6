//! A node drained by hand: the verdict with its proof, the command's flags, and what comes of it.
//! Every change of a flag asks again.

use std::rc::Rc;

use wavetank_core::trial::DrainRequest;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::drain_report::{proof, refusal, sections, verdict};
use super::plan_knobs::limit;
use crate::page::Send;
use crate::page::kit::dialog::Dialog;
use crate::state::{Action, Drain, DrainAnswer};

#[derive(PartialEq, Properties)]
pub(crate) struct DrainProps {
    pub(crate) drain: Drain,
    pub(crate) on_close: Callback<()>,
}

/// A flag of kubectl's that is given or not.
struct Flag {
    name: &'static str,
    /// What it does, for those who do not know it by heart.
    does: &'static str,
    testid: &'static str,
    field: fn(&mut DrainRequest) -> &mut bool,
}

const FLAGS: [Flag; 4] = [
    Flag {
        name: "--ignore-daemonsets",
        does: "leave pods of daemon sets where they are",
        testid: "flag-daemonsets",
        field: |request| &mut request.ignore_daemonsets,
    },
    Flag {
        name: "--delete-emptydir-data",
        does: "go on though data in an emptyDir is lost",
        testid: "flag-emptydir",
        field: |request| &mut request.delete_emptydir_data,
    },
    Flag {
        name: "--force",
        does: "go on though nothing creates some pods again",
        testid: "flag-force",
        field: |request| &mut request.force,
    },
    Flag {
        name: "--disable-eviction",
        does: "delete instead of evicting: budgets are not asked",
        testid: "flag-eviction",
        field: |request| &mut request.disable_eviction,
    },
];

/// The sheet.
#[function_component]
pub(crate) fn DrainSheet(props: &DrainProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let drain = &props.drain;
    let class = drain.is_asked().then_some("asked");
    html! {
        <Dialog title={format!("Drain {}", drain.request.nodes.join(", "))} testid="drain-sheet"
            class="sheet wide" on_close={props.on_close.clone()}>
            <div class={classes!("drain-answer", class)} aria-live="polite"
                aria-busy={drain.is_asked().to_string()}>
                { match &drain.answer {
                    None => html! { <p class="soft">{ "Rehearsing the drain…" }</p> },
                    Some(DrainAnswer::Refused(message)) => refusal(message),
                    Some(DrainAnswer::Report(report)) => html! {
                        <>{ verdict(report) }{ proof(report, &send) }</>
                    },
                } }
            </div>
            { flags(&drain.request, &send) }
            <p class="summary">
                { "Rehearsed on the fleet as it was loaded, and on nothing else: not at the \
                   waterline, without the upgrade and without injected faults." }
            </p>
            if let Some(DrainAnswer::Report(report)) = &drain.answer {
                <div class={classes!("drain-answer", class)}>{ sections(report, &send) }</div>
            }
        </Dialog>
    }
}

/// A callback that asks again with one thing changed.
fn change<T: 'static>(
    request: &Rc<DrainRequest>,
    send: &Send,
    change: impl Fn(&mut DrainRequest, T) + 'static,
) -> Callback<T> {
    let (request, send) = (Rc::clone(request), send.clone());
    Callback::from(move |value| {
        let mut request = (*request).clone();
        change(&mut request, value);
        send.dispatch(Action::ChangeDrain(Box::new(request)));
    })
}

fn flags(request: &Rc<DrainRequest>, send: &Send) -> Html {
    let on_limit = change(request, send, |request, limit| request.timeout = limit);
    html! {
        <fieldset class="flags"><legend>{ "Flags" }</legend>
            { for FLAGS.iter().map(|flag| switch(flag, request, send)) }
            { limit("--timeout (0s: for ever)", request.timeout, on_limit) }
        </fieldset>
    }
}

fn switch(flag: &Flag, request: &Rc<DrainRequest>, send: &Send) -> Html {
    let field = flag.field;
    let onchange = change(request, send, move |request, event: Event| {
        *field(request) = event.target_unchecked_into::<HtmlInputElement>().checked();
    });
    let checked = *field(&mut (**request).clone());
    html! {
        <label class="kind">
            <input type="checkbox" {checked} data-testid={flag.testid} {onchange} />
            <span><strong class="mono">{ flag.name }</strong>
                <span class="soft">{ flag.does }</span></span>
        </label>
    }
}
