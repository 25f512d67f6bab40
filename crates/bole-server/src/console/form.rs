//! What a form or the query of an address says.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use bole_engine::Session;

use crate::State;
use crate::problem::{Code, Problem};
use crate::take;

/// Names and values, in their order; a name may come more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<(String, String)>);

/// A form that a page of ours sent: it carries the token of the session.
#[derive(Clone, Debug)]
pub(crate) struct Posted(pub(crate) Fields);

/// The longest form: a profile, or a job description.
const MAX_FORM_BYTES: usize = 1 << 20;
/// The name of the token.
pub(super) const TOKEN: &str = "token";

impl Fields {
    fn parse(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The value of this name, without white space around it; none if it is empty.
    pub(crate) fn get<'a>(&'a self, name: &str) -> Option<&'a str> {
        let named = self.0.iter().filter(|(found, _)| found == name);
        named.map(|(_, value)| value.trim()).find(|value| !value.is_empty())
    }

    /// All values of this name that are not empty.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(found, _)| found == name);
        named.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Those whose name begins with `prefix`, without it.
    pub(crate) fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let named = self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value)));
        named.map(|(name, value)| (name, value.trim())).filter(|(_, value)| !value.is_empty())
    }

    /// What comes under this name, and nothing else.
    pub(crate) fn only(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(found, _)| found == name).cloned().collect())
    }

    /// The value of this name that a form has to have.
    ///
    /// # Errors
    /// [`Code::BadRequest`] if it has none.
    pub(crate) fn need(&self, name: &str) -> Result<&str, Problem> {
        self.get(name)
            .ok_or_else(|| Problem::with_detail(Code::BadRequest, format!("the form has no `{name}`")))
    }

    /// A number of this name; none if there is none.
    ///
    /// # Errors
    /// [`Code::BadRequest`] if it is no number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, Problem> {
        let parse = |value: &str| {
            let detail = || Problem::with_detail(Code::BadRequest, format!("`{name}` is no number"));
            value.parse().map_err(|_| detail())
        };
        self.get(name).map(parse).transpose()
    }
}

impl FromRequestParts<State> for Fields {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Problem> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default().as_bytes()))
    }
}

impl FromRequest<State> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &State) -> Result<Self, Problem> {
        let session = request.extensions().get::<Session>().cloned();
        let (bytes, _room) = take::body(state, request, MAX_FORM_BYTES).await?;
        let fields = Fields::parse(&bytes);
        let given = fields.get(TOKEN).unwrap_or_default();
        let is_ours = session.is_some_and(|session| session.is_form_token(given));
        if is_ours { Ok(Self(fields)) } else { Err(Problem::new(Code::StaleForm)) }
    }
}

/// A form that comes before there is a session: that it is from a page of ours is told by its origin alone.
pub(super) async fn unsigned(state: &State, request: Request) -> Result<Fields, Problem> {
    const MAX_BYTES: usize = 8 << 10;
    let (bytes, _room) = take::body(state, request, MAX_BYTES).await?;
    Ok(Fields::parse(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_come_more_than_once() {
        let fields = Fields::parse("filter=a&filter=+b%E5%9B%BA+&w.core=3&w.x=&n=12&bad=x".as_bytes());
        assert_eq!(fields.all("filter").collect::<Vec<_>>(), ["a", "b固"]);
        assert_eq!(fields.under("w.").collect::<Vec<_>>(), [("core", "3")]);
        assert_eq!((fields.get("w.x"), fields.get("none")), (None, None));
        assert_eq!(fields.number("n").unwrap(), Some(12));
        assert!(fields.number("bad").is_err() && fields.need("none").is_err());
    }
}
