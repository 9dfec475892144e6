//! The words synthetic fleets are named with.

use crate::rng::Stream;

/// Namespaces with the applications that live in them.
pub(super) const APPLICATIONS: [(&str, [&str; 8]); 14] = [
    (
        "payments",
        [
            "api",
            "ledger",
            "fraud-score",
            "card-vault",
            "payouts",
            "webhooks",
            "reconciler",
            "refunds",
        ],
    ),
    (
        "checkout",
        [
            "cart", "api", "pricing", "tax", "coupons", "address", "session", "orders",
        ],
    ),
    (
        "search",
        [
            "indexer", "query", "suggest", "ranker", "crawler", "synonyms", "facets", "gateway",
        ],
    ),
    (
        "catalog",
        [
            "api",
            "images",
            "importer",
            "stock",
            "reviews",
            "attributes",
            "feeds",
            "pricing-sync",
        ],
    ),
    (
        "identity",
        [
            "login",
            "tokens",
            "profile",
            "mfa",
            "audit",
            "sessions",
            "directory",
            "consent",
        ],
    ),
    (
        "media",
        [
            "transcoder",
            "thumbnailer",
            "origin",
            "manifest",
            "uploads",
            "drm",
            "captions",
            "cdn-purge",
        ],
    ),
    (
        "data",
        [
            "kafka",
            "schema-registry",
            "connect",
            "warehouse-loader",
            "airflow",
            "lineage",
            "compactor",
            "exporter",
        ],
    ),
    (
        "ml",
        [
            "features",
            "inference",
            "embeddings",
            "ab-router",
            "labeler",
            "model-registry",
            "notebooks",
            "drift",
        ],
    ),
    (
        "shipping",
        [
            "rates", "labels", "tracking", "carriers", "returns", "slots", "customs", "dispatch",
        ],
    ),
    (
        "messaging",
        [
            "email",
            "push",
            "sms",
            "templates",
            "inbox",
            "preferences",
            "relay",
            "bounce",
        ],
    ),
    (
        "web",
        [
            "storefront",
            "bff",
            "assets",
            "edge",
            "redirects",
            "sitemap",
            "admin",
            "status",
        ],
    ),
    (
        "cache",
        [
            "redis",
            "redis-sessions",
            "memcached",
            "varnish",
            "ratelimit",
            "leaderboard",
            "locks",
            "flags",
        ],
    ),
    (
        "storage",
        [
            "postgres",
            "mongo",
            "minio",
            "elasticsearch",
            "cassandra",
            "rabbitmq",
            "etcd-backup",
            "vault",
        ],
    ),
    (
        "monitoring",
        [
            "prometheus",
            "alertmanager",
            "grafana",
            "loki",
            "tempo",
            "thanos-query",
            "kube-state-metrics",
            "blackbox",
        ],
    ),
];

/// What tells the second use of a name in a cluster from the first, and so on.
pub(super) const VARIANTS: [&str; 6] = ["", "-worker", "-v2", "-batch", "-internal", "-canary"];

/// Applications that keep state: they are made stateful sets.
pub(super) const STATEFUL: [&str; 16] = [
    "ledger",
    "card-vault",
    "indexer",
    "kafka",
    "redis",
    "redis-sessions",
    "postgres",
    "mongo",
    "minio",
    "elasticsearch",
    "cassandra",
    "rabbitmq",
    "vault",
    "prometheus",
    "alertmanager",
    "loki",
];

/// Letters of generated suffixes: no vowels, so no words.
const SUFFIX_LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// A suffix such as Kubernetes gives to what it names itself.
pub(super) fn suffix(stream: &mut Stream, length: usize) -> String {
    (0..length)
        .map(|_| {
            let letter = stream.below(SUFFIX_LETTERS.len() as u64) as usize;
            char::from(SUFFIX_LETTERS[letter])
        })
        .collect()
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(stream: &mut Stream, length: usize) -> String {
    (0..length)
        .filter_map(|_| char::from_digit(stream.below(16) as u32, 16))
        .collect()
}
