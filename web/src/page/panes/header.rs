//! The header: which fleet, which target, which seed, and the ways to change them.

use std::rc::Rc;

use wavetank_core::report::FleetReport;
use wavetank_core::trial::RunSettings;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::design::glyphs::Glyph;
use crate::draw::targets;
use crate::page::Send;
use crate::page::kit::icon::{Icon, Logo};
use crate::state::{Action, Overlay, Shared, Theme};

#[derive(PartialEq, Properties)]
pub(crate) struct HeaderProps {
    pub(crate) fleet: Option<Shared<FleetReport>>,
    pub(crate) settings: Rc<RunSettings>,
    pub(crate) theme: Theme,
    pub(crate) n_past: usize,
    pub(crate) n_future: usize,
}

/// The header.
#[function_component]
pub(crate) fn Header(props: &HeaderProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let show = |overlay: Overlay| {
        let send = send.clone();
        Callback::from(move |_: MouseEvent| send.dispatch(Action::Show(overlay)))
    };
    let fleet_name = props.fleet.as_ref().map_or("Loading…", |fleet| &fleet.name);
    html! {
        <header class="top">
            <span class="brand"><Logo /><span class="brand-name">{ "Wavetank" }</span></span>
            <button type="button" class="quiet fleet-name" data-testid="fleet-menu"
                title={fleet_name.to_owned()} aria-haspopup="dialog"
                onclick={show(Overlay::Fleet)}>
                <span class="cut">{ fleet_name.to_owned() }</span><Icon glyph={Glyph::More} />
            </button>
            <div class="knobs" role="group" aria-label="What is rehearsed">
                { target(props, &send) }
                { seed(props, &send) }
                <button type="button" data-testid="plan-button" aria-haspopup="dialog"
                    onclick={show(Overlay::Plan)}>
                    <Icon glyph={Glyph::Knobs} />{ "Plan" }
                </button>
            </div>
            <div class="acts" role="group" aria-label="Actions">
                <button type="button" class="primary" data-testid="inject-button"
                    aria-haspopup="dialog" onclick={show(Overlay::Inject)}>
                    <Icon glyph={Glyph::Fault} />{ "Inject" }
                </button>
                { edits(props, &send) }
                <button type="button" class="quiet" data-testid="share-button"
                    aria-label="Share" aria-haspopup="dialog" onclick={show(Overlay::Share)}>
                    <Icon glyph={Glyph::Share} /><span class="wide-only">{ "Share" }</span>
                </button>
                { theme(props.theme, &send) }
                <button type="button" class="quiet icon-button wide-only" data-testid="keys-button"
                    aria-label="Keys" title="Keys (?)" aria-haspopup="dialog"
                    onclick={show(Overlay::Keys)}>
                    <span aria-hidden="true">{ "?" }</span>
                </button>
            </div>
        </header>
    }
}

fn theme(theme: Theme, send: &Send) -> Html {
    let (word, next) = match theme {
        Theme::Auto => ("Theme: as the system has it", "light"),
        Theme::Light => ("Theme: light", "dark"),
        Theme::Dark => ("Theme: dark", "the system's"),
    };
    let send = send.clone();
    html! {
        <button type="button" class="quiet icon-button" data-testid="theme-button" aria-label={word}
            title={format!("{word}; change to {next} (t)")}
            onclick={move |_| send.dispatch(Action::NextTheme)}>
            <Icon glyph={Glyph::Theme} />
        </button>
    }
}

fn edits(props: &HeaderProps, send: &Send) -> Html {
    let act = |undo: &'static str| {
        let send = send.clone();
        Callback::from(move |_: MouseEvent| {
            send.dispatch(if undo == "undo" {
                Action::Undo
            } else {
                Action::Redo
            });
        })
    };
    html! {
        <>
            <button type="button" class="quiet icon-button" data-testid="undo" aria-label="Undo"
                title="Undo (Ctrl+Z)" disabled={props.n_past == 0} onclick={act("undo")}>
                <Icon glyph={Glyph::RolledBack} />
            </button>
            <button type="button" class="quiet icon-button mirror" data-testid="redo"
                aria-label="Redo" title="Redo (Ctrl+Shift+Z)" disabled={props.n_future == 0}
                onclick={act("redo")}>
                <Icon glyph={Glyph::RolledBack} />
            </button>
        </>
    }
}

/// The target: what would upgrade something in this fleet, and what was asked for in any case.
fn target(props: &HeaderProps, send: &Send) -> Html {
    let chosen = props.settings.plan.target;
    let choices = targets::choices(props.fleet.as_deref(), chosen);
    let onchange = {
        let (send, settings) = (send.clone(), Rc::clone(&props.settings));
        Callback::from(move |event: Event| {
            let value = event.target_unchecked_into::<HtmlSelectElement>().value();
            let mut settings = (*settings).clone();
            settings.plan.target = value.parse().ok();
            send.dispatch(Action::Edit(Box::new(settings)));
        })
    };
    html! {
        <label class="knob">
            <span>{ "Target" }</span>
            <select data-testid="target" {onchange}>
                { for choices.into_iter().map(|choice| html! {
                    <option value={choice.value} selected={choice.is_chosen}>
                        { choice.words }
                    </option>
                }) }
            </select>
        </label>
    }
}

fn seed(props: &HeaderProps, send: &Send) -> Html {
    let onchange = {
        let (send, settings) = (send.clone(), Rc::clone(&props.settings));
        Callback::from(move |event: Event| {
            let field = event.target_unchecked_into::<HtmlInputElement>();
            let mut settings = (*settings).clone();
            if let Ok(seed) = field.value().trim().parse() {
                settings.seed = seed;
                send.dispatch(Action::Edit(Box::new(settings)));
            } else {
                field.set_value(&settings.seed.to_string());
                let words = "A seed is a whole number from 0 to 18446744073709551615";
                send.dispatch(Action::Say(words.to_owned()));
            }
        })
    };
    let next = {
        let (send, settings) = (send.clone(), Rc::clone(&props.settings));
        Callback::from(move |_: MouseEvent| {
            let mut settings = (*settings).clone();
            settings.seed = settings.seed.wrapping_add(1);
            send.dispatch(Action::Edit(Box::new(settings)));
        })
    };
    html! {
        <span class="knob">
            <label class="knob">
                <span>{ "Seed" }</span>
                <input class="seed" data-testid="seed" inputmode="numeric" autocomplete="off"
                    value={props.settings.seed.to_string()} {onchange} />
            </label>
            <button type="button" class="quiet icon-button" data-testid="next-seed"
                aria-label="Try the next seed" title="Try the next seed" onclick={next}>
                <Icon glyph={Glyph::StepForward} />
            </button>
        </span>
    }
}
