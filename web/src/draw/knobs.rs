//! What a knob of the plan does not reach, for those who turn it and see nothing change.

use wavetank_core::plan::DrainChoice;

/// When the rule for a failed cluster applies. A wait without a limit is no failure: nothing is
/// there to be decided on, whatever the rule says.
pub const fn failure_note(drain: DrainChoice) -> &'static str {
    match drain {
        DrainChoice::Provider => {
            "Applies when a check is not met or a step is given up. Drains by Cluster API and \
             kubeadm wait for ever: one that is refused stalls its wave, which is no failure, so \
             this knob does not apply to it."
        }
        DrainChoice::Wait => {
            "Applies when a check is not met or a step is given up. As drains wait for ever, one \
             that is refused stalls its wave, which is no failure, so this knob does not apply \
             to it. Let such a drain fail after a while to have this decide."
        }
        DrainChoice::Fail(_) => {
            "Applies when a check is not met or a step is given up, as a drain is that was \
             refused for too long."
        }
        DrainChoice::Force(_) => {
            "Applies when a check is not met or a step is given up. A drain that is refused goes \
             on by deleting pods, so it fails nothing."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wavetank_core::units::SimDuration;

    #[test]
    fn a_rule_that_cannot_apply_says_so() {
        let hour = SimDuration::from_hours(1);
        let silent = |drain| failure_note(drain).contains("does not apply");
        assert!(silent(DrainChoice::Wait));
        assert!(silent(DrainChoice::Provider));
        assert!(!silent(DrainChoice::Fail(hour)));
        assert!(!silent(DrainChoice::Force(hour)));
    }
}
