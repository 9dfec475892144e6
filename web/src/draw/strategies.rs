//! The ways of rolling pools that the plan's form offers, and each in words.
//!
//! The form gives a provider's way with the provider's own numbers; a scenario file can change
//! them, and what is said here is what the file says.

use wavetank_core::plan::{
    AksBlueGreen, AksSurge, ClusterApi, EksManaged, GkeBlueGreen, GkeSurge, Kops, Kubeadm, Kured,
    PoolChoice, Undrainable,
};

/// The names of the choices, as files write them, with their labels.
pub const CHOICES: [(&str, &str); 12] = [
    ("provider", "as the provider does"),
    ("surge", "surge: add, then move"),
    ("unavailable", "unavailable: take away"),
    ("gke-surge", "GKE: surge, zone by zone"),
    ("gke-blue-green", "GKE: blue-green"),
    ("eks-managed", "EKS: managed node group"),
    ("aks-surge", "AKS: surge, then in place"),
    ("aks-blue-green", "AKS: blue-green"),
    ("cluster-api", "Cluster API: machines"),
    ("kured", "kured: reboots under a lock"),
    ("kubeadm", "kubeadm: node by node"),
    ("kops", "kOps: rolling update"),
];

/// The name of a choice.
pub const fn name(choice: PoolChoice) -> &'static str {
    match choice {
        PoolChoice::Provider => "provider",
        PoolChoice::Surge(_) => "surge",
        PoolChoice::Unavailable(_) => "unavailable",
        PoolChoice::GkeSurge(_) => "gke-surge",
        PoolChoice::GkeBlueGreen(_) => "gke-blue-green",
        PoolChoice::EksManaged(_) => "eks-managed",
        PoolChoice::AksSurge(_) => "aks-surge",
        PoolChoice::AksBlueGreen(_) => "aks-blue-green",
        PoolChoice::ClusterApi(_) => "cluster-api",
        PoolChoice::Kured(_) => "kured",
        PoolChoice::Kubeadm(_) => "kubeadm",
        PoolChoice::Kops(_) => "kops",
    }
}

/// The choice of this name with the provider's own numbers, or with `count` nodes at a time; what
/// is not known stands for the provider's way.
pub fn named(name: &str, count: u32) -> PoolChoice {
    match name {
        "surge" => PoolChoice::Surge(count),
        "unavailable" => PoolChoice::Unavailable(count),
        "gke-surge" => PoolChoice::GkeSurge(GkeSurge::default()),
        "gke-blue-green" => PoolChoice::GkeBlueGreen(GkeBlueGreen::default()),
        "eks-managed" => PoolChoice::EksManaged(EksManaged::default()),
        "aks-surge" => PoolChoice::AksSurge(AksSurge::default()),
        "aks-blue-green" => PoolChoice::AksBlueGreen(AksBlueGreen::default()),
        "cluster-api" => PoolChoice::ClusterApi(ClusterApi::default()),
        "kured" => PoolChoice::Kured(Kured::default()),
        "kubeadm" => PoolChoice::Kubeadm(Kubeadm::default()),
        "kops" => PoolChoice::Kops(Kops::default()),
        _ => PoolChoice::Provider,
    }
}

/// The nodes at a time that the form asks for, if it asks.
pub const fn count(choice: PoolChoice) -> Option<u32> {
    match choice {
        PoolChoice::Surge(count) | PoolChoice::Unavailable(count) => Some(count),
        PoolChoice::Provider
        | PoolChoice::GkeSurge(_)
        | PoolChoice::GkeBlueGreen(_)
        | PoolChoice::EksManaged(_)
        | PoolChoice::AksSurge(_)
        | PoolChoice::AksBlueGreen(_)
        | PoolChoice::ClusterApi(_)
        | PoolChoice::Kured(_)
        | PoolChoice::Kubeadm(_)
        | PoolChoice::Kops(_) => None,
    }
}

/// What a choice does to every cluster, whoever runs it.
pub fn note(choice: PoolChoice) -> Option<String> {
    Some(match choice {
        PoolChoice::Provider | PoolChoice::Surge(_) | PoolChoice::Unavailable(_) => return None,
        PoolChoice::GkeSurge(gke) => format!(
            "One zone after the other, {} more and {} fewer nodes at a time; after an hour a \
             drain goes on by force.",
            gke.max_surge, gke.max_unavailable
        ),
        PoolChoice::GkeBlueGreen(settings) => format!(
            "A second pool first; then {} of the old nodes at a time are drained. {} later the \
             old pool is deleted, budgets or not.",
            settings.batch, settings.pool_soak
        ),
        PoolChoice::EksManaged(eks) => format!(
            "Two nodes more for every zone first; then {} at a time go, at random. A drain that \
             takes over 15 minutes {}.",
            eks.max_unavailable,
            if eks.force {
                "goes on by force"
            } else {
                "fails the update"
            }
        ),
        PoolChoice::AksSurge(aks) => format!(
            "{} more first; then nodes are reimaged in place. A drain that takes over 30 minutes \
             {}.",
            aks.max_surge,
            match aks.undrainable {
                Undrainable::Fail => "fails the upgrade",
                Undrainable::Cordon => "leaves its node in quarantine",
                Undrainable::Schedule => "has its node deleted",
            }
        ),
        PoolChoice::AksBlueGreen(settings) => format!(
            "A second pool first; then {} of the old nodes at a time are drained, {} apart. {} \
             later the old pool is deleted, budgets or not.",
            settings.batch, settings.batch_soak, settings.pool_soak
        ),
        PoolChoice::ClusterApi(settings) => format!(
            "{} more and {} fewer machines at a time. Drains and volumes are waited for, {}.",
            settings.max_surge,
            settings.max_unavailable,
            if settings.node_drain_timeout.as_millis() == 0 {
                "by default for ever".to_owned()
            } else {
                format!("drains for {}", settings.node_drain_timeout)
            }
        ),
        PoolChoice::Kured(kured) => format!(
            "{} at a time is drained and rebooted in place, under a lock.",
            kured.concurrency
        ),
        PoolChoice::Kubeadm(kubeadm) => format!(
            "Node after node is drained by hand and upgraded in place; drains wait for ever{}.",
            if kubeadm.ignore_daemonsets && kubeadm.delete_emptydir_data && kubeadm.force {
                ", with every flag they need"
            } else {
                ", unless a flag is missing"
            }
        ),
        PoolChoice::Kops(kops) => format!(
            "{} more and {} fewer nodes at a time. A drain or a new node that takes over 15 \
             minutes fails the update.",
            kops.max_surge, kops.max_unavailable
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_of_the_form_has_its_own_name_and_words() {
        for (listed, _) in CHOICES {
            let choice = named(listed, 2);
            assert_eq!(name(choice), listed);
            let told = note(choice).is_some() || count(choice) == Some(2);
            assert!(told || listed == "provider", "{listed} is not told");
        }
    }
}
