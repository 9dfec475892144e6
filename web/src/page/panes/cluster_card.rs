//! One cluster of the map: its name, what it is, what it does now, and its nodes as cells.

use wavetank_core::report::{ClusterCard, Fact, FactState, FleetReport, LaneState, RunReport};
use web_sys::{Element, HtmlCanvasElement};
use yew::prelude::*;

use crate::design::states;
use crate::design::tokens::Shade;
use crate::draw::nodes::{self, Grid, Occupant, Places};
use crate::page::Send;
use crate::page::kit::browser::{reveal, set_css};
use crate::page::kit::hooks::{use_media, use_size};
use crate::page::kit::icon::sign;
use crate::page::kit::paint;
use crate::state::{Action, PhoneTab, Shared};

/// Cells are made as large as fits into about this height, in pixels.
const CELLS_HEIGHT: f64 = 52.0;

#[derive(PartialEq, Properties)]
pub(crate) struct CardProps {
    pub(crate) fleet: Shared<FleetReport>,
    pub(crate) run: Option<Shared<RunReport>>,
    pub(crate) cluster: u32,
    /// How many of the track's changes have happened.
    pub(crate) position: usize,
    /// What the cluster is at the cursor.
    pub(crate) state: Option<LaneState>,
    /// The version that its control plane has come to at the cursor, if not the snapshot's.
    pub(crate) version: Option<AttrValue>,
    pub(crate) doing: Option<AttrValue>,
    pub(crate) is_selected: bool,
    pub(crate) node: Option<u32>,
    pub(crate) shade: Shade,
}

/// A cluster's card.
#[function_component]
pub(crate) fn Card(props: &CardProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let article = use_node_ref();
    use_effect_with(
        (article.clone(), props.is_selected),
        |(article, is_selected)| {
            if let Some(element) = article.cast::<Element>().filter(|_| *is_selected) {
                reveal(&element);
            }
        },
    );
    let Some(card) = props.fleet.clusters.get(props.cluster as usize) else {
        return html! {};
    };
    let cluster = props.cluster;
    let toggle = {
        let (send, is_selected) = (send.clone(), props.is_selected);
        Callback::from(move |_: MouseEvent| {
            send.dispatch(Action::SelectCluster((!is_selected).then_some(cluster)));
        })
    };
    let lane = props
        .run
        .as_ref()
        .and_then(|run| run.lanes.get(cluster as usize));
    let look = props.state.map(states::lane_at);
    let word = look.as_ref().map_or("", |look| look.word);
    let tip = lane.map(|lane| {
        format!(
            "{}: {word} at the waterline; in the end: {}",
            card.name, lane.sentence
        )
    });
    html! {
        <article ref={article} class={classes!("card", props.is_selected.then_some("selected"))}
            data-testid="cluster-card" data-cluster={card.name.clone()} data-state={word}>
            <button type="button" class="card-head" aria-pressed={props.is_selected.to_string()}
                onclick={toggle} title={tip}>
                { look.as_ref().map(sign).unwrap_or_default() }
                <span class="card-name cut">{ card.name.clone() }</span>
                <span class="hidden-text">{ word }</span>
                <span class="card-version mono">{ version(card, props.version.as_ref()) }</span>
            </button>
            <p class="card-facts">
                { fact(&card.provider, "provider") }{ fact(&card.tier, "tier") }
                { fact(&card.owner, "owner") }
                <span class="card-doing" title={props.doing.clone()}>
                    { props.doing.clone().unwrap_or_default() }
                </span>
            </p>
            <Cells run={props.run.clone()} {cluster} position={props.position} node={props.node}
                shade={props.shade} name={card.name.clone()} />
        </article>
    }
}

/// The version at the cursor: a step's target has no patch, a snapshot's version has.
fn version(card: &ClusterCard, reached: Option<&AttrValue>) -> String {
    if let Some(reached) = reached {
        return reached.to_string();
    }
    match card.version.state {
        FactState::Known => card.version.text.clone(),
        FactState::Assumed => format!("≈{}", card.version.text),
        FactState::Unknown => "?".to_owned(),
    }
}

