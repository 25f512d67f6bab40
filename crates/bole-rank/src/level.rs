//! Talent levels and eligibility for a postdoctoral station, by rules that are configured.

use std::ops::Range;

use bole_core::{
    AchievementKind, AsOf, ConceptId, ContentHash, DateRange, Degree, Evidence, Mention, RangeEnd,
    SectionKind, Span, YearMonth,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::explain::degree_names;
use crate::gate::{GateOutcome, read_degree, report_unknown_concept};
use crate::lexicon::{ConceptKind, Lexicon};
use crate::problem::{Problem, Source};
use crate::table::{Problems, Table};

/// The rules by which people are classed.
#[derive(Clone, Debug)]
pub struct Levels {
    hash: ContentHash,
    /// From the highest.
    all: Vec<Level>,
    max_months_since_doctorate: u32,
}

/// A talent level.
#[derive(Clone, Debug)]
pub struct Level {
    /// What it is called.
    pub name: LevelName,
    rules: Vec<Vec<Requirement>>,
}

/// A condition of a rule; for concepts with whether each of the lexicon is one of them or a kind of one.
#[derive(Clone, Debug)]
struct Requirement {
    condition: LevelCondition,
    name_zh: String,
    name_en: String,
    accepted: Vec<bool>,
}

/// What a rule asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LevelCondition {
    /// At least this degree, finished.
    MinDegree(Degree),
    /// At least this degree, being taken.
    Studying(Degree),
    /// Years of full-time work.
    MinYears(u32),
    /// One of these titles was held.
    Titles(Vec<ConceptId>),
    /// One of these honours is named.
    Honours(Vec<ConceptId>),
    /// So many papers and books.
    MinPublications(u32),
    /// So many patents.
    MinPatents(u32),
}

/// How somebody is classed, with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Talent {
    /// The highest level that is shown; none if none is.
    pub level: Option<LevelName>,
    /// Its conditions, each with the places that show it.
    pub basis: Vec<Basis>,
    /// A higher level that only waits for what the resume does not say.
    pub open: Option<OpenLevel>,
    /// Whether a postdoctoral station may take the person in.
    pub postdoc: Postdoc,
}

/// A level by its number and names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LevelName {
    /// 1 to 4, the most experienced being 4.
    pub number: u8,
    /// Its Chinese name.
    pub name_zh: String,
    /// Its English name.
    pub name_en: String,
}

/// A condition of a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Basis {
    /// What is asked for.
    pub condition: LevelCondition,
    /// That in Chinese.
    pub name_zh: String,
    /// That in English.
    pub name_en: String,
    /// What shows it; nothing if it is unknown.
    pub spans: Vec<Span>,
}

/// A level that nothing speaks against, and that is not shown either.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenLevel {
    /// Which.
    pub level: LevelName,
    /// What is unknown.
    pub unknown: Vec<Basis>,
}

/// Eligibility for a postdoctoral station.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Postdoc {
    /// Whether the conditions are met.
    pub outcome: GateOutcome,
    /// Why.
    pub why: PostdocWhy,
    /// What shows it.
    pub spans: Vec<Span>,
}

/// What a [`Postdoc`] rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PostdocWhy {
    /// A doctorate that is recent enough.
    RecentDoctorate,
    /// A doctorate too long ago.
    OldDoctorate,
    /// A doctorate without the year in which it was taken.
    UndatedDoctorate,
    /// A doctorate that is being taken.
    DoctorateUnderWay,
    /// Degrees, and no doctorate among them.
    NoDoctorate,
    /// No degree is told of.
    NoDegree,
}

/// Levels are one to four.
const NUMBERS: std::ops::RangeInclusive<u32> = 1..=4;
const MAX_YEARS: u32 = 50;
const MAX_ITEMS: u32 = 1000;

