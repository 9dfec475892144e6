//! The parts of the Gantt chart: labels, wave bands, bars, and what is under way at the cursor.

use wavetank_core::report::{Bar, BarKind, BarState};
use yew::prelude::*;

use super::gantt::Drawing;
use crate::design::glyphs::{Glyph, Paint};
use crate::design::states;
use crate::draw::gantt::{self, HEAD_HEIGHT, LANE_HEIGHT, Mark, Row, RowKind};
use crate::draw::{format, span::Scale};
use crate::page::Send;
use crate::page::kit::browser::set_css;
use crate::page::kit::icon::sign;
use crate::state::{Action, Jump};

/// The height of a bar, and its distance from the lane's upper edge.
const BAR: (f64, f64) = (16.0, 6.0);
/// The width of a label's letter, near enough to know what fits.
const LETTER: f64 = 6.4;

#[derive(PartialEq, Properties)]
pub(crate) struct LabelProps {
    pub(crate) drawing: Drawing,
    pub(crate) cluster: u32,
    pub(crate) y: u32,
    pub(crate) is_selected: bool,
}

/// The name at the left of a lane.
#[function_component]
pub(crate) fn LaneLabel(props: &LabelProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let node = use_node_ref();
    use_effect_with((node.clone(), props.y), |(node, y)| {
        set_css(node, "top", &format!("{y}px"));
    });
    let index = props.cluster as usize;
    let (fleet, run) = (&props.drawing.fleet, &props.drawing.run);
    let (Some(card), Some(lane)) = (fleet.clusters.get(index), run.lanes.get(index)) else {
        return html! {};
    };
    let look = states::lane(lane.state);
    let (cluster, is_selected) = (props.cluster, props.is_selected);
    html! {
        <button type="button" ref={node} class={classes!("lane-label",
            is_selected.then_some("selected"))} aria-pressed={is_selected.to_string()}
            data-testid="lane" data-cluster={card.name.clone()} data-state={look.word}
            title={format!("{}: {}", card.name, lane.sentence)}
            onclick={move |_| {
                send.dispatch(Action::SelectCluster((!is_selected).then_some(cluster)));
            }}>
            { sign(&look) }
            <span class="cut">{ format::middle_cut(&card.name, 22) }</span>
            <span class="hidden-text">{ format!(": {}. {}", look.word, lane.sentence) }</span>
        </button>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct WaveProps {
    pub(crate) drawing: Drawing,
    /// None for those that are held back.
    pub(crate) wave: Option<u32>,
    pub(crate) y: u32,
}

/// The head of a wave, at the left.
#[function_component]
pub(crate) fn WaveLabel(props: &WaveProps) -> Html {
    let node = use_node_ref();
    use_effect_with((node.clone(), props.y), |(node, y)| {
        set_css(node, "top", &format!("{y}px"));
    });
    let wave = props
        .wave
        .and_then(|wave| Some((wave + 1, props.drawing.run.waves.get(wave as usize)?)));
    let (title, tip) = match wave {
        Some((number, wave)) => (
            format!("{number}  {}", wave.name),
            format!("Wave {number}, {}: {}", wave.name, wave.reason),
        ),
        None => ("Held back".to_owned(), "Clusters in no wave".to_owned()),
    };
    html! {
        <h3 ref={node} class="wave-label" title={tip}>
            { wave.map(|(_, wave)| sign(&states::lane(wave.state))).unwrap_or_default() }
            <span class="cut">{ title }</span>
        </h3>
    }
}

/// The band of a wave: its stretch of time behind its lanes, with a sine for its surface.
#[function_component]
pub(crate) fn WaveBand(props: &WaveProps) -> Html {
    let Drawing {
        run, clock, scale, ..
    } = &props.drawing;
    let wave = props.wave.and_then(|wave| run.waves.get(wave as usize));
    let Some((wave, start_ms)) = wave.and_then(|wave| Some((wave, wave.start_ms?))) else {
        return html! {};
    };
    let end_ms = wave.end_ms.unwrap_or(run.end_ms);
    let left = scale.x(start_ms).clamp(0.0, scale.width);
    let right = scale.x(end_ms).clamp(0.0, scale.width);
    let y = f64::from(props.y);
    let height = f64::from(HEAD_HEIGHT + LANE_HEIGHT * wave.clusters.len() as u32);
    let words = format!(
        "{} · {}",
        clock.instant(start_ms),
        format::duration(end_ms.saturating_sub(start_ms))
    );
    let surface = gantt::sine(left, right, y + f64::from(HEAD_HEIGHT) - 5.0);
    let is_early = left < scale.width - 170.0;
    html! {
        <g>
            <rect class="wave-band" x={left.to_string()} y={(y + 8.0).to_string()}
                width={(right - left).max(1.0).to_string()} height={(height - 8.0).to_string()} />
            if right - left >= 2.0 {
                <path class="wave-surface" d={surface} />
            }
            if is_early {
                <text class="wave-words" x={(left + 4.0).to_string()} y={(y + 14.0).to_string()}>
                    { words }
                </text>
            }
        </g>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct BarsProps {
    pub(crate) drawing: Drawing,
    pub(crate) cluster: u32,
    pub(crate) y: u32,
    pub(crate) is_selected: bool,
    pub(crate) event: Option<u32>,
}

/// The bars of a lane.
#[function_component]
pub(crate) fn LaneBars(props: &BarsProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let Drawing { run, scale, .. } = &props.drawing;
    let Some(lane) = run.lanes.get(props.cluster as usize) else {
        return html! {};
    };
    let marks = gantt::marks(lane, *scale);
    let held = run
        .held_back
        .iter()
        .find(|held| held.cluster == props.cluster);
    html! {
        <g class="lane">
            if props.is_selected {
                <rect class="lane-selected" x="0" y={props.y.to_string()}
                    width={scale.width.to_string()} height={LANE_HEIGHT.to_string()} />
            }
            <line class="lane-rule" x1="0" x2={scale.width.to_string()}
                y1={(props.y + LANE_HEIGHT).to_string()} y2={(props.y + LANE_HEIGHT).to_string()} />
            if let Some(held) = held {
                <text class="held-words" x="6" y={(props.y + 18).to_string()}>
                    { held.reason.clone() }
                </text>
            }
            { for marks.iter().map(|mark| {
                bar(mark, &lane.bars[mark.bar], props, &send)
            }) }
        </g>
    }
}

fn bar(mark: &Mark, bar: &Bar, props: &BarsProps, send: &Send) -> Html {
    let (height, top) = match bar.kind {
        BarKind::Fault => (4.0, 1.0),
        _ => BAR,
    };
    let y = f64::from(props.y) + top;
    let class = classes!(
        states::bar_class(bar.kind, bar.state),
        (props.event == Some(bar.event)).then_some("chosen"),
    );
    let onclick = {
        let (send, cluster) = (send.clone(), props.cluster);
        let event = bar.event;
        // The press has moved the waterline already; it stays where the reader pointed.
        Callback::from(move |_: MouseEvent| {
            send.dispatch(Action::SelectCluster(Some(cluster)));
            send.dispatch(Action::Explain(event, Jump::Stay));
        })
    };
    html! {
        <g {class} {onclick}>
            <title>{ tip(mark, bar, props) }</title>
            <rect class="ground" x={mark.x.to_string()} y={y.to_string()}
                width={mark.width.to_string()} height={height.to_string()} rx="2" />
            <rect class="skin" x={mark.x.to_string()} y={y.to_string()}
                width={mark.width.to_string()} height={height.to_string()} rx="2" />
            if gantt::is_torn(bar) {
                <path class="torn" d={torn(mark.x + mark.width, y, height)} />
            }
            { inscription(mark, bar, y) }
        </g>
    }
}

/// A right edge that is not an end.
fn torn(x: f64, y: f64, height: f64) -> String {
    let third = height / 4.0;
    format!("M{x:.1} {y:.1}l3 {third}l-3 {third}l3 {third}l-3 {third}")
}

fn tip(mark: &Mark, bar: &Bar, props: &BarsProps) -> String {
    let clock = &props.drawing.clock;
    let what = if bar.label.is_empty() {
        states::bar_word(bar.kind)
    } else {
        &bar.label
    };
    let many = if mark.n_bars > 1 {
        format!(" (and {} more like it)", mark.n_bars - 1)
    } else {
        String::new()
    };
    let reason = if bar.reason.is_empty() {
        String::new()
    } else {
        format!("\n{}", bar.reason)
    };
    format!(
        "{what}{many}: {}\n{} for {}{reason}",
        states::bar_end(bar.state),
        clock.instant(bar.start_ms),
        format::duration(bar.end_ms.saturating_sub(bar.start_ms)),
    )
}

/// The sign and the label of a bar, as far as they fit.
fn inscription(mark: &Mark, bar: &Bar, y: f64) -> Html {
    let sign = match (bar.kind, bar.state) {
        (BarKind::Fault, _) => return html! {},
        (BarKind::RollBack, _) => Some(Glyph::RolledBack),
        (_, BarState::Failed) => Some(Glyph::Blocked),
        (kind, _) if states::wait_letter(kind).is_some() => Some(Glyph::Wait),
        _ => None,
    };
    let indent = if sign.is_some() { 15.0 } else { 5.0 };
    let room = mark.width + mark.x.min(0.0);
    let fits = |label: &str| label.chars().count() as f64 * LETTER + indent + 4.0 <= room;
    let label = match states::wait_letter(bar.kind) {
        Some(_) if fits(states::bar_word(bar.kind)) => states::bar_word(bar.kind).to_owned(),
        Some(letter) => letter.to_string(),
        None => bar.label.clone(),
    };
    let fits = fits(&label) && !mark.is_covered;
    // A bar that begins left of the window still says what it is.
    let x = mark.x.max(0.0);
    html! {
        <>
            if let Some(glyph) = sign.filter(|_| mark.width >= least_for_sign(bar.kind)) {
                { inked(glyph, x + 3.0, y + 3.0) }
            }
            if fits {
                <text class="bar-label" x={(x + indent).to_string()} y={(y + 12.0).to_string()}>
                    { label }
                </text>
            }
        </>
    }
}

/// A wait's sign comes with its letter or not at all; hatching says enough until then.
const fn least_for_sign(kind: BarKind) -> f64 {
    match states::wait_letter(kind) {
        Some(_) => 27.0,
        None => 15.0,
    }
}

fn inked(glyph: Glyph, x: f64, y: f64) -> Html {
    let (path, paint) = glyph.shape();
    let class = match paint {
        Paint::Fill => "bar-glyph glyph-fill",
        Paint::Stroke => "bar-glyph glyph-stroke",
    };
    html! {
        <path {class} d={path} transform={format!("translate({x:.1} {y:.1}) scale(.62)")} />
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct ActiveProps {
    pub(crate) drawing: Drawing,
    pub(crate) rows: Vec<Row>,
    pub(crate) cursor_ms: u64,
}

/// Steps under way at the cursor, filled as far as they have come.
#[function_component]
pub(crate) fn ActiveBars(props: &ActiveProps) -> Html {
    let Drawing { run, scale, .. } = &props.drawing;
    let active = props.rows.iter().filter_map(|row| {
        let RowKind::Lane(cluster) = row.kind else {
            return None;
        };
        let lane = run.lanes.get(cluster as usize)?;
        let bar = gantt::step_at(lane, props.cursor_ms)?;
        Some(active(bar, *scale, row.y, props.cursor_ms))
    });
    html! { <g class="active" aria-hidden="true">{ for active }</g> }
}

fn active(bar: &Bar, scale: Scale, y: u32, cursor_ms: u64) -> Html {
    let left = scale.x(bar.start_ms).max(-4.0);
    let right = scale.x(bar.end_ms).min(scale.width + 4.0);
    let now = scale.x(cursor_ms).clamp(left, right.max(left));
    let (height, top) = BAR;
    let y = f64::from(y) + top;
    html! {
        <>
            <rect class="active-done" x={left.to_string()} y={(y + height - 3.0).to_string()}
                width={(now - left).max(1.0).to_string()} height="3" />
            <rect class="active-frame" x={left.to_string()} y={y.to_string()}
                width={(right - left).max(1.0).to_string()} height={height.to_string()} rx="2" />
        </>
    }
}
