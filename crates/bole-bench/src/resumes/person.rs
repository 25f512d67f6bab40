use super::dice::Dice;
use super::tables::{
    CITIES, ENGLISH_CITIES, ENGLISH_FIRST, ENGLISH_LAST, ENGLISH_NAMES, ENGLISH_SCHOOLS, GIVEN, HONOURS,
    LANGUAGES, Profession, SCHOOLS, SURNAMES, TRADE_NAMES, professions,
};
use super::truth::{Degree, Job, Language, Month, Skill, Study};
use super::voice::Voice;

/// A person who does not exist, in the words of the resume.
pub(super) struct Person {
    pub(super) voice: Voice,
    pub(super) profession: &'static Profession,
    pub(super) name: String,
    /// The name in the other script, where the resume gives both.
    pub(super) second_name: Option<String>,
    pub(super) aim: String,
    pub(super) email: String,
    pub(super) phone: String,
    pub(super) city: String,
    pub(super) is_female: bool,
    pub(super) born: Month,
    pub(super) written: Month,
    pub(super) degree: Degree,
    pub(super) studies: Vec<Study>,
    pub(super) jobs: Vec<(Job, Vec<String>)>,
    pub(super) projects: Vec<Project>,
    pub(super) summary: Vec<String>,
    pub(super) skills: Vec<Skill>,
    /// What the list of skills names first.
    pub(super) listed: Vec<String>,
    pub(super) tools: Vec<String>,
    pub(super) papers: Vec<String>,
    pub(super) certificates: Vec<String>,
    pub(super) honours: Vec<String>,
    pub(super) languages: Vec<String>,
}

pub(super) struct Project {
    pub(super) title: String,
    pub(super) from: Month,
    pub(super) to: Month,
    pub(super) sentences: Vec<String>,
}

/// The first month that a resume may be of.
const FIRST_WRITTEN: (u32, u32) = (2025, 9);

impl Person {
    pub(super) fn draw(seed: u64, index: u32) -> Self {
        let mut dice = Dice::new(seed, index, 1);
        let language =
            dice.weighted(&[(60, Language::Chinese), (30, Language::English), (10, Language::Mixed)]);
        let weights: Vec<_> = professions().map(|profession| (profession.weight, profession)).collect();
        let profession = dice.weighted(&weights);
        // A third of those who write English have studied and worked in China.
        let abroad = language == Language::English && !dice.chance(33);
        let mut voice = Voice::new(language, profession, Dice::new(seed, index, 2));
        let is_female = dice.chance(50);
        let (name, second_name, handle) = names(&mut dice, language, abroad);
        let domain = dice.pick(&["example.com", "example.org", "example.net"]);
        let email = format!("{handle}{index:05}@{domain}");
        let phone = phone(&mut dice, abroad, index);
        let city = if abroad {
            (*dice.pick(ENGLISH_CITIES)).to_owned()
        } else {
            voice.say_plainly(*dice.pick(CITIES))
        };
        let written = Month::new(FIRST_WRITTEN.0, FIRST_WRITTEN.1).plus(dice.below(13));
        let degree = degree(&mut dice, profession);
        let years = dice.weighted(&[(20, (0, 0)), (25, (1, 3)), (25, (4, 8)), (20, (9, 15)), (10, (16, 28))]);
        let years = dice.between(years.0, years.1);
        let (studies, graduated) = studies(&mut dice, &voice, degree, years, written, abroad);
        let first_study = studies.last().map_or(graduated, |study| study.from);
        let born = first_study.minus(12 * 18 + dice.below(14));
        let title = *dice.pick(profession.titles);
        let mut jobs = Vec::new();
        if years > 0 {
            jobs = work(&mut dice, &voice, title, graduated, written, abroad);
        }
        if years < 4 && dice.chance(if years == 0 { 85 } else { 40 }) {
            jobs.push(internship(&mut dice, &voice, title, graduated.min(written), abroad));
        }
        let jobs: Vec<_> = jobs
            .into_iter()
            .enumerate()
            .map(|(place, job)| {
                let n = dice.between(2, if place < 2 { 5 } else { 3 });
                let sentences = voice.sentences(n);
                (job, sentences)
            })
            .collect();
        let n_projects = if years == 0 { dice.between(1, 3) } else { dice.below(4) };
        let projects =
            (0..n_projects).map(|number| project(&mut dice, &mut voice, written, number)).collect();
        let n_papers = match degree {
            Degree::Doctor => dice.between(3, 12),
            Degree::Master => dice.below(4),
            Degree::Bachelor | Degree::College => 0,
        };
        let papers = if profession.papers.is_empty() {
            Vec::new()
        } else {
            (0..n_papers).map(|_| voice.paper(&name, written)).collect()
        };
        let n_traits = dice.between(2, 4);
        let summary = voice.traits(n_traits, title, years);
        let listed = dice.between(4, 9);
        let listed = voice.topics(listed);
        let list = |dice: &mut Dice, of: &'static [(&'static str, &'static str)], first, last| {
            let n = dice.between(first, last);
            dice.several(of, n).into_iter().map(|words| voice.say_plainly(*words)).collect::<Vec<_>>()
        };
        let tools = list(&mut dice, profession.tools, 2, 5);
        let certificates = list(&mut dice, profession.certificates, 0, 3);
        let honours = list(&mut dice, HONOURS, 0, 4);
        let languages = list(&mut dice, LANGUAGES, 1, 2);
        Self {
            aim: voice.say_plainly(title),
            skills: voice.skills(),
            listed,
            voice,
            profession,
            name,
            second_name,
            email,
            phone,
            city,
            is_female,
            born,
            written,
            degree,
            studies,
            jobs,
            projects,
            summary,
            tools,
            papers,
            certificates,
            honours,
            languages,
        }
    }

    /// The same person some months later, with more to say.
    pub(super) fn renew(&mut self, dice: &mut Dice) {
        let n_months = dice.between(4, 12);
        self.written = self.written.plus(n_months);
        let more = self.voice.sentences(2);
        match self.jobs.iter_mut().find(|(job, _)| job.to.is_none()) {
            Some((_, sentences)) => sentences.extend(more),
            None => self.summary.extend(more),
        }
        let number = self.projects.len() as u32;
        let later = project(dice, &mut self.voice, self.written, number);
        self.projects.push(later);
        self.skills = self.voice.skills();
    }

    pub(super) fn months_of_work(&self) -> u32 {
        let jobs = self.jobs.iter().map(|(job, _)| job).filter(|job| !job.internship);
        jobs.map(|job| job.to.unwrap_or(self.written).since(job.from) + 1).sum()
    }
}