impl Levels {
    /// Reads the rules; their concepts must be of `lexicon`.
    ///
    /// # Errors
    /// Every mistake, by line.
    pub fn parse(source: &Source<'_>, lexicon: &Lexicon) -> Result<Self, Vec<Problem>> {
        let mut problems = Problems::new(*source);
        let parsed = problems.parse();
        let mut root = Table::root(&parsed);
        let years = root.table("postdoc", &mut problems).and_then(|mut postdoc| {
            let years = postdoc.number("max_years_since_doctorate", 0..=MAX_YEARS, &mut problems);
            if years.is_none() {
                postdoc.report_missing("max_years_since_doctorate", &mut problems);
            }
            postdoc.finish(&mut problems);
            years
        });
        let mut levels: Vec<Level> = Vec::new();
        for table in root.tables("levels", &mut problems) {
            let place = table.place();
            let level = read_level(table, lexicon, &mut problems);
            if levels.iter().any(|known| known.name.number == level.name.number) {
                let message = format!("there is a level {} already", level.name.number);
                problems.add(Some(place), "levels", message, "write all rules of a level under it");
            }
            levels.push(level);
        }
        if levels.is_empty() && root.may_list("levels") {
            problems.add(None, "levels", "there is no level", "add `[[levels]]` with `level = 1`");
        }
        root.finish(&mut problems);
        levels.sort_by_key(|level| std::cmp::Reverse(level.name.number));
        let problems = problems.into_sorted();
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            hash: ContentHash::of(source.text.as_bytes()),
            all: levels,
            max_months_since_doctorate: years.map_or(0, |years| years.value) * 12,
        })
    }

    /// The hash of the file.
    pub fn hash(&self) -> ContentHash {
        self.hash
    }

    /// The levels, from the highest.
    pub fn levels(&self) -> &[Level] {
        &self.all
    }

    /// Classes the person that `evidence` tells of. `lexicon` must be the one that it was found with.
    pub fn judge(&self, evidence: &Evidence, as_of: AsOf, lexicon: &Lexicon) -> Talent {
        let judge = Judge { evidence, as_of, lexicon };
        let mut open: Option<OpenLevel> = None;
        for level in &self.all {
            for rule in &level.rules {
                match judge.rule(rule) {
                    Ok(basis) => {
                        let postdoc = judge.postdoc(self.max_months_since_doctorate);
                        return Talent { level: Some(level.name.clone()), basis, open, postdoc };
                    }
                    // The first of the highest level says it.
                    Err(unknown) if !unknown.is_empty() => {
                        open = open.or(Some(OpenLevel { level: level.name.clone(), unknown }));
                    }
                    Err(_) => {}
                }
            }
        }
        let postdoc = judge.postdoc(self.max_months_since_doctorate);
        Talent { level: None, basis: Vec::new(), open, postdoc }
    }
}

impl Talent {
    /// The level and the eligibility as lines to be read, each with its label.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let conditions = |of: &[Basis]| {
            of.iter()
                .map(|basis| format!("{} {}", basis.name_en, basis.name_zh))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let name = |level: &LevelName| format!("{} {} {}", level.number, level.name_en, level.name_zh);
        let level = match &self.level {
            Some(level) => format!("{}: {}", name(level), conditions(&self.basis)),
            None => "none is shown".to_owned(),
        };
        let mut lines = vec![("level", level)];
        if let Some(open) = &self.open {
            let open = format!("it could be {}; not known: {}", name(&open.level), conditions(&open.unknown));
            lines.push(("", open));
        }
        let outcome = match self.postdoc.outcome {
            GateOutcome::Pass => "eligible",
            GateOutcome::Fail => "not eligible",
            GateOutcome::Unknown => "not known",
        };
        lines.push(("postdoc", format!("{outcome}: {}", self.postdoc.why.told())));
        lines
    }
}

impl PostdocWhy {
    /// It in words.
    pub fn told(self) -> &'static str {
        match self {
            Self::RecentDoctorate => "a recent doctorate",
            Self::OldDoctorate => "the doctorate is too long ago",
            Self::UndatedDoctorate => "it is not clear when the doctorate was taken",
            Self::DoctorateUnderWay => "the doctorate is under way",
            Self::NoDoctorate => "no doctorate",
            Self::NoDegree => "no degree is told of",
        }
    }
}

