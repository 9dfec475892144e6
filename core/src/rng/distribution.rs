//! How a duration varies: six kinds of distribution, each told by its quantiles.
//!
//! All but the log-normal are drawn by inverse transform, the quantile of a uniform variate, so
//! one draw is one `u64`; a constant needs none. The log-normal is drawn after Box and Muller
//! (1958), two `u64` each. Whatever is not a whole number of milliseconds is rounded down.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Stream;
use crate::math;
use crate::units::SimDuration;

/// The standard normal variate that one draw in twenty exceeds.
const Z_95: f64 = 1.644_853_626_951_472_2;

/// Longer than any rehearsal.
const LONGEST: SimDuration = SimDuration::from_hours(366 * 24);

/// How a duration varies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum Distribution {
    /// Always the same.
    Constant(SimDuration),
    /// Any length between the two, equally likely.
    Uniform {
        /// The shortest.
        min: SimDuration,
        /// The longest.
        max: SimDuration,
    },
    /// Between the two, more likely the nearer to a third.
    Triangular {
        /// The shortest.
        min: SimDuration,
        /// The likeliest.
        mode: SimDuration,
        /// The longest.
        max: SimDuration,
    },
    /// Skewed to the right, given by the median and the 95th percentile.
    LogNormal {
        /// Half of all draws are shorter.
        median: SimDuration,
        /// One draw in twenty is longer.
        p95: SimDuration,
    },
    /// A time until something happens whose chance grows or falls while one waits.
    Weibull {
        /// The shape in thousandths: at 1,000 the chance stays the same (exponential), above it
        /// grows, below it falls.
        shape_per_mille: u32,
        /// 632 draws in a thousand are shorter, whatever the shape.
        scale: SimDuration,
    },
    /// What was observed, with straight lines between neighbors: never shorter than the shortest
    /// nor longer than the longest.
    Empirical(Observations),
}

/// Lengths that were observed, shortest first in whatever order they are given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "Vec<SimDuration>", into = "Vec<SimDuration>")]
pub struct Observations(Vec<SimDuration>);

impl From<Vec<SimDuration>> for Observations {
    fn from(mut observed: Vec<SimDuration>) -> Self {
        observed.sort_unstable();
        Self(observed)
    }
}

impl From<Observations> for Vec<SimDuration> {
    fn from(observed: Observations) -> Self {
        observed.0
    }
}

impl Observations {
    /// Shortest first.
    pub fn sorted(&self) -> &[SimDuration] {
        &self.0
    }

    /// The quantile in milliseconds: the order statistics lie evenly between 0 and 1 (the seventh
    /// definition of Hyndman and Fan 1996).
    fn at(&self, share: f64) -> f64 {
        let Some(last) = self.0.len().checked_sub(1) else {
            return 0.0;
        };
        let place = share * last as f64;
        let below = (place as usize).min(last);
        let millis = |index: usize| self.0[index.min(last)].as_millis() as f64;
        millis(below) + (place - below as f64) * (millis(below + 1) - millis(below))
    }
}

/// Why numbers make no distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DistributionError {
    /// The ends are the wrong way round.
    #[error("min {min} is over max {max}; write the shortest as min")]
    MinOverMax {
        /// The shortest, as written.
        min: SimDuration,
        /// The longest, as written.
        max: SimDuration,
    },
    /// The likeliest length is none of those that are possible.
    #[error("mode {mode} is not between min {min} and max {max}; write the likeliest as mode")]
    ModeOutside {
        /// The shortest.
        min: SimDuration,
        /// The likeliest, as written.
        mode: SimDuration,
        /// The longest.
        max: SimDuration,
    },
    /// A log-normal length is never zero.
    #[error("median is 0s; write a `constant` of 0s, or a median over zero")]
    MedianZero,
    /// The 95th percentile lies above the median.
    #[error("p95 {p95} is not over median {median}; write a longer p95, or a `constant`")]
    P95NotOverMedian {
        /// The median.
        median: SimDuration,
        /// The 95th percentile, as written.
        p95: SimDuration,
    },
    /// A Weibull distribution needs a shape.
    #[error("shapePerMille is 0; write thousandths over zero, such as 1000")]
    ShapeZero,
    /// A Weibull length is never zero.
    #[error("scale is 0s; write a `constant` of 0s, or a scale over zero")]
    ScaleZero,
    /// Nothing was observed.
    #[error("no duration is listed; write at least one, such as `[90s, 2m]`")]
    NoObservation,
    /// It is longer than any rehearsal.
    #[error("{length} is too long; write at most {LONGEST}")]
    TooLong {
        /// The longest of its numbers; of a Weibull distribution the 95th percentile.
        length: SimDuration,
    },
}

impl Distribution {
    /// Every length so many times as long.
    pub fn times(&self, n: u32) -> Self {
        let n_times = |span: SimDuration| span * u64::from(n);
        match self {
            Self::Constant(span) => Self::Constant(n_times(*span)),
            Self::Uniform { min, max } => Self::Uniform {
                min: n_times(*min),
                max: n_times(*max),
            },
            Self::Triangular { min, mode, max } => Self::Triangular {
                min: n_times(*min),
                mode: n_times(*mode),
                max: n_times(*max),
            },
            Self::LogNormal { median, p95 } => Self::LogNormal {
                median: n_times(*median),
                p95: n_times(*p95),
            },
            Self::Weibull {
                shape_per_mille,
                scale,
            } => Self::Weibull {
                shape_per_mille: *shape_per_mille,
                scale: n_times(*scale),
            },
            Self::Empirical(observed) => {
                let observed = observed.sorted().iter().map(|span| n_times(*span));
                Self::Empirical(observed.collect::<Vec<_>>().into())
            }
        }
    }

