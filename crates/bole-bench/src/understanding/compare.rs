use std::collections::BTreeSet;
use std::fmt::Display;

use bole_core::{
    AchievementKind, AsOf, Confidence, DateRange, Degree, Education, Entry, EntryKind, RangeEnd, Reading,
    Resume, Sourced, YearMonth,
};

use super::fields::{Field, Judged, Verdict};
use super::fold::{is_same, is_same_institution, is_same_link, names_skill};
use super::protected::is_protected;
use super::truth::{End, Job, Key, Study, Truth};

/// Compares all that a truth tells with what a reading understood.
pub(super) fn compare(truth: &Truth, reading: &Reading, as_of: AsOf) -> Vec<Judged> {
    let resume = &reading.resume;
    let mut judge = Judge::default();
    judge.text(Field::Name, truth.name.as_ref(), resume.name.as_ref(), is_same);
    judge.list(Field::Emails, &truth.emails, resume.emails.iter(), is_same);
    judge.list(Field::Phones, &truth.phones, resume.phones.iter(), |truth, said| truth == said);
    judge.list(Field::Links, &truth.links, resume.links.iter(), is_same_link);
    judge.text(Field::Location, truth.location.as_ref(), resume.location.as_ref(), is_same);
    let (finished, under_way) = (resume.highest_degree(as_of), resume.degree_under_way(as_of));
    judge.degree(Field::HighestDegree, truth.highest_degree, finished);
    judge.degree(Field::DegreeUnderWay, truth.degree_under_way, under_way);
    studies(&mut judge, &truth.education, &resume.education);
    entries(&mut judge, &truth.entries, &resume.entries);
    let employer = resume.current_job().and_then(|job| job.employer.as_ref());
    judge.text(Field::CurrentEmployer, truth.current_employer.as_ref(), employer, is_same_institution);
    months(&mut judge, truth.full_time_months, resume, as_of);
    achievements(&mut judge, truth, resume);
    // The truth names some skills only, so that more of them are no mistake.
    for skill in &truth.skills {
        let found = resume.skills.iter().find(|said| names_skill(skill, &said.value));
        let verdict = if found.is_some() { Verdict::Right } else { Verdict::Missing };
        judge.add(Field::Skills, verdict, Some(skill), found.map(|said| (&said.value, said.confidence)));
    }
    if truth.unknown.contains(&Key::Skills) {
        judge.list(Field::Skills, &[], resume.skills.iter(), is_same);
    }
    judge.list(Field::Languages, &truth.languages, resume.languages.iter().map(|said| &said.name), is_same);
    for text in &truth.protected {
        let is_kept_out = is_protected(text, &reading.content, &resume.protected);
        let verdict = if is_kept_out { Verdict::Right } else { Verdict::Missing };
        judge.add(Field::Protected, verdict, Some(text), None::<(&str, _)>);
    }
    judge.finish(truth)
}

/// What is compared if a document was refused: nothing was said.
pub(super) fn compare_nothing(truth: &Truth) -> Vec<Judged> {
    let nothing = Reading {
        document: bole_core::DocumentId::of(&[]),
        reader: bole_core::ReaderVersion(0),
        content: bole_core::Pages::default(),
        resume: Resume::default(),
    };
    compare(truth, &nothing, AsOf(jiff::civil::Date::default()))
}

#[derive(Default)]
struct Judge {
    judged: Vec<Judged>,
}

impl Judge {
    fn add<T: Display>(
        &mut self,
        field: Field,
        verdict: Verdict,
        truth: Option<impl Display>,
        said: Option<(T, Confidence)>,
    ) {
        let confidence = said.as_ref().map(|(_, confidence)| confidence.0);
        let (truth, said) = (truth.map(|value| value.to_string()), said.map(|(value, _)| value.to_string()));
        self.judged.push(Judged { field, verdict, truth, said, confidence });
    }

    /// One value against one; nothing if neither side has any.
    fn value<T: Display, S: Display>(
        &mut self,
        field: Field,
        truth: Option<T>,
        said: Option<(S, Confidence)>,
        is_right: impl FnOnce(&T, &S) -> bool,
    ) {
        let verdict = match (&truth, &said) {
            (None, None) => return,
            (None, Some(_)) => Verdict::Extra,
            (Some(_), None) => Verdict::Missing,
            (Some(truth), Some((said, _))) if is_right(truth, said) => Verdict::Right,
            (Some(_), Some(_)) => Verdict::Wrong,
        };
        self.add(field, verdict, truth, said);
    }

    fn text(
        &mut self,
        field: Field,
        truth: Option<&String>,
        said: Option<&Sourced<String>>,
        is_right: fn(&str, &str) -> bool,
    ) {
        let said = said.map(|said| (&said.value, said.confidence));
        self.value(field, truth, said, |truth, said| is_right(truth, said));
    }

