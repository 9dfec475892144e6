//! The selected cluster and node: what is known, what is not, and what happens to them.

use wavetank_core::report::{ClusterCard, Fact, FactState, FleetReport, Lane, RunReport};
use yew::prelude::*;

use crate::design::glyphs::Glyph;
use crate::design::states;
use crate::draw::{format, nodes};
use crate::page::kit::icon::{Icon, sign};
use crate::page::{Clock, Send};
use crate::state::{Action, Overlay, Selection, Shared};

/// Changes of a node that are listed.
const MOST_CHANGES: usize = 200;

#[derive(PartialEq, Properties)]
pub(crate) struct ObjectProps {
    pub(crate) fleet: Option<Shared<FleetReport>>,
    pub(crate) run: Option<Shared<RunReport>>,
    pub(crate) clock: Clock,
    pub(crate) selection: Selection,
    pub(crate) cursor_ms: u64,
}

/// What is known of the selection.
#[function_component]
pub(crate) fn Object(props: &ObjectProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let selected = props.selection.cluster.and_then(|cluster| {
        let card = props.fleet.as_ref()?.clusters.get(cluster as usize)?;
        Some((cluster, card))
    });
    let Some((cluster, card)) = selected else {
        return html! {
            <p class="hint">{ "Select a cluster or a node in the map or the chart (j and k walk \
                               through them)." }</p>
        };
    };
    let lane = props
        .run
        .as_ref()
        .and_then(|run| run.lanes.get(cluster as usize));
    html! {
        <div class="scroll object" tabindex="0" role="region" aria-label="Selected cluster"
            data-testid="object">
            <h3>{ card.name.clone() }</h3>
            if let Some(lane) = lane {
                <p class="object-verdict">{ sign(&states::lane(lane.state)) }
                    { lane.sentence.clone() }</p>
            }
            { inject(&send) }
            { node(props, cluster, &send) }
            if let Some(lane) = lane {
                { steps(lane, cluster, props, &send) }
            }
            { facts(card) }
            { node_list(props, cluster, &send) }
            { gaps(card) }
        </div>
    }
}

fn inject(send: &Send) -> Html {
    let send = send.clone();
    html! {
        <button type="button" data-testid="inject-here"
            onclick={move |_| send.dispatch(Action::Show(Overlay::Inject))}>
            <Icon glyph={Glyph::Fault} />{ "Inject a fault here" }
        </button>
    }
}

fn facts(card: &ClusterCard) -> Html {
    let rows: [(&str, &Fact); 9] = [
        ("Version", &card.version),
        ("Provider", &card.provider),
        ("Region", &card.region),
        ("Environment", &card.environment),
        ("Tier", &card.tier),
        ("Owner", &card.owner),
        ("Approver", &card.approver),
        ("Control plane", &card.control_plane_members),
        ("Windows", &card.windows),
    ];
    let kubelets: Vec<String> = card
        .kubelets
        .iter()
        .map(|(version, n_nodes)| format!("{n_nodes} × {version}"))
        .collect();
    html! {
        <dl class="facts">
            { for rows.into_iter().map(|(what, fact)| html! {
                <div><dt>{ what }</dt><dd>{ known(fact) }</dd></div>
            }) }
            <div><dt>{ "Kubelets" }</dt><dd>{ kubelets.join(", ") }</dd></div>
            <div><dt>{ "Objects" }</dt><dd>{ format!("{}, {}, {}, {}",
                format::counted(u64::from(card.totals.nodes), "node"),
                format::counted(u64::from(card.totals.pods), "pod"),
                format::counted(u64::from(card.totals.workloads), "workload"),
                format::counted(u64::from(card.totals.budgets), "budget")) }</dd></div>
        </dl>
    }
}

fn known(fact: &Fact) -> Html {
    match fact.state {
        FactState::Known => html! { { fact.text.clone() } },
        FactState::Assumed => html! {
            <><span class="assumed">{ format!("≈ {}", fact.text) }</span>
            <span class="note">{ format!("assumed: {}", fact.note) }</span></>
        },
        FactState::Unknown => html! {
            <><span class="unknown">{ "? not in the snapshot" }</span>
            <span class="note">{ fact.note.clone() }</span></>
        },
    }
}

