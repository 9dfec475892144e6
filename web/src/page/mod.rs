//! The page: mounts the app.

use yew::prelude::*;

use crate::worker::client::{WorkerClient, WorkerEvent};

/// Mounts the app in the document's body.
pub fn run() {
    yew::Renderer::<App>::new().render();
}

/// Says hello, and shows what the worker answers.
#[function_component]
fn App() -> Html {
    let answer = use_state(|| String::from("waiting for the worker"));
    let client = use_mut_ref(|| None);
    {
        let answer = answer.clone();
        use_effect_with((), move |()| {
            let shown = Callback::from(move |event| match event {
                WorkerEvent::Frame(bytes) => answer.set(String::from_utf8_lossy(&bytes).into()),
                WorkerEvent::Fault(text) => answer.set(text),
            });
            match WorkerClient::start(shown.clone()) {
                Ok(started) => {
                    started.send(b"ping");
                    *client.borrow_mut() = Some(started);
                }
                Err(fault) => shown.emit(WorkerEvent::Fault(fault)),
            }
        });
    }
    html! {
        <main>
            <h1>{ "Wavetank" }</h1>
            <p id="worker-answer">{ (*answer).clone() }</p>
        </main>
    }
}
