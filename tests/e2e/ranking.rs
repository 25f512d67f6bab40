use anyhow::Result;
use bole_tests::{Installation, demo_resumes, text_pdf};
use serde_json::Value;

const PROFILES: [&str; 3] = ["energy-storage", "aerospace", "finance"];

fn census_sums(census: &Value) -> bool {
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let sum = |key: &str| {
        census[key].as_object().into_iter().flatten().map(|(_, value)| number(value)).sum::<u64>()
    };
    let parts = number(&census["ranked"]) + sum("filtered_out") + sum("gate_failed") + sum("unreadable");
    number(&census["people"]) == parts
}

#[test]
fn a_ranking_is_the_same_on_any_number_of_threads_and_after_a_reindex() -> Result<()> {
    let installation = Installation::new()?;
    installation.succeed(["ingest".as_ref(), demo_resumes().as_os_str()])?;
    for profile in PROFILES {
        let ranking = |threads: &str| {
            installation
                .succeed(["match", profile, "--format", "json", "--threads", threads])
                .map(|run| run.stdout)
        };
        let first = ranking("1")?;
        installation.succeed(["reindex"])?;
        assert_eq!(ranking("2")?, first);
        assert_eq!(ranking("7")?, first);
    }
    Ok(())
}

#[test]
fn components_add_up_and_every_point_has_its_place() -> Result<()> {
    let installation = Installation::new()?;
    installation.succeed(["ingest".as_ref(), demo_resumes().as_os_str()])?;
    for profile in PROFILES {
        let report = installation.json(["match", profile, "--top", "5"])?;
        assert!(census_sums(&report["census"]), "{}", report["census"]);
        for placed in report["results"].as_array().into_iter().flatten() {
            let parts = placed["components"].as_object().into_iter().flatten();
            let sum: u64 = parts.filter_map(|(_, points)| points.as_u64()).sum();
            assert_eq!(placed["score"].as_u64(), Some(sum));
            let resume = placed["resume"].as_str().unwrap_or_default();
            let explained = installation.json(["explain", resume, "--profile", profile])?;
            let explanation = &explained["explanation"];
            assert_eq!(explanation["total"], placed["score"], "explanation and score are of one code");
            for component in explanation["components"].as_array().into_iter().flatten() {
                let reasons = component["reasons"].as_array().cloned().unwrap_or_default();
                let points: u64 = reasons.iter().filter_map(|reason| reason["points"].as_u64()).sum();
                assert_eq!(component["points"].as_u64(), Some(points));
                let placeless = |reason: &&Value| reason["spans"].as_array().is_none_or(Vec::is_empty);
                assert_eq!(reasons.iter().find(placeless), None);
            }
        }
    }
    Ok(())
}

#[test]
fn places_are_those_that_other_points_would_bring() -> Result<()> {
    let installation = Installation::new()?;
    installation.succeed(["ingest".as_ref(), demo_resumes().as_os_str()])?;
    for profile in PROFILES {
        let report = installation.json(["match", profile, "--top", "1000"])?;
        let results = report["results"].as_array().cloned().unwrap_or_default();
        let number = |value: &Value| value.as_u64().unwrap_or_default();
        let scores: Vec<_> = results.iter().map(|placed| number(&placed["score"])).collect();
        assert_eq!(scores.len() as u64, number(&report["census"]["ranked"]));
        // Before all others with as many points.
        let place_with = |own: usize, points: u64| {
            let others = scores.iter().enumerate().filter(|(other, _)| *other != own);
            1 + others.filter(|(_, score)| **score > points).count() as u64
        };
        let mut n_told = 0;
        for (own, placed) in results.iter().enumerate() {
            let (score, mainstay) = (number(&placed["score"]), &placed["mainstay"]);
            if let Some(place) = mainstay["place"].as_u64() {
                assert_eq!(place, place_with(own, score - number(&mainstay["loss"])), "{placed}");
                n_told += 1;
            }
            let change = &placed["best_change"];
            if !change.is_null() {
                assert_eq!(number(&change["total"]), score + number(&change["gain"]));
                assert_eq!(number(&change["place"]), place_with(own, number(&change["total"])), "{placed}");
            }
        }
        assert!(n_told > 5, "{profile}: {n_told}");
        let middle = results.len() / 2;
        let resume = results[middle]["resume"].clone();
        let resume = resume.as_str().unwrap_or_default();
        let now = &installation.json(["explain", resume, "--profile", profile])?["place"];
        assert_eq!(number(&now["place"]), place_with(middle, scores[middle]));
        assert_eq!(now["without_mainstay"], results[middle]["mainstay"]["place"]);
        assert_eq!(now["with_best_change"], results[middle]["best_change"]["place"]);
    }
    Ok(())
}

