//! The page's hold on the browser: address, storage, clipboard, downloads, time zone.
//!
//! Everything that a browser may refuse is tolerated here, so that callers need not care.

use js_sys::{Array, Date, Intl, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, Element, HtmlAnchorElement, HtmlElement, Storage, Window};
use yew::NodeRef;

use crate::draw::zone::Zone;
use crate::state::Theme;

const THEME_KEY: &str = "wavetank.theme";
/// Room for a heading that sticks to the upper edge of a pane.
const REVEAL_MARGIN: f64 = 26.0;
const HOUR_MS: i64 = 3_600_000;
/// Offsets are asked for hour by hour, over at most this many hours.
const MOST_HOURS: i64 = 24 * 120;

/// The window; a page always has one.
pub(crate) fn window() -> Window {
    web_sys::window().expect("a page has a window")
}

/// What stands in the address after the `#`.
pub(crate) fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// Changes what stands there, without a new entry in the history.
pub(crate) fn set_fragment(fragment: &str) {
    let Ok(history) = window().history() else {
        return;
    };
    // A browser that finds this too often refuses; the next change is another chance.
    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("#{fragment}")));
}

/// The whole address with another fragment.
pub(crate) fn address_with(fragment: &str) -> String {
    let address = window().location().href().unwrap_or_default();
    let page = address.split('#').next().unwrap_or_default();
    format!("{page}#{fragment}")
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// The theme chosen last time.
pub(crate) fn stored_theme() -> Theme {
    let stored = storage().and_then(|storage| storage.get_item(THEME_KEY).ok().flatten());
    match stored.as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::Auto,
    }
}

/// Puts a theme on the page and remembers it.
pub(crate) fn apply_theme(theme: Theme) {
    let name = match theme {
        Theme::Auto => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    };
    if let Some(root) = window()
        .document()
        .and_then(|document| document.document_element())
    {
        let _ = match name {
            Some(name) => root.set_attribute("data-theme", name),
            None => root.remove_attribute("data-theme"),
        };
    }
    if let Some(storage) = storage() {
        let _ = match name {
            Some(name) => storage.set_item(THEME_KEY, name),
            None => storage.remove_item(THEME_KEY),
        };
    }
}

/// Names the page.
pub(crate) fn set_title(title: &str) {
    if let Some(document) = window().document() {
        document.set_title(title);
    }
}

/// Hands a text to the reader as a file.
pub(crate) fn download(name: &str, text: &str) {
    let bytes = Uint8Array::from(text.as_bytes());
    let kind = BlobPropertyBag::new();
    kind.set_type("application/json");
    let blob = Blob::new_with_u8_array_sequence_and_options(&Array::of1(&bytes), &kind);
    let Ok(url) = blob.and_then(|blob| web_sys::Url::create_object_url_with_blob(&blob)) else {
        return;
    };
    let anchor = window()
        .document()
        .and_then(|document| document.create_element("a").ok())
        .and_then(|element| element.dyn_into::<HtmlAnchorElement>().ok());
    if let Some(anchor) = anchor {
        anchor.set_href(&url);
        anchor.set_download(name);
        anchor.click();
    }
    let _ = web_sys::Url::revoke_object_url(&url);
}

/// Puts a text into the clipboard, if the browser lets the page.
pub(crate) fn copy(text: &str) {
    let clipboard = window().navigator().clipboard();
    if !clipboard.is_undefined() {
        let _ = clipboard.write_text(text);
    }
}

/// The reader's zone, with its offsets over the stretch of a rehearsal.
pub(crate) fn zone(start_unix_ms: i64, length_ms: u64) -> Zone {
    let n_hours = (length_ms as i64 / HOUR_MS + 48).min(MOST_HOURS);
    let mut offsets: Vec<(i64, i32)> = Vec::new();
    for hour in 0..=n_hours {
        let unix_ms = start_unix_ms + (hour - 24) * HOUR_MS;
        let date = Date::new(&JsValue::from_f64(unix_ms as f64));
        let minutes = -(date.get_timezone_offset() as i32);
        if offsets.last().is_none_or(|(_, last)| *last != minutes) {
            offsets.push((unix_ms, minutes));
        }
    }
    Zone {
        name: zone_name().unwrap_or_default(),
        offsets,
    }
}

fn zone_name() -> Option<String> {
    let format = Intl::DateTimeFormat::new(&Array::new(), &Object::new());
    let options = format.resolved_options();
    Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}

/// Sets a style property of an element: the policy forbids `style` attributes, not this.
pub(crate) fn set_css(node: &NodeRef, property: &str, value: &str) {
    if let Some(element) = node.cast::<HtmlElement>() {
        let _ = element.style().set_property(property, value);
    }
}

/// Scrolls the nearest scrolling pane, and nothing beyond it, until an element is in sight.
pub(crate) fn reveal(element: &Element) {
    let Some(pane) = element.closest(".scroll").ok().flatten() else {
        return;
    };
    let (inside, outside) = (
        element.get_bounding_client_rect(),
        pane.get_bounding_client_rect(),
    );
    // A hidden pane has no place to scroll to.
    if outside.height() <= 0.0 {
        return;
    }
    let above = outside.top() + REVEAL_MARGIN - inside.top();
    let below = inside.bottom() - outside.bottom();
    if above > 0.0 {
        pane.set_scroll_top(pane.scroll_top() - above as i32);
    } else if below > 0.0 {
        pane.set_scroll_top(pane.scroll_top() + below as i32);
    }
}

/// An element of the page.
pub(crate) fn element(id: &str) -> Option<Element> {
    window().document()?.get_element_by_id(id)
}

/// Gives an element the focus.
pub(crate) fn focus(id: &str) {
    if let Some(element) = element(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Clicks an element, as the file field cannot be opened in any other way.
pub(crate) fn click(id: &str) {
    if let Some(element) = element(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.click();
    }
}
