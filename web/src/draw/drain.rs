//! A drain by hand in words: kubectl's lines, the pods that something holds, the time it is given.

use wavetank_core::report::{DrainLine, Outage};
use wavetank_core::units::{DurationError, SimDuration};

use super::format;

/// Pods named for one thing that holds them.
const N_PODS: usize = 6;

/// A line of kubectl's. One that stands for many says how often it comes again.
pub fn line(line: &DrainLine) -> String {
    let text = &line.text;
    let Some(again) = line.again else {
        return text.clone();
    };
    let every = format::duration(again.every_ms);
    match again.times {
        None => format!("{text} every {every}, for ever)"),
        Some(1) => format!("{text})"),
        Some(times) => format!("{text} every {every}, {times} times)"),
    }
}

/// The first few names of a list, and how many more there are.
pub fn pods(names: &[String]) -> String {
    let told = names[..names.len().min(N_PODS)].join(", ");
    match names.len().saturating_sub(N_PODS) {
        0 => told,
        more => format!("{told} and {}", format::counted(more as u64, "more pod")),
    }
}

/// Until when a workload has no ready pod.
pub fn until(outage: &Outage) -> String {
    let until = outage.until_ms.map(format::duration);
    until.unwrap_or_else(|| "still so at the end".to_owned())
}

/// The time that a drain is given, as it is typed; nothing and zero are no limit, as in kubectl.
pub fn limit(typed: &str) -> Result<Option<SimDuration>, DurationError> {
    match typed.trim() {
        "" | "0" => Ok(None),
        typed => typed
            .parse()
            .map(|limit| Some(limit).filter(|limit| *limit > SimDuration::ZERO)),
    }
}

#[cfg(test)]
mod tests {
    use wavetank_core::report::{
        Again, DrainOutcome, DrainReport, HoldRow, Outage, OutputStream, text,
    };

    use super::*;

    fn report() -> DrainReport {
        let line = |again| DrainLine {
            at_ms: 5_000,
            stream: OutputStream::Err,
            text: "(the same two lines of shop/web-1 again".to_owned(),
            again,
        };
        let outage = |until_ms| Outage {
            workload: "shop/web".to_owned(),
            from_ms: 5_000,
            until_ms,
        };
        let again = |times| {
            Some(Again {
                every_ms: 5_000,
                times,
            })
        };
        DrainReport {
            cluster: "eu-1".to_owned(),
            command: "kubectl drain node-a".to_owned(),
            outcome: DrainOutcome::NeverEnds,
            headline: String::new(),
            lines: [None, again(None), again(Some(1)), again(Some(59))]
                .map(line)
                .to_vec(),
            nodes: Vec::new(),
            holds: vec![HoldRow {
                node: "node-a".to_owned(),
                pods: (1..9).map(|pod| format!("shop/web-{pod}")).collect(),
                held_by: String::new(),
                because: Vec::new(),
                for_ever: true,
            }],
            remedies: Vec::new(),
            remedied: String::new(),
            outages: vec![outage(Some(93_000)), outage(None)],
            waiting: Vec::new(),
            assumptions: Vec::new(),
            seed: 0,
            digest: String::new(),
        }
    }

    // The same drain is read on the page and in the terminal.
    #[test]
    fn a_drain_reads_as_it_does_in_the_terminal() {
        let report = report();
        let terminal = text::drain(&report);
        for one in &report.lines {
            let wanted = format!("{}\n", line(one));
            assert!(terminal.contains(&wanted), "{wanted}{terminal}");
        }
        for wanted in [&pods(&report.holds[0].pods), "1m33s", "still so at the end"] {
            assert!(terminal.contains(wanted), "{wanted}: {terminal}");
        }
        let untils: Vec<String> = report.outages.iter().map(until).collect();
        assert_eq!(untils, ["1m33s", "still so at the end"]);
    }

    #[test]
    fn a_time_of_nothing_is_no_limit() {
        for typed in ["", " ", "0", "0s"] {
            assert_eq!(limit(typed), Ok(None), "{typed:?}");
        }
        assert_eq!(limit(" 90s "), Ok(Some(SimDuration::from_secs(90))));
        assert!(limit("soon").is_err());
    }
}
