//! What a resume says stays text, wherever it is shown.

use anyhow::{Context, Result};
use bole_tests::{Installation, Running};

use super::Visitor;
use crate::protected::drawn;

/// Texts that would do something where they are not treated as text.
pub(crate) const PAYLOADS: [&str; 12] = [
    "<script>window.__xss=1</script>",
    "\"><script>window.__xss=2</script>",
    "'><img src=x onerror=window.__xss=3>",
    "<svg/onload=window.__xss=4>",
    "</title><script>window.__xss=5</script>",
    "javascript:window.__xss=6",
    "{{constructor.constructor('window.__xss=7')()}}",
    "<iframe srcdoc='<script>parent.__xss=8</script>'>",
    "<a href=javascript:window.__xss=9>x</a>",
    "<div hx-get=/ hx-trigger=load hx-on:load=window.__xss=10>",
    "&lt;script&gt;window.__xss=11&lt;/script&gt;",
    "=cmd|'/c calc'!A1",
];

/// A resume that says them all, as name, as work, as skill.
pub(crate) fn hostile_resume() -> Vec<u8> {
    let mut lines: Vec<Vec<&str>> = vec![
        vec!["Ann <b>Example</b>"],
        vec!["ann@example.org"],
        vec!["Work Experience"],
        vec!["2018.09 - 2023.06  Battery Engineer, <script>window.__xss=0</script> Cells"],
        vec!["Developed solid-state battery cells and the battery management system"],
    ];
    lines.extend(PAYLOADS.iter().map(|payload| vec![*payload]));
    lines.push(vec!["Skills"]);
    lines.push(vec!["Solid-state battery, <img src=x onerror=window.__xss=12>, battery management system"]);
    drawn(&lines.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

#[test]
fn what_a_resume_says_stays_text() -> Result<()> {
    let installation = Installation::new()?;
    installation.write("<img src=x onerror=window.__xss=13>.pdf", &hostile_resume())?;
    let folder = installation.files()?;
    installation.succeed(["ingest".as_ref(), folder.as_os_str()])?;
    let server = Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)?;
    let visitor = Visitor::enter(server.address(), &installation.key(&["recruiter"])?)?;
    let report = installation.json(["match", "energy-storage", "--format", "json"])?;
    let resume = report["results"][0]["resume"].as_str().context("somebody is ranked")?;
    visitor.post(&format!("/candidates/{resume}/notes"), &[("text", PAYLOADS[0])])?;
    visitor.post("/shortlists", &[("name", PAYLOADS[1]), ("profile", "energy-storage")])?;
    let mut n_told = 0;
    for path in [
        "/matches?profile=energy-storage",
        &format!("/candidates/{resume}?profile=energy-storage"),
        "/search?q=script",
        "/search?q=%3Cscript%3Ewindow.__xss%3D1%3C%2Fscript%3E",
        "/shortlists",
        "/matches?profile=%3Cscript%3E1%3C%2Fscript%3E",
        "/matches?profile=energy-storage&filter=%22%3E%3Cscript%3E1%3C%2Fscript%3E",
        "/candidates/%3Cscript%3E1%3C%2Fscript%3E",
        "/sign-in?next=%22%3E%3Cscript%3E1%3C%2Fscript%3E",
        "/sign-in?next=javascript:alert(1)",
    ] {
        let page = visitor.get(path)?.body;
        n_told += page.matches("__xss").count();
        for mark in [
            "<script>",
            "<img src=x",
            "<svg/",
            "<iframe",
            "<b>Example",
            " onerror=\"",
            "href=\"javascript:",
            "<div hx-get",
        ] {
            assert!(!page.contains(mark), "{path}: {mark}");
        }
    }
    assert!(n_told > 5, "the texts are shown, as text: {n_told}");
    Ok(())
}
