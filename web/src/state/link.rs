//! What the address says after its `#`: view state always, the whole settings on request.
//!
//! That part of an address never reaches a server. An unknown or broken entry is passed over, so
//! links stay good across versions.

use std::fmt::Write as _;

use wavetank_core::trial::RunSettings;
use wavetank_core::units::KubeVersion;

use super::{State, Theme};
use crate::protocol;

/// The version of the settings' form in a link.
const SETTINGS_VERSION: u8 = 3;
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What a link asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// The seed.
    pub seed: Option<u64>,
    /// The target version.
    pub target: Option<KubeVersion>,
    /// The cursor's instant.
    pub at_ms: Option<u64>,
    /// The selected cluster.
    pub cluster: Option<String>,
    /// The theme.
    pub theme: Theme,
    /// Everything a rehearsal is made from.
    pub settings: Option<Box<RunSettings>>,
}

impl Link {
    /// Reads what stands after the `#`.
    pub fn parse(fragment: &str) -> Self {
        let mut link = Self::default();
        for entry in fragment.trim_start_matches('#').split('&') {
            let Some((key, value)) = entry.split_once('=') else {
                continue;
            };
            match key {
                "seed" => link.seed = value.parse().ok(),
                "target" => link.target = value.parse().ok(),
                "t" => link.at_ms = value.parse().ok(),
                "cluster" => link.cluster = unescape(value),
                "theme" => link.theme = theme_of(value),
                "run" => link.settings = settings_of(value).map(Box::new),
                _ => {}
            }
        }
        link
    }

    /// The settings that the link asks for.
    pub fn settings(&self) -> RunSettings {
        let mut settings = self.settings.as_deref().cloned().unwrap_or_default();
        settings.seed = self.seed.unwrap_or(settings.seed);
        settings.plan.target = self.target.or(settings.plan.target);
        settings
    }

    /// The fragment for what is on screen.
    pub fn of(state: &State) -> String {
        let mut text = format!("seed={}", state.settings.seed);
        if let Some(target) = state.settings.plan.target {
            write!(text, "&target={target}").expect("strings take all");
        }
        if state.run.is_some() {
            write!(text, "&t={}", state.cursor_ms).expect("strings take all");
        }
        if let (Some(fleet), Some(cluster)) = (&state.fleet, state.selection.cluster)
            && let Some(card) = fleet.clusters.get(cluster as usize)
        {
            write!(text, "&cluster={}", escape(&card.name)).expect("strings take all");
        }
        match state.view.theme {
            Theme::Auto => {}
            Theme::Light => text.push_str("&theme=light"),
            Theme::Dark => text.push_str("&theme=dark"),
        }
        text
    }

    /// The same with everything a rehearsal is made from.
    pub fn with_settings(state: &State) -> String {
        let mut bytes = vec![SETTINGS_VERSION];
        bytes.extend(protocol::encode(&*state.settings));
        format!("{}&run={}", Self::of(state), base64(&bytes))
    }
}

fn theme_of(text: &str) -> Theme {
    match text {
        "light" => Theme::Light,
        "dark" => Theme::Dark,
        _ => Theme::Auto,
    }
}

fn settings_of(text: &str) -> Option<RunSettings> {
    let bytes = from_base64(text)?;
    let (version, rest) = bytes.split_first()?;
    if *version != SETTINGS_VERSION {
        return None;
    }
    protocol::decode(rest).ok()
}

/// Letters, digits and `-._~` stand for themselves.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").expect("strings take all");
        }
    }
    escaped
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let digits = str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

/// Base 64 for addresses, without padding.
fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 3);
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .fold(0_u32, |group, byte| group << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for index in 0..=chunk.len() {
            let digit = group >> (18 - 6 * index) & 63;
            text.push(char::from(DIGITS[digit as usize]));
        }
    }
    text
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    for chunk in text.as_bytes().chunks(4) {
        let mut group = 0_u32;
        for letter in chunk {
            let digit = DIGITS.iter().position(|digit| digit == letter)?;
            group = group << 6 | digit as u32;
        }
        group <<= 6 * (4 - chunk.len());
        let n_bytes = chunk.len().checked_sub(1).filter(|n_bytes| *n_bytes > 0)?;
        bytes.extend(&group.to_be_bytes()[1..=n_bytes]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_survive_an_address(bytes: Vec<u8>) {
            prop_assert_eq!(from_base64(&base64(&bytes)), Some(bytes));
        }

        #[test]
        fn any_name_survives_an_address(name: String) {
            prop_assert_eq!(unescape(&escape(&name)), Some(name));
        }

        #[test]
        fn any_address_is_read_without_harm(fragment: String) {
            let _ = Link::parse(&fragment);
        }
    }

    #[test]
    fn a_link_says_what_is_on_screen() {
        let link = Link::parse("#seed=42&t=3600000&cluster=eu%2Fpay&theme=dark&later=1");
        assert_eq!(link.seed, Some(42));
        assert_eq!(link.at_ms, Some(3_600_000));
        assert_eq!(link.cluster.as_deref(), Some("eu/pay"));
        assert_eq!(link.theme, Theme::Dark);
        let state = State::opening(link);
        assert_eq!(Link::of(&state), "seed=42&theme=dark");
    }

    #[test]
    fn settings_travel_in_a_link() {
        let mut state = State::opening(Link::default());
        let mut settings = RunSettings::default();
        settings.plan.max_concurrency = 9;
        settings.seed = 3;
        state.settings = settings.clone().into();
        let link = Link::parse(&Link::with_settings(&state));
        assert_eq!(link.settings(), settings);
    }

    #[test]
    fn settings_of_another_version_are_passed_over() {
        assert_eq!(Link::parse("run=CQkJ").settings, None);
    }
}
