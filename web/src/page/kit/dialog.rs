//! What lies over the page: the browser's own dialog, which keeps the focus and hears Escape.

use wasm_bindgen::JsCast as _;
use web_sys::{Event, HtmlDialogElement, MouseEvent};
use yew::prelude::*;

use super::icon::Icon;
use crate::design::glyphs::Glyph;

#[derive(PartialEq, Properties)]
pub(crate) struct DialogProps {
    pub(crate) title: AttrValue,
    pub(crate) testid: AttrValue,
    /// Where it stands: `sheet` in the middle, `menu` below the header.
    pub(crate) class: AttrValue,
    pub(crate) on_close: Callback<()>,
    pub(crate) children: Html,
}

/// A dialog that is open as long as it is there.
#[function_component]
pub(crate) fn Dialog(props: &DialogProps) -> Html {
    let node = use_node_ref();
    use_effect_with(node.clone(), |node| {
        let dialog = node.cast::<HtmlDialogElement>();
        if let Some(dialog) = &dialog {
            // It fails only for one that is open already.
            let _ = dialog.show_modal();
        }
        // Closing gives the focus back to what opened it; taking it away does not.
        move || {
            if let Some(dialog) = dialog {
                dialog.close();
            }
        }
    });
    let on_close = props.on_close.clone();
    let oncancel = {
        let on_close = on_close.clone();
        Callback::from(move |event: Event| {
            event.prevent_default();
            on_close.emit(());
        })
    };
    let onclick = {
        let (on_close, node) = (on_close.clone(), node.clone());
        // A click on the dialog itself is one on its backdrop: the content lies in a child.
        Callback::from(move |event: MouseEvent| {
            let target = event
                .target()
                .and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            if target.is_some() && target == node.get() {
                on_close.emit(());
            }
        })
    };
    html! {
        <dialog ref={node} class={classes!("dialog", props.class.to_string())}
            aria-label={props.title.clone()} data-testid={props.testid.clone()}
            {oncancel} {onclick}>
            <div class="dialog-box">
                <header class="dialog-head">
                    <h2>{ props.title.clone() }</h2>
                    <button type="button" class="quiet icon-button" aria-label="Close"
                        onclick={move |_| on_close.emit(())}>
                        <Icon glyph={Glyph::Close} />
                    </button>
                </header>
                { props.children.clone() }
            </div>
        </dialog>
    }
}
