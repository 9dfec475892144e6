//! The Gantt chart: waves as bands, clusters as lanes, the waterline through all of them.

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use wavetank_core::report::{FleetReport, RunReport};
use web_sys::{AddEventListenerOptions, Element, HtmlElement, PointerEvent, WheelEvent};
use yew::prelude::*;

use super::gantt_lane::{ActiveBars, LaneBars, LaneLabel, WaveBand, WaveLabel};
use crate::design::states;
use crate::draw::axis;
use crate::draw::gantt::{self, Row, RowKind};
use crate::draw::span::{Scale, Span};
use crate::page::kit::hooks::use_size;
use crate::page::{Clock, Send};
use crate::state::{Action, Selection, Shared};

#[derive(PartialEq, Properties)]
pub(crate) struct GanttProps {
    pub(crate) fleet: Option<Shared<FleetReport>>,
    pub(crate) run: Option<Shared<RunReport>>,
    pub(crate) clock: Clock,
    pub(crate) cursor_ms: u64,
    pub(crate) span: Span,
    pub(crate) selection: Selection,
}

/// What every part of the chart is drawn with.
#[derive(Clone, PartialEq)]
pub(crate) struct Drawing {
    pub(crate) fleet: Shared<FleetReport>,
    pub(crate) run: Shared<RunReport>,
    pub(crate) clock: Clock,
    pub(crate) scale: Scale,
}

/// The chart.
#[function_component]
pub(crate) fn Gantt(props: &GanttProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let plot = use_node_ref();
    let (width, _) = use_size(plot.clone());
    let scroller = use_node_ref();
    let (_, view_height) = use_size(scroller.clone());
    let top = use_state_eq(|| 0_u32);
    let rows = use_memo(props.run.clone(), |run| {
        run.as_deref().map(gantt::rows).unwrap_or_default()
    });
    let selected_row = rows
        .iter()
        .find(|row| {
            props
                .selection
                .cluster
                .is_some_and(|c| row.kind == RowKind::Lane(c))
        })
        .copied();
    use_effect_with((scroller.clone(), selected_row), |(scroller, row)| {
        if let (Some(element), Some(row)) = (scroller.cast::<HtmlElement>(), row) {
            keep_in_sight(&element, *row);
        }
    });
    use_wheel(&plot, &scroller, scale_of(props.span, width), &send);
    let onscroll = {
        let (top, scroller) = (top.clone(), scroller.clone());
        Callback::from(move |_: Event| {
            if let Some(element) = scroller.cast::<HtmlElement>() {
                top.set(element.scroll_top().max(0) as u32);
            }
        })
    };
    let scale = scale_of(props.span, width);
    let visible = gantt::visible(&rows, *top, view_height as u32);
    let height = gantt::height(&rows);
    html! {
        <section class="pane gantt" aria-label="Waves and steps" data-testid="gantt">
            <header class="pane-head">
                <h2>{ "Waves" }</h2>
                { zoom(&send) }
            </header>
            <div class="gantt-top">
                <span class="gantt-zone soft">{ props.clock.zone.label().to_owned() }</span>
                <div class="gantt-plot" ref={plot}>
                    { axis(scale, &props.clock, props.cursor_ms) }
                </div>
            </div>
            <div class="scroll gantt-scroll" ref={scroller} {onscroll} tabindex="0" role="region"
                aria-label="Lanes">
                { body(props, scale, visible, height, &send) }
            </div>
            { legend() }
        </section>
    }
}

fn scale_of(span: Span, width: f64) -> Scale {
    Scale { span, width }
}

/// Scrolls the lanes no further than it takes to show a row.
fn keep_in_sight(scroller: &HtmlElement, row: Row) {
    let (top, height) = (scroller.scroll_top(), scroller.client_height());
    let (row_top, row_end) = (row.y as i32, (row.y + row.height) as i32);
    if row_top < top {
        scroller.set_scroll_top(row_top);
    } else if row_end > top + height {
        scroller.set_scroll_top(row_end - height);
    }
}

