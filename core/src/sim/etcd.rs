//! What slow disks under etcd do to everything above them (k8s-truth §8).
//!
//! One number goes in, the 99th percentile of commit latency; elections, availability, latency of
//! writes and the chances of leases are computed from it.
//!
//! Commit latencies are taken to be log-normal with a median of a third of the 99th percentile, as
//! of a disk that is slow throughout rather than one that stalls now and then. That is a judgement;
//! it decides how steep the way from slow to unusable is.

use crate::math;
use crate::units::SimDuration;

/// A follower calls an election when it hears nothing for one to two election timeouts of 1 s.
const MEAN_ELECTION_TIMEOUT_SECS: f64 = 1.5;
/// A vote must be on disk before the candidate's own timeout ends.
const VOTE_DEADLINE_SECS: f64 = 1.0;
/// What a request may take: 5 s and two election timeouts.
const REQUEST_TIMEOUT_SECS: f64 = 7.0;
/// A leader-election client gives one renewal half its renew deadline of 10 s.
const RENEWAL_TIMEOUT_SECS: f64 = 5.0;
/// Renewals that fit into a renew deadline of 10 s, one every 2 s.
const RENEWALS_PER_DEADLINE: u32 = 5;
/// How often a kubelet renews its lease.
const NODE_RENEWAL_PERIOD: SimDuration = SimDuration::from_secs(10);
/// How often it tries each time.
const TRIES_PER_NODE_RENEWAL: u32 = 2;
/// The ratio of the 99th percentile to the median.
const P99_TO_MEDIAN: f64 = 3.0;
/// The standard normal variate's 99th percentile.
const Z99: f64 = 2.326_347_874_040_841;
/// Below this share of answered requests the API is as good as down.
const USABLE_PPM: u32 = 10_000;
/// The commit latency that severity 1,000 of the fault stands for.
const WORST_COMMIT_P99_MICROS: u64 = 10_000_000;

/// What a commit latency means for the control plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effects {
    /// Elections that the leader's stalls cause.
    pub elections_per_hour: u32,
    /// Requests that are answered, in parts per million; 0 when hardly any is.
    pub available_ppm: u32,
    /// What a write takes: one commit and one round trip.
    pub write_latency: SimDuration,
    /// The chance that one renewal of a component's lease succeeds.
    pub renewal_chance: f64,
}

/// Members that must agree before anything is written: more than half (§8).
pub fn quorum(members: u32) -> u32 {
    members / 2 + 1
}

/// Members that may be lost while the others still write; none of no members.
pub fn failure_tolerance(members: u32) -> u32 {
    members.saturating_sub(quorum(members))
}

/// The commit latency that a fault of this severity asks for, in microseconds.
pub fn commit_p99_micros(severity_per_mille: u32) -> u64 {
    WORST_COMMIT_P99_MICROS * u64::from(severity_per_mille) / 1_000
}

/// Computes the effects of a 99th percentile of commit latency on `members` members.
pub fn effects(commit_p99_micros: u64, members: u32) -> Effects {
    effects_without(commit_p99_micros, members, 0)
}

/// The same while `lost` of the members are gone: those that are left must still be a majority of
/// all, and without one nothing is written.
pub fn effects_without(commit_p99_micros: u64, members: u32, lost: u32) -> Effects {
    let left = members.saturating_sub(lost);
    let p99 = commit_p99_micros as f64 / 1e6;
    let below = |secs: f64| share_below(p99, secs);
    let mean = mean_secs(p99);
    let stall = 1.0 - below(MEAN_ELECTION_TIMEOUT_SECS);
    // A single member has no follower that could miss its heartbeat.
    let elections_per_sec = if left > 1 {
        stall / mean.max(0.05)
    } else {
        0.0
    };
    let outage = outage_secs(below(VOTE_DEADLINE_SECS), members, left);
    let led = 1.0 / (1.0 + elections_per_sec * outage);
    let available = led * below(REQUEST_TIMEOUT_SECS);
    let available_ppm = (available * 1e6) as u32;
    let effects = Effects {
        elections_per_hour: (elections_per_sec * 3_600.0) as u32,
        available_ppm: if available_ppm < USABLE_PPM {
            0
        } else {
            available_ppm
        },
        write_latency: SimDuration::from_millis((mean * 1e3) as u64 + 5),
        renewal_chance: led * below(RENEWAL_TIMEOUT_SECS),
    };
    if left < quorum(members) {
        return effects.unanswered();
    }
    effects
}

impl Effects {
    /// The same while no request is answered at all.
    pub fn unanswered(self) -> Self {
        Self {
            elections_per_hour: 0,
            available_ppm: 0,
            renewal_chance: 0.0,
            ..self
        }
    }

    /// The chance that a component loses its lease within one renew deadline of 10 s.
    pub fn lease_loss_chance(&self) -> f64 {
        power(1.0 - self.renewal_chance, RENEWALS_PER_DEADLINE)
    }

    /// Whether a node's lease is more likely than not to lapse within this grace period.
    pub fn node_leases_lapse(&self, grace: SimDuration) -> bool {
        let renewals = grace.as_millis() / NODE_RENEWAL_PERIOD.as_millis();
        let tries = u32::try_from(renewals).unwrap_or(u32::MAX) * TRIES_PER_NODE_RENEWAL;
        power(1.0 - self.renewal_chance, tries) >= 0.5
    }
}

