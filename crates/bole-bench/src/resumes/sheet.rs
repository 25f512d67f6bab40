use super::dice::Dice;
use super::person::Person;
use super::tables::{Heading, Words, heading};
use super::truth::{Language, Layout, Month};

/// What stands on the pages, in order, before it has places.
pub(super) struct Sheet {
    pub(super) title: String,
    pub(super) name: String,
    pub(super) aim: String,
    /// Labels, which may be empty, with what they are of.
    pub(super) facts: Vec<(String, String)>,
    pub(super) sections: Vec<Section>,
}

pub(super) struct Section {
    pub(super) about: Heading,
    pub(super) heading: String,
    pub(super) items: Vec<Item>,
}

pub(super) enum Item {
    /// An employer or a school, a title or a degree, and dates.
    Entry {
        what: String,
        role: String,
        dates: String,
    },
    Bullet(String),
    Text(String),
    /// Short words, side by side.
    Words(Vec<String>),
}

/// How this resume writes what others write otherwise.
struct Manner {
    language: Language,
    /// Among the ways to say a heading.
    wording: usize,
    dates: u32,
    both_languages: bool,
}

impl Manner {
    fn say(&self, words: Words) -> String {
        match self.language {
            Language::English => words.1.to_owned(),
            Language::Mixed if self.both_languages => format!("{} {}", words.0, words.1),
            Language::Chinese | Language::Mixed => words.0.to_owned(),
        }
    }

    fn heading(&self, of: Heading) -> String {
        let ways = heading(of);
        let place = self.wording % ways.len();
        ways.get(place).map(|words| self.say(*words)).unwrap_or_default()
    }

    fn month(&self, month: Month) -> String {
        const NAMES: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let (year, number) = (month.year(), month.month());
        let english = self.language == Language::English;
        let name = NAMES.get(number as usize - 1).copied().unwrap_or_default();
        match (english, self.dates) {
            (true, 0 | 1) => format!("{name} {year}"),
            (true, 2) => format!("{number:02}/{year}"),
            (true, _) => format!("{year}-{number:02}"),
            (false, 0 | 1) => format!("{year}.{number:02}"),
            (false, 2) => format!("{year}年{number}月"),
            (false, _) => format!("{year}/{number:02}"),
        }
    }

    fn dates(&self, from: Month, to: Option<Month>) -> String {
        let now = if self.language == Language::English { "Present" } else { "至今" };
        let to = to.map_or_else(|| now.to_owned(), |to| self.month(to));
        let dash = if self.language == Language::English { " – " } else { "-" };
        format!("{}{dash}{to}", self.month(from))
    }
}

impl Sheet {
    pub(super) fn of(person: &Person, layout: Layout, dice: &mut Dice) -> Self {
        let manner = Manner {
            language: person.voice.language(),
            wording: dice.below(4) as usize,
            dates: dice.below(4),
            both_languages: dice.chance(60),
        };
        let mut sections = vec![
            (Heading::Summary, person.summary.iter().cloned().map(Item::Text).collect()),
            (Heading::Education, education(person, &manner, dice)),
            (Heading::Work, work(person, &manner)),
            (Heading::Projects, projects(person, &manner)),
            (Heading::Skills, skills(person, dice)),
            (Heading::Publications, person.papers.iter().cloned().map(Item::Bullet).collect()),
            (Heading::Certificates, bullets(&person.certificates)),
            (Heading::Honours, bullets(&person.honours)),
            (Heading::Languages, bullets(&person.languages)),
        ];
        // Who has worked for long puts that first; scholars put papers before projects.
        if person.months_of_work() > 48 && dice.chance(70) {
            sections.swap(1, 2);
        }
        if layout == Layout::Academic {
            sections.swap(3, 5);
        }
        if dice.chance(25) {
            let summary = sections.remove(0);
            sections.push(summary);
        }
        let sections = sections
            .into_iter()
            .filter(|(_, items): &(_, Vec<Item>)| !items.is_empty())
            .map(|(about, items)| Section { about, heading: manner.heading(about), items })
            .collect();
        let name = match &person.second_name {
            Some(second) => format!("{} {second}", person.name),
            None => person.name.clone(),
        };
        Self {
            title: manner.heading(Heading::Title),
            name,
            aim: person.aim.clone(),
            facts: facts(person, &manner, layout, dice),
            sections,
        }
    }

