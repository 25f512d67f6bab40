//! Who is asking, and what they may do. A handler says in its arguments which role it is for; the key is looked at before
//! it is called.

use std::time::Duration;

use axum::extract::{FromRequestParts, Request, State as Shared};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use bole_core::{Actor, KeyId, KeyRecord, Portal, Role};
use bole_engine::{Scope, Session, verify_key};
use tokio::time::timeout;

use crate::State;
use crate::connections::Peer;
use crate::problem::{Code, Problem};

/// Who is asking.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    key: Option<KeyId>,
    name: String,
    grant: Grant,
    /// Whether people are shown without what tells who they are.
    is_blind: bool,
}

#[derive(Clone, Debug)]
enum Grant {
    Role(Role),
    /// From this machine, without a key, where the configuration allows it.
    Everything,
}

/// A portal, for its own submissions.
#[derive(Clone, Debug)]
pub(crate) struct AsPortal {
    pub(crate) portal: Portal,
}

/// A recruiter, for the fields of their unit.
#[derive(Clone, Debug)]
pub(crate) struct AsRecruiter {
    pub(crate) caller: Caller,
    pub(crate) scope: Scope,
}

/// An operator, or an administrator.
#[derive(Clone, Debug)]
pub(crate) struct AsOps {
    pub(crate) caller: Caller,
}

/// An administrator.
#[derive(Clone, Debug)]
pub(crate) struct AsAdmin {
    pub(crate) caller: Caller,
}

impl Caller {
    fn of_key(key: KeyRecord) -> Self {
        Self { key: Some(key.id), name: key.name, grant: Grant::Role(key.role), is_blind: false }
    }

    fn of_this_machine() -> Self {
        Self { key: None, name: "this machine".to_owned(), grant: Grant::Everything, is_blind: false }
    }

    /// Who signed in to the console.
    pub(crate) fn of_session(session: &Session) -> Self {
        let caller = session.key.clone().map_or_else(Self::of_this_machine, Self::of_key);
        Self { is_blind: session.is_blind, ..caller }
    }

    /// As the audit log names them.
    pub(crate) fn actor(&self) -> Actor {
        let role = match &self.grant {
            Grant::Role(role) => role.code(),
            Grant::Everything => "loopback",
        };
        Actor { key: self.key, name: self.name.clone(), role: role.to_owned() }
    }

    /// Who decides, notes and lists, for people.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn may(&self, found: bool, role: &str) -> Result<(), Problem> {
        match &self.grant {
            _ if found => Ok(()),
            Grant::Role(own) => {
                let detail = format!("this is for keys of the role `{role}`, yours is `{}`", own.code());
                Err(Problem::with_detail(Code::NotAllowed, detail))
            }
            Grant::Everything => Ok(()),
        }
    }
}

/// Lets in whom the key opens the door for, as often as it may.
pub(crate) async fn admit(
    Shared(state): Shared<State>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let settings = &state.server.engine.settings().server;
    let caller = match presented(&request, needs_no_key(&state, &request))? {
        None => Caller::of_this_machine(),
        Some(key) => match timeout(settings.request_time, verify_key(&state.server.engine, &key)).await {
            Ok(found) => match found? {
                Some(key) => Caller::of_key(key),
                None => return Err(Problem::new(Code::WrongKey)),
            },
            Err(_) => return Err(Problem::new(Code::Unavailable)),
        },
    };
    let_in(&state, caller, request, next).await
}

/// Lets `caller` in, as often as they may.
pub(crate) async fn let_in(
    state: &State,
    caller: Caller,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let settings = &state.server.engine.settings().server;
    let role = match &caller.grant {
        Grant::Role(role) => Some(role),
        Grant::Everything => None,
    };
    let admitted = state.limits.admit(caller.key, role)?;
    request.extensions_mut().insert(caller);
    request.extensions_mut().insert(admitted.clone());
    let receiving = if request.method().is_safe() { Duration::ZERO } else { settings.body_time };
    let time = settings.request_time + receiving;
    match timeout(time, next.run(request)).await {
        Ok(response) => Ok(response),
        Err(_) => Err(Problem::new(Code::TookTooLong)),
    }
}

/// The key that a request shows; none for one that needs none.
fn presented(request: &Request, needs_no_key: bool) -> Result<Option<String>, Problem> {
    let Some(given) = request.headers().get(header::AUTHORIZATION) else {
        return if needs_no_key { Ok(None) } else { Err(Problem::new(Code::NoKey)) };
    };
    let key = given.to_str().ok().and_then(|given| {
        let (scheme, key) = given.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| key.trim().to_owned())
    });
    key.map(Some).ok_or_else(|| Problem::new(Code::NoKey))
}

/// Whether a request is let in without a key: where the configuration allows it, from this machine itself.
pub(crate) fn needs_no_key(state: &State, request: &Request) -> bool {
    state.server.engine.settings().server.open_loopback && is_of_this_machine(request)
}