/// The wheel zooms at the pointer while Ctrl is held, which is also what pinching is told as.
#[hook]
fn use_wheel(plot: &NodeRef, scroller: &NodeRef, scale: Scale, send: &Send) {
    let latest = use_mut_ref(|| scale);
    *latest.borrow_mut() = scale;
    let (plot, send) = (plot.clone(), send.clone());
    use_effect_with(scroller.clone(), move |scroller| {
        let listener = Closure::<dyn FnMut(WheelEvent)>::new(move |event: WheelEvent| {
            let Some(plot) = plot.cast::<Element>().filter(|_| event.ctrl_key()) else {
                return;
            };
            event.prevent_default();
            let x = f64::from(event.client_x()) - plot.get_bounding_client_rect().left();
            let per_mille = if event.delta_y() < 0.0 { 800 } else { 1_250 };
            let at_ms = latest.borrow().at_ms(x);
            send.dispatch(Action::ZoomAt(per_mille, at_ms));
        });
        let options = AddEventListenerOptions::new();
        options.set_passive(false);
        let element = scroller.cast::<Element>();
        if let Some(element) = &element {
            let function = listener.as_ref().unchecked_ref();
            let _ = element.add_event_listener_with_callback_and_add_event_listener_options(
                "wheel", function, &options,
            );
        }
        move || {
            if let Some(element) = element {
                let function = listener.as_ref().unchecked_ref();
                let _ = element.remove_event_listener_with_callback("wheel", function);
            }
        }
    });
}

fn body(props: &GanttProps, scale: Scale, visible: &[Row], height: u32, send: &Send) -> Html {
    let (Some(fleet), Some(run)) = (&props.fleet, &props.run) else {
        return html! { <div class="skeleton-lanes" aria-hidden="true"></div> };
    };
    let drawing = Drawing {
        fleet: fleet.clone(),
        run: run.clone(),
        clock: props.clock.clone(),
        scale,
    };
    html! {
        <div class="gantt-body">
            <div class="gantt-labels">
                <svg class="spacer" width="1" height={height.to_string()} aria-hidden="true" />
                { for visible.iter().map(|row| label(props, &drawing, *row)) }
            </div>
            { plot(props, &drawing, visible, height, send) }
        </div>
    }
}

fn label(props: &GanttProps, drawing: &Drawing, row: Row) -> Html {
    match row.kind {
        RowKind::Wave(wave) => html! {
            <WaveLabel key={format!("w{wave}")} drawing={drawing.clone()} {wave} y={row.y} />
        },
        RowKind::Lane(cluster) => html! {
            <LaneLabel key={format!("c{cluster}")} drawing={drawing.clone()} {cluster} y={row.y}
                is_selected={props.selection.cluster == Some(cluster)} />
        },
        RowKind::HeldBack => html! {
            <WaveLabel key="held" drawing={drawing.clone()} wave={None::<u32>} y={row.y} />
        },
    }
}

fn plot(props: &GanttProps, drawing: &Drawing, visible: &[Row], height: u32, send: &Send) -> Html {
    let scale = drawing.scale;
    let (width, height) = (scale.width.to_string(), height.to_string());
    let x = scale.x(props.cursor_ms);
    let (down, moved) = scrub(scale, send);
    let lanes = visible.iter().map(|row| match row.kind {
        RowKind::Wave(wave) => html! {
            <WaveBand key={format!("w{wave}")} drawing={drawing.clone()} {wave} y={row.y} />
        },
        RowKind::Lane(cluster) => html! {
            <LaneBars key={format!("c{cluster}")} drawing={drawing.clone()} {cluster} y={row.y}
                is_selected={props.selection.cluster == Some(cluster)}
                event={props.selection.event} />
        },
        RowKind::HeldBack => html! { <g key="held"></g> },
    });
    html! {
        <svg class="gantt-svg" width={width.clone()} height={height.clone()} onpointerdown={down}
            onpointermove={moved} role="group" aria-label="Bars of each cluster over time">
            { patterns() }
            { grid(drawing, &height) }
            { for lanes }
            <rect class="future" x={x.max(0.0).to_string()} y="0"
                width={(scale.width - x.max(0.0)).max(0.0).to_string()} height={height.clone()} />
            <ActiveBars drawing={drawing.clone()} rows={visible.to_vec()}
                cursor_ms={props.cursor_ms} />
            if x >= 0.0 && x <= scale.width {
                <line class="waterline" x1={x.to_string()} x2={x.to_string()} y1="0" y2={height} />
            }
        </svg>
    }
}

