use std::collections::BTreeMap;

use anyhow::Result;
use bole_core::DocumentId;
use bole_core::message::v1::{HEADER_CANDIDATE_REF, HEADER_DOCUMENT_DATE, Message, Properties, SUBMITTED};
use serde_json::Value;

use crate::http::{Answer, request};
use crate::pipeline::{Program, until};
use crate::resume_pdf;

/// One in so many of a load is no PDF.
const BROKEN_EACH: usize = 20;

/// What a portal sends.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The portal.
    pub portal: String,
    /// Its id there.
    pub id: String,
    /// The file.
    pub body: Vec<u8>,
    /// When it was written.
    pub date: String,
    /// What the portal calls the candidate.
    pub candidate: Option<String>,
    /// The code of the reason that it has to end with.
    pub reason: &'static str,
}

impl Submission {
    /// A file of a portal.
    pub fn new(portal: &str, id: impl Into<String>, body: Vec<u8>, reason: &'static str) -> Self {
        let (portal, date) = (portal.to_owned(), "2026-11-01".to_owned());
        Self { portal, id: id.into(), body, date, candidate: None, reason }
    }

    /// A resume, another one for each number and portal.
    pub fn resume(portal: &str, number: usize) -> Self {
        // What the portals send differs, else it would be taken for copies.
        let portal_number = portal.bytes().fold(0, |all, byte| (all * 31 + usize::from(byte)) % 97);
        let body = resume_pdf(number + 100_000 * portal_number);
        Self::new(portal, format!("a-{number}"), body, "read")
    }

    /// The message that carries it.
    pub fn message(&self) -> Message {
        let mut headers = BTreeMap::from([(HEADER_DOCUMENT_DATE.to_owned(), self.date.clone())]);
        if let Some(candidate) = &self.candidate {
            headers.insert(HEADER_CANDIDATE_REF.to_owned(), candidate.clone());
        }
        let properties = Properties {
            message_id: Some(self.id.clone()),
            content_type: Some("application/pdf".to_owned()),
            kind: Some(SUBMITTED.to_owned()),
            app_id: Some(self.portal.clone()),
            headers,
            ..Properties::default()
        };
        let portal =
            self.portal.parse().unwrap_or_else(|_| unreachable!("tests name portals as they may be"));
        Message { portal, properties, body: self.body.clone().into() }
    }

    /// The hash that its outcome has to name.
    pub fn sha256(&self) -> String {
        DocumentId::of(&self.body).to_string()
    }

    /// Hands it in by HTTP, once.
    pub fn post(&self, server: &Program) -> Result<Answer> {
        self.post_to(&server.address().to_string(), &server.bearer(&self.portal))
    }

    /// The same at an address, with what a portal shows as `Authorization`.
    pub fn post_to(&self, address: &str, bearer: &str) -> Result<Answer> {
        let headers =
            [("Authorization", bearer), ("Idempotency-Key", &self.id), ("Bole-Document-Date", &self.date)];
        request(address, "POST /v1/submissions", &headers, &self.body)
    }

    /// How it stands, and how it came there; none if it is not known.
    pub fn stands(&self, server: &Program) -> Result<Option<Value>> {
        let path = format!(
            "/v1/submissions/{}",
            self.id.replace('%', "%25").replace('#', "%23").replace(' ', "%20")
        );
        let answer = request(
            &server.address().to_string(),
            &format!("GET {path}"),
            &[("Authorization", &server.bearer(&self.portal))],
            "",
        )?;
        match answer.status {
            200 => Ok(Some(answer.json())),
            404 => Ok(None),
            _ => anyhow::bail!("{}: {}", answer.status, answer.body),
        }
    }

    /// Waits until it is decided.
    pub fn outcome(&self, server: &Program) -> Result<Value> {
        let what = format!("outcome of {}/{}", self.portal, self.id);
        until(&what, || Ok(self.stands(server)?.filter(|stands| is_final(&stands["state"]))))
    }
}

/// Resumes of a portal, and between them what is none.
pub fn load(portal: &str, numbers: std::ops::Range<usize>) -> Vec<Submission> {
    let submission = |number| {
        let resume = Submission::resume(portal, number);
        if number % BROKEN_EACH != BROKEN_EACH / 2 {
            return resume;
        }
        let body = format!("a letter, number {number} of {portal}").into_bytes();
        Submission { body, reason: "unsupported_type", ..resume }
    };
    numbers.map(submission).collect()
}

/// Whether nothing more happens to a submission in this state by itself.
pub fn is_final(state: &Value) -> bool {
    matches!(state.as_str(), Some("indexed" | "duplicate" | "quarantined" | "discarded" | "erased"))
}
