//! Service levels as small multiples: one time axis with the Gantt chart, one value at the cursor.

use wavetank_core::report::{FleetReport, RunReport};
use yew::prelude::*;

use super::level_chart::LevelChart;
use crate::draw::chart;
use crate::draw::span::Span;
use crate::page::Clock;
use crate::state::Shared;

#[derive(PartialEq, Properties)]
pub(crate) struct LevelsProps {
    pub(crate) fleet: Option<Shared<FleetReport>>,
    pub(crate) run: Option<Shared<RunReport>>,
    pub(crate) clock: Clock,
    pub(crate) cursor_ms: u64,
    pub(crate) span: Span,
    pub(crate) cluster: Option<u32>,
}

/// The charts, of the selected cluster or of the whole fleet.
#[function_component]
pub(crate) fn Levels(props: &LevelsProps) -> Html {
    let whose = props
        .cluster
        .and_then(|cluster| props.fleet.as_ref()?.clusters.get(cluster as usize))
        .map_or_else(|| "whole fleet".to_owned(), |card| card.name.clone());
    html! {
        <section class="pane levels" aria-label="Service levels" data-testid="levels">
            <header class="pane-head">
                <h2>{ "Service levels" }</h2>
                <p class="soft cut" title={whose.clone()} data-testid="levels-of">{ whose }</p>
            </header>
            <div class="charts">
                if let Some(run) = &props.run {
                    { for chart::ORDER.iter().map(|sli| html! {
                        <LevelChart run={run.clone()} sli={*sli} cluster={props.cluster}
                            clock={props.clock.clone()} span={props.span}
                            cursor_ms={props.cursor_ms} />
                    }) }
                }
            </div>
        </section>
    }
}
