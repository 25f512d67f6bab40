//! The browser itself: what a person does reaches the page, and what is wrong with a page is seen.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bole_tests::{Browser, Key, Language};

const FORM: &str = "<title>Form</title><h1>Form</h1>
<style>#tip { display: none } b:hover + #tip { display: block } body { margin: 0; height: 3000px }
@media (prefers-color-scheme: dark) { #lamp { width: 7px } } #lamp { height: 1px }
#box { margin: 0; position: absolute; left: 40px; top: 500px; width: 30px; height: 20px }</style>
<p id=lamp></p><p id=box>box</p><b>point here</b><i id=tip>a tip</i>
<label>Name <input id=name value=old></label>
<label>Weight <input id=weight type=range min=0 max=40 step=0.5 value=10></label>
<button onclick=\"said.textContent = 'hello ' + document.getElementById('name').value\">Greet</button>
<p id=said></p><p id=keys></p><p class=event>start</p>
<script>const weight = document.getElementById('weight'), events = new Set();
for (const kind of ['pointerdown', 'input', 'change'])
  weight.addEventListener(kind, event => { if (event.isTrusted) events.add(kind);
    document.querySelector('.event').textContent = [...events].join(' ') + ' ' + weight.value });
document.addEventListener('keydown', event => { keys.textContent += event.key + (event.shiftKey ? '+ ' : ' ') });
setTimeout(() => document.body.insertAdjacentHTML('beforeend', '<p id=late>late</p>'), 300);</script>";

/// A page with script in it, as a resume might have it.
const SCRIPTED: &str = "<html lang=en><title>Scripted</title><main><h1>Scripted</h1></main>
<script>alert('from a resume'); if (!confirm('sure?')) window.__xss = 1;</script>";

/// Answers a few pages until the test process ends, and gives `http://address:port`.
fn site() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // The browser opens connections that it may never use.
            std::thread::spawn(move || answer(stream).ok());
        }
    });
    Ok(format!("http://{address}"))
}

fn answer(mut stream: TcpStream) -> Result<()> {
    let lines = BufReader::new(stream.try_clone()?).lines().map_while(Result::ok);
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let path = head.first().and_then(|line| line.split(' ').nth(1)).context("a request")?;
    let language = head.iter().find_map(|line| line.strip_prefix("Accept-Language: ")).unwrap_or_default();
    let (headers, body) = match path {
        "/form" => ("", FORM.to_owned()),
        "/language" => ("", format!("<title>Language</title><p>{language}</p>")),
        "/picture" => (
            "",
            "<html lang=en><title>Picture</title><main><h1>Picture</h1><img src='data:,'></main>".to_owned(),
        ),
        "/scripted" => ("", SCRIPTED.to_owned()),
        "/strict" => ("Content-Security-Policy: default-src 'none'\r\n", SCRIPTED.to_owned()),
        "/throws" => ("", "<title>Throws</title><script>throw new Error('not today')</script>".to_owned()),
        _ => ("", String::new()),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\nContent-Length: \
         {length}\r\n{headers}\r\n{body}"
    )?;
    Ok(())
}

#[test]
fn a_person_can_use_a_page() -> Result<()> {
    let (site, browser) = (site()?, Browser::start(Language::English)?);
    browser.open(&format!("{site}/form"))?;
    browser.wait_for("#late")?;
    browser.type_in("#name", "new 名字")?;
    assert_eq!(browser.value("#name")?, "new 名字");
    assert_eq!(browser.attribute("#name", "value")?.as_deref(), Some("old"));
    assert_eq!(browser.attribute("#name", "absent")?, None);
    browser.click("button")?;
    assert_eq!(browser.text("#said")?, "hello new 名字");
    assert_eq!(browser.texts("label")?, ["Name", "Weight"]);

    for value in [37.5, 0.0, 40.0, 12.0] {
        browser.drag_to("#weight", value)?;
        assert_eq!(browser.text(".event")?, format!("pointerdown input change {value}"));
    }
    assert!(format!("{:#}", browser.drag_to("#weight", 41.0).unwrap_err()).contains("goes from 0 to 40"));
    browser.run("document.activeElement.blur(); keys.textContent = '';", [])?;
    browser.press(Key::Escape)?;
    browser.press_holding(Key::Shift, 'A')?;
    assert_eq!(browser.text("#keys")?, "Escape Shift+ A+");

    assert_eq!(browser.texts("#tip")?, [""]);
    browser.hover("b")?;
    assert_eq!(browser.text("#tip")?, "a tip");
    let bounds = browser.bounds_of("#box")?;
    assert_eq!((bounds.left, bounds.top, bounds.width, bounds.height), (40.0, 500.0, 30.0, 20.0));

    browser.resize(360, 640)?;
    assert!(browser.bounds_of("#lamp")?.width > 300.0, "light");
    browser.dark(true)?;
    assert_eq!(browser.bounds_of("#lamp")?.width.to_string(), "7");
    browser.dark(false)?;
    assert!((300.0..=360.0).contains(&browser.bounds_of("#lamp")?.width), "light, and as wide as the window");
    let path = browser.home().join("window.png");
    browser.screenshot(&path)?;
    let png = std::fs::read(path)?;
    assert_eq!(png[16..24], [360_u32.to_be_bytes(), 640_u32.to_be_bytes()].concat());

    assert_eq!(browser.script_errors()?, [""; 0]);
    Ok(())
}

