//! A recruiter's work: who fits, why, and what is taken along.

use anyhow::{Context, Result};
use bole_tests::{Installation, Running, demo_resumes, text_pdf};
use serde_json::{Value, json};

use super::{Client, column, escaped, serve, unzipped, wait_until_found};

/// Resumes of the demo, and four more.
const N_RESUMES: u64 = 30 + 4;
const FORMULA: &str = "=cmd|' /C calc'!A0";

/// An installation with the resumes of the demo, somebody with two versions, and somebody whose name is a formula.
struct World {
    installation: Installation,
    server: Running,
    recruiter: Client,
    /// The older and the newer resume of one person.
    versions: [String; 2],
}

impl World {
    fn make() -> Result<Self> {
        let installation = Installation::new()?.with("BOLE_SERVER_REQUESTS", "100000");
        installation.add_portal("live")?;
        let date = ["--document-date", "2026-02-10"].map(AsRef::as_ref);
        let resumes = demo_resumes();
        installation.succeed(["ingest".as_ref()].into_iter().chain(date).chain([resumes.as_os_str()]))?;
        let server = serve(&installation)?;
        let portal = Client::new(server.address(), installation.keys().bearer("live"));
        let recruiter = Client::of(&installation, &server, &["recruiter"])?;
        let submit = |id: &str, candidate: &str, date: &str, lines: &[&str]| {
            let headers = [
                ("Bole-Candidate-Ref", candidate),
                ("Bole-Document-Date", date),
                ("Bole-Field", "finance"),
                ("Bole-Consent", "ranking until 2099"),
            ];
            portal.submit(id, &headers, &text_pdf(lines))
        };
        let work = "2017.03 - 2024.08  Senior auditor, Northgate Ltd";
        let older = ["Ivy Ledger", "ivy.ledger@example.org", "Work experience", work, "Internal audit"];
        let newer = [&older[..], &["IFRS, financial statements, reconciliation, CPA"]].concat();
        let versions =
            [submit("older", "ivy", "2024-01-01", &older)?, submit("newer", "ivy", "2026-01-01", &newer)?];
        let formula = [FORMULA, "form.ula@example.org", "Work experience", work, "External audit, tax, IFRS"];
        submit("formula", "formula", "2026-01-02", &formula)?;
        submit(
            "plain",
            "plain",
            "2026-01-03",
            &["Pla Inn", "Work experience", work, "+SUM(A1) of audits, tax"],
        )?;
        wait_until_found(&recruiter, "field:any OR field:finance", N_RESUMES)?;
        Ok(Self { installation, server, recruiter, versions })
    }
}

#[test]
fn a_recruiter_finds_people_sees_why_and_takes_them_along() -> Result<()> {
    let world = World::make()?;
    rankings_are_paged_and_told_again(&world)?;
    what_is_asked_can_be_changed(&world.recruiter)?;
    points_are_shown_where_they_come_from(&world.recruiter)?;
    searches_are_paged_and_counted(&world.recruiter)?;
    what_is_noted_is_of_the_person(&world)?;
    lists_are_kept_and_leave_as_files(&world)?;
    assert_eq!(world.server.stop()?.code, Some(0));
    Ok(())
}

/// All pages of a ranking from the first one on.
fn pages(client: &Client, first: &Value, limit: usize) -> Result<Vec<Value>> {
    let run = first["run"].as_str().context("a run")?;
    let mut all = first["results"].as_array().context("results")?.clone();
    let mut next = first["next"].clone();
    while let Some(cursor) = next.as_str() {
        let page = client.read(&format!("/v1/matches/{run}?limit={limit}&cursor={cursor}"))?;
        assert_eq!((&page["run"], &page["census"]), (&first["run"], &first["census"]));
        all.extend(page["results"].as_array().context("results")?.iter().cloned());
        next = page["next"].clone();
    }
    Ok(all)
}

