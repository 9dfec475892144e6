//! The version skew that Kubernetes allows between an API server and a kubelet.
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
    if kubelet.major != api_server.major {
        return false;
    }
    let behind_max = match kubelet.minor {
        WIDENED_IN.. => BEHIND_MAX,
        _ => BEHIND_MAX_BEFORE,
    };
    let behind = api_server.minor.checked_sub(kubelet.minor);
    behind.is_some_and(|behind| behind <= behind_max)
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
}
