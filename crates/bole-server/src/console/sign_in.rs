//! In and out.

use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use bole_core::{AuditAction, Role};
use bole_engine::Session;
use maud::html;

use super::form::{Fields, Posted, unsigned};
use super::frame::{Room, page_as};
use super::language::own_address;
use super::session::{COOKIE, Shown, Token, View};
use super::trouble;
use crate::State;
use crate::access::{self, Caller};
use crate::audited::{Audited, audit};
use crate::problem::{Code, Problem};
use crate::request::RequestId;

/// Why somebody is still outside.
#[derive(Clone, Copy)]
enum Why {
    Nothing,
    Ended,
    WrongKey,
    ForPrograms,
    NoKey,
}

pub(super) async fn page(Shared(state): Shared<State>, fields: Fields, request: Request) -> Response {
    let why = if fields.get("ended").is_some() { Why::Ended } else { Why::Nothing };
    Outside::of(&state, &request).form(fields.get("next"), why)
}

pub(super) async fn enter(Shared(state): Shared<State>, id: RequestId, request: Request) -> Response {
    let view = View::of(&request);
    match entered(&state, id, request).await {
        Ok(response) => response,
        Err(problem) => trouble::page(&view, &problem),
    }
}

async fn entered(state: &State, id: RequestId, request: Request) -> Result<Response, Problem> {
    if access::is_from_elsewhere(request.headers()) {
        return Err(Problem::with_detail(Code::NotAllowed, "the form was sent from another site"));
    }
    let outside = Outside::of(state, &request);
    let is_encrypted = is_encrypted(state, request.headers());
    let fields = unsigned(state, request).await?;
    let (next, key) = (fields.get("next"), fields.get("key"));
    if key.is_none() && !outside.needs_no_key {
        return Ok(outside.form(next, Why::NoKey));
    }
    let Some((token, session)) = bole_engine::begin_session(&state.server.engine, key).await? else {
        return Ok(outside.form(next, Why::WrongKey));
    };
    let token = token.reveal().to_string();
    if matches!(session.key.as_ref().map(|key| &key.role), Some(Role::Portal { .. })) {
        bole_engine::end_session(&state.server.engine, &token).await?;
        return Ok(outside.form(next, Why::ForPrograms));
    }
    let caller = Caller::of_session(&session);
    audit(state, Audited::new(&caller, id, AuditAction::SignIn)).await?;
    let mut response = Redirect::to(&own_address(next)).into_response();
    set_cookie(&mut response, &token, Session::LASTS.as_secs(), is_encrypted);
    Ok(response)
}

pub(super) async fn leave(
    Shared(state): Shared<State>,
    Token(token): Token,
    headers: HeaderMap,
    _: Posted,
) -> Result<Response, Problem> {
    bole_engine::end_session(&state.server.engine, &token).await?;
    let mut response = Redirect::to("/sign-in").into_response();
    set_cookie(&mut response, "", 0, is_encrypted(&state, &headers));
    Ok(response)
}

/// Switches blind mode for the rest of the session.
pub(super) async fn blind(
    Shared(state): Shared<State>,
    Token(token): Token,
    Posted(fields): Posted,
) -> Result<Response, Problem> {
    bole_engine::set_blind(&state.server.engine, &token, fields.need("blind")? == "on").await?;
    Ok(Redirect::to(&own_address(fields.get("back"))).into_response())
}

/// Whether the browser speaks TLS: with this server, or with a proxy before it. Who tells so falsely keeps themselves out.
fn is_encrypted(state: &State, headers: &HeaderMap) -> bool {
    let is_own = state.server.engine.settings().server.certificate.is_some();
    is_own || headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https")
}

/// Scripts do not see it, and no other site sends it.
fn set_cookie(response: &mut Response, token: &str, seconds: i64, is_encrypted: bool) {
    let secure = if is_encrypted { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// Where somebody stands who has no session.
struct Outside {
    view: View,
    needs_no_key: bool,
}

impl Outside {
    fn of(state: &State, request: &Request) -> Self {
        Self { view: View::of(request), needs_no_key: access::needs_no_key(state, request) }
    }

    fn form(&self, next: Option<&str>, why: Why) -> Response {
        let Self { view, needs_no_key } = self;
        let needs_no_key = *needs_no_key;
        let next = own_address(next);
        let why_not = match why {
        Why::Nothing => None,
        Why::Ended => Some(view.say(
            "Your session has ended: twelve hours have passed, or the key was taken back. Sign in again and go on where you were.",
            "会话已结束：已满十二小时，或密钥已被收回。请重新登录，可从原处继续。",
        )),
        Why::WrongKey => Some(view.say(
            "This key opens nothing. See whether it is whole; it may have expired or been taken back: ask your administrator for a new one.",
            "该密钥无效。请检查是否完整；它可能已过期或被收回，请向管理员申请新密钥。",
        )),
        Why::ForPrograms => Some(view.say(
            "This is the key of a portal, for programs. Sign in with the key of a recruiter, an operator or an administrator.",
            "这是门户程序使用的密钥。请使用招聘、运维或管理员的密钥登录。",
        )),
        Why::NoKey => Some(view.say(
            "Paste your key. Without one nobody is let in here.",
            "请粘贴您的密钥；没有密钥无法进入。",
        )),
    };
        let title = view.say("Sign in", "登录");
        let body = html! {
            div.door {
                h1 { (title) }
                @if let Some(why_not) = why_not { p.notice.bad role="alert" { (why_not) } }
                @if needs_no_key {
                    form.stack method="post" action="/sign-in" {
                        input type="hidden" name="next" value=(next);
                        button.main type="submit" { (view.say("Enter from this machine", "从本机进入")) }
                        p.soft { (view.say(
                            "This installation lets in whoever sits at this machine, to everything.",
                            "本安装允许本机用户直接进入，并拥有全部权限。",
                        )) }
                    }
                    p.or { (view.say("or", "或")) }
                }
                form.stack method="post" action="/sign-in" {
                    input type="hidden" name="next" value=(next);
                    label for="key" { (view.say("Your key", "密钥")) }
                    input #key type="password" name="key" autocomplete="current-password" required autofocus[!needs_no_key] spellcheck="false" maxlength="200" placeholder="bole_…";
                    button.main type="submit" { (title) }
                    p.soft { (view.say(
                        "Administrators make keys: bole key create --help",
                        "密钥由管理员创建：bole key create --help",
                    )) }
                }
            }
        };
        let status = match why {
            Why::WrongKey | Why::ForPrograms | Why::NoKey => axum::http::StatusCode::FORBIDDEN,
            Why::Nothing | Why::Ended => axum::http::StatusCode::OK,
        };
        page_as(status, view, Room::Outside, title, &body)
    }
}

/// The start page of who has a session.
pub(super) async fn home(Shared(state): Shared<State>, request: Request) -> Response {
    let view = View::of(&request);
    match Shown::by(&state, &request).session(&state).await {
        Ok(found) => {
            let role = found.as_ref().map(|(session, _)| session.key.as_ref().map(|key| &key.role));
            let to = match role {
                None => "/sign-in",
                Some(None | Some(Role::Recruiter { .. })) => "/matches",
                Some(Some(_)) => "/burst",
            };
            Redirect::to(to).into_response()
        }
        Err(problem) => trouble::page(&view, &problem),
    }
}