    /// The length that so many thousandths of all draws do not exceed, to the millisecond. Where
    /// there is no shortest or no longest, 0 counts as 1 and 1,000 as 999.
    pub fn quantile(&self, per_mille: u32) -> SimDuration {
        let per_mille = match self {
            Self::LogNormal { .. } | Self::Weibull { .. } => per_mille.clamp(1, 999),
            Self::Constant(_)
            | Self::Uniform { .. }
            | Self::Triangular { .. }
            | Self::Empirical(_) => per_mille.min(1_000),
        };
        let millis = self.at(f64::from(per_mille) / 1_000.0);
        SimDuration::from_millis((millis + 0.5) as u64)
    }

    /// Whether its numbers make a distribution.
    pub fn check(&self) -> Result<(), DistributionError> {
        let longest = match self {
            Self::Constant(value) => *value,
            Self::Uniform { max, .. } | Self::Triangular { max, .. } => *max,
            Self::LogNormal { median, p95 } => *median.max(p95),
            Self::Weibull { .. } => self.quantile(950),
            Self::Empirical(observed) => {
                let last = observed.0.last().copied();
                last.ok_or(DistributionError::NoObservation)?
            }
        };
        match *self {
            Self::Uniform { min, max } | Self::Triangular { min, max, .. } if max < min => {
                Err(DistributionError::MinOverMax { min, max })
            }
            Self::Triangular { min, mode, max } if mode < min || max < mode => {
                Err(DistributionError::ModeOutside { min, mode, max })
            }
            Self::LogNormal { median, .. } if median == SimDuration::ZERO => {
                Err(DistributionError::MedianZero)
            }
            Self::LogNormal { median, p95 } if p95 <= median => {
                Err(DistributionError::P95NotOverMedian { median, p95 })
            }
            Self::Weibull {
                shape_per_mille: 0, ..
            } => Err(DistributionError::ShapeZero),
            Self::Weibull { scale, .. } if scale == SimDuration::ZERO => {
                Err(DistributionError::ScaleZero)
            }
            Self::Constant(_)
            | Self::Uniform { .. }
            | Self::Triangular { .. }
            | Self::LogNormal { .. }
            | Self::Weibull { .. }
            | Self::Empirical(_)
                if longest > LONGEST =>
            {
                Err(DistributionError::TooLong { length: longest })
            }
            Self::Constant(_)
            | Self::Uniform { .. }
            | Self::Triangular { .. }
            | Self::LogNormal { .. }
            | Self::Weibull { .. }
            | Self::Empirical(_) => Ok(()),
        }
    }

    /// The next length of `stream`.
    pub(super) fn draw(&self, stream: &mut Stream) -> SimDuration {
        let millis = match self {
            Self::Constant(value) => return *value,
            Self::Uniform { min, max } => {
                let width = (*max - *min).as_millis();
                return *min + SimDuration::from_millis(stream.below(width.saturating_add(1)));
            }
            Self::LogNormal { median, p95 } => {
                let factor = math::exp(sigma(*median, *p95) * stream.normal());
                median.as_millis() as f64 * factor
            }
            Self::Triangular { .. } | Self::Weibull { .. } | Self::Empirical(_) => {
                self.at(1.0 - stream.unit_open())
            }
        };
        SimDuration::from_millis(millis as u64)
    }

    /// The quantile in milliseconds of a share from 0 to 1.
    fn at(&self, share: f64) -> f64 {
        let number = |length: &SimDuration| length.as_millis() as f64;
        match self {
            Self::Constant(value) => number(value),
            Self::Uniform { min, max } => number(min) + share * (number(max) - number(min)),
            Self::Triangular { min, mode, max } => {
                let (min, mode, max) = (number(min), number(mode), number(max));
                let width = max - min;
                if share * width <= mode - min {
                    min + math::sqrt(share * width * (mode - min))
                } else {
                    max - math::sqrt((1.0 - share) * width * (max - mode))
                }
            }
            Self::LogNormal { median, p95 } => {
                let z = math::normal_quantile(share);
                number(median) * math::exp(sigma(*median, *p95) * z)
            }
            Self::Weibull {
                shape_per_mille,
                scale,
            } => {
                let shape = f64::from(*shape_per_mille) / 1_000.0;
                number(scale) * math::exp(math::ln(-math::ln(1.0 - share)) / shape)
            }
            Self::Empirical(observed) => observed.at(share),
        }
    }
}

/// The standard deviation of the logarithm of a log-normal length.
fn sigma(median: SimDuration, p95: SimDuration) -> f64 {
    ln_ratio(p95, median) / Z_95
}

/// The logarithm of `a / b`, or 0 when either is 0.
fn ln_ratio(a: SimDuration, b: SimDuration) -> f64 {
    if a.as_millis() == 0 || b.as_millis() == 0 {
        return 0.0;
    }
    math::ln(a.as_millis() as f64 / b.as_millis() as f64)
}
