//! How colours look to readers: contrast after WCAG 2, and distance under four kinds of vision.
//!
//! Dichromatic vision is simulated with the matrices of Machado, Oliveira and Fernandes (2009) at
//! severity 1, applied to linear light; distances are Euclidean in `OKLab`.

use super::tokens::Rgb;

/// How a reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vision {
    Normal,
    Protanopia,
    Deuteranopia,
    Tritanopia,
}

type Matrix = [[f64; 3]; 3];

const PROTANOPIA: Matrix = [
    [0.152_286, 1.052_583, -0.204_868],
    [0.114_503, 0.786_281, 0.099_216],
    [-0.003_882, -0.048_116, 1.051_998],
];
const DEUTERANOPIA: Matrix = [
    [0.367_322, 0.860_646, -0.227_968],
    [0.280_085, 0.672_501, 0.047_413],
    [-0.011_820, 0.042_940, 0.968_881],
];
const TRITANOPIA: Matrix = [
    [1.255_528, -0.076_749, -0.178_779],
    [-0.078_411, 0.930_809, 0.147_602],
    [0.004_733, 0.691_367, 0.303_900],
];
const LIGHT_TO_CONES: Matrix = [
    [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
    [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
    [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
];
const CONES_TO_LAB: Matrix = [
    [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
    [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
    [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
];

impl Vision {
    pub(crate) const ALL: [Self; 4] = [
        Self::Normal,
        Self::Protanopia,
        Self::Deuteranopia,
        Self::Tritanopia,
    ];
}

/// The contrast ratio of two colours, from 1 to 21.
pub(crate) fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// How far apart two colours look.
pub(crate) fn distance(one: Rgb, other: Rgb, vision: Vision) -> f64 {
    let (one, other) = (lab(one, vision), lab(other, vision));
    let squares = one.iter().zip(other).map(|(a, b)| (a - b) * (a - b));
    libm::sqrt(squares.sum())
}

fn luminance(color: Rgb) -> f64 {
    let [red, green, blue] = light(color);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn lab(color: Rgb, vision: Vision) -> [f64; 3] {
    let seen = match vision {
        Vision::Normal => light(color),
        Vision::Protanopia => apply(&PROTANOPIA, light(color)),
        Vision::Deuteranopia => apply(&DEUTERANOPIA, light(color)),
        Vision::Tritanopia => apply(&TRITANOPIA, light(color)),
    };
    let cones = apply(&LIGHT_TO_CONES, seen.map(|value| value.clamp(0.0, 1.0)));
    apply(&CONES_TO_LAB, cones.map(libm::cbrt))
}

/// Linear light, channel by channel.
fn light(color: Rgb) -> [f64; 3] {
    [16, 8, 0].map(|shift| {
        let value = f64::from(color.0 >> shift & 0xFF) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            libm::pow((value + 0.055) / 1.055, 2.4)
        }
    })
}

fn apply(matrix: &Matrix, vector: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_on_white_is_the_greatest_contrast() {
        assert!((contrast(Rgb(0), Rgb(0xFF_FF_FF)) - 21.0).abs() < 1e-9);
    }

    #[test]
    fn red_and_green_draw_together_for_dichromats() {
        let (red, green) = (Rgb(0xC0_39_2B), Rgb(0x5A_7D_2A));
        let normal = distance(red, green, Vision::Normal);
        assert!(distance(red, green, Vision::Deuteranopia) < normal / 2.0);
    }
}
