//! What comes of a drain by hand: what holds pods, what would mend it, kubectl's lines, and who
//! is without pods meanwhile.

use wavetank_core::report::{
    DrainLine, DrainReport, DrainRow, DrainState, HoldRow, OutputStream, Remedy,
};
use yew::prelude::*;

use crate::design::glyphs::Glyph;
use crate::design::states;
use crate::draw::{drain, format};
use crate::page::Send;
use crate::page::kit::browser;
use crate::page::kit::icon::{Icon, color_class, sign};
use crate::state::Action;

/// How it ends, and the node in figures.
pub(super) fn verdict(report: &DrainReport) -> Html {
    let look = states::drain(report.outcome);
    html! {
        <section class="drain-verdict" aria-label="Verdict of the drain"
            data-testid="drain-verdict" data-outcome={look.word}>
            <span class={classes!("verdict-sign", color_class(&look))}>{ sign(&look) }</span>
            <div class="verdict-words">
                <p class="headline">{ format::upper(look.word) }</p>
                <p class="detail">{ format!("{}.", report.headline) }</p>
            </div>
            { for report.nodes.iter().map(figures) }
        </section>
    }
}

/// The answer to a question that makes no sense of this fleet.
pub(super) fn refusal(message: &str) -> Html {
    html! {
        <p class="drain-verdict" data-testid="drain-refused">
            <span class="verdict-sign c-blocked"><Icon glyph={Glyph::Blocked} /></span>
            { format!("This drain cannot be rehearsed: {message}.") }
        </p>
    }
}

fn figures(row: &DrainRow) -> Html {
    let ends = match row.state {
        DrainState::Never => "never".to_owned(),
        DrainState::Drained
        | DrainState::Refused
        | DrainState::Failed
        | DrainState::TimedOut
        | DrainState::NotReached => row.ended_ms.map(format::duration).unwrap_or_default(),
    };
    html! {
        <dl class="figures">
            <div><dt>{ "node" }</dt><dd>{ row.state.words() }</dd></div>
            <div><dt>{ "ends after" }</dt><dd>{ ends }</dd></div>
            <div><dt>{ "pods it takes" }</dt><dd>{ row.pods }</dd></div>
            <div><dt>{ "of them left" }</dt><dd>{ row.left }</dd></div>
            <div><dt>{ "skipped" }</dt><dd>{ row.skipped }</dd></div>
        </dl>
    }
}

/// What holds pods, and what would mend it: right below the verdict, which it explains.
pub(super) fn proof(report: &DrainReport, send: &Send) -> Html {
    html! {
        <>
            { holds("Held for ever", "c-blocked", report, |row| row.for_ever) }
            { holds("Held for too long", "c-review", report, |row| !row.for_ever) }
            { remedies(report, send) }
        </>
    }
}

/// Everything below the flags.
pub(super) fn sections(report: &DrainReport, send: &Send) -> Html {
    html! {
        <>
            <section>
                <h3>{ "What kubectl prints" }</h3>
                { command(&report.command, "drain-command", send) }
                { lines(&report.lines) }
            </section>
            { outages(report) }
            { waiting(report) }
            { foot(report) }
        </>
    }
}

/// A command with a button that copies it.
fn command(text: &str, testid: &'static str, send: &Send) -> Html {
    let (send, copy) = (send.clone(), text.to_owned());
    html! {
        <div class="copy">
            <code class="mono" data-testid={testid}>{ text.to_owned() }</code>
            <button type="button" class="small" aria-label={format!("Copy {text}")}
                onclick={move |_| {
                    browser::copy(&copy);
                    send.dispatch(Action::Say("Copied".to_owned()));
                }}>{ "Copy" }</button>
        </div>
    }
}

