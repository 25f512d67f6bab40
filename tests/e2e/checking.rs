//! What a portal is told of a file before anybody submits it.

use std::path::Path;

use anyhow::Result;
use bole_core::{Language, Reason, State};
use bole_engine::{Checked, DescriptionKind, EngineError, Extractor, check, description_of_bytes, status};
use bole_tests::{Installation, image_only_pdf, one_page, text_pdf};
use bytes::Bytes;

use crate::exporting::engine_of;

#[tokio::test]
async fn a_file_is_checked_at_once_and_nothing_is_kept() -> Result<()> {
    let installation = Installation::new()?;
    let engine = engine_of(&installation).await?;
    let resume = text_pdf(&[
        "Ruoning An",
        "an.ruoning@example.cn",
        "Education",
        "Xiangtan University, Bachelor, 2012.09 - 2016.06",
        "Work Experience",
        "2019.07 - Present  Xiangjiang Cold Chain Ltd  Engineer",
        "- Refrigeration of cold stores, 14 projects in all",
    ]);
    let checked = check(&engine, &Bytes::from(resume.clone())).await?;
    assert!(checked.characters > 100, "{checked:?}");
    let expected = Checked {
        readable: true,
        state: State::Indexed,
        reason: Reason::Read,
        advice: "nothing to do",
        detail: None,
        pages: 1,
        characters: checked.characters,
        language: Some(Language::English),
        partial: false,
        name_found: true,
        contact_found: true,
        education_found: true,
        work_found: true,
        hidden_text: false,
    };
    assert_eq!(checked, expected);

    // What a worker would set aside is set aside here, for the same reason.
    for (name, bytes) in [("scan.pdf", image_only_pdf()), ("letter.pdf", b"no resume".to_vec())] {
        let checked = check(&engine, &Bytes::from(bytes.clone())).await?;
        let path = installation.write(name, &bytes)?;
        let ingested =
            installation.run(["ingest".as_ref(), path.as_os_str(), "--format=json".as_ref()])?.lines()?;
        let reason = serde_json::to_value(checked.reason)?;
        assert!(!checked.readable && checked.state == State::Quarantined, "{name}: {checked:?}");
        assert_eq!(reason, ingested[0]["reason"], "{name}: {ingested:?}");
        assert!(!checked.name_found && checked.detail.is_some(), "{name}: {checked:?}");
    }

    // A message with nothing in it breaks the contract; of a file it is told what is wrong with the file.
    assert_eq!(check(&engine, &Bytes::new()).await?.reason, Reason::NotADocument);

    let hidden = one_page(
        "BT /F1 12 Tf 72 700 Td (Plain words that anybody can see on the page) Tj 3 Tr 0 -20 Td (and others) Tj ET",
    );
    assert!(check(&engine, &Bytes::from(hidden)).await?.hidden_text);
    assert_eq!(status(&engine).await?.ledger.total().received, 2, "only what was ingested");
    Ok(())
}

#[tokio::test]
async fn a_job_description_comes_as_bytes_too() -> Result<()> {
    let installation = Installation::new()?;
    let engine = engine_of(&installation).await?;
    let (extractor, name) = (Extractor::of(&engine), Path::new("job"));
    let pdf = Bytes::from(text_pdf(&["Battery engineer", "Lithium-ion cells"]));
    let kind = DescriptionKind::of_media_type("Application/PDF").unwrap();
    let seen = description_of_bytes(&extractor, &pdf, kind, name).await?;
    assert!(seen.contains("Lithium-ion cells"), "{seen}");

    let kind = DescriptionKind::of_media_type("text/plain; charset=utf-8").unwrap();
    let text = Bytes::from("\u{feff}电池工程师");
    assert_eq!(description_of_bytes(&extractor, &text, kind, name).await?, "电池工程师");
    let refused = description_of_bytes(&extractor, &pdf.slice(..20), DescriptionKind::Pdf, name).await;
    assert!(matches!(refused, Err(EngineError::Unreadable { .. })), "{refused:?}");
    let refused = description_of_bytes(&extractor, &Bytes::from_static(b"\xff\xfe"), kind, name).await;
    assert!(matches!(refused, Err(EngineError::NoText(_))), "{refused:?}");
    assert_eq!(DescriptionKind::of_media_type("image/png"), None);
    Ok(())
}
