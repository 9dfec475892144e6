//! kubectl's own words, line by line, with simulated times (kubernetes/kubectl `pkg/drain` and
//! `pkg/cmd/drain`).

use std::collections::{BTreeMap, BTreeSet};

use super::build::View;
use super::{Again, DrainLine, OutputStream};
use crate::ids::PodIdx;
use crate::sim::EventKind;
use crate::sim::eviction::STALE_RETRY_AFTER;
use crate::sim::kubectl::command::{Hold, NodeDrain, NodeEnd};
use crate::sim::kubectl::filter::{Refusal, Verdict, Warning};
use crate::sim::kubectl::retry::{CLIENT_RETRIES, EvictionChoice, POLL_PERIOD, RETRY_DELAY};
use crate::units::{SimDuration, SimTime};

/// What the API says to a refused eviction.
const VIOLATES: &str = "Cannot evict pod as it would violate the pod's disruption budget.";
/// What it says when two budgets select the pod.
const TWO_BUDGETS: &str = "This pod has more than one PodDisruptionBudget, which the eviction \
                           subresource does not support.";

/// When a pod was asked to go, refused, accepted and gone.
#[derive(Clone, Copy, Debug, Default)]
struct Course {
    refused: Option<SimTime>,
    /// The same, with word of when to ask again.
    postponed: Option<SimTime>,
    accepted: Option<SimTime>,
    gone: Option<SimTime>,
}

/// Everything that kubectl prints.
pub(super) fn lines(view: &View<'_>) -> Vec<DrainLine> {
    let mut script = Script {
        view,
        courses: courses(view),
        lines: Vec::new(),
    };
    script.cordon();
    let mut failures = Vec::new();
    for node in &view.run.nodes {
        script.node(node, &mut failures);
    }
    if let (Some(ended), false) = (view.run.ended, failures.is_empty()) {
        script.not_drained(ended, &failures);
        for error in failures.iter().flat_map(|failure| &failure.errors) {
            script.err(ended, error.clone());
        }
    }
    // What is printed at one instant stays in its order.
    script.lines.sort_by_key(|line| line.at_ms);
    script.lines
}

/// The course of each pod, from the events.
fn courses(view: &View<'_>) -> BTreeMap<PodIdx, Course> {
    let mut courses: BTreeMap<PodIdx, Course> = BTreeMap::new();
    for event in &view.run.trace.events {
        let (pod, place): (PodIdx, fn(&mut Course) -> &mut Option<SimTime>) = match event.kind {
            EventKind::EvictionRefused { pod, .. } => (pod, |course| &mut course.refused),
            EventKind::EvictionPostponed { pod, .. } => (pod, |course| &mut course.postponed),
            EventKind::PodEvicted { pod, .. } | EventKind::PodDeleted { pod, .. } => {
                (pod, |course| &mut course.accepted)
            }
            EventKind::PodGone { pod } => (pod, |course| &mut course.gone),
            _ => continue,
        };
        place(courses.entry(pod).or_default()).get_or_insert(event.at);
    }
    courses
}

/// A node that is not drained, and why.
struct Failure {
    name: String,
    errors: Vec<String>,
}

/// The lines while they are being written.
struct Script<'a> {
    view: &'a View<'a>,
    courses: BTreeMap<PodIdx, Course>,
    lines: Vec<DrainLine>,
}