fn read_level(mut table: Table<'_, '_>, lexicon: &Lexicon, problems: &mut Problems<'_>) -> Level {
    let number = table.number("level", NUMBERS, problems);
    if number.is_none() && !table.has("level") {
        table.report_missing("level", problems);
    }
    let name_zh = table.required_text("name_zh", problems).map_or("", |name| name.value).to_owned();
    let name_en = table.required_text("name_en", problems).map_or("", |name| name.value).to_owned();
    let place = table.place();
    let path = table.key("rules");
    let rules: Vec<_> =
        table.tables("rules", problems).into_iter().map(|rule| read_rule(rule, lexicon, problems)).collect();
    if rules.is_empty() && table.may_list("rules") {
        problems.add(Some(place), path, "there is no rule", "add `[[levels.rules]]` with a condition");
    }
    table.finish(problems);
    let number = number.map_or(0, |number| number.value as u8);
    Level { name: LevelName { number, name_zh, name_en }, rules }
}

fn read_rule(mut rule: Table<'_, '_>, lexicon: &Lexicon, problems: &mut Problems<'_>) -> Vec<Requirement> {
    let mut conditions = Vec::new();
    conditions.extend(read_degree(&mut rule, "min_degree", problems).map(LevelCondition::MinDegree));
    conditions.extend(read_degree(&mut rule, "studying", problems).map(LevelCondition::Studying));
    let mut number = |key: &'static str, most: u32, make: fn(u32) -> LevelCondition| {
        rule.number(key, 1..=most, problems).map(|number| make(number.value))
    };
    conditions.extend(number("min_years", MAX_YEARS, LevelCondition::MinYears));
    conditions.extend(number("min_publications", MAX_ITEMS, LevelCondition::MinPublications));
    conditions.extend(number("min_patents", MAX_ITEMS, LevelCondition::MinPatents));
    for (key, make) in [
        ("titles", LevelCondition::Titles as fn(Vec<ConceptId>) -> LevelCondition),
        ("honours", LevelCondition::Honours),
    ] {
        let path = rule.key(key);
        let concepts = rule.texts(key, problems);
        for concept in &concepts {
            if lexicon.position(&ConceptId(concept.value.to_owned())).is_none() {
                let place: Range<usize> = concept.place.clone();
                report_unknown_concept(concept.value, place, path.clone(), lexicon, problems);
            }
        }
        let ids: Vec<_> = concepts.iter().map(|concept| ConceptId(concept.value.to_owned())).collect();
        conditions.extend((!ids.is_empty()).then(|| make(ids)));
    }
    let is_tried =
        ["min_degree", "studying", "min_years", "min_publications", "min_patents", "titles", "honours"]
            .iter()
            .any(|key| rule.has(key));
    if conditions.is_empty() && !is_tried {
        let hint = "give it at least one of min_degree, studying, min_years, titles, honours, min_publications, min_patents";
        problems.add(
            Some(rule.place()),
            rule.key("").trim_end_matches('.'),
            "a rule without a condition holds for everybody",
            hint,
        );
    }
    rule.finish(problems);
    let requirement = |condition: LevelCondition| {
        let accepted = match &condition {
            LevelCondition::Titles(concepts) | LevelCondition::Honours(concepts) => {
                lexicon.kinds_of(concepts)
            }
            _ => Vec::new(),
        };
        let (name_zh, name_en) = names_of(&condition, lexicon);
        Requirement { condition, name_zh, name_en, accepted }
    };
    conditions.into_iter().map(requirement).collect()
}

