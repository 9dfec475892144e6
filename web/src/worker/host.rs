//! The worker's end of the bridge: hears frames, works in slices, answers in frames.
//!
//! Work is done in slices of a few milliseconds, and between two of them the event loop turns:
//! that is when Cancel, a newer request or a question about the last rehearsal comes in.

use std::cell::{Cell, RefCell};
use std::panic;
use std::rc::Rc;

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DedicatedWorkerGlobalScope, File, MessageChannel, MessageEvent};

use super::desk::{Desk, Slice};
use super::read;
use crate::protocol::{self, FromWorker, Serial, ToWorker};

/// How long a slice may last, in milliseconds.
const SLICE_MS: f64 = 8.0;
/// How long the page may be without news, in milliseconds.
const NEWS_MS: f64 = 80.0;

/// The worker's state, shared by the listener and the job under way.
pub(super) struct Host {
    pub(super) desk: RefCell<Desk>,
    /// Counts jobs; one that is not the latest stops at its next breath.
    job: Cell<u32>,
    /// The request that the latest job works on.
    serial: Cell<Serial>,
    last_news: Cell<f64>,
}

/// A job's right to go on.
#[derive(Clone, Copy)]
pub(super) struct Job {
    number: u32,
    pub(super) serial: Serial,
}

/// Answers the page for as long as the worker lives.
pub fn run() {
    let host = Rc::new(Host {
        desk: RefCell::default(),
        job: Cell::new(0),
        serial: Cell::new(0),
        last_news: Cell::new(0.0),
    });
    listen(move |frame, files| match protocol::decode(&frame) {
        Ok(request) => host.hear(request, files),
        Err(error) => say_last_words(&error.to_string()),
    });
}

impl Host {
    fn hear(self: &Rc<Self>, request: ToWorker, files: Vec<File>) {
        match request {
            ToWorker::Generate {
                serial,
                options,
                settings,
            } => {
                let (host, job) = (Rc::clone(self), self.begin(serial));
                spawn_local(async move {
                    let fleet = host
                        .desk
                        .borrow_mut()
                        .generate(serial, options, settings.clone());
                    post(&fleet);
                    host.rehearse(job, settings).await;
                });
            }
            ToWorker::Open {
                serial,
                paths,
                settings,
            } => {
                let (host, job) = (Rc::clone(self), self.begin(serial));
                spawn_local(async move { read::open(&host, job, paths, files, settings).await });
            }
            ToWorker::Rehearse { serial, settings } => {
                let (host, job) = (Rc::clone(self), self.begin(serial));
                spawn_local(async move { host.rehearse(job, settings).await });
            }
            ToWorker::Cancel => {
                let serial = self.serial.get();
                self.begin(serial);
                self.desk.borrow_mut().cancel();
                post(&FromWorker::Canceled { serial });
            }
            question => {
                if let Some(answer) = self.desk.borrow().answer(question) {
                    post(&answer);
                }
            }
        }
    }

    /// Takes a job up; any other ends.
    fn begin(&self, serial: Serial) -> Job {
        self.job.set(self.job.get() + 1);
        self.serial.set(serial);
        Job {
            number: self.job.get(),
            serial,
        }
    }

    /// Lets the event loop turn; says whether the job is still wanted.
    pub(super) async fn breathe(&self, job: Job) -> bool {
        turn().await;
        self.job.get() == job.number
    }

    /// Posts progress unless there was some a moment ago.
    pub(super) fn tell(&self, job: Job, progress: protocol::Progress) {
        let now = now_ms();
        if now - self.last_news.get() < NEWS_MS {
            return;
        }
        self.last_news.set(now);
        let serial = job.serial;
        post(&FromWorker::Progress { serial, progress });
    }

    /// Rehearses to the end, or until the job is no longer wanted.
    pub(super) async fn rehearse(
        self: &Rc<Self>,
        job: Job,
        settings: wavetank_core::trial::RunSettings,
    ) {
        if let Err(refusal) = self.desk.borrow_mut().begin(job.serial, settings) {
            return post(&refusal);
        }
        let started = now_ms();
        let mut n_events: u32 = 500;
        loop {
            let slice_start = now_ms();
            let slice = self.desk.borrow_mut().advance(n_events);
            let Slice::More(progress) = slice else { break };
            n_events = next_slice(n_events, now_ms() - slice_start);
            self.tell(job, progress);
            if !self.breathe(job).await {
                return;
            }
        }
        let took_ms = (now_ms() - started) as u32;
        if let Some(answer) = self.desk.borrow().rehearsed(job.serial, took_ms) {
            post(&answer);
        }
    }
}

/// As many events as fit a slice, going by the last one, and never far from it.
fn next_slice(n_events: u32, took_ms: f64) -> u32 {
    let fitting = f64::from(n_events) * SLICE_MS / took_ms.max(0.1);
    (fitting as u32)
        .clamp(n_events / 4, n_events * 2)
        .clamp(50, 200_000)
}

/// Calls `on_frame` for every frame from the page, for as long as the worker lives.
fn listen(mut on_frame: impl FnMut(Vec<u8>, Vec<File>) + 'static) {
    panic::set_hook(Box::new(|info| say_last_words(&info.to_string())));
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let data = event.data();
        if data.is_null() {
            say_ready();
        } else if let Some(parcel) = data.dyn_ref::<Array>() {
            let files = parcel.iter().skip(1).map(JsCast::unchecked_into);
            on_frame(Uint8Array::new(&parcel.get(0)).to_vec(), files.collect());
        } else {
            on_frame(Uint8Array::new(&data).to_vec(), Vec::new());
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    say_ready();
}

/// Sends one answer to the page.
pub(super) fn post(answer: &FromWorker) {
    let frame = Uint8Array::from(protocol::encode(answer).as_slice());
    scope()
        .post_message_with_transfer(&frame, &Array::of1(&frame.buffer()))
        .expect("a buffer of our own can be transferred");
}

/// The time, in milliseconds since some beginning.
fn now_ms() -> f64 {
    scope()
        .performance()
        .map_or(0.0, |performance| performance.now())
}

/// Lets the event loop turn once. A message to oneself, because a timer would wait four
/// milliseconds each time.
async fn turn() {
    let Ok(channel) = MessageChannel::new() else {
        return;
    };
    let promise = Promise::new(&mut |resolve, _| {
        channel.port1().set_onmessage(Some(&resolve));
        // If it fails, the promise would never end; resolving at once only costs a breath.
        if channel.port2().post_message(&JsValue::NULL).is_err() {
            let _ = resolve.call0(&JsValue::NULL);
        }
    });
    let _ = JsFuture::from(promise).await;
    channel.port1().close();
}

fn say_last_words(words: &str) {
    // Nothing is left to do if even this fails: the page still sees the error event.
    let _ = scope().post_message(&JsValue::from_str(words));
}

fn say_ready() {
    scope()
        .post_message(&JsValue::NULL)
        .expect("null can always be posted");
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
