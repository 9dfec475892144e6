//! Which upgrades kubeadm refuses, and which of its refusals `--force` overrides (k8s-truth §7,
//! `EnforceVersionPolicies`).

use semver::Version;

/// Minors that one upgrade of the control plane may go up or down.
const MINOR_STEP_MAX: u64 = 1;

/// Minors that a kubelet may be behind the new version.
const KUBELET_BEHIND_MAX: u64 = 3;

/// What is asked of kubeadm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgrade {
    /// The cluster's version.
    pub cluster: Version,
    /// Versions of the kubelets.
    pub kubelets: Vec<Version>,
    /// kubeadm's own version.
    pub kubeadm: Version,
    /// The version to go to.
    pub new: Version,
    /// Which unstable versions are accepted.
    pub unstable: Unstable,
}

/// Which unstable versions the caller accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unstable {
    /// None.
    Refused,
    /// Release candidates: `--allow-release-candidate-upgrades`.
    Candidates,
    /// All: `--allow-experimental-upgrades`.
    All,
}

/// Why kubeadm refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// More than one minor up.
    TooFarUp,
    /// More than one minor down.
    TooFarDown,
    /// kubeadm's minor is below the new one.
    KubeadmMinorTooOld,
    /// kubeadm's patch is below the new one.
    KubeadmPatchTooOld,
    /// kubeadm's minor is above the new one.
    KubeadmTooNew,
    /// The new version is unstable, and the caller did not accept that.
    Unstable,
    /// A kubelet is too old for the new version.
    KubeletTooOld,
}

/// Whether `--force` overrides a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    /// It does not.
    Mandatory,
    /// It does.
    Skippable,
}

/// Everything kubeadm has against an upgrade, in its order.
pub fn refusals(upgrade: &Upgrade) -> Vec<(Refusal, Force)> {
    let Upgrade {
        cluster,
        kubelets,
        kubeadm,
        new,
        unstable,
    } = upgrade;
    // What would be mandatory for a release can be forced for a version under test.
    let strict = if new.pre.is_empty() {
        Force::Mandatory
    } else {
        Force::Skippable
    };
    let mut refusals = Vec::new();
    if new.minor > cluster.minor + MINOR_STEP_MAX {
        refusals.push((Refusal::TooFarUp, strict));
    }
    if new.minor + MINOR_STEP_MAX < cluster.minor {
        refusals.push((Refusal::TooFarDown, strict));
    }
    if kubeadm.cmp_precedence(new).is_lt() {
        refusals.push(if new.minor > kubeadm.minor {
            (Refusal::KubeadmMinorTooOld, strict)
        } else {
            (Refusal::KubeadmPatchTooOld, Force::Skippable)
        });
    }
    if (kubeadm.major, kubeadm.minor) > (new.major, new.minor) {
        refusals.push((Refusal::KubeadmTooNew, Force::Skippable));
    }
    if !accepts(*unstable, new) {
        refusals.push((Refusal::Unstable, Force::Skippable));
    }
    let too_old = |kubelet: &Version| kubelet.minor + KUBELET_BEHIND_MAX < new.minor;
    if kubelets.iter().any(too_old) {
        refusals.push((Refusal::KubeletTooOld, Force::Skippable));
    }
    refusals
}

fn accepts(unstable: Unstable, version: &Version) -> bool {
    match unstable {
        _ if version.pre.is_empty() => true,
        Unstable::Refused => false,
        Unstable::Candidates => version.pre.starts_with("rc"),
        Unstable::All => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(
        [cluster, kubelet, kubeadm, new]: [&str; 4],
        unstable: Unstable,
        expected: &[(Refusal, Force)],
    ) {
        let version = |text: &str| text.parse().expect("a version");
        let upgrade = Upgrade {
            cluster: version(cluster),
            kubelets: vec![version(kubelet)],
            kubeadm: version(kubeadm),
            new: version(new),
            unstable,
        };
        assert_eq!(refusals(&upgrade), expected);
    }

    use Force::{Mandatory, Skippable};
    use Unstable::{All, Candidates, Refused};

    #[test]
    fn one_minor_up_is_fine_and_two_are_not() {
        check(["1.30.3", "1.30.3", "1.31.1", "1.31.0"], Refused, &[]);
        let two = ["1.30.3", "1.30.3", "1.32.0", "1.32.0"];
        check(two, Refused, &[(Refusal::TooFarUp, Mandatory)]);
    }

    #[test]
    fn a_patch_may_go_back_and_a_minor_too_but_not_two() {
        check(["1.31.3", "1.31.0", "1.31.3", "1.31.2"], Refused, &[]);
        check(["1.31.3", "1.30.0", "1.30.3", "1.30.2"], Refused, &[]);
        let two = ["1.32.3", "1.30.0", "1.30.3", "1.30.2"];
        check(two, Refused, &[(Refusal::TooFarDown, Mandatory)]);
    }

    #[test]
    fn kubeadm_must_know_the_version_it_brings() {
        let minor = ["1.30.3", "1.30.3", "1.30.3", "1.31.0"];
        check(minor, Refused, &[(Refusal::KubeadmMinorTooOld, Mandatory)]);
        let patch = ["1.30.3", "1.30.3", "1.30.3", "1.30.5"];
        check(patch, Refused, &[(Refusal::KubeadmPatchTooOld, Skippable)]);
        let newer = ["1.30.3", "1.30.3", "1.32.0", "1.31.0"];
        check(newer, Refused, &[(Refusal::KubeadmTooNew, Skippable)]);
    }

    #[test]
    fn unstable_versions_need_a_flag() {
        let candidate = ["1.30.3", "1.30.3", "1.31.0", "1.31.0-rc.1"];
        check(candidate, Refused, &[(Refusal::Unstable, Skippable)]);
        check(candidate, Candidates, &[]);
        let alpha = ["1.30.3", "1.30.3", "1.31.0", "1.31.0-alpha.1"];
        check(alpha, Candidates, &[(Refusal::Unstable, Skippable)]);
        check(alpha, All, &[]);
    }

    #[test]
    fn old_kubelets_can_be_forced_past() {
        let old = ["1.30.3", "1.27.3", "1.31.0", "1.31.0"];
        check(old, Refused, &[(Refusal::KubeletTooOld, Skippable)]);
    }
}
