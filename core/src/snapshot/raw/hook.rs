//! `lifecycle.preStop`: of a hook that only sleeps it is known how long it takes.
//!
//! Nothing else of it is kept: what a hook runs or calls may hold secrets.

use serde::Deserialize;
use serde::de::IgnoredAny;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawLifecycle {
    pub(super) pre_stop: Option<RawHook>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawHook {
    exec: Option<RawExec>,
    sleep: Option<RawSleep>,
    http_get: Option<IgnoredAny>,
    tcp_socket: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
struct RawExec {
    command: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
struct RawSleep {
    seconds: Option<i64>,
}

impl RawHook {
    /// How many seconds it sleeps, if that is all it does.
    pub(super) fn sleeps(&self) -> Option<u32> {
        if self.http_get.is_some() || self.tcp_socket.is_some() {
            return None;
        }
        match (&self.sleep, &self.exec) {
            (Some(sleep), None) => u32::try_from(sleep.seconds.unwrap_or_default()).ok(),
            (None, Some(exec)) => command_sleeps(exec.command.as_deref().unwrap_or_default()),
            (Some(_), Some(_)) | (None, None) => None,
        }
    }
}

/// How long a command sleeps: `sleep 15`, by itself or as all that a shell is given.
fn command_sleeps(command: &[String]) -> Option<u32> {
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    match words[..] {
        [shell, "-c", script] if matches!(program(shell), "sh" | "bash" | "ash" | "dash") => {
            let words: Vec<&str> = script.split_whitespace().collect();
            match words[..] {
                ["exec", sleep, length] | [sleep, length] => sleep_of(sleep, length),
                _ => None,
            }
        }
        [sleep, length] => sleep_of(sleep, length),
        _ => None,
    }
}

fn sleep_of(sleep: &str, length: &str) -> Option<u32> {
    (program(sleep) == "sleep").then(|| seconds(length))?
}

/// The last part of a path.
fn program(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// What `sleep` reads: a number of seconds, or of the unit that follows. A shell may end it with a
/// semicolon.
fn seconds(text: &str) -> Option<u32> {
    let text = text.trim_end_matches(';');
    let (number, unit) = match text.char_indices().next_back()? {
        (at, 's') => (&text[..at], 1),
        (at, 'm') => (&text[..at], 60),
        (at, 'h') => (&text[..at], 3_600),
        _ => (text, 1),
    };
    number.parse::<u32>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(hook: &str, expected: Option<u32>) {
        let hook: RawHook = serde_json::from_str(hook).expect("a hook");
        assert_eq!(hook.sleeps(), expected);
    }

    #[test]
    fn a_hook_that_only_sleeps_tells_how_long() {
        check(r#"{"sleep":{"seconds":120}}"#, Some(120));
        check(r#"{"exec":{"command":["sleep","15"]}}"#, Some(15));
        check(r#"{"exec":{"command":["/bin/sleep","2m"]}}"#, Some(120));
        check(
            r#"{"exec":{"command":["/bin/sh","-c","sleep 20"]}}"#,
            Some(20),
        );
        check(
            r#"{"exec":{"command":["sh","-c","exec sleep 5s;"]}}"#,
            Some(5),
        );
    }

    #[test]
    fn a_hook_that_does_more_tells_nothing() {
        let quits = r#"{"exec":{"command":["sh","-c","sleep 5; nginx -s quit"]}}"#;
        check(quits, None);
        check(r#"{"exec":{"command":["sleep","$LONG"]}}"#, None);
        check(r#"{"exec":{"command":["sleep"]}}"#, None);
        check(r#"{"httpGet":{"path":"/stop","port":80}}"#, None);
        check(r#"{}"#, None);
    }
}