/// Whether a request was made on this machine, by a program and not by a page of a website, and came by no proxy.
fn is_of_this_machine(request: &Request) -> bool {
    let peer = request.extensions().get::<Peer>();
    let is_loopback = peer.is_some_and(|Peer(address)| address.ip().to_canonical().is_loopback());
    is_loopback && names_this_machine(request.headers()) && !is_passed_on(request.headers())
}

/// A page of a website whose name was made to lead here would send that name.
fn names_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost"
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// Sent by a proxy, or from a page of another origin.
fn is_passed_on(headers: &HeaderMap) -> bool {
    const TELLTALE: [&str; 5] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];
    is_from_elsewhere(headers) || TELLTALE.iter().any(|name| headers.contains_key(*name))
}

/// Sent from a page of another origin, as browsers tell it.
pub(crate) fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let from_elsewhere = headers
        .get("sec-fetch-site")
        .is_some_and(|site| !["same-origin", "none"].iter().any(|own| site == own));
    let other_origin = headers.get(header::ORIGIN).is_some_and(|origin| {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        origin.to_str().ok().and_then(|origin| origin.split_once("://")).is_none_or(|(_, at)| at != host)
    });
    from_elsewhere || other_origin
}

/// The caller that [`admit`] found.
fn admitted(parts: &Parts) -> Result<Caller, Problem> {
    // An address that nobody is let in to is a mistake of ours: it stays shut.
    parts.extensions.get::<Caller>().cloned().ok_or_else(|| Problem::new(Code::NoKey))
}

impl FromRequestParts<State> for AsPortal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Problem> {
        let caller = admitted(parts)?;
        let portal = match &caller.grant {
            Grant::Role(Role::Portal { portal }) => Some(portal.clone()),
            Grant::Role(_) => None,
            Grant::Everything => Some(Portal::local()),
        };
        caller.may(portal.is_some(), "portal")?;
        Ok(Self { portal: portal.unwrap_or_else(Portal::local) })
    }
}

impl FromRequestParts<State> for AsRecruiter {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Problem> {
        let caller = admitted(parts)?;
        let scope = match &caller.grant {
            Grant::Role(Role::Recruiter { fields }) => {
                Some(fields.as_ref().map_or(Ok(Scope::all()), Scope::only)?)
            }
            Grant::Role(_) => None,
            Grant::Everything => Some(Scope::all()),
        };
        caller.may(scope.is_some(), "recruiter")?;
        let Some(scope) = scope else { return Err(Problem::new(Code::NotAllowed)) };
        let scope = if caller.is_blind { scope.blind() } else { scope };
        Ok(Self { caller, scope })
    }
}

impl FromRequestParts<State> for AsOps {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Problem> {
        let caller = admitted(parts)?;
        caller
            .may(matches!(caller.grant, Grant::Role(Role::Ops | Role::Admin) | Grant::Everything), "ops")?;
        Ok(Self { caller })
    }
}

impl FromRequestParts<State> for AsAdmin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Problem> {
        let caller = admitted(parts)?;
        caller.may(matches!(caller.grant, Grant::Role(Role::Admin) | Grant::Everything), "admin")?;
        Ok(Self { caller })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(peer: &str, headers: &[(&str, &str)]) -> Request {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(axum::body::Body::empty()).unwrap();
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        request
    }

    #[test]
    fn a_request_of_this_machine_is_told_from_others() {
        let own = ("host", "127.0.0.1:8080");
        for (peer, headers) in [
            ("127.0.0.1:5000", vec![own]),
            ("127.0.0.1:5000", vec![("host", "localhost:8080")]),
            ("[::1]:5000", vec![("host", "[::1]:8080")]),
            ("[::ffff:127.0.0.1]:5000", vec![own]),
            (
                "127.0.0.1:5000",
                vec![own, ("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:8080")],
            ),
        ] {
            assert!(is_of_this_machine(&request(peer, &headers)), "{peer} {headers:?}");
        }
        for (peer, headers) in [
            ("10.0.0.1:5000", vec![own]),
            ("127.0.0.1:5000", vec![]),
            ("127.0.0.1:5000", vec![("host", "evil.example")]),
            ("127.0.0.1:5000", vec![("host", "127.0.0.1.evil.example")]),
            ("127.0.0.1:5000", vec![own, ("x-forwarded-for", "10.0.0.1")]),
            ("127.0.0.1:5000", vec![own, ("forwarded", "for=10.0.0.1")]),
            ("127.0.0.1:5000", vec![own, ("sec-fetch-site", "cross-site")]),
            ("127.0.0.1:5000", vec![own, ("origin", "http://evil.example")]),
            ("127.0.0.1:5000", vec![own, ("origin", "null")]),
        ] {
            assert!(!is_of_this_machine(&request(peer, &headers)), "{peer} {headers:?}");
        }
    }
}
