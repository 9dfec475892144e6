//! A level over time, folded into buckets as it changes.

use crate::units::SimTime;

/// Which end of a level is the bad one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worst {
    /// The least: availability, readiness, capacity.
    Least,
    /// The greatest: latency, pods that wait.
    Greatest,
}

/// What a level should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// At least this.
    AtLeast(i64),
    /// At most this.
    AtMost(i64),
}

impl Limit {
    /// Whether `value` misses the limit.
    fn is_missed_by(self, value: i64) -> bool {
        match self {
            Self::AtLeast(least) => value < least,
            Self::AtMost(most) => most < value,
        }
    }
}

/// Buckets of equal length from the start to the end of a rehearsal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buckets {
    /// The length of one, in milliseconds; at least 1.
    pub length_ms: u64,
    /// How many there are; at least 1.
    pub count: usize,
}

impl Buckets {
    /// At most `most` buckets that cover everything up to `end`.
    pub fn covering(end: SimTime, most: usize) -> Self {
        let length_ms = end.as_millis().div_ceil(most as u64).max(1);
        let count = end.as_millis().div_ceil(length_ms).max(1) as usize;
        Self { length_ms, count }
    }
}

/// One level: its value since the last change, and everything before folded into buckets.
///
/// A value that lasted no time leaves no trace: of several changes in one millisecond only the
/// last counts.
#[derive(Clone, Debug)]
pub(super) struct Gauge {
    buckets: Buckets,
    worst_end: Worst,
    limit: Option<Limit>,
    value: i64,
    since: SimTime,
    worst_in: Vec<Option<i64>>,
    area_in: Vec<i128>,
    worst: Option<(i64, SimTime)>,
    breach_ms: u64,
}

/// A level over the whole rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The worst value in each bucket.
    pub worst_in: Vec<i64>,
    /// The mean value in each bucket.
    pub mean_in: Vec<i64>,
    /// The worst value of all.
    pub worst: i64,
    /// When it was first reached.
    pub worst_at: SimTime,
    /// The mean over the whole time.
    pub mean: i64,
    /// How long the limit was missed, in milliseconds.
    pub breach_ms: u64,
}

impl Gauge {
    /// A level that has `value` from the start on.
    pub(super) fn new(
        buckets: Buckets,
        worst_end: Worst,
        limit: Option<Limit>,
        value: i64,
    ) -> Self {
        Self {
            buckets,
            worst_end,
            limit,
            value,
            since: SimTime::ZERO,
            worst_in: vec![None; buckets.count],
            area_in: vec![0; buckets.count],
            worst: None,
            breach_ms: 0,
        }
    }

    /// The present value.
    pub(super) fn value(&self) -> i64 {
        self.value
    }

    /// Sets the value at `at`, which is not before the last change.
    pub(super) fn set(&mut self, at: SimTime, value: i64) {
        if value == self.value {
            return;
        }
        self.fold_until(at);
        self.value = value;
    }

    /// Ends the level at `end`.
    pub(super) fn finish(mut self, end: SimTime) -> Series {
        self.fold_until(end);
        let total: i128 = self.area_in.iter().sum();
        let (worst, worst_at) = self.worst.unwrap_or((self.value, SimTime::ZERO));
        let mean_in = (0..self.buckets.count)
            .map(|bucket| self.mean_in(bucket, end))
            .collect();
        let worst_in = self
            .worst_in
            .iter()
            .map(|worst| worst.unwrap_or(self.value))
            .collect();
        let mean = mean_of(total, end.as_millis()).unwrap_or(self.value);
        Series {
            worst_in,
            mean_in,
            worst,
            worst_at,
            mean,
            breach_ms: self.breach_ms,
        }
    }

    /// The mean in one bucket; the last bucket may be shorter than the others.
    fn mean_in(&self, bucket: usize, end: SimTime) -> i64 {
        let from = bucket as u64 * self.buckets.length_ms;
        let to = (from + self.buckets.length_ms).min(end.as_millis());
        mean_of(self.area_in[bucket], to.saturating_sub(from)).unwrap_or(self.value)
    }

    /// Accounts for the present value from the last change to `at`.
    fn fold_until(&mut self, at: SimTime) {
        let (mut from, to) = (self.since.as_millis(), at.as_millis());
        assert!(from <= to, "a level changes forward in time");
        if from == to {
            return;
        }
        if self.worst.is_none_or(|(worst, _)| self.is_worse(worst)) {
            self.worst = Some((self.value, self.since));
        }
        if self
            .limit
            .is_some_and(|limit| limit.is_missed_by(self.value))
        {
            self.breach_ms += to - from;
        }
        self.since = at;
        while from < to {
            let bucket = ((from / self.buckets.length_ms) as usize).min(self.buckets.count - 1);
            let mut until = ((bucket as u64 + 1) * self.buckets.length_ms).min(to);
            if bucket + 1 == self.buckets.count {
                until = to;
            }
            self.area_in[bucket] += i128::from(self.value) * i128::from(until - from);
            if self.worst_in[bucket].is_none_or(|worst| self.is_worse(worst)) {
                self.worst_in[bucket] = Some(self.value);
            }
            from = until;
        }
    }

    /// Whether the present value is worse than `other`.
    fn is_worse(&self, other: i64) -> bool {
        match self.worst_end {
            Worst::Least => self.value < other,
            Worst::Greatest => other < self.value,
        }
    }
}

/// `area / width`, rounded to the nearest; none when there is no width.
fn mean_of(area: i128, width: u64) -> Option<i64> {
    let width = i128::from(width);
    (width > 0).then(|| ((2 * area + width).div_euclid(2 * width)) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `(seconds, value)` into a level that starts at 100, ten seconds long in five buckets.
    #[track_caller]
    fn check(changes: &[(u64, i64)], worst_in: &[i64], mean_in: &[i64], breach_ms: u64) {
        let end = SimTime::from_millis(10_000);
        let limit = Some(Limit::AtLeast(50));
        let mut gauge = Gauge::new(Buckets::covering(end, 5), Worst::Least, limit, 100);
        for (secs, value) in changes {
            gauge.set(SimTime::from_millis(secs * 1_000), *value);
        }
        let series = gauge.finish(end);
        assert_eq!(series.worst_in, worst_in);
        assert_eq!(series.mean_in, mean_in);
        assert_eq!(series.breach_ms, breach_ms);
    }

    #[test]
    fn a_level_that_never_changes_fills_every_bucket() {
        check(&[], &[100; 5], &[100; 5], 0);
    }

    #[test]
    fn a_dip_shows_as_the_worst_and_in_the_mean() {
        check(
            &[(3, 0), (4, 100)],
            &[100, 0, 100, 100, 100],
            &[100, 50, 100, 100, 100],
            1_000,
        );
    }

    #[test]
    fn a_value_that_lasts_no_time_leaves_no_trace() {
        check(&[(3, 0), (3, 100)], &[100; 5], &[100; 5], 0);
    }

    #[test]
    fn the_worst_is_dated_to_its_first_moment() {
        let end = SimTime::from_millis(10_000);
        let mut gauge = Gauge::new(Buckets::covering(end, 5), Worst::Greatest, None, 1);
        gauge.set(SimTime::from_millis(2_000), 9);
        gauge.set(SimTime::from_millis(3_000), 1);
        gauge.set(SimTime::from_millis(7_000), 9);
        let series = gauge.finish(end);
        assert_eq!(
            (series.worst, series.worst_at),
            (9, SimTime::from_millis(2_000))
        );
    }
}
