use bole_core::{Degree, FieldId, Language};

use super::lexer::{Token, TokenKind};
use super::{Leaf, Node, QueryError, Scope};
use crate::lexeme::lexemes;
use crate::schema::{degree_code, language_code};

/// Parses tokens whose parentheses are balanced and nest no deeper than the limit; `end` is the character after all.
pub(super) fn parse(tokens: Vec<Token>, end: usize) -> Result<Node, QueryError> {
    if tokens.is_empty() {
        return Err(QueryError::Empty);
    }
    let mut parser = Parser { tokens: tokens.into_iter().peekable(), end };
    parser.any(Scope::Text)
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    /// The character after the query.
    end: usize,
}

impl Parser {
    /// `a OR b OR c`, to the end or the closing parenthesis.
    fn any(&mut self, scope: Scope) -> Result<Node, QueryError> {
        let mut nodes = vec![self.all(scope)?];
        while self.tokens.next_if(|token| matches!(token.kind, TokenKind::Or)).is_some() {
            nodes.push(self.all(scope)?);
        }
        Ok(one_or(nodes, Node::Or))
    }

    /// `a AND b c`.
    fn all(&mut self, scope: Scope) -> Result<Node, QueryError> {
        let mut nodes = vec![self.one(scope)?];
        while let Some(token) = self.tokens.peek() {
            match token.kind {
                TokenKind::Or | TokenKind::Close => break,
                TokenKind::And => {
                    self.tokens.next();
                }
                TokenKind::Open | TokenKind::Not | TokenKind::Field(_) | TokenKind::Text(_) => {}
            }
            nodes.push(self.one(scope)?);
        }
        Ok(one_or(nodes, Node::And))
    }

    /// `NOT field:a`. Only a parenthesis recurs.
    fn one(&mut self, mut scope: Scope) -> Result<Node, QueryError> {
        let mut is_not = false;
        loop {
            let Some(token) = self.tokens.next() else {
                return Err(QueryError::MissingTerm { at: self.end });
            };
            let node = match token.kind {
                TokenKind::Not => {
                    is_not = !is_not;
                    continue;
                }
                TokenKind::Field(field) => {
                    scope = field;
                    continue;
                }
                TokenKind::Text(text) => Node::Leaf(leaf(scope, &text, token.at)?),
                TokenKind::Open => {
                    let node = self.any(scope)?;
                    // Its end is there: the lexer has counted.
                    self.tokens.next();
                    node
                }
                TokenKind::Close | TokenKind::And | TokenKind::Or => {
                    return Err(QueryError::MissingTerm { at: token.at });
                }
            };
            return Ok(if is_not { negated(node) } else { node });
        }
    }
}

fn negated(node: Node) -> Node {
    match node {
        Node::Not(node) => *node,
        Node::Leaf(_) | Node::And(_) | Node::Or(_) => Node::Not(Box::new(node)),
    }
}

fn one_or(mut nodes: Vec<Node>, join: fn(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(node) if nodes.is_empty() => node,
        node => {
            nodes.extend(node);
            join(nodes)
        }
    }
}

fn leaf(scope: Scope, text: &str, at: usize) -> Result<Leaf, QueryError> {
    let code = |code: String| vec![(0, code)];
    let terms = match scope {
        Scope::Degree => code(degree_code(degree(text).ok_or(QueryError::UnknownDegree { at })?).to_owned()),
        Scope::Language => {
            code(language_code(language(text).ok_or(QueryError::UnknownLanguage { at })?).to_owned())
        }
        Scope::Field => code(work(text).ok_or(QueryError::UnknownWork { at })?),
        Scope::Year => code(text.parse::<i16>().map_err(|_| QueryError::UnknownYear { at })?.to_string()),
        _ => terms(text),
    };
    Ok(Leaf { scope, terms })
}

/// What is sought of a text, each with its distance from the first.
fn terms(text: &str) -> Vec<(usize, String)> {
    let mut sought = lexemes(text).into_iter().filter(|lexeme| lexeme.is_sought).peekable();
    let first = sought.peek().map_or(0, |lexeme| lexeme.position);
    sought.map(|lexeme| (lexeme.position - first, lexeme.text)).collect()
}

fn degree(text: &str) -> Option<Degree> {
    Some(match text.to_lowercase().as_str() {
        "secondary" | "高中" | "中专" => Degree::Secondary,
        "associate" | "大专" | "专科" => Degree::Associate,
        "bachelor" | "本科" | "学士" => Degree::Bachelor,
        "master" | "mba" | "硕士" | "研究生" => Degree::Master,
        "doctor" | "phd" | "博士" => Degree::Doctor,
        _ => return None,
    })
}

fn work(text: &str) -> Option<String> {
    if text.eq_ignore_ascii_case(FieldId::ANY) {
        return Some(FieldId::ANY.to_owned());
    }
    FieldId::normal(text).map(|field| field.0)
}

fn language(text: &str) -> Option<Language> {
    Some(match text.to_lowercase().as_str() {
        "chinese" | "zh" | "中文" | "汉语" => Language::Chinese,
        "english" | "en" | "英文" | "英语" => Language::English,
        "mixed" => Language::Mixed,
        "unknown" => Language::Unknown,
        _ => return None,
    })
}
