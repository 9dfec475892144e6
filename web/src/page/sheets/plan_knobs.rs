//! The fields that the forms are made of: numbers, durations, choices, switches.

use wavetank_core::units::{DurationError, SimDuration};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::draw::drain;

/// A whole number between two bounds.
pub(super) fn number(
    label: &'static str,
    value: u32,
    (least, most): (u32, u32),
    on_change: Callback<u32>,
) -> Html {
    let onchange = Callback::from(move |event: Event| {
        let field = event.target_unchecked_into::<HtmlInputElement>();
        match field.value().trim().parse::<u32>() {
            Ok(number) if (least..=most).contains(&number) => on_change.emit(number),
            _ => field.set_value(&value.to_string()),
        }
    });
    html! {
        <label class="field"><span>{ label }</span>
            <input type="number" min={least.to_string()} max={most.to_string()}
                value={value.to_string()} {onchange} />
        </label>
    }
}

/// A length of time, as `90s` or `1h30m`.
pub(super) fn duration(
    label: &'static str,
    value: SimDuration,
    on_change: Callback<SimDuration>,
) -> Html {
    length(label, value.to_string(), str::parse, on_change)
}

/// A length of time that may be left out: nothing and zero are no limit.
pub(super) fn limit(
    label: &'static str,
    value: Option<SimDuration>,
    on_change: Callback<Option<SimDuration>>,
) -> Html {
    let shown = value.map_or("0s".to_owned(), |limit| limit.to_string());
    length(label, shown, drain::limit, on_change)
}

/// A field whose text is read as a length of time; what cannot be read is said at the field.
fn length<T: 'static>(
    label: &'static str,
    shown: String,
    read: fn(&str) -> Result<T, DurationError>,
    on_change: Callback<T>,
) -> Html {
    let onchange = Callback::from(move |event: Event| {
        let field = event.target_unchecked_into::<HtmlInputElement>();
        match read(&field.value()) {
            Ok(value) => {
                field.set_custom_validity("");
                on_change.emit(value);
            }
            Err(error) => {
                field.set_custom_validity(&error.to_string());
                field.report_validity();
            }
        }
    });
    html! {
        <label class="field"><span>{ label }</span>
            <input type="text" class="mono" title="Whole numbers with units: 90s, 1h30m, 2d"
                value={shown} {onchange} />
        </label>
    }
}

/// One of several, by value and word.
pub(super) fn choice(
    label: &'static str,
    choices: &[(&'static str, String)],
    chosen: &str,
    on_change: Callback<String>,
) -> Html {
    let onchange = Callback::from(move |event: Event| {
        on_change.emit(event.target_unchecked_into::<HtmlSelectElement>().value());
    });
    html! {
        <label class="field"><span>{ label }</span>
            <select {onchange}>
                { for choices.iter().map(|(value, word)| html! {
                    <option value={*value} selected={*value == chosen}>{ word.clone() }</option>
                }) }
            </select>
        </label>
    }
}

/// Yes or no.
pub(super) fn switch(label: &'static str, value: bool, on_change: Callback<bool>) -> Html {
    let onchange = Callback::from(move |event: Event| {
        on_change.emit(event.target_unchecked_into::<HtmlInputElement>().checked());
    });
    html! {
        <label class="field check">
            <input type="checkbox" checked={value} {onchange} /><span>{ label }</span>
        </label>
    }
}
