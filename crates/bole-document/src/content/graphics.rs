use crate::content::color::{Paint, Space};
use crate::content::visibility::Clip;
use crate::geometry::Matrix;

/// The graphics state (ISO 32000-1, 8.4) as far as text and its visibility need it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct State {
    /// To the page as displayed.
    pub(crate) matrix: Matrix,
    pub(crate) clip: Clip,
    /// Text that is part of the clip, by position among those of the page.
    pub(crate) text_clip: Option<u32>,
    pub(crate) fill: Ink,
    pub(crate) stroke: Ink,
    pub(crate) line_width: f32,
    pub(crate) is_dashed: bool,
    pub(crate) mixing: Mixing,
    /// The opacity of the transparency groups around, and how they are painted.
    pub(crate) group_alpha: f32,
    pub(crate) group_mixing: Mixing,
    pub(crate) text: TextState,
}

/// Ways to paint other than by covering what lies below.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mixing {
    pub(crate) blend: Blend,
    /// Through a soft mask.
    pub(crate) is_masked: bool,
    /// Leaving inks that are not painted as they are.
    pub(crate) overprints: bool,
}

/// A blend mode (ISO 32000-1, 11.3.5) as far as it decides whether text is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Blend {
    #[default]
    Normal,
    /// Leaves the darker of both colours, or a darker one.
    Darkens,
    /// May leave no mark where the colours differ.
    Other,
}

impl Mixing {
    pub(crate) fn is_any(self) -> bool {
        self.blend != Blend::Normal || self.is_masked || self.overprints
    }

    /// In this way and in the other.
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            blend: self.blend.max(other.blend),
            is_masked: self.is_masked || other.is_masked,
            overprints: self.overprints || other.overprints,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Ink {
    pub(crate) space: Space,
    pub(crate) paint: Paint,
    pub(crate) alpha: f32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct TextState {
    /// By position in the font cache.
    pub(crate) font: Option<usize>,
    pub(crate) size: f32,
    pub(crate) character_spacing: f32,
    pub(crate) word_spacing: f32,
    /// Horizontal scaling, 1 for 100 %.
    pub(crate) scaling: f32,
    pub(crate) leading: f32,
    pub(crate) rise: f32,
    pub(crate) render_mode: u8,
}

impl State {
    pub(crate) fn new(matrix: Matrix) -> Self {
        let ink = Ink { space: Space::Gray, paint: Paint::BLACK, alpha: 1.0 };
        Self {
            matrix,
            clip: Clip::NONE,
            text_clip: None,
            fill: ink,
            stroke: ink,
            line_width: 1.0,
            is_dashed: false,
            mixing: Mixing::default(),
            group_alpha: 1.0,
            group_mixing: Mixing::default(),
            text: TextState {
                font: None,
                size: 0.0,
                character_spacing: 0.0,
                word_spacing: 0.0,
                scaling: 1.0,
                leading: 0.0,
                rise: 0.0,
                render_mode: 0,
            },
        }
    }
}

impl State {
    /// How what is painted now comes onto the page.
    pub(crate) fn all_mixing(&self) -> Mixing {
        self.mixing.with(self.group_mixing)
    }
}

/// How many saved states are kept. Deeper ones are counted but share the deepest: real files stay below 30.
const MAX_SAVED: usize = 256;

/// The states saved by `q`.
#[derive(Debug, Default)]
pub(crate) struct Saved {
    states: Vec<State>,
    n_beyond: usize,
}

impl Saved {
    pub(crate) fn push(&mut self, state: &State) {
        if self.states.len() < MAX_SAVED {
            self.states.push(*state);
        } else {
            self.n_beyond += 1;
        }
    }

    /// The last state saved above `floor`.
    pub(crate) fn pop(&mut self, floor: usize) -> Option<State> {
        if self.n_beyond > 0 {
            self.n_beyond -= 1;
            return None;
        }
        if self.states.len() > floor { self.states.pop() } else { None }
    }

    pub(crate) fn depth(&self) -> usize {
        self.states.len()
    }

    /// Forgets what was saved above `depth`.
    pub(crate) fn truncate(&mut self, depth: usize) {
        self.states.truncate(depth);
        self.n_beyond = 0;
    }
}
