//! What lies over the page when it is asked for: menus, forms, the palette, the keys.

mod drain;
mod drain_report;
mod fleet;
mod inject;
mod inject_form;
mod keys;
mod palette;
mod plan;
mod plan_knobs;
mod share;

use yew::prelude::*;

use self::drain::DrainSheet;
use self::fleet::FleetSheet;
use self::inject::InjectSheet;
use self::keys::KeysSheet;
use self::palette::PaletteSheet;
use self::plan::PlanSheet;
use self::share::ShareSheet;
use super::{Clock, Send};
use crate::state::{Action, Overlay, State};

#[derive(PartialEq, Properties)]
pub(crate) struct SheetsProps {
    pub(crate) state: State,
    pub(crate) clock: Clock,
}

/// The one sheet that is open, if any.
#[function_component]
pub(crate) fn Sheets(props: &SheetsProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let state = &props.state;
    let on_close = {
        let send = send.clone();
        use_callback((), move |(), ()| send.dispatch(Action::Show(Overlay::None)))
    };
    match state.view.overlay {
        Overlay::None => html! {},
        Overlay::Keys => html! { <KeysSheet {on_close} /> },
        Overlay::Palette => html! { <PaletteSheet fleet={state.fleet.clone()} {on_close} /> },
        Overlay::Plan => html! {
            <PlanSheet settings={state.settings.clone()} {on_close} />
        },
        Overlay::Inject => html! {
            <InjectSheet state={state.clone()} clock={props.clock.clone()} {on_close} />
        },
        Overlay::Drain => html! { <DrainSheet drain={state.drain.clone()} {on_close} /> },
        Overlay::Share => html! { <ShareSheet state={state.clone()} {on_close} /> },
        Overlay::Fleet => html! {
            <FleetSheet fleet={state.fleet.clone()} {on_close} />
        },
    }
}
