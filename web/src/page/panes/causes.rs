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
    /// The event that the verdict holds for the root, if it is in the chain.
    pub(crate) root: Option<u32>,
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
                            let rank = Rank {
                                is_root: index == root_of(chain, props.root),
                                is_asked: index + 1 == chain.len(),
                            };
                            link(one, rank, props, &send)
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

/// Which link is the root: the one the verdict names, or else the first.
fn root_of(chain: &[CauseLink], root: Option<u32>) -> usize {
    let named = chain.iter().position(|link| Some(link.event.id) == root);
    named.unwrap_or_default()
}

/// What a link is in its chain.
#[derive(Clone, Copy)]
struct Rank {
    is_root: bool,
    is_asked: bool,
}

fn link(link: &CauseLink, rank: Rank, props: &CausesProps, send: &Send) -> Html {
    let event = &link.event;
    let look = states::level(event.level);
    let Rank { is_root, is_asked } = rank;
    let (id, at_ms, cluster) = (event.id, event.at_ms, event.cluster);
    let send = send.clone();
    html! {
        <li key={id} data-testid="cause" data-reason={event.reason.clone()}
            class={classes!("link", is_root.then_some("root"), is_asked.then_some("asked"))}>
            if link.after_ms > 0 {
                <p class="after">{ format!("after {}", format::duration(link.after_ms)) }</p>
            }
            <button type="button" aria-current={(props.event == Some(id)).then_some("true")}
                onclick={move |_| send.dispatch(Action::SelectEvent(id, at_ms, cluster))}>
                <span class="link-head">
                    { sign(&look) }<span class="hidden-text">{ look.word }</span>
                    <time>{ props.clock.log_time(at_ms) }</time>
                    <span class="cut">{ event.cluster_name.clone() }</span>
                    if is_root {
                        <span class="root-word">{ "root cause" }</span>
                    }
                </span>
                <span class="link-text">{ event.sentence.clone() }</span>
            </button>
            if !link.rule.is_empty() {
                <p class="rule">{ link.rule.clone() }</p>
            }
        </li>
    }
}
