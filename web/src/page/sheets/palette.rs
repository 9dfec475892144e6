//! The palette: commands and clusters by a few letters of their names.

use wavetank_core::report::FleetReport;
use web_sys::{HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

use crate::draw::search;
use crate::keys::{self, Command, KEYS};
use crate::page::kit::browser;
use crate::page::kit::dialog::Dialog;
use crate::page::{Send, commands};
use crate::state::{Action, Overlay, Shared, SideTab};

/// Entries that are shown.
const MOST_ENTRIES: usize = 12;
const FIELD: &str = "palette-field";

#[derive(PartialEq, Properties)]
pub(crate) struct PaletteProps {
    pub(crate) fleet: Option<Shared<FleetReport>>,
    pub(crate) on_close: Callback<()>,
}

#[derive(Clone, PartialEq)]
struct Entry {
    text: String,
    hint: String,
    does: Does,
}

#[derive(Clone, Copy, PartialEq)]
enum Does {
    Command(Command),
    Cluster(u32),
}

/// The palette.
#[function_component]
pub(crate) fn PaletteSheet(props: &PaletteProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let typed = use_state_eq(String::new);
    let chosen = use_state_eq(|| 0_usize);
    use_effect_with((), |()| browser::focus(FIELD));
    let entries = found(&typed, props.fleet.as_deref());
    let oninput = {
        let (typed, chosen) = (typed.clone(), chosen.clone());
        Callback::from(move |event: InputEvent| {
            typed.set(event.target_unchecked_into::<HtmlInputElement>().value());
            chosen.set(0);
        })
    };
    let onkeydown = {
        let (send, chosen, entries) = (send.clone(), chosen.clone(), entries.clone());
        Callback::from(move |event: KeyboardEvent| {
            let last = entries.len().saturating_sub(1);
            match event.key().as_str() {
                "ArrowDown" => chosen.set((*chosen + 1).min(last)),
                "ArrowUp" => chosen.set(chosen.saturating_sub(1)),
                "Enter" => {
                    if let Some(entry) = entries.get(*chosen) {
                        act(entry.does, &send);
                    }
                }
                _ => return,
            }
            event.prevent_default();
        })
    };
    let active = entries.get(*chosen).map(|_| format!("palette-{}", *chosen));
    html! {
        <Dialog title="Find a command or a cluster" testid="palette" class="sheet palette"
            on_close={props.on_close.clone()}>
            <input id={FIELD} type="text" autofocus=true
                role="combobox" aria-expanded="true" autocomplete="off"
                aria-controls="palette-list" aria-label="Command or cluster"
                aria-activedescendant={active}
                value={(*typed).clone()} {oninput} {onkeydown} />
            <ul id="palette-list" class="palette-list" role="listbox" aria-label="Found">
                { for entries.into_iter().enumerate().map(|(index, entry)| {
                    item(entry, index, *chosen == index, &send)
                }) }
            </ul>
        </Dialog>
    }
}

fn item(entry: Entry, index: usize, is_chosen: bool, send: &Send) -> Html {
    let (send, does) = (send.clone(), entry.does);
    html! {
        <li id={format!("palette-{index}")} role="option" aria-selected={is_chosen.to_string()}
            class={classes!(is_chosen.then_some("chosen"))} onclick={move |_| act(does, &send)}>
            <span class="cut" title={entry.text.clone()}>{ entry.text }</span>
            <span class="soft">{ entry.hint }</span>
        </li>
    }
}

fn act(does: Does, send: &Send) {
    send.dispatch(Action::Show(Overlay::None));
    match does {
        Does::Command(command) => commands::perform(command, send),
        Does::Cluster(cluster) => {
            send.dispatch(Action::SelectCluster(Some(cluster)));
            send.dispatch(Action::Side(SideTab::Object));
        }
    }
}

/// What answers best to what was typed.
fn found(typed: &str, fleet: Option<&FleetReport>) -> Vec<Entry> {
    let commands = KEYS
        .iter()
        .filter(|binding| !matches!(binding.command, Command::Palette | Command::Back))
        .map(|binding| Entry {
            text: binding.label.to_owned(),
            hint: keys::text_of(binding.command).unwrap_or_default(),
            does: Does::Command(binding.command),
        });
    let clusters = fleet.into_iter().flat_map(|fleet| {
        fleet
            .clusters
            .iter()
            .zip(0_u32..)
            .map(|(card, cluster)| Entry {
                text: card.name.clone(),
                hint: "cluster".to_owned(),
                does: Does::Cluster(cluster),
            })
    });
    let mut scored: Vec<(i32, Entry)> = commands
        .chain(clusters)
        .filter_map(|entry| Some((search::score(typed, &entry.text)?, entry)))
        .collect();
    if !typed.trim().is_empty() {
        scored.sort_by_key(|(score, _)| -score);
    }
    scored.truncate(MOST_ENTRIES);
    scored.into_iter().map(|(_, entry)| entry).collect()
}
