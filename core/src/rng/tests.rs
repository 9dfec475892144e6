//! Streams depend on names alone, and distributions are what they are said to be.

use super::*;

#[test]
fn a_stream_depends_on_nothing_but_its_name() {
    let streams = Streams::new(42, 0);
    let node = entity_key(&["eu-pay-1", "node-7"]);
    let first = streams.open(node, Purpose::NodeBoot).bits();
    let _another = streams
        .open(entity_key(&["eu-pay-1", "node-8"]), Purpose::NodeBoot)
        .bits();
    assert_eq!(streams.open(node, Purpose::NodeBoot).bits(), first);
    assert_ne!(streams.open(node, Purpose::Startup).bits(), first);
    assert_ne!(
        Streams::new(43, 0).open(node, Purpose::NodeBoot).bits(),
        first
    );
    assert_ne!(
        Streams::new(42, 1).open(node, Purpose::NodeBoot).bits(),
        first
    );
}

// Two names must not run together: ("ab", "c") is another entity than ("a", "bc").
#[test]
fn names_do_not_run_together() {
    assert_ne!(entity_key(&["ab", "c"]), entity_key(&["a", "bc"]));
}

#[test]
fn half_of_the_draws_lie_below_the_median() {
    let mut stream = Streams::new(7, 0).open(1, Purpose::Startup);
    let median = SimDuration::from_secs(90);
    let shape = Distribution::LogNormal {
        median,
        p95: SimDuration::from_secs(300),
    };
    let draws: Vec<_> = (0..10_000).map(|_| stream.duration(&shape)).collect();
    let below = draws.iter().filter(|draw| **draw < median).count();
    let above_p95 = draws.iter().filter(|d| d.as_secs() > 300).count();
    assert!(
        (4_800..5_200).contains(&below),
        "{below} of 10,000 below the median"
    );
    assert!(
        (400..600).contains(&above_p95),
        "{above_p95} of 10,000 above the 95th percentile"
    );
}

const fn secs(secs: u64) -> SimDuration {
    SimDuration::from_secs(secs)
}

/// One distribution of each kind, each with a median of 60 s or near it.
fn kinds() -> Vec<Distribution> {
    vec![
        Distribution::Constant(secs(60)),
        Distribution::Uniform {
            min: secs(20),
            max: secs(100),
        },
        Distribution::Triangular {
            min: secs(30),
            mode: secs(50),
            max: secs(120),
        },
        Distribution::LogNormal {
            median: secs(60),
            p95: secs(300),
        },
        Distribution::Weibull {
            shape_per_mille: 1_500,
            scale: secs(77),
        },
        Distribution::Empirical(vec![secs(90), secs(40), secs(60), secs(400), secs(55)].into()),
    ]
}

fn draws(distribution: &Distribution, seed: u64, n_draws: usize) -> Vec<SimDuration> {
    let mut stream = Streams::new(seed, 0).open(2, Purpose::Startup);
    (0..n_draws)
        .map(|_| stream.duration(distribution))
        .collect()
}

#[test]
fn draws_fall_where_the_quantiles_say() {
    for distribution in kinds() {
        let drawn = draws(&distribution, 11, 10_000);
        for per_mille in [50, 250, 500, 750, 950] {
            let quantile = distribution.quantile(per_mille);
            let at_most = drawn.iter().filter(|draw| **draw <= quantile).count();
            let below = drawn.iter().filter(|draw| **draw < quantile).count();
            let expected = per_mille as usize * 10;
            assert!(
                below < expected + 200 && expected < at_most + 200,
                "{distribution:?}: {below} to {at_most} of 10,000 below its {per_mille} per mille"
            );
        }
    }
}

