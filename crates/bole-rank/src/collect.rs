use bole_core::{
    ConceptId, DateRange, Degree, Education, EntryKind, Evidence, FieldId, Mention, MentionStatus, Page,
    Reading, Resume, SectionKind, Span, Statement, Studied,
};

use crate::lexicon::{ConceptKind, Lexicon};
use crate::matcher::Found;
use crate::negation::denied_ranges;
use crate::wall::in_wall;

/// It rises whenever the same reading and files may give other evidence.
pub(crate) const COLLECTING_VERSION: u32 = 2;

/// The longest line above the first heading that is taken for a headline (`SENIOR ACCOUNTANT`), in words. Longer ones are
/// sentences.
const MAX_HEADLINE_WORDS: usize = 12;
/// A Chinese word is mostly two characters.
const CHARACTERS_OF_A_WORD: usize = 2;

/// Finds what `reading` gives to weigh, in one pass over its visible text, both languages at once.
///
/// Depends on the reading and the lexicon alone. No mention lies in a protected span.
pub fn collect(reading: &Reading, lexicon: &Lexicon) -> Evidence {
    let resume = &reading.resume;
    let mut mentions = Vec::new();
    for (index, page) in reading.content.pages.iter().enumerate() {
        collect_page(index as u32 + 1, page, resume, lexicon, &mut mentions);
    }
    settle_ambiguity(&mut mentions, lexicon);
    let degrees = resume.education.iter().filter_map(|education| {
        let degree = education.degree.as_ref()?;
        let dates = education.dates.as_ref().map(|dates| dates.value);
        let value = Studied { degree: degree.value, dates, is_under_way: education.is_under_way };
        Some(Statement { value, span: *degree.spans.first()? })
    });
    let jobs = resume.full_time_jobs();
    let jobs = jobs.iter().filter_map(|job| Some(Statement { value: job.value, span: *job.spans.first()? }));
    let claimed_months = resume.claimed_months.as_ref();
    let claimed_months = claimed_months
        .and_then(|claimed| Some(Statement { value: claimed.value, span: *claimed.spans.first()? }));
    let achievements = resume.achievements.iter();
    let achievements = achievements.filter_map(|achievement| {
        Some(Statement { value: achievement.kind, span: *achievement.text.first()? })
    });
    Evidence {
        reading: reading.id(),
        lexicon: lexicon.hash(),
        mentions,
        degrees: degrees.collect(),
        jobs: jobs.collect(),
        claimed_months,
        achievements: achievements.collect(),
        partial: reading.content.quality.partial,
    }
}

fn collect_page(number: u32, page: &Page, resume: &Resume, lexicon: &Lexicon, mentions: &mut Vec<Mention>) {
    let canonical = lexicon.characters().canonical(&page.text);
    let stored: Vec<char> = page.text.chars().collect();
    let mut found = lexicon.matcher().find(&canonical, &stored);
    let mut spans = Vec::with_capacity(found.len());
    found.retain(|found| {
        let range = canonical.stored_range(found.start, found.end);
        let span = range.map(|(start, end)| Span { page: number, start, end });
        let kept = span.filter(|span| !is_protected(*span, resume));
        spans.extend(kept);
        kept.is_some()
    });
    let places = found.iter().zip(&spans).map(|(found, span)| {
        let place = place(found, *span, resume, lexicon, &stored);
        if is_hobby(canonical.text.get(..found.start).unwrap_or_default()) {
            return Place { section: SectionKind::Interests, dates: None, in_title: false };
        }
        place
    });
    let places: Vec<Place> = places.collect();
    let sections: Vec<SectionKind> = places.iter().map(|place| place.section).collect();
    let walls = in_wall(&canonical.text, &found, &sections);
    let denied = denied_ranges(&canonical.text, &found);
    for (((found, span), place), in_keyword_wall) in found.iter().zip(spans).zip(places).zip(walls) {
        let Some(concept) = lexicon.concept_at(found.concept) else {
            continue;
        };
        mentions.push(Mention {
            concept: concept.id.clone(),
            span,
            section: place.section,
            dates: place.dates,
            in_title: place.in_title,
            status: if denied.iter().any(|range| range.contains(&found.start)) {
                MentionStatus::Negated
            } else if in_keyword_wall {
                MentionStatus::KeywordWall
            } else if found.ambiguous {
                // Settled once all pages are read.
                MentionStatus::Ambiguous
            } else {
                MentionStatus::Counted
            },
        });
    }
}

