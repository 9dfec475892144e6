//! Taints, tolerations, and nodes that fall silent.

use serde::Deserialize;
use serde_json::{Value, json};
use wavetank_core::inventory::tolerates;
use wavetank_core::sim::node_lifecycle::taint_eviction::{Delay, min_toleration_time};
use wavetank_core::sim::node_lifecycle::zone::{self, Others, Thresholds};
use wavetank_core::snapshot::{Taint, TaintEffect, Toleration};

use super::read;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    toleration: GivenToleration,
    taint: GivenTaint,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct GivenToleration {
    key: String,
    operator: String,
    value: String,
    effect: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenTaint {
    key: String,
    #[serde(default)]
    value: String,
    effect: TaintEffect,
}

pub(crate) fn toleration(input: Value) -> Result<Value, String> {
    let Pair { toleration, taint } = read(input)?;
    let given = |text: String| (!text.is_empty()).then_some(text);
    let effect = given(toleration.effect).map(|effect| read(Value::String(effect)));
    let toleration = Toleration {
        key: given(toleration.key),
        operator: given(toleration.operator),
        value: given(toleration.value),
        effect: effect.transpose()?,
        toleration_seconds: None,
    };
    let taint = Taint {
        key: taint.key,
        value: taint.value,
        effect: taint.effect,
    };
    Ok(json!({ "tolerated": tolerates(&toleration, &taint) }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Limits {
    matching_toleration_seconds: Vec<Option<i64>>,
}

pub(crate) fn eviction_delay(input: Value) -> Result<Value, String> {
    let input: Limits = read(input)?;
    let delay = min_toleration_time(input.matching_toleration_seconds.into_iter());
    Ok(json!({
        "delaySeconds": match delay {
            Delay::After(delay) => delay.as_secs() as i64,
            Delay::Never => -1,
        },
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Zone {
    ready: u32,
    not_ready: u32,
    all_zones_fully_disrupted: bool,
    large_cluster_threshold: u32,
    unhealthy_zone_threshold: f64,
}

pub(crate) fn zone_state(input: Value) -> Result<Value, String> {
    let input: Zone = read(input)?;
    let thresholds = Thresholds {
        large_zone_nodes: input.large_cluster_threshold,
        unhealthy_share: input.unhealthy_zone_threshold,
        ..zone::DEFAULTS
    };
    let others = if input.all_zones_fully_disrupted {
        Others::AllDisrupted
    } else {
        Others::SomeLive
    };
    let state = zone::state(input.ready, input.not_ready, thresholds);
    let nodes = input.ready + input.not_ready;
    Ok(json!({
        "state": format!("{state:?}"),
        "taintRatePerSecond": zone::taint_rate(state, nodes, others, thresholds),
    }))
}