#[test]
fn the_quantiles_that_are_written_are_those_that_are_told() {
    let told = |distribution: &Distribution| {
        let quantiles = [0, 500, 950, 1_000].map(|p| distribution.quantile(p).to_string());
        quantiles.join(" ")
    };
    let lines: Vec<String> = kinds().iter().map(told).collect();
    expect_test::expect![[r#"
        1m 1m 1m 1m
        20s 1m 1m36s 1m40s
        30s 1m3s875ms 1m42s252ms 2m
        2s917ms 1m 5m 20m34s30ms
        770ms 1m308ms 2m40s15ms 4m39s286ms
        40s 1m 5m38s 6m40s"#]]
    .assert_eq(&lines.join("\n"));
}

// A stream shared by several draws must not move when one of them is given another shape.
#[test]
fn a_draw_takes_one_number_except_of_a_constant_and_a_log_normal() {
    let numbers: Vec<usize> = kinds()
        .iter()
        .map(|distribution| {
            let mut stream = Streams::new(5, 0).open(3, Purpose::Volume);
            stream.duration(distribution);
            let next = stream.bits();
            let mut fresh = Streams::new(5, 0).open(3, Purpose::Volume);
            (0..4).position(|_| fresh.bits() == next).expect("a few")
        })
        .collect();
    assert_eq!(numbers, [0, 1, 1, 2, 1, 1]);
}

#[test]
fn numbers_that_make_no_distribution_are_told_with_what_to_write() {
    let refused = [
        Distribution::Uniform {
            min: secs(2),
            max: secs(1),
        },
        Distribution::Triangular {
            min: secs(1),
            mode: secs(9),
            max: secs(3),
        },
        Distribution::LogNormal {
            median: secs(0),
            p95: secs(3),
        },
        Distribution::LogNormal {
            median: secs(3),
            p95: secs(3),
        },
        Distribution::Weibull {
            shape_per_mille: 0,
            scale: secs(1),
        },
        Distribution::Weibull {
            shape_per_mille: 1,
            scale: secs(0),
        },
        Distribution::Empirical(Vec::new().into()),
        Distribution::Constant(SimDuration::from_hours(9_000)),
        Distribution::Weibull {
            shape_per_mille: 100,
            scale: secs(900),
        },
    ];
    let told = refused.map(|distribution| {
        let error = distribution.check().expect_err("it is refused");
        format!("{error}\n")
    });
    expect_test::expect![[r#"
        min 2s is over max 1s; write the shortest as min
        mode 9s is not between min 1s and max 3s; write the likeliest as mode
        median is 0s; write a `constant` of 0s, or a median over zero
        p95 3s is not over median 3s; write a longer p95, or a `constant`
        shapePerMille is 0; write thousandths over zero, such as 1000
        scale is 0s; write a `constant` of 0s, or a scale over zero
        no duration is listed; write at least one, such as `[90s, 2m]`
        375d is too long; write at most 366d
        606d9h35m6s447ms is too long; write at most 366d
    "#]]
    .assert_eq(&told.concat());
    for distribution in kinds() {
        assert_eq!(distribution.check(), Ok(()));
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use proptest::prelude::*;

    use super::*;

    /// Distributions of every kind that pass their check.
    fn any() -> impl Strategy<Value = Distribution> {
        let three = [0_u64..1_000_000, 0..1_000_000, 0..1_000_000];
        let observed = proptest::collection::vec(0_u64..10_000_000, 1..20);
        let millis = SimDuration::from_millis;
        prop_oneof![
            three.prop_map(move |mut ends| {
                ends.sort_unstable();
                let [min, mode, max] = ends.map(millis);
                Distribution::Triangular { min, mode, max }
            }),
            (0_u64..1_000_000, 0_u64..1_000_000).prop_map(move |(min, width)| {
                Distribution::Uniform {
                    min: millis(min),
                    max: millis(min + width),
                }
            }),
            (1_u64..1_000_000, 1_u64..1_000_000).prop_map(move |(median, more)| {
                Distribution::LogNormal {
                    median: millis(median),
                    p95: millis(median + more),
                }
            }),
            (100_u32..9_000, 1_u64..1_000_000).prop_map(move |(shape_per_mille, scale)| {
                Distribution::Weibull {
                    shape_per_mille,
                    scale: millis(scale),
                }
            }),
            observed.prop_map(move |observed| {
                let observed: Vec<_> = observed.into_iter().map(millis).collect();
                Distribution::Empirical(observed.into())
            }),
            (0_u64..1_000_000).prop_map(move |value| Distribution::Constant(millis(value))),
        ]
    }

    proptest! {
        #[test]
        fn quantiles_never_fall(distribution in any(), a in 0_u32..=1_000, b in 0_u32..=1_000) {
            prop_assert_eq!(distribution.check(), Ok(()));
            let (low, high) = (a.min(b), a.max(b));
            prop_assert!(distribution.quantile(low) <= distribution.quantile(high));
        }

        #[test]
        fn draws_lie_between_the_shortest_and_the_longest(distribution in any(), seed: u64) {
            let bounds = match &distribution {
                Distribution::LogNormal { .. } | Distribution::Weibull { .. } => None,
                _ => Some((distribution.quantile(0), distribution.quantile(1_000))),
            };
            for draw in draws(&distribution, seed, 50) {
                if let Some((least, most)) = bounds {
                    prop_assert!(least <= draw && draw <= most, "{draw}");
                }
            }
        }

        #[test]
        fn a_distribution_survives_its_file(distribution in any()) {
            let text = serde_json::to_string(&distribution).expect("it is JSON");
            let read: Distribution = serde_json::from_str(&text).expect("it is one");
            prop_assert_eq!(read, distribution);
        }
    }
}

#[test]
fn so_many_times_a_length_is_as_much_longer_everywhere() {
    for kind in kinds() {
        let thrice = kind.times(3);
        assert_eq!(thrice.check(), Ok(()));
        for per_mille in [0, 50, 500, 950, 1_000] {
            let (one, three) = (kind.quantile(per_mille), thrice.quantile(per_mille));
            let off = three.as_millis().abs_diff(one.as_millis() * 3);
            assert!(off <= 2, "{kind:?} {per_mille}: {one} {three}");
        }
        assert_eq!(kind.times(1), kind);
    }
}