impl Script<'_> {
    fn print(&mut self, at: SimTime, stream: OutputStream, text: String) {
        self.lines.push(DrainLine {
            at_ms: at.as_millis(),
            stream,
            text,
            again: None,
        });
    }

    fn out(&mut self, at: SimTime, text: String) {
        self.print(at, OutputStream::Out, text);
    }

    fn err(&mut self, at: SimTime, text: String) {
        self.print(at, OutputStream::Err, text);
    }

    fn cordon(&mut self) {
        for node in &self.view.command.nodes {
            let name = self.view.node(*node);
            let was = self.view.cluster().nodes[node.index()].unschedulable;
            let word = if was { "already cordoned" } else { "cordoned" };
            self.out(SimTime::ZERO, format!("node/{name} {word}"));
        }
    }

    /// A node's turn. `failures` are the nodes not drained so far, each with its error.
    fn node(&mut self, node: &NodeDrain, failures: &mut Vec<Failure>) {
        let Some(began) = node.began else {
            return;
        };
        let name = self.view.node(node.node).to_owned();
        let mut errors = self.refusals(node);
        if errors.is_empty() {
            self.warnings(node, began);
            errors = self.evictions(node, began);
        }
        let Some(ended) = node.ended.filter(|_| node.end != Some(NodeEnd::Never)) else {
            return;
        };
        if node.end == Some(NodeEnd::Drained) {
            self.out(ended, format!("node/{name} drained"));
        } else {
            let error = aggregate(&errors);
            self.pending(node, &name, &error, ended);
            self.err(
                ended,
                format!(
                    "error: unable to drain node {name:?} due to error: {error}, continuing \
                     command..."
                ),
            );
            failures.push(Failure { name, errors });
        }
    }

    /// The nodes that are not drained when the command ends.
    fn not_drained(&mut self, at: SimTime, failures: &[Failure]) {
        self.err(at, "There are pending nodes to be drained:".to_owned());
        for failure in failures {
            self.err(at, format!(" {}", failure.name));
        }
    }

    /// What the filters refuse, one error for each reason.
    fn refusals(&self, node: &NodeDrain) -> Vec<String> {
        let mut by_reason: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (pod, verdict) in &node.verdicts {
            if let Verdict::Refuse(why) = verdict {
                let words = refusal_words(*why).map_or_else(|| self.not_found(*pod), str::to_owned);
                by_reason
                    .entry(words)
                    .or_default()
                    .push(self.view.pod(*pod));
            }
        }
        let error = |(reason, pods): (String, Vec<String>)| {
            format!("cannot delete {reason}: {}", pods.join(", "))
        };
        by_reason.into_iter().map(error).collect()
    }

    /// What the API says when a pod's daemon set is asked for and is not there.
    fn not_found(&self, pod: PodIdx) -> String {
        let workload = self.view.run.trace.clusters[0].pods[pod.index()].workload;
        let name = &self.view.cluster().workloads[workload.index()].name;
        format!("daemonsets.apps {name:?} not found")
    }

    /// What the filters only warn of, in one line.
    fn warnings(&mut self, node: &NodeDrain, at: SimTime) {
        let mut by_reason: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (pod, verdict) in &node.verdicts {
            if let Verdict::Warn(what) | Verdict::Skip(Some(what)) = verdict {
                let words =
                    warning_words(*what).map_or_else(|| self.not_found(*pod), str::to_owned);
                by_reason
                    .entry(words)
                    .or_default()
                    .push(self.view.pod(*pod));
            }
        }
        let told = by_reason
            .into_iter()
            .map(|(reason, pods)| format!("{reason}: {}", pods.join(", ")));
        let told: Vec<String> = told.collect();
        if !told.is_empty() {
            self.err(at, format!("Warning: {}", told.join("; ")));
        }
    }

    /// Every pod's lines; the errors that the node's drain ends with.
    fn evictions(&mut self, node: &NodeDrain, began: SimTime) -> Vec<String> {
        let taken: Vec<PodIdx> = super::build::taken(node).collect();
        let evicts = self.view.command.eviction == EvictionChoice::Enabled;
        if evicts {
            for pod in &taken {
                self.out(began, format!("evicting pod {}", self.view.pod(*pod)));
            }
        }
        let mut errors = Vec::new();
        for pod in taken {
            let course = self.courses.get(&pod).copied().unwrap_or_default();
            if course.postponed.is_some() {
                let client = STALE_RETRY_AFTER * CLIENT_RETRIES;
                self.retries(node, pod, course, (began, client));
            } else if course.refused.is_some() {
                self.retries(node, pod, course, (began, SimDuration::ZERO));
            }
            let left = node.left.iter().find(|left| left.pod == pod);
            if let Some(left) = left {
                errors.extend(self.error(node, pod, &left.hold, course));
            } else if let Some(gone) = course.gone {
                let since = course.accepted.unwrap_or(began);
                let polls = gone
                    .since(since)
                    .as_millis()
                    .div_ceil(POLL_PERIOD.as_millis());
                let (_, name) = self.view.pod_parts(pod);
                let verb = if evicts { "evicted" } else { "deleted" };
                self.out(since + POLL_PERIOD * polls, format!("pod/{name} {verb}"));
            }
        }
        errors
    }

    /// The lines of an eviction that was refused: the first refusal, how often it is repeated, and
    /// the try that is accepted. The client asks for so long by itself before it hands a refusal to
    /// the drain.
    fn retries(
        &mut self,
        node: &NodeDrain,
        pod: PodIdx,
        course: Course,
        (asked, client): (SimTime, SimDuration),
    ) {
        let (began, period) = (asked + client, client + RETRY_DELAY);
        let last = course
            .accepted
            .or(node.ended.filter(|_| node.end != Some(NodeEnd::Never)));
        if last.is_some_and(|last| last < began) {
            // The client asked by itself, and nothing was handed back.
            return;
        }
        let (namespace, name) = self.view.pod_parts(pod);
        self.err(
            began,
            format!(
                "error when evicting pods/{name:?} -n {namespace:?} (will retry after {}): \
                 {VIOLATES}",
                go_duration(RETRY_DELAY)
            ),
        );
        let tries_in = |length: SimDuration| length.as_millis().div_ceil(period.as_millis());
        let refused = match (course.accepted, self.view.command.timeout) {
            (Some(accepted), _) => Some(tries_in(accepted.since(began))),
            (None, Some(timeout)) => Some(tries_in(timeout)),
            (None, None) if node.end == Some(NodeEnd::Never) => None,
            (None, None) => Some(tries_in(node.ended.unwrap_or(began).since(began))),
        };
        // The first of them is printed already.
        let times = refused.map(|refused| refused.saturating_sub(1));
        if times != Some(0) {
            let at = began + period;
            self.lines.push(DrainLine {
                at_ms: at.as_millis(),
                stream: OutputStream::Err,
                text: format!("(the same two lines of {namespace}/{name} again"),
                again: Some(Again {
                    every_ms: period.as_millis(),
                    times,
                }),
            });
        }
        // The last try is announced whether it is granted or comes too late.
        let too_late = node.end == Some(NodeEnd::TimedOut) && course.accepted.is_none();
        let last = course.accepted.or(node.ended.filter(|_| too_late));
        if let Some(last) = last.filter(|last| *last > began) {
            self.out(last, format!("evicting pod {namespace}/{name}"));
        }
    }

    /// The error with which a pod's eviction or its wait ends.
    fn error(&self, node: &NodeDrain, pod: PodIdx, hold: &Hold, course: Course) -> Option<String> {
        let (namespace, name) = self.view.pod_parts(pod);
        let timeout = self.view.command.timeout.unwrap_or(SimDuration::ZERO);
        let reached = format!("global timeout reached: {}", go_duration(timeout));
        match (hold, node.end) {
            (Hold::Overlap { .. }, _) => Some(format!(
                "error when evicting pods/{name:?} -n {namespace:?}: {TWO_BUDGETS}"
            )),
            // Deletions are waited for all together.
            (_, Some(NodeEnd::TimedOut))
                if self.view.command.eviction == EvictionChoice::Disabled =>
            {
                Some(reached)
            }
            (_, Some(NodeEnd::TimedOut)) if course.accepted.is_some() => Some(format!(
                "error when waiting for pod {name:?} in namespace {namespace:?} to terminate: \
                 {reached}"
            )),
            (_, Some(NodeEnd::TimedOut)) => Some(format!(
                "error when evicting pods/{name:?} -n {namespace:?}: {reached}"
            )),
            (Hold::Budget { .. } | Hold::Stopping { .. } | Hold::Finalizer(_), _) => None,
        }
    }

    /// The pods that are still there when the node's drain ends with an error.
    fn pending(&mut self, node: &NodeDrain, name: &str, error: &str, ended: SimTime) {
        if node.left.is_empty() {
            return;
        }
        let intro =
            format!("There are pending pods in node {name:?} when an error occurred: {error}");
        self.err(ended, intro);
        for left in &node.left {
            let (_, pod) = self.view.pod_parts(left.pod);
            self.err(ended, format!("pod/{pod}"));
        }
    }
}

