//! What was wrong with the input: by file, each with its place, its rule and its remedy.

use std::collections::BTreeMap;

use wavetank_core::checked::{Issue, IssueLevel, Place};
use wavetank_core::report::FleetReport;
use yew::prelude::*;

use crate::design::states;
use crate::draw::format;
use crate::page::Send;
use crate::page::commands::FILE_FIELD;
use crate::page::kit::browser;
use crate::page::kit::icon::sign;
use crate::state::{Action, Shared};
use wavetank_core::report::EventLevel;

/// Issues of one file that are listed; the rest is counted.
const MOST_ISSUES: usize = 100;

#[derive(PartialEq, Properties)]
pub(crate) struct InputProps {
    pub(crate) fleet: Option<Shared<FleetReport>>,
    pub(crate) refused: Option<Shared<Vec<Issue>>>,
}

/// How many issues there are to be read.
pub(crate) fn n_issues(fleet: Option<&FleetReport>, refused: Option<&Vec<Issue>>) -> usize {
    refused.map_or_else(|| fleet.map_or(0, |fleet| fleet.issues.len()), Vec::len)
}

/// The issues of the files given last.
#[function_component]
pub(crate) fn Input(props: &InputProps) -> Html {
    let send = use_context::<Send>().expect("the app provides it");
    let none = Vec::new();
    let of_fleet = props.fleet.as_ref().map_or(&none, |fleet| &fleet.issues);
    let issues: &[Issue] = props.refused.as_deref().unwrap_or(of_fleet);
    let source = props.fleet.as_ref().map_or("", |fleet| &fleet.source);
    let dismiss = Callback::from(move |_: MouseEvent| send.dispatch(Action::DismissRefused));
    html! {
        <div class="scroll object" tabindex="0" role="region" aria-label="Input"
            data-testid="input">
            if props.refused.is_some() {
                <div class="refused" role="alert">
                    <p><strong>{ "Nothing was loaded." }</strong>
                        { " The fleet before is still here." }</p>
                    <button type="button" class="small" onclick={dismiss}>{ "Dismiss" }</button>
                </div>
            } else {
                <p class="soft">{ format!("This fleet: {source}. {}.",
                    format::counted(issues.len() as u64, "issue")) }</p>
            }
            { for by_file(issues).into_iter().map(|(file, issues)| group(file, &issues)) }
            <button type="button" onclick={|_| browser::click(FILE_FIELD)}>
                { "Open files…" }
            </button>
            <p class="soft">{ "or drop them anywhere. They stay in this tab." }</p>
        </div>
    }
}

fn by_file(issues: &[Issue]) -> BTreeMap<&str, Vec<&Issue>> {
    let mut files: BTreeMap<&str, Vec<&Issue>> = BTreeMap::new();
    for issue in issues {
        files.entry(&issue.place.file).or_default().push(issue);
    }
    files
}

fn group(file: &str, issues: &[&Issue]) -> Html {
    let n_more = issues.len().saturating_sub(MOST_ISSUES);
    html! {
        <details class="fold" open=true>
            <summary class="mono">{ format!("{file} ({})", issues.len()) }</summary>
            <ul class="issues">
                { for issues.iter().take(MOST_ISSUES).map(|issue| one(issue)) }
            </ul>
            if n_more > 0 {
                <p class="soft">{ format!("and {n_more} more of this file") }</p>
            }
        </details>
    }
}

fn one(issue: &Issue) -> Html {
    let (level, word) = match issue.level {
        IssueLevel::Note => (EventLevel::Info, "note"),
        IssueLevel::Warning => (EventLevel::Warning, "warning"),
        IssueLevel::Error => (EventLevel::Bad, "error"),
    };
    html! {
        <li class="issue" data-testid="issue" data-rule={issue.rule.clone()}>
            <p>{ sign(&states::level(level)) }<strong>{ word }</strong>
                <span class="mono">{ issue.rule.clone() }</span>
                <span class="soft mono">{ place(&issue.place) }</span></p>
            <p>{ issue.message.clone() }</p>
            if !issue.fix.is_empty() {
                <p class="soft">{ format!("To do: {}.", issue.fix) }</p>
            }
        </li>
    }
}

/// The place inside its file.
fn place(place: &Place) -> String {
    let mut parts = Vec::new();
    if let Some(line) = place.line {
        parts.push(match place.column {
            Some(column) => format!("line {line}, column {column}"),
            None => format!("line {line}"),
        });
    }
    parts.extend(place.object.clone());
    parts.join(" · ")
}
