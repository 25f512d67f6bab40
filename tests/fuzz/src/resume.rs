//! Text of pages, from where it is understood to where it is ranked.

use std::sync::LazyLock;

use bole_core::{AsOf, DocumentId, Page, Pages, ReaderVersion, Reading, Resume, Sourced, Span};
use bole_rank::{Lexicon, Row, Source};

/// The lexicon that ships.
pub const LEXICON: [Source<'_>; 5] = [
    Source { name: "aerospace.toml", text: include_str!("../../../config/lexicon/aerospace.toml") },
    Source { name: "characters.toml", text: include_str!("../../../config/lexicon/characters.toml") },
    Source { name: "energy-storage.toml", text: include_str!("../../../config/lexicon/energy-storage.toml") },
    Source { name: "finance.toml", text: include_str!("../../../config/lexicon/finance.toml") },
    Source { name: "general.toml", text: include_str!("../../../config/lexicon/general.toml") },
];

static PARSED: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::parse(&LEXICON).unwrap_or_else(|problems| panic!("{problems:?}")));

/// Pages of text, with a form feed between two. What is no UTF-8 is replaced, and so are the control characters that the
/// reader of files gives to nobody.
pub fn resume(data: &[u8]) {
    let pages = pages(&String::from_utf8_lossy(data));
    let document = DocumentId::of(data);
    let understood = bole_resume::understand(&pages);
    let lengths: Vec<u32> = pages.pages.iter().map(|page| page.text.chars().count() as u32).collect();
    check_spans(&understood, &lengths);
    let again = bole_resume::understand(&pages);
    assert_eq!(serde_json::to_vec(&understood).unwrap(), serde_json::to_vec(&again).unwrap());

    let reading = Reading { document, reader: ReaderVersion(1), content: pages, resume: understood };
    for (masked, length) in reading.masked_content().pages.iter().zip(&lengths) {
        assert_eq!(masked.text.chars().count(), *length as usize);
    }
    let evidence = bole_rank::collect(&reading, &PARSED);
    for mention in &evidence.mentions {
        check_span(mention.span, &lengths);
    }
    let degrees = evidence.degrees.iter().map(|studied| studied.span);
    let claimed = evidence.claimed_months.iter().map(|claimed| claimed.span);
    let achievements = evidence.achievements.iter().map(|achievement| achievement.span);
    let jobs = evidence.jobs.iter().map(|job| job.span);
    for span in degrees.chain(jobs).chain(claimed).chain(achievements) {
        check_span(span, &lengths);
    }
    let collected = serde_json::to_vec(&evidence).unwrap();
    assert_eq!(collected, serde_json::to_vec(&bole_rank::collect(&reading, &PARSED)).unwrap());
    drop(Row::new(document, AsOf(jiff::civil::date(2026, 11, 21)), &evidence, &PARSED));
}

fn pages(text: &str) -> Pages {
    let page = |text: &str| Page {
        text: text
            .chars()
            .map(|scalar| if scalar.is_control() && scalar != '\n' { ' ' } else { scalar })
            .collect(),
        ..Page::default()
    };
    Pages { pages: text.split('\u{c}').map(page).collect(), ..Pages::default() }
}

/// Every place that a resume names lies within its page.
fn check_spans(resume: &Resume, lengths: &[u32]) {
    fn of<T>(sourced: &Sourced<T>) -> &[Span] {
        assert!(!sourced.spans.is_empty());
        &sourced.spans
    }
    let mut spans: Vec<Span> = Vec::new();
    let texts = [&resume.emails, &resume.phones, &resume.links].into_iter().flatten();
    for text in texts.chain(&resume.name).chain(&resume.location) {
        spans.extend(of(text));
    }
    for education in &resume.education {
        spans.extend(&education.text);
        spans.extend(education.degree.iter().flat_map(of));
        spans.extend(education.school.iter().chain(&education.discipline).flat_map(of));
        spans.extend(education.dates.iter().flat_map(of));
    }
    for entry in &resume.entries {
        spans.extend(&entry.text);
        spans.extend(entry.employer.iter().chain(&entry.title).flat_map(of));
        spans.extend(entry.dates.iter().flat_map(of));
    }
    spans.extend(resume.skills.iter().flat_map(of));
    for language in &resume.languages {
        spans.extend(std::iter::once(&language.name).chain(&language.fluency).flat_map(of));
    }
    for achievement in &resume.achievements {
        spans.extend(&achievement.text);
        spans.extend(std::iter::once(&achievement.title).chain(&achievement.issuer).flat_map(of));
        spans.extend(achievement.date.iter().flat_map(of));
    }
    for section in &resume.sections {
        spans.extend(section.heading.iter().chain(&section.text));
    }
    spans.extend(resume.protected.iter().map(|protected| protected.span));
    for span in spans {
        check_span(span, lengths);
    }
}

fn check_span(span: Span, lengths: &[u32]) {
    let length = (span.page as usize).checked_sub(1).and_then(|index| lengths.get(index));
    assert!(
        span.start <= span.end && length.is_some_and(|length| span.end <= *length),
        "{span:?} of {lengths:?}"
    );
}