/// What kubectl says of a pod that it refuses; none where it passes on what the API says.
fn refusal_words(why: Refusal) -> Option<&'static str> {
    match why {
        Refusal::DaemonSet => Some("DaemonSet-managed Pods (use --ignore-daemonsets to ignore)"),
        Refusal::LostDaemonSet => None,
        Refusal::EmptyDir => {
            Some("Pods with local storage (use --delete-emptydir-data to override)")
        }
        Refusal::Unmanaged => Some("Pods that declare no controller (use --force to override)"),
    }
}

/// What it warns of; none where it passes on what the API says.
fn warning_words(what: Warning) -> Option<&'static str> {
    match what {
        Warning::DaemonSet => Some("ignoring DaemonSet-managed Pods"),
        Warning::LostDaemonSet => None,
        Warning::EmptyDir => Some("deleting Pods with local storage"),
        Warning::Unmanaged => Some("deleting Pods that declare no controller"),
    }
}

/// Several errors as one, each told once: `[a, b]`.
fn aggregate(errors: &[String]) -> String {
    let mut seen = BTreeSet::new();
    let distinct: Vec<&str> = errors
        .iter()
        .map(String::as_str)
        .filter(|error| seen.insert(*error))
        .collect();
    match distinct[..] {
        [one] => one.to_owned(),
        _ => format!("[{}]", distinct.join(", ")),
    }
}

/// A duration as Go writes it: `1h0m0s`, `5m0s`, `1.5s`.
fn go_duration(length: SimDuration) -> String {
    let millis = length.as_millis();
    let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
    let (seconds, rest) = (millis / 1_000 % 60, millis % 1_000);
    let seconds = match rest {
        0 => format!("{seconds}s"),
        _ => format!("{}s", format!("{seconds}.{rest:03}").trim_end_matches('0')),
    };
    match (hours, minutes) {
        (0, 0) if millis > 0 && millis < 1_000 => format!("{millis}ms"),
        (0, 0) => seconds,
        (0, minutes) => format!("{minutes}m{seconds}"),
        (hours, minutes) => format!("{hours}h{minutes}m{seconds}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_go_does() {
        let texts = [0, 250, 5_000, 1_500, 300_000, 3_600_000, 5_405_000];
        let texts = texts.map(|millis| go_duration(SimDuration::from_millis(millis)));
        assert_eq!(
            texts,
            ["0s", "250ms", "5s", "1.5s", "5m0s", "1h0m0s", "1h30m5s"]
        );
    }

    #[test]
    fn one_error_stands_alone_and_several_in_brackets() {
        let error = |text: &str| text.to_owned();
        assert_eq!(aggregate(&[error("a"), error("a")]), "a");
        assert_eq!(aggregate(&[error("a"), error("b")]), "[a, b]");
    }
}