fn sum(counts: &Value) -> u64 {
    counts.as_object().into_iter().flatten().filter_map(|(_, count)| count.as_u64()).sum()
}

fn counts_add_up(report: &Value) {
    let census = &report["census"];
    let of = |key: &str| census[key].as_u64().unwrap_or_default();
    let all = of("ranked")
        + sum(&census["filtered_out"])
        + sum(&census["gate_failed"])
        + sum(&census["unreadable"]);
    assert_eq!(of("people"), all, "{census}");
    assert!(of("ranked") > 0, "{census}");
}

fn rankings_are_paged_and_told_again(world: &World) -> Result<()> {
    let World { installation, recruiter, server, versions } = world;
    let wanted = json!({ "profile": "finance", "top": 20, "limit": 7 });
    let first = recruiter.done("POST /v1/matches", &wanted)?;
    counts_add_up(&first);
    let all = pages(recruiter, &first, 7)?;
    let printed = installation.json(["match", "finance", "--top", "20", "--format", "json"])?;
    assert_eq!(printed["run"], first["run"], "the same question is the same run");
    assert_eq!(printed["results"], Value::Array(all.clone()));
    assert_eq!(printed["census"], first["census"]);
    for placed in &all {
        assert_eq!(sum(&placed["components"]), placed["score"].as_u64().context("a score")?, "{placed}");
    }
    let run = first["run"].as_str().context("a run")?;
    let older = recruiter.read(&format!("/v1/matches/{run}/older-versions"))?;
    assert!(older["older_versions"].as_array().context("a list")?.contains(&json!(versions[0])), "{older}");
    assert_eq!(printed["older_versions"], older["older_versions"]);
    let unreadable = recruiter.read(&format!("/v1/matches/{run}/unreadable"))?;
    assert_eq!(printed["unreadable"], unreadable["unreadable"]);

    // Whatever comes meanwhile, the run is the same: after a while, and for another process.
    let portal = Client::new(server.address(), installation.keys().bearer("live"));
    let best =
        ["Zed Newcomer", "Work experience", "2010.01 - 2025.12  Chief auditor", "IFRS, CPA, audit, tax"];
    portal.submit("newcomer", &[("Bole-Field", "finance")], &text_pdf(&best))?;
    wait_until_found(recruiter, "field:any OR field:finance", N_RESUMES + 1)?;
    let again = recruiter.read(&format!("/v1/matches/{run}?limit=7"))?;
    assert_eq!((&again["results"], &again["census"]), (&first["results"], &first["census"]));
    assert_eq!(pages(recruiter, &again, 7)?, all);
    let anew = recruiter.done("POST /v1/matches", &wanted)?;
    assert_ne!(anew["run"], first["run"], "somebody has come");
    assert_eq!(
        anew["census"]["people"].as_u64(),
        first["census"]["people"].as_u64().map(|people| people + 1)
    );
    let beyond = recruiter.ask(&format!("GET /v1/matches/{run}?cursor=nonsense"), &[], "")?;
    assert_eq!((beyond.status, &beyond.json()["code"]), (400, &"bad_request".into()));
    Ok(())
}