    /// A heading that is not of a section, in the words of this resume's language.
    pub(super) fn heading(language: Language, of: Heading) -> String {
        let manner = Manner { language, wording: 0, dates: 0, both_languages: false };
        manner.heading(of)
    }
}

fn facts(person: &Person, manner: &Manner, layout: Layout, dice: &mut Dice) -> Vec<(String, String)> {
    let english = manner.language == Language::English;
    let mut facts = vec![
        (("电话", "Phone"), person.phone.clone()),
        (("邮箱", "E-mail"), person.email.clone()),
        (("现居地", "Address"), person.city.clone()),
    ];
    if !english && (layout == Layout::Form || dice.chance(50)) {
        let sex = if person.is_female { "女" } else { "男" };
        facts.insert(0, (("性别", ""), sex.to_owned()));
        facts.insert(1, (("出生年月", ""), manner.month(person.born)));
        facts.push((("最高学历", ""), person.voice.degree(person.degree).to_owned()));
    }
    if layout == Layout::Form || dice.chance(30) {
        facts.push((("求职意向", "Objective"), person.aim.clone()));
        let date = if english { person.written.to_string() } else { manner.month(person.written) };
        facts.push((("更新日期", "Updated"), date));
    }
    let labelled = layout == Layout::Form || !english || dice.chance(50);
    let label = |words: Words| if labelled { manner.say(words) } else { String::new() };
    facts.into_iter().map(|(words, fact)| (label(words), fact)).collect()
}

fn education(person: &Person, manner: &Manner, dice: &mut Dice) -> Vec<Item> {
    let mut items = Vec::new();
    let with_courses = dice.chance(40);
    for (place, study) in person.studies.iter().enumerate() {
        let degree = person.voice.degree(study.degree);
        let role = match manner.language {
            Language::English => format!("{degree}, {}", study.discipline),
            _ => format!("{} {degree}", study.discipline),
        };
        items.push(Item::Entry {
            what: study.school.clone(),
            role,
            dates: manner.dates(study.from, study.to),
        });
        if place == 0 && with_courses {
            let rank = dice.between(3, 25);
            items.push(Item::Text(match manner.language {
                Language::English => format!("Among the best {rank}% of the year."),
                _ => format!("成绩排名：专业前{rank}%"),
            }));
        }
    }
    items
}

fn work(person: &Person, manner: &Manner) -> Vec<Item> {
    let entries = person.jobs.iter().map(|(job, sentences)| {
        let dates = manner.dates(job.from, job.to);
        (Item::Entry { what: job.employer.clone(), role: job.title.clone(), dates }, sentences)
    });
    entries.flat_map(|(entry, sentences)| std::iter::once(entry).chain(bullets(sentences))).collect()
}

fn projects(person: &Person, manner: &Manner) -> Vec<Item> {
    let entries = person.projects.iter().map(|project| {
        let dates = manner.dates(project.from, Some(project.to));
        (Item::Entry { what: project.title.clone(), role: String::new(), dates }, &project.sentences)
    });
    entries.flat_map(|(entry, sentences)| std::iter::once(entry).chain(bullets(sentences))).collect()
}

fn skills(person: &Person, dice: &mut Dice) -> Vec<Item> {
    let all: Vec<String> = person.listed.iter().chain(&person.tools).cloned().collect();
    if dice.chance(50) { vec![Item::Words(all)] } else { bullets(&all) }
}

fn bullets(texts: &[String]) -> Vec<Item> {
    texts.iter().cloned().map(Item::Bullet).collect()
}
