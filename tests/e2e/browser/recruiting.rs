//! A recruiter's day.

use anyhow::{Context, Result};
use bole_tests::{Browser, Installation, Language, Running, demo_resumes, text_pdf};
use serde_json::{Value, json};

use super::Desk;

/// The fourth line is the one that shows most.
const LINES: [&str; 6] = [
    "Ann Example",
    "ann.example@example.org",
    "Work experience",
    "2015-03 - 2023-08  Battery engineer, Quartzite Cells: solid-state batteries",
    "Education",
    "2011 - 2015  Bachelor of Materials Science, University of Example",
];
/// Of `text_pdf`, in points: the first baseline from the top of the page, and from line to line.
const FIRST_BASELINE: f64 = 842.0 - 770.0;
const LEADING: f64 = 14.0;

fn installed() -> Result<(Installation, Running)> {
    let installation = Installation::new()?;
    installation.write("ann.pdf", &text_pdf(&LINES))?;
    let own = installation.files()?;
    installation.succeed(["ingest".as_ref(), own.as_os_str(), demo_resumes().as_os_str()])?;
    let server = Running::start(&mut installation.command(["serve", "--listen", "127.0.0.1:0"])?)?;
    Ok((installation, server))
}

/// What a page answers to its own script.
fn fetched(browser: &Browser, path: &str) -> Result<(u64, String)> {
    let script = "const asked = new XMLHttpRequest(); asked.open('GET', arguments[0], false); asked.send();
        return [asked.status, asked.responseText];";
    Ok(serde_json::from_value(browser.run(script, [json!(path)])?)?)
}

fn names(browser: &Browser) -> Result<Vec<String>> {
    browser.texts("li.person .name")
}

#[test]
fn people_are_ranked_anew_while_a_weight_is_dragged() -> Result<()> {
    let (installation, server) = installed()?;
    let desk = Desk::enter(&installation, &server, "recruiter", Language::English)?;
    let browser = &desk.browser;
    desk.look_at("/matches?profile=energy-storage")?;
    desk.open("/matches?profile=energy-storage")?;
    let before = (names(browser)?, browser.texts("li.person .score strong")?);
    assert!(before.0.len() > 5, "{before:?}");
    // Nothing but the ranking is replaced: the page is the same, and the focus stays.
    browser.run("window.same = true;", [])?;
    let slider = browser.run("return document.querySelector('.weights input[type=range]').id;", [])?;
    let id = slider.as_str().context("a slider")?;
    let slider = format!("#{id}");
    browser.drag_to(&slider, 0.0)?;
    browser.wait_until("a new ranking", |browser| {
        Ok((names(browser)?, browser.texts("li.person .score strong")?) != before)
    })?;
    assert_eq!(browser.text(&format!("output[for='{id}']"))?, "0");
    let state = browser.run(
        "return [window.same === true, document.activeElement === document.querySelector(arguments[0])];",
        [json!(slider)],
    )?;
    assert_eq!(state, json!([true, true]));
    // The address is the state of the page.
    browser.wait_until("the address", |browser| Ok(browser.url()?.contains("w.")))?;
    let (after, address) = (browser.texts("li.person .score strong")?, browser.url()?);
    browser.open(&address)?;
    assert_eq!(browser.texts("li.person .score strong")?, after);

    // A filter that is not understood is told, and what was typed stays.
    browser.type_in("#filter", "title:(")?;
    browser.press(bole_tests::Key::Enter)?;
    browser.wait_for("#matches [role=alert], #ranking [role=alert], #trouble [role=alert]")?;
    assert_eq!(browser.value("#filter")?, "title:(");
    assert!(browser.url()?.contains("w."), "the weights stay: {}", browser.url()?);
    let errors = browser.script_errors()?;
    assert!(errors.iter().all(|error| error.contains("status of 422")), "{errors:?}");
    assert_eq!(browser.dialogs_opened()?, [""; 0]);
    Ok(())
}

