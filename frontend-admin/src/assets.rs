//! Every file of `static/`, in the binary.

use bytes::Bytes;

use crate::content::Content;
use crate::source::without_comments;

/// Names each file once, with its content beside it.
macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_bytes!(concat!("../static/", $path)))),*]
    };
}

/// Path below `static/`, and content.
pub const FILES: &[(&str, &[u8])] = files![
    "admin.html",
    "css/admin.css",
    "css/base.css",
    "css/page.css",
    "icon.svg",
    "js/admin.js",
    "js/chart/adapter.js",
    "js/chart/annotations.js",
    "js/chart/panel.js",
    "js/control/commands.js",
    "js/control/forms.js",
    "js/control/health.js",
    "js/control/impact.js",
    "js/control/inject.js",
    "js/control/journal.js",
    "js/control/session.js",
    "js/control/statebar.js",
    "js/control/steer.js",
    "js/core/format.js",
    "js/core/frame.js",
    "js/core/i18n.js",
    "js/core/settings.js",
    "js/core/view.js",
    "js/i18n/en.control.js",
    "js/i18n/en.js",
    "js/i18n/th.control.js",
    "js/i18n/th.js",
    "js/live.js",
    "js/state/admin.js",
    "js/state/market.js",
    "js/state/overrides.js",
    "js/state/presence.js",
    "js/state/reference.js",
    "js/state/series.js",
    "js/ui/dialog.js",
    "js/ui/field.js",
    "js/ui/frame.js",
    "js/ui/notice.js",
    "js/ui/price.js",
    "js/ui/recent.js",
    "js/ui/signin.js",
    "js/ui/words.js",
    "js/wire/api.js",
    "js/wire/auth.js",
    "js/wire/gateway.js",
    "js/wire/stream.js",
    "live.html",
    "vendor/LICENSES.txt",
    "vendor/README.md",
    "vendor/htm.module.js",
    "vendor/lightweight-charts.standalone.production.mjs",
    "vendor/preact.mjs",
    "vendor/signals-core.mjs",
    "vendor/socket.io.esm.min.js",
];

/// A file as text.
pub fn text(path: &str) -> Option<&'static str> {
    let (_, bytes) = FILES.iter().find(|(name, _)| *name == path)?;
    std::str::from_utf8(bytes).ok()
}

/// A file as it is sent.
pub fn content(path: &'static str) -> Content {
    let is_own_module = path.starts_with("js/");
    match text(path) {
        Some(text) if is_own_module => Content::new(path, Bytes::from(without_comments(text))),
        text => Content::new(path, Bytes::from_static(text.unwrap_or_default().as_bytes())),
    }
}