    fn degree(&mut self, field: Field, truth: Option<Degree>, said: Option<&Sourced<Degree>>) {
        let said = said.map(|said| (name_of(&said.value), said.confidence));
        self.value(field, truth.map(|degree| name_of(&degree)), said, |truth, said| truth == said);
    }

    /// Every value of a list once; what is left on both sides is wrong in pairs.
    fn list<'a>(
        &mut self,
        field: Field,
        truth: &'a [String],
        said: impl Iterator<Item = &'a Sourced<String>>,
        is_right: fn(&str, &str) -> bool,
    ) {
        let mut left: Vec<_> = said.collect();
        let mut missed = Vec::new();
        for value in truth {
            match left.iter().position(|said| is_right(value, &said.value)) {
                Some(place) => {
                    let said = left.remove(place);
                    self.text(field, Some(value), Some(said), is_right);
                }
                None => missed.push(value),
            }
        }
        let mut left = left.into_iter();
        for value in missed {
            self.text(field, Some(value), left.next(), is_right);
        }
        for said in left {
            self.text(field, None, Some(said), is_right);
        }
    }

    fn finish(mut self, truth: &Truth) -> Vec<Judged> {
        let unknown: BTreeSet<Field> = truth.unknown.iter().flat_map(|key| key.fields()).copied().collect();
        for judged in &mut self.judged {
            if unknown.contains(&judged.field) && judged.said.is_some() {
                judged.verdict = Verdict::Unknowable;
            }
        }
        self.judged
    }
}

fn name_of(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}").to_lowercase()
}

fn studies(judge: &mut Judge, truth: &[Study], said: &[Education]) {
    let likeness = |study: &Study, education: &Education| {
        let school = both(study.school.as_ref(), education.school.as_ref(), is_same_institution);
        let discipline = both(study.discipline.as_ref(), education.discipline.as_ref(), is_same);
        let degree = study.degree.is_some() && study.degree == education.degree.as_ref().map(|it| it.value);
        let dates = like_dates(study.start, study.end, education.dates.as_ref());
        4 * u32::from(school) + 2 * u32::from(discipline) + u32::from(degree) + dates
    };
    for (study, education) in paired(truth, said, likeness) {
        let (school, discipline) =
            (education.and_then(|it| it.school.as_ref()), education.and_then(|it| it.discipline.as_ref()));
        judge.text(Field::School, study.and_then(|it| it.school.as_ref()), school, is_same_institution);
        judge.text(Field::Discipline, study.and_then(|it| it.discipline.as_ref()), discipline, is_same);
        let degree = education.and_then(|it| it.degree.as_ref());
        judge.degree(Field::Degree, study.and_then(|it| it.degree), degree);
        let dates = study.map(|it| (it.start, it.end)).unwrap_or_default();
        judge.dates(Field::StudyDates, dates, education.and_then(|it| it.dates.as_ref()));
    }
}

fn entries(judge: &mut Judge, truth: &[Job], said: &[Entry]) {
    let likeness = |job: &Job, entry: &Entry| {
        let employer = both(job.employer.as_ref(), entry.employer.as_ref(), is_same_institution);
        let title = both(job.title.as_ref(), entry.title.as_ref(), is_same);
        let dates = like_dates(job.start, job.end, entry.dates.as_ref());
        let likeness = 4 * u32::from(employer) + 4 * u32::from(title) + dates;
        // The kind alone says nothing, but decides between equals.
        if likeness > 0 { 2 * likeness + u32::from(job.kind == entry.kind) } else { 0 }
    };
    for (job, entry) in paired(truth, said, likeness) {
        let (employer, title) =
            (entry.and_then(|it| it.employer.as_ref()), entry.and_then(|it| it.title.as_ref()));
        judge.text(Field::Employer, job.and_then(|it| it.employer.as_ref()), employer, is_same_institution);
        judge.text(Field::Title, job.and_then(|it| it.title.as_ref()), title, is_same);
        let dates = job.map(|it| (it.start, it.end)).unwrap_or_default();
        judge.dates(Field::EntryDates, dates, entry.and_then(|it| it.dates.as_ref()));
        let kind = |kind: EntryKind| name_of(&kind);
        let said = entry.map(|it| (kind(it.kind), confidence_of(it)));
        judge.value(Field::EntryKind, job.map(|it| kind(it.kind)), said, |truth, said| truth == said);
    }
}

/// A kind has no confidence of its own: that of the surest value of its entry stands for it.
fn confidence_of(entry: &Entry) -> Confidence {
    let texts = [&entry.employer, &entry.title].into_iter().flatten().map(|it| it.confidence);
    texts.chain(entry.dates.as_ref().map(|it| it.confidence)).max().unwrap_or(Confidence(0))
}

fn both(
    truth: Option<&String>,
    said: Option<&Sourced<String>>,
    is_right: impl Fn(&str, &str) -> bool,
) -> bool {
    matches!((truth, said), (Some(truth), Some(said)) if is_right(truth, &said.value))
}