#[test]
fn evidence_is_lit_on_its_line_of_the_page() -> Result<()> {
    let (installation, server) = installed()?;
    let desk = Desk::enter(&installation, &server, "recruiter", Language::English)?;
    let browser = &desk.browser;
    let found = installation.json(["search", "Quartzite"])?;
    let resume = found["hits"][0]["resume"].as_str().context("Ann is found")?;
    let path = format!("/candidates/{resume}?profile=energy-storage");
    desk.look_at(&path)?;
    desk.open(&path)?;
    assert_eq!(browser.text("h1")?, "Ann Example");
    browser.wait_until("the picture of the page", |browser| {
        let script =
            "return [...document.querySelectorAll('.sheets img')].some(image => image.naturalWidth > 500)
            || [...document.querySelectorAll('.sheets image')].some(image => image.getBBox().width > 100);";
        Ok(browser.run(script, [])? == json!(true))
    })?;
    assert_eq!(fetched(browser, &format!("/candidates/{resume}/pages/1.png"))?.0, 200);
    let reason = "return [...document.querySelectorAll('.reason')].findIndex(reason => \
        reason.querySelector('q')?.textContent.includes('solid-state'));";
    let place = browser.run(reason, [])?.as_i64().context("a reason")?;
    assert!(place >= 0, "a reason quotes the line");
    browser.run(&format!("document.querySelectorAll('.reason')[{place}].id = 'pointed';"), [])?;
    browser.hover("#pointed .reason-name")?;
    browser.wait_for(".sheets .lit rect")?;
    let boxes = "return [...document.querySelectorAll('.sheets .lit rect')].map(box =>
        ['y', 'height'].map(name => Number(box.getAttribute(name))));";
    let boxes: Vec<[f64; 2]> = serde_json::from_value(browser.run(boxes, [])?)?;
    let baseline = FIRST_BASELINE + 3.0 * LEADING;
    let is_on_line = |[top, height]: &[f64; 2]| {
        *top < baseline && baseline < top + height + 1.0 && *height < 2.0 * LEADING
    };
    assert!(!boxes.is_empty() && boxes.iter().all(is_on_line), "{boxes:?} are on the line at {baseline}");
    // On the screen too: the box is as far down the picture as the line is down the page.
    let drawn = browser.bounds_of(".sheets .lit rect")?;
    let sheet = browser.bounds_of(".sheets svg")?;
    let down = (drawn.top + drawn.height - sheet.top) / sheet.height;
    assert!((down - baseline / 842.0).abs() < 0.01, "{down} of the page");

    // A decision and a note stay.
    browser.click("#decide button[value=advance]")?;
    browser.wait_for("#decide button[value=advance][aria-pressed=true]")?;
    browser.type_in("#note", "Call on Monday 周一致电")?;
    browser.click("#noted form.stack button")?;
    browser.wait_until("the note", |browser| Ok(browser.text("#noted")?.contains("周一致电")))?;
    desk.open(&path)?;
    assert!(browser.text("#noted")?.contains("Call on Monday"));
    desk.assert_calm()
}

#[test]
fn people_are_sought_compared_listed_and_taken_along() -> Result<()> {
    let (installation, server) = installed()?;
    let desk = Desk::enter(&installation, &server, "recruiter", Language::Chinese)?;
    let browser = &desk.browser;
    assert_eq!(browser.text("nav.rooms a[aria-current=page]")?, "匹配");
    desk.look_at("/search?q=%E5%9B%BA%E6%80%81%E7%94%B5%E6%B1%A0")?;
    desk.open("/language?to=zh&back=/search")?;
    browser.type_in("#q", "固态电池")?;
    browser.wait_for("li.hit mark")?;
    assert!(browser.texts("li.hit mark")?.iter().all(|mark| "固态电池固態電池".contains(mark.as_str())));
    browser.wait_until("the address", |browser| Ok(browser.url()?.contains("q=%E5%9B%BA")))?;

    desk.open("/shortlists")?;
    browser.type_in("#name", "储能 \"首批\" =1+1")?;
    browser.click("form.card button.main")?;
    browser.wait_until("the list", |browser| Ok(browser.url()?.contains("/shortlists/")))?;
    let list = browser.url()?.split("/shortlists/").nth(1).context("an id")?.to_owned();

    desk.open("/matches?profile=energy-storage")?;
    let chosen = names(browser)?.into_iter().take(2).collect::<Vec<_>>();
    for place in [1, 2] {
        browser.click(&format!("ol > li.person:nth-child({place}) input[name=resume]"))?;
    }
    browser.click("button.two-to-four")?;
    browser.wait_for(".compared table")?;
    assert_eq!(browser.texts(".compared thead .name")?, chosen);
    let compared = browser.url()?;
    desk.look_at(compared.trim_start_matches(&desk.address))?;

    desk.open("/matches?profile=energy-storage")?;
    for place in [1, 2] {
        browser.click(&format!("ol > li.person:nth-child({place}) input[name=resume]"))?;
    }
    browser.click("button[formaction='/shortlists/add']")?;
    desk.open(&format!("/shortlists/{list}"))?;
    let listed = browser.texts("main .name")?;
    assert!(chosen.iter().all(|name| listed.contains(name)), "{listed:?}");
    desk.look_at(&format!("/shortlists/{list}"))?;
    let (status, csv) = fetched(browser, &format!("/shortlists/{list}/export?format=csv"))?;
    assert_eq!(status, 200);
    assert!(chosen.iter().all(|name| csv.contains(name.as_str())), "{csv}");

    for path in ["/shortlists", "/profiles", "/profiles/finance", "/profiles/check", "/profiles/draft"] {
        desk.look_at(path)?;
    }

    // Blind: nobody has a name, and nothing is left of it in the page.
    desk.open("/matches?profile=energy-storage")?;
    browser.click("button.switch")?;
    browser.wait_for("button.switch[aria-pressed=true]")?;
    let page = browser.run("return document.documentElement.outerHTML;", [])?;
    let page = page.as_str().context("a page")?;
    assert!(chosen.iter().all(|name| !page.contains(name.as_str())), "a name in blind mode");
    desk.look_at("/matches?profile=energy-storage")?;
    browser.click("li.person h3 a")?;
    browser.wait_for(".sheets, .paper")?;
    let pictures = "return document.querySelectorAll('main img, main image').length;";
    assert_eq!(browser.run(pictures, [])?, Value::from(0));
    desk.look_at(browser.url()?.trim_start_matches(&desk.address))?;
    desk.assert_calm()
}