/// Pressing and dragging anywhere in the plot moves the waterline there.
fn scrub(scale: Scale, send: &Send) -> (Callback<PointerEvent>, Callback<PointerEvent>) {
    let to = {
        let send = send.clone();
        move |event: &PointerEvent| {
            let plot = event
                .current_target()
                .and_then(|target| target.dyn_into::<Element>().ok());
            if let Some(plot) = plot {
                let x = f64::from(event.client_x()) - plot.get_bounding_client_rect().left();
                send.dispatch(Action::MoveTo(scale.at_ms(x)));
            }
        }
    };
    let down = {
        let to = to.clone();
        Callback::from(move |event: PointerEvent| {
            if event.button() == 0 {
                to(&event);
            }
        })
    };
    let moved = Callback::from(move |event: PointerEvent| {
        if event.buttons() & 1 == 1 {
            to(&event);
        }
    });
    (down, moved)
}

fn zoom(send: &Send) -> Html {
    let act = |action: Action| {
        let send = send.clone();
        Callback::from(move |_: MouseEvent| send.dispatch(action.clone()))
    };
    html! {
        <div class="tools" role="group" aria-label="Zoom">
            <button type="button" class="quiet icon-button" aria-label="Zoom out"
                title="Zoom out (s)"
                onclick={act(Action::Zoom(1_500))}>{ "−" }</button>
            <button type="button" class="quiet icon-button" aria-label="Zoom in" title="Zoom in (w)"
                onclick={act(Action::Zoom(667))}>{ "+" }</button>
            <button type="button" class="quiet small" title="Fit (0)" data-testid="fit"
                onclick={act(Action::Fit)}>{ "Fit" }</button>
        </div>
    }
}

fn axis(scale: Scale, clock: &Clock, cursor_ms: u64) -> Html {
    let x = scale.x(cursor_ms);
    let ticks = axis::ticks(scale, &clock.zone, clock.start_unix_ms);
    html! {
        <svg class="axis" width={scale.width.to_string()} height="26" aria-hidden="true">
            { for ticks.into_iter().map(|tick| html! {
                <g>
                    <line class="tick" x1={tick.x.to_string()} x2={tick.x.to_string()}
                        y1="20" y2="26" />
                    <text class={classes!("tick-label", tick.is_midnight.then_some("midnight"))}
                        x={(tick.x + 3.0).to_string()} y="16">{ tick.label }</text>
                </g>
            }) }
            if x >= 0.0 && x <= scale.width {
                <path class="waterline-head" d={format!("M{x:.1} 26l-5-7h10z")} />
            }
        </svg>
    }
}

fn grid(drawing: &Drawing, height: &str) -> Html {
    let clock = &drawing.clock;
    let ticks = axis::ticks(drawing.scale, &clock.zone, clock.start_unix_ms);
    html! {
        <g aria-hidden="true">
            { for ticks.into_iter().map(|tick| html! {
                <line class={classes!("gridline", tick.is_midnight.then_some("midnight"))}
                    x1={tick.x.to_string()} x2={tick.x.to_string()} y1="0" y2={height.to_owned()} />
            }) }
        </g>
    }
}

/// What the bars and their letters stand for.
fn legend() -> Html {
    html! {
        <ul class="legend" aria-label="Legend of the bars" data-testid="bar-legend">
            { for states::BAR_LEGEND.iter().map(|(kind, state, words)| html! {
                <li>
                    <svg width="16" height="12" aria-hidden="true" focusable="false">
                        <g class={states::bar_class(*kind, *state)}>
                            <rect class="skin" x=".5" y="1.5" width="15" height="9" rx="2" />
                        </g>
                    </svg>
                    if let Some(letter) = states::wait_letter(*kind) {
                        <strong>{ letter }</strong>
                    }
                    { *words }
                </li>
            }) }
        </ul>
    }
}

/// Fills that say without color what a bar is: hatches for waits, ripples for a soak.
fn patterns() -> Html {
    html! {
        <defs>
            <pattern id="hatch-wait" width="5" height="5" patternUnits="userSpaceOnUse">
                <path class="hatch neutral" d="M1.5 0v5" />
            </pattern>
            <pattern id="hatch-hard" width="5" height="5" patternUnits="userSpaceOnUse">
                <path class="hatch blocked" d="M1.5 0v5" />
            </pattern>
            <pattern id="ripple" width="12" height="7" patternUnits="userSpaceOnUse">
                <path class="hatch ok" d="M0 4q3-3 6 0t6 0" />
            </pattern>
        </defs>
    }
}
