//! How quickly the page answers: long tasks, interactions, frames, and when content first shows.

use anyhow::{Context, Result};
use serde_json::Value;

use super::page::Page;

/// Runs before any script of the page and notes what the browser measures.
pub(super) const WATCH: &str = r#"
globalThis.wavetankPace = {
  tasks: [], interactions: [], answers: [], frames: [], gaps: [], shownMs: null,
};
{
  const pace = globalThis.wavetankPace;
  const watch = (type, take, more) => {
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(take));
    observer.observe({ type, buffered: true, ...more });
  };
  watch("longtask", (entry) => pace.tasks.push(entry.duration));
  watch("event", (entry) => {
    if (!entry.interactionId) return;
    pace.interactions.push(entry.duration);
    pace.answers.push(entry.processingEnd - entry.startTime);
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
const taken = { ...pace };
for (const [name, times] of Object.entries(pace)) if (Array.isArray(times)) pace[name] = [];
return taken;
";

/// What was measured over a stretch of time, in milliseconds.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    /// Tasks of the page's thread that took 50 ms or more.
    pub long_tasks: Vec<f64>,
    /// From a key, a click or a tap to the next paint; those under 16 ms are not told.
    pub interactions: Vec<f64>,
    /// The part of each interaction in which the page worked; what is left is the browser's
    /// drawing, which this machine does without a graphics card.
    pub answers: Vec<f64>,
    /// From frame to frame.
    pub frames: Vec<f64>,
    /// From beat to beat of a clock that beats every 10 ms: later when the page was busy.
    pub gaps: Vec<f64>,
    /// When the first verdict was on screen, since the page was opened.
    pub shown_ms: Option<f64>,
}

impl Pace {
    /// The longest task, or 0 when none took 50 ms.
    pub fn longest_task(&self) -> f64 {
        longest(&self.long_tasks)
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
pub(super) fn p95(times: &[f64]) -> f64 {
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
            frames: times("frames")?,
            gaps: times("gaps")?,
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
