//! Hooks: the width of an element, a media query, the frame loop, the keyboard.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, KeyboardEvent, ResizeObserver, ResizeObserverEntry};
use yew::prelude::*;

use super::browser::window;
use crate::design::tokens::Shade;
use crate::state::Theme;

/// Width and height of an element's content in whole pixels; zero until it is known.
#[hook]
pub(crate) fn use_size(node: NodeRef) -> (f64, f64) {
    let size = use_state_eq(|| (0.0, 0.0));
    {
        let size = size.clone();
        use_effect_with(node, move |node| {
            let observer = node.cast::<Element>().map(|element| {
                let resized = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
                    if let Ok(entry) = entries.get(0).dyn_into::<ResizeObserverEntry>() {
                        let rect = entry.content_rect();
                        size.set((rect.width().floor(), rect.height().floor()));
                    }
                });
                let observer = ResizeObserver::new(resized.as_ref().unchecked_ref())
                    .expect("every browser that runs Wasm observes sizes");
                observer.observe(&element);
                (observer, resized)
            });
            move || {
                if let Some((observer, _resized)) = observer {
                    observer.disconnect();
                }
            }
        });
    }
    *size
}

/// Whether a media query holds, now and when it changes.
#[hook]
pub(crate) fn use_media(query: &'static str) -> bool {
    let matches = use_state_eq(|| media_matches(query));
    {
        let matches = matches.clone();
        use_effect_with((), move |()| {
            let list = window().match_media(query).ok().flatten();
            let changed =
                Closure::<dyn FnMut(Event)>::new(move |_| matches.set(media_matches(query)));
            if let Some(list) = &list {
                list.set_onchange(Some(changed.as_ref().unchecked_ref()));
            }
            move || {
                if let Some(list) = list {
                    list.set_onchange(None);
                }
                drop(changed);
            }
        });
    }
    *matches
}

fn media_matches(query: &str) -> bool {
    let list = window().match_media(query).ok().flatten();
    list.is_some_and(|list| list.matches())
}

/// Light or dark, as the reader or the system has it; canvases need to know.
#[hook]
pub(crate) fn use_shade(theme: Theme) -> Shade {
    let system_is_dark = use_media("(prefers-color-scheme: dark)");
    match theme {
        Theme::Dark => Shade::Dark,
        Theme::Auto if system_is_dark => Shade::Dark,
        Theme::Light | Theme::Auto => Shade::Light,
    }
}

type FrameLoop = RefCell<Option<Closure<dyn FnMut(f64)>>>;

/// Calls back once per frame with the time since the last, for as long as `running` holds.
#[hook]
pub(crate) fn use_frames(running: bool, on_frame: Callback<f64>) {
    use_effect_with(running, move |running| {
        let alive = Rc::new(Cell::new(*running));
        if *running {
            start_frames(&alive, on_frame);
        }
        move || alive.set(false)
    });
}

fn start_frames(alive: &Rc<Cell<bool>>, on_frame: Callback<f64>) {
    let kept: Rc<FrameLoop> = Rc::default();
    let again = Rc::clone(&kept);
    let alive = Rc::clone(alive);
    let mut last = None;
    *kept.borrow_mut() = Some(Closure::new(move |now: f64| {
        if !alive.get() {
            // The loop holds itself; letting go here ends it.
            let _ended = again.take();
            return;
        }
        on_frame.emit(last.map_or(0.0, |last| now - last));
        last = Some(now);
        request_frame(&again);
    }));
    request_frame(&kept);
}

fn request_frame(frames: &FrameLoop) {
    if let Some(frame) = frames.borrow().as_ref() {
        let _ = window().request_animation_frame(frame.as_ref().unchecked_ref());
    }
}

/// Calls back for every key that goes down anywhere on the page.
#[hook]
pub(crate) fn use_keys(on_key: Callback<KeyboardEvent>) {
    use_window_event(
        "keydown",
        Callback::from(move |event: Event| {
            if let Ok(event) = event.dyn_into::<KeyboardEvent>() {
                on_key.emit(event);
            }
        }),
    );
}

/// Calls back for an event of the window; the listener is put in place once.
#[hook]
pub(crate) fn use_window_event(name: &'static str, on_event: Callback<Event>) {
    let latest = use_mut_ref(|| on_event.clone());
    *latest.borrow_mut() = on_event;
    use_effect_with((), move |()| {
        let listener = Closure::<dyn FnMut(Event)>::new(move |event| {
            let on_event = latest.borrow().clone();
            on_event.emit(event);
        });
        let function: js_sys::Function = listener
            .as_ref()
            .unchecked_ref::<js_sys::Function>()
            .clone();
        let _ = window().add_event_listener_with_callback(name, &function);
        move || {
            let _ = window().remove_event_listener_with_callback(name, &function);
            drop(listener);
        }
    });
}

/// Calls back once things have been quiet for a while.
#[hook]
pub(crate) fn use_quiet<T: PartialEq + 'static>(value: T, delay_ms: i32, on_quiet: Callback<()>) {
    use_effect_with(value, move |_| {
        let fire = Closure::once(move || on_quiet.emit(()));
        let timer = window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(
                fire.as_ref().unchecked_ref(),
                delay_ms,
            )
            .ok();
        move || {
            if let Some(timer) = timer {
                window().clear_timeout_with_handle(timer);
            }
            drop(fire);
        }
    });
}
