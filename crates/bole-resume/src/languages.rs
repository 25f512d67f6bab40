//! Languages that the person speaks.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use bole_core::{SectionKind, SpokenLanguage};

use crate::listing::{Listed, Topic};
use crate::sections::Part;
use crate::skills::{is_denial, pieces, quote, wrapped};
use crate::tables::languages::{EXAMS, FLUENCY_WORDS, LANGUAGES};
use crate::terms::Terms;
use crate::text::{Extent, Text, is_han};

static NAMES: LazyLock<Terms<u8>> = LazyLock::new(|| Terms::new(LANGUAGES.iter().copied()));
static EXAM_TERMS: LazyLock<Terms<u8>> = LazyLock::new(|| Terms::new(EXAMS.iter().copied()));
static FLUENCY: LazyLock<Terms<()>> =
    LazyLock::new(|| Terms::new(FLUENCY_WORDS.iter().map(|word| (*word, ()))));

/// Words for how well are at most so long.
const MAX_FLUENCY: usize = 80;

/// Nobody speaks more.
const MAX_LANGUAGES: usize = 24;

/// A language found, and where: name, words for how well, and all of it.
struct Found {
    which: u8,
    name: Extent,
    fluency: Option<Extent>,
    whole: Extent,
    confidence: u8,
}

/// The languages, each once, and the places that tell of them, in order.
pub(crate) fn languages_of(
    text: &Text,
    parts: &[Part],
    listed: &[Listed],
) -> (Vec<SpokenLanguage>, Vec<Extent>) {
    let mut found: Vec<Found> = Vec::new();
    for (topic, confidence) in [(Topic::Languages, 92), (Topic::Skills, 85), (Topic::Certificates, 75)] {
        let is_first = |line: &&Listed| match topic {
            // A list of both is read as one of languages.
            Topic::Languages => line.topics.contains(&topic),
            _ => line.topics.contains(&topic) && !line.topics.contains(&Topic::Languages),
        };
        let lines: Vec<&Listed> = listed.iter().filter(is_first).collect();
        for run in wrapped(text, &lines) {
            in_list(text, run, topic, confidence, &mut found);
        }
    }
    in_rows(text, parts, &mut found);
    in_sentences(text, parts, &mut found);
    let mut known = BTreeSet::new();
    let mut languages: Vec<SpokenLanguage> = Vec::new();
    let mut places: Vec<Extent> = Vec::new();
    for language in found {
        places.push(language.whole);
        if languages.len() < MAX_LANGUAGES && known.insert(language.which) {
            let fluency = language.fluency.and_then(|extent| quote(text, extent, language.confidence));
            let name = quote(text, language.name, language.confidence);
            languages.extend(name.map(|name| SpokenLanguage { name, fluency }));
        }
    }
    languages.sort_by_key(|language| language.name.spans.first().copied());
    places.sort_unstable();
    (languages, places)
}

fn in_list(text: &Text, run: Extent, topic: Topic, confidence: u8, found: &mut Vec<Found>) {
    let mut open: Option<usize> = None;
    for piece in pieces(text, run) {
        let folded = text.folded(piece.extent);
        if is_denial(folded) {
            open = None;
            continue;
        }
        if let Some(language) = at_start(text, piece.extent, topic == Topic::Languages, confidence) {
            let second = joined(text, &language, confidence);
            found.push(language);
            if let Some(second) = second {
                if let Some(first) = found.last_mut() {
                    (first.fluency, first.whole.end) = (None, first.name.end);
                }
                found.push(second);
            }
            open = Some(found.len() - 1);
        } else if let Some(language) = open.and_then(|index| found.get_mut(index)) {
            let is_score = !piece.begins && folded.first().is_some_and(char::is_ascii_digit);
            if is_score && language.fluency.is_some() {
                language.whole.end = piece.extent.end;
            }
            // `English, able to report orally`: what follows a language says how well.
            let says_how = !piece.begins
                && topic == Topic::Languages
                && language.fluency.is_none()
                && !text.raw(piece.extent).first().is_some_and(|first| first.is_uppercase());
            if says_how && piece.extent.len() <= MAX_FLUENCY {
                language.fluency = Some(piece.extent);
                language.whole.end = piece.extent.end;
            }
            open = None;
        }
    }
}

/// The second of `Cantonese and English`.
fn joined(text: &Text, first: &Found, confidence: u8) -> Option<Found> {
    let rest = first.fluency?;
    let folded = text.folded(rest);
    let link = ["and ", "和", "及", "与"]
        .iter()
        .find(|link| link.chars().eq(folded.iter().copied().take(link.chars().count())))?;
    let rest = Extent::new(rest.start + link.chars().count(), rest.end);
    at_start(text, text.trim(rest), true, confidence)
}

