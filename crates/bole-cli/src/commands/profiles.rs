//! `bole profile`.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use bole_engine::{
    Compared, Draft, EngineError, Extractor, Knowledge, Listed, Meaning, Outline, ProfileDiff, RankingProfile,
};
use serde_json::json;

use crate::arguments::{self, Profile, TextOrJson};
use crate::exit::Exit;
use crate::output::{is_json, points, print_json, print_line, printable, table};
use crate::session::{Session, reader_program};

pub(crate) async fn run(session: Session, command: Profile) -> anyhow::Result<Exit> {
    let knowledge = session.knowledge()?;
    match command {
        Profile::List(list) if is_json(&list.output) => {
            let profiles = knowledge.profiles().values();
            let list: Vec<_> = profiles
                .map(|profile| {
                    json!({
                        "profile": profile.id(),
                        "field": profile.field(),
                        "name_zh": profile.name_zh(),
                        "name_en": profile.name_en(),
                        "hash": profile.hash(),
                        "groups": profile.groups().len(),
                        "gates": profile.gates().len(),
                    })
                })
                .collect();
            print_json(&list)?;
        }
        Profile::List(_) => {
            let mut table = table(&["profile", "中文", "English", "groups", "gates", "hash"]);
            for profile in knowledge.profiles().values() {
                table.add_row([
                    profile.id().to_owned(),
                    profile.name_zh().to_owned(),
                    profile.name_en().to_owned(),
                    profile.groups().len().to_string(),
                    profile.gates().len().to_string(),
                    profile.hash().to_string().chars().take(12).collect(),
                ]);
            }
            print_line(table)?;
        }
        Profile::Check { files } if files.is_empty() => {
            let names: Vec<_> = knowledge.profiles().keys().map(String::as_str).collect();
            print_line(format_args!("the profiles are right: {}", names.join(", ")))?;
        }
        Profile::Check { files } => {
            let texts = read(&files)?;
            let n_profiles = knowledge.check_profiles(&texts)?;
            print_line(format_args!(
                "right: {n_profiles} profile{}",
                if n_profiles == 1 { "" } else { "s" }
            ))?;
        }
        Profile::Show { profile, output } => {
            let [profile] = Box::pin(find(session, &knowledge, [&profile])).await?;
            let outline = knowledge.outline(&profile);
            if is_json(&output) { print_json(&outline)? } else { print_outline(&outline)? }
        }
        Profile::Draft(command) => draft(&session, &knowledge, command).await?,
        Profile::Diff { before, after, output } => {
            let [before, after] = Box::pin(find(session, &knowledge, [&before, &after])).await?;
            let diff = knowledge.compare(&before, &after);
            if is_json(&output) { print_json(&diff)? } else { print_diff(&diff, &knowledge)? }
        }
    }
    Ok(Exit::Done)
}

/// Profiles by name or file, or by NAME@HASH as they were kept in the store.
async fn find<const N: usize>(
    session: Session,
    knowledge: &Knowledge,
    names: [&String; N],
) -> anyhow::Result<[RankingProfile; N]> {
    let is_file = |name: &str| Path::new(name).extension().is_some();
    let is_version = |name: &str| name.contains('@') && !is_file(name);
    let engine = if names.iter().any(|name| is_version(name)) { Some(session.open().await?) } else { None };
    let mut found = Vec::new();
    for name in names {
        found.push(match engine.as_ref().filter(|_| is_version(name)) {
            Some(engine) => bole_engine::profile_version(engine, name).await?,
            None => knowledge.find_profile(name)?,
        });
    }
    found.try_into().map_err(|_| anyhow::anyhow!("as many profiles as names"))
}

async fn draft(session: &Session, knowledge: &Knowledge, command: arguments::Draft) -> anyhow::Result<()> {
    let text = if command.file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        // One more than is read of it, so that the rest is told of.
        let most = 16 * bole_engine::MAX_DRAFT_BYTES as u64;
        io::stdin().lock().take(most).read_to_end(&mut bytes).context("standard input")?;
        bole_engine::text_of(&bytes).ok_or_else(|| EngineError::NoText("-".into()))?
    } else {
        let extractor = Extractor::new(&session.settings, knowledge, reader_program()?);
        bole_engine::read_description(&extractor, &command.file).await?
    };
    let draft = knowledge.draft(&text, command.id.as_deref(), command.field.as_deref())?;
    if let Some(path) = &command.to {
        let fail = |source| EngineError::Path { path: path.clone(), source };
        // What somebody mended by hand is not written over.
        let mut file = std::fs::File::create_new(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                fail(io::Error::new(error.kind(), "there is such a file: remove it, or name another"))
            }
            _ => fail(error),
        })?;
        file.write_all(draft.text.as_bytes()).map_err(fail)?;
    }
    match command.format {
        TextOrJson::Json => print_json(&draft)?,
        TextOrJson::Text => {
            if command.to.is_none() {
                print_line(draft.text.trim_end())?;
            }
            print_report(&draft)?;
        }
    }
    Ok(())
}

