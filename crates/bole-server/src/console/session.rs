//! Who looks at the console.

use axum::extract::{FromRequestParts, Request, State as Shared};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use bole_core::Role;
use bole_engine::Session;

use super::language::Language;
use super::{cookie, trouble};
use crate::State;
use crate::access::{self, Caller};
use crate::problem::{Code, Problem};

/// How a page is shown: in which language, where, and to whom.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) language: Language,
    /// The address of the page, with its query.
    pub(crate) here: String,
    /// Nobody before they sign in.
    pub(crate) visitor: Option<Visitor>,
}

/// Somebody with a session.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "roles are not exclusive, and none is a state")]
pub(crate) struct Visitor {
    /// As their key is called.
    pub(crate) name: String,
    pub(crate) is_recruiter: bool,
    pub(crate) is_ops: bool,
    pub(crate) is_admin: bool,
    /// Whether people are shown without what tells who they are.
    pub(crate) is_blind: bool,
    /// What every form has to carry.
    pub(crate) form_token: String,
}

/// The token that a request's session is known by.
#[derive(Clone)]
pub(super) struct Token(pub(super) String);

pub(super) const COOKIE: &str = "bole_session";
const HX_REQUEST: HeaderName = HeaderName::from_static("hx-request");
const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");

impl View {
    pub(super) fn of(request: &Request) -> Self {
        let here = request.uri().path_and_query().map_or("/", |here| here.as_str()).to_owned();
        Self { language: Language::of(request.headers()), here, visitor: None }
    }

    /// Of two ways to say the same, the one in the language of the page.
    pub(crate) fn say<T>(&self, english: T, chinese: T) -> T {
        self.language.say(english, chinese)
    }

    /// What every form has to carry.
    pub(crate) fn form_token(&self) -> &str {
        self.visitor.as_ref().map_or("", |visitor| &visitor.form_token)
    }

    pub(crate) fn is_blind(&self) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| visitor.is_blind)
    }
}

impl Visitor {
    fn of(session: &Session, language: Language) -> Self {
        let role = session.key.as_ref().map(|key| &key.role);
        Self {
            name: session
                .key
                .as_ref()
                .map_or(language.say("this machine", "本机"), |key| key.name.as_str())
                .to_owned(),
            is_recruiter: matches!(role, None | Some(Role::Recruiter { .. })),
            is_ops: matches!(role, None | Some(Role::Ops | Role::Admin)),
            is_admin: matches!(role, None | Some(Role::Admin)),
            is_blind: session.is_blind,
            form_token: session.form_token.clone(),
        }
    }
}

impl FromRequestParts<State> for View {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Problem> {
        parts.extensions.get().cloned().ok_or_else(|| Problem::new(Code::NoKey))
    }
}

impl FromRequestParts<State> for Token {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Problem> {
        parts.extensions.get().cloned().ok_or_else(|| Problem::new(Code::NoKey))
    }
}

/// Lets in who has a session, and sends everybody else to where they get one.
pub(super) async fn admit(Shared(state): Shared<State>, mut request: Request, next: Next) -> Response {
    let mut view = View::of(&request);
    if !request.method().is_safe() && access::is_from_elsewhere(request.headers()) {
        let problem = Problem::with_detail(Code::NotAllowed, "the form was sent from another site");
        return trouble::page(&view, &problem);
    }
    let (session, token) = match Shown::by(&state, &request).session(&state).await {
        Ok(Some(found)) => found,
        Ok(None) => return to_sign_in(&request, &view),
        Err(problem) => return trouble::page(&view, &problem),
    };
    let caller = Caller::of_session(&session);
    view.visitor = Some(Visitor::of(&session, view.language));
    request.extensions_mut().insert(view.clone());
    request.extensions_mut().insert(Token(token));
    request.extensions_mut().insert(session);
    match access::let_in(&state, caller, request, next).await {
        Ok(response) => response,
        Err(problem) => trouble::page(&view, &problem),
    }
}

/// What tells which session a request belongs to.
pub(super) struct Shown {
    token: Option<String>,
    needs_no_key: bool,
}

impl Shown {
    pub(super) fn by(state: &State, request: &Request) -> Self {
        let token = cookie::value(request.headers(), COOKIE).map(str::to_owned);
        Self { token, needs_no_key: access::needs_no_key(state, request) }
    }

    /// The session, with its token.
    pub(super) async fn session(self, state: &State) -> Result<Option<(Session, String)>, Problem> {
        let Some(token) = self.token else { return Ok(None) };
        let session = bole_engine::session(&state.server.engine, &token).await?;
        // Without a key it holds as long as requests of this machine need none.
        let session = session.filter(|session| session.key.is_some() || self.needs_no_key);
        Ok(session.map(|session| (session, token)))
    }
}

/// To the page where one signs in, and back again after it.
fn to_sign_in(request: &Request, view: &View) -> Response {
    let had_one = cookie::value(request.headers(), COOKIE).is_some();
    let ended = if had_one { "&ended=yes" } else { "" };
    // A part of a page is no place to come back to: the page is.
    let is_part = request.headers().contains_key(HX_REQUEST);
    let back = if is_part { page_of_part(request.headers()) } else { view.here.clone() };
    let back = if request.method().is_safe() || is_part { back } else { "/".to_owned() };
    let to = format!("/sign-in?next={}{ended}", encoded(&back));
    if is_part {
        let to = HeaderValue::try_from(to).unwrap_or(HeaderValue::from_static("/sign-in"));
        return [(HX_REDIRECT, to)].into_response();
    }
    Redirect::to(&to).into_response()
}

/// The path and query of the page that a part of is asked for.
fn page_of_part(headers: &HeaderMap) -> String {
    let page = headers.get("hx-current-url").and_then(|page| page.to_str().ok());
    let page = page.and_then(|page| page.parse::<axum::http::Uri>().ok());
    page.and_then(|page| page.path_and_query().map(ToString::to_string)).unwrap_or_else(|| "/".to_owned())
}

/// `text` as a value in an address.
pub(super) fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
