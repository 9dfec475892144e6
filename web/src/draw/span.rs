//! The stretch of simulated time on screen, and where an instant falls in it.

/// The shortest stretch that can be shown, in milliseconds.
const SHORTEST_MS: u64 = 60_000;

/// A stretch of simulated time in milliseconds; never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its beginning.
    pub start_ms: u64,
    /// Its end, later than its beginning.
    pub end_ms: u64,
}

impl Span {
    /// The whole of a rehearsal that ends at `end_ms`, with room for the last label.
    pub fn whole(end_ms: u64) -> Self {
        Self {
            start_ms: 0,
            end_ms: (end_ms + end_ms / 40).max(SHORTEST_MS),
        }
    }

    /// How long it is.
    pub fn length_ms(self) -> u64 {
        self.end_ms - self.start_ms
    }

    /// Half as long or twice as long (`closer` per mille of the length), with `at_ms` kept in
    /// its place.
    pub fn zoomed(self, per_mille: u64, at_ms: u64, whole: Self) -> Self {
        let length = (self.length_ms() * per_mille / 1_000)
            .clamp(SHORTEST_MS.min(whole.length_ms()), whole.length_ms());
        let at_ms = at_ms.clamp(self.start_ms, self.end_ms);
        let before =
            u128::from(at_ms - self.start_ms) * u128::from(length) / u128::from(self.length_ms());
        Self::beginning(at_ms.saturating_sub(before as u64), length, whole)
    }

    /// Moved by a quarter of its length, as often as `quarters` says.
    pub fn panned(self, quarters: i64, whole: Self) -> Self {
        let length = self.length_ms();
        let step = (length / 4) * quarters.unsigned_abs();
        let start = if quarters < 0 {
            self.start_ms.saturating_sub(step)
        } else {
            self.start_ms + step
        };
        Self::beginning(start, length, whole)
    }

    /// Moved by no more than is needed to hold `at_ms`.
    pub fn holding(self, at_ms: u64, whole: Self) -> Self {
        if self.start_ms <= at_ms && at_ms <= self.end_ms {
            return self;
        }
        self.centered(at_ms, whole)
    }

    /// Moved so that `at_ms` is in the middle.
    pub fn centered(self, at_ms: u64, whole: Self) -> Self {
        let length = self.length_ms();
        Self::beginning(at_ms.saturating_sub(length / 2), length, whole)
    }

    fn beginning(start_ms: u64, length_ms: u64, whole: Self) -> Self {
        let length_ms = length_ms.min(whole.length_ms());
        let start_ms = start_ms.clamp(whole.start_ms, whole.end_ms - length_ms);
        Self {
            start_ms,
            end_ms: start_ms + length_ms,
        }
    }
}

/// A span laid over so many pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The span.
    pub span: Span,
    /// Its width in pixels.
    pub width: f64,
}

impl Scale {
    /// Where an instant falls; outside the width when it is outside the span.
    pub fn x(self, at_ms: u64) -> f64 {
        let offset = at_ms as f64 - self.span.start_ms as f64;
        offset * self.width / self.span.length_ms() as f64
    }

    /// The instant at a pixel, kept inside the span.
    pub fn at_ms(self, x: f64) -> u64 {
        if self.width <= 0.0 {
            return self.span.start_ms;
        }
        let share = (x / self.width).clamp(0.0, 1.0);
        self.span.start_ms + (share * self.span.length_ms() as f64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000;

    fn span(start_ms: u64, end_ms: u64) -> Span {
        Span { start_ms, end_ms }
    }

    #[test]
    fn zooming_keeps_the_instant_in_its_place() {
        let whole = span(0, 8 * HOUR);
        let near = whole.zoomed(500, 6 * HOUR, whole);
        assert_eq!(near, span(3 * HOUR, 7 * HOUR));
        let before = Scale {
            span: whole,
            width: 800.0,
        }
        .x(6 * HOUR);
        let after = Scale {
            span: near,
            width: 800.0,
        }
        .x(6 * HOUR);
        assert!((before - after).abs() < 1e-6);
    }

    #[test]
    fn zooming_out_ends_at_the_whole() {
        let whole = span(0, 8 * HOUR);
        assert_eq!(span(HOUR, 3 * HOUR).zoomed(9_000, 2 * HOUR, whole), whole);
    }

    #[test]
    fn panning_stops_at_both_ends() {
        let whole = span(0, 8 * HOUR);
        assert_eq!(span(0, 4 * HOUR).panned(-1, whole), span(0, 4 * HOUR));
        assert_eq!(span(0, 4 * HOUR).panned(9, whole), span(4 * HOUR, 8 * HOUR));
    }

    #[test]
    fn an_empty_rehearsal_still_has_a_span() {
        assert!(Span::whole(0).length_ms() > 0);
    }

    #[test]
    fn a_pixel_and_its_instant_agree() {
        let scale = Scale {
            span: span(HOUR, 2 * HOUR),
            width: 600.0,
        };
        assert_eq!(scale.at_ms(scale.x(HOUR + 600_000)), HOUR + 600_000);
        assert_eq!(scale.at_ms(-5.0), HOUR);
    }
}