/// Where in the resume a mention stands.
struct Place {
    section: SectionKind,
    dates: Option<DateRange>,
    in_title: bool,
}

fn place(found: &Found, span: Span, resume: &Resume, lexicon: &Lexicon, stored: &[char]) -> Place {
    let concept = lexicon.concept_at(found.concept);
    let is_title = concept.is_some_and(|concept| concept.kind == ConceptKind::Title);
    let innermost = |spans: &[Span]| {
        let holding = spans.iter().filter(|outer| outer.contains(&span));
        holding.map(|outer| outer.end - outer.start).min()
    };
    let entries = resume.entries.iter().filter_map(|entry| Some((innermost(&entry.text)?, entry)));
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(|(length, _)| *length);
    let entry = entries.first().copied();
    let education =
        resume.education.iter().filter_map(|education| Some((innermost(&education.text)?, education)));
    let education = education.min_by_key(|(length, _)| *length);
    // A degree may stand among stays at universities, and a stay among degrees: the narrower one holds the place.
    let is_studied = match (entry, education) {
        (Some((entry, _)), Some((education, _))) => education < entry,
        (_, education) => education.is_some(),
    };
    if let (Some((_, entry)), false) = (entry, is_studied) {
        let in_title = match &entry.title {
            Some(title) => title.spans.iter().any(|title| overlap(title, &span)),
            // Where no title was made out, the first line of a job tells it.
            None => {
                is_title
                    && entry.text.first().is_some_and(|text| !has_line_end(stored, text.start, span.start))
            }
        };
        // A project without dates of its own was done in the job that it lies in.
        let dates = entries.iter().find_map(|(_, entry)| entry.dates.as_ref());
        return Place { section: section_of(entry.kind), dates: dates.map(|dates| dates.value), in_title };
    }
    if let Some((_, education)) = education {
        let discipline = education.discipline.as_ref();
        let in_title =
            discipline.is_some_and(|discipline| discipline.spans.iter().any(|part| overlap(part, &span)));
        let is_research = !in_title && is_doctoral(education) && !in_courses(stored, span);
        return Place {
            section: if is_research { SectionKind::Research } else { SectionKind::Education },
            dates: education.dates.as_ref().map(|dates| dates.value),
            in_title,
        };
    }
    let section = resume.section_at(span);
    Place {
        section,
        dates: None,
        in_title: is_title && section == SectionKind::Personal && in_short_line(stored, span),
    }
}

/// What is told of a doctorate is research that was done for it, but for its name and its courses.
fn is_doctoral(education: &Education) -> bool {
    education.degree.as_ref().is_some_and(|degree| degree.value == Degree::Doctor)
}

/// Whether the line of `span` lists courses, or names school and degree.
fn in_courses(stored: &[char], span: Span) -> bool {
    const WORDS: [&str; 9] =
        ["课程", "主修", "专业", "学位", "coursework", "courses", "ph.d", "phd", "doctor of"];
    let line = line_around(stored, span).to_lowercase();
    WORDS.iter().any(|word| line.contains(word))
}

/// Whether canonical text that ends with `before` goes on with a hobby: `Interests: chess, …` within another section.
fn is_hobby(before: &str) -> bool {
    const LABELS: [&str; 5] = ["爱好", "兴趣", "interests", "hobbies", "hobby"];
    const NOT_PRIVATE: [&str; 6] = ["研究", "学术", "专业", "research ", "professional ", "academic "];
    let sentence = before.rsplit(['\n', '。', ';', '.', '|']).next().unwrap_or(before);
    let Some((label, _)) = sentence.rsplit_once(':') else {
        return false;
    };
    let label = LABELS.iter().find_map(|name| label.trim_end().strip_suffix(name));
    label.is_some_and(|before| !NOT_PRIVATE.iter().any(|word| before.ends_with(word)))
}

fn section_of(kind: EntryKind) -> SectionKind {
    match kind {
        EntryKind::Work => SectionKind::Work,
        EntryKind::Internship => SectionKind::Internship,
        EntryKind::Project => SectionKind::Project,
        EntryKind::Research => SectionKind::Research,
    }
}

