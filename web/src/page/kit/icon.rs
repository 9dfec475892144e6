//! Glyphs in the document, beside their words.

use yew::prelude::*;

use crate::design::glyphs::{Glyph, Paint};
use crate::design::states::Look;

#[derive(PartialEq, Properties)]
pub(crate) struct IconProps {
    pub(crate) glyph: Glyph,
    #[prop_or_default]
    pub(crate) class: Classes,
}

/// A glyph in the color of the text around it.
#[function_component]
pub(crate) fn Icon(props: &IconProps) -> Html {
    let (path, paint) = props.glyph.shape();
    let painted = match paint {
        Paint::Fill => "glyph-fill",
        Paint::Stroke => "glyph-stroke",
    };
    html! {
        <svg class={classes!("icon", props.class.clone())} viewBox="0 0 16 16" width="16"
            height="16"
            aria-hidden="true" focusable="false">
            <path class={painted} d={path} />
        </svg>
    }
}

/// The sign of a state, in its color, beside a word that says the same.
pub(crate) fn sign(look: &Look) -> Html {
    let class = classes!(color_class(look));
    match look.glyph {
        Some(glyph) => html! { <Icon {glyph} {class} /> },
        None => html! { <span class={classes!("dot", class)} aria-hidden="true"></span> },
    }
}

/// The class that gives text and glyphs the state's color.
pub(crate) fn color_class(look: &Look) -> String {
    format!("c-{}", look.token.name)
}

/// The mark: three strokes of a sine, the middle one broken by the waterline.
#[function_component]
pub(crate) fn Logo() -> Html {
    html! {
        <svg class="logo" viewBox="0 0 24 24" width="26" height="26" aria-hidden="true"
            focusable="false">
            <path class="glyph-stroke" d="M2.5 6.5q2.4-3.6 4.75 0t4.75 0t4.75 0t4.75 0" />
            <path class="glyph-stroke" d="M2.5 12q2.4-3.6 4.75 0t2.6 1.3" />
            <path class="glyph-stroke" d="M14.6 10.9q1.1.4 2.2 1.1q2.4 3.6 4.7 0" />
            <path class="glyph-stroke" d="M2.5 17.5q2.4-3.6 4.75 0t4.75 0t4.75 0t4.75 0" />
            <path class="logo-line" d="M12 1.5v21" />
        </svg>
    }
}
