//! Share and export: the scenario as a file, its command line, and links.

use yew::prelude::*;

use crate::design::glyphs::Glyph;
use crate::page::Send;
use crate::page::kit::browser;
use crate::page::kit::dialog::Dialog;
use crate::page::kit::icon::Icon;
use crate::state::{Action, Link, State};

#[derive(PartialEq, Properties)]
pub(crate) struct ShareProps {
    pub(crate) state: State,
    pub(crate) on_close: Callback<()>,
}

/// The menu of ways out. Nothing happens before a button is pressed.
#[function_component]
pub(crate) fn ShareSheet(props: &ShareProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let state = &props.state;
    let save = {
        let send = send.clone();
        Callback::from(move |_: MouseEvent| send.dispatch(Action::Save))
    };
    let command = format!(
        "wavetank simulate scenario.json --seed {} --digest",
        state.settings.seed
    );
    let is_own = state
        .fleet
        .as_ref()
        .is_some_and(|fleet| fleet.source != "generated");
    let view = browser::address_with(&Link::of(state));
    let whole = browser::address_with(&Link::with_settings(state));
    html! {
        <Dialog title="Share" testid="share-sheet" class="menu" on_close={props.on_close.clone()}>
            <section>
                <h3>{ "The scenario" }</h3>
                <p class="prose">
                    { "Fleet, plan, faults and seed in one file. The command line makes the same \
                       rehearsal of it, down to the digest." }
                    if is_own {
                        { " It holds what was kept of your dumps: names and sizes, no secrets." }
                    }
                </p>
                <button type="button" class="primary" data-testid="export" onclick={save}>
                    <Icon glyph={Glyph::File} />{ "Save the scenario" }
                </button>
                { copied(&command, "Copy the command", "copy-command", &send) }
            </section>
            <section>
                <h3>{ "A link" }</h3>
                { copied(&view, "Copy the link to this view", "copy-view", &send) }
                if is_own {
                    <p class="prose soft">{ "Your fleet is not part of a link; who opens it \
                        needs the files." }</p>
                }
                { copied(&whole, "Copy the link with plan and faults", "copy-link", &send) }
                <p class="soft">{ format!("{} characters, all of them after the #: no server sees \
                    them.", whole.len()) }</p>
            </section>
        </Dialog>
    }
}

fn copied(text: &str, label: &'static str, testid: &'static str, send: &Send) -> Html {
    let (send, copy) = (send.clone(), text.to_owned());
    html! {
        <div class="copy">
            <code class="mono cut" title={text.to_owned()}>{ text.to_owned() }</code>
            <button type="button" class="small" data-testid={testid} onclick={move |_| {
                browser::copy(&copy);
                send.dispatch(Action::Say("Copied".to_owned()));
            }}>{ label }</button>
        </div>
    }
}
