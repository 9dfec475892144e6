//! One bad object hides nothing: whatever is damaged is reported, and everything else is kept.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{list, load, node, pod};
use crate::checked::IssueLevel;

const N_OBJECTS: usize = 1_000;

/// Bytes that damage is made of.
const BYTES: &[u8] = b"{}[]\",:x0\\\n\x01";

/// A way to spoil an object's text at a place, given as a share of its length.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Remove,
    Insert(u8),
    Replace(u8),
    Cut,
    WrongType,
    NoName,
    BadByte,
    Deep,
}

fn damage() -> impl Strategy<Value = Damage> {
    let byte = prop::sample::select(BYTES);
    prop_oneof![
        Just(Damage::Remove),
        byte.clone().prop_map(Damage::Insert),
        byte.prop_map(Damage::Replace),
        Just(Damage::Cut),
        Just(Damage::WrongType),
        Just(Damage::NoName),
        Just(Damage::BadByte),
        Just(Damage::Deep),
    ]
}

/// The object with the damage done; text that happens to stay an object is broken for good.
fn spoil(object: &str, damage: Damage, share: f64) -> Vec<u8> {
    let mut bytes = object.as_bytes().to_vec();
    // The opening line and the last brace stay: by them the list is told from its objects.
    let at = 2 + ((bytes.len() - 3) as f64 * share) as usize;
    match damage {
        Damage::Remove => {
            bytes.remove(at);
        }
        Damage::Insert(byte) => bytes.insert(at, byte),
        Damage::Replace(byte) => bytes[at] = byte,
        Damage::Cut => bytes.truncate(at),
        Damage::WrongType => return object.replace("\"n1\"", "{\"a\": 1}").into_bytes(),
        Damage::NoName => return object.replace("\"name\":", "\"nome\":").into_bytes(),
        Damage::BadByte => bytes[at] = 0xff,
        Damage::Deep => {
            let deep = format!("\"x\": {}{},", "[".repeat(200), "]".repeat(200));
            bytes.splice(2..2, deep.into_bytes());
        }
    }
    let still_fine = std::str::from_utf8(&bytes).is_ok()
        && serde_json::from_slice::<serde_json::Value>(&bytes).is_ok();
    if still_fine && !matches!(damage, Damage::Deep) {
        return object.replacen(':', "", 1).into_bytes();
    }
    bytes
}

/// A pod, indented as an item of a list is.
fn object(n: usize) -> String {
    super::indent(&pod(&format!("web-{n}")))
        .trim_start()
        .to_owned()
}

/// The list with some pods damaged, and the positions of those.
fn damaged_list(n_objects: usize, damages: &[(usize, Damage, f64)]) -> (Vec<u8>, Vec<bool>) {
    let mut broken = vec![false; n_objects];
    let mut items: Vec<Vec<u8>> = (0..n_objects).map(|n| object(n).into_bytes()).collect();
    for (position, damage, share) in damages {
        if !broken[*position] {
            broken[*position] = true;
            items[*position] = spoil(&object(*position), *damage, *share);
        }
    }
    let whole = list(&["@".to_owned()]);
    let (head, tail) = whole.split_once("        @").expect("one item");
    let mut text = head.as_bytes().to_vec();
    for (position, item) in items.iter().enumerate() {
        text.extend_from_slice(b"        ");
        text.extend_from_slice(item);
        text.extend_from_slice(if position + 1 < n_objects {
            b",\n"
        } else {
            b""
        });
    }
    text.extend_from_slice(tail.as_bytes());
    (text, broken)
}

