//! The scheduler's arithmetic.

use serde::Deserialize;
use serde_json::{Value, json};
use wavetank_core::inventory::Resources;
use wavetank_core::sim::scheduler::{fit, least_allocated as least, sampling};
use wavetank_core::snapshot::{ContainerPlace, ContainerResources, RequestSum};

use super::read;

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Amounts {
    #[serde(rename = "milliCPU", default)]
    milli_cpu: u64,
    #[serde(default)]
    memory: u64,
    #[serde(default)]
    pods: u32,
}

impl From<Amounts> for Resources {
    fn from(amounts: Amounts) -> Self {
        Self {
            cpu_millis: amounts.milli_cpu,
            memory_bytes: amounts.memory,
            pods: amounts.pods,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Fit {
    allocatable: Amounts,
    used: Amounts,
    containers: Vec<Amounts>,
    init_containers: Vec<Amounts>,
}

pub(crate) fn fit(input: Value) -> Result<Value, String> {
    let input: Fit = read(input)?;
    let mut sum = RequestSum::default();
    let init = input
        .init_containers
        .iter()
        .map(|c| (ContainerPlace::Init, c));
    let main = input.containers.iter().map(|c| (ContainerPlace::Main, c));
    for (place, amounts) in init.chain(main) {
        let requests = ContainerResources {
            cpu_millis: amounts.milli_cpu,
            memory_bytes: amounts.memory,
        };
        sum.add(place, requests);
    }
    let total = sum.total();
    let requests = Resources {
        cpu_millis: total.cpu_millis,
        memory_bytes: total.memory_bytes,
        pods: 1,
    };
    let free = fit::free(input.allocatable.into(), input.used.into());
    let short = fit::insufficient(free, requests);
    let names: Vec<&str> = short.iter().map(|resource| resource.resource()).collect();
    Ok(json!({
        "fits": fit::fits(free, requests),
        "insufficient": names,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Scored {
    allocatable: Amounts,
    requested_including_pod: Amounts,
    weights: GivenWeights,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenWeights {
    cpu: u64,
    memory: u64,
}

pub(crate) fn least_allocated(input: Value) -> Result<Value, String> {
    let input: Scored = read(input)?;
    let weights = least::Weights {
        cpu: input.weights.cpu,
        memory: input.weights.memory,
    };
    let requested = input.requested_including_pod.into();
    let score = least::score(input.allocatable.into(), requested, weights);
    Ok(json!({ "score": score }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Search {
    num_all_nodes: u32,
    percentage_of_nodes_to_score: u32,
}

pub(crate) fn nodes_to_find(input: Value) -> Result<Value, String> {
    let input: Search = read(input)?;
    let nodes = sampling::nodes_to_find(input.num_all_nodes, input.percentage_of_nodes_to_score);
    Ok(json!({ "nodes": nodes }))
}