/// How long the members are without a leader: the silence, then votes until a majority has one on
/// its disk in time.
fn outage_secs(vote: f64, members: u32, left: u32) -> f64 {
    let others = left.saturating_sub(1);
    let needed = members / 2;
    let majority = at_least(vote, others, needed);
    let election = (vote * majority).max(1e-6);
    MEAN_ELECTION_TIMEOUT_SECS + MEAN_ELECTION_TIMEOUT_SECS / election
}

/// The chance that at least `needed` of `n` independent trials of this chance succeed.
fn at_least(chance: f64, n: u32, needed: u32) -> f64 {
    (needed..=n)
        .map(|k| binomial(n, k) * power(chance, k) * power(1.0 - chance, n - k))
        .sum()
}

fn binomial(n: u32, k: u32) -> f64 {
    (0..k).fold(1.0, |product, i| {
        product * f64::from(n - i) / f64::from(i + 1)
    })
}

fn power(base: f64, exponent: u32) -> f64 {
    (0..exponent).fold(1.0, |product, _| product * base)
}

fn sigma() -> f64 {
    math::ln(P99_TO_MEDIAN) / Z99
}

/// The share of commits that take less than `secs` when this is their 99th percentile.
fn share_below(p99_secs: f64, secs: f64) -> f64 {
    if p99_secs <= 0.0 {
        return 1.0;
    }
    let median = p99_secs / P99_TO_MEDIAN;
    math::normal_cdf(math::ln(secs / median) / sigma())
}

fn mean_secs(p99_secs: f64) -> f64 {
    let sigma = sigma();
    p99_secs / P99_TO_MEDIAN * math::exp(sigma * sigma / 2.0)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(severities: &[u32], members: u32, expected: &Expect) {
        use std::fmt::Write as _;
        let mut table = String::new();
        for severity in severities {
            let micros = commit_p99_micros(*severity);
            let effects = effects(micros, members);
            writeln!(
                table,
                "{severity:>4}: p99 {:>5} ms, {:>4} elections/h, {:>7} ppm, write {}, loss {:.4}",
                micros / 1_000,
                effects.elections_per_hour,
                effects.available_ppm,
                effects.write_latency,
                effects.lease_loss_chance(),
            )
            .expect("a string takes everything");
        }
        expected.assert_eq(&table);
    }

    #[test]
    fn slow_disks_first_slow_then_shake_then_stop_the_api() {
        check(
            &[1, 50, 100, 150, 200, 300, 500, 1_000],
            3,
            &expect![[r#"
               1: p99    10 ms,    0 elections/h, 1000000 ppm, write 8ms, loss 0.0000
              50: p99   500 ms,    0 elections/h,  999973 ppm, write 191ms, loss 0.0000
             100: p99  1000 ms,    6 elections/h,  994176 ppm, write 377ms, loss 0.0000
             150: p99  1500 ms,   64 elections/h,  947086 ppm, write 563ms, loss 0.0000
             200: p99  2000 ms,  207 elections/h,  834565 ppm, write 750ms, loss 0.0001
             300: p99  3000 ms,  628 elections/h,  510003 ppm, write 1s122ms, loss 0.0283
             500: p99  5000 ms, 1136 elections/h,   68795 ppm, write 1s868ms, loss 0.7025
            1000: p99 10000 ms,  922 elections/h,       0 ppm, write 3s731ms, loss 0.9994
        "#]],
        );
    }

    // 40 s hold four renewals and 50 s five, each tried twice.
    #[test]
    fn a_longer_grace_period_forgives_more() {
        let mut effects = effects(10_000, 3);
        effects.renewal_chance = 0.08;
        let lapses = [40, 50].map(|secs| effects.node_leases_lapse(SimDuration::from_secs(secs)));
        assert_eq!(lapses, [true, false]);
    }

    #[test]
    fn a_minority_may_be_lost_and_no_more() {
        let answers = |members, lost| effects_without(10_000, members, lost).available_ppm > 0;
        let table = [3, 5].map(|members| {
            let lost = 0..=members;
            lost.map(|lost| answers(members, lost)).collect::<Vec<_>>()
        });
        let expected: [Vec<bool>; 2] = [
            vec![true, true, false, false],
            vec![true, true, true, false, false, false],
        ];
        assert_eq!(table, expected);
    }

    #[test]
    fn an_even_member_adds_no_tolerance() {
        let table: Vec<_> = (1..=7).map(|n| (quorum(n), failure_tolerance(n))).collect();
        let expected = [(1, 0), (2, 0), (2, 1), (3, 1), (3, 2), (4, 2), (4, 3)];
        assert_eq!(table, expected);
    }

    #[test]
    fn a_single_member_has_no_elections_but_its_writes_time_out() {
        check(
            &[200, 1_000],
            1,
            &expect![[r#"
             200: p99  2000 ms,    0 elections/h,  999999 ppm, write 750ms, loss 0.0000
            1000: p99 10000 ms,    0 elections/h,  941917 ppm, write 3s731ms, loss 0.0003
        "#]],
        );
    }
}
