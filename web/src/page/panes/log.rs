//! The event log: as many rows as fit, taken from the worker as they come into sight.

use wavetank_core::report::{EventLevel, EventRow, FleetReport};
use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::design::states;
use crate::draw::format;
use crate::page::commands::LOG_FIELD;
use crate::page::kit::browser::set_css;
use crate::page::kit::hooks::{use_quiet, use_size};
use crate::page::kit::icon::sign;
use crate::page::{Clock, Send};
use crate::state::{Action, Direction, Follow, Log, Shared};

/// The height of a row in pixels.
const ROW: u32 = 40;
/// Browsers give up on elements much higher than this; further rows need a filter.
const MOST_ROWS: u32 = 400_000;

const LEVELS: [(EventLevel, &str); 4] = [
    (EventLevel::Bad, "bad only"),
    (EventLevel::Warning, "warnings"),
    (EventLevel::Info, "milestones"),
    (EventLevel::Detail, "everything"),
];

#[derive(PartialEq, Properties)]
pub(crate) struct LogProps {
    pub(crate) log: Log,
    pub(crate) clock: Clock,
    pub(crate) event: Option<u32>,
    pub(crate) cluster: Option<u32>,
    pub(crate) fleet: Option<Shared<FleetReport>>,
    pub(crate) has_run: bool,
}

