use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Resume, fold_for_matching};

/// What tells that two resumes are of the same person: a name, and contacts, in normal form.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchKeys {
    /// The name: folded, white space removed; none if unknown.
    pub name: Option<String>,
    /// `mail:` and `tel:` contacts in normal form.
    pub contacts: BTreeSet<String>,
}

impl MatchKeys {
    /// The keys of a resume. A name or contact read with less than even confidence is no key.
    pub fn of(resume: &Resume) -> Self {
        let sure = |confidence: crate::Confidence| confidence.0 >= 50;
        let mails = resume.emails.iter().filter(|email| sure(email.confidence));
        let phones = resume.phones.iter().filter(|phone| sure(phone.confidence));
        let contacts = mails
            .map(|email| format!("mail:{}", email.value.to_lowercase()))
            .chain(phones.filter_map(|phone| normal_phone(&phone.value)))
            .collect();
        let name = resume.name.as_ref().filter(|name| sure(name.confidence));
        let name = name.map(|name| normal_name(&name.value)).filter(|name| !name.is_empty());
        Self { name, contacts }
    }
}

/// Names nobody: logs hold ids only.
impl fmt::Debug for MatchKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "MatchKeys(named: {}, {} contacts)", self.name.is_some(), self.contacts.len())
    }
}

fn normal_name(name: &str) -> String {
    let (folded, _) = fold_for_matching(name);
    folded.into_iter().filter(|scalar| scalar.is_alphanumeric()).collect()
}

/// Digits without the country code of China; none if too short to tell a person.
fn normal_phone(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let digits = digits
        .strip_prefix("0086")
        .or_else(|| digits.strip_prefix("86"))
        .filter(|rest| rest.len() == 11)
        .unwrap_or(&digits);
    (digits.len() >= 7).then(|| format!("tel:{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Confidence, Sourced, Span};

    fn sourced(value: &str, confidence: u8) -> Sourced<String> {
        let spans = vec![Span { page: 1, start: 0, end: 1 }];
        Sourced { value: value.to_owned(), spans, confidence: Confidence(confidence) }
    }

    #[test]
    fn forms_of_the_same_contact_are_one_key() {
        let keys = |name: &str, phone: &str| {
            let resume = Resume {
                name: Some(sourced(name, 90)),
                emails: vec![sourced("A.B@Example.com", 90), sourced("guess@example.com", 30)],
                phones: vec![sourced(phone, 90)],
                ..Resume::default()
            };
            MatchKeys::of(&resume)
        };
        assert_eq!(keys("李 明", "+86 138-0000-1234"), keys("李明", "13800001234"));
        assert_eq!(keys("Ann Lee", "1").contacts.into_iter().collect::<Vec<_>>(), ["mail:a.b@example.com"]);
    }
}
