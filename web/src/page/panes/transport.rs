//! The transport: play, step, speed, the whole rehearsal as a slider, and what time it is.

use wasm_bindgen::JsCast as _;
use wavetank_core::report::RunReport;
use web_sys::{Element, KeyboardEvent, PointerEvent};
use yew::prelude::*;

use crate::design::glyphs::Glyph;
use crate::draw::format;
use crate::draw::gantt;
use crate::draw::span::{Scale, Span};
use crate::page::kit::hooks::use_size;
use crate::page::kit::icon::Icon;
use crate::page::{Clock, Send};
use crate::state::{Action, Direction, Playback, SPEEDS, Shared};

/// The height of the slider in pixels.
const HEIGHT: f64 = 32.0;

#[derive(PartialEq, Properties)]
pub(crate) struct TransportProps {
    pub(crate) run: Option<Shared<RunReport>>,
    pub(crate) clock: Clock,
    pub(crate) cursor_ms: u64,
    pub(crate) span: Span,
    pub(crate) playback: Playback,
    pub(crate) speed: u8,
}

/// The transport bar.
#[function_component]
pub(crate) fn Transport(props: &TransportProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let playing = props.playback == Playback::Playing;
    let (glyph, word) = if playing {
        (Glyph::Pause, "Pause")
    } else {
        (Glyph::Play, "Play")
    };
    let button = |glyph: Glyph, word: &'static str, key: &str, action: Action| {
        let send = send.clone();
        html! {
            <button type="button" class="quiet icon-button" aria-label={word}
                title={format!("{word} ({key})")} onclick={move |_| send.dispatch(action.clone())}>
                <Icon {glyph} />
            </button>
        }
    };
    let (back, on) = (Direction::Back, Direction::Forward);
    html! {
        <section class="transport" aria-label="Time" data-testid="transport">
            <div class="buttons" role="group" aria-label="Playback">
                { button(Glyph::WaveBack, "Wave before", "Shift ←", Action::StepWave(back)) }
                { button(Glyph::StepBack, "Event before", "←", Action::StepEvent(back)) }
                <button type="button" class="play" aria-label={word}
                    title={format!("{word} (Space)")}
                    data-testid="play" aria-pressed={playing.to_string()}
                    onclick={let send = send.clone(); move |_| send.dispatch(Action::TogglePlay)}>
                    <Icon {glyph} />
                </button>
                { button(Glyph::StepForward, "Next event", "→", Action::StepEvent(on)) }
                { button(Glyph::WaveForward, "Next wave", "Shift →", Action::StepWave(on)) }
            </div>
            { speeds(props.speed, &send) }
            <Slider run={props.run.clone()} clock={props.clock.clone()} cursor_ms={props.cursor_ms}
                span={props.span} />
            <p class="now">
                <span class="now-time" data-testid="now">{ now(props) }</span>
                <span class="soft">
                    <span data-testid="now-relative">{ format::since_start(props.cursor_ms) }</span>
                    <span class="zone">{ format!(" · {}", props.clock.zone.label()) }</span>
                </span>
            </p>
        </section>
    }
}

fn now(props: &TransportProps) -> String {
    match props.run {
        Some(_) => props.clock.instant(props.cursor_ms),
        None => "…".to_owned(),
    }
}

