use super::*;

#[test]
fn all_hits_are_counted_by_value() {
    let folder = TempDir::new().unwrap();
    let index = SearchIndex::open(folder.path()).unwrap();
    let degrees = [None, Some(Degree::Bachelor), Some(Degree::Doctor)];
    let languages = [Language::Chinese, Language::English];
    let field = |number: usize| match number % 5 {
        0 => vec![None],
        rest => [0, rest].map(|name| Some(FieldId(format!("field-{name}")))).to_vec(),
    };
    let entries: Vec<_> = (0..60_usize)
        .map(|number| Entry {
            degree: degrees[number % 3],
            language: languages[number % 2],
            fields: field(number).into_iter().collect(),
            year: 2020 + (number % 4) as i16,
            ..entry(&number.to_string(), if number < 40 { "锂" } else { "钠" })
        })
        .collect();
    for (position, entries) in (1..).zip(entries.chunks(13)) {
        write(&index, position, entries);
    }
    let mut writer = index.writer().unwrap();
    writer.remove(entries[0].document);
    writer.commit(HistoryId::default(), LogPosition(9)).unwrap();
    let query = Query::parse("锂").unwrap();
    let (found, facets) = index.search_counting(&query, 5).unwrap();
    assert_eq!(found, index.search(&query, 5).unwrap());
    let found = entries[1..40].iter();
    let counted = |values: &dyn Fn(&Entry) -> Vec<String>| {
        let mut counts = BTreeMap::new();
        for value in found.clone().flat_map(values) {
            *counts.entry(value).or_default() += 1;
        }
        counts
    };
    let code = |degree: Degree| crate::schema::degree_code(degree).to_owned();
    let expected = Facets {
        degree: counted(&|entry| entry.degree.map(code).into_iter().collect()),
        language: counted(&|entry| vec![crate::schema::language_code(entry.language).to_owned()]),
        field: counted(&|entry| entry.fields.names().map(str::to_owned).collect()),
        year: counted(&|entry| vec![entry.year.to_string()]),
    };
    assert_eq!(facets, expected);
    assert!(expected.field.len() == 6 && expected.degree.len() == 2);
    // Each value finds as many as it counts.
    let facets = [
        ("degree", facets.degree),
        ("language", facets.language),
        ("field", facets.field),
        ("year", facets.year),
    ];
    for (name, values) in facets {
        for (value, count) in values {
            assert_eq!(search(&index, &format!("锂 {name}:{value}")).n_total as u64, count, "{name}:{value}");
        }
    }
    assert_eq!(index.search_counting(&Query::parse("absent").unwrap(), 5).unwrap().1, Facets::default());
}

#[test]
fn of_many_values_the_most_frequent_are_told() {
    let folder = TempDir::new().unwrap();
    let index = SearchIndex::open(folder.path()).unwrap();
    let entries: Vec<_> = (0..240_usize)
        .map(|number| Entry {
            fields: [Some(FieldId(format!("field-{:03}", number % 120)))].into_iter().take(1).collect(),
            ..entry(&number.to_string(), if number < 125 { "锂 钠" } else { "钠" })
        })
        .collect();
    write(&index, 1, &entries[..70]);
    write(&index, 2, &entries[70..]);
    let (_, facets) = index.search_counting(&Query::parse("锂").unwrap(), 1).unwrap();
    assert_eq!(facets.field.len(), Facets::MAX_VALUES);
    let twice: Vec<_> =
        facets.field.iter().filter(|(_, count)| **count == 2).map(|(name, _)| &**name).collect();
    assert_eq!(twice, ["field-000", "field-001", "field-002", "field-003", "field-004"]);
    assert_eq!(facets.field.last_key_value().unwrap().0, "field-099");
}