fn what_is_asked_can_be_changed(recruiter: &Client) -> Result<()> {
    let run = |wanted: Value| recruiter.done("POST /v1/matches", &wanted);
    let plain = run(json!({ "profile": "finance", "limit": 200 }))?;

    let group = plain["results"][0]["components"].as_object().context("components")?;
    let (group, _) = group.iter().max_by_key(|(_, points)| points.as_u64()).context("a group")?;
    let lighter = run(json!({ "profile": "finance", "weights": { group: 0 }, "limit": 200 }))?;
    counts_add_up(&lighter);
    for placed in lighter["results"].as_array().context("results")? {
        assert_eq!(placed["components"][group].as_u64().unwrap_or(0), 0, "{placed}");
    }
    assert_ne!(lighter["profile_hash"], plain["profile_hash"]);

    let gated = run(json!({ "profile": "finance", "gates": ["min_degree=master"], "limit": 200 }))?;
    counts_add_up(&gated);
    assert!(sum(&gated["census"]["gate_failed"]) > 0, "{}", gated["census"]);
    assert!(gated["census"]["ranked"].as_u64() < plain["census"]["ranked"].as_u64());

    let filtered = run(
        json!({ "profile": "finance", "filters": ["audit OR 审计", "(audit OR 审计) NOT teacher"], "limit": 200 }),
    )?;
    counts_add_up(&filtered);
    assert!(sum(&filtered["census"]["filtered_out"]) > 0, "{}", filtered["census"]);
    assert_eq!(filtered["filters"], json!(["audit OR 审计", "(audit OR 审计) NOT teacher"]));
    let found = recruiter.read(&format!("/v1/search?limit=100&q={}", escaped("audit OR 审计")))?;
    let found = column(&found["hits"], "resume");
    for resume in column(&filtered["results"], "resume") {
        assert!(found.contains(&resume), "{resume} is not found by the filter");
    }

    // The profile's own text ranks as the profile does.
    let shown = recruiter.read("/v1/profiles/finance")?;
    let own = run(json!({ "profile": { "toml": shown["toml"] }, "limit": 200 }))?;
    assert_eq!((&own["results"], &own["profile_hash"]), (&plain["results"], &plain["profile_hash"]));
    let checked = recruiter.done("POST /v1/profiles/check", &json!({ "toml": shown["toml"] }))?;
    assert_eq!(checked["outline"], shown["outline"]);
    let text = "招聘审计经理：注册会计师，硕士及以上学历，五年以上财务审计经验，熟悉风险管理";
    let of_text = run(json!({ "profile": { "job_description": text, "field": "finance" } }))?;
    counts_add_up(&of_text);
    let drafted = recruiter.ask(
        "POST /v1/profiles/draft?field=finance",
        &[("Content-Type", "text/plain; charset=utf-8")],
        text,
    )?;
    assert_eq!((drafted.status, drafted.json()), (200, of_text["draft"].clone()));

    for (wanted, status) in [
        (json!({ "profile": "finance", "weights": { "nothing": 3 } }), 422),
        (json!({ "profile": "finance", "gates": ["min_degree=wizard"] }), 422),
        (json!({ "profile": "finance", "filters": ["(audit"] }), 422),
        (json!({ "profile": { "toml": "nonsense" } }), 422),
        (json!({ "profile": "finance", "top": 0 }), 422),
        (json!({ "profile": "finance", "limit": 201 }), 400),
        (json!({ "profile": "nowhere" }), 404),
        (json!({ "weights": {} }), 422),
    ] {
        let answer = recruiter.send("POST /v1/matches", &wanted)?;
        assert_eq!(answer.status, status, "{wanted}: {answer:?}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    Ok(())
}

/// Every place that is quoted can be shown on its page.
fn boxes_are_on_their_pages(quotes: &[Value], pages: &Value) -> Result<()> {
    assert!(!quotes.is_empty());
    for quote in quotes {
        let number = quote["span"][0].as_u64().context("a page")?;
        let page = &pages[number as usize - 1];
        assert_eq!((&page["number"], &page["hidden"]), (&json!(number), &json!([])));
        let boxes = quote["boxes"].as_array().context("boxes")?;
        assert!(!boxes.is_empty(), "{quote}");
        for place in boxes {
            let [left, top, right, bottom] = [0, 1, 2, 3].map(|side| place[side].as_i64().unwrap_or(-1));
            let (width, height) = (page["width"].as_i64(), page["height"].as_i64());
            assert!(0 <= left && left < right && Some(right) <= width, "{quote} on {page}");
            assert!(0 <= top && top < bottom && Some(bottom) <= height, "{quote} on {page}");
        }
    }
    Ok(())
}

fn points_are_shown_where_they_come_from(recruiter: &Client) -> Result<()> {
    let matched = recruiter.done("POST /v1/matches", &json!({ "profile": "finance", "limit": 4 }))?;
    let results = matched["results"].as_array().context("results")?;
    let mut totals = Vec::new();
    for placed in results {
        let resume = placed["resume"].as_str().context("an id")?;
        let by = json!({ "profile": "finance" });
        let evidence = recruiter.done(&format!("POST /v1/candidates/{resume}/evidence"), &by)?;
        let explanation = &evidence["explanation"];
        assert_eq!(explanation["total"], placed["score"]);
        let components = explanation["components"].as_array().context("components")?;
        let points: u64 = components.iter().filter_map(|component| component["points"].as_u64()).sum();
        assert_eq!(Some(points), placed["score"].as_u64());
        assert_eq!(evidence["place"]["n_ranked"], matched["census"]["ranked"]);
        let quotes = evidence["quotes"].as_array().context("quotes")?;
        boxes_are_on_their_pages(quotes, &recruiter.read(&format!("/v1/candidates/{resume}"))?["pages"])?;
        for component in components {
            for reason in component["reasons"].as_array().context("reasons")? {
                for span in reason["spans"].as_array().context("spans")? {
                    let quote = quotes.iter().find(|quote| quote["span"] == *span).context("a quote")?;
                    assert!(quote["text"].as_str().is_some_and(|text| !text.is_empty()), "{quote}");
                }
            }
        }
        totals.push(placed["score"].clone());
    }
    let resumes = column(&matched["results"], "resume");
    let compared =
        recruiter.done("POST /v1/compare", &json!({ "profile": "finance", "resumes": resumes }))?;
    assert_eq!(column(&compared["people"], "resume"), resumes);
    let people = compared["people"].as_array().context("people")?;
    assert_eq!(people.iter().map(|person| person["total"].clone()).collect::<Vec<_>>(), totals);
    for component in compared["components"].as_array().context("components")? {
        let id = component["id"].as_str().context("an id")?;
        let of = |person: &Value| person["components"][id].as_u64().unwrap_or(0);
        let most = people.iter().map(of).max().unwrap_or(0);
        let ahead: Vec<_> = people.iter().filter(|person| most > 0 && of(person) == most).collect();
        let ahead: Vec<_> = ahead.into_iter().map(|person| person["resume"].clone()).collect();
        assert_eq!(component["ahead"], Value::Array(ahead), "{id}");
    }
    for few in [&resumes[..1], &[&resumes[..], &resumes[..1]].concat()] {
        let answer = recruiter.send("POST /v1/compare", &json!({ "profile": "finance", "resumes": few }))?;
        assert_eq!(answer.status, 422, "{answer:?}");
    }
    Ok(())
}

fn searches_are_paged_and_counted(recruiter: &Client) -> Result<()> {
    let search = |query: &str, more: &str| recruiter.read(&format!("/v1/search?q={}{more}", escaped(query)));
    for query in ["audit OR 审计 OR engineer", "电池 OR battery"] {
        let whole = search(query, "&limit=100&facets=true")?;
        let hits = whole["hits"].as_array().context("hits")?;
        assert_eq!(whole["n_found"].as_u64(), Some(hits.len() as u64));
        assert!(hits.len() > 3, "{query}: {}", hits.len());
        let (mut paged, mut next) = (Vec::new(), Some(String::new()));
        while let Some(cursor) = next {
            let at = if cursor.is_empty() { cursor } else { format!("&cursor={cursor}") };
            let page = search(query, &format!("&limit=3{at}"))?;
            paged.extend(page["hits"].as_array().context("hits")?.iter().cloned());
            next = page["next"].as_str().map(str::to_owned);
        }
        assert_eq!(&paged, hits);
        let mut n_values = 0;
        for (kind, values) in whole["facets"].as_object().context("facets")? {
            for (value, count) in values.as_object().context("values")? {
                n_values += 1;
                let found = search(&format!("({query}) AND {kind}:{value}"), "&limit=1")?;
                assert_eq!(found["n_found"], *count, "{kind}:{value} of {query}");
            }
        }
        assert!(n_values > 5, "{}", whole["facets"]);
    }
    for wrong in ["(audit", "audit AND", "nothing:here"] {
        let answer = recruiter.get(&format!("/v1/search?q={}", escaped(wrong)))?;
        assert_eq!(answer.status, 422, "{wrong}: {answer:?}");
    }
    Ok(())
}

fn what_is_noted_is_of_the_person(world: &World) -> Result<()> {
    let World { recruiter, versions: [older, newer], .. } = world;
    for (resume, choice) in [(older, "hold"), (newer, "advance"), (older, "open")] {
        let decision = json!({ "profile": "finance", "choice": choice });
        let made = recruiter.done(&format!("POST /v1/candidates/{resume}/decisions"), &decision)?;
        assert_eq!((&made["choice"], &made["by"]), (&choice.into(), &"a test".into()));
    }
    let note = json!({ "text": "Call on Monday. 周一联系。" });
    let note = recruiter.done(&format!("POST /v1/candidates/{older}/notes"), &note)?;
    for (resume, other) in [(older, newer), (newer, older)] {
        let shown = recruiter.read(&format!("/v1/candidates/{resume}"))?;
        assert_eq!((&shown["resume"], &shown["other_versions"]), (&json!(resume), &json!([other])));
        let choices: Vec<_> = column(&shown["decisions"], "choice");
        assert_eq!(choices, ["hold", "advance", "open"], "the earlier ones stay");
        assert_eq!(column(&shown["notes"], "id"), [note["id"].as_str().context("an id")?]);
        let origin = &shown["submissions"][0];
        assert_eq!((&origin["portal"], &origin["field"]), (&"live".into(), &"finance".into()));
        assert_eq!(origin["consent"], "ranking until 2099");
        assert_eq!(shown["json_resume"]["basics"]["email"], "ivy.ledger@example.org");
        let file = recruiter.get(&format!("/v1/candidates/{resume}/original"))?;
        assert!(file.bytes.starts_with(b"%PDF"), "{file:?}");
        assert!(file.header("content-disposition").starts_with("attachment"), "{file:?}");
    }
    let note = note["id"].as_str().context("an id")?;
    let delete = format!("DELETE /v1/candidates/{older}/notes/{note}");
    assert_eq!(recruiter.ask(&delete, &[], "")?.status, 204);
    assert_eq!(recruiter.ask(&delete, &[], "")?.status, 404);
    assert_eq!(recruiter.read(&format!("/v1/candidates/{newer}"))?["notes"], json!([]));
    for (path, body) in [
        ("decisions", json!({ "profile": "finance", "choice": "reject" })),
        ("decisions", json!({ "profile": "finance" })),
        ("notes", json!({ "text": "  " })),
        ("notes", json!({ "text": "x".repeat((16 << 10) + 1) })),
    ] {
        let answer = recruiter.send(&format!("POST /v1/candidates/{older}/{path}"), &body)?;
        assert_eq!(answer.status, 422, "{answer:?}");
    }
    Ok(())
}

fn lists_are_kept_and_leave_as_files(world: &World) -> Result<()> {
    let World { installation, server, recruiter, .. } = world;
    // Somebody whose own name is a formula puts people on the list.
    let key = installation.succeed(["key", "create", "--name", FORMULA, "--role", "recruiter"])?;
    let formula = Client::new(server.address(), format!("Bearer {}", key.stdout.trim_end()));
    let matched = recruiter.done("POST /v1/matches", &json!({ "profile": "finance", "limit": 200 }))?;
    let run = matched["run"].as_str().context("a run")?;
    let made = json!({ "name": "Audit, spring", "profile": "finance" });
    let made = recruiter.send("POST /v1/shortlists", &made)?;
    let id = made.json()["id"].as_str().context("an id")?.to_owned();
    assert_eq!((made.status, made.header("location")), (201, &*format!("/v1/shortlists/{id}")));
    let results = matched["results"].as_array().context("results")?;
    let entry = |placed: &Value| json!({ "resume": placed["resume"], "run": run, "place": placed["place"], "score": placed["score"] });
    let entries: Vec<_> = results.iter().map(entry).collect();
    let put = format!("POST /v1/shortlists/{id}/entries");
    formula.done(&put, &json!({ "entries": entries }))?;
    recruiter.done(&put, &json!({ "entries": entries[..2] }))?;
    let shown = recruiter.read(&format!("/v1/shortlists/{id}"))?;
    assert_eq!(column(&shown["entries"], "resume"), column(&matched["results"], "resume"));
    let last = shown["entries"][results.len() - 1]["resume"].as_str().context("an id")?.to_owned();
    let take_off = format!("DELETE /v1/shortlists/{id}/entries/{last}");
    assert_eq!(recruiter.ask(&take_off, &[], "")?.status, 204);
    assert_eq!(recruiter.ask(&take_off, &[], "")?.status, 404);
    recruiter.done(&format!("PATCH /v1/shortlists/{id}"), &json!({ "name": "Audit, summer" }))?;
    let listed = recruiter.read("/v1/shortlists")?;
    assert_eq!(column(&listed["shortlists"], "name"), ["Audit, summer"]);
    assert_eq!(listed["shortlists"][0]["n_entries"], results.len() - 1);

    for (of, n_rows) in
        [(format!("matches/{run}"), results.len()), (format!("shortlists/{id}"), results.len() - 1)]
    {
        let export = |format: &str| recruiter.get(&format!("/v1/{of}/export?format={format}"));
        let csv = export("csv")?;
        assert!(csv.bytes.starts_with("\u{feff}".as_bytes()), "{of}: no byte order mark");
        assert!(csv.header("content-type").starts_with("text/csv"), "{csv:?}");
        let rows = cells(csv.body.trim_start_matches('\u{feff}'));
        assert_eq!(rows.len(), n_rows + 1, "{of}");
        let is_formula = |cell: &&String| cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        assert_eq!(rows.iter().flatten().find(is_formula), None, "{of}");
        let is_named = rows.iter().flatten().any(|cell| *cell == format!("'{FORMULA}"));
        assert_eq!(is_named, of.starts_with("shortlists"), "{}", csv.body);

        let workbook = export("xlsx")?;
        let files = unzipped(&workbook.bytes)?;
        let sheets: Vec<_> = files.iter().filter(|(name, _)| name.starts_with("xl/worksheets/")).collect();
        assert!(sheets.len() >= 2, "{of}: {} sheets", sheets.len());
        for (name, file) in &files {
            let text = String::from_utf8_lossy(file);
            assert!(!text.contains("<f>") && !text.contains("<f "), "{of}: a formula in {name}");
        }
        let all: String = files.iter().map(|(_, file)| String::from_utf8_lossy(file).into_owned()).collect();
        assert_eq!(all.contains("cmd|"), is_named, "the name is in the workbook");
        for format in ["jsonl", "json-resume"] {
            let lines = export(format)?;
            let lines: Vec<Value> = lines.body.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
            assert_eq!(lines.len(), n_rows, "{of} as {format}");
        }
        assert_eq!(export("pdf")?.status, 400);
    }
    assert_eq!(recruiter.ask(&format!("DELETE /v1/shortlists/{id}"), &[], "")?.status, 204);
    assert_eq!(recruiter.get(&format!("/v1/shortlists/{id}"))?.status, 404);
    Ok(())
}

/// The cells of a CSV, as RFC 4180 has them.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut is_quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut scalars = text.chars().peekable();
    while let Some(scalar) = scalars.next() {
        match scalar {
            '"' if is_quoted && scalars.peek() == Some(&'"') => cell.extend(scalars.next()),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !is_quoted => {}
            _ => cell.push(scalar),
        }
    }
    rows
}