/// 3 for the same dates, 1 for the same start.
fn like_dates(start: Option<YearMonth>, end: Option<End>, said: Option<&Sourced<DateRange>>) -> u32 {
    let Some(said) = said.map(|said| said.value).filter(|_| start.is_some() || end.is_some()) else {
        return 0;
    };
    match (are_same_dates(start, end, said), start == Some(said.start)) {
        (true, _) => 3,
        (false, true) => 1,
        (false, false) => 0,
    }
}

/// What the truth leaves out may be anything.
fn are_same_dates(start: Option<YearMonth>, end: Option<End>, said: DateRange) -> bool {
    let said_end = match said.end {
        RangeEnd::At(month) => End::At(month),
        RangeEnd::Present => End::Present,
    };
    start.is_none_or(|start| start == said.start) && end.is_none_or(|end| end == said_end)
}

impl Judge {
    fn dates(
        &mut self,
        field: Field,
        (start, end): (Option<YearMonth>, Option<End>),
        said: Option<&Sourced<DateRange>>,
    ) {
        let written = |month: Option<YearMonth>| month.map_or_else(|| "?".to_owned(), |it| it.to_string());
        let end_written = match end {
            Some(End::Present) => "present".to_owned(),
            Some(End::At(month)) => written(Some(month)),
            None => written(None),
        };
        let truth = format!("{} - {end_written}", written(start));
        let truth = (start.is_some() || end.is_some()).then_some(truth);
        let is_right = said.is_some_and(|said| are_same_dates(start, end, said.value));
        let said = said.map(|said| {
            let end = match said.value.end {
                RangeEnd::At(month) => month.to_string(),
                RangeEnd::Present => "present".to_owned(),
            };
            (format!("{} - {end}", said.value.start), said.confidence)
        });
        self.value(field, truth, said, |_, _| is_right);
    }
}

/// Pairs what is alike, the most alike first, earlier ones before later ones; then what is left, alone.
fn paired<'a, T, S>(
    truth: &'a [T],
    said: &'a [S],
    likeness: impl Fn(&T, &S) -> u32,
) -> Vec<(Option<&'a T>, Option<&'a S>)> {
    let mut candidates = Vec::new();
    for (place, one) in truth.iter().enumerate() {
        for (other_place, other) in said.iter().enumerate() {
            candidates.push((std::cmp::Reverse(likeness(one, other)), place, other_place));
        }
    }
    candidates.retain(|(likeness, ..)| likeness.0 > 0);
    candidates.sort_unstable();
    let mut of_truth: Vec<Option<usize>> = vec![None; truth.len()];
    let mut is_taken = vec![false; said.len()];
    for (_, place, other_place) in candidates {
        if let (Some(of @ None), Some(taken @ false)) =
            (of_truth.get_mut(place), is_taken.get_mut(other_place))
        {
            *of = Some(other_place);
            *taken = true;
        }
    }
    let pairs = truth.iter().zip(of_truth).map(|(one, of)| (Some(one), of.and_then(|place| said.get(place))));
    let left = said.iter().zip(is_taken).filter(|(_, taken)| !taken).map(|(other, _)| (None, Some(other)));
    pairs.chain(left).collect()
}

/// Months of full-time work: that nobody worked is as good said by nothing as by 0.
fn months(judge: &mut Judge, truth: Option<u32>, resume: &Resume, as_of: AsOf) {
    let jobs = resume.full_time_jobs();
    let dated = jobs.iter().map(|job| job.confidence).min();
    let confidence =
        dated.or(resume.claimed_months.as_ref().map(|it| it.confidence)).unwrap_or(Confidence(0));
    let said = resume.full_time_months(as_of).map(|months| (months, confidence));
    let said = if truth == Some(0) { said.or(Some((0, confidence))) } else { said };
    for (field, most) in [(Field::YearsWithinOne, 12), (Field::YearsExact, 1)] {
        judge.value(field, truth, said, |truth, said| truth.abs_diff(*said) <= most);
    }
}

fn achievements(judge: &mut Judge, truth: &Truth, resume: &Resume) {
    for (field, kind, told) in [
        (Field::Publications, AchievementKind::Publication, truth.publications),
        (Field::Patents, AchievementKind::Patent, truth.patents),
        (Field::Certificates, AchievementKind::Certificate, truth.certificates),
        (Field::Awards, AchievementKind::Award, truth.awards),
    ] {
        let of_kind = resume.achievements.iter().filter(|achievement| achievement.kind == kind);
        let said = of_kind.clone().map(|achievement| achievement.title.confidence).min();
        let said = said.map(|confidence| (of_kind.count(), confidence));
        judge.value(field, (told > 0).then_some(told), said, |truth, said| truth == said);
    }
}
