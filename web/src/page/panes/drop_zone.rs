//! The whole page takes files: dropped, pasted or chosen; a veil says what will happen to them.

use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::spawn_local;
use web_sys::{ClipboardEvent, DragEvent, Element, Event, HtmlInputElement};
use yew::prelude::*;

use crate::page::Send;
use crate::page::app::PostHandle;
use crate::page::commands::FILE_FIELD;
use crate::page::files::{self, Carried, Named};
use crate::page::kit::hooks::use_window_event;
use crate::state::Action;

#[derive(PartialEq, Properties)]
pub(crate) struct DropProps {
    pub(crate) post: PostHandle,
}

/// The veil, the listeners, and the file field that buttons and keys open.
#[function_component]
pub(crate) fn DropZone(props: &DropProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let is_over = use_state_eq(|| false);
    let take = {
        let (send, post) = (send.clone(), props.post.clone());
        move |named: Vec<Named>| open(named, &post, &send)
    };
    use_drag(&is_over, take.clone());
    use_paste(take.clone());
    let onchange = Callback::from(move |event: Event| {
        let field = event.target_unchecked_into::<HtmlInputElement>();
        if let Some(list) = field.files() {
            take(files::of_list(&list));
        }
        field.set_value("");
    });
    html! {
        <>
            <input id={FILE_FIELD} type="file" multiple=true hidden=true
                aria-label="Files to open" data-testid="file-field" {onchange} />
            <div class={classes!("veil", is_over.then_some("open"))} aria-hidden="true"
                data-testid="veil">
                <p class="veil-title">{ "Drop dumps, folders, a fleet file or a scenario" }</p>
                <p>{ "What kubectl get … -A -o json or -o yaml writes, as it is, \
                    or what Share saved here." }</p>
                <p class="veil-promise">{ "It stays in this tab." }</p>
            </div>
        </>
    }
}

/// Hands files to the worker by way of the state.
fn open(named: Vec<Named>, post: &PostHandle, send: &Send) {
    if named.is_empty() {
        let words = "There was no file in that, and no text";
        return send.dispatch(Action::Say(words.to_owned()));
    }
    let (paths, files) = named.into_iter().unzip();
    post.0.keep(files);
    send.dispatch(Action::Open(paths));
}

#[hook]
fn use_drag(is_over: &UseStateHandle<bool>, take: impl Fn(Vec<Named>) + Clone + 'static) {
    let enter = {
        let is_over = is_over.clone();
        Callback::from(move |event: Event| {
            let carries = event.dyn_ref::<DragEvent>().is_some_and(carries_files);
            if carries {
                event.prevent_default();
                is_over.set(true);
            }
        })
    };
    use_window_event("dragenter", enter.clone());
    use_window_event("dragover", enter);
    let leave = {
        let is_over = is_over.clone();
        Callback::from(move |event: Event| {
            // Leaving an element for its child is told as leaving, too; the window has no next.
            let left = event
                .dyn_ref::<DragEvent>()
                .is_some_and(|e| e.related_target().is_none());
            if left {
                is_over.set(false);
            }
        })
    };
    use_window_event("dragleave", leave);
    let is_over = is_over.clone();
    use_window_event(
        "drop",
        Callback::from(move |event: Event| {
            event.prevent_default();
            is_over.set(false);
            let transfer = event
                .dyn_ref::<DragEvent>()
                .and_then(DragEvent::data_transfer);
            if let Some(transfer) = transfer {
                let (carried, take) = (Carried::by(&transfer), take.clone());
                spawn_local(async move { take(carried.files().await) });
            }
        }),
    );
}

fn carries_files(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|transfer| transfer.types());
    types.is_some_and(|types| {
        types.iter().any(|kind| {
            let kind = kind.as_string();
            matches!(kind.as_deref(), Some("Files" | "text/plain"))
        })
    })
}

#[hook]
fn use_paste(take: impl Fn(Vec<Named>) + Clone + 'static) {
    use_window_event(
        "paste",
        Callback::from(move |event: Event| {
            let target = event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok());
            let in_field =
                target.is_some_and(|target| matches!(&*target.tag_name(), "INPUT" | "TEXTAREA"));
            if in_field {
                return;
            }
            let transfer = event.dyn_ref::<ClipboardEvent>();
            if let Some(transfer) = transfer.and_then(ClipboardEvent::clipboard_data) {
                event.prevent_default();
                let (carried, take) = (Carried::by(&transfer), take.clone());
                spawn_local(async move { take(carried.files().await) });
            }
        }),
    );
}
