//! The API server's version, from the places a dump may tell it.

use serde::Deserialize;

use crate::snapshot::PodObject;
use crate::units::KubeVersion;

/// `kubectl version -o json`, or the API server's own `/version`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawVersion {
    server_version: Option<RawServerVersion>,
    git_version: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawServerVersion {
    git_version: Option<String>,
}

impl RawVersion {
    /// The server's version, when it is one.
    pub(super) fn into_version(self) -> Option<String> {
        self.server_version
            .and_then(|server| server.git_version)
            .or(self.git_version)
            .filter(|version| version.parse::<KubeVersion>().is_ok())
    }
}

/// The version of the API server that this pod runs, from its image's tag.
pub(super) fn from_pod(pod: &PodObject) -> Option<&str> {
    let is_server = pod.labels.get("component").map(String::as_str) == Some("kube-apiserver");
    if !is_server || pod.namespace != "kube-system" {
        return None;
    }
    pod.template.images.iter().find_map(|image| {
        let image = image.split_once("@sha").map_or(&**image, |(name, _)| name);
        let (name, tag) = image.rsplit_once(':')?;
        let named = name.rsplit('/').next()?.starts_with("kube-apiserver");
        (named && tag.parse::<KubeVersion>().is_ok()).then_some(tag)
    })
}

/// Keeps the older of two versions: in the middle of an upgrade that is the one to plan from.
pub(super) fn keep_oldest(kept: &mut Option<String>, version: &str) {
    let Ok(found) = version.parse::<KubeVersion>() else {
        return;
    };
    let known = kept.as_deref().and_then(|kept| kept.parse().ok());
    let older = known.is_none_or(|known: KubeVersion| found < known);
    if older {
        *kept = Some(version.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_image(image: &str, expected: Option<&str>) {
        let mut pod = PodObject {
            namespace: "kube-system".to_owned(),
            ..PodObject::default()
        };
        pod.labels
            .insert("component".to_owned(), "kube-apiserver".to_owned());
        pod.template.images.push(image.to_owned());
        assert_eq!(from_pod(&pod), expected);
    }

    #[test]
    fn an_api_server_pod_tells_its_version() {
        check_image("r.example/kube-apiserver:v1.24.6", Some("v1.24.6"));
        check_image(
            "r.example/kube-apiserver-arm64:v1.9.2@sha256:0",
            Some("v1.9.2"),
        );
        check_image("r.example/kube-apiserver", None);
        check_image("r.example/etcd:3.5.9", None);
    }

    #[test]
    fn of_two_servers_the_older_counts() {
        let mut kept = None;
        for version in ["v1.30.1", "v1.29.9", "odd", "v1.31.0"] {
            keep_oldest(&mut kept, version);
        }
        assert_eq!(kept.as_deref(), Some("v1.29.9"));
    }
}