fn speeds(speed: u8, send: &Send) -> Html {
    html! {
        <div class="speeds" role="group" aria-label="Speed">
            { for (1_u8..).zip(SPEEDS).map(|(number, factor)| {
                let send = send.clone();
                let chosen = number == speed;
                let words = format!("{} each second", format::duration((factor * 1_000.0) as u64));
                html! {
                    <button type="button" class={classes!("speed", chosen.then_some("chosen"))}
                        aria-pressed={chosen.to_string()} aria-label={format!("{number}: {words}")}
                        title={format!("{words} ({number})")}
                        onclick={move |_| send.dispatch(Action::Speed(number))}>
                        { number.to_string() }
                    </button>
                }
            }) }
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct SliderProps {
    run: Option<Shared<RunReport>>,
    clock: Clock,
    cursor_ms: u64,
    span: Span,
}

/// The whole rehearsal in one strip: waves, bad events, what is on screen, and the waterline.
#[function_component]
fn Slider(props: &SliderProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let node = use_node_ref();
    let (width, _) = use_size(node.clone());
    let end_ms = props.run.as_ref().map_or(1, |run| run.end_ms.max(1));
    let scale = Scale {
        span: Span {
            start_ms: 0,
            end_ms,
        },
        width,
    };
    let to = {
        let send = send.clone();
        move |event: &PointerEvent| {
            let strip = event
                .current_target()
                .and_then(|node| node.dyn_into::<Element>().ok());
            if let Some(strip) = strip {
                let x = f64::from(event.client_x()) - strip.get_bounding_client_rect().left();
                send.dispatch(Action::MoveTo(scale.at_ms(x)));
            }
        }
    };
    let onpointerdown = {
        let (to, node) = (to.clone(), node.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some(element) = node.cast::<Element>() {
                // Without capture the slider still follows the pointer while it is above.
                let _ = element.set_pointer_capture(event.pointer_id());
            }
            to(&event);
        })
    };
    let onpointermove = Callback::from(move |event: PointerEvent| {
        if event.buttons() & 1 == 1 {
            to(&event);
        }
    });
    let cursor_ms = props.cursor_ms;
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let tenth = end_ms / 10;
        let to_ms = match event.key().as_str() {
            "PageUp" => cursor_ms + tenth,
            "PageDown" => cursor_ms.saturating_sub(tenth),
            _ => return,
        };
        event.prevent_default();
        send.dispatch(Action::MoveTo(to_ms));
    });
    html! {
        <div class="slider" ref={node} role="slider" tabindex="0" aria-label="Time"
            data-testid="slider" aria-valuemin="0" aria-valuemax={(end_ms / 1_000).to_string()}
            aria-valuenow={(cursor_ms / 1_000).to_string()}
            aria-valuetext={format!("{}, {}", props.clock.instant(cursor_ms),
                format::since_start(cursor_ms))}
            {onpointerdown} {onpointermove} {onkeydown}>
            <svg width={width.to_string()} height={HEIGHT.to_string()} aria-hidden="true">
                <Strip run={props.run.clone()} {scale} />
                { window(scale, props.span) }
                { thumb(scale.x(cursor_ms)) }
            </svg>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct StripProps {
    run: Option<Shared<RunReport>>,
    scale: Scale,
}

/// What does not change while the cursor moves.
#[function_component]
fn Strip(props: &StripProps) -> Html {
    let scale = props.scale;
    let Some(run) = &props.run else {
        return html! { <g></g> };
    };
    let waves = run.waves.iter().filter_map(|wave| {
        let from = scale.x(wave.start_ms?);
        let to = scale.x(wave.end_ms.unwrap_or(run.end_ms));
        Some(
            html! { <path class="wave-surface" d={gantt::sine(from, to.max(from + 2.0), 17.0)} /> },
        )
    });
    let mut last = f64::NEG_INFINITY;
    let bad = run.bad_events.iter().filter_map(|(_, at_ms, _)| {
        let x = scale.x(*at_ms);
        // Two ticks on one pixel are one tick.
        if x - last < 1.5 {
            return None;
        }
        last = x;
        Some(format!("M{x:.1} 3v7"))
    });
    let bad: String = bad.collect();
    html! {
        <g>
            <path class="strip-floor" d={format!("M0 27.5H{:.1}", scale.width)} />
            { for waves }
            <path class="strip-bad" d={bad} />
        </g>
    }
}

/// The stretch on screen, when it is not everything.
fn window(scale: Scale, span: Span) -> Html {
    if span.start_ms == 0 && span.end_ms >= scale.span.end_ms {
        return html! {};
    }
    let left = scale.x(span.start_ms).max(0.0);
    let right = scale.x(span.end_ms).min(scale.width);
    html! {
        <rect class="strip-window" x={left.to_string()} y="1" height={(HEIGHT - 2.0).to_string()}
            width={(right - left).max(2.0).to_string()} rx="3" />
    }
}

fn thumb(x: f64) -> Html {
    html! {
        <g class="thumb">
            <line class="waterline" x1={x.to_string()} x2={x.to_string()} y1="0"
                y2={HEIGHT.to_string()} />
            <path class="waterline-head" d={format!("M{x:.1} 9l-6-9h12z")} />
        </g>
    }
}