/// A language that `extent` begins with. `sure`: the list is one of languages.
fn at_start(text: &Text, extent: Extent, sure: bool, confidence: u8) -> Option<Found> {
    let folded = text.folded(extent);
    let skip = ["native ", "some ", "fluent ", "basic ", "business ", "working ", "conversational ", "and "];
    let skipped = skip.iter().find(|word| word.chars().eq(folded.iter().copied().take(word.len())));
    let from = skipped.map_or(0, |word| word.len());
    let (length, which) = NAMES.at(folded, from)?;
    let name = Extent::new(extent.start + from, extent.start + from + length);
    let is_edge =
        |scalar: char| scalar.is_whitespace() || matches!(scalar, ':' | '-' | ',' | '(' | ')' | '|' | '=');
    let rest = Extent::new(name.end, extent.end);
    let mut fluency = text.trim_matches(rest, is_edge);
    // A closing bracket within belongs to it.
    let opens = text.folded(fluency).contains(&'(');
    if opens && text.folded_at(fluency.end) == Some(')') {
        fluency.end += 1;
    }
    let marked = text.folded(rest).iter().find(|scalar| **scalar != ' ').copied();
    let is_fluency = FLUENCY.at(text.folded(fluency), 0).is_some()
        || EXAM_TERMS.at(text.folded(fluency), 0).is_some()
        || text.folded(fluency).first().is_some_and(char::is_ascii_digit);
    let by_mark =
        matches!(marked, Some(':' | '(' | '-')) && (sure || is_fluency || marked == Some(':') && length > 1);
    let ends_early = fluency.is_empty();
    // `英文论文写作`, `Chinese medicine` are no languages.
    let sound = ends_early || is_fluency || by_mark || (sure && marked != Some('/') && is_wide(text, rest));
    if !sound || fluency.len() > MAX_FLUENCY {
        return None;
    }
    let fluency = match (fluency.is_empty(), skipped) {
        (false, _) => Some(fluency),
        (true, Some(word)) if *word != "and " => Some(text.trim(Extent::new(extent.start, name.start))),
        (true, _) => None,
    };
    Some(Found { which, name, fluency, whole: extent, confidence })
}

/// Whether `rest` is set apart from the word before it.
fn is_wide(text: &Text, rest: Extent) -> bool {
    let folded = text.folded(rest);
    folded.first().is_some_and(|first| first.is_whitespace()) && folded.len() <= 40
}

/// `英语水平：CET-6`, `英语  能读写英文手册`: fields of forms.
fn in_rows(text: &Text, parts: &[Part], found: &mut Vec<Found>) {
    for part in parts {
        let told = !matches!(
            part.kind,
            SectionKind::Work
                | SectionKind::Internship
                | SectionKind::Project
                | SectionKind::Research
                | SectionKind::Publications
        );
        for line in text.lines_in(part.body).iter().filter(|_| told) {
            let folded = text.folded(line.extent);
            let Some((length, which)) = NAMES.at(folded, 0).filter(|(length, _)| *length < folded.len())
            else {
                continue;
            };
            let name = Extent::new(line.extent.start, line.extent.start + length);
            let mut after = length;
            for word in ["水平", "能力", "等级", "程度", "成绩", " level", " proficiency"] {
                let n_word = word.chars().count();
                if word.chars().eq(folded.iter().copied().skip(after).take(n_word)) {
                    after += n_word;
                    break;
                }
            }
            let rest = folded.get(after..).unwrap_or_default();
            let is_field = matches!(rest, [':', ..] | [' ', ' ', ..]);
            let end = rest.iter().skip(3).zip(rest.iter().skip(4)).position(|pair| pair == (&' ', &' '));
            let end = end.map_or(line.extent.end, |end| line.extent.start + after + end + 3);
            let fluency = text.trim_matches(Extent::new(line.extent.start + after, end), |scalar| {
                scalar.is_whitespace() || scalar == ':'
            });
            if is_field
                && !fluency.is_empty()
                && fluency.len() <= MAX_FLUENCY
                && !is_denial(text.folded(fluency))
            {
                let whole = Extent::new(name.start, fluency.end);
                found.push(Found { which, name, fluency: Some(fluency), whole, confidence: 85 });
            }
        }
    }
}

