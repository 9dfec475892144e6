//! The content security policy: the same string in the page and in every response's header.

/// The policy in the page's `meta` element, for static hosts that send no headers of ours.
///
/// Styles come from files only, so an inline `style="…"` attribute is refused; Wasm may be
/// compiled but nothing evaluated; only scripts that the policy named `wavetank` passes may start
/// a worker.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     worker-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; \
     connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-src 'none'; require-trusted-types-for 'script'; trusted-types wavetank";

/// The policy as a header, which alone can forbid other sites to frame the page.
#[must_use]
pub fn header_policy() -> String {
    PAGE_POLICY.replace(
        "frame-src 'none';",
        "frame-src 'none'; frame-ancestors 'none';",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_the_policy_that_the_documents_promise() {
        assert_eq!(
            header_policy(),
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; \
             style-src 'self'; img-src 'self' blob:; font-src 'self'; connect-src 'self'; \
             manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-src 'none'; \
             frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types wavetank"
        );
    }
}
