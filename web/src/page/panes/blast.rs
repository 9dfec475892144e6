//! The blast radius: which services are hit, how badly, how long, through whom; a click asks why.

use wavetank_core::report::{BlastRow, RunReport};
use yew::prelude::*;

use crate::design::glyphs::Glyph;
use crate::draw::{blast, format};
use crate::page::kit::icon::Icon;
use crate::page::{Clock, Send};
use crate::state::{Action, Jump, PhoneTab, Shared};

#[derive(PartialEq, Properties)]
pub(crate) struct BlastProps {
    pub(crate) run: Option<Shared<RunReport>>,
    pub(crate) clock: Clock,
}

/// The services that are hit, the most critical first.
#[function_component]
pub(crate) fn Blast(props: &BlastProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let Some(run) = &props.run else {
        return html! { <p class="hint">{ "The rehearsal is under way." }</p> };
    };
    let radius = &run.blast_radius;
    let n_more = u64::from(radius.hit).saturating_sub(radius.rows.len() as u64);
    html! {
        <div class="scroll object" tabindex="0" role="region" aria-label="Blast radius"
            data-testid="blast">
            <h3>{ "Blast radius" }</h3>
            <p data-testid="blast-headline">{ radius.headline.clone() }</p>
            if radius.calls == 0 {
                <p class="soft">
                    { "? No calls between services are known, so nothing is carried from one to \
                       another. A scenario's " }<code>{ "services" }</code>{ " state them." }
                </p>
            }
            { for radius.unusable.iter().map(|text| html! {
                <p><Icon glyph={Glyph::Review} class="c-review" />{ text.clone() }</p>
            }) }
            <ol>
                { for radius.rows.iter().map(|one| row(one, props, &send)) }
            </ol>
            if n_more > 0 {
                <p class="soft">
                    { format!("and {} more; ", format::count(n_more)) }
                    <code>{ "wavetank blast" }</code>{ " lists them all." }
                </p>
            }
        </div>
    }
}

fn row(row: &BlastRow, props: &BlastProps, send: &Send) -> Html {
    let (glyph, class) = if row.down_ms > 0 {
        (Glyph::Blocked, "c-blocked")
    } else {
        (Glyph::Review, "c-review")
    };
    let ask = row.event.map(|event| {
        let send = send.clone();
        Callback::from(move |_: MouseEvent| {
            send.dispatch(Action::Explain(event, Jump::ToEvent));
            send.dispatch(Action::Phone(PhoneTab::Causes));
        })
    });
    let at = props.clock.instant(row.worst_at_ms);
    html! {
        <li class="blast-row" data-testid="blast-row"
            data-event={row.event.map(|event| event.to_string())}>
            <button type="button" onclick={ask} disabled={row.event.is_none()}>
                <strong><Icon {glyph} {class} />
                    { format!("{} in {}", row.service, row.cluster_name) }</strong>
                <span>{ blast::extent(row) }</span>
                { for blast::notes(row).into_iter().map(|note| html! {
                    <span>{ note }</span>
                }) }
                <span class="soft">{ format!("{at}: {}.", row.because) }</span>
            </button>
        </li>
    }
}
