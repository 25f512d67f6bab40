use super::*;

fn resolve(file: Option<&str>) -> Result<Settings, EngineError> {
    Settings::resolve(file, &BTreeMap::new(), &BTreeMap::new())
}

#[test]
fn the_file_shows_every_key_at_its_default() {
    let uncommented: String = CONFIG
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| rest.contains(" = ")).unwrap_or(line))
        .filter(|line| line.starts_with('[') || line.contains(" = "))
        .fold(String::new(), |text, line| text + line + "\n");
    let mut problems = Vec::new();
    let given = from_file(&uncommented, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    for key in &KEYS {
        assert_eq!(given[&key.path()].text, key.default, "{}", key.path());
    }
    assert_eq!(resolve(Some(CONFIG)).unwrap(), resolve(None).unwrap());
}

#[test]
fn what_is_shown_can_be_read_back() {
    let settings =
        resolve(Some("[queue]\nlease = \"2500 ms\"\nheld = \"23456789B\"\n[reader]\nmemory = \"512 MiB\""))
            .unwrap();
    assert_eq!(resolve(Some(&settings.to_string())).unwrap(), settings);
}

#[test]
fn a_font_is_a_file_and_one_of_its_faces() {
    let folder = tempfile::tempdir().unwrap();
    for (file, given, face) in [
        ("any.ttf", "any.ttf", 0),
        ("any.ttc", "any.ttc#3", 3),
        ("with # in it.otf", "with # in it.otf", 0),
        ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Regular.ttc", 2),
        ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Regular.ttc#0", 0),
    ] {
        let path = folder.path().join(file);
        std::fs::write(&path, "").unwrap();
        let given = folder.path().join(given);
        let settings = resolve(Some(&format!("[console]\nfont = {given:?}"))).unwrap();
        assert_eq!(settings.console.font, Some(FontFile { path, face }));
        assert_eq!(resolve(Some(&settings.to_string())).unwrap(), settings);
    }
    assert_eq!(resolve(None).unwrap().console.font, None);
    assert!(resolve(Some("[console]\nfont = \"/no/such/font.ttc#2\"")).is_err());
}

#[test]
fn every_mistake_is_told_at_once() {
    let file = "[raeder]\nprocesses = 1\n[reader]\nprocesses = 0.5\nmemory = \"1 KiB\"\ntimes = 3\n";
    let Err(EngineError::Configuration(problems)) = resolve(Some(file)) else { panic!("it has mistakes") };
    let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"));
    let (settings, _) = Settings::resolve_anyway(Some(file), &BTreeMap::new(), &BTreeMap::new());
    assert_eq!(settings, resolve(None).unwrap(), "the default stands in the place of what is wrong");
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let environment = BTreeMap::from([
        ("BOLE_RANK_THREADS".to_owned(), "2".to_owned()),
        ("BOLE_WORK_BATCH".to_owned(), "32".to_owned()),
    ]);
    let flags = BTreeMap::from([("rank.threads", "3".to_owned())]);
    let file = "[rank]\nthreads = 1\n[work]\nbatch = 16\n";
    let settings = Settings::resolve(Some(file), &environment, &flags).unwrap();
    assert_eq!((settings.rank.n_threads, settings.work.n_batch), (3, 32));
}
