//! What a scenario says of services: how much is asked of them, and which of them call which.
//!
//! All of it is optional, since few know it of every workload. What is not said is assumed where
//! the assumption is told in the report, and is not known otherwise; no call is ever assumed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::parse::LONGEST_SPAN;
use crate::units::{SimDuration, Thousandths};

/// What is known of one workload as a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceSpec {
    /// Its cluster; none means every cluster that has such a workload.
    #[serde(default)]
    pub cluster: Option<String>,
    /// The workload's namespace.
    pub namespace: String,
    /// The workload's name.
    pub name: String,
    /// Requests a second that are asked of it, in each cluster.
    #[serde(default)]
    pub demand: Option<Thousandths>,
    /// Requests a second that one ready replica can answer.
    #[serde(default)]
    pub capacity_per_replica: Option<Thousandths>,
    /// How long a request takes where it does not have to wait.
    #[serde(default)]
    pub service_time: Option<SimDuration>,
    /// After how long a request is given up.
    #[serde(default)]
    pub timeout: Option<SimDuration>,
    /// The share of requests that may fail within 28 days, in parts per million: 1000 where 99.9 %
    /// are promised.
    #[serde(default)]
    pub error_budget_ppm: Option<u32>,
    /// The services it calls.
    #[serde(default)]
    pub calls: Vec<CallSpec>,
}

/// One service calls another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CallSpec {
    /// The workload that is called, as `namespace/name`.
    pub to: String,
    /// Its cluster; none means the caller's own.
    #[serde(default)]
    pub cluster: Option<String>,
    /// How many calls a request makes, on average.
    #[serde(default = "once")]
    pub per_request: Thousandths,
    /// What becomes of a request whose call fails.
    #[serde(default)]
    pub kind: CallKind,
}

/// What becomes of a request whose call fails.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum CallKind {
    /// It fails, too.
    #[default]
    Hard,
    /// It is answered without what was called for.
    Soft,
}

const fn once() -> Thousandths {
    Thousandths::ONE
}

/// More calls than one request can make.
const MOST_CALLS: Thousandths = Thousandths::whole(1_000);

/// More requests than any service answers in a second.
const MOST_REQUESTS: Thousandths = Thousandths::whole(1_000_000_000);

/// The first field beyond what its number can mean, and what is wrong with it.
pub(super) fn check(services: &[ServiceSpec]) -> Result<(), (String, String)> {
    for (index, service) in services.iter().enumerate() {
        let wrong =
            |field: &str, message: String| Err((format!("services[{index}].{field}"), message));
        for (field, rate) in [
            ("demand", service.demand),
            ("capacityPerReplica", service.capacity_per_replica),
        ] {
            if let Some(rate) = rate.filter(|rate| *rate > MOST_REQUESTS) {
                return wrong(
                    field,
                    format!("{rate} is over {MOST_REQUESTS} requests a second"),
                );
            }
        }
        if service.capacity_per_replica == Some(Thousandths::default()) {
            let message = "a replica answers more than 0 requests a second";
            return wrong("capacityPerReplica", message.to_owned());
        }
        for (field, span) in [
            ("serviceTime", service.service_time),
            ("timeout", service.timeout),
        ] {
            match span {
                Some(SimDuration::ZERO) => {
                    return wrong(field, "write more than 0s, such as `20ms`".to_owned());
                }
                Some(span) if span > LONGEST_SPAN => {
                    let message = format!("{span} is too long; write at most {LONGEST_SPAN}");
                    return wrong(field, message);
                }
                _ => {}
            }
        }
        if let Some(ppm) = service.error_budget_ppm
            && !(1..=1_000_000).contains(&ppm)
        {
            let message = format!("{ppm} is not from 1 to 1000000 parts per million");
            return wrong("errorBudgetPpm", message);
        }
        for (at, call) in service.calls.iter().enumerate() {
            if call.to.split_once('/').is_none_or(|(namespace, name)| {
                namespace.is_empty() || name.is_empty() || name.contains('/')
            }) {
                let message = format!("`{}` is not of the form `namespace/name`", call.to);
                return wrong(&format!("calls[{at}].to"), message);
            }
            if call.per_request > MOST_CALLS {
                let message = format!("{} is over {MOST_CALLS} calls a request", call.per_request);
                return wrong(&format!("calls[{at}].perRequest"), message);
            }
        }
    }
    Ok(())
}
