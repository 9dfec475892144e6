//! The whole of one `POST …/eviction`: retries, preconditions, dry run and the words of the answer
//! (k8s-truth §1).
//!
//! [`super::evaluate`] decides; this carries the decision out against an API server that the
//! caller plays. The rehearsal needs only the decision, since its deletions never conflict.

use super::{Answer, BudgetStatus, EvictedPod};
use crate::sim::budget::BudgetReason;
use crate::units::SimDuration;

/// Tries of a DELETE that conflicts, half a second apart (`EvictionsRetry`).
pub const CONFLICT_TRIES: u32 = 20;

/// What callers are asked to wait when the pod changed under a bypass of its budget (step 10).
const CHANGED_RETRY_AFTER: SimDuration = SimDuration::from_secs(10);

/// What the caller put into the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// How the names in the address and in the body compare.
    pub names: Names,
    /// Whether anything is to be written.
    pub mode: Mode,
    /// Who says which version of the pod is meant.
    pub precondition: Precondition,
}

/// Whether the address and the body name the same pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// They do.
    Same,
    /// They do not.
    Different,
}

/// Whether an eviction is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It is.
    Real,
    /// Everything is checked, nothing is written.
    DryRun,
}

/// Whether the caller supplied a `resourceVersion` precondition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// None: the handler sets its own where it needs one, and tries again on conflict.
    Unset,
    /// The caller's own: a conflict is the caller's to solve.
    Client,
}

/// A DELETE met a version of the pod other than the one it named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict;

/// The pod's object, as the handler reads and deletes it.
pub trait PodStore {
    /// Reads the pod; none when there is none.
    fn get(&mut self) -> Option<EvictedPod>;

    /// Deletes what [`Self::get`] last returned.
    fn delete(&mut self) -> Result<(), Conflict>;
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The HTTP status; 201 stands for every success.
    pub status: u16,
    /// Whether the pod's deletion has begun.
    pub pod_deleted: bool,
    /// DELETE calls made.
    pub delete_calls: u32,
    /// `status.disruptionsAllowed` of the first budget afterwards; none without a budget.
    pub disruptions_allowed: Option<i64>,
    /// Reason of that budget's `DisruptionAllowed` condition afterwards.
    pub reason: Option<BudgetReason>,
    /// What the `Retry-After` header says; none without one.
    pub retry_after: Option<SimDuration>,
    /// The answer's message and the message of its cause, in upstream's words; empty on success.
    pub message: String,
}

/// Carries one request out.
pub fn create(request: Request, store: &mut impl PodStore, budgets: &[BudgetStatus]) -> Outcome {
    let mut handler = Handler {
        request,
        delete_calls: 0,
    };
    let verdict = handler.run(store, budgets);
    let spent = i64::from(verdict == Verdict::Deleted(Answer::Spent));
    let allowed = budgets.first().map(|budget| match request.mode {
        Mode::Real => budget.disruptions_allowed - spent,
        Mode::DryRun => budget.disruptions_allowed,
    });
    Outcome {
        status: verdict.status(),
        pod_deleted: matches!(verdict, Verdict::Deleted(_)) && request.mode == Mode::Real,
        delete_calls: handler.delete_calls,
        disruptions_allowed: allowed,
        reason: allowed.map(BudgetReason::of),
        retry_after: verdict.retry_after(),
        message: verdict.message(budgets),
    }
}

/// How the handler ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    BadName,
    Deleted(Answer),
    Refused(Answer),
    /// The last DELETE conflicted.
    Conflict,
    /// The pod changed between the bypass of its budget and its deletion.
    Changed,
}

impl Verdict {
    fn status(self) -> u16 {
        match self {
            Self::BadName => 400,
            Self::Deleted(answer) | Self::Refused(answer) => answer.status(),
            Self::Conflict => 409,
            Self::Changed => 429,
        }
    }

    fn retry_after(self) -> Option<SimDuration> {
        match self {
            Self::Refused(Answer::Refused { retry_after }) => retry_after,
            Self::Changed => Some(CHANGED_RETRY_AFTER),
            Self::BadName | Self::Deleted(_) | Self::Refused(_) | Self::Conflict => None,
        }
    }

    fn message(self, budgets: &[BudgetStatus]) -> String {
        match self {
            Self::Deleted(_) => String::new(),
            Self::BadName => "name in URL does not match name in Eviction object".to_owned(),
            Self::Conflict => "the object has been modified; please apply your changes to the \
                               latest version and try again"
                .to_owned(),
            Self::Changed => format!("{VIOLATES} {STALE}"),
            Self::Refused(answer) => message(answer, budgets.first()),
        }
    }
}

/// What every 429 says first.
const VIOLATES: &str = "Cannot evict pod as it would violate the pod's disruption budget.";
/// What the cause of a 429 with `Retry-After` says.
const STALE: &str = "The disruption budget is still being processed by the server.";

/// The message of a refusal, in upstream's words, since people search for them.
pub fn message(answer: Answer, budget: Option<&BudgetStatus>) -> String {
    match answer {
        Answer::Ignored | Answer::NoBudget | Answer::Unhealthy | Answer::Spent => String::new(),
        Answer::Refused {
            retry_after: Some(_),
        } => format!("{VIOLATES} {STALE}"),
        Answer::Refused { retry_after: None } => {
            let numbers = budget.map_or((0, 0), |b| (b.desired_healthy, b.current_healthy));
            format!(
                "{VIOLATES} The disruption budget needs {} healthy pods and has {} currently",
                numbers.0, numbers.1
            )
        }
        Answer::Forbidden => match budget {
            Some(budget) if budget.disruptions_allowed < 0 => {
                "pdb disruptions allowed is negative".to_owned()
            }
            Some(_) | None => "DisruptedPods map too big - too many evictions not confirmed by \
                               PDB controller"
                .to_owned(),
        },
        Answer::NotFound => "pod not found".to_owned(),
        Answer::MoreThanOneBudget => "This pod has more than one PodDisruptionBudget, which the \
                                      eviction subresource does not support."
            .to_owned(),
    }
}