/// The name, the second one, and what the e-mail begins with.
fn names(dice: &mut Dice, language: Language, abroad: bool) -> (String, Option<String>, String) {
    if abroad {
        let (first, last) = (*dice.pick(ENGLISH_FIRST), *dice.pick(ENGLISH_LAST));
        let handle = format!("{first}.{last}").to_lowercase();
        return (format!("{first} {last}"), None, handle);
    }
    let surname = *dice.pick(SURNAMES);
    let n = dice.weighted(&[(80, 2), (20, 1)]);
    let given = dice.several(GIVEN, n);
    let chinese: String = std::iter::once(surname.0).chain(given.iter().map(|part| part.0)).collect();
    let sound: String = given.iter().map(|part| part.1).collect();
    let handle = format!("{sound}.{}", surname.1.to_lowercase());
    let mut letters = sound.chars();
    let sound: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let latin = format!("{sound} {}", surname.1);
    match language {
        Language::Chinese => (chinese, None, handle),
        Language::English => (latin, None, handle),
        Language::Mixed => (chinese, Some(latin), handle),
    }
}

/// A number that nobody has: exchange 0000 in China, and what Britain and North America keep for films.
fn phone(dice: &mut Dice, abroad: bool, index: u32) -> String {
    let four = (dice.below(100) * 100 + index % 100) % 10_000;
    if abroad {
        let two = four % 100;
        let area = dice.pick(&["202", "303", "415", "512", "614"]);
        return match dice.below(3) {
            0 => format!("+44 7700 900{:03}", four % 1000),
            1 => format!("+1 {area}-555-01{two:02}"),
            _ => format!("({area}) 555-01{two:02}"),
        };
    }
    let network = dice.pick(&["131", "135", "138", "139", "150", "158", "177", "186", "189"]);
    match dice.below(4) {
        0 => format!("{network}-0000-{four:04}"),
        1 => format!("+86 {network} 0000 {four:04}"),
        _ => format!("{network}0000{four:04}"),
    }
}