#[test]
fn servers_are_asked_for_the_language_of_the_reader() -> Result<()> {
    let site = site()?;
    for (language, asked) in [(Language::English, "en-GB,en;q="), (Language::Chinese, "zh-CN,zh;q=")] {
        let browser = Browser::start(language)?;
        browser.open(&format!("{site}/language"))?;
        assert!(browser.text("p")?.starts_with(asked), "{}", browser.text("p")?);
    }
    Ok(())
}

#[test]
fn what_is_wrong_with_a_page_is_seen() -> Result<()> {
    let (site, browser) = (site()?, Browser::start(Language::English)?);
    browser.open(&format!("{site}/picture"))?;
    let violations = browser.axe()?;
    let ids: Vec<_> = violations.iter().map(|violation| violation.id.as_str()).collect();
    assert_eq!(ids, ["image-alt"], "{violations:#?}");
    assert_eq!(violations[0].impact, "critical");
    assert!(violations[0].nodes[0].contains("<img src=\"data:,\">"), "{violations:#?}");

    // A policy that allows no script stops theirs, which shows, and not ours.
    browser.open(&format!("{site}/strict"))?;
    assert_eq!(browser.axe()?, []);
    assert_eq!(browser.dialogs_opened()?, [""; 0]);
    let errors = browser.script_errors()?;
    assert!(errors.iter().any(|error| error.contains("Content Security Policy")), "{errors:#?}");

    browser.open(&format!("{site}/scripted"))?;
    let dialogs = ["alert: from a resume", "confirm: sure?", "__xss: 1"];
    assert_eq!(browser.dialogs_opened()?, dialogs);

    browser.open(&format!("{site}/throws"))?;
    let errors = browser.script_errors()?;
    assert!(errors.iter().any(|error| error.contains("not today")), "{errors:#?}");
    // All of the pages before are still told.
    assert_eq!(browser.dialogs_opened()?, dialogs);

    let error = format!("{:#}", browser.attribute("#absent", "id").unwrap_err());
    for told in ["`Throws`", "/throws", "not today", "#absent"] {
        assert!(error.contains(told), "`{told}` is missing in: {error}");
    }
    let screenshot = error.split("screenshot: ").nth(1).and_then(|rest| rest.split(';').next()).unwrap();
    assert!(std::fs::read(screenshot)?.starts_with(b"\x89PNG"), "{screenshot}");
    std::fs::remove_file(screenshot)?;
    Ok(())
}

#[test]
fn nothing_of_a_browser_outlives_a_test_that_panics() -> Result<()> {
    let (mut home, site) = (PathBuf::new(), site()?);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let browser = Browser::start(Language::English).unwrap();
        browser.open(&format!("{site}/form")).unwrap();
        home = browser.home().to_owned();
        assert!(processes_at(&home).unwrap() > 2, "a driver, a browser and its page");
        assert_eq!(browser.text("h1").unwrap(), "Another", "on purpose");
    }));
    assert!(panicked.is_err());
    assert_eq!(processes_at(&home)?, 0);
    assert!(!home.exists());
    let folder = std::env::current_exe()?.parent().and_then(Path::parent).unwrap().join("browser");
    let name = std::thread::current().name().unwrap().replace("::", "-") + ".png";
    assert!(std::fs::read(folder.join(&name))?.starts_with(b"\x89PNG"), "no screenshot `{name}`");
    std::fs::remove_file(folder.join(name))?;
    Ok(())
}

/// How many processes have this home folder.
fn processes_at(home: &Path) -> Result<usize> {
    let mut n_processes = 0;
    let variable = format!("HOME={}", home.display());
    for process in std::fs::read_dir("/proc")? {
        let environment = std::fs::read(process?.path().join("environ")).unwrap_or_default();
        n_processes +=
            usize::from(environment.split(|byte| *byte == 0).any(|found| found == variable.as_bytes()));
    }
    Ok(n_processes)
}
