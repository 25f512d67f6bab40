//! The description of the API, as the server and the program tell it.

use anyhow::{Context, Result};
use bole_tests::{Backends, Installation};
use serde_json::Value;

use super::{Client, serve};

const DESCRIPTION: &str = include_str!("../../../deploy/openapi.json");

#[test]
fn the_description_is_the_same_everywhere_and_people_can_read_it() -> Result<()> {
    let installation = Installation::on(Backends::LOCAL)?;
    installation.add_portal("live")?;
    assert_eq!(installation.succeed(["openapi"])?.stdout, DESCRIPTION, "`bole openapi`");
    let server = serve(&installation)?;
    // It is no secret: nobody needs a key.
    let nobody = Client::new(server.address(), "");
    let description: Value = serde_json::from_str(DESCRIPTION)?;
    assert_eq!(nobody.read("/v1/openapi.json")?, description);

    let page = nobody.get("/docs")?;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !page.body.contains("<script"), "{policy}");
    for (path, item) in description["paths"].as_object().context("addresses")? {
        for (method, operation) in item.as_object().context("operations")? {
            let id = format!("{method}{}", path.replace(['/', '{', '}'], "-"));
            let summary = operation["summary"].as_str().context("a summary")?;
            assert!(
                page.body.contains(&format!("<section id=\"{id}\">")),
                "{method} {path} is not in the page"
            );
            assert!(page.body.contains(&format!("<a href=\"#{id}\">")), "{method} {path} is not in its list");
            let shown = summary.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            assert!(page.body.contains(&shown), "{summary}");
        }
    }
    let style = nobody.get("/docs/reference.css")?;
    assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
    assert_eq!(server.stop()?.code, Some(0));
    Ok(())
}