fn overlap(one: &Span, other: &Span) -> bool {
    one.page == other.page && one.start < other.end && other.start < one.end
}

fn is_protected(span: Span, resume: &Resume) -> bool {
    resume.protected.iter().any(|protected| overlap(&protected.span, &span))
}

/// Whether a line ends between two places, the first not counted if it is a line end itself.
fn has_line_end(stored: &[char], start: u32, end: u32) -> bool {
    let between = stored.get(start as usize..end as usize).unwrap_or_default();
    between.iter().skip_while(|scalar| scalar.is_whitespace()).any(|scalar| *scalar == '\n')
}

/// The line around the start of `span`, or its part between bars.
fn line_around(stored: &[char], span: Span) -> String {
    let is_end = |scalar: &&char| matches!(**scalar, '\n' | '|' | '｜');
    let before = stored.get(..span.start as usize).unwrap_or_default();
    let start = before.iter().rposition(|scalar| is_end(&scalar)).map_or(0, |end| end + 1);
    let line = stored.get(start..).unwrap_or_default();
    line.iter().take_while(|scalar| !is_end(scalar)).collect()
}

/// Whether the line around `span`, or its part between bars, is short enough for a headline.
fn in_short_line(stored: &[char], span: Span) -> bool {
    let line = line_around(stored, span);
    let n_cjk = line.chars().filter(|scalar| crate::characters::is_cjk(*scalar)).count();
    let n_words = line.split(|scalar: char| scalar.is_whitespace() || crate::characters::is_cjk(scalar));
    n_words.filter(|word| !word.is_empty()).count() + n_cjk.div_ceil(CHARACTERS_OF_A_WORD)
        <= MAX_HEADLINE_WORDS
}

/// Counts ambiguous mentions that stand in company: the resume names another concept of their field, one that is not
/// ambiguous itself, not common outside the field, and more than a wish or a hobby. What is spelt out goes before
/// company: who writes `building management system` means that by `BMS`, whatever else the resume names.
fn settle_ambiguity(mentions: &mut Vec<Mention>, lexicon: &Lexicon) {
    let is_ambiguous = |mention: &Mention| mention.status == MentionStatus::Ambiguous;
    if !mentions.iter().any(is_ambiguous) {
        return;
    }
    let is_wish =
        |mention: &&Mention| matches!(mention.section, SectionKind::Interests | SectionKind::Objective);
    let counted = || mentions.iter().filter(|mention| mention.status.is_counted());
    let mut company: Vec<FieldId> = counted()
        .filter(|mention| !is_wish(mention))
        .filter_map(|mention| lexicon.concept(&mention.concept))
        .filter(|concept| !concept.general)
        .map(|concept| concept.field.clone())
        .collect();
    company.sort_unstable();
    company.dedup();
    let mut spelt_out: Vec<ConceptId> = counted().map(|mention| mention.concept.clone()).collect();
    spelt_out.sort_unstable();
    spelt_out.dedup();
    let is_spelt_out = |concept: &ConceptId| spelt_out.binary_search(concept).is_ok();
    // Where another meaning of the same place is spelt out, and the own one is not.
    let mut elsewhere: Vec<Span> = mentions
        .iter()
        .filter(|mention| is_ambiguous(mention) && is_spelt_out(&mention.concept))
        .map(|mention| mention.span)
        .collect();
    elsewhere.sort_unstable();
    for mention in mentions.iter_mut().filter(|mention| is_ambiguous(mention)) {
        let is_another = elsewhere.binary_search(&mention.span).is_ok();
        let in_company =
            lexicon.concept(&mention.concept).is_some_and(|own| company.binary_search(&own.field).is_ok());
        // The same concept is company too: spelt out once, an abbreviation is no longer ambiguous.
        if is_spelt_out(&mention.concept) || (in_company && !is_another) {
            mention.status = MentionStatus::Counted;
        }
    }
    // The other meanings of an abbreviation that are in the lexicon for telling them apart only.
    mentions.retain(|mention| {
        !(is_ambiguous(mention) && lexicon.concept(&mention.concept).is_some_and(|own| own.general))
    });
}
