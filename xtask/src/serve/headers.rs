//! The headers of every response, errors and worker scripts included.
//!
//! A worker takes its policy from its own response rather than from the page, so a header that
//! only the page carried would leave the worker without one.

use crate::build::header_policy;

/// What a page of ours may ask of the device: nothing.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), \
     clipboard-read=(), clipboard-write=(), display-capture=(), encrypted-media=(), \
     fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), idle-detection=(), \
     local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), \
     picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), \
     storage-access=(), usb=(), window-management=(), xr-spatial-tracking=()";

/// Every header that does not depend on the file.
#[must_use]
pub fn response_headers() -> Vec<(&'static str, String)> {
    vec![
        ("Content-Security-Policy", header_policy()),
        ("Cross-Origin-Opener-Policy", "same-origin".into()),
        ("Cross-Origin-Embedder-Policy", "require-corp".into()),
        ("Cross-Origin-Resource-Policy", "same-origin".into()),
        ("X-Content-Type-Options", "nosniff".into()),
        ("Referrer-Policy", "no-referrer".into()),
        ("Permissions-Policy", PERMISSIONS.into()),
    ]
}
