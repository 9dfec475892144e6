//! Finds where JSON values end, checking grammar, brackets and depth but not building anything.
//!
//! It walks with a bit per open bracket instead of recursion, so nesting costs no stack.

use std::ops::Range;

/// Levels of nesting that a document may have; real dumps stay below 30.
pub(in crate::snapshot) const MAX_DEPTH: u32 = 128;

/// Why a value has no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::snapshot) enum ScanFault {
    /// The text ends first.
    End,
    /// More than [`MAX_DEPTH`] brackets are open.
    TooDeep,
    /// Something else was expected here.
    Expected(&'static str),
}

/// A fault and the offset it was noticed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::snapshot) struct ScanError {
    pub(in crate::snapshot) at: usize,
    pub(in crate::snapshot) fault: ScanFault,
}

type Scan<T> = Result<T, ScanError>;

fn expected(bytes: &[u8], at: usize, what: &'static str) -> ScanError {
    let fault = if at >= bytes.len() {
        ScanFault::End
    } else {
        ScanFault::Expected(what)
    };
    ScanError { at, fault }
}

/// The offset of the next byte that is not white space.
#[inline]
pub(in crate::snapshot) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Whether a byte of `word` may be zero; exact up to and including the first one that is.
#[inline]
const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// Marks quotes, backslashes and control characters in eight bytes.
#[inline]
const fn string_stops(word: u64) -> u64 {
    let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
    control | zero_bytes(word ^ (ONES * 0x22)) | zero_bytes(word ^ (ONES * 0x5c))
}

/// The offset behind the string that opens at `at`.
#[inline]
fn skip_string(bytes: &[u8], at: usize) -> Scan<usize> {
    let mut at = at + 1;
    loop {
        while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
            let stops = string_stops(u64::from_le_bytes(*chunk));
            if stops != 0 {
                at += (stops.trailing_zeros() / 8) as usize;
                break;
            }
            at += 8;
        }
        match bytes.get(at) {
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') => at = skip_escape(bytes, at)?,
            Some(0..0x20) => return Err(expected(bytes, at, "the end of a text")),
            Some(_) => at += 1,
            None => return Err(expected(bytes, bytes.len(), "the end of a text")),
        }
    }
}

fn skip_escape(bytes: &[u8], at: usize) -> Scan<usize> {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => {
            let digits = bytes.get(at + 2..at + 6).unwrap_or(&bytes[at + 2..]);
            match digits.iter().position(|byte| !byte.is_ascii_hexdigit()) {
                Some(bad) => Err(expected(bytes, at + 2 + bad, "four hexadecimal digits")),
                None if digits.len() < 4 => Err(expected(bytes, bytes.len(), "")),
                None => Ok(at + 6),
            }
        }
        _ => Err(expected(bytes, at + 1, "an escape such as \\n or \\u0041")),
    }
}

