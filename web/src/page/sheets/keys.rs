//! The sheet of keys, from the one table.

use yew::prelude::*;

use crate::keys::{Group, KEYS};
use crate::page::kit::dialog::Dialog;

#[derive(PartialEq, Properties)]
pub(crate) struct KeysProps {
    pub(crate) on_close: Callback<()>,
}

/// Every key there is.
#[function_component]
pub(crate) fn KeysSheet(props: &KeysProps) -> Html {
    html! {
        <Dialog title="Keys" testid="keys-sheet" class="sheet wide"
            on_close={props.on_close.clone()}>
            <div class="key-groups">
                { for Group::ALL.into_iter().map(section) }
            </div>
            <p class="soft">
                { "Single letters work while no field has the focus. On a Mac, Ctrl is ⌘." }
            </p>
        </Dialog>
    }
}

fn section(group: Group) -> Html {
    let bindings = KEYS.iter().filter(|binding| binding.group == group);
    html! {
        <section>
            <h3>{ group.title() }</h3>
            <dl class="key-list">
                { for bindings.map(|binding| html! {
                    <div>
                        <dt>{ for binding.chords.iter().map(|chord| html! {
                            <kbd>{ chord.text() }</kbd>
                        }) }</dt>
                        <dd>{ binding.label }</dd>
                    </div>
                }) }
            </dl>
        </section>
    }
}
