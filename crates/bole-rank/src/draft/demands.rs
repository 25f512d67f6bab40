//! Degrees, years and what Bole does not rank by, in a clause.

use bole_core::Degree;

use super::lines::{find, has};

/// Degrees by what they are called, from the highest.
const DEGREES: [(Degree, &[&str]); 5] = [
    (Degree::Doctor, &["博士", "phd", "ph.d", "doctorate", "doctoral", "doctor's"]),
    (
        Degree::Master,
        &["硕士", "研究生", "master's", "masters", "master degree", "master of", "msc", "m.sc", "m.s", "mba"],
    ),
    (
        Degree::Bachelor,
        &[
            "本科",
            "学士",
            "bachelor",
            "bachelor's",
            "bachelors",
            "undergraduate degree",
            "bsc",
            "b.sc",
            "b.s",
            "b.a",
        ],
    ),
    (Degree::Associate, &["大专", "专科", "高职", "associate degree", "associate's"]),
    (Degree::Secondary, &["高中", "中专", "high school"]),
];

/// The lowest degree that `clause` names: `本科或硕士` is content with the first.
pub(super) fn degree(clause: &str) -> Option<Degree> {
    // Postdoctoral work is no degree, and who is supervised is somebody else.
    let is_other = ["博士后", "postdoc", "研究生导师", "指导研究生", "研究生院"]
        .iter()
        .any(|word| clause.contains(word));
    if is_other {
        return None;
    }
    let named = |names: &[&str]| names.iter().any(|name| has(clause, name));
    DEGREES.iter().rev().find(|(_, names)| named(names)).map(|(degree, _)| *degree)
}

/// What an English sentence about subjects of study begins with.
const STUDIES: [&str; 9] =
    ["degree", "bachelor's", "bachelor", "master's", "phd", "ph.d", "major", "majored", "graduate"];
/// 专业 before these is not a subject but professional.
const NO_SUBJECT: [&str; 12] =
    ["知识", "技能", "能力", "技术", "素养", "人员", "人才", "水平", "英语", "术语", "服务", "性"];

/// Where a Chinese clause or an English sentence begins to tell subjects of study, in bytes; none if it does not.
pub(super) fn subjects(text: &str, is_chinese: bool) -> Option<std::ops::Range<usize>> {
    if is_chinese {
        let end = text.match_indices("专业").find(|(at, word)| {
            let after = text.get(at + word.len()..).unwrap_or_default();
            !NO_SUBJECT.iter().any(|no| after.starts_with(no))
        });
        return end.map(|(at, word)| 0..at + word.len());
    }
    let start = STUDIES.iter().filter_map(|cue| find(text, cue)).min()?;
    let rest = text.get(start..).unwrap_or_default();
    let stops = ["experience", "years", "year", "knowledge", "skills", "with"];
    let end = stops.iter().filter_map(|stop| find(rest, stop)).min().unwrap_or(rest.len());
    has(rest.get(..end)?, "in").then_some(start..start + end)
}

/// Full-time work that is asked for, in months.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Months {
    pub(super) least: Option<u32>,
    pub(super) most: Option<u32>,
    /// The upper end of a range, which excludes nobody.
    pub(super) up_to: Option<u32>,
}

/// More years than this are a slip of the pen, or the age of a company.
const MAX_YEARS: u32 = 30;
/// Who has just graduated has worked no longer.
const FRESH_MONTHS: u32 = 24;

/// The months of work that `clause` asks for; `sentence` is the whole of which it is a part.
pub(super) fn months(clause: &str, sentence: &str) -> Option<Months> {
    let fresh = [
        "应届",
        "校招",
        "fresh graduate",
        "fresh graduates",
        "new graduate",
        "new graduates",
        "recent graduates",
        "recent graduate",
    ];
    if fresh.iter().any(|word| has(clause, word)) {
        return Some(Months { most: Some(FRESH_MONTHS), ..Months::default() });
    }
    let about_work = |text: &str| {
        [
            "经验",
            "工作",
            "从业",
            "经历",
            "experience",
            "of work",
            "working",
            "in the industry",
            "in a similar role",
        ]
        .iter()
        .any(|word| text.contains(word))
    };
    if !about_work(clause) && !about_work(sentence) {
        return None;
    }
    let scalars: Vec<char> = clause.chars().collect();
    let mut index = 0;
    while index < scalars.len() {
        match number_at(&scalars, index) {
            Some((years, next)) => {
                if let Some(months) = years_at(&scalars, index, years, next) {
                    return Some(months);
                }
                index = next;
            }
            None => index += 1,
        }
    }
    None
}

