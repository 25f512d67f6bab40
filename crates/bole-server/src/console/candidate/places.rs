//! Where evidence stands on the pages. Each place has a number, by which its lines and its boxes name each other.

use std::collections::BTreeMap;

use bole_core::{Bounds, Span};
use bole_engine::{Explained, Quote};

use super::super::session::View;
use crate::console::bars;

/// The places of one explanation, by page and place.
#[derive(Debug)]
pub(super) struct Places {
    all: BTreeMap<Span, Place>,
}

/// Something that is shown at one place.
#[derive(Debug)]
pub(super) struct Place {
    /// From 1.
    pub(super) number: usize,
    /// What it is shown for first.
    pub(super) kind: Kind,
    /// What it shows, in the language of the page.
    names: Vec<String>,
    /// The anchor of the line that names it first.
    pub(super) line: String,
    /// One a line.
    pub(super) boxes: Vec<Bounds>,
}

/// What some places show.
struct Named<'a> {
    spans: &'a [Span],
    kind: Kind,
    name: &'a str,
    line: String,
}

/// What a place is evidence of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The component of that position.
    Component(usize),
    /// A gate, the level or the eligibility for a station.
    Condition,
    NotCounted,
}

impl Kind {
    /// The class that gives it its colour.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Component(position) => bars::class(position),
            Self::Condition => "condition",
            Self::NotCounted => "not-counted",
        }
    }
}

/// The anchor of what a level rests on.
pub(super) const LEVEL_LINE: &str = "level";

/// The anchor of a reason of a component.
pub(super) fn reason_line(component: &str, number: usize) -> String {
    format!("part-{component}-{number}")
}

/// The anchor of a gate.
pub(super) fn gate_line(gate: &str) -> String {
    format!("gate-{gate}")
}

/// The anchor of something that was not counted.
pub(super) fn not_counted_line(number: usize) -> String {
    format!("not-counted-{number}")
}

impl Place {
    /// What it shows, in one line.
    pub(super) fn title(&self) -> String {
        self.names.join(" · ")
    }
}

impl Places {
    pub(super) fn of(view: &View, explained: &Explained) -> Self {
        let explanation = &explained.explanation;
        let mut named = Vec::new();
        for (position, component) in explanation.components.iter().enumerate() {
            for (number, reason) in component.reasons.iter().enumerate() {
                let name = view.say(&reason.name_en, &reason.name_zh);
                let line = reason_line(&component.id, number);
                named.push(Named { spans: &reason.spans, kind: Kind::Component(position), name, line });
            }
        }
        let mut condition = |spans, name, line| {
            named.push(Named { spans, kind: Kind::Condition, name, line });
        };
        for gate in &explanation.gates {
            condition(&gate.spans, view.say(&gate.name_en, &gate.name_zh), gate_line(&gate.id));
        }
        for basis in &explained.talent.basis {
            condition(&basis.spans, view.say(&basis.name_en, &basis.name_zh), LEVEL_LINE.to_owned());
        }
        let postdoc = view.say("postdoctoral station", "博士后进站");
        condition(&explained.talent.postdoc.spans, postdoc, LEVEL_LINE.to_owned());
        for (number, found) in explanation.not_counted.iter().enumerate() {
            let (spans, name) = (std::slice::from_ref(&found.span), view.say("not counted", "未计分"));
            named.push(Named { spans, kind: Kind::NotCounted, name, line: not_counted_line(number) });
        }
        Self::among(&explained.quotes, named)
    }

    fn among(quotes: &[Quote], named: Vec<Named<'_>>) -> Self {
        let boxes: BTreeMap<Span, &Quote> = quotes.iter().map(|quote| (quote.span, quote)).collect();
        let mut all: BTreeMap<Span, Place> = BTreeMap::new();
        for Named { spans, kind, name, line } in named {
            for span in spans {
                let place = all.entry(*span).or_insert_with(|| Place {
                    number: 0,
                    kind,
                    names: Vec::new(),
                    line: line.clone(),
                    boxes: boxes.get(span).map(|quote| quote.boxes.clone()).unwrap_or_default(),
                });
                if place.names.iter().all(|known| known != name) {
                    place.names.push(name.to_owned());
                }
            }
        }
        for (place, number) in all.values_mut().zip(1..) {
            place.number = number;
        }
        Self { all }
    }

    /// The number of the place at `span`.
    pub(super) fn number(&self, span: Span) -> Option<usize> {
        self.all.get(&span).map(|place| place.number)
    }

    /// The numbers of places as lines name them: `1 4`.
    pub(super) fn names(&self, spans: &[Span]) -> String {
        let numbers = spans.iter().filter_map(|span| self.number(*span));
        numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(" ")
    }

    /// The places on a page, in the order of the text.
    pub(super) fn on_page(&self, page: u32) -> impl Iterator<Item = (Span, &Place)> {
        let all = self.all.iter().filter(move |(span, _)| span.page == page);
        all.map(|(span, place)| (*span, place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_shows_two_things_is_one() {
        let [early, late] = [(1, 4), (9, 12)].map(|(start, end)| Span { page: 1, start, end });
        let bounds = Bounds { left: 1, top: 2, right: 3, bottom: 4 };
        let quotes = [Quote { span: late, text: "BMS".to_owned(), boxes: vec![bounds] }];
        let spans = [late, early];
        let named = |spans, kind, name| Named { spans, kind, name, line: format!("line of {name}") };
        let two = [named(&spans, Kind::Component(8), "BMS"), named(&spans[..1], Kind::Condition, "battery")];
        let places = Places::among(&quotes, two.into());
        assert_eq!((places.number(early), places.number(late)), (Some(1), Some(2)));
        assert_eq!(places.names(&spans), "2 1");
        let on_page: Vec<_> = places.on_page(1).map(|(_, place)| (place.title(), &place.boxes[..])).collect();
        assert_eq!(on_page, [("BMS".to_owned(), &[][..]), ("BMS · battery".to_owned(), &[bounds][..])]);
        assert_eq!(places.on_page(1).map(|(_, place)| place.kind.class()).collect::<Vec<_>>(), ["c1", "c1"]);
        assert!(places.on_page(1).all(|(_, place)| place.line == "line of BMS"));
        assert_eq!(places.on_page(2).count(), 0);
    }
}
