//! Kubernetes versions, with whatever a provider hangs behind them left off.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A Kubernetes version such as 1.31 or 1.31.4; provider suffixes are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KubeVersion {
    /// The major version, 1 so far.
    pub major: u16,
    /// The minor version, what upgrades step through.
    pub minor: u16,
    /// The patch, when it was given.
    pub patch: Option<u16>,
}

impl KubeVersion {
    /// Version `major.minor` without a patch.
    pub const fn minor(major: u16, minor: u16) -> Self {
        Self {
            major,
            minor,
            patch: None,
        }
    }

    /// The same version without its patch.
    pub const fn without_patch(self) -> Self {
        Self::minor(self.major, self.minor)
    }

    /// The next minor version.
    pub const fn next_minor(self) -> Self {
        Self::minor(self.major, self.minor.saturating_add(1))
    }

    /// How many minors `self` is ahead of `other`; negative when behind.
    pub const fn minors_ahead_of(self, other: Self) -> i32 {
        self.minor as i32 - other.minor as i32
    }
}

impl fmt::Display for KubeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

/// Why a text is not a Kubernetes version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a Kubernetes version; write it as `1.31` or `v1.31.4`")]
pub struct VersionError {
    text: String,
}

impl FromStr for KubeVersion {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        parse_version(text).ok_or_else(|| VersionError {
            text: text.to_owned(),
        })
    }
}

/// Reads `v1.24.4+k3s1`, `1.29`, `v1.29.3-eks-1234` and GKE's `1.29+` minors.
fn parse_version(text: &str) -> Option<KubeVersion> {
    let text = text.trim();
    let text = text.strip_prefix('v').unwrap_or(text);
    if let Ok(full) = semver::Version::parse(text) {
        return Some(KubeVersion {
            major: full.major.try_into().ok()?,
            minor: full.minor.try_into().ok()?,
            patch: Some(full.patch.try_into().ok()?),
        });
    }
    let mut parts = text.trim_end_matches('+').splitn(3, '.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next()?.parse().ok()?;
    let patch = match parts.next() {
        Some(patch) => Some(patch.parse().ok()?),
        None => None,
    };
    Some(KubeVersion {
        major,
        minor,
        patch,
    })
}

impl Serialize for KubeVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KubeVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl schemars::JsonSchema for KubeVersion {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "KubeVersion".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^v?[0-9]+\\.[0-9]+(\\.[0-9]+.*)?$",
            "description": "A Kubernetes version, such as 1.31 or v1.31.4. Quote it in YAML.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let version: KubeVersion = text.parse().expect("a version");
        assert_eq!(version.to_string(), expected);
    }

    #[test]
    fn provider_suffixes_are_dropped() {
        check("v1.24.4+k3s1", "1.24.4");
        check("v1.29.3-eks-ae9a62a", "1.29.3");
        check("1.31", "1.31");
        check("1.27+", "1.27");
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "1", "one.two", "v1.x.3", "1.-2"] {
            assert!(
                text.parse::<KubeVersion>().is_err(),
                "{text} was taken for a version"
            );
        }
    }
}