/// The months that the number `first` at `start`, with `next` behind it, asks for.
fn years_at(scalars: &[char], start: usize, first: u32, next: usize) -> Option<Months> {
    let skip = |mut at: usize| {
        while scalars.get(at).is_some_and(|scalar| matches!(scalar, ' ' | '+' | '个')) {
            at += 1;
        }
        at
    };
    let mut at = skip(next);
    // `3-5年`, `3年-5年`, `3 to 5 years`.
    let mut second = None;
    let unit = |at: usize| unit_at(scalars, at);
    let behind_unit = unit(at).map(&skip);
    for from in [Some(at), behind_unit].into_iter().flatten() {
        if let Some(joint) = joint_at(scalars, from)
            && let Some((number, next)) = number_at(scalars, skip(joint))
            && number > first
        {
            second = Some(number);
            at = skip(next);
            break;
        }
    }
    let end = unit(at)?;
    let behind: String = scalars.get(end..).unwrap_or_default().iter().take(12).collect();
    let before: String = scalars.get(start.saturating_sub(14)..start).unwrap_or_default().iter().collect();
    // Years since a graduation or of age are none of work.
    let is_other = ["old", "of age", "制"].iter().any(|word| behind.trim_start().starts_with(word));
    if is_other || first > MAX_YEARS || second.is_some_and(|second| second > MAX_YEARS) {
        return None;
    }
    let at_most = ["以内", "以下", "内"].iter().any(|word| behind.starts_with(word))
        || ["不超过", "少于", "up to ", "less than ", "at most ", "no more than ", "maximum "]
            .iter()
            .any(|word| before.ends_with(word) && !before.ends_with("不少于"));
    Some(match (at_most, second) {
        (true, second) => {
            Months { most: Some(second.unwrap_or(first) * 12).filter(|most| *most > 0), ..Months::default() }
        }
        (false, Some(second)) if first == 0 => Months { most: Some(second * 12), ..Months::default() },
        (false, Some(second)) => {
            Months { least: Some(first * 12), up_to: Some(second * 12), ..Months::default() }
        }
        (false, None) => Months { least: Some(first * 12).filter(|least| *least > 0), ..Months::default() },
    })
}

/// Where `年`, `years` or `yrs` ends that stands at `at`.
fn unit_at(scalars: &[char], at: usize) -> Option<usize> {
    ["years", "year", "yrs", "yr", "年"].iter().find_map(|unit| starts(scalars, at, unit))
}

fn joint_at(scalars: &[char], at: usize) -> Option<usize> {
    ["-", "至", "到", "to "].iter().find_map(|joint| starts(scalars, at, joint))
}

/// The end of `word`, if it stands at `at`.
fn starts(scalars: &[char], at: usize, word: &str) -> Option<usize> {
    let end = at + word.chars().count();
    let found = scalars.get(at..end)?;
    found.iter().copied().eq(word.chars()).then_some(end)
}

/// A number of at most two digits, or in words, that stands at `at`, and where it ends.
fn number_at(scalars: &[char], at: usize) -> Option<(u32, usize)> {
    const CHINESE: [(char, u32); 11] = [
        ('一', 1),
        ('二', 2),
        ('两', 2),
        ('三', 3),
        ('四', 4),
        ('五', 5),
        ('六', 6),
        ('七', 7),
        ('八', 8),
        ('九', 9),
        ('十', 10),
    ];
    const ENGLISH: [(&str, u32); 10] = [
        ("one", 1),
        ("two", 2),
        ("three", 3),
        ("four", 4),
        ("five", 5),
        ("six", 6),
        ("seven", 7),
        ("eight", 8),
        ("nine", 9),
        ("ten", 10),
    ];
    let before = at.checked_sub(1).and_then(|before| scalars.get(before));
    if before.is_some_and(|before| before.is_ascii_alphanumeric() || *before == '.') {
        return None;
    }
    let digits: String =
        scalars.get(at..)?.iter().take(5).take_while(|scalar| scalar.is_ascii_digit()).collect();
    if !digits.is_empty() {
        let is_short = digits.len() <= 2;
        return digits.parse().ok().filter(|_| is_short).map(|number| (number, at + digits.len()));
    }
    let chinese = |at: usize| {
        let scalar = scalars.get(at)?;
        CHINESE.iter().find(|(name, _)| name == scalar).map(|(_, number)| *number)
    };
    if let Some(first) = chinese(at) {
        return Some(match (first, chinese(at + 1)) {
            (10, Some(unit)) if unit < 10 => (10 + unit, at + 2),
            (tens, Some(10)) => (tens * 10, at + 2),
            _ => (first, at + 1),
        });
    }
    ENGLISH.iter().find_map(|(name, number)| {
        let end = starts(scalars, at, name)?;
        scalars.get(end).is_none_or(|next| !next.is_alphanumeric()).then_some((*number, end))
    })
}