/// The offset behind a number.
fn skip_number(bytes: &[u8], mut at: usize) -> Scan<usize> {
    let digits = |mut at: usize| {
        let start = at;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        if at == start {
            return Err(expected(bytes, at, "a digit"));
        }
        Ok(at)
    };
    if bytes.get(at) == Some(&b'-') {
        at += 1;
    }
    if bytes.get(at) == Some(&b'0') {
        at += 1;
        if bytes.get(at).is_some_and(u8::is_ascii_digit) {
            return Err(expected(bytes, at, "no digit behind a leading zero"));
        }
    } else {
        at = digits(at)?;
    }
    if bytes.get(at) == Some(&b'.') {
        at = digits(at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        at += 1;
        if let Some(b'+' | b'-') = bytes.get(at) {
            at += 1;
        }
        at = digits(at)?;
    }
    Ok(at)
}

/// The offset behind a value that is neither object nor list.
#[inline]
fn skip_scalar(bytes: &[u8], at: usize) -> Scan<usize> {
    match bytes.get(at) {
        Some(b'"') => skip_string(bytes, at),
        Some(b'-' | b'0'..=b'9') => skip_number(bytes, at),
        Some(b't') => skip_word(bytes, at, b"true"),
        Some(b'f') => skip_word(bytes, at, b"false"),
        Some(b'n') => skip_word(bytes, at, b"null"),
        _ => Err(expected(bytes, at, "a value")),
    }
}

fn skip_word(bytes: &[u8], at: usize, word: &[u8]) -> Scan<usize> {
    let rest = &bytes[at..];
    if rest.starts_with(word) {
        return Ok(at + word.len());
    }
    let at = if word.starts_with(rest) {
        bytes.len()
    } else {
        at
    };
    Err(expected(bytes, at, "a value"))
}

/// Reads `"key" :` and returns the key's range with its quotes, and where the value begins.
#[inline]
fn skip_key(bytes: &[u8], at: usize) -> Scan<(Range<usize>, usize)> {
    if bytes.get(at) != Some(&b'"') {
        return Err(expected(bytes, at, "a field name in quotes"));
    }
    let end = skip_string(bytes, at)?;
    let colon = skip_space(bytes, end);
    if bytes.get(colon) != Some(&b':') {
        return Err(expected(bytes, colon, "`:`"));
    }
    Ok((at..end, skip_space(bytes, colon + 1)))
}

/// The open brackets of a walk: a set bit is an object, a clear one a list.
struct Brackets {
    bits: u128,
    open: u32,
    limit: u32,
}

impl Brackets {
    fn push(&mut self, at: usize, object: u128) -> Scan<()> {
        if self.open >= self.limit {
            let fault = ScanFault::TooDeep;
            return Err(ScanError { at, fault });
        }
        self.bits = (self.bits << 1) | object;
        self.open += 1;
        Ok(())
    }

    fn pop(&mut self) {
        self.bits >>= 1;
        self.open -= 1;
    }

    fn in_object(&self) -> bool {
        self.bits & 1 == 1
    }
}

/// The offset behind the value that begins at `at`, inside `depth` open brackets.
pub(in crate::snapshot) fn skip_value(bytes: &[u8], mut at: usize, depth: u32) -> Scan<usize> {
    let limit = MAX_DEPTH.saturating_sub(depth);
    let mut brackets = Brackets {
        bits: 0,
        open: 0,
        limit,
    };
    loop {
        match bytes.get(at) {
            Some(b'{') => {
                brackets.push(at, 1)?;
                at = skip_space(bytes, at + 1);
                if bytes.get(at) != Some(&b'}') {
                    at = skip_key(bytes, at)?.1;
                    continue;
                }
            }
            Some(b'[') => {
                brackets.push(at, 0)?;
                at = skip_space(bytes, at + 1);
                if bytes.get(at) != Some(&b']') {
                    continue;
                }
            }
            _ => {
                at = skip_scalar(bytes, at)?;
                if brackets.open == 0 {
                    return Ok(at);
                }
                at = skip_space(bytes, at);
            }
        }
        loop {
            let object = brackets.in_object();
            match bytes.get(at) {
                Some(b',') => {
                    at = skip_space(bytes, at + 1);
                    if object {
                        at = skip_key(bytes, at)?.1;
                    }
                    break;
                }
                Some(b'}') if object => brackets.pop(),
                Some(b']') if !object => brackets.pop(),
                _ if object => return Err(expected(bytes, at, "`,` or `}`")),
                _ => return Err(expected(bytes, at, "`,` or `]`")),
            }
            at += 1;
            if brackets.open == 0 {
                return Ok(at);
            }
            at = skip_space(bytes, at);
        }
    }
}

/// Walks the fields of one object.
#[derive(Clone, Debug)]
pub(in crate::snapshot) struct Fields {
    at: usize,
    depth: u32,
    first: bool,
}

/// One field: its name with quotes, and where its value begins.
#[derive(Clone, Debug)]
pub(in crate::snapshot) struct Field {
    pub(in crate::snapshot) key: Range<usize>,
    pub(in crate::snapshot) value: usize,
}

impl Fields {
    /// The fields of the object that opens at `open`, itself inside `depth` open brackets.
    pub(in crate::snapshot) fn new(open: usize, depth: u32) -> Self {
        Self {
            at: open + 1,
            depth: depth + 1,
            first: true,
        }
    }

    /// The fields that follow a value of an object, itself the `depth`th open bracket.
    pub(in crate::snapshot) fn behind(at: usize, depth: u32) -> Self {
        Self {
            at,
            depth,
            first: false,
        }
    }

    /// The next field, or `None` at the closing brace, behind which the walk then stands.
    ///
    /// The caller passes the field's value by [`Fields::skip`].
    pub(in crate::snapshot) fn next(&mut self, bytes: &[u8]) -> Scan<Option<Field>> {
        let mut at = skip_space(bytes, self.at);
        match bytes.get(at) {
            Some(b'}') => {
                self.at = at + 1;
                return Ok(None);
            }
            Some(b',') if !self.first => at = skip_space(bytes, at + 1),
            _ if !self.first => return Err(expected(bytes, at, "`,` or `}`")),
            _ => {}
        }
        self.first = false;
        let (key, value) = skip_key(bytes, at)?;
        self.at = value;
        Ok(Some(Field { key, value }))
    }

    /// Passes the value of the field last returned; the offset behind it.
    pub(in crate::snapshot) fn skip(&mut self, bytes: &[u8]) -> Scan<usize> {
        self.at = skip_value(bytes, self.at, self.depth)?;
        Ok(self.at)
    }

    /// Where the walk stands.
    pub(in crate::snapshot) fn offset(&self) -> usize {
        self.at
    }
}

#[cfg(test)]
mod tests {
    #[cfg(not(target_arch = "wasm32"))]
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<usize, ScanFault>) {
        let found = skip_value(text.as_bytes(), 0, 0);
        assert_eq!(found.map_err(|error| error.fault), expected, "{text}");
    }

    #[test]
    fn values_end_where_they_end() {
        check("{} x", Ok(2));
        check("[1, -2.5e+3, \"a\\\"]\", null]", Ok(26));
        check("{\"a\": [{}, [true]], \"b\": \"\"}", Ok(28));
        check("\"0123456789abcdef\",", Ok(18));
    }

    #[test]
    fn what_is_cut_off_ends_early() {
        for text in ["{\"a", "[1", "[1,", "\"abc\\", "tru", "-", "\"\\u00"] {
            check(text, Err(ScanFault::End));
        }
    }

    #[test]
    fn brackets_must_match() {
        check("[1}", Err(ScanFault::Expected("`,` or `]`")));
        check("{\"a\":1]", Err(ScanFault::Expected("`,` or `}`")));
        check(
            "{\"a\":1,}",
            Err(ScanFault::Expected("a field name in quotes")),
        );
    }

    #[test]
    fn depth_is_limited_exactly() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        check(&nested(127), Ok(254));
        check(&nested(128), Ok(256));
        check(&nested(129), Err(ScanFault::TooDeep));
    }

    #[cfg(not(target_arch = "wasm32"))]
    proptest! {
        #[test]
        fn grammar_agrees_with_serde_json(text in r#"[\[\]{}",:\\ 0-9a-ftrueln.\-]{0,24}"#) {
            let end = skip_value(text.as_bytes(), skip_space(text.as_bytes(), 0), 0);
            let ours = end.is_ok_and(|end| skip_space(text.as_bytes(), end) == text.len());
            let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(ours, theirs);
        }
    }
}