/// Examinations wherever they are told: `大学英语六级`, `IELTS 7.5`, `日语N1`.
fn in_sentences(text: &Text, parts: &[Part], found: &mut Vec<Found>) {
    for part in parts {
        if matches!(part.kind, SectionKind::Work | SectionKind::Project | SectionKind::Publications) {
            continue;
        }
        for line in text.lines_in(part.body) {
            let folded = text.folded(line.extent);
            for name in NAMES.find_all(folded, 0) {
                let rest = folded.get(name.extent.end..).unwrap_or_default();
                let spaces = rest.iter().take(2).take_while(|scalar| matches!(scalar, ' ' | '(')).count();
                let rest = rest.get(spaces..).unwrap_or_default();
                let level = level_length(rest);
                if level > 0 && folded.get(name.extent.start).copied().is_some_and(is_han) {
                    let at = |index: usize| line.extent.start + index;
                    let fluency =
                        Extent::new(at(name.extent.end + spaces), at(name.extent.end + spaces + level));
                    let name_extent = Extent::new(at(name.extent.start), at(name.extent.end));
                    let whole = Extent::new(name_extent.start, fluency.end);
                    found.push(Found {
                        which: name.value,
                        name: name_extent,
                        fluency: Some(fluency),
                        whole,
                        confidence: 80,
                    });
                }
            }
            for exam in EXAM_TERMS.find_all(folded, line.extent.start) {
                let rest = text.folded(Extent::new(exam.extent.end, line.extent.end));
                let is_score =
                    |scalar: &&char| scalar.is_ascii_digit() || matches!(**scalar, '.' | ' ' | ':' | 'n');
                let n_score = rest.iter().take(6).take_while(is_score).count();
                let whole = text
                    .trim_matches(Extent::new(exam.extent.start, exam.extent.end + n_score), |scalar| {
                        scalar.is_whitespace() || matches!(scalar, '.' | ':')
                    });
                // No word for the language: the examination names it.
                found.push(Found {
                    which: exam.value,
                    name: exam.extent,
                    fluency: Some(whole),
                    whole,
                    confidence: 70,
                });
            }
        }
    }
}

/// The length of a level that a language has behind it: 六级, N1, 专业八级, 二级甲等.
fn level_length(rest: &[char]) -> usize {
    let levels = [
        "专业八级",
        "专业四级",
        "二级甲等",
        "二级乙等",
        "一级乙等",
        "一级甲等",
        "六级",
        "四级",
        "八级",
        "专八",
        "专四",
        "n1",
        "n2",
        "n3",
    ];
    let is = |level: &&&str| level.chars().eq(rest.iter().copied().take(level.chars().count()));
    levels.iter().find(is).map_or(0, |level| level.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listing::listed_in;
    use crate::sections::parts_of;
    use crate::text::pages_of;

    fn languages(page: &str) -> Vec<String> {
        let text = Text::of(&pages_of(&[page]));
        let parts = parts_of(&text);
        let (languages, _) = languages_of(&text, &parts, &listed_in(&text, &parts));
        let told = |language: SpokenLanguage| match language.fluency {
            Some(fluency) => format!("{}={}", language.name.value, fluency.value),
            None => language.name.value,
        };
        languages.into_iter().map(told).collect()
    }

    #[test]
    fn languages_are_read_with_how_well() {
        let cases: [(&str, &[&str]); 18] = [
            ("林一\n\n语言能力\n英语（CET-6，流利）", &["英语=CET-6，流利"]),
            ("Ann\n\nLanguages\nEnglish – fluent\nMandarin (native)", &["English=fluent", "Mandarin=native"]),
            ("林一\n\n语言\n日语N1", &["日语=N1"]),
            ("Ann\n\nEducation\nLeeds College, IELTS 7.5", &["IELTS=IELTS 7.5"]),
            ("林一\n\n证书\n大学英语六级", &["英语=六级"]),
            ("Ann\n\nSkills\nRust, HTML, English (CET-4)", &["English=CET-4"]),
            ("林一\n\n技能\nCOMSOL；英语：可写论文；日语：初级", &["英语=可写论文", "日语=初级"]),
            ("林一\n英语水平：CET-6", &["英语=CET-6"]),
            ("林一  外语  英语（六级 531 分）", &["英语=六级"]),
            ("Ann\n\nSkills\nStata, R\nLanguages: English, German", &["English", "German"]),
            ("Ann\n\nLanguages\nFrench B1, Spanish, able to read", &["French=B1", "Spanish=able to read"]),
            ("Ann\n\nSkills\nEnglish literature, Chinese medicine, French cuisine", &[]),
            ("林一\n\n技能\n编程语言：Python、C", &[]),
            ("林一\n\n技能\n中文分词、英文论文写作", &[]),
            ("Ann\n\nLanguages\nPython, HTML, Latin", &["Latin"]),
            ("Ann\n\nLanguages\nMandarin, Cantonese and English", &["Mandarin", "Cantonese", "English"]),
            ("林一\n\n语言\n普通话、粤语（流利）", &["普通话", "粤语=流利"]),
            ("Ann\n\nExperience\n2018 - 2020 Leeds Bank\nTranslated German reports into English", &[]),
        ];
        let wrong = cases.iter().filter(|(page, expected)| languages(page) != *expected);
        let wrong: Vec<_> = wrong.map(|(page, expected)| (page, expected, languages(page))).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
