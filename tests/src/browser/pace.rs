//! How quickly the page answers: long tasks, interactions, frames, and when content first shows.

use anyhow::{Context, Result};
use serde_json::Value;

use super::page::Page;

/// Runs before any script of the page and notes what the browser measures.
pub(super) const WATCH: &str = r#"
globalThis.wavetankPace = {
  tasks: [], delays: [], frames: [], moves: [], gaps: [], slow: new Map(), nBefore: 0,
  shownMs: null, since: performance.now(),
};
{
  const pace = globalThis.wavetankPace;
  const watch = (type, take, more) => {
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(take));
    observer.observe({ type, buffered: true, ...more });
  };
  watch("longtask", (entry) => pace.tasks.push(entry.duration));
  watch("event", (entry) => {
    const { interactionId, duration, processingStart, processingEnd, startTime } = entry;
    if (!interactionId) return;
    pace.delays.push(processingStart - startTime);
    // A click is three events; the slowest of them is the interaction.
    const known = pace.slow.get(interactionId);
    if (known && known.duration >= duration) return;
    const place = entry.target?.dataset?.testid ?? entry.target?.nodeName ?? "gone";
    const told = `${duration} ms: ${entry.name} on ${place}`;
    pace.slow.set(interactionId, { duration, own: processingEnd - startTime, told });
  }, { durationThreshold: 16 });
  let beat = performance.now();
  setInterval(() => {
    const now = performance.now();
    pace.gaps.push(now - beat);
    beat = now;
  }, 10);
  let frame = 0;
  const onFrame = (now) => {
    if (frame) pace.frames.push(now - frame);
    frame = now;
    requestAnimationFrame(onFrame);
  };
  requestAnimationFrame(onFrame);
  // A move of the pointer is heard at the beginning of a frame; the message comes after its paint.
  const painted = new MessageChannel();
  painted.port1.onmessage = ({ data }) => pace.moves.push(performance.now() - data);
  addEventListener("pointermove", () => {
    const heard = performance.now();
    requestAnimationFrame(() => painted.port2.postMessage(heard));
  }, true);
  const look = new MutationObserver(() => {
    if (!document.querySelector("[data-testid=digest]")) return;
    look.disconnect();
    requestAnimationFrame(() => { pace.shownMs = performance.now(); });
  });
  look.observe(document, { childList: true, subtree: true });
}
"#;

const TAKE: &str = r"
const pace = globalThis.wavetankPace;
const slow = [...pace.slow.values()];
// Those under 16 ms are counted by the browser and not told.
const nQuick = Math.max(0, performance.interactionCount - pace.nBefore - slow.length);
const quick = Array.from({ length: nQuick }, () => 8);
const taken = {
  tasks: pace.tasks, delays: pace.delays, frames: pace.frames, moves: pace.moves,
  gaps: pace.gaps,
  shownMs: pace.shownMs,
  interactions: quick.concat(slow.map((one) => one.duration)),
  answers: quick.concat(slow.map((one) => one.own)),
  told: slow.map((one) => one.told),
  lastedMs: performance.now() - pace.since,
};
pace.since = performance.now();
pace.tasks = []; pace.delays = []; pace.frames = []; pace.moves = [];
pace.gaps = []; pace.slow.clear();
pace.nBefore = performance.interactionCount;
return taken;
";

/// What was measured over a stretch of time, in milliseconds.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    /// Tasks of the page's thread that took 50 ms or more.
    pub long_tasks: Vec<f64>,
    /// From a key, a click or a tap to the next paint; 8 for each under 16.
    pub interactions: Vec<f64>,
    /// The part of each interaction until the page had heard and answered it; what is left is
    /// style, layout and the browser's drawing, which is done without a graphics card here.
    pub answers: Vec<f64>,
    /// How long keys and clicks waited for the page to hear them, where it took 16 ms or more to
    /// answer.
    pub delays: Vec<f64>,
    /// The interactions of 16 ms or more, in words.
    pub told: Vec<String>,
    /// From frame to frame; never less than the screen's interval, 16.7 at 60 Hz.
    pub frames: Vec<f64>,
    /// From hearing a move of the pointer to the end of its frame's work on the page's thread:
    /// script, style, layout and paint. Turning what was painted into pixels is done by others.
    pub moves: Vec<f64>,
    /// From beat to beat of a clock that beats every 10 ms: later when the page was busy.
    pub gaps: Vec<f64>,
    /// How long the stretch was.
    pub lasted_ms: f64,
    /// When the first verdict was on screen, since the page was opened.
    pub shown_ms: Option<f64>,
}

impl Pace {
    /// The longest task, or 0 when none took 50 ms.
    pub fn longest_task(&self) -> f64 {
        longest(&self.long_tasks)
    }

    /// The longest task as a share of the stretch, which a slower machine does not change much.
    pub fn longest_task_share(&self) -> f64 {
        self.longest_task() / self.lasted_ms
    }

    /// The longest time that a key or a click was not heard.
    pub fn longest_delay(&self) -> f64 {
        longest(&self.delays)
    }

    /// The longest time without a beat.
    pub fn longest_gap(&self) -> f64 {
        longest(&self.gaps)
    }
}

fn longest(times: &[f64]) -> f64 {
    times.iter().copied().fold(0.0, f64::max)
}

/// The time that 95 of 100 stay below.
fn p95(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let index = (sorted.len() * 95).div_ceil(100).saturating_sub(1);
    sorted.get(index).copied().unwrap_or_default()
}

impl Pace {
    /// The 95th percentile of the interactions.
    pub fn interaction_p95(&self) -> f64 {
        p95(&self.interactions)
    }

    /// The 95th percentile of the page's own part of them.
    pub fn answer_p95(&self) -> f64 {
        p95(&self.answers)
    }

    /// The 95th percentile of the moves.
    pub fn move_p95(&self) -> f64 {
        p95(&self.moves)
    }

    /// The 95th percentile of the frames.
    pub fn frame_p95(&self) -> f64 {
        p95(&self.frames)
    }
}

impl Page {
    /// What was measured since this was last asked, or since the page was opened.
    pub async fn take_pace(&self) -> Result<Pace> {
        let taken = self.evaluate(TAKE).await?;
        let times = |name: &str| -> Result<Vec<f64>> {
            let times = taken[name].as_array();
            let times = times.with_context(|| format!("{name} were not measured"))?;
            Ok(times.iter().filter_map(Value::as_f64).collect())
        };
        Ok(Pace {
            long_tasks: times("tasks")?,
            interactions: times("interactions")?,
            answers: times("answers")?,
            delays: times("delays")?,
            told: serde_json::from_value(taken["told"].clone())?,
            frames: times("frames")?,
            moves: times("moves")?,
            gaps: times("gaps")?,
            lasted_ms: taken["lastedMs"].as_f64().context("no end was measured")?,
            shown_ms: taken["shownMs"].as_f64(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_percentile_leaves_one_in_twenty_out() {
        let times: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert!((p95(&times) - 95.0).abs() < f64::EPSILON);
        assert!((p95(&[7.0]) - 7.0).abs() < f64::EPSILON);
        assert!(p95(&[]).abs() < f64::EPSILON);
    }
}
