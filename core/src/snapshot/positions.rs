//! Turns byte offsets of a file into lines and columns, counting each byte only once.

/// How far lines have been counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Positions {
    offset: usize,
    line: u32,
    line_start: usize,
}

impl Default for Positions {
    fn default() -> Self {
        Self {
            offset: 0,
            line: 1,
            line_start: 0,
        }
    }
}

impl Positions {
    /// Counts on to `offset`, so that later places are found from there.
    pub(super) fn advance(&mut self, bytes: &[u8], offset: usize) {
        let offset = offset.min(bytes.len());
        if offset <= self.offset {
            return;
        }
        let passed = &bytes[self.offset..offset];
        let lines = passed.iter().map(|byte| usize::from(*byte == b'\n'));
        if let Some(newline) = passed.iter().rposition(|byte| *byte == b'\n') {
            self.line_start = self.offset + newline + 1;
        }
        self.line = self.line.saturating_add(clamp(lines.sum()));
        self.offset = offset;
    }

    /// One-based line and column of `offset`, wherever it is.
    pub(super) fn at(&self, bytes: &[u8], offset: usize) -> (u32, u32) {
        let mut from = if offset < self.offset {
            Self::default()
        } else {
            *self
        };
        from.advance(bytes, offset);
        (from.line, clamp(from.offset - from.line_start + 1))
    }
}

/// A count as it is shown; files are smaller than four gigabytes.
fn clamp(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The byte offset of a one-based line and column within `text`.
pub(super) fn offset_of(text: &[u8], line: usize, column: usize) -> usize {
    let start = match line.saturating_sub(2) {
        _ if line <= 1 => 0,
        newlines => text
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'\n')
            .nth(newlines)
            .map_or(text.len(), |(at, _)| at + 1),
    };
    (start + column.saturating_sub(1)).min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, offset: usize, expected: (u32, u32)) {
        let bytes = text.as_bytes();
        assert_eq!(Positions::default().at(bytes, offset), expected);
        let mut counted = Positions::default();
        counted.advance(bytes, offset / 2);
        assert_eq!(
            counted.at(bytes, offset),
            expected,
            "after counting halfway"
        );
        let (line, column) = expected;
        assert_eq!(offset_of(bytes, line as usize, column as usize), offset);
    }

    #[test]
    fn lines_and_columns_begin_at_one() {
        check("ab\ncd\n\nx", 0, (1, 1));
        check("ab\ncd\n\nx", 2, (1, 3));
        check("ab\ncd\n\nx", 4, (2, 2));
        check("ab\ncd\n\nx", 7, (4, 1));
    }

    #[test]
    fn a_place_behind_the_count_is_still_found() {
        let bytes = b"a\nb\nc";
        let mut positions = Positions::default();
        positions.advance(bytes, 5);
        assert_eq!(positions.at(bytes, 2), (2, 1));
    }
}
