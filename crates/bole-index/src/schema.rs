use bole_core::{Degree, DocumentId, Language};
use tantivy::TantivyDocument;
use tantivy::schema::{
    BytesOptions, FAST, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::TokenizerManager;

use crate::Entry;
use crate::query::Scope;
use crate::tokenizer::BoleTokenizer;

/// The name of the tokenizer. It is part of the schema that each index keeps: raise its number whenever the same
/// text is cut in another way, or another thing is put into a field.
const TOKENIZER: &str = "bole_2";

/// The id in four numbers, most significant first: what orders hits of an equal score is read without a dictionary.
const DOCUMENT_PARTS: [&str; 4] = ["document_0", "document_1", "document_2", "document_3"];

/// What hits are counted by.
pub(crate) const DEGREE: &str = "degree";
pub(crate) const LANGUAGE: &str = "language";
pub(crate) const FIELD: &str = "field";
pub(crate) const YEAR: &str = "year";

/// The fields of an index.
#[derive(Clone)]
pub(crate) struct Fields {
    pub(crate) schema: Schema,
    pub(crate) document: Field,
    parts: [Field; 4],
    text: Field,
    name: Field,
    title: Field,
    employer: Field,
    school: Field,
    skill: Field,
    source: Field,
    degree: Field,
    language: Field,
    field: Field,
    year: Field,
}

impl Fields {
    pub(crate) fn new() -> Self {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(TOKENIZER)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let words = TextOptions::default().set_indexing_options(indexing);
        let code = TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic);
        // In columns too, so that hits can be counted by value.
        let code = TextOptions::default().set_indexing_options(code).set_fast("raw");
        let mut builder = Schema::builder();
        Self {
            document: builder.add_bytes_field("document", BytesOptions::default().set_indexed()),
            parts: DOCUMENT_PARTS.map(|name| builder.add_u64_field(name, NumericOptions::from(FAST))),
            text: builder.add_text_field("text", words.clone()),
            name: builder.add_text_field("name", words.clone()),
            title: builder.add_text_field("title", words.clone()),
            employer: builder.add_text_field("employer", words.clone()),
            school: builder.add_text_field("school", words.clone()),
            skill: builder.add_text_field("skill", words.clone()),
            source: builder.add_text_field("source", words),
            degree: builder.add_text_field(DEGREE, code.clone()),
            language: builder.add_text_field(LANGUAGE, code.clone()),
            field: builder.add_text_field(FIELD, code.clone()),
            year: builder.add_text_field(YEAR, code),
            schema: builder.build(),
        }
    }

    pub(crate) fn tokenizers() -> TokenizerManager {
        let tokenizers = TokenizerManager::default();
        tokenizers.register(TOKENIZER, BoleTokenizer);
        tokenizers
    }

    pub(crate) fn of(&self, scope: Scope) -> Field {
        match scope {
            Scope::Text => self.text,
            Scope::Name => self.name,
            Scope::Title => self.title,
            Scope::Employer => self.employer,
            Scope::School => self.school,
            Scope::Skill => self.skill,
            Scope::Source => self.source,
            Scope::Degree => self.degree,
            Scope::Language => self.language,
            Scope::Field => self.field,
            Scope::Year => self.year,
        }
    }

    pub(crate) fn document(&self, entry: &Entry) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_bytes(self.document, entry.document.as_bytes());
        for (field, part) in self.parts.iter().zip(parts(entry.document)) {
            document.add_u64(*field, part);
        }
        document.add_text(self.text, &entry.text);
        let lists = [
            (self.title, &entry.title),
            (self.employer, &entry.employer),
            (self.school, &entry.school),
            (self.skill, &entry.skill),
            (self.source, &entry.source),
        ];
        for (field, values) in lists {
            for value in values {
                document.add_text(field, value);
            }
        }
        if let Some(name) = &entry.name {
            document.add_text(self.name, name);
        }
        if let Some(degree) = entry.degree {
            document.add_text(self.degree, degree_code(degree));
        }
        document.add_text(self.language, language_code(entry.language));
        for name in entry.fields.names() {
            document.add_text(self.field, name);
        }
        document.add_text(self.year, entry.year.to_string());
        document
    }
}

/// The names of the four columns that hold the id.
pub(crate) fn document_columns() -> [&'static str; 4] {
    DOCUMENT_PARTS
}

fn parts(document: DocumentId) -> [u64; 4] {
    let mut parts = [0; 4];
    for (part, bytes) in parts.iter_mut().zip(document.as_bytes().chunks_exact(8)) {
        *part = bytes.iter().fold(0, |part, byte| part << 8 | u64::from(*byte));
    }
    parts
}

/// The id that was cut into four numbers.
pub(crate) fn joined(parts: [u64; 4]) -> DocumentId {
    let mut bytes = [0; 32];
    for (chunk, part) in bytes.chunks_exact_mut(8).zip(parts) {
        chunk.copy_from_slice(&part.to_be_bytes());
    }
    DocumentId::from_bytes(bytes)
}

pub(crate) fn degree_code(degree: Degree) -> &'static str {
    match degree {
        Degree::Secondary => "secondary",
        Degree::Associate => "associate",
        Degree::Bachelor => "bachelor",
        Degree::Master => "master",
        Degree::Doctor => "doctor",
    }
}

pub(crate) fn language_code(language: Language) -> &'static str {
    match language {
        Language::Chinese => "chinese",
        Language::English => "english",
        Language::Mixed => "mixed",
        Language::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_out_as_it_went_in() {
        let document = DocumentId::of(b"x");
        assert_eq!(joined(parts(document)), document);
        let mut documents = (0..50_u8).map(|n| DocumentId::of(&[n])).collect::<Vec<_>>();
        documents.sort();
        assert!(documents.is_sorted_by_key(|document| parts(*document)));
    }
}
