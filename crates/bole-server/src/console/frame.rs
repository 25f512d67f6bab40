//! What is around every page.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::assets;
use super::form::TOKEN;
use super::session::{View, Visitor, encoded};

/// Which part of the console a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    Matches,
    Search,
    Shortlists,
    Profiles,
    Burst,
    Quarantine,
    Audit,
    /// None of them.
    Outside,
}

/// Nothing runs, is fetched or framed but what this server holds.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
/// Other sites are told nothing. Forms of a page that tells nobody come without their origin, as if from anywhere.
const REFERRER: &str = "same-origin";
/// Nothing is run that a page holds as text, and what is asked in vain is told once.
const HTMX: &str =
    r#"{"includeIndicatorCSS":false,"defaultTimeout":20000,"history":true,"transitions":false}"#;

impl Room {
    const ALL: [Self; 7] = [
        Self::Matches,
        Self::Search,
        Self::Shortlists,
        Self::Profiles,
        Self::Burst,
        Self::Quarantine,
        Self::Audit,
    ];

    fn address(self) -> &'static str {
        match self {
            Self::Matches => "/matches",
            Self::Search => "/search",
            Self::Shortlists => "/shortlists",
            Self::Profiles => "/profiles",
            Self::Burst => "/burst",
            Self::Quarantine => "/quarantine",
            Self::Audit => "/audit",
            Self::Outside => "/",
        }
    }

    fn name(self, view: &View) -> &'static str {
        match self {
            Self::Matches => view.say("Matches", "匹配"),
            Self::Search => view.say("Search", "搜索"),
            Self::Shortlists => view.say("Shortlists", "候选名单"),
            Self::Profiles => view.say("Profiles", "画像"),
            Self::Burst => view.say("Burst", "流量"),
            Self::Quarantine => view.say("Quarantine", "隔离区"),
            Self::Audit => view.say("Audit", "审计"),
            Self::Outside => "",
        }
    }

    fn is_for(self, visitor: &Visitor) -> bool {
        match self {
            Self::Matches | Self::Search | Self::Shortlists | Self::Profiles => visitor.is_recruiter,
            Self::Burst | Self::Quarantine => visitor.is_ops,
            Self::Audit => visitor.is_admin,
            Self::Outside => false,
        }
    }
}

/// A page of the console.
pub(crate) fn page(view: &View, room: Room, title: &str, body: &Markup) -> Response {
    page_as(StatusCode::OK, view, room, title, body)
}

pub(crate) fn page_as(status: StatusCode, view: &View, room: Room, title: &str, body: &Markup) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::REFERRER_POLICY, HeaderValue::from_static(REFERRER)),
    ];
    (status, headers, whole(view, room, title, body).into_string()).into_response()
}

/// A part of a page, for a page that is open already.
pub(crate) fn part(body: &Markup) -> Response {
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    let policy = HeaderValue::from_static(POLICY);
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, policy)];
    (headers, body.clone().into_string()).into_response()
}

/// The token that makes a form one of ours.
pub(crate) fn token(view: &View) -> Markup {
    html! { input type="hidden" name=(TOKEN) value=(view.form_token()); }
}

fn whole(view: &View, room: Room, title: &str, body: &Markup) -> Markup {
    let away = view.say(
        "The server cannot be reached. What you see may be old; this page keeps trying.",
        "无法连接服务器。当前内容可能已过时，页面会继续重试。",
    );
    html! {
        (DOCTYPE)
        html lang=(view.language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="htmx-config" content=(HTMX);
                title { (title) " · Bole 伯乐" }
                link rel="icon" href=(assets::address("mark.svg"));
                link rel="stylesheet" href=(assets::address("console.css"));
                script src=(assets::address("htmx.js")) defer {}
                script src=(assets::address("console.js")) defer {}
            }
            body {
                a.skip href="#main" { (view.say("Skip to the content", "跳到正文")) }
                (head(view, room))
                div #away.away role="alert" hidden { (away) }
                main #main tabindex="-1" { (body) }
                (keys(view))
            }
        }
    }
}

fn head(view: &View, room: Room) -> Markup {
    let other = view.language.other();
    let language = format!("/language?to={}&back={}", other.code(), encoded(&view.here));
    html! {
        header.head {
            a.brand href="/" {
                img src=(assets::address("mark.svg")) alt="" width="28" height="28";
                span { "Bole" } span lang="zh-Hans" { "伯乐" }
            }
            @if let Some(visitor) = &view.visitor {
                nav.rooms aria-label=(view.say("Parts of the console", "控制台")) {
                    @for other in Room::ALL.into_iter().filter(|room| room.is_for(visitor)) {
                        a href=(other.address()) aria-current=[(other == room).then_some("page")] { (other.name(view)) }
                    }
                }
            }
            div.self {
                @if let Some(visitor) = &view.visitor {
                    @if visitor.is_recruiter { (blind(view, visitor)) }
                    a.language href=(language) lang=(other.tag()) hreflang=(other.tag()) { (other.say("English", "中文")) }
                    form method="post" action="/sign-out" {
                        (token(view))
                        span.who title=(visitor.name) { (visitor.name) }
                        button.plain type="submit" { (view.say("Sign out", "退出")) }
                    }
                } @else {
                    a.language href=(language) lang=(other.tag()) hreflang=(other.tag()) { (other.say("English", "中文")) }
                }
            }
        }
    }
}

/// Switches between seeing who people are and not.
fn blind(view: &View, visitor: &Visitor) -> Markup {
    let about = view.say(
        "Shows people without name, contact, gender, age, origin, photo or page",
        "隐去姓名、联系方式、性别、年龄、籍贯、照片与原页",
    );
    html! {
        form method="post" action="/blind" {
            (token(view))
            input type="hidden" name="back" value=(view.here);
            input type="hidden" name="blind" value=(if visitor.is_blind { "off" } else { "on" });
            button.switch type="submit" aria-pressed=(visitor.is_blind.to_string()) title=(about) {
                span.knob aria-hidden="true" {}
                (view.say("Blind", "盲选"))
            }
        }
    }
}

/// The keys that do something, shown by `?`.
fn keys(view: &View) -> Markup {
    let all = [
        ("/", view.say("search, or the filter of this page", "搜索或本页筛选")),
        ("j", view.say("next in the list", "下一个")),
        ("k", view.say("previous in the list", "上一个")),
        ("Enter", view.say("open it", "打开")),
        ("x", view.say("choose it for comparing", "选入对比")),
        ("?", view.say("these keys", "快捷键")),
    ];
    html! {
        dialog #keys aria-label=(view.say("Keys", "快捷键")) {
            h2 { (view.say("Keys", "快捷键")) }
            dl.keys { @for (key, does) in all { dt { kbd { (key) } } dd { (does) } } }
            form method="dialog" { button { (view.say("Close", "关闭")) } }
        }
    }
}
