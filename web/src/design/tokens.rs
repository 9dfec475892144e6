//! The colour tokens: one table for style sheets, canvases and tests.
//!
//! Four status hues and a neutral carry meaning; they were searched so that they stay apart for
//! readers who see two of the three primaries. Everything else is ink, paper and rules.

use std::fmt::Write as _;

/// A colour as 0xRRGGBB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u32);

/// A named colour in both themes, with what it is for.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// The custom property's name, without its dashes.
    pub name: &'static str,
    /// On light paper.
    pub light: Rgb,
    /// On dark paper.
    pub dark: Rgb,
    /// What the colour says.
    pub meaning: &'static str,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shade {
    /// Dark ink on light paper.
    #[default]
    Light,
    /// Light ink on dark paper.
    Dark,
}

macro_rules! tokens {
    ($(
        $(#[$doc:meta])*
        $id:ident = $name:literal, $light:literal, $dark:literal, $meaning:literal;
    )+) => {
        $($(#[$doc])* pub const $id: Token = Token {
            name: $name,
            light: Rgb($light),
            dark: Rgb($dark),
            meaning: $meaning,
        };)+
        /// Every token, in the order of the style sheet.
        pub const TOKENS: &[Token] = &[$($id),+];
    };
}

tokens! {
    /// The page.
    PAPER = "paper", 0xF4_F6_F8, 0x0A_11_17, "the page behind everything";
    /// Panes.
    PANEL = "panel", 0xFB_FC_FD, 0x0D_15_1C, "a pane, the ground of every chart";
    /// Wells.
    WELL = "well", 0xF1_F4_F7, 0x12_1C_25, "wave bands, table heads, fields";
    /// Ruled lines.
    RULE = "rule", 0xDF_E5_EA, 0x1F_2C_37, "ruled lines between things";
    /// Borders of controls.
    EDGE = "edge", 0x7A_87_94, 0x64_75_86, "borders of controls";
    /// Text.
    INK = "ink", 0x0E_1A_24, 0xE6_ED_F3, "text";
    /// Secondary text.
    INK_SOFT = "ink-soft", 0x4B_59_66, 0xA9_B7_C4, "secondary text";
    /// Now.
    WATERLINE = "waterline", 0x3A_2F_C8, 0xA9_A5_FF, "now, the focus ring, the primary action";
    /// Done.
    OK = "ok", 0x03_5A_5E, 0x53_E7_DF, "done, healthy, pass";
    /// Working.
    PROGRESS = "progress", 0x43_8C_FC, 0x5A_81_D0, "working now";
    /// Look here.
    REVIEW = "review", 0xB4_79_20, 0xED_BE_5B, "warning, degraded, a human is needed";
    /// Broken.
    BLOCKED = "blocked", 0xA4_00_02, 0xED_50_35, "failed, blocked, objective missed";
    /// Neither.
    NEUTRAL = "neutral", 0x6B_77_85, 0x95_A3_B3, "pending, waiting, unknown";
}

/// The hues that must never be taken for one another.
pub const STATUS: [Token; 4] = [OK, PROGRESS, REVIEW, BLOCKED];

impl Token {
    /// The colour in `shade`.
    pub const fn in_shade(self, shade: Shade) -> Rgb {
        match shade {
            Shade::Light => self.light,
            Shade::Dark => self.dark,
        }
    }

    /// The colour as a style sheet writes it.
    pub fn css(self, shade: Shade) -> String {
        self.in_shade(shade).to_string()
    }
}

impl Rgb {
    /// `self` laid over `ground`, `per_cent` of it showing.
    pub fn over(self, ground: Self, per_cent: u32) -> Self {
        let per_cent = per_cent.min(100);
        let mix = |shift: u32| {
            let (top, below) = (self.0 >> shift & 0xFF, ground.0 >> shift & 0xFF);
            ((top * per_cent + below * (100 - per_cent) + 50) / 100) << shift
        };
        Self(mix(16) | mix(8) | mix(0))
    }
}

impl std::fmt::Display for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:06X}", self.0)
    }
}

/// The style sheet that declares every token.
pub fn style_sheet() -> String {
    let mut css = String::from(
        "/* Made from web/src/design/tokens.rs; a test there compares the two. */\n:root {\n  \
         color-scheme: light dark;\n",
    );
    for token in TOKENS {
        writeln!(
            css,
            "  --{}: light-dark({}, {}); /* {} */",
            token.name, token.light, token.dark, token.meaning
        )
        .expect("a string takes everything");
    }
    css.push_str(
        "}\n:root[data-theme=\"light\"] {\n  color-scheme: light;\n}\n\
         :root[data-theme=\"dark\"] {\n  color-scheme: dark;\n}\n",
    );
    css
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::sight::{Vision, contrast, distance};
    use expect_test::expect_file;

    const SHADES: [Shade; 2] = [Shade::Light, Shade::Dark];

    #[track_caller]
    fn check_contrast(tokens: &[Token], floor: f64) {
        for shade in SHADES {
            for ground in [PAPER, PANEL, WELL] {
                for token in tokens {
                    let ratio = contrast(token.in_shade(shade), ground.in_shade(shade));
                    assert!(
                        ratio >= floor,
                        "{} on {} in {shade:?}: {ratio:.2} < {floor}",
                        token.name,
                        ground.name
                    );
                }
            }
        }
    }

    #[test]
    fn the_style_sheet_is_the_table() {
        expect_file!["../../styles/tokens.css"].assert_eq(&style_sheet());
    }

    #[test]
    fn text_can_be_read_on_every_ground() {
        check_contrast(&[INK, INK_SOFT], 4.5);
    }

    #[test]
    fn graphics_and_borders_stand_out_from_every_ground() {
        check_contrast(&[EDGE, WATERLINE, OK, REVIEW, BLOCKED, NEUTRAL], 3.0);
    }

    // The palest hue is used on panes alone, where charts and bars are.
    #[test]
    fn work_in_progress_stands_out_from_a_pane() {
        for shade in SHADES {
            assert!(contrast(PROGRESS.in_shade(shade), PANEL.in_shade(shade)) >= 3.0);
        }
    }

    #[test]
    fn words_on_a_filled_button_can_be_read() {
        for shade in SHADES {
            let ratio = contrast(PANEL.in_shade(shade), WATERLINE.in_shade(shade));
            assert!(ratio >= 4.5, "{shade:?}: {ratio:.2}");
        }
    }

    #[test]
    fn status_hues_stay_apart_in_every_vision() {
        for shade in SHADES {
            for vision in Vision::ALL {
                for (index, one) in STATUS.iter().enumerate() {
                    for other in &STATUS[index + 1..] {
                        let apart = distance(one.in_shade(shade), other.in_shade(shade), vision);
                        assert!(
                            apart >= 0.13,
                            "{} and {} in {shade:?} for {vision:?}: {apart:.3}",
                            one.name,
                            other.name
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn laying_over_meets_both_ends() {
        assert_eq!(Rgb(0x12_34_56).over(Rgb(0xFF_FF_FF), 100), Rgb(0x12_34_56));
        assert_eq!(Rgb(0x12_34_56).over(Rgb(0xFF_FF_FF), 0), Rgb(0xFF_FF_FF));
    }
}
