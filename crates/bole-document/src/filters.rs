//! Filters of streams, in the form in which lopdf takes them.

use lopdf::{Dictionary, Document, Object, ObjectId};

/// How many references in a row are followed.
const MAX_STEPS: usize = 8;

/// Writes out what `Filter` and `DecodeParms` refer to, spells abbreviated names in full, and leaves out filters that
/// change nothing. Streams of which none of this is true, nearly all, are not touched.
pub(crate) fn unfold(document: &mut Document) {
    let odd: Vec<(ObjectId, Dictionary)> = document
        .objects
        .iter()
        .filter_map(|(id, object)| match object {
            Object::Stream(stream) if is_odd(&stream.dict) => Some((*id, plain(document, &stream.dict))),
            _ => None,
        })
        .collect();
    for (id, entries) in odd {
        if let Some(Object::Stream(stream)) = document.objects.get_mut(&id) {
            for key in [&b"Filter"[..], b"DecodeParms", b"DP"] {
                stream.dict.remove(key);
            }
            for (key, value) in entries {
                stream.dict.set(key, value);
            }
        }
    }
}

fn is_odd(dictionary: &Dictionary) -> bool {
    let is_odd_filter = |filter: &Object| match filter {
        Object::Name(name) => in_full(name) != name || name == b"Crypt",
        _ => true,
    };
    let odd_filter = match dictionary.get(b"Filter") {
        Ok(Object::Array(filters)) => filters.is_empty() || filters.iter().any(is_odd_filter),
        Ok(filter) => is_odd_filter(filter),
        Err(_) => return false,
    };
    odd_filter
        || match dictionary.get(b"DecodeParms") {
            Ok(Object::Array(all)) => {
                all.iter().any(|one| matches!(one, Object::Reference(_)) || has_references(one))
            }
            Ok(Object::Reference(_)) => true,
            Ok(one) => has_references(one),
            // The abbreviation of inline images is found in streams too.
            Err(_) => dictionary.has(b"DP"),
        }
}

fn has_references(parameters: &Object) -> bool {
    let Object::Dictionary(dictionary) = parameters else { return false };
    dictionary.iter().any(|(_, value)| matches!(value, Object::Reference(_)))
}

fn plain(document: &Document, dictionary: &Dictionary) -> Dictionary {
    let list = |key: &[u8]| match dictionary.get(key).map(|object| resolve(document, object)) {
        Ok(Object::Array(all)) => all.iter().map(|one| resolve(document, one)).collect(),
        Ok(Object::Null) | Err(_) => Vec::new(),
        Ok(one) => vec![one],
    };
    let parameters = list(if dictionary.has(b"DecodeParms") { b"DecodeParms" } else { b"DP" });
    let mut filters = Vec::new();
    let mut kept = Vec::new();
    for (index, filter) in list(b"Filter").into_iter().enumerate() {
        let Object::Name(name) = filter else { continue };
        if name == b"Crypt" {
            continue;
        }
        filters.push(Object::Name(in_full(name).to_vec()));
        kept.push(match parameters.get(index) {
            Some(Object::Dictionary(parameters)) => {
                let values =
                    parameters.iter().map(|(key, value)| (key.clone(), resolve(document, value).clone()));
                Object::Dictionary(values.collect())
            }
            _ => Object::Null,
        });
    }
    let mut entries = Dictionary::new();
    // An empty list is no filter.
    if !filters.is_empty() {
        entries.set("Filter", filters);
        if kept.iter().any(|parameters| *parameters != Object::Null) {
            entries.set("DecodeParms", kept);
        }
    }
    entries
}

fn resolve<'d>(document: &'d Document, mut object: &'d Object) -> &'d Object {
    for _ in 0..MAX_STEPS {
        match object {
            Object::Reference(id) => match document.objects.get(id) {
                Some(target) => object = target,
                None => return &Object::Null,
            },
            _ => return object,
        }
    }
    &Object::Null
}

/// The name of a filter (ISO 32000-1, tables 6 and 94).
fn in_full(name: &[u8]) -> &[u8] {
    match name {
        b"AHx" => b"ASCIIHexDecode",
        b"A85" => b"ASCII85Decode",
        b"LZW" => b"LZWDecode",
        b"Fl" => b"FlateDecode",
        b"RL" => b"RunLengthDecode",
        _ => name,
    }
}
