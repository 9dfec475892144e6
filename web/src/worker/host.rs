//! The worker's end of the bridge: hears frames, answers them, and says why when it dies.

use std::panic;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Answers every frame with "pong".
pub fn run() {
    listen(|frame| post(&[b"pong: ", frame.as_slice()].concat()));
}

/// Calls `on_frame` for every frame from the page, for as long as the worker lives.
pub fn listen(mut on_frame: impl FnMut(Vec<u8>) + 'static) {
    panic::set_hook(Box::new(|info| {
        let last_words = JsValue::from_str(&info.to_string());
        // Nothing is left to do if even this fails: the page still sees the error event.
        let _ = scope().post_message(&last_words);
    }));
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let data = event.data();
        if data.is_null() {
            say_ready();
        } else {
            on_frame(Uint8Array::new(&data).to_vec());
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    say_ready();
}

/// Sends one frame to the page.
pub fn post(frame: &[u8]) {
    let frame = Uint8Array::from(frame);
    scope()
        .post_message_with_transfer(&frame, &Array::of1(&frame.buffer()))
        .expect("a buffer of our own can be transferred");
}

fn say_ready() {
    scope()
        .post_message(&JsValue::NULL)
        .expect("null can always be posted");
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