fn degree(dice: &mut Dice, profession: &Profession) -> Degree {
    if profession.field.is_none() {
        return dice.weighted(&[(40, Degree::College), (50, Degree::Bachelor), (10, Degree::Master)]);
    }
    dice.weighted(&[(5, Degree::College), (37, Degree::Bachelor), (38, Degree::Master), (20, Degree::Doctor)])
}

/// Schools, the latest first, and when the last one ended.
fn studies(
    dice: &mut Dice,
    voice: &Voice,
    degree: Degree,
    years: u32,
    written: Month,
    abroad: bool,
) -> (Vec<Study>, Month) {
    let last_june = if written.month() > 6 { written.year() } else { written.year() - 1 };
    let is_student = years == 0 && dice.chance(70);
    // Who still studies ends next summer.
    let graduated =
        Month::new(if is_student { last_june + 1 } else { last_june - years.saturating_sub(1) }, 6);
    let steps: &[(Degree, u32)] = match degree {
        Degree::College => &[(Degree::College, 3)],
        Degree::Bachelor => &[(Degree::Bachelor, 4)],
        Degree::Master => &[(Degree::Master, 3), (Degree::Bachelor, 4)],
        Degree::Doctor => &[(Degree::Doctor, 4), (Degree::Master, 3), (Degree::Bachelor, 4)],
    };
    let discipline = *dice.pick(voice.profession().disciplines);
    let mut end = graduated;
    let mut studies = Vec::new();
    for (place, (degree, n_years)) in steps.iter().enumerate() {
        let school = if abroad {
            (*dice.pick(ENGLISH_SCHOOLS)).to_owned()
        } else {
            voice.say_plainly(*dice.pick(SCHOOLS))
        };
        let discipline =
            if dice.chance(70) { discipline } else { *dice.pick(voice.profession().disciplines) };
        let from = Month::new(end.year() - n_years, 9);
        studies.push(Study {
            school,
            discipline: voice.say_plainly(discipline),
            degree: *degree,
            from,
            to: (place > 0 || !is_student).then_some(end),
        });
        end = Month::new(from.year(), 6);
    }
    (studies, graduated)
}

/// Employers from the first job to now, the latest first.
fn work(
    dice: &mut Dice,
    voice: &Voice,
    title: (&'static str, &'static str),
    graduated: Month,
    written: Month,
    abroad: bool,
) -> Vec<Job> {
    let mut from = graduated.plus(dice.between(1, 3));
    let mut jobs = Vec::new();
    loop {
        let left = written.since(from);
        let n_months = dice.between(11, 70);
        let is_last = left < n_months + 14 || jobs.len() == 4;
        let to = if is_last { None } else { Some(from.plus(n_months)) };
        let experience = from.since(graduated) / 12;
        jobs.push(Job {
            employer: employer(dice, voice, abroad),
            title: voice.rank(title, experience),
            from: from.min(written),
            to,
            internship: false,
        });
        match to {
            Some(end) => from = end.plus(dice.between(1, 3)),
            None => break,
        }
    }
    // Some are between two jobs.
    if let Some(last) = jobs.last_mut().filter(|last| written.since(last.from) > 14)
        && dice.chance(15)
    {
        last.to = Some(written.minus(dice.between(1, 3)));
    }
    jobs.reverse();
    jobs
}

fn internship(
    dice: &mut Dice,
    voice: &Voice,
    title: (&'static str, &'static str),
    before: Month,
    abroad: bool,
) -> Job {
    let to = before.minus(dice.between(2, 10));
    let from = to.minus(dice.between(2, 6));
    Job {
        employer: employer(dice, voice, abroad),
        title: voice.intern(title),
        from,
        to: Some(to),
        internship: true,
    }
}

fn employer(dice: &mut Dice, voice: &Voice, abroad: bool) -> String {
    let kind = *dice.pick(voice.profession().employers);
    if abroad {
        let name = dice.pick(ENGLISH_NAMES);
        return format!("{name} {}", kind.1.replace("Co., Ltd.", "Ltd."));
    }
    let name = *dice.pick(TRADE_NAMES);
    if voice.is_english() { format!("{} {}", name.1, kind.1) } else { format!("{}{}", name.0, kind.0) }
}

fn project(dice: &mut Dice, voice: &mut Voice, written: Month, number: u32) -> Project {
    let to = written.minus(3 + number * 11 + dice.below(6));
    let from = to.minus(dice.between(3, 14));
    let n = dice.between(1, 3);
    Project { title: voice.project_title(), from, to, sentences: voice.sentences(n) }
}