/// A condition in Chinese and English.
fn names_of(condition: &LevelCondition, lexicon: &Lexicon) -> (String, String) {
    let degree = |degree: Degree, zh: &str, en: &str| {
        let (name_zh, name_en) = degree_names(degree);
        (format!("{name_zh}{zh}"), format!("{name_en}{en}"))
    };
    let one_of = |concepts: &[ConceptId]| {
        let concepts: Vec<_> = concepts.iter().filter_map(|concept| lexicon.concept(concept)).collect();
        let join = |name: fn(&crate::Concept) -> &str, between: &str| {
            concepts.iter().map(|concept| name(concept)).collect::<Vec<_>>().join(between)
        };
        (join(|concept| &concept.name_zh, "、"), join(|concept| &concept.name_en, ", "))
    };
    match condition {
        LevelCondition::MinDegree(least) => degree(*least, "及以上", " or above"),
        LevelCondition::Studying(least) => degree(*least, "及以上在读", " or above under way"),
        LevelCondition::MinYears(years) => {
            (format!("全职工作满{years}年"), format!("{years} years of full-time work"))
        }
        LevelCondition::Titles(concepts) | LevelCondition::Honours(concepts) => one_of(concepts),
        LevelCondition::MinPublications(count) => (format!("论著{count}篇"), format!("{count} publications")),
        LevelCondition::MinPatents(count) => (format!("专利{count}项"), format!("{count} patents")),
    }
}

/// A condition as judged: shown by places, unknown, or not so.
enum Finding {
    Shown(Vec<Span>),
    Unknown,
    NotSo,
}

struct Judge<'a> {
    evidence: &'a Evidence,
    as_of: AsOf,
    lexicon: &'a Lexicon,
}

