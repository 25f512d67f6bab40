//! What a job description asks for beside concepts, and what is odd about it.

use crate::explain::degree_names;

use super::lines::{Ask, Clause, Line, Part};
use super::{Demand, DraftWarning, Found, Kind, Meaning, Understood, demands, quote};

/// What stands above the parts of resumes.
const OF_RESUMES: [&str; 12] = [
    "教育背景",
    "教育经历",
    "工作经历",
    "项目经历",
    "个人简历",
    "求职意向",
    "自我评价",
    "education",
    "work experience",
    "employment history",
    "curriculum vitae",
    "professional experience",
];

/// Degrees, years, and what Bole does not rank by.
pub(super) fn find_demands(lines: &[Line], found: &mut Found<'_>) {
    for (index, line) in lines.iter().enumerate() {
        if line.is_heading || line.part == Part::Aside {
            continue;
        }
        let mut is_understood = false;
        let mut told = None;
        for clause in &line.clauses {
            if let Some(what) = demands::protected(&clause.text) {
                is_understood = true;
                if told.replace(what) != Some(what) {
                    let message = format!(
                        "`{}` asks about {what}: Bole does not rank by who somebody is, so it is left out",
                        quote(&line.text)
                    );
                    found.warnings.push(DraftWarning { line: Some(line.number), message });
                }
            }
            if line.part == Part::Duties {
                continue;
            }
            is_understood |= find_degree(clause, line, index, found);
            is_understood |= find_months(clause, line, index, found);
        }
        if is_understood && let Some(seen) = found.lines.get_mut(index) {
            *seen = true;
        }
    }
    if let (Some(least), Some(most)) = (found.least, found.most)
        && least.value > most.value
    {
        let message = format!(
            "at least {} months of work and at most {} contradict each other: only the first is a gate",
            least.value, most.value
        );
        found.warnings.push(DraftWarning { line: lines.get(most.line).map(|line| line.number), message });
        found.most = None;
        found.understood.retain(|understood| !matches!(understood.what, Meaning::MaxFullTimeMonths(_)));
    }
}

fn find_degree(clause: &Clause, line: &Line, index: usize, found: &mut Found<'_>) -> bool {
    let Some(degree) = demands::degree(&clause.text) else { return false };
    let (name_zh, name_en) = degree_names(degree);
    let is_gate = clause.ask != Ask::Nice && !clause.is_waived;
    let what = if is_gate { Meaning::Degree(degree) } else { Meaning::WishedDegree(degree) };
    found.understood.push(plain(what, name_zh, name_en, line));
    // Of several the least is what everybody needs.
    if is_gate && found.degree.is_none_or(|known| degree < known.value) {
        found.degree = Some(Demand { value: degree, line: index });
    }
    true
}

fn find_months(clause: &Clause, line: &Line, index: usize, found: &mut Found<'_>) -> bool {
    let sentence = line.clauses.iter().filter(|part| part.sentence == clause.sentence);
    // Long lists need not be looked through for every item of theirs.
    let near = sentence.filter(|part| part.start.abs_diff(clause.start) < 200);
    let near: String = near.map(|part| part.text.as_str()).collect();
    let Some(months) = demands::months(&clause.text, &near) else { return false };
    let is_gate = clause.ask != Ask::Nice && !clause.is_waived;
    if let Some(least) = months.least {
        let what = if is_gate { Meaning::MinFullTimeMonths(least) } else { Meaning::WishedMonths(least) };
        let (zh, en) = (format!("至少{least}个月工作经验"), format!("at least {least} months of work"));
        found.understood.push(plain(what, &zh, &en, line));
        if is_gate && found.least.is_none_or(|known| least > known.value) {
            found.least = Some(Demand { value: least, line: index });
        }
        let full = months.up_to.unwrap_or(least * 2).clamp(24, 240).max(least);
        found.full_months = Some(found.full_months.unwrap_or_default().max(full));
    }
    if let Some(most) = months.most {
        let what = if is_gate { Meaning::MaxFullTimeMonths(most) } else { Meaning::WishedMonths(most) };
        let (zh, en) = (format!("至多{most}个月工作经验"), format!("at most {most} months of work"));
        found.understood.push(plain(what, &zh, &en, line));
        if is_gate {
            found.most =
                found.most.filter(|known| known.value >= most).or(Some(Demand { value: most, line: index }));
            found.full_months = found.full_months.or(Some(most.max(12)));
        }
    }
    true
}

fn plain(what: Meaning, name_zh: &str, name_en: &str, line: &Line) -> Understood {
    let (name_zh, name_en) = (name_zh.to_owned(), name_en.to_owned());
    Understood { what, name_zh, name_en, quote: quote(&line.text), line: line.number }
}

/// What is odd about the text as a whole.
pub(super) fn about_the_whole(lines: &[Line], found: &mut Found<'_>) {
    let mut warn = |line: Option<&Line>, message: &str| {
        let line = line.map(|line| line.number);
        found.warnings.push(DraftWarning { line, message: message.to_owned() });
    };
    let is_of_resume = |line: &&Line| {
        let text = line.text.trim_end_matches([':', '：']).to_lowercase();
        OF_RESUMES.iter().any(|heading| text == *heading)
    };
    let has_parts = lines.iter().any(|line| matches!(line.part, Part::Requirements | Part::Duties));
    if lines.iter().filter(is_of_resume).count() > usize::from(has_parts) {
        warn(lines.iter().find(is_of_resume), "this looks like a resume, not like a job description");
    } else if !has_parts {
        warn(
            None,
            "no heading tells duties from requirements: all of it is taken as wanted, unless it says more",
        );
    }
    if let Some(title) = lines.iter().find(|line| line.is_title)
        && !found.wishes.iter().any(|wish| wish.kind == Kind::Title && wish.ask == Ask::Must)
    {
        warn(
            Some(title),
            "the lexicon knows no title in the job's name: add one to `[titles]` if there is one",
        );
    }
    if found.wishes.len() < 3 {
        warn(None, "hardly anything is known of what it asks for: the ranking will rest on that alone");
    }
}
