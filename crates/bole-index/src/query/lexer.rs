use unicode_normalization::UnicodeNormalization;

use super::{Query, QueryError, Scope};
use crate::lexeme::lexemes;

/// A piece of a query, and where it starts.
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) at: usize,
}

pub(super) enum TokenKind {
    Open,
    Close,
    And,
    Or,
    Not,
    Field(Scope),
    /// A word or phrase.
    Text(String),
}

/// Cuts a query into tokens, and checks every bound that the parser relies on.
pub(super) fn lex(text: &str) -> Result<Vec<Token>, QueryError> {
    if text.len() > Query::MAX_BYTES {
        return Err(QueryError::TooLong { n_bytes: text.len() });
    }
    let mut lexer = Lexer { scalars: Vec::new(), next: 0, tokens: Vec::new(), open: Vec::new(), n_terms: 0 };
    for (index, scalar) in text.chars().enumerate() {
        // Full-width signs become the signs they are.
        lexer.scalars.extend(std::iter::once(scalar).nfkc().map(|scalar| (scalar, index + 1)));
    }
    while let Some((scalar, at)) = lexer.peek(0) {
        lexer.token(scalar, at)?;
    }
    if let Some(at) = lexer.open.pop() {
        return Err(QueryError::OpenParenthesis { at });
    }
    Ok(lexer.tokens)
}

struct Lexer {
    scalars: Vec<(char, usize)>,
    next: usize,
    tokens: Vec<Token>,
    /// Where the parentheses stand that are not closed yet.
    open: Vec<usize>,
    n_terms: usize,
}

impl Lexer {
    fn token(&mut self, scalar: char, at: usize) -> Result<(), QueryError> {
        let after = self.peek(1).map(|(after, _)| after);
        match scalar {
            '(' => {
                self.open.push(at);
                if self.open.len() > Query::MAX_DEPTH {
                    return Err(QueryError::TooDeep { at });
                }
                self.push(TokenKind::Open, at, 1);
            }
            ')' => {
                self.open.pop().ok_or(QueryError::StrayParenthesis { at })?;
                self.push(TokenKind::Close, at, 1);
            }
            '&' if after == Some('&') => self.push(TokenKind::And, at, 2),
            '|' => self.push(TokenKind::Or, at, if after == Some('|') { 2 } else { 1 }),
            '!' => self.push(TokenKind::Not, at, 1),
            '-' if after.is_some_and(|after| !is_separator(after)) => self.push(TokenKind::Not, at, 1),
            _ if is_separator(scalar) => self.next += 1,
            _ => match closing(scalar) {
                Some(closing) => self.phrase(closing, at)?,
                None => self.word(at)?,
            },
        }
        Ok(())
    }

    fn phrase(&mut self, closing: &[char], at: usize) -> Result<(), QueryError> {
        self.next += 1;
        let mut text = String::new();
        loop {
            let (scalar, _) = self.peek(0).ok_or(QueryError::OpenQuote { at })?;
            self.next += 1;
            if closing.contains(&scalar) {
                return self.text(text, at);
            }
            text.push(scalar);
        }
    }

    fn word(&mut self, at: usize) -> Result<(), QueryError> {
        let mut text = String::new();
        while let Some((scalar, colon)) = self.peek(0) {
            let is_and = scalar == '&' && self.peek(1).is_some_and(|(after, _)| after == '&');
            if matches!(scalar, '(' | ')' | '|')
                || is_and
                || is_separator(scalar)
                || closing(scalar).is_some()
            {
                break;
            }
            if scalar == ':' && !text.is_empty() && text.chars().all(char::is_alphabetic) {
                let scope = Scope::named(&text).ok_or(QueryError::UnknownField { at: colon })?;
                self.push(TokenKind::Field(scope), at, 1);
                return Ok(());
            }
            text.push(scalar);
            self.next += 1;
        }
        match text.as_str() {
            "AND" => self.push(TokenKind::And, at, 0),
            "OR" => self.push(TokenKind::Or, at, 0),
            "NOT" => self.push(TokenKind::Not, at, 0),
            _ => self.text(text, at)?,
        }
        Ok(())
    }

    /// Signs alone are no word, and are passed over: `机械 / 电子`.
    fn text(&mut self, text: String, at: usize) -> Result<(), QueryError> {
        if lexemes(&text).is_empty() {
            return Ok(());
        }
        self.n_terms += 1;
        if self.n_terms > Query::MAX_TERMS {
            return Err(QueryError::TooManyTerms { at });
        }
        self.push(TokenKind::Text(text), at, 0);
        Ok(())
    }

    fn push(&mut self, kind: TokenKind, at: usize, n_scalars: usize) {
        self.tokens.push(Token { kind, at });
        self.next += n_scalars;
    }

    fn peek(&self, ahead: usize) -> Option<(char, usize)> {
        self.scalars.get(self.next + ahead).copied()
    }
}

fn is_separator(scalar: char) -> bool {
    scalar.is_whitespace()
        || scalar.is_control()
        || matches!(scalar, ',' | ';' | '、' | '。' | '《' | '》' | '【' | '】')
}

/// What closes the quotation that a sign opens. The curly ones are often typed the wrong way round.
fn closing(scalar: char) -> Option<&'static [char]> {
    match scalar {
        '"' | '“' | '”' | '„' => Some(&['"', '“', '”']),
        '「' => Some(&['」']),
        '『' => Some(&['』']),
        _ => None,
    }
}
