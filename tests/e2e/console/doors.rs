use anyhow::Result;
use bole_tests::{Installation, Running};

use super::{Visitor, post, sign_in};

/// Pages, and the roles that see them: recruiter, ops, admin.
const PAGES: [(&str, [bool; 3]); 9] = [
    ("/matches", [true, false, false]),
    ("/search?q=a", [true, false, false]),
    ("/shortlists", [true, false, false]),
    ("/profiles", [true, false, false]),
    ("/profiles/draft", [true, false, false]),
    ("/compare?resume=a&resume=b", [true, false, false]),
    ("/burst", [false, true, true]),
    ("/quarantine", [false, true, true]),
    ("/audit", [false, false, true]),
];
/// What forms are sent to.
const FORMS: [&str; 7] = [
    "/blind",
    "/shortlists/add",
    "/shortlists",
    "/profiles/check",
    "/profiles/draft",
    "/candidates/aaaaaaaa/decide",
    "/candidates/aaaaaaaa/notes",
];
const ROLES: [&[&str]; 3] = [&["recruiter"], &["ops"], &["admin"]];

#[test]
fn a_session_opens_what_its_key_is_for_and_nothing_else() -> Result<()> {
    let installation = Installation::new()?;
    let server = Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)?;
    let address = server.address();
    for (place, role) in ROLES.into_iter().enumerate() {
        let key = installation.key(role)?;
        let visitor = Visitor::enter(address, &key)?;
        for (path, is_for) in PAGES {
            let answer = visitor.get(path)?;
            assert_eq!(answer.status != 403, is_for[place], "{role:?} {path}: {answer:?}");
            assert!(answer.header("content-type").starts_with("text/html"), "{path}: {answer:?}");
            assert!(answer.header("content-security-policy").contains("script-src 'self'"), "{answer:?}");
            assert!(!answer.body.contains(" style=") && !answer.body.contains("<script>"), "{path}");
        }
    }
    Ok(())
}

#[test]
fn browsers_are_shown_a_page_where_nothing_is_and_programs_a_problem() -> Result<()> {
    let installation = Installation::new()?;
    let server = Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)?;
    let browser = ("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
    for (headers, kind) in [(&[][..], "application/problem+json"), (&[browser], "text/html; charset=utf-8")] {
        let answer = bole_tests::request(server.address(), "GET /nowhere", headers, "")?;
        assert_eq!((answer.status, answer.header("content-type")), (404, kind), "{answer:?}");
    }
    Ok(())
}

#[test]
fn without_a_session_there_is_only_the_door() -> Result<()> {
    let installation = Installation::new()?;
    let server = Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)?;
    let address = server.address();
    for (path, _) in PAGES {
        let page = path.split('?').next().unwrap_or_default();
        for cookie in ["", "bole_session=", "bole_session=00", &format!("bole_session={}", "0".repeat(64))] {
            let answer = bole_tests::request(address, &format!("GET {path}"), &[("Cookie", cookie)], "")?;
            assert_eq!(answer.status, 303, "{path} {cookie}: {answer:?}");
            let to = answer.header("location");
            assert!(to.starts_with("/sign-in?next="), "{to}");
            assert!(to.contains(&page.replace('/', "%2F")), "{to} leads back to {page}");
        }
    }
    for wrong in ["bole_x", "", "bole_0000000000000000_00", &"x".repeat(9000)] {
        let answer = sign_in(address, wrong)?;
        assert!(matches!(answer.status, 403 | 413), "{wrong}: {answer:?}");
        assert_eq!(answer.header("set-cookie"), "");
    }
    installation.add_portal("live")?;
    let of_portal = installation.keys().bearer("live").replace("Bearer ", "");
    let answer = sign_in(address, &of_portal)?;
    assert_eq!((answer.status, answer.header("set-cookie")), (403, ""), "{answer:?}");
    Ok(())
}

#[test]
fn forms_of_other_sites_do_nothing() -> Result<()> {
    let installation = Installation::new()?;
    let server = Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)?;
    let key = installation.key(&["recruiter"])?;
    let visitor = Visitor::enter(server.address(), &key)?;
    let other = Visitor::enter(server.address(), &key)?;
    let token = visitor.token()?;
    assert_ne!(token, other.token()?, "a token is of one session");
    for path in FORMS {
        for fields in [&[][..], &[("token", "")], &[("token", other.token()?.as_str())]] {
            let answer = visitor.post_bare(path, fields)?;
            assert_eq!(answer.status, 403, "{path} {fields:?}: {answer:?}");
        }
        for elsewhere in [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")] {
            let headers = [("Cookie", visitor.cookie.as_str()), elsewhere];
            let answer = post(server.address(), path, &headers, &[("token", &token)])?;
            assert_eq!(answer.status, 403, "{path} {elsewhere:?}: {answer:?}");
        }
    }
    let elsewhere = [("Origin", "https://evil.example")];
    assert_eq!(post(server.address(), "/sign-in", &elsewhere, &[("key", &key)])?.status, 403);
    Ok(())
}

/// Over plain HTTP a browser would not keep it at all.
#[test]
fn a_cookie_that_came_by_an_encrypted_way_stays_on_such() -> Result<()> {
    let installation = Installation::new()?;
    let server = Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)?;
    let key = installation.key(&["recruiter"])?;
    for (scheme, is_secure) in [("https", true), ("http", false), ("", false)] {
        let answer = post(server.address(), "/sign-in", &[("X-Forwarded-Proto", scheme)], &[("key", &key)])?;
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("bole_session="), "{answer:?}");
        assert_eq!(cookie.ends_with("; Secure"), is_secure, "{scheme}: {cookie}");
    }
    Ok(())
}

#[test]
fn who_leaves_is_out_and_comes_back_to_where_they_were() -> Result<()> {
    let installation = Installation::new()?;
    let server = Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)?;
    let visitor = Visitor::enter(server.address(), &installation.key(&["recruiter"])?)?;
    assert_eq!(visitor.get("/matches")?.status, 200);
    let left = visitor.post("/sign-out", &[])?;
    assert_eq!((left.status, left.header("location")), (303, "/sign-in"), "{left:?}");
    assert!(left.header("set-cookie").contains("Max-Age=0"), "{left:?}");
    let back = visitor.get("/matches?profile=finance")?;
    assert_eq!(back.header("location"), "/sign-in?next=%2Fmatches%3Fprofile%3Dfinance&ended=yes");
    // A part of a page has the browser go there.
    let headers = [
        ("Cookie", visitor.cookie.as_str()),
        ("HX-Request", "true"),
        ("HX-Current-URL", "http://bole/search?q=x"),
    ];
    let part = bole_tests::request(server.address(), "GET /search?q=xy", &headers, "")?;
    assert_eq!(part.header("hx-redirect"), "/sign-in?next=%2Fsearch%3Fq%3Dx&ended=yes", "{part:?}");
    let said = bole_tests::request(server.address(), "GET /sign-in?ended=yes", &[], "")?;
    assert!(said.body.contains("Your session has ended"), "{said:?}");
    Ok(())
}
