//! On a narrow screen one pane is shown at a time; these choose which.

use yew::prelude::*;

use crate::page::Send;
use crate::state::{Action, PhoneTab};

const TABS: [(PhoneTab, &str); 5] = [
    (PhoneTab::Gantt, "Waves"),
    (PhoneTab::Causes, "Why"),
    (PhoneTab::Events, "Events"),
    (PhoneTab::Levels, "Levels"),
    (PhoneTab::Fleet, "Fleet"),
];

#[derive(PartialEq, Properties)]
pub(crate) struct PhoneTabsProps {
    pub(crate) chosen: PhoneTab,
}

/// The tabs; hidden by the style sheet where there is room for everything.
#[function_component]
pub(crate) fn PhoneTabs(props: &PhoneTabsProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    html! {
        <nav class="phone-tabs" aria-label="Panes">
            { for TABS.into_iter().map(|(tab, word)| {
                let send = send.clone();
                let is_chosen = tab == props.chosen;
                html! {
                    <button type="button" class={classes!("tab", is_chosen.then_some("chosen"))}
                        aria-pressed={is_chosen.to_string()}
                        data-testid={format!("phone-{}", word.to_ascii_lowercase())}
                        onclick={move |_| send.dispatch(Action::Phone(tab))}>{ word }</button>
                }
            }) }
        </nav>
    }
}
