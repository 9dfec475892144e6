//! The glyphs: one path each in a box of sixteen, drawn alike in SVG and on a canvas.
//!
//! Characters such as ✓ come from whatever font the system has, some as coloured pictures; a path
//! looks the same everywhere and in print.

/// A sign that stands beside a word or inside a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// Not begun.
    Pending,
    /// Under way.
    Progress,
    /// Done.
    Done,
    /// Waiting.
    Wait,
    /// Look here.
    Review,
    /// Failed or blocked.
    Blocked,
    /// Went back.
    RolledBack,
    /// Not known.
    Unknown,
    /// Taken for it.
    Assumed,
    /// Left out.
    Excluded,
    /// Being made.
    Booting,
    /// Injected.
    Fault,
    /// Pods leave a node.
    Drain,
    /// Play.
    Play,
    /// Pause.
    Pause,
    /// One step back.
    StepBack,
    /// One step on.
    StepForward,
    /// A wave back.
    WaveBack,
    /// A wave on.
    WaveForward,
    /// Close or remove.
    Close,
    /// Opens a menu.
    More,
    /// A share or an export.
    Share,
    /// The plan's knobs.
    Knobs,
    /// Light or dark.
    Theme,
    /// A file.
    File,
}

/// How a path is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Its inside.
    Fill,
    /// Its line.
    Stroke,
}

impl Glyph {
    /// The path, in a box from 0 to 16, and how it is painted.
    pub const fn shape(self) -> (&'static str, Paint) {
        match self {
            Self::Pending => ("M8 3a5 5 0 1 1 0 10a5 5 0 1 1 0-10z", Paint::Stroke),
            Self::Progress => (
                "M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12zm0 2v8a4 4 0 1 1 0-8z",
                Paint::Fill,
            ),
            Self::Done => ("M3 8.5l3.5 3.5L13 4.5", Paint::Stroke),
            Self::Wait => ("M5.5 3.5v9M10.5 3.5v9", Paint::Stroke),
            Self::Review => ("M8 2.2L14.6 13.6H1.4z", Paint::Fill),
            Self::Blocked | Self::Close => ("M4 4l8 8M12 4l-8 8", Paint::Stroke),
            Self::RolledBack => ("M3 3.5v4h4M3.6 7.3a5 5 0 1 1-.4 3.2", Paint::Stroke),
            Self::Unknown => (
                "M5.3 5.6a2.7 2.7 0 1 1 4.2 2.2c-1 .7-1.5 1.1-1.5 2.1M8 12.6v.6",
                Paint::Stroke,
            ),
            Self::Assumed => (
                "M2.5 6.5c1.8-1.8 3.6-1.8 5.4 0s3.6 1.8 5.4 0M2.5 10.8c1.8-1.8 3.6-1.8 5.4 0s3.6 \
                 1.8 5.4 0",
                Paint::Stroke,
            ),
            Self::Excluded => ("M3.5 8h9", Paint::Stroke),
            Self::Booting => ("M8 13V3.5M3.8 7.5L8 3.3l4.2 4.2", Paint::Stroke),
            Self::Fault => ("M9.2 1.5L3.5 9.2h4L6.6 14.5l5.9-7.9h-4z", Paint::Fill),
            Self::Drain => (
                "M9.5 3H3v10h6.5M7 8h7M11.2 5.2L14 8l-2.8 2.8",
                Paint::Stroke,
            ),
            Self::Play => ("M4.5 2.5l9 5.5l-9 5.5z", Paint::Fill),
            Self::Pause => ("M4 3h3v10H4zM9 3h3v10H9z", Paint::Fill),
            Self::StepBack => ("M3.5 3h1.8v10H3.5zM13 3v10L6 8z", Paint::Fill),
            Self::StepForward => ("M10.7 3h1.8v10h-1.8zM3 3v10l7-5z", Paint::Fill),
            Self::WaveBack => (
                "M1.5 3h1.6v10H1.5zM9 3v10L3.6 8zM14.5 3v10L9.1 8z",
                Paint::Fill,
            ),
            Self::WaveForward => (
                "M12.9 3h1.6v10h-1.6zM7 3v10l5.4-5zM1.5 3v10l5.4-5z",
                Paint::Fill,
            ),
            Self::More => ("M4 6.2L8 10.2l4-4", Paint::Stroke),
            Self::Share => ("M8 10V2M4.8 5L8 1.8L11.2 5M3 8.5v5h10v-5", Paint::Stroke),
            Self::Knobs => (
                "M2 4.5h5M11 4.5h3M9 2.7v3.6M2 11.5h2.5M8.5 11.5H14M6.5 9.7v3.6",
                Paint::Stroke,
            ),
            Self::Theme => ("M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12", Paint::Stroke),
            Self::File => ("M4 1.8h5.2L12.5 5v9.2H4zM9 2v3.4h3.4", Paint::Stroke),
        }
    }
}
