//! Small parts that every pane uses: icons, dialogs, and the page's hold on the browser.

pub(crate) mod browser;
pub(crate) mod dialog;
pub(crate) mod hooks;
pub(crate) mod icon;
pub(crate) mod paint;