/// What `clause` asks about who somebody is, in words; none if nothing.
pub(super) fn protected(clause: &str) -> Option<&'static str> {
    const CUES: [(&str, &[&str]); 8] = [
        (
            "sex",
            &[
                "男性", "男士", "男生", "限男", "女性", "女士", "女生", "限女", "性别", "male", "males",
                "female", "females", "men", "women", "gender",
            ],
        ),
        (
            "age",
            &[
                "周岁",
                "岁以下",
                "岁以内",
                "岁以上",
                "岁左右",
                "年龄",
                "years old",
                "years of age",
                "year old",
                "age limit",
                "aged",
                "maximum age",
                "age under",
                "age below",
                "younger than",
            ],
        ),
        ("ethnicity", &["汉族", "民族", "ethnicity", "ethnic", "race"]),
        (
            "marriage and family",
            &["未婚", "已婚", "已育", "未育", "婚否", "婚姻", "unmarried", "married", "marital status"],
        ),
        (
            "body",
            &[
                "身高",
                "体重",
                "相貌",
                "五官",
                "形象气质",
                "视力",
                "good-looking",
                "good looking",
                "attractive appearance",
            ],
        ),
        ("birthplace", &["籍贯", "户籍", "户口", "本地人", "nationality", "citizens only", "nationals only"]),
        ("political status", &["党员", "政治面貌", "party member"]),
        ("religion", &["宗教", "信仰", "religion", "religious"]),
    ];
    let is_age = || {
        ["under ", "below ", "not over ", "no older than "].iter().any(|word| {
            let rest = find(clause, word.trim_end()).and_then(|at| clause.get(at + word.len()..));
            let scalars: Vec<char> = rest.unwrap_or_default().chars().take(16).collect();
            let number = number_at(&scalars, 0).filter(|(number, _)| (18..=65).contains(number));
            number.is_some_and(|(_, end)| {
                let behind: String = scalars.get(end..).unwrap_or_default().iter().collect();
                let behind = behind.trim();
                ["", ".", ")", "years", "only", "preferred"]
                    .iter()
                    .any(|word| if word.is_empty() { behind.is_empty() } else { behind.starts_with(word) })
            })
        })
    };
    // `Age 25-35`, `age: 30`.
    let is_labelled = || {
        let rest = find(clause, "age").and_then(|at| clause.get(at + "age".len()..));
        let behind: Vec<char> =
            rest.unwrap_or_default().trim_start_matches([' ', ':']).chars().take(8).collect();
        number_at(&behind, 0).is_some_and(|(number, _)| (16..=70).contains(&number))
    };
    let named = CUES.iter().find(|(_, cues)| cues.iter().any(|cue| has(clause, cue)));
    // Nobody is asked for who `性别不限` says.
    let is_open = clause.contains("不限") || clause.contains("regardless");
    let what = named.map(|(what, _)| *what).or_else(|| (is_age() || is_labelled()).then_some("age"));
    what.filter(|_| !is_open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_of_work_are_read_as_months() {
        let least = |months| Months { least: Some(months), ..Months::default() };
        let most = |months| Months { most: Some(months), ..Months::default() };
        let range = |least, up_to| Months { least: Some(least), most: None, up_to: Some(up_to) };
        let cases = [
            ("3年以上电池研发经验", Some(least(36))),
            ("三年以上工作经验", Some(least(36))),
            ("十五年以上从业经历", Some(least(180))),
            ("3-5年工作经验", Some(range(36, 60))),
            ("3年至5年工作经验", Some(range(36, 60))),
            ("至少两年相关经验", Some(least(24))),
            ("工作经验不超过2年", Some(most(24))),
            ("2年以内工作经验", Some(most(24))),
            ("欢迎应届毕业生", Some(most(24))),
            ("5+ years of experience", Some(least(60))),
            ("at least three years of experience", Some(least(36))),
            ("3 to 5 years of experience", Some(range(36, 60))),
            ("0-2 years of experience", Some(most(24))),
            ("up to 2 years of experience", Some(most(24))),
            ("fresh graduates", Some(most(24))),
            ("公司成立20年", None),
            ("2024年工作计划", None),
            ("35 years old with experience", None),
            ("负责电池研发经验的总结", None),
            ("0 years of experience", Some(Months::default())),
        ];
        for (clause, expected) in cases {
            assert_eq!(months(clause, clause), expected, "{clause}");
        }
    }

    #[test]
    fn the_lowest_degree_named_is_asked_for() {
        let cases = [
            ("本科及以上学历", Some(Degree::Bachelor)),
            ("硕士或博士", Some(Degree::Master)),
            ("bachelor's or master's degree", Some(Degree::Bachelor)),
            ("a ph.d. in physics", Some(Degree::Doctor)),
            ("scrum master", None),
            ("博士后合作经历", None),
            ("大专以上", Some(Degree::Associate)),
        ];
        for (clause, expected) in cases {
            assert_eq!(degree(clause), expected, "{clause}");
        }
    }

    #[test]
    fn who_somebody_is_is_seen() {
        for clause in [
            "限男性",
            "35岁以下",
            "女士优先",
            "汉族",
            "年龄不超过40",
            "under 35",
            "male only",
            "aged 25 to 35",
            "age 25-35",
            "age: 30",
            "党员优先",
        ] {
            assert!(protected(clause).is_some(), "{clause}");
        }
        for clause in
            ["性别不限", "under 35 kwh", "manage cells", "品牌形象设计", "battery management", "electrified"]
        {
            assert_eq!(protected(clause), None, "{clause}");
        }
    }
}
