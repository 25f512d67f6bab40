use crate::Query;

/// What is wrong with a query. `at` is the character, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// It is empty, or has signs only.
    #[error("the query has no word: type what to search for")]
    Empty,
    /// It is over the limit.
    #[error("the query has {n_bytes} bytes, the limit is {max}: leave some words out", max = Query::MAX_BYTES)]
    TooLong {
        /// How long it is.
        n_bytes: usize,
    },
    /// Its parentheses nest too deep.
    #[error("more than {max} parentheses inside each other at character {at}: leave some out", max = Query::MAX_DEPTH)]
    TooDeep {
        /// The first that is too deep.
        at: usize,
    },
    /// It has too many words.
    #[error("more than {max} words at character {at}: leave some out, or search twice", max = Query::MAX_TERMS)]
    TooManyTerms {
        /// The first that is too many.
        at: usize,
    },
    /// A quotation mark without its end.
    #[error("the quotation mark at character {at} is not closed: close it, or leave it out")]
    OpenQuote {
        /// Where it is.
        at: usize,
    },
    /// A parenthesis without its end.
    #[error("the parenthesis at character {at} is not closed: close it, or leave it out")]
    OpenParenthesis {
        /// Where it is.
        at: usize,
    },
    /// An end without its parenthesis.
    #[error("the parenthesis at character {at} closes nothing: leave it out")]
    StrayParenthesis {
        /// Where it is.
        at: usize,
    },
    /// Nothing where a word should be.
    #[error("a word is missing at character {at}: add one, or put `AND`, `OR`, `NOT` in quotation marks")]
    MissingTerm {
        /// Where it is missing.
        at: usize,
    },
    /// Not the name of a field.
    #[error(
        "no field is called what stands before the colon at character {at}: the fields are name, title, employer, \
         school, skill, source, degree, language, field and year; put other words with a colon in quotation marks"
    )]
    UnknownField {
        /// Where the colon is.
        at: usize,
    },
    /// Not a degree.
    #[error(
        "no degree at character {at}: use secondary, associate, bachelor, master or doctor, or 大专, 本科, 硕士, 博士"
    )]
    UnknownDegree {
        /// Where it is.
        at: usize,
    },
    /// Not a language.
    #[error("no language at character {at}: use chinese, english, mixed or unknown, or 中文, 英文")]
    UnknownLanguage {
        /// Where it is.
        at: usize,
    },
    /// Not the name of a field of work.
    #[error(
        "no field of work at character {at}: use its name, such as finance, or any for resumes sent without one"
    )]
    UnknownWork {
        /// Where it is.
        at: usize,
    },
    /// Not a year.
    #[error("no year at character {at}: use digits, such as 2026")]
    UnknownYear {
        /// Where it is.
        at: usize,
    },
    /// It says only what is not sought.
    #[error("the query says only what to leave out: add a word to search for, on both sides of each `OR`")]
    OnlyNegative,
}