/// Loads a damaged list: what is intact is kept, what is damaged is reported, one issue each.
#[track_caller]
fn check(n_objects: usize, damages: &[(usize, Damage, f64)]) {
    let (text, broken) = damaged_list(n_objects, damages);
    let second = list(&[node("n1")]);
    let loaded = load(&[("c/a.json", &text), ("c/b.json", second.as_bytes())]);
    let cluster = &loaded.value.clusters[0];
    let kept: BTreeSet<&str> = cluster.pods.iter().map(|pod| pod.name.as_str()).collect();
    for (position, broken) in broken.iter().enumerate() {
        let name = format!("web-{position}");
        let how = if *broken { "damaged" } else { "intact" };
        assert_eq!(
            kept.contains(name.as_str()),
            !broken,
            "{name} is {how}, {damages:?}"
        );
    }
    assert_eq!(cluster.nodes.len(), 1);
    let reported = loaded
        .issues
        .iter()
        .filter(|issue| issue.level == IssueLevel::Error && issue.place.line.is_some())
        .count();
    let n_broken = broken.iter().filter(|broken| **broken).count();
    assert_eq!(reported, n_broken, "{damages:?}: {:?}", loaded.issues);
}

#[test]
fn no_single_byte_of_damage_costs_more_than_its_object() {
    let length = object(2).len();
    for at in 0..length {
        let share = at as f64 / length as f64;
        for byte in BYTES {
            check(4, &[(2, Damage::Insert(*byte), share)]);
            check(4, &[(2, Damage::Replace(*byte), share)]);
        }
        check(4, &[(2, Damage::Remove, share)]);
        check(4, &[(2, Damage::Cut, share), (3, Damage::Cut, share)]);
        check(
            4,
            &[(1, Damage::BadByte, share), (2, Damage::Remove, share)],
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_intact_object_is_kept_and_every_damaged_one_is_reported(
        damages in prop::collection::vec((0..N_OBJECTS, damage(), 0.0..1.0_f64), 1..500),
    ) {
        check(N_OBJECTS, &damages);
    }

    #[test]
    fn what_serde_json_refuses_is_reported(
        at in 0.0..1.0_f64,
        byte in prop::sample::select(&b"{}[]\",:x0\\\n \x01\xff-."[..]),
        replace in any::<bool>(),
        compact in any::<bool>(),
    ) {
        let mut text = list(&[pod("a"), node("n1"), pod("b")]);
        if compact {
            let value: serde_json::Value = serde_json::from_str(&text).expect("a list");
            text = value.to_string();
        }
        let mut bytes = text.into_bytes();
        let at = (bytes.len() as f64 * at) as usize;
        if replace {
            bytes[at] = byte;
        } else {
            bytes.insert(at, byte);
        }
        let refused = serde_json::from_slice::<serde_json::Value>(&bytes).is_err();
        let loaded = load(&[("a.json", &bytes)]);
        let reported = loaded.issues.iter().any(|issue| issue.level > IssueLevel::Note);
        prop_assert!(reported || !refused, "{}", String::from_utf8_lossy(&bytes));
        let n_kept: usize = loaded
            .value
            .clusters
            .iter()
            .map(|cluster| cluster.nodes.len() + cluster.pods.len())
            .sum();
        prop_assert!(n_kept <= 3);
    }

    #[test]
    fn on_one_line_intact_objects_are_kept_too(
        damages in prop::collection::btree_map(0..40_usize, 0.0..1.0_f64, 1..6),
    ) {
        let mut items: Vec<String> = Vec::new();
        for position in 0..40 {
            let object: serde_json::Value =
                serde_json::from_str(&pod(&format!("web-{position}"))).expect("a pod");
            let mut text = object.to_string();
            if let Some(share) = damages.get(&position) {
                // A colon less: never again an object.
                let colons: Vec<usize> = text.match_indices("\":").map(|(at, _)| at + 1).collect();
                text.remove(colons[(colons.len() as f64 * share) as usize]);
            }
            items.push(text);
        }
        let text = format!("{{\"kind\":\"List\",\"items\":[{}]}}", items.join(","));
        let loaded = load(&[("a.json", text.as_bytes())]);
        let pods = &loaded.value.clusters[0].pods;
        for position in (0..40).filter(|position| !damages.contains_key(position)) {
            let name = format!("web-{position}");
            prop_assert!(pods.iter().any(|pod| pod.name == name), "{} is lost", name);
        }
        prop_assert!(loaded.issues.iter().any(|issue| issue.level == IssueLevel::Error));
    }
}
