//! Why the selected event happened: the chain of causes from its root, each link with its rule.

use wavetank_core::report::CauseLink;
use yew::prelude::*;

use crate::design::states;
use crate::draw::format;
use crate::page::kit::icon::sign;
use crate::page::{Clock, Send};
use crate::state::{Action, Causes};

#[derive(PartialEq, Properties)]
pub(crate) struct CausesProps {
    pub(crate) causes: Causes,
    pub(crate) event: Option<u32>,
    pub(crate) clock: Clock,
    pub(crate) has_run: bool,
}

/// The chain of causes.
#[function_component]
pub(crate) fn CausesPane(props: &CausesProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let chain = props
        .causes
        .chain
        .as_ref()
        .filter(|chain| !chain.is_empty());
    html! {
        <section class="pane causes" aria-label="Causes" data-testid="causes">
            <header class="pane-head">
                <h2>{ "Why" }</h2>
                if let Some(chain) = chain {
                    <p class="soft">{ took(chain) }</p>
                }
            </header>
            <div class="scroll" tabindex="0" role="region" aria-label="Chain of causes">
                if let Some(chain) = chain {
                    <ol class="chain">
                        { for chain.iter().enumerate().map(|(index, one)| {
                            let is_last = index + 1 == chain.len();
                            let asked = is_last.then_some("asked");
                            link(one, asked, props, &send)
                        }) }
                    </ol>
                } else if props.has_run {
                    <p class="hint">
                        { "Select an event, a bar, or ask the verdict " }<strong>{ "Why?" }</strong>
                        { ": its causes are listed here, the root first." }
                    </p>
                }
            </div>
        </section>
    }
}

fn took(chain: &[CauseLink]) -> String {
    let total: u64 = chain.iter().map(|link| link.after_ms).sum();
    let n_links = format::counted(chain.len() as u64, "link");
    if total == 0 {
        n_links
    } else {
        format!("{n_links} over {}", format::duration(total))
    }
}

fn link(link: &CauseLink, asked: Option<&'static str>, props: &CausesProps, send: &Send) -> Html {
    let event = &link.event;
    let look = states::level(event.level);
    let (id, at_ms, cluster) = (event.id, event.at_ms, event.cluster);
    let send = send.clone();
    html! {
        <li key={id} data-testid="cause" data-reason={event.reason.clone()}
            class={classes!("link", link.is_root.then_some("root"), asked)}>
            if link.after_ms > 0 {
                <p class="after">{ format!("after {}", format::duration(link.after_ms)) }</p>
            }
            <button type="button" aria-current={(props.event == Some(id)).then_some("true")}
                onclick={move |_| send.dispatch(Action::SelectEvent(id, at_ms, cluster))}>
                <span class="link-head">
                    { sign(&look) }<span class="hidden-text">{ look.word }</span>
                    <time>{ props.clock.log_time(at_ms) }</time>
                    <span class="cut" title={event.cluster_name.clone()}>
                        { event.cluster_name.clone() }
                    </span>
                    if link.is_root {
                        <span class="root-word">{ "root cause" }</span>
                    }
                </span>
                <span class="link-text">{ event.sentence.clone() }</span>
            </button>
            if !link.rule.is_empty() {
                <p class="rule">
                    { link.rule.clone() }{ " " }<cite>{ format!("({})", link.source) }</cite>
                </p>
            }
        </li>
    }
}