#[test]
fn the_order_of_arrival_does_not_matter() -> Result<()> {
    let mut files: Vec<_> = std::fs::read_dir(demo_resumes())?
        .map(|entry| entry.map(|it| it.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    let ranking = |order: &[&[std::path::PathBuf]]| -> Result<Vec<Value>> {
        let installation = Installation::new()?;
        for files in order {
            let mut arguments = vec!["ingest".into()];
            arguments.extend(files.iter().map(|file| file.clone().into_os_string()));
            arguments.extend(["--document-date".into(), "2026-11-21".into()]);
            installation.succeed(arguments)?;
        }
        PROFILES
            .iter()
            .map(|profile| {
                let report = installation.json(["match", profile])?;
                Ok(serde_json::json!([report["census"], report["results"]]))
            })
            .collect()
    };
    let (left, right) = files.split_at(files.len() / 2);
    assert_eq!(ranking(&[left, right])?, ranking(&[right, left])?);
    Ok(())
}

#[test]
fn who_you_are_does_not_score() -> Result<()> {
    let score = |who: [&str; 4]| -> Result<Value> {
        let installation = Installation::new()?;
        let mut lines = who.to_vec();
        lines.extend([
            "Work Experience",
            "Example Battery Works, Battery Engineer, 2018.09 - 2021.06",
            "Developed solid-state battery cells and the battery management system",
            "Education",
            "Master of Science in Materials Science, Example University, 2015 - 2018",
        ]);
        installation.write("a.pdf", &text_pdf(&lines))?;
        let folder = installation.files()?;
        installation.succeed([
            "ingest".as_ref(),
            folder.as_os_str(),
            "--document-date".as_ref(),
            "2026-11-21".as_ref(),
        ])?;
        let report = installation.json(["match", "energy-storage"])?;
        let placed = &report["results"][0];
        assert!(placed["score"].as_u64().is_some_and(|score| score > 0), "{report}");
        Ok(serde_json::json!([placed["score"], placed["components"]]))
    };
    let one =
        score(["Ann Example", "Gender: female", "Date of birth: 1990-01-02", "Marital status: married"])?;
    let other = score(["Bob Sample", "Gender: male", "Date of birth: 1960-11-12", "Marital status: single"])?;
    assert_eq!(one, other);
    Ok(())
}

#[test]
fn matching_works_while_an_ingest_runs() -> Result<()> {
    let installation = Installation::new()?;
    let first = installation
        .write("a.pdf", &text_pdf(&["Ann Example", "Accountant", "Skills: audit, risk management"]))?;
    installation.succeed(["ingest".as_ref(), first.as_os_str()])?;
    let mut ingest = installation.start(["ingest".as_ref(), demo_resumes().as_os_str()])?;
    let mut people = 0;
    loop {
        let ended = ingest.try_wait()?;
        let census = installation.json(["match", "finance"])?["census"].clone();
        assert!(census_sums(&census), "{census}");
        let now = census["people"].as_u64().unwrap_or(0);
        assert!(now >= people, "nobody goes missing");
        people = now;
        if ended.is_some() {
            break;
        }
    }
    assert!(ingest.wait()?.success());
    Ok(())
}