impl Judge<'_> {
    /// The conditions with their places if all hold; else the unknown ones, none if one certainly does not hold.
    fn rule(&self, rule: &[Requirement]) -> Result<Vec<Basis>, Vec<Basis>> {
        let mut basis = Vec::with_capacity(rule.len());
        let mut unknown = Vec::new();
        for requirement in rule {
            let basis_of = |spans| Basis {
                condition: requirement.condition.clone(),
                name_zh: requirement.name_zh.clone(),
                name_en: requirement.name_en.clone(),
                spans,
            };
            match self.requirement(requirement) {
                Finding::Shown(spans) => basis.push(basis_of(spans)),
                Finding::Unknown => unknown.push(basis_of(Vec::new())),
                Finding::NotSo => return Err(Vec::new()),
            }
        }
        if unknown.is_empty() { Ok(basis) } else { Err(unknown) }
    }

    fn requirement(&self, requirement: &Requirement) -> Finding {
        match &requirement.condition {
            LevelCondition::MinDegree(least) => match self.evidence.degree(self.as_of) {
                Some(studied) if studied.value.degree >= *least => Finding::Shown(vec![studied.span]),
                Some(_) => Finding::NotSo,
                // Who is taking a degree has not finished it; whatever came before is not told.
                None if self
                    .evidence
                    .degree_under_way(self.as_of)
                    .is_some_and(|way| way.value.degree <= *least) =>
                {
                    Finding::NotSo
                }
                None => Finding::Unknown,
            },
            LevelCondition::Studying(least) => match self.evidence.degree_under_way(self.as_of) {
                Some(studied) if studied.value.degree >= *least => Finding::Shown(vec![studied.span]),
                _ => Finding::NotSo,
            },
            LevelCondition::MinYears(least) => match self.evidence.full_time_months(self.as_of) {
                Some(months) if months >= least * 12 => Finding::Shown(self.years()),
                Some(_) => Finding::NotSo,
                // Who studies full-time and tells of no job has none worth telling.
                None if self.evidence.degree_under_way(self.as_of).is_some() => Finding::NotSo,
                None => Finding::Unknown,
            },
            LevelCondition::Titles(_) => self.mentions(&requirement.accepted, |mention, kind| {
                // Titles in running text are mostly somebody else's: a supervisor's, a customer's.
                kind != ConceptKind::Title || mention.in_title
            }),
            LevelCondition::Honours(_) => self.mentions(&requirement.accepted, |mention, _| {
                !matches!(mention.section, SectionKind::Objective | SectionKind::Interests)
            }),
            LevelCondition::MinPublications(least) => self.count(AchievementKind::Publication, *least),
            LevelCondition::MinPatents(least) => self.count(AchievementKind::Patent, *least),
        }
    }

    fn years(&self) -> Vec<Span> {
        let jobs = self.evidence.jobs.iter().map(|job| job.span);
        let claimed = self.evidence.claimed_months.iter().map(|claimed| claimed.span);
        if self.evidence.jobs.is_empty() { claimed.collect() } else { jobs.collect() }
    }

    fn mentions(&self, accepted: &[bool], counts: impl Fn(&Mention, ConceptKind) -> bool) -> Finding {
        let is_one = |mention: &&Mention| {
            let position = self.lexicon.position(&mention.concept);
            let kind = self.lexicon.concept(&mention.concept).map(|concept| concept.kind);
            mention.status.is_counted()
                && position.is_some_and(|position| accepted.get(usize::from(position)) == Some(&true))
                && kind.is_some_and(|kind| counts(mention, kind))
        };
        match self.evidence.mentions.iter().find(is_one) {
            Some(mention) => Finding::Shown(vec![mention.span]),
            None => Finding::NotSo,
        }
    }

    fn count(&self, kind: AchievementKind, least: u32) -> Finding {
        let of_kind = self.evidence.achievements.iter().filter(|achievement| achievement.value == kind);
        let spans: Vec<_> = of_kind.map(|achievement| achievement.span).collect();
        if spans.len() >= least as usize { Finding::Shown(spans) } else { Finding::NotSo }
    }

    fn postdoc(&self, max_months: u32) -> Postdoc {
        let doctor =
            |studied: &&bole_core::Statement<bole_core::Studied>| studied.value.degree == Degree::Doctor;
        let finished = self.evidence.degree(self.as_of);
        let under_way = self.evidence.degree_under_way(self.as_of);
        if let Some(doctorate) = finished.as_ref().filter(doctor) {
            let (outcome, why) = match doctorate.value.dates.and_then(|dates| self.months_since(dates)) {
                Some((_, most)) if most <= max_months => (GateOutcome::Pass, PostdocWhy::RecentDoctorate),
                Some((least, _)) if least > max_months => (GateOutcome::Fail, PostdocWhy::OldDoctorate),
                // Of a bare year it may be either.
                _ => (GateOutcome::Unknown, PostdocWhy::UndatedDoctorate),
            };
            return Postdoc { outcome, why, spans: vec![doctorate.span] };
        }
        let (outcome, why, studied) = match (under_way.filter(|studied| doctor(&studied)), finished) {
            (Some(doctorate), _) => (GateOutcome::Unknown, PostdocWhy::DoctorateUnderWay, Some(doctorate)),
            (None, Some(lower)) => (GateOutcome::Fail, PostdocWhy::NoDoctorate, Some(lower)),
            (None, None) => match under_way {
                Some(lower) => (GateOutcome::Fail, PostdocWhy::NoDoctorate, Some(lower)),
                None => (GateOutcome::Unknown, PostdocWhy::NoDegree, None),
            },
        };
        Postdoc { outcome, why, spans: studied.map(|studied| studied.span).into_iter().collect() }
    }

    /// The least and the most months from the end of `dates` to the date of the resume.
    fn months_since(&self, dates: DateRange) -> Option<(u32, u32)> {
        let now = i32::from(self.as_of.0.year()) * 12 + i32::from(self.as_of.0.month()) - 1;
        let RangeEnd::At(YearMonth { year, month }) = dates.end else {
            return None;
        };
        let (first, last) = match month {
            Some(month) => (month, month),
            None => (1, 12),
        };
        let since =
            |month: u8| (now - YearMonth { year, month: Some(month) }.months(1)).max(0).unsigned_abs();
        Some((since(last), since(first)))
    }
}

#[cfg(test)]
mod tests;
