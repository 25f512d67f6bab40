//! The console as HTTP sees it: who is let in, what blind mode keeps back, and that hostile resumes stay text. What it does in a
//! browser is in `browser`.

mod blind;
mod doors;
pub(crate) mod hostile;

use anyhow::{Context, Result, ensure};
use bole_tests::{Answer, request};

use crate::api::escaped;

/// Somebody with a session.
pub(crate) struct Visitor {
    address: String,
    cookie: String,
}

impl Visitor {
    /// Signs in with a key.
    pub(crate) fn enter(address: &str, key: &str) -> Result<Self> {
        let answer = sign_in(address, key)?;
        ensure!(answer.status == 303, "{answer:?}");
        let cookie = answer.header("set-cookie").split(';').next().context("a cookie")?.to_owned();
        Ok(Self { address: address.to_owned(), cookie })
    }

    /// The same session at another server.
    pub(crate) fn at(&self, address: &str) -> Self {
        Self { address: address.to_owned(), cookie: self.cookie.clone() }
    }

    pub(crate) fn get(&self, path: &str) -> Result<Answer> {
        request(&self.address, &format!("GET {path}"), &[("Cookie", &self.cookie)], "")
    }

    /// Sends a form as the page would, with its token.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let token = self.token()?;
        self.post_bare(path, &[&[("token", token.as_str())], fields].concat())
    }

    /// Sends a form as it is.
    fn post_bare(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        post(&self.address, path, &[("Cookie", &self.cookie)], fields)
    }

    /// What the forms of this session carry.
    fn token(&self) -> Result<String> {
        // Every page has a form to leave by, also one that refuses.
        let page = self.get("/matches")?;
        let rest = page.body.split("name=\"token\" value=\"").nth(1).context("a form with a token")?;
        Ok(rest.split('"').next().unwrap_or_default().to_owned())
    }
}

/// A form with a key.
fn sign_in(address: &str, key: &str) -> Result<Answer> {
    post(address, "/sign-in", &[], &[("key", key), ("next", "/matches")])
}

fn post(address: &str, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Result<Answer> {
    let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    request(address, &format!("POST {path}"), &[headers, &[kind]].concat(), pairs.join("&"))
}