/// The log with its filters.
#[function_component]
pub(crate) fn EventLog(props: &LogProps) -> Html {
    html! {
        <div class="log" data-testid="event-log">
            <Filters log={props.log.clone()} cluster={props.cluster} fleet={props.fleet.clone()} />
            <Rows log={props.log.clone()} clock={props.clock.clone()} event={props.event} />
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct FilterProps {
    log: Log,
    cluster: Option<u32>,
    fleet: Option<Shared<FleetReport>>,
}

#[function_component]
fn Filters(props: &FilterProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let typed = use_state_eq(|| props.log.filter.text.to_string());
    {
        let (send, text) = (send.clone(), (*typed).clone());
        let known = props.log.filter.text.clone();
        use_quiet(
            (*typed).clone(),
            150,
            Callback::from(move |()| {
                if *known != *text {
                    send.dispatch(Action::FilterText(text.clone()));
                }
            }),
        );
    }
    let oninput = Callback::from(move |event: InputEvent| {
        typed.set(event.target_unchecked_into::<HtmlInputElement>().value());
    });
    let filter = &props.log.filter;
    let total = props.log.total;
    html! {
        <div class="filters" role="group" aria-label="Filter the events">
            { level(filter.min_level, &send) }
            <input id={LOG_FIELD} type="search" placeholder="Filter…  /" data-testid="log-text"
                aria-label="Events whose text holds" value={filter.text.to_string()} {oninput} />
            { toggles(props, &send) }
            <div class="filter-row">
                <span class="soft" data-testid="log-total"
                    data-count={total.map(|total| total.to_string())}>
                    { total.map_or_else(|| "…".to_owned(),
                        |total| format::counted(u64::from(total), "event")) }
                </span>
                { bad(Direction::Back, &send) }
                { bad(Direction::Forward, &send) }
            </div>
        </div>
    }
}

fn level(chosen: EventLevel, send: &Send) -> Html {
    let send = send.clone();
    let onchange = Callback::from(move |event: Event| {
        let value = event.target_unchecked_into::<HtmlSelectElement>().value();
        if let Some((level, _)) = LEVELS.iter().find(|(_, word)| *word == value) {
            send.dispatch(Action::FilterLevel(*level));
        }
    });
    html! {
        <select aria-label="Lowest level" data-testid="log-level" {onchange}>
            { for LEVELS.iter().map(|(level, word)| html! {
                <option value={*word} selected={*level == chosen}>{ *word }</option>
            }) }
        </select>
    }
}

fn toggles(props: &FilterProps, send: &Send) -> Html {
    let name = props
        .cluster
        .and_then(|cluster| props.fleet.as_ref()?.clusters.get(cluster as usize))
        .map(|card| format::middle_cut(&card.name, 16));
    let cluster = {
        let send = send.clone();
        Callback::from(move |_: MouseEvent| send.dispatch(Action::ToggleFilterCluster))
    };
    let follow = {
        let send = send.clone();
        Callback::from(move |_: MouseEvent| send.dispatch(Action::ToggleFollow))
    };
    html! {
        <div class="filter-row">
            <button type="button" class="toggle" data-testid="log-cluster"
                aria-pressed={props.log.filter.only_selected.to_string()} onclick={cluster}>
                { name.map_or_else(
                    || "selected cluster".to_owned(),
                    |name| format!("only {name}"),
                ) }
            </button>
            <button type="button" class="toggle" data-testid="log-follow"
                aria-pressed={(props.log.follow == Follow::Cursor).to_string()} onclick={follow}>
                { "follow the waterline" }
            </button>
        </div>
    }
}

fn bad(direction: Direction, send: &Send) -> Html {
    let (word, key, testid) = match direction {
        Direction::Back => ("◂ bad", "Shift+N", "previous-bad"),
        Direction::Forward => ("bad ▸", "n", "next-bad"),
    };
    let label = match direction {
        Direction::Back => "Bad event before",
        Direction::Forward => "Next bad event",
    };
    let send = send.clone();
    html! {
        <button type="button" class="small" aria-label={label} title={format!("{label} ({key})")}
            data-testid={testid} onclick={move |_| send.dispatch(Action::StepBad(direction))}>
            { word }
        </button>
    }
}

#[derive(PartialEq, Properties)]
struct RowsProps {
    log: Log,
    clock: Clock,
    event: Option<u32>,
}

#[function_component]
fn Rows(props: &RowsProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let scroller = use_node_ref();
    let (_, height) = use_size(scroller.clone());
    let top = use_state_eq(|| 0_u32);
    let total = props.log.total.unwrap_or_default().min(MOST_ROWS);
    let n_visible = (height as u32) / ROW + 2;
    let first = (*top / ROW).min(total.saturating_sub(1));
    let last = (first + n_visible).min(total.saturating_sub(1));
    {
        let send = send.clone();
        let missing = total > 0 && (first..=last).any(|row| props.log.row_at(row).is_none());
        use_effect_with((props.log.serial, first, last, missing), move |range| {
            if range.3 {
                send.dispatch(Action::LogSeen(range.1, range.2));
            }
        });
    }
    let target = props.log.row.filter(|_| props.log.follow == Follow::Cursor);
    {
        let scroller = scroller.clone();
        use_effect_with(
            (target, height as u32, total),
            move |(target, height, _)| {
                if let (Some(row), Some(element)) = (target, scroller.cast::<HtmlElement>()) {
                    let middle = (row.saturating_sub(1) * ROW)
                        .saturating_sub((height - ROW.min(*height)) / 2);
                    element.set_scroll_top(middle as i32);
                }
            },
        );
    }
    let onscroll = {
        let scroller = scroller.clone();
        Callback::from(move |_: Event| {
            if let Some(element) = scroller.cast::<HtmlElement>() {
                top.set(element.scroll_top().max(0) as u32);
            }
        })
    };
    let rows = (first..=last).filter(|_| total > 0).map(|row| html! {
        <LogRow key={row} {row} event={props.log.row_at(row).cloned()} clock={props.clock.clone()}
            chosen={props.event} is_last={props.log.row == Some(row + 1)}
            is_past={props.log.row.is_some_and(|now| row < now)} />
    });
    html! {
        <div class="scroll log-scroll" ref={scroller} {onscroll} tabindex="0" role="region"
            aria-label="Events">
            <ol class="log-rows" aria-label={format!("{total} events")}>
                <svg class="spacer" width="1" height={(total * ROW).to_string()}
                    aria-hidden="true" />
                { for rows }
            </ol>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct RowProps {
    row: u32,
    event: Option<EventRow>,
    clock: Clock,
    chosen: Option<u32>,
    is_last: bool,
    is_past: bool,
}

#[function_component]
fn LogRow(props: &RowProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let node = use_node_ref();
    use_effect_with((node.clone(), props.row), |(node, row)| {
        set_css(node, "top", &format!("{}px", row * ROW));
    });
    let Some(event) = &props.event else {
        return html! { <li class="log-row waiting" ref={node}>{ "…" }</li> };
    };
    let look = states::level(event.level);
    let is_chosen = props.chosen == Some(event.id);
    let (id, at_ms, cluster) = (event.id, event.at_ms, event.cluster);
    html! {
        <li ref={node} class={classes!("log-row", is_chosen.then_some("chosen"),
            props.is_last.then_some("at-cursor"), (!props.is_past).then_some("ahead"))}>
            <button type="button" data-testid="event" data-level={look.word}
                data-reason={event.reason.clone()} aria-pressed={is_chosen.to_string()}
                title={format!("{} · {} · {}\n{}", event.cluster_name, event.reason, event.subject,
                    event.sentence)}
                onclick={move |_| send.dispatch(Action::SelectEvent(id, at_ms, cluster))}>
                <span class="log-head">
                    { sign(&look) }<span class="hidden-text">{ look.word }</span>
                    <time>{ props.clock.log_time(at_ms) }</time>
                    <span class="log-cluster cut">{ event.cluster_name.clone() }</span>
                    <span class="log-reason cut">{ event.reason.clone() }</span>
                </span>
                <span class="log-text cut">{ event.sentence.clone() }</span>
            </button>
        </li>
    }
}
