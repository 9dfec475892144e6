//! `wavetank why`: one event of a rehearsal, explained from its root.

use wavetank_core::report::{EventFilter, EventLevel, text};
use wavetank_core::trial::Trial;

use super::rehearsal;
use crate::args::{Format, Why};
use crate::error::{Ending, Failure};
use crate::output::Output;

/// Events looked through at a time.
const PAGE_EVENTS: u32 = 10_000;

/// Rehearses and explains the event; without one, what decided how it all ended.
pub(super) fn run(arguments: &Why, output: &mut Output) -> Result<bool, Ending> {
    let rehearsed = rehearsal::rehearse(&arguments.rehearsed)?;
    let trial = &rehearsed.trial;
    let event = match &arguments.event {
        Some(asked) => find(trial, asked)?,
        None => decisive(trial)?,
    };
    let chain = trial.causes(event);
    match arguments.format.chosen() {
        Format::Text => output.headed(&text::why(&chain))?,
        Format::Json => output.json(&chain)?,
    }
    Ok(true)
}

/// The event that decided how the rehearsal ended.
fn decisive(trial: &Trial) -> Result<u32, Failure> {
    let run = trial.run();
    let decided = run.and_then(|run| run.verdict.event);
    decided.ok_or(Failure::Bug("the rehearsal ended without a reason"))
}

/// The event that was asked about, by its number or by words of its sentence.
fn find(trial: &Trial, asked: &str) -> Result<u32, Failure> {
    if asked.trim().is_empty() {
        return Err(Failure::EmptyEvent);
    }
    let everything = trial.events(&EventFilter::default(), 0, 1).total;
    let missing = || Failure::NoEvent {
        asked: asked.to_owned(),
        n_events: everything,
    };
    if let Ok(number) = asked.parse::<u32>() {
        return (number < everything).then_some(number).ok_or_else(missing);
    }
    let filter = EventFilter {
        text: asked.to_owned(),
        ..EventFilter::default()
    };
    let mut best: Option<(EventLevel, u32)> = None;
    let mut offset = 0;
    loop {
        let page = trial.events(&filter, offset, PAGE_EVENTS);
        for row in &page.rows {
            if best.is_none_or(|(level, _)| row.level > level) {
                best = Some((row.level, row.id));
            }
        }
        offset += page.rows.len() as u32;
        if page.rows.is_empty() || offset >= page.total {
            return best.map(|(_, event)| event).ok_or_else(missing);
        }
    }
}
