//! Readings sketched for tests: sections, jobs and degrees one after the other on one page.

use bole_core::{
    AsOf, Confidence, DateRange, Degree, DocumentId, Education, Entry, EntryKind, Evidence, Page, Pages,
    Protected, ProtectedKind, RangeEnd, ReaderVersion, Reading, Resume, Section, SectionKind, Sourced, Span,
};

use crate::{Explanation, Lexicon, Profile, Row, Score, collect, explain, score};

#[derive(Clone, Debug, Default)]
pub(crate) struct Sketch {
    text: String,
    resume: Resume,
}

pub(crate) fn as_of() -> AsOf {
    AsOf(jiff::civil::date(2024, 6, 15))
}

impl Sketch {
    /// Adds a section of `text`.
    pub(crate) fn section(mut self, kind: SectionKind, text: &str) -> Self {
        let span = self.write(text);
        self.resume.sections.push(Section { kind, heading: None, text: vec![span] });
        self
    }

    /// Adds an entry, dated or not, in a section of its own.
    pub(crate) fn entry(
        mut self,
        kind: EntryKind,
        title: &str,
        dates: Option<(&str, &str)>,
        text: &str,
    ) -> Self {
        let title_span = self.write(title);
        let text_span = self.write(text);
        let whole = Span { start: title_span.start, ..text_span };
        self.resume.entries.push(Entry {
            kind,
            employer: None,
            title: (!title.is_empty()).then(|| sourced(title.to_owned(), title_span)),
            dates: dates.map(|(start, end)| {
                let end = if end == "now" { RangeEnd::Present } else { RangeEnd::At(end.parse().unwrap()) };
                let start = start.parse().unwrap();
                sourced(DateRange { start, end }, title_span)
            }),
            text: vec![whole],
        });
        let section = match kind {
            EntryKind::Work => SectionKind::Work,
            EntryKind::Internship => SectionKind::Internship,
            EntryKind::Project => SectionKind::Project,
            EntryKind::Research => SectionKind::Research,
        };
        self.resume.sections.push(Section { kind: section, heading: None, text: vec![whole] });
        self
    }

    /// Adds a full-time job from 2018 to now.
    pub(crate) fn job(self, title: &str, text: &str) -> Self {
        self.entry(EntryKind::Work, title, Some(("2018-07", "now")), text)
    }

    pub(crate) fn education(mut self, degree: Degree, discipline: &str) -> Self {
        let span = self.write(discipline);
        self.resume.education.push(Education {
            degree: Some(sourced(degree, span)),
            discipline: Some(sourced(discipline.to_owned(), span)),
            text: vec![span],
            ..Education::default()
        });
        self.resume.sections.push(Section { kind: SectionKind::Education, heading: None, text: vec![span] });
        self
    }

    /// Adds personal data.
    pub(crate) fn protected(mut self, kind: ProtectedKind, text: &str) -> Self {
        let span = self.write(text);
        self.resume.protected.push(Protected { kind, span });
        self
    }

    pub(crate) fn reading(self) -> Reading {
        let page = Page { text: self.text, ..Page::default() };
        Reading {
            document: DocumentId::of(page.text.as_bytes()),
            reader: ReaderVersion(1),
            content: Pages { pages: vec![page], ..Pages::default() },
            resume: self.resume,
        }
    }

    pub(crate) fn evidence(self, lexicon: &Lexicon) -> Evidence {
        collect(&self.reading(), lexicon)
    }

    pub(crate) fn row(self, lexicon: &Lexicon) -> Row {
        let evidence = self.evidence(lexicon);
        Row::new(evidence.reading.document, as_of(), &evidence, lexicon)
    }

    pub(crate) fn score(self, profile: &Profile, lexicon: &Lexicon) -> Score {
        score(&self.row(lexicon), profile)
    }

    pub(crate) fn explanation(self, profile: &Profile, lexicon: &Lexicon) -> Explanation {
        let evidence = self.evidence(lexicon);
        explain(&evidence, as_of(), evidence.reading.document, profile, lexicon)
    }

    fn write(&mut self, text: &str) -> Span {
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        let start = self.text.chars().count() as u32;
        self.text.push_str(text);
        Span { page: 1, start, end: start + text.chars().count() as u32 }
    }
}

fn sourced<T>(value: T, span: Span) -> Sourced<T> {
    Sourced { value, spans: vec![span], confidence: Confidence(95) }
}
