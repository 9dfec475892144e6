//! The answer first: how the rehearsal ends, why, and what changed since the one before.

use wavetank_core::report::RunReport;
use yew::prelude::*;

use crate::design::states;
use crate::draw::format;
use crate::page::kit::icon::{color_class, sign};
use crate::page::{Clock, Send};
use crate::state::{Action, Brief, Jump, PhoneTab, Shared, changes};

#[derive(PartialEq, Properties)]
pub(crate) struct VerdictProps {
    pub(crate) run: Option<Shared<RunReport>>,
    pub(crate) before: Option<Brief>,
    pub(crate) clock: Clock,
    pub(crate) took_ms: u32,
}

/// The verdict.
#[function_component]
pub(crate) fn VerdictBar(props: &VerdictProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let Some(run) = &props.run else {
        return html! {
            <section class="verdict" aria-label="Verdict" data-testid="verdict">
                <p class="headline soft">{ "Rehearsing the upgrade of the fleet…" }</p>
            </section>
        };
    };
    let look = states::outcome(run.verdict.outcome);
    html! {
        <section class="verdict" aria-label="Verdict" data-testid="verdict"
            data-outcome={look.word}>
            <span class={classes!("verdict-sign", color_class(&look))}>{ sign(&look) }</span>
            <div class="verdict-words">
                <p class="headline" data-testid="headline">
                    { run.verdict.headline.clone() }
                    { why(run, &send) }
                </p>
                <p class="detail" data-testid="detail">
                    if !run.verdict.detail.is_empty() {
                        <span>{ format!("{}.", run.verdict.detail.trim_end_matches('.')) }</span>
                        { " " }
                    }
                    { changed(props.before.as_ref(), run) }
                </p>
            </div>
            { figures(run, &props.clock, props.took_ms) }
        </section>
    }
}

fn why(run: &RunReport, send: &Send) -> Html {
    let Some(event) = run.verdict.event else {
        return html! {};
    };
    let send = send.clone();
    html! {
        <button type="button" class="why" data-testid="why" onclick={move |_| {
            send.dispatch(Action::Explain(event, Jump::ToTurn));
            send.dispatch(Action::Phone(PhoneTab::Causes));
        }}>{ "Why?" }</button>
    }
}

/// What is different from the rehearsal before.
fn changed(before: Option<&Brief>, run: &RunReport) -> Html {
    let Some(before) = before else {
        return html! {};
    };
    html! {
        <span class="changed" data-testid="changed">
            { changes(before, &Brief::of(run)).join(" ") }
        </span>
    }
}

fn figures(run: &RunReport, clock: &Clock, took_ms: u32) -> Html {
    let planned = run.planned_clusters;
    let ends = clock.instant(run.end_ms);
    let speed = format!(
        "{} of program rehearsed in {} ms",
        format::duration(run.end_ms),
        took_ms.max(1)
    );
    html! {
        <dl class="figures" title={speed}>
            <div>
                <dt>{ "upgraded" }</dt>
                <dd data-testid="upgraded">
                    { format!("{} of {planned}", run.upgraded_clusters) }
                </dd>
            </div>
            <div><dt>{ format!("to {}, ends", run.target) }</dt><dd>{ ends }</dd></div>
            <div>
                <dt>{ "takes" }</dt>
                <dd data-testid="takes">{ format::duration(run.end_ms) }</dd>
            </div>
            <div>
                <dt>{ "digest" }</dt>
                <dd class="mono" data-testid="digest" data-digest={run.digest.clone()}
                    title={run.digest.clone()}>
                    { run.digest.chars().take(8).collect::<String>() }
                </dd>
            </div>
        </dl>
    }
}
