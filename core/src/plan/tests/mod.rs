//! Planning as a whole: fleets as text in, plans as text out.
//!
//! Fleets are written as [`crate::inventory::sample::fleet`] reads them.

mod hops;
#[cfg(not(target_arch = "wasm32"))]
mod properties;
mod settings;
mod targets;
mod waves;

use crate::plan::{HeldBack, PlanSettings};

/// Columns that an expected text may take.
const COLUMNS: usize = 84;

fn to(target: &str) -> PlanSettings {
    PlanSettings {
        target: Some(target.parse().expect("a version")),
        ..PlanSettings::default()
    }
}

/// Why a cluster is held back, as text.
fn held_back(reason: &HeldBack) -> String {
    match reason {
        HeldBack::AtTarget => "is at the target".to_owned(),
        HeldBack::AheadOfTarget(version) => format!("is ahead, at {version}"),
        HeldBack::VersionUnknown => "has no known version".to_owned(),
        HeldBack::NoNodes => "has no nodes".to_owned(),
        HeldBack::SkewAlreadyBroken {
            kubelet,
            api_server,
        } => format!("has a kubelet at {kubelet} under {api_server}"),
        HeldBack::WindowsUnreadable => "has windows that cannot be read".to_owned(),
    }
}

/// Breaks lines that are longer than [`COLUMNS`].
fn wrap(text: &str) -> String {
    let mut wrapped = String::new();
    for line in text.lines() {
        let mut width = 0;
        for word in line.split(' ') {
            let length = word.chars().count();
            if width > 0 && width + length >= COLUMNS {
                wrapped.push_str("\n   ");
                width = 3;
            }
            if width > 0 {
                wrapped.push(' ');
            }
            wrapped.push_str(word);
            width += length + 1;
        }
        wrapped.push('\n');
    }
    wrapped
}
