//! What makes all of a reading doubtful: several people in one document, or nobody.

use std::sync::LazyLock;

use bole_core::{Confidence, Resume, Sourced};

use crate::fields::Field;
use crate::tables::labels::Label;
use crate::terms::Terms;
use crate::text::{Text, is_han};

/// How sure anything is at most that is read from a doubtful document.
const DOUBTFUL: Confidence = Confidence(40);

/// How sure a degree or an employer is at most in a document of a few words.
const SCANT: Confidence = Confidence(55);

/// A document of fewer letters is a few words; a Chinese character counts as three.
const MIN_LETTERS: usize = 60;

/// So many different words of an advertisement make one.
const MIN_ADVERTISING: usize = 3;

/// Words of those who look for people, not for work.
const ADVERTISING: &[&str] = &[
    "岗位职责",
    "任职要求",
    "任职资格",
    "职位描述",
    "岗位要求",
    "职位要求",
    "薪资待遇",
    "福利待遇",
    "五险一金",
    "招聘",
    "诚聘",
    "简历投递",
    "简历发送",
    "加分项",
    "we are looking for",
    "we offer",
    "what we offer",
    "job description",
    "requirements",
    "equal opportunity",
    "successful candidate",
    "the ideal candidate",
    "apply now",
    "how to apply",
    "salary range",
    "about the role",
    "about us",
    "you will",
    "you have",
    "nice to have",
    "join our team",
    "we are hiring",
    "benefits",
    "your profile",
    "your tasks",
    "send your cv",
];

static ADVERTISING_TERMS: LazyLock<Terms<usize>> =
    LazyLock::new(|| Terms::new(ADVERTISING.iter().enumerate().map(|(index, word)| (*word, index))));

/// Lowers how sure `resume` is where its document as a whole gives reason to.
pub(crate) fn doubt(text: &Text, fields: &[Field], resume: &mut Resume) {
    if is_of_several(text, fields, resume) || is_advertisement(text) {
        lower_all(resume, DOUBTFUL);
        return;
    }
    let letters = text.folded(text.whole()).iter().filter(|scalar| scalar.is_alphabetic());
    let n_letters: usize = letters.take(MIN_LETTERS).map(|&scalar| if is_han(scalar) { 3 } else { 1 }).sum();
    if n_letters < MIN_LETTERS {
        for education in &mut resume.education {
            lower(&mut education.degree, SCANT);
            lower(&mut education.school, SCANT);
        }
        for entry in &mut resume.entries {
            lower(&mut entry.employer, SCANT);
        }
    }
}

/// Two names behind labels, or two lines of contacts with nothing in common.
fn is_of_several(text: &Text, fields: &[Field], resume: &Resume) -> bool {
    let mut names =
        fields.iter().filter(|field| field.label == Label::Name).map(|field| text.folded(field.value));
    let first = names.next();
    if first.is_some_and(|first| names.any(|other| other != first && !shares(first, other))) {
        return true;
    }
    // A line with an e-mail address and a phone number.
    let line_of = |contact: &Sourced<String>| {
        let span = contact.spans.first()?;
        let lines = text.lines();
        lines.iter().position(|line| text.spans(line.extent).first().is_some_and(|of| of.contains(span)))
    };
    let sure = |contacts: &[Sourced<String>]| -> Vec<usize> {
        contacts
            .iter()
            .take(4)
            .filter(|contact| contact.confidence >= Confidence(90))
            .filter_map(line_of)
            .collect()
    };
    if resume.emails.len() < 2 || resume.phones.len() < 2 {
        return false;
    }
    let (emails, phones) = (sure(&resume.emails), sure(&resume.phones));
    let mut lines: Vec<usize> = emails.into_iter().filter(|line| phones.contains(line)).collect();
    lines.dedup();
    lines.len() >= 2
}

/// 林小雨 and `林小雨 Lin Xiaoyu`, or one name in two scripts.
fn shares(one: &[char], other: &[char]) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let is_part = !short.is_empty() && long.windows(short.len()).any(|part| part == short);
    let is_chinese = |name: &[char]| name.first().is_some_and(|&scalar| is_han(scalar));
    is_part || is_chinese(one) != is_chinese(other)
}

fn is_advertisement(text: &Text) -> bool {
    let mut found: Vec<usize> = ADVERTISING_TERMS
        .find_all(text.folded(text.whole()), 0)
        .into_iter()
        .map(|found| found.value)
        .collect();
    found.sort_unstable();
    found.dedup();
    found.len() >= MIN_ADVERTISING
}

fn lower<T>(sourced: &mut Option<Sourced<T>>, most: Confidence) {
    if let Some(sourced) = sourced {
        sourced.confidence = sourced.confidence.min(most);
    }
}

fn lower_all(resume: &mut Resume, most: Confidence) {
    lower(&mut resume.name, most);
    lower(&mut resume.location, most);
    lower(&mut resume.claimed_months, most);
    for contact in resume.emails.iter_mut().chain(&mut resume.phones).chain(&mut resume.links) {
        contact.confidence = contact.confidence.min(most);
    }
    for education in &mut resume.education {
        lower(&mut education.degree, most);
        lower(&mut education.school, most);
        lower(&mut education.discipline, most);
        lower(&mut education.dates, most);
    }
    for entry in &mut resume.entries {
        lower(&mut entry.employer, most);
        lower(&mut entry.title, most);
        lower(&mut entry.dates, most);
    }
}

#[cfg(test)]
mod tests {
    use crate::text::pages_of;
    use crate::understand;

    /// The highest confidence of name, contacts, degrees and employers.
    fn most(page: &str) -> u8 {
        let resume = understand(&pages_of(&[page]));
        let contacts = resume.name.iter().chain(&resume.emails).chain(&resume.phones);
        let employers = resume.entries.iter().filter_map(|entry| entry.employer.as_ref());
        let degrees = resume.education.iter().filter_map(|education| education.degree.as_ref());
        let all = contacts.chain(employers).map(|sourced| sourced.confidence.0);
        all.chain(degrees.map(|degree| degree.confidence.0)).max().unwrap_or(0)
    }

    #[test]
    fn nothing_is_certain_in_doubtful_documents() {
        let cases = [
            "一、林海 13600000183 linhai@example.cn\n教育：某某大学 热能工程 硕士 2012.09-2015.06\n二、林月 13600000296 linyue@example.com\n工作：2018.07-2023.03 某某银行 客户经理",
            "姓名：林海\n学历：硕士\n\n姓名：陈月\n学历：本科\n2018.07-2023.03 某某银行 客户经理",
            "招聘：电芯工程师\n某某固能科技有限公司\n岗位职责\n负责电解质放大\n任职要求\n硕士，材料学，3年以上工作经验\n福利待遇\n五险一金",
            "Battery Engineer\nLagoon Storage Ltd.\nAbout the role\nYou will scale up cells.\nRequirements\nMaster in chemistry, University degree\nWhat we offer\nhr@example.com",
        ];
        for page in cases {
            assert!(most(page) < 60, "{page}");
        }
    }

    #[test]
    fn one_person_is_not_doubted() {
        for page in [
            "姓名：林小雨\n电话：13800000001\n邮箱：a@example.cn\n教育背景\n2015.09-2018.06 某某大学 材料学 硕士",
            "Name: Lin Xiaoyu\n姓名：林小雨\n13800000001 a@example.cn\n教育背景\n2015.09-2018.06 某某大学 材料学 硕士",
        ] {
            assert!(most(page) >= 80, "{page}");
        }
    }
}
