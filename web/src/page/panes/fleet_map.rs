//! The fleet map: every cluster with its nodes, as they are at the cursor.

use wavetank_core::report::{ClusterCard, Fact, FactState, FleetReport, NodeState, RunReport};
use yew::prelude::*;

use super::cluster_card::Card;
use crate::design::states;
use crate::design::tokens::Shade;
use crate::draw::{format, gantt, nodes};
use crate::page::kit::icon::sign;
use crate::state::{Selection, Shared};

#[derive(PartialEq, Properties)]
pub(crate) struct MapProps {
    pub(crate) fleet: Option<Shared<FleetReport>>,
    pub(crate) run: Option<Shared<RunReport>>,
    pub(crate) cursor_ms: u64,
    pub(crate) selection: Selection,
    pub(crate) shade: Shade,
}

/// The fleet map.
#[function_component]
pub(crate) fn FleetMap(props: &MapProps) -> Html {
    let groups = use_memo((props.fleet.clone(), props.run.clone()), |(fleet, run)| {
        groups(fleet.as_deref(), run.as_deref())
    });
    html! {
        <section class="pane map" aria-label="Fleet map" data-testid="fleet-map">
            <header class="pane-head">
                <h2 class="hidden-text">{ "Fleet" }</h2>
                { totals(props.fleet.as_deref()) }
            </header>
            <div class="scroll" tabindex="0" role="region" aria-label="Clusters">
                { for groups.iter().map(|group| html! {
                    <div class="map-group">
                        <h3 class="group-head">{ group.title.clone() }</h3>
                        { for group.clusters.iter().map(|cluster| card(props, *cluster)) }
                    </div>
                }) }
            </div>
            { legend() }
        </section>
    }
}

struct MapGroup {
    title: String,
    clusters: Vec<u32>,
}

/// By wave once there is a plan, in the order of the fleet before.
fn groups(fleet: Option<&FleetReport>, run: Option<&RunReport>) -> Vec<MapGroup> {
    let Some(fleet) = fleet else {
        return Vec::new();
    };
    let Some(run) = run else {
        return vec![MapGroup {
            title: "All clusters".to_owned(),
            clusters: (0..fleet.clusters.len() as u32).collect(),
        }];
    };
    let mut groups: Vec<MapGroup> = run
        .waves
        .iter()
        .zip(1..)
        .map(|(wave, number)| MapGroup {
            title: format!("Wave {number} · {}", wave.name),
            clusters: wave.clusters.clone(),
        })
        .collect();
    if !run.held_back.is_empty() {
        groups.push(MapGroup {
            title: "Held back".to_owned(),
            clusters: run.held_back.iter().map(|held| held.cluster).collect(),
        });
    }
    groups
}

fn card(props: &MapProps, cluster: u32) -> Html {
    let Some(fleet) = &props.fleet else {
        return html! {};
    };
    let run = props.run.as_ref();
    let index = cluster as usize;
    let track = run.and_then(|run| run.tracks.get(index));
    let position = track.map_or(0, |track| nodes::position(track, props.cursor_ms));
    let lane = run.and_then(|run| run.lanes.get(index));
    let state = lane.map(|lane| gantt::state_at(lane, props.cursor_ms));
    let version = lane.and_then(|lane| gantt::version_at(lane, props.cursor_ms));
    let version = version.map(|version| AttrValue::from(version.to_owned()));
    let doing = lane
        .and_then(|lane| gantt::doing(lane, props.cursor_ms))
        .map(|bar| bar.label.clone());
    let is_selected = props.selection.cluster == Some(cluster);
    html! {
        <Card key={cluster} fleet={fleet.clone()} run={run.cloned()} {cluster} {position} {state}
            {version} doing={doing.map(AttrValue::from)} {is_selected}
            node={props.selection.node.filter(|_| is_selected)} shade={props.shade} />
    }
}

fn totals(fleet: Option<&FleetReport>) -> Html {
    let Some(fleet) = fleet else {
        return html! {};
    };
    let totals = fleet.totals;
    html! {
        <p class="totals" data-testid="totals">
            <span data-testid="n-clusters" data-count={totals.clusters.to_string()}>
                { format::counted(u64::from(totals.clusters), "cluster") }
            </span>
            { " · " }
            <span data-testid="n-nodes" data-count={totals.nodes.to_string()}>
                { format::counted(u64::from(totals.nodes), "node") }
            </span>
            { " · " }
            <span data-testid="n-pods" data-count={totals.pods.to_string()}>
                { format::counted(u64::from(totals.pods), "pod") }
            </span>
            { unknown_owners(&fleet.clusters) }
        </p>
    }
}

/// Unknown looks unknown: hatched, counted, never left out.
fn unknown_owners(clusters: &[ClusterCard]) -> Html {
    let is_unknown = |fact: &Fact| fact.state == FactState::Unknown;
    let n_unknown = clusters
        .iter()
        .filter(|card| is_unknown(&card.owner))
        .count();
    if n_unknown == 0 {
        return html! {};
    }
    html! {
        <>{ " · " }<span class="unknown" title="No input says who owns them; a fleet file can">
            { format!("? {} unknown", format::counted(n_unknown as u64, "owner")) }
        </span></>
    }
}

fn legend() -> Html {
    let shown = states::NODE_STATES
        .into_iter()
        .filter(|state| *state != NodeState::Absent);
    html! {
        <ul class="legend" aria-label="Legend">
            { for shown.map(|state| {
                let look = states::node(state);
                let fill = format!("{:?}", look.fill).to_ascii_lowercase();
                html! {
                    <li>
                        <span class={classes!("cell", format!("cell-{fill}"),
                            format!("c-{}", look.token.name))}>
                            { if look.glyph.is_some() { sign(&look) } else { html! {} } }
                        </span>
                        { look.word }
                    </li>
                }
            }) }
        </ul>
    }
}
