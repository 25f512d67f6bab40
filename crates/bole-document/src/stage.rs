use std::fmt;

/// What the reader is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Objects, decryption, object streams, the page tree.
    Open,
    /// Unfolding content streams.
    Unfold,
    /// Walking content: operators, glyphs, visibility.
    Interpret,
    /// Reading fonts and character maps at their first use.
    Fonts,
    /// Words, lines, columns, reading order.
    Layout,
    /// How good the text is.
    Judge,
}

impl Stage {
    /// All of them, in the order in which a document passes them first.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Unfold, Self::Interpret, Self::Fonts, Self::Layout, Self::Judge];

    /// Its name for people and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Unfold => "unfold",
            Self::Interpret => "interpret",
            Self::Fonts => "fonts",
            Self::Layout => "layout",
            Self::Judge => "judge",
        }
    }
}

/// Who is told when a stage begins; the one before has ended then.
pub(crate) struct Observer<'o>(pub(crate) &'o mut dyn FnMut(Stage));

impl Observer<'_> {
    pub(crate) fn begin(&mut self, stage: Stage) {
        (self.0)(stage);
    }
}

impl fmt::Debug for Observer<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Observer")
    }
}
