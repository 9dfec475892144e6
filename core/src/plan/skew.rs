//! The version skew that Kubernetes allows between API servers and everything that talks to them.
//!
//! Source: k8s-truth §7, the version skew policy.

use crate::units::KubeVersion;

/// How many minors a kubelet may be behind.
const BEHIND_MAX: u16 = 3;

/// How many minors a kubelet older than [`WIDENED_IN`] may be behind.
const BEHIND_MAX_BEFORE: u16 = 2;

/// The minor of the first kubelet that may be three minors behind.
const WIDENED_IN: u16 = 25;

/// Whether a kubelet may serve under an API server: never newer, and at most three minors older,
/// or two where the kubelet is older than 1.25.
pub fn kubelet_allowed(kubelet: KubeVersion, api_server: KubeVersion) -> bool {
    supported(Component::Kubelet, kubelet, &[api_server], None)
}

/// A component whose version the policy ties to the API servers'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// An API server itself, beside the others.
    ApiServer,
    /// `kube-controller-manager`.
    ControllerManager,
    /// `kube-scheduler`.
    Scheduler,
    /// `cloud-controller-manager`.
    CloudControllerManager,
    /// The node's agent.
    Kubelet,
    /// The node's proxy.
    KubeProxy,
    /// The command line of people and scripts.
    Kubectl,
}

/// Whether `component` at `version` may serve with `api_servers`, any of which it may reach.
/// `kubelet` is that of a proxy's node, where it is known. Without an API server there is nothing
/// to agree with, so nothing is supported.
pub fn supported(
    component: Component,
    version: KubeVersion,
    api_servers: &[KubeVersion],
    kubelet: Option<KubeVersion>,
) -> bool {
    let minors = api_servers
        .iter()
        .map(|server| (server.major, server.minor));
    let (Some(oldest), Some(newest)) = (minors.clone().min(), minors.max()) else {
        return false;
    };
    if oldest.0 != newest.0 || version.major != newest.0 {
        return false;
    }
    let (oldest, newest, minor) = (
        i32::from(oldest.1),
        i32::from(newest.1),
        i32::from(version.minor),
    );
    match component {
        Component::ApiServer => newest.max(minor) - oldest.min(minor) <= 1,
        Component::ControllerManager | Component::Scheduler | Component::CloudControllerManager => {
            minor <= oldest && minor >= newest - 1
        }
        Component::Kubelet => minor <= oldest && minor >= newest - behind_max(version),
        Component::KubeProxy => {
            let beside = kubelet.is_none_or(|kubelet| {
                (minor - i32::from(kubelet.minor)).abs() <= behind_max(version)
            });
            beside && minor <= oldest && minor >= newest - behind_max(version)
        }
        Component::Kubectl => minor <= oldest + 1 && minor >= newest - 1,
    }
}

/// How many minors a node's component of this version may be behind.
fn behind_max(version: KubeVersion) -> i32 {
    let behind = match version.minor {
        WIDENED_IN.. => BEHIND_MAX,
        _ => BEHIND_MAX_BEFORE,
    };
    i32::from(behind)
}

/// Whether `version` is at `target` or beyond it; a target without a patch takes any patch.
pub(super) fn reaches(version: KubeVersion, target: KubeVersion) -> bool {
    let (is, wanted) = ((version.major, version.minor), (target.major, target.minor));
    match target.patch {
        Some(patch) if is == wanted => version.patch.is_some_and(|is| is >= patch),
        _ => is >= wanted,
    }
}

/// Whether `version` is beyond `target`.
pub(super) fn exceeds(version: KubeVersion, target: KubeVersion) -> bool {
    let (is, wanted) = ((version.major, version.minor), (target.major, target.minor));
    is > wanted
        || is == wanted
            && version
                .patch
                .zip(target.patch)
                .is_some_and(|(is, wanted)| is > wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kubelet: &str, api_server: &str, expected: bool) {
        let version = |text: &str| text.parse().expect("a version");
        let (kubelet, api_server) = (version(kubelet), version(api_server));
        assert_eq!(
            kubelet_allowed(kubelet, api_server),
            expected,
            "{kubelet} under {api_server}"
        );
    }

    #[test]
    fn a_kubelet_may_be_three_minors_behind() {
        check("1.28", "1.31", true);
        check("1.27", "1.31", false);
        check("1.25", "1.28", true);
    }

    #[test]
    fn a_kubelet_before_1_25_may_be_two_minors_behind() {
        check("1.24", "1.26", true);
        check("1.24", "1.27", false);
    }

    #[test]
    fn a_kubelet_is_never_newer_in_its_minor() {
        check("1.31.4", "1.31.0", true);
        check("1.32", "1.31", false);
    }

    #[track_caller]
    fn check_component(component: Component, version: &str, servers: &[&str], expected: bool) {
        let read = |text: &str| text.parse().expect("a version");
        let servers: Vec<KubeVersion> = servers.iter().map(|text| read(text)).collect();
        let got = supported(component, read(version), &servers, None);
        assert_eq!(got, expected, "{component:?} {version} with {servers:?}");
    }

    #[test]
    fn while_api_servers_differ_both_ends_narrow() {
        let both = ["1.32", "1.31"];
        check_component(Component::Kubelet, "1.32", &both, false);
        check_component(Component::Kubelet, "1.28", &both, false);
        check_component(Component::Kubelet, "1.29", &both, true);
        check_component(Component::Scheduler, "1.32", &both, false);
        check_component(Component::Scheduler, "1.31", &both, true);
        check_component(Component::Kubectl, "1.33", &both, false);
        check_component(Component::Kubectl, "1.32", &both, true);
    }

    #[test]
    fn api_servers_may_be_one_minor_apart() {
        check_component(Component::ApiServer, "1.31", &["1.32"], true);
        check_component(Component::ApiServer, "1.30", &["1.32", "1.31"], false);
    }

    #[test]
    fn a_proxy_also_agrees_with_its_kubelet() {
        let version = |text: &str| text.parse().expect("a version");
        let proxy = |proxy: &str, kubelet: &str| {
            let servers = [version("1.32")];
            let kubelet = Some(version(kubelet));
            supported(Component::KubeProxy, version(proxy), &servers, kubelet)
        };
        assert!(proxy("1.32", "1.29"));
        assert!(!proxy("1.32", "1.28"));
        assert!(proxy("1.29", "1.32"));
    }
}
