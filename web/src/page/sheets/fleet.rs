//! Which fleet: the demo, a synthetic one of another size, or one's own.

use wavetank_core::report::FleetReport;
use wavetank_core::synth::FleetOptions;
use yew::prelude::*;

use crate::design::glyphs::Glyph;
use crate::draw::format;
use crate::page::Send;
use crate::page::commands::FILE_FIELD;
use crate::page::kit::browser;
use crate::page::kit::dialog::Dialog;
use crate::page::kit::icon::Icon;
use crate::state::{Action, Overlay, Shared};

#[derive(PartialEq, Properties)]
pub(crate) struct FleetProps {
    pub(crate) fleet: Option<Shared<FleetReport>>,
    pub(crate) on_close: Callback<()>,
}

/// The menu of fleets.
#[function_component]
pub(crate) fn FleetSheet(props: &FleetProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let open = {
        let send = send.clone();
        Callback::from(move |_: MouseEvent| {
            send.dispatch(Action::Show(Overlay::None));
            browser::click(FILE_FIELD);
        })
    };
    let (name, source) = props
        .fleet
        .as_ref()
        .map_or(("", ""), |fleet| (&fleet.name, &fleet.source));
    html! {
        <Dialog title="Fleet" testid="fleet-sheet" class="menu left"
            on_close={props.on_close.clone()}>
            <p class="soft">{ format!("Now: {name} ({source}).") }</p>
            <button type="button" class="primary" data-testid="open-files" onclick={open}>
                <Icon glyph={Glyph::File} />{ "Open files…" }
            </button>
            <p class="prose">
                { "Or drop them anywhere on the page, folders too, or paste. " }
                <strong>{ "They stay in this tab." }</strong>
                { " Per cluster, this is all it takes:" }
            </p>
            <pre class="command" tabindex="0" aria-label="Command">{ COMMAND }</pre>
            <h3>{ "Synthetic fleets" }</h3>
            { synthetic("Demo fleet", FleetOptions::default(), "demo-fleet", &send) }
            { synthetic("Large fleet", large(), "large-fleet", &send) }
        </Dialog>
    }
}

const COMMAND: &str = "kubectl get nodes,pods,deploy,rs,sts,ds,jobs,pdb,pvc,pv,csinodes \\
  -A -o json > my-cluster.json";

/// As large as the page must bear.
fn large() -> FleetOptions {
    FleetOptions {
        name: "Large fleet".to_owned(),
        clusters: 50,
        nodes: 5_000,
        pods: 100_000,
        ..FleetOptions::default()
    }
}

fn synthetic(name: &str, options: FleetOptions, testid: &'static str, send: &Send) -> Html {
    let words = format!(
        "{}, {}, {}",
        format::counted(u64::from(options.clusters), "cluster"),
        format::counted(u64::from(options.nodes), "worker node"),
        format::counted(u64::from(options.pods), "pod")
    );
    let send = send.clone();
    html! {
        <button type="button" class="choice" data-testid={testid}
            onclick={move |_| send.dispatch(Action::Generate(options.clone()))}>
            <strong>{ name.to_owned() }</strong><span class="soft">{ words }</span>
        </button>
    }
}
