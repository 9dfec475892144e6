//! `kubectl drain`: which pods it takes, and how it goes on about one of them.

use serde::Deserialize;
use serde_json::{Value, json};
use wavetank_core::sim::kubectl::filter::{Controller, DrainedPod, Flags, Verdict, verdict};
use wavetank_core::sim::kubectl::retry::{
    self, End, EvictionChoice, EvictionSupport, Peer, Reply, Response, SeenPod, Verb,
};
use wavetank_core::snapshot::PodPhase;
use wavetank_core::units::SimDuration;

use super::read;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    pod: Pod,
    flags: GivenFlags,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Pod {
    controller: Option<String>,
    controller_exists: bool,
    phase: PodPhase,
    empty_dir: bool,
    mirror: bool,
    seconds_since_deletion_timestamp: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
#[derive(Default)]
struct GivenFlags {
    ignore_daemonsets: bool,
    force: bool,
    delete_emptydir_data: bool,
    skip_wait_for_delete_timeout: u64,
}

pub(crate) fn filter(input: Value) -> Result<Value, String> {
    let Filter { pod, flags } = read(input)?;
    let controller = match pod.controller.as_deref() {
        None => Controller::None,
        Some("DaemonSet") if pod.controller_exists => Controller::DaemonSet,
        Some("DaemonSet") => Controller::LostDaemonSet,
        Some(_) => Controller::Other,
    };
    let pod = DrainedPod {
        controller,
        phase: pod.phase,
        has_empty_dir: pod.empty_dir,
        is_mirror: pod.mirror,
        deleted_for: pod
            .seconds_since_deletion_timestamp
            .map(SimDuration::from_secs),
    };
    let flags = Flags {
        ignore_daemonsets: flags.ignore_daemonsets,
        delete_emptydir_data: flags.delete_emptydir_data,
        force: flags.force,
        skip_wait_for_delete: SimDuration::from_secs(flags.skip_wait_for_delete_timeout),
    };
    let word = match verdict(pod, flags) {
        Verdict::Evict | Verdict::Warn(_) => "evict",
        Verdict::Skip(_) => "skip",
        Verdict::Refuse(_) => "error",
    };
    Ok(json!({ "verdict": word }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Loop {
    #[serde(default)]
    evict_responses: Vec<Value>,
    #[serde(default)]
    repeat_last: bool,
    pod_gone_after_seconds: Option<u64>,
    pod_deleting_from_call: Option<u32>,
    #[serde(default)]
    timeout_seconds: u64,
    eviction_supported: Option<bool>,
    disable_eviction: Option<bool>,
}

/// Answers as the case says.
struct Scripted {
    responses: Vec<Response>,
    repeat_last: bool,
    deleting_from: Option<u32>,
    gone_after: Option<SimDuration>,
    /// Whether an answer was asked for that the case does not give.
    ran_out: bool,
}

impl Peer for Scripted {
    fn evict(&mut self, call: u32) -> Reply {
        let index = call as usize - 1;
        let last = self.responses.len() - 1;
        self.ran_out |= index > last && !self.repeat_last;
        let settled = self.deleting_from.is_none_or(|from| call >= from);
        Reply {
            response: self.responses[index.min(last)],
            for_ever: index >= last && settled && self.repeat_last || self.ran_out,
        }
    }

    fn read(&mut self, call: u32) -> SeenPod {
        match self.deleting_from {
            Some(from) if call >= from => SeenPod::Deleting,
            Some(_) | None => SeenPod::Alive,
        }
    }

    fn gone_after(&self) -> Option<SimDuration> {
        self.gone_after
    }
}

fn response(value: &Value) -> Result<Response, String> {
    if value.as_str() == Some("403-namespace-terminating") {
        return Ok(Response::NamespaceTerminating);
    }
    let status = value.as_u64().and_then(|status| u16::try_from(status).ok());
    match status {
        Some(200..=299) => Ok(Response::Accepted),
        Some(404) => Ok(Response::NotFound),
        Some(429) => Ok(Response::TooManyRequests),
        Some(status) => Ok(Response::Error(status)),
        None => Err(format!("an answer {value} is not known")),
    }
}

fn chosen_verb(input: &Loop) -> Verb {
    let support = match input.eviction_supported {
        Some(false) => EvictionSupport::Unsupported,
        Some(true) | None => EvictionSupport::Supported,
    };
    let choice = match input.disable_eviction {
        Some(true) => EvictionChoice::Disabled,
        Some(false) | None => EvictionChoice::Enabled,
    };
    retry::verb(support, choice)
}

pub(crate) fn run(input: Value) -> Result<Value, String> {
    let input: Loop = read(input)?;
    let verb = match chosen_verb(&input) {
        Verb::Evict => "evict",
        Verb::Delete => "delete",
    };
    if input.evict_responses.is_empty() {
        return Ok(json!({ "verb": verb }));
    }
    let responses: Result<Vec<_>, _> = input.evict_responses.iter().map(response).collect();
    let mut peer = Scripted {
        responses: responses?,
        repeat_last: input.repeat_last,
        deleting_from: input.pod_deleting_from_call,
        gone_after: input.pod_gone_after_seconds.map(SimDuration::from_secs),
        ran_out: false,
    };
    let secs = input.timeout_seconds;
    let timeout = (secs > 0).then(|| SimDuration::from_secs(secs));
    let drained = retry::run(&mut peer, timeout);
    if peer.ran_out {
        return Err("more answers were needed than the case gives".to_owned());
    }
    let result = match drained.end {
        End::Gone => "ok",
        End::Failed | End::TimedOut => "error",
        End::Never => "never-ends",
    };
    Ok(json!({
        "verb": verb,
        "result": result,
        "evictCalls": drained.calls,
        "elapsedSeconds": drained.elapsed.as_millis() as f64 / 1e3,
    }))
}
