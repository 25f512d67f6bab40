//! What went wrong, as a page: what happened, and what to do.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::frame::{self, Room};
use super::language::Language;
use super::session::View;
use crate::problem::{Code, Problem};

/// Turns the problems of the handlers behind it into pages.
pub(super) async fn as_page(request: Request, next: Next) -> Response {
    let view = request.extensions().get::<View>().cloned().unwrap_or_else(|| View::of(&request));
    let is_part = request.headers().contains_key("hx-request");
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Problem>() {
        None => response,
        Some(problem) if is_part => part(&view, &problem),
        Some(problem) => page(&view, &problem),
    }
}

/// A problem as a page.
pub(super) fn page(view: &View, problem: &Problem) -> Response {
    let (status, title, body) = told(view, problem);
    let back = html! {
        (body)
        p { a href="/" { (view.say("To the start", "返回首页")) } }
    };
    let mut response = frame::page_as(status, view, Room::Outside, &title, &back);
    if let Some(seconds) = problem.retry_after_s() {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// A problem in the page that is open: it is shown above what it has, which stays.
fn part(view: &View, problem: &Problem) -> Response {
    let (status, _, body) = told(view, problem);
    let mut response = (status, frame::part(&html! { div #trouble { (body) } })).into_response();
    let headers = [("hx-retarget", "#trouble"), ("hx-reswap", "outerHTML"), ("hx-reselect", "#trouble")];
    for (name, value) in headers {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

fn told(view: &View, problem: &Problem) -> (axum::http::StatusCode, String, Markup) {
    let (_, status, ..) = problem.code().row();
    let (title, hint) = words(view.language, problem.code());
    let body = html! {
        div.notice.bad role="alert" {
            h1 { (title) }
            p { (hint) }
            @if let Some(detail) = problem.detail() { p.detail lang="en" { (detail) } }
        }
    };
    (status, title.to_owned(), body)
}

/// What somebody at the console is told: what happened, and what to do.
pub(super) fn words(language: Language, code: Code) -> (&'static str, &'static str) {
    let (english, chinese) = match code {
        Code::NoSuchPage | Code::WrongMethod => (
            (
                "There is no such page",
                "The address may be misspelt, or of an older version. Start from the menu.",
            ),
            ("没有这个页面", "地址可能有误或已过时，请从菜单重新进入。"),
        ),
        Code::BadRequest
        | Code::Unprocessable
        | Code::BadSubmission
        | Code::UnsupportedMediaType
        | Code::BodyTooSlow => (
            ("That cannot be done as it is", "Change what the line below names, and try again."),
            ("无法按此执行", "请按下方说明修改后重试。"),
        ),
        Code::NoKey | Code::WrongKey => (
            ("Your session has ended", "Sign in again; you come back to where you were."),
            ("会话已结束", "请重新登录，可从原处继续。"),
        ),
        Code::StaleForm => (
            (
                "This form is from another session",
                "Load the page again and send it once more; nothing was changed.",
            ),
            ("表单已过期", "请刷新页面后重新提交；未作任何更改。"),
        ),
        Code::HiddenInBlindMode => (
            (
                "Blind mode keeps this back",
                "Switch blind mode off, at the top, to see files and to search by name or source.",
            ),
            ("盲选模式下不可查看", "关闭上方的盲选后，可查看原件、按姓名或来源搜索。"),
        ),
        Code::NotAllowed => (
            (
                "This is not for your key",
                "Ask your administrator for a key of the role that the line below names.",
            ),
            ("您的密钥没有此权限", "请向管理员申请下方所示角色的密钥。"),
        ),
        Code::NotFound | Code::UnknownSubmission | Code::UnknownPortal => (
            (
                "It is not here, or not any more",
                "It may have been erased since, or belongs to a field that your key does not see. Go back and load the list again.",
            ),
            ("不存在或已被删除", "它可能已被清除，或属于您无权查看的领域。请返回并刷新列表。"),
        ),
        Code::Conflict => (
            ("It cannot be done as things stand", "Do first what the line below says."),
            ("当前状态下无法执行", "请先按下方说明处理。"),
        ),
        Code::NoOriginal => (
            (
                "The file is not kept",
                "It was too large to keep, or is erased. What was read of it may still be shown.",
            ),
            ("未保存原文件", "文件过大未保存，或已被清除；已读取的内容可能仍可查看。"),
        ),
        Code::TooLarge => (
            ("That is too long", "Send less at once; the line below names the limit."),
            ("内容过长", "请减少一次提交的内容；上限见下方。"),
        ),
        Code::TooManyRequests | Code::TooManyAtOnce | Code::Backlog => (
            ("Too much at once", "Wait a second and try again; nothing was lost."),
            ("请求过于频繁", "请稍候重试；没有丢失任何内容。"),
        ),
        Code::Unavailable | Code::TookTooLong | Code::Stopping => (
            (
                "The server cannot answer just now",
                "Something that it needs is away, or it is starting anew. Try again in a few seconds; nothing was lost.",
            ),
            ("服务器暂时无法响应", "其依赖的服务暂不可用，或正在重启。请几秒后重试；没有丢失任何内容。"),
        ),
        Code::Internal => (
            (
                "The server made a mistake",
                "Try again; if it stays, tell your operators the time: their log says more.",
            ),
            ("服务器出错", "请重试；若仍出错，请将时间告知运维人员，日志中有详情。"),
        ),
    };
    language.say(english, chinese)
}