/// What was made of the text, on standard error.
fn print_report(draft: &Draft) -> anyhow::Result<()> {
    let mut stderr = io::stderr().lock();
    for understood in &draft.understood {
        let name = printable(&format!("{} {}", understood.name_en, understood.name_zh));
        let what = match &understood.what {
            Meaning::Concept { listed, .. } => listed.told(),
            Meaning::Title(_) => "title",
            Meaning::Degree(_) | Meaning::MinFullTimeMonths(_) | Meaning::MaxFullTimeMonths(_) => "must-have",
            Meaning::WishedDegree(_) | Meaning::WishedMonths(_) => "no gate, only a wish",
            Meaning::NotNeeded => "left out, not needed",
        };
        writeln!(stderr, "line {:>3}  {name}: {what}", understood.line)?;
    }
    for warning in &draft.warnings {
        let place = warning.line.map_or_else(|| "note    ".to_owned(), |line| format!("line {line:>3}"));
        writeln!(stderr, "{place}  {}", printable(&warning.message))?;
    }
    for line in &draft.not_understood {
        writeln!(stderr, "line {:>3}  not understood: {}", line.line, printable(&line.quote))?;
    }
    let (n_understood, n_left) = (draft.understood.len(), draft.not_understood.len());
    writeln!(
        stderr,
        "{n_understood} things understood, {n_left} lines not: look the profile over before it is used"
    )?;
    Ok(())
}

fn print_outline(outline: &Outline) -> anyhow::Result<()> {
    print_line(printable(&format!("{}  {} {}", outline.id, outline.name_en, outline.name_zh)))?;
    print_line(format_args!("field {}  hash {}", printable(&outline.field.0), outline.hash))?;
    for group in &outline.groups {
        let name = printable(&format!("{} {}", group.name_en, group.name_zh));
        print_line(format_args!(
            "\n{:>7}  {name} ({})  enough: {}",
            points(group.weight),
            printable(&group.id),
            group.enough.told()
        ))?;
        for listed in [Listed::Full, Listed::Minor, Listed::Discipline, Listed::Certificate, Listed::Topic] {
            let concepts = group.concepts.iter().filter(|concept| concept.listed == listed);
            let names: Vec<_> =
                concepts.map(|concept| format!("{} {}", concept.name_en, concept.name_zh)).collect();
            if !names.is_empty() {
                print_line(format_args!("         {}: {}", listed.told(), printable(&names.join(", "))))?;
            }
        }
    }
    if !outline.gates.is_empty() {
        print_line("\nmust-haves, apart from the points")?;
    }
    for gate in &outline.gates {
        let gate = format!("{} {} ({}): {}", gate.name_en, gate.name_zh, gate.id, gate.told);
        print_line(format_args!("         {}", printable(&gate)))?;
    }
    Ok(())
}

fn print_diff(diff: &ProfileDiff, knowledge: &Knowledge) -> anyhow::Result<()> {
    let name = |compared: &Compared| {
        let hash: String = compared.hash.to_string().chars().take(12).collect();
        format!("`{}` ({hash})", compared.id)
    };
    let (before, after) = (name(&diff.before), name(&diff.after));
    if diff.changes.is_empty() {
        return print_line(format_args!("{before} and {after} say the same"));
    }
    let number = diff.changes.len();
    print_line(format_args!(
        "from {before} to {after}: {number} difference{}",
        if number == 1 { "" } else { "s" }
    ))?;
    for change in &diff.changes {
        print_line(printable(&change.told(knowledge.lexicon())))?;
    }
    Ok(())
}

fn read(files: &[PathBuf]) -> anyhow::Result<Vec<(String, String)>> {
    let mut texts = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(path)
            .map_err(|source| EngineError::Path { path: path.clone(), source })
            .context("a profile file")?;
        texts.push((path.display().to_string(), text));
    }
    Ok(texts)
}
