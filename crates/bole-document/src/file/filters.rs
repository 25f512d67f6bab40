//! Filters of streams, in the form in which lopdf takes them.

use lopdf::{Dictionary, Document, Object, ObjectId};

use crate::file::resolve;

/// How many references in a row are followed.
const MAX_STEPS: usize = 8;
/// How many filters of a stream are taken; real streams have at most two or three.
const MAX_FILTERS: usize = 8;
/// Longer names are of no filter that there is, and are cut.
const MAX_NAME_BYTES: usize = 32;
/// How many streams are put right: more than real files have in all.
const MAX_ODD_STREAMS: usize = 10_000;
/// The parameters that the filters of lopdf heed (ISO 32000-1, table 8), all numbers.
const PARAMETERS: [&[u8]; 5] = [b"Predictor", b"Colors", b"BitsPerComponent", b"Columns", b"EarlyChange"];

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
        .take(MAX_ODD_STREAMS)
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
    let list = |key: &[u8]| match dictionary.get(key).map(|object| resolve(document, object, MAX_STEPS)) {
        Ok(Object::Array(all)) => {
            all.iter().take(MAX_FILTERS).map(|one| resolve(document, one, MAX_STEPS)).collect()
        }
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
        let name = name.get(..MAX_NAME_BYTES).unwrap_or(name);
        filters.push(Object::Name(in_full(name).to_vec()));
        kept.push(match parameters.get(index) {
            Some(Object::Dictionary(parameters)) => {
                let values = PARAMETERS.iter().filter_map(|key| {
                    match resolve(document, parameters.get(key).ok()?, MAX_STEPS) {
                        number @ (Object::Integer(_) | Object::Real(_)) => {
                            Some((key.to_vec(), number.clone()))
                        }
                        _ => None,
                    }
                });
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

#[cfg(test)]
mod tests {
    use lopdf::{Stream, dictionary};

    use super::*;

    #[test]
    fn what_is_written_out_is_bounded() {
        let mut document = Document::new();
        let filters = document.add_object(vec![Object::from("Fl"); 1000]);
        let long = document.add_object(Object::Name(vec![b'n'; 1000]));
        let columns = document.add_object(7);
        let parameters = document.add_object(dictionary! { "Columns" => columns, "Other" => long });
        let many = document.add_object(Stream::new(dictionary! { "Filter" => filters }, Vec::new()));
        let dictionary = dictionary! { "Filter" => long, "DecodeParms" => parameters };
        let one = document.add_object(Stream::new(dictionary, Vec::new()));
        unfold(&mut document);
        let entry = |id, key: &[u8]| {
            let stream = document.objects.get(&id).and_then(|object| object.as_stream().ok()).unwrap();
            stream.dict.get(key).unwrap().as_array().unwrap().clone()
        };
        assert_eq!(entry(many, b"Filter"), vec![Object::from("FlateDecode"); MAX_FILTERS]);
        assert_eq!(entry(one, b"Filter"), vec![Object::Name(vec![b'n'; MAX_NAME_BYTES])]);
        assert_eq!(entry(one, b"DecodeParms"), vec![Object::from(dictionary! { "Columns" => 7 })]);
    }
}
