//! Wavetank in the browser.