fn fact(fact: &Fact, what: &str) -> Html {
    match fact.state {
        FactState::Known => html! { <span>{ fact.text.clone() }</span> },
        FactState::Assumed => html! {
            <span class="assumed" title={fact.note.clone()}>{ format!("≈ {}", fact.text) }</span>
        },
        FactState::Unknown => html! {
            <span class="unknown" title={fact.note.clone()}>{ format!("? {what}") }</span>
        },
    }
}

#[derive(PartialEq, Properties)]
struct CellsProps {
    run: Option<Shared<RunReport>>,
    cluster: u32,
    position: usize,
    node: Option<u32>,
    shade: Shade,
    name: AttrValue,
}

/// The nodes of a cluster, painted anew when one of them changes.
#[function_component]
fn Cells(props: &CellsProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let canvas = use_node_ref();
    let frame = use_node_ref();
    let (width, _) = use_size(frame.clone());
    let forced = use_media("(forced-colors: active)");
    let (run, cluster) = (props.run.clone(), props.cluster);
    let places = use_memo((run.clone(), cluster), |(run, cluster)| {
        let track = run
            .as_ref()
            .and_then(|run| run.tracks.get(*cluster as usize));
        track.map(nodes::places).unwrap_or_default()
    });
    let grid = use_memo(((*places).clone(), width), |(places, width)| {
        nodes::grid(&places.pools, *width, CELLS_HEIGHT)
    });
    let occupants = use_memo(
        (run, cluster, props.position),
        |(run, cluster, position)| occupants(run.as_deref(), &places, *cluster, *position),
    );
    {
        let (canvas, occupants, grid) = (canvas.clone(), occupants.clone(), grid.clone());
        let looks = (occupants, grid, props.node, props.shade, forced);
        use_effect_with(looks, move |(occupants, grid, selected, shade, _)| {
            paint(&canvas, grid, occupants, *selected, *shade, width);
        });
    }
    let onclick = {
        let (grid, occupants) = (grid.clone(), occupants.clone());
        Callback::from(move |event: MouseEvent| {
            let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
            let place = nodes::place_at(&grid, x, y);
            match place.and_then(|place| occupants.get(place)?.node) {
                Some(node) => {
                    send.dispatch(Action::SelectNode(cluster, node));
                    send.dispatch(Action::Phone(PhoneTab::Events));
                }
                None => send.dispatch(Action::SelectCluster(Some(cluster))),
            }
        })
    };
    html! {
        <div class="cells" ref={frame}>
            <canvas ref={canvas} role="img" aria-label={words(&props.name, &occupants)}
                data-testid="cells" {onclick}></canvas>
        </div>
    }
}

fn occupants(
    run: Option<&RunReport>,
    places: &Places,
    cluster: u32,
    position: usize,
) -> Vec<Occupant> {
    let track = run.and_then(|run| run.tracks.get(cluster as usize));
    track.map_or_else(Vec::new, |track| {
        nodes::occupants(places, &nodes::states(track, position))
    })
}

fn paint(
    canvas: &NodeRef,
    grid: &Grid,
    occupants: &[Occupant],
    selected: Option<u32>,
    shade: Shade,
    width: f64,
) {
    if let Some(element) = canvas.cast::<HtmlCanvasElement>() {
        set_css(canvas, "width", &format!("{width}px"));
        set_css(canvas, "height", &format!("{}px", grid.height + 1.0));
        let cells = paint::Cells {
            grid,
            occupants,
            selected,
            shade,
            width,
        };
        paint::cells(&element, &cells);
    }
}

/// The picture in words: `eu-pay-1: 30 old version, 2 draining`.
fn words(name: &str, occupants: &[Occupant]) -> String {
    let tally = nodes::tally(occupants, &states::NODE_STATES);
    let parts: Vec<String> = tally
        .iter()
        .map(|(state, n_nodes)| format!("{n_nodes} {}", states::node(*state).word))
        .collect();
    format!("Nodes of {name}: {}", parts.join(", "))
}
