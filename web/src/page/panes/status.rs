//! What the worker is doing, how far it is, and what to do when it is in trouble.

use yew::prelude::*;

use crate::design::glyphs::Glyph;
use crate::draw::format;
use crate::page::Send;
use crate::page::kit::icon::Icon;
use crate::protocol::Progress;
use crate::state::{Action, Work};

#[derive(PartialEq, Properties)]
pub(crate) struct StatusProps {
    pub(crate) work: Work,
    pub(crate) has_run: bool,
    pub(crate) seed: u64,
    pub(crate) on_revive: Callback<()>,
}

/// A thin strip that is there only while there is something to say.
#[function_component]
pub(crate) fn Status(props: &StatusProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    match &props.work {
        Work::Idle => html! {},
        Work::Loading(progress) => busy(progress.as_ref(), "Loading the fleet", props, &send),
        Work::Rehearsing(progress) => busy(progress.as_ref(), "Rehearsing", props, &send),
        Work::NoPlan(message) => html! {
            <div class="status bad" role="alert" data-testid="no-plan">
                <Icon glyph={Glyph::Blocked} class="c-blocked" />
                <span>
                    { format!("No plan can be made: {message}. Change the plan, or undo the last \
                               edit.") }
                </span>
            </div>
        },
        Work::Dead(words) => html! {
            <div class="status bad" role="alert" data-testid="worker-dead">
                <Icon glyph={Glyph::Blocked} class="c-blocked" />
                <span>
                    { format!("The worker ended: {words}. This is our fault; the seed was {}.",
                              props.seed) }
                </span>
                <button type="button" data-testid="revive" onclick={
                    let on_revive = props.on_revive.clone();
                    move |_| on_revive.emit(())
                }>{ "Start it again with the demo fleet" }</button>
            </div>
        },
    }
}

fn busy(progress: Option<&Progress>, doing: &str, props: &StatusProps, send: &Send) -> Html {
    let (share, words) = match progress {
        None => (None, format!("{doing}…")),
        Some(Progress::Reading {
            bytes_done,
            bytes_total,
            objects,
            issues,
        }) => (
            bytes_total
                .checked_sub(1)
                .map(|_| *bytes_done as f64 / *bytes_total as f64),
            format!(
                "{doing}: {} of {}, {}, {}",
                format::bytes(*bytes_done),
                format::bytes(*bytes_total),
                format::counted(*objects, "object"),
                format::counted(*issues, "issue")
            ),
        ),
        Some(Progress::Rehearsing {
            events,
            clusters_done,
            now_ms,
        }) => (
            None,
            format!(
                "{doing}: {} so far, {} through, simulated {}",
                format::counted(*events, "event"),
                format::counted(u64::from(*clusters_done), "cluster"),
                format::duration(*now_ms)
            ),
        ),
    };
    let send = send.clone();
    html! {
        <div class="status" data-testid="progress">
            <progress aria-label={doing.to_owned()} value={share.map(|share| share.to_string())} />
            <span>{ words }</span>
            <button type="button" class="small" data-testid="cancel"
                onclick={move |_| send.dispatch(Action::Cancel)}>
                { if props.has_run { "Stop and keep the last result" } else { "Stop" } }
            </button>
        </div>
    }
}
