//! Readings sketched for tests: sections, jobs and degrees one after the other on one page.

use bole_core::{
    Achievement, AchievementKind, AsOf, Confidence, DateRange, Degree, DocumentId, Education, Entry,
    EntryKind, Evidence, Page, Pages, Protected, ProtectedKind, RangeEnd, ReaderVersion, Reading, Resume,
    Section, SectionKind, Sourced, Span,
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
            dates: dates.map(|(start, end)| sourced(range(start, end), title_span)),
            is_part_time: false,
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

    /// Adds a project, dated or not, at the end of the last entry.
    pub(crate) fn project_within(mut self, dates: Option<(&str, &str)>, text: &str) -> Self {
        let span = self.write(text);
        if let Some(whole) = self.resume.entries.last_mut().and_then(|entry| entry.text.first_mut()) {
            whole.end = span.end;
        }
        self.resume.entries.push(Entry {
            kind: EntryKind::Project,
            employer: None,
            title: None,
            dates: dates.map(|(start, end)| sourced(range(start, end), span)),
            is_part_time: false,
            text: vec![span],
        });
        self
    }

    /// Adds a full-time job from 2018 to now.
    pub(crate) fn job(self, title: &str, text: &str) -> Self {
        self.entry(EntryKind::Work, title, Some(("2018-07", "now")), text)
    }

    pub(crate) fn education(self, degree: Degree, discipline: &str) -> Self {
        self.study(degree, discipline, None)
    }

    /// Adds a degree with its months; the end may be `now`.
    pub(crate) fn studied(self, degree: Degree, discipline: &str, (start, end): (&str, &str)) -> Self {
        self.study(degree, discipline, Some(range(start, end)))
    }

    /// Adds a degree with what is told below it.
    pub(crate) fn studied_with(self, degree: Degree, discipline: &str, text: &str) -> Self {
        let mut sketch = self.study(degree, discipline, None);
        let span = sketch.write(text);
        if let Some(education) = sketch.resume.education.last_mut() {
            education.text.push(span);
        }
        sketch
    }

    fn study(mut self, degree: Degree, discipline: &str, dates: Option<DateRange>) -> Self {
        let span = self.write(discipline);
        self.resume.education.push(Education {
            degree: Some(sourced(degree, span)),
            discipline: Some(sourced(discipline.to_owned(), span)),
            dates: dates.map(|dates| sourced(dates, span)),
            text: vec![span],
            ..Education::default()
        });
        self.resume.sections.push(Section { kind: SectionKind::Education, heading: None, text: vec![span] });
        self
    }

    /// Adds so many of a kind, each in a line of its own.
    pub(crate) fn achievements(mut self, kind: AchievementKind, count: usize) -> Self {
        for _ in 0..count {
            let span = self.write("某题目");
            let title = sourced("某题目".to_owned(), span);
            let text = vec![span];
            self.resume.achievements.push(Achievement { kind, title, issuer: None, date: None, text });
        }
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

fn range(start: &str, end: &str) -> DateRange {
    let end = if end == "now" { RangeEnd::Present } else { RangeEnd::At(end.parse().unwrap()) };
    DateRange { start: start.parse().unwrap(), end }
}

fn sourced<T>(value: T, span: Span) -> Sourced<T> {
    Sourced { value, spans: vec![span], confidence: Confidence(95) }
}
