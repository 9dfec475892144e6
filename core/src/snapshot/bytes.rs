//! Finds bytes in long stretches of text quickly.

/// Bytes that are looked at together before the place is searched in them.
const CHUNK: usize = 128;

/// The position of the first byte that is one of `wanted`.
pub(super) fn find_any(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let holds = |chunk: &&[u8]| wanted.iter().any(|byte| chunk.contains(byte));
    let chunk = bytes.chunks(CHUNK).position(|chunk| holds(&chunk))?;
    let start = chunk * CHUNK;
    let place = bytes[start..].iter().position(|byte| wanted.contains(byte));
    place.map(|place| start + place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_several_bytes_is_found() {
        let mut text = vec![b'x'; 300];
        assert_eq!(find_any(&text, b"ab"), None);
        text[299] = b'a';
        assert_eq!(find_any(&text, b"ab"), Some(299));
        text[130] = b'b';
        assert_eq!(find_any(&text, b"ab"), Some(130));
        assert_eq!(find_any(b"", b"ab"), None);
    }
}