struct Handler {
    request: Request,
    delete_calls: u32,
}

impl Handler {
    fn run(&mut self, store: &mut impl PodStore, budgets: &[BudgetStatus]) -> Verdict {
        if self.request.names == Names::Different {
            return Verdict::BadName;
        }
        // A pod that is read again after a conflict may have become one that asks its budget.
        for _ in 0..CONFLICT_TRIES {
            let Some(pod) = store.get() else {
                return Verdict::Refused(Answer::NotFound);
            };
            if !super::ignored_phases::ask_no_budget(pod) {
                return self.ask_budget(pod, store, budgets);
            }
            match self.delete(store) {
                Ok(()) => return Verdict::Deleted(Answer::Ignored),
                Err(Conflict) if self.request.precondition == Precondition::Client => break,
                Err(Conflict) => {}
            }
        }
        Verdict::Conflict
    }

    fn ask_budget(
        &mut self,
        pod: EvictedPod,
        store: &mut impl PodStore,
        budgets: &[BudgetStatus],
    ) -> Verdict {
        let answer = super::evaluate(Some(pod), budgets);
        if !answer.deletes() {
            return Verdict::Refused(answer);
        }
        match self.delete(store) {
            Ok(()) => Verdict::Deleted(answer),
            Err(Conflict)
                if answer == Answer::Unhealthy
                    && self.request.precondition == Precondition::Unset =>
            {
                Verdict::Changed
            }
            Err(Conflict) => Verdict::Conflict,
        }
    }

    fn delete(&mut self, store: &mut impl PodStore) -> Result<(), Conflict> {
        self.delete_calls += 1;
        store.delete()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{PodPhase, UnhealthyPodEvictionPolicy};

    const RUNNING: EvictedPod = EvictedPod {
        phase: PodPhase::Running,
        ready: true,
        terminating: false,
    };

    const PLAIN: Request = Request {
        names: Names::Same,
        mode: Mode::Real,
        precondition: Precondition::Unset,
    };

    /// Conflicts `n_conflicts` times; afterwards the pod is `then`.
    struct Scripted {
        pod: EvictedPod,
        n_conflicts: u32,
        then: EvictedPod,
    }

    impl PodStore for Scripted {
        fn get(&mut self) -> Option<EvictedPod> {
            Some(self.pod)
        }

        fn delete(&mut self) -> Result<(), Conflict> {
            if self.n_conflicts == 0 {
                return Ok(());
            }
            self.n_conflicts -= 1;
            self.pod = self.then;
            Err(Conflict)
        }
    }

    fn budget(allowed: i64, healthy: i64, desired: i64) -> BudgetStatus {
        BudgetStatus {
            unhealthy_policy: UnhealthyPodEvictionPolicy::IfHealthyBudget,
            disruptions_allowed: allowed,
            current_healthy: healthy,
            desired_healthy: desired,
            stale: false,
            disrupted_pods: 0,
        }
    }

    #[track_caller]
    fn check(
        request: Request,
        (pod, n_conflicts, then): (EvictedPod, u32, EvictedPod),
        budget: BudgetStatus,
        expected: &str,
    ) {
        let mut store = Scripted {
            pod,
            n_conflicts,
            then,
        };
        let got = create(request, &mut store, &[budget]);
        let told = format!(
            "{} after {} calls, {:?} allowed",
            got.status,
            got.delete_calls,
            got.disruptions_allowed.expect("there is a budget")
        );
        assert_eq!(told, expected);
    }

    #[test]
    fn a_dry_run_checks_and_spends_nothing() {
        let dry = Request {
            mode: Mode::DryRun,
            ..PLAIN
        };
        let pod = (RUNNING, 0, RUNNING);
        check(dry, pod, budget(1, 3, 2), "201 after 1 calls, 1 allowed");
        check(PLAIN, pod, budget(1, 3, 2), "201 after 1 calls, 0 allowed");
    }

    #[test]
    fn a_pending_pod_that_starts_in_between_asks_its_budget_after_all() {
        let pending = EvictedPod {
            phase: PodPhase::Pending,
            ready: false,
            ..RUNNING
        };
        let starts = (pending, 1, RUNNING);
        check(
            PLAIN,
            starts,
            budget(0, 2, 2),
            "429 after 1 calls, 0 allowed",
        );
        let stays = (pending, u32::MAX, pending);
        check(
            PLAIN,
            stays,
            budget(0, 2, 2),
            "409 after 20 calls, 0 allowed",
        );
        let own = Request {
            precondition: Precondition::Client,
            ..PLAIN
        };
        check(own, stays, budget(0, 2, 2), "409 after 1 calls, 0 allowed");
    }

    #[test]
    fn a_bypass_that_conflicts_asks_to_come_back() {
        let unready = EvictedPod {
            ready: false,
            ..RUNNING
        };
        let changes = (unready, u32::MAX, unready);
        check(
            PLAIN,
            changes,
            budget(0, 2, 2),
            "429 after 1 calls, 0 allowed",
        );
    }
}
