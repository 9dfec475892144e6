//! Carries the state's requests to the worker, and the worker's answers to the state.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::File;
use yew::prelude::*;

use super::Send;
use crate::protocol::{self, ToWorker};
use crate::state::{Action, State};
use crate::worker::client::{WorkerClient, WorkerEvent};

/// The worker, what was sent to it, and the files that wait to go with the next request.
#[derive(Default)]
pub(crate) struct Post {
    worker: RefCell<Option<WorkerClient>>,
    n_sent: Cell<u64>,
    files: RefCell<Vec<File>>,
}

impl Post {
    /// Keeps files until the request that names them is sent.
    pub(crate) fn keep(&self, files: Vec<File>) {
        *self.files.borrow_mut() = files;
    }

    /// Starts a worker in place of any other.
    fn start(&self, send: &Send) {
        let listener = {
            let send = send.clone();
            Callback::from(move |event| send.dispatch(action_of(event)))
        };
        *self.worker.borrow_mut() = None;
        match WorkerClient::start(listener) {
            Ok(worker) => *self.worker.borrow_mut() = Some(worker),
            Err(fault) => send.dispatch(Action::Died(fault)),
        }
    }

    /// Sends what is new in the outbox.
    fn deliver(&self, state: &State) {
        let worker = self.worker.borrow();
        let Some(worker) = worker.as_ref() else {
            return;
        };
        for (number, request) in (state.outbox_first..).zip(state.outbox.iter()) {
            if number < self.n_sent.get() {
                continue;
            }
            self.n_sent.set(number + 1);
            let files = match request {
                ToWorker::Open { .. } => self.files.take(),
                _ => Vec::new(),
            };
            worker.send(&protocol::encode(request), files);
        }
    }
}

fn action_of(event: WorkerEvent) -> Action {
    match event {
        WorkerEvent::Fault(words) => Action::Died(words),
        WorkerEvent::Frame(bytes) => match protocol::decode(&bytes) {
            Ok(answer) => Action::Heard(Box::new(answer)),
            Err(error) => Action::Died(error.to_string()),
        },
    }
}

/// Starts the worker once and keeps it supplied; hands out the means to attach files.
#[hook]
pub(crate) fn use_worker(state: &UseReducerHandle<State>) -> Rc<Post> {
    let post = use_memo((), |()| Post::default());
    {
        let (post, send) = (Rc::clone(&post), state.dispatcher());
        use_effect_with((), move |()| post.start(&send));
    }
    {
        let (post, current) = (Rc::clone(&post), state.clone());
        let newest = state.outbox_first + state.outbox.len() as u64;
        use_effect_with(newest, move |_| post.deliver(&current));
    }
    post
}

/// Starts another worker after the first one died.
pub(crate) fn revive(post: &Post, send: &Send) {
    post.start(send);
    send.dispatch(Action::Revived);
}
