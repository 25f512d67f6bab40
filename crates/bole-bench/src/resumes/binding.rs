use std::fmt::Write as _;

use super::board::Mark;
use super::content::{Cut, content};
use super::dice::Dice;
use super::fonts::Fonts;
use super::objects::Objects;

/// The objects of a file: pages with their tree and fonts, all but what the pages share besides fonts.
pub(super) struct Binding {
    pub(super) objects: Objects,
    pub(super) catalog: usize,
    resources: usize,
    named_fonts: String,
}

impl Binding {
    pub(super) fn new(pages: &[Vec<Mark>], fonts: &mut Fonts, cut: Cut, dice: &mut Dice) -> Self {
        let mut objects = Objects::default();
        let (catalog, tree, resources) = (objects.promise(), objects.promise(), objects.promise());
        let mut kids = String::new();
        for marks in pages {
            let text = content(marks, fonts, cut, dice);
            let stream = objects.deflated("", text.as_bytes(), 6);
            let page = objects.add(format!(
                "<</Type/Page/Parent {tree} 0 R/MediaBox[0 0 595 842]/Resources {resources} 0 R/Contents {stream} 0 R>>"
            ));
            write!(kids, "{page} 0 R ").ok();
        }
        let tag: String = (0..6).map(|_| char::from(b'A' + dice.below(26) as u8)).collect();
        let named_fonts = fonts.embed(&mut objects, &tag);
        objects.put(tree, format!("<</Type/Pages/Kids[{}]/Count {}>>", kids.trim_end(), pages.len()));
        objects.put(catalog, format!("<</Type/Catalog/Pages {tree} 0 R>>"));
        Self { objects, catalog, resources, named_fonts }
    }

    /// Says what the pages share: the fonts, and these entries.
    pub(super) fn share(&mut self, entries: &str) {
        self.objects.put(self.resources, format!("<</Font<<{}>>{entries}>>", self.named_fonts));
    }
}
