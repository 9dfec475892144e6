//! The page's end of the bridge: starts a worker, sends it frames, hears its answers.
//!
//! A frame sent before the worker listens would be lost, so frames wait until it says "ready". It
//! says so once when it starts and once for every question, and the question is asked after the
//! listener is in place: whichever of the two was late, one answer arrives.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, File, MessageEvent, Worker, WorkerOptions, WorkerType};
use yew::Callback;

/// Where Trunk puts the worker; `cargo xtask build` hands over a start function instead.
const TRUNK_WORKER: &str = "wavetank-worker_loader.js";

/// What a worker says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkerEvent {
    /// One frame of the protocol.
    Frame(Vec<u8>),
    /// The worker is of no more use: it could not start, or it died. The text is for people.
    Fault(String),
}

/// A running worker; dropping it ends the worker.
pub struct WorkerClient {
    shared: Rc<Shared>,
    /// Called by the browser, so they must live as long as the worker.
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

struct Shared {
    worker: Worker,
    ready: Cell<bool>,
    waiting: RefCell<Vec<(Uint8Array, Vec<File>)>>,
}

impl WorkerClient {
    /// Starts a worker that reports to `listener`, or says why it cannot.
    pub fn start(listener: Callback<WorkerEvent>) -> Result<Self, String> {
        let worker = start_worker().map_err(|error| describe(&error))?;
        let shared = Rc::new(Shared {
            worker,
            ready: Cell::new(false),
            waiting: RefCell::default(),
        });
        let on_message = {
            let (shared, listener) = (Rc::clone(&shared), listener.clone());
            Closure::new(move |event: MessageEvent| shared.hear(&event.data(), &listener))
        };
        let on_error = Closure::new(move |event: ErrorEvent| {
            event.prevent_default();
            listener.emit(WorkerEvent::Fault(event.message()));
        });
        let worker = &shared.worker;
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker
            .post_message(&JsValue::NULL)
            .map_err(|error| describe(&error))?;
        Ok(Self {
            shared,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// Sends one frame, with files beside it; frames arrive in the order sent.
    pub fn send(&self, frame: &[u8], files: Vec<File>) {
        let frame = Uint8Array::from(frame);
        if self.shared.ready.get() {
            self.shared.post(&frame, &files);
        } else {
            self.shared.waiting.borrow_mut().push((frame, files));
        }
    }
}

impl Drop for WorkerClient {
    fn drop(&mut self) {
        self.shared.worker.set_onmessage(None);
        self.shared.worker.set_onerror(None);
        self.shared.worker.terminate();
    }
}

impl Shared {
    fn hear(&self, data: &JsValue, listener: &Callback<WorkerEvent>) {
        if data.is_null() {
            self.ready.set(true);
            for (frame, files) in self.waiting.take() {
                self.post(&frame, &files);
            }
        } else if let Some(last_words) = data.as_string() {
            listener.emit(WorkerEvent::Fault(last_words));
        } else {
            listener.emit(WorkerEvent::Frame(Uint8Array::new(data).to_vec()));
        }
    }

    /// Hands the bytes over rather than copying them once more; of files, only handles travel.
    fn post(&self, frame: &Uint8Array, files: &[File]) {
        let transfer = Array::of1(&frame.buffer());
        let message: JsValue = if files.is_empty() {
            frame.into()
        } else {
            let parcel = Array::of1(frame);
            for file in files {
                parcel.push(file);
            }
            parcel.into()
        };
        self.worker
            .post_message_with_transfer(&message, &transfer)
            .expect("a buffer of our own can be transferred");
    }
}

#[wasm_bindgen]
extern "C" {
    /// Defined by `web/boot/boot.js`, which alone may name a worker's script.
    #[wasm_bindgen(js_name = wavetankStartWorker, catch)]
    fn boot_start_worker() -> Result<Worker, JsValue>;
}

fn start_worker() -> Result<Worker, JsValue> {
    if Reflect::has(&js_sys::global(), &"wavetankStartWorker".into())? {
        return boot_start_worker();
    }
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    Worker::new_with_options(TRUNK_WORKER, &options)
}

fn describe(error: &JsValue) -> String {
    format!("the worker could not start: {error:?}")
}