/// kubectl's lines with their simulated times; what goes to standard error is marked as in a shell.
fn lines(lines: &[DrainLine]) -> Html {
    html! {
        <ol class="script mono scroll" tabindex="0" aria-label="kubectl's lines, times simulated"
            data-testid="drain-lines">
            { for lines.iter().map(|line| {
                let mark = match (line.again, line.stream) {
                    (Some(_), _) | (None, OutputStream::Out) => "",
                    (None, OutputStream::Err) => "2>",
                };
                html! {
                    <li class={classes!((!mark.is_empty()).then_some("err"))}>
                        <time>{ format::duration(line.at_ms) }</time>
                        <span class="mark">{ mark }</span>
                        <span>{ drain::line(line) }</span>
                    </li>
                }
            }) }
        </ol>
    }
}

fn holds(
    title: &'static str,
    color: &'static str,
    report: &DrainReport,
    belongs: fn(&HoldRow) -> bool,
) -> Html {
    let rows: Vec<&HoldRow> = report.holds.iter().filter(|row| belongs(row)).collect();
    if rows.is_empty() {
        return html! {};
    }
    html! {
        <section>
            <h3><Icon glyph={Glyph::Wait} class={classes!(color)} />{ title }</h3>
            <ul class="drain-list">
                { for rows.into_iter().map(|row| html! {
                    <li data-testid="drain-hold">
                        <p class="mono">{ drain::pods(&row.pods) }</p>
                        <p>{ "held by: " }<strong>{ row.held_by.clone() }</strong></p>
                        { for row.because.iter().map(|step| html! {
                            <p class="soft">{ format!("because {step}") }</p>
                        }) }
                    </li>
                }) }
            </ul>
        </section>
    }
}

fn remedies(report: &DrainReport, send: &Send) -> Html {
    if report.remedied.is_empty() {
        return html! {};
    }
    let remedy = |remedy: &Remedy| {
        html! {
            <li data-testid="drain-remedy">
                <p>{ remedy.text.clone() }</p>
                if let Some(text) = &remedy.command {
                    { command(text, "remedy-command", send) }
                }
                if !remedy.cost.is_empty() {
                    <p class="soft">{ format!("but {}", remedy.cost) }</p>
                }
            </li>
        }
    };
    html! {
        <section>
            <h3>{ "What would mend it" }</h3>
            <ol class="drain-list numbered">{ for report.remedies.iter().map(remedy) }</ol>
            <p class="remedied">{ format!("{}.", format::upper(&report.remedied)) }</p>
        </section>
    }
}

fn outages(report: &DrainReport) -> Html {
    html! {
        <section>
            <h3>{ "Workloads without a ready pod" }</h3>
            if report.outages.is_empty() {
                <p class="soft">{ "None at any time." }</p>
            } else {
                <table>
                    <thead><tr>
                        <th scope="col">{ "Workload" }</th><th scope="col">{ "From" }</th>
                        <th scope="col">{ "Until" }</th>
                    </tr></thead>
                    <tbody>
                        { for report.outages.iter().map(|outage| html! {
                            <tr data-testid="drain-outage">
                                <td class="mono">{ outage.workload.clone() }</td>
                                <td>{ format::duration(outage.from_ms) }</td>
                                <td>{ drain::until(outage) }</td>
                            </tr>
                        }) }
                    </tbody>
                </table>
            }
        </section>
    }
}

fn waiting(report: &DrainReport) -> Html {
    if report.waiting.is_empty() {
        return html! {};
    }
    html! {
        <section>
            <h3>{ "Pods that still wait for a node a quarter of an hour later" }</h3>
            <ul class="drain-list">
                { for report.waiting.iter().map(|waiting| html! {
                    <li data-testid="drain-waiting">
                        <p class="mono">{ waiting.pod.clone() }</p>
                        <p class="soft">{ waiting.why.clone() }</p>
                    </li>
                }) }
            </ul>
        </section>
    }
}

fn foot(report: &DrainReport) -> Html {
    html! {
        <section>
            <h3>{ "Assumed" }</h3>
            <ul class="assumptions">
                { for report.assumptions.iter().map(|one| html! { <li>{ one.clone() }</li> }) }
            </ul>
            <p class="soft">
                { format!("cluster {} · seed {} · digest ", report.cluster, report.seed) }
                <span class="mono" data-testid="drain-digest"
                    data-digest={report.digest.clone()}>{ report.digest.clone() }</span>
            </p>
        </section>
    }
}
