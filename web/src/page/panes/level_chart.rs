//! One service level: its line, its objective, its misses, its value at the cursor, its table.

use wavetank_core::report::{Objective, RunReport, Sli, SliSeries};
use yew::prelude::*;

use crate::design::glyphs::Glyph;
use crate::draw::chart::{self, Chart};
use crate::draw::format;
use crate::draw::span::{Scale, Span};
use crate::page::kit::hooks::use_size;
use crate::page::kit::icon::Icon;
use crate::page::{Clock, Send};
use crate::state::{Action, Shared};

/// The height of the plot in pixels.
const HEIGHT: f64 = 44.0;
/// Rows of the table; beyond, several buckets share a row and the worst is shown.
const TABLE_ROWS: usize = 48;

#[derive(PartialEq, Properties)]
pub(crate) struct ChartProps {
    pub(crate) run: Shared<RunReport>,
    pub(crate) sli: Sli,
    pub(crate) cluster: Option<u32>,
    pub(crate) clock: Clock,
    pub(crate) span: Span,
    pub(crate) cursor_ms: u64,
}

/// A chart with its heading and its table.
#[function_component]
pub(crate) fn LevelChart(props: &ChartProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    // The figure is there whether or not there is anything to draw, so its size is always watched.
    let figure = use_node_ref();
    let (width, _) = use_size(figure.clone());
    let scale = Scale {
        span: props.span,
        width,
    };
    let key = (props.run.clone(), props.cluster, props.sli, scale);
    let chart = use_memo(key, |(run, cluster, sli, scale)| {
        let series = chart::series(run, *cluster, *sli);
        series.map(|series| chart::chart(series, run.bucket_ms, *scale, HEIGHT))
    });
    let name = format::sli_name(props.sli);
    let found = chart::series(&props.run, props.cluster, props.sli);
    let Some(series) = found.filter(|series| series.summary.is_some()) else {
        let why = found.map_or("", |series| series.unmeasured.as_str());
        return html! {
            <figure class="chart" data-testid="chart" data-sli={name} ref={figure}>
                <figcaption><span class="chart-name">{ name }</span></figcaption>
                <p class="chart-plot unknown">{ chart::unmeasured(why) }</p>
            </figure>
        };
    };
    let onpointerdown = Callback::from(move |event: PointerEvent| {
        let x = f64::from(event.offset_x());
        send.dispatch(Action::MoveTo(scale.at_ms(x)));
    });
    let sentence = chart::sentence(series, &props.clock.zone, props.clock.start_unix_ms);
    html! {
        <figure class="chart" data-testid="chart" data-sli={name} ref={figure}>
            { caption(props, series) }
            <div class="chart-plot">
                <svg width={width.to_string()} height={(HEIGHT + 2.0).to_string()} role="img"
                    aria-label={sentence.clone()} {onpointerdown}>
                    <title>{ sentence.clone() }</title>
                    if let Some(chart) = &*chart {
                        { drawn(chart, width) }
                    }
                    { waterline(scale, props.cursor_ms) }
                </svg>
            </div>
            <Table run={props.run.clone()} sli={props.sli} cluster={props.cluster}
                clock={props.clock.clone()} sentence={sentence} />
        </figure>
    }
}

fn caption(props: &ChartProps, series: &SliSeries) -> Html {
    let value = chart::value_at(series, props.run.bucket_ms, props.cursor_ms);
    let is_missed = value.is_some_and(|value| chart::misses(series.objective, value));
    let objective = series
        .objective
        .map(|objective| format::objective_sign(props.sli, objective));
    html! {
        <figcaption>
            <span class="chart-name">{ format::sli_name(props.sli) }</span>
            <span class={classes!("chart-value", is_missed.then_some("missed"))}>
                if is_missed {
                    <Icon glyph={Glyph::Blocked} class="c-blocked" />
                }
                { value.map_or_else(|| "?".to_owned(), |value| format::sli(props.sli, value)) }
            </span>
            <span class="chart-goal">{ objective.unwrap_or_default() }</span>
        </figcaption>
    }
}

fn drawn(chart: &Chart, width: f64) -> Html {
    let goal = chart.objective_y.map(|y| y.to_string());
    html! {
        <g transform="translate(0 1)">
            { for chart.breaches.iter().map(|(from, to)| html! {
                <rect class="breach" x={from.to_string()} y="0" height={HEIGHT.to_string()}
                    width={(to - from).max(1.0).to_string()} />
            }) }
            <path class="chart-area" d={chart.area.clone()} />
            if let Some(y) = goal {
                <line class="goal" x1="0" x2={width.to_string()} y1={y.clone()} y2={y} />
            }
            <path class="chart-line" d={chart.line.clone()} />
            { for chart.marks.iter().map(|mark| html! {
                <text class="scale-mark" x="3" y={mark.y.to_string()}>{ mark.words.clone() }</text>
            }) }
            { for chart.breaches.iter().map(|(from, to)| html! {
                <path class="breach-mark"
                    d={format!("M{from:.1} {HEIGHT}H{:.1}", to.max(from + 1.0))} />
            }) }
        </g>
    }
}

fn waterline(scale: Scale, cursor_ms: u64) -> Html {
    let x = scale.x(cursor_ms);
    if x < 0.0 || x > scale.width {
        return html! {};
    }
    html! {
        <>
            <rect class="future" x={x.to_string()} y="0" width={(scale.width - x).to_string()}
                height={(HEIGHT + 2.0).to_string()} />
            <line class="waterline" x1={x.to_string()} x2={x.to_string()} y1="0"
                y2={(HEIGHT + 2.0).to_string()} />
        </>
    }
}

#[derive(PartialEq, Properties)]
struct TableProps {
    run: Shared<RunReport>,
    sli: Sli,
    cluster: Option<u32>,
    clock: Clock,
    sentence: AttrValue,
}

/// The same as a sentence and a table; made only when it is opened.
#[function_component]
fn Table(props: &TableProps) -> Html {
    let is_open = use_state_eq(|| false);
    let toggle = {
        let is_open = is_open.clone();
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            is_open.set(!*is_open);
        })
    };
    let rows = chart::series(&props.run, props.cluster, props.sli)
        .filter(|_| *is_open)
        .map(|series| {
            (
                series.objective,
                chart::table(series, props.run.bucket_ms, TABLE_ROWS),
            )
        });
    html! {
        <details class="data" open={*is_open}>
            <summary onclick={toggle} data-testid="show-data">
                { if *is_open { "hide" } else { "data" } }
            </summary>
            if let Some((objective, rows)) = rows {
                <p>{ props.sentence.clone() }</p>
                <div class="scroll" tabindex="0" role="region" aria-label="Values">
                    <table>
                        <thead><tr><th scope="col">{ "from" }</th><th scope="col">{ "worst" }</th>
                            <th scope="col">{ "objective" }</th></tr></thead>
                        <tbody>{ for rows.into_iter().map(|(at_ms, value)| html! {
                            <tr>
                                <td>{ props.clock.instant(at_ms) }</td>
                                <td class="number">{ format::sli(props.sli, value) }</td>
                                <td>{ met(objective, value) }</td>
                            </tr>
                        }) }</tbody>
                    </table>
                </div>
            }
        </details>
    }
}

fn met(objective: Option<Objective>, value: i64) -> &'static str {
    if chart::misses(objective, value) {
        "✕ missed"
    } else {
        "met"
    }
}
