//! Nothing is compiled for Wasm alone, so what clippy says of the native code it says of all.

use expect_test::expect;

use super::source::Source;
use super::{check_all, check_sample};

const WASM_ALONE: [&str; 2] = ["target_arch = \"wasm32\"", "target_family = \"wasm\""];

fn wasm_alone(source: &Source) -> Vec<String> {
    if source.path.ends_with("tidy/platforms.rs") {
        return Vec::new();
    }
    let lines = source.text.lines().enumerate();
    lines
        .filter(|(_, line)| {
            let named = WASM_ALONE.iter().any(|condition| line.contains(condition));
            named && !line.contains("not(")
        })
        .map(|(index, _)| {
            source.problem(
                index + 1,
                "this is compiled for Wasm alone, where no lint looks; write it for both",
            )
        })
        .collect()
}

#[test]
fn no_code_is_for_wasm_alone() {
    check_all(wasm_alone);
}

#[test]
fn code_for_wasm_alone_is_caught() {
    check_sample(
        wasm_alone,
        "web/src/lib.rs",
        "#[cfg(target_arch = \"wasm32\")]\nmod a;\n#[cfg(not(target_arch = \"wasm32\"))]\nmod b;\n",
        &expect![[r#"
            web/src/lib.rs:1: this is compiled for Wasm alone, where no lint looks; write it for both
        "#]],
    );
}