fn steps(lane: &Lane, cluster: u32, props: &ObjectProps, send: &Send) -> Html {
    if lane.bars.is_empty() {
        return html! {};
    }
    let rows = lane.bars.iter().take(MOST_CHANGES).map(|bar| {
        let send = send.clone();
        let (event, start_ms) = (bar.event, bar.start_ms);
        let is_now = bar.start_ms <= props.cursor_ms && props.cursor_ms < bar.end_ms;
        let what = if bar.label.is_empty() {
            states::bar_word(bar.kind).to_owned()
        } else {
            bar.label.clone()
        };
        html! {
            <li class={classes!(is_now.then_some("now-row"))}>
                <button type="button" class="line" onclick={move |_| {
                    send.dispatch(Action::SelectEvent(event, start_ms, Some(cluster)));
                }}>
                    <time>{ props.clock.instant(bar.start_ms) }</time>
                    <span>{ what }</span>
                    <span class="soft">{ format::duration(bar.end_ms.saturating_sub(bar.start_ms)) }
                        { format!(" · {}", states::bar_end(bar.state)) }</span>
                </button>
            </li>
        }
    });
    html! {
        <details class="fold" open=true>
            <summary>{ "Steps and waits" }</summary>
            <ol class="lines">{ for rows }</ol>
        </details>
    }
}

/// The selected node: its state now, and every change of it.
fn node(props: &ObjectProps, cluster: u32, send: &Send) -> Html {
    let found = props.selection.node.and_then(|node| {
        let track = props.run.as_ref()?.tracks.get(cluster as usize)?;
        Some((node, track, track.names.get(node as usize)?))
    });
    let Some((node, track, name)) = found else {
        return html! {};
    };
    let position = nodes::position(track, props.cursor_ms);
    let states_now = nodes::states(track, position);
    let state = states_now.get(node as usize).copied().unwrap_or_default();
    let changes = track.changes.iter().filter(|change| change.node == node);
    let rows = changes.take(MOST_CHANGES).map(|change| {
        let send = send.clone();
        let (event, at_ms) = (change.event, change.at_ms);
        let look = states::node(change.state);
        html! {
            <li><button type="button" class="line" onclick={move |_| {
                send.dispatch(Action::SelectEvent(event, at_ms, Some(cluster)));
            }}>
                <time>{ props.clock.instant(at_ms) }</time>
                <span>{ sign(&look) }{ look.word }</span>
            </button></li>
        }
    });
    html! {
        <div class="object-node" data-testid="node">
            <h4 class="mono">{ name.clone() }</h4>
            <p>{ sign(&states::node(state)) }{ states::node(state).word }{ " now" }</p>
            { drain(props, send) }
            <ol class="lines">{ for rows }</ol>
        </div>
    }
}

/// The offer to drain the node by hand, on the fleet as it was loaded.
fn drain(props: &ObjectProps, send: &Send) -> Html {
    let fleet = props.fleet.as_deref();
    if fleet
        .and_then(|fleet| props.selection.loaded_node(fleet))
        .is_none()
    {
        return html! {
            <p class="note" data-testid="no-drain">
                { "The rehearsal made this node: it is not in the snapshot, so it cannot be \
                   drained by hand." }
            </p>
        };
    }
    let send = send.clone();
    html! {
        <button type="button" data-testid="drain-here"
            onclick={move |_| send.dispatch(Action::AskDrain)}>
            <Icon glyph={Glyph::Drain} />{ "Drain this node" }
        </button>
    }
}

/// Every node by name, for those who do not use the map.
fn node_list(props: &ObjectProps, cluster: u32, send: &Send) -> Html {
    let Some(track) = props
        .run
        .as_ref()
        .and_then(|run| run.tracks.get(cluster as usize))
    else {
        return html! {};
    };
    let rows = track
        .names
        .iter()
        .zip(0_u32..)
        .take(MOST_CHANGES)
        .map(|(name, node)| {
            let send = send.clone();
            html! {
                <li><button type="button" class="line mono" data-testid="node-name"
                    onclick={move |_| send.dispatch(Action::SelectNode(cluster, node))}>
                    { name.clone() }
                </button></li>
            }
        });
    let n_more = track.names.len().saturating_sub(MOST_CHANGES);
    html! {
        <details class="fold">
            <summary>{ format!("Nodes by name ({})", track.names.len()) }</summary>
            <ol class="lines">{ for rows }</ol>
            if n_more > 0 {
                <p class="soft">{ format!("and {n_more} more, in the map") }</p>
            }
        </details>
    }
}

fn gaps(card: &ClusterCard) -> Html {
    if card.gaps.is_empty() {
        return html! {};
    }
    html! {
        <details class="fold">
            <summary>{ format!("Missing evidence ({})", card.gaps.len()) }</summary>
            <ul class="prose">
                { for card.gaps.iter().map(|gap| html! { <li>{ gap.clone() }</li> }) }
            </ul>
        </details>
    }
}
