use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::lexeme::EachLexeme;

/// Gives tantivy the [lexemes](crate::lexeme) of a text.
#[derive(Clone, Default)]
pub(crate) struct BoleTokenizer;

pub(crate) struct Lexemes {
    lexemes: EachLexeme,
    token: Token,
}

impl Tokenizer for BoleTokenizer {
    type TokenStream<'a> = Lexemes;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Lexemes {
        Lexemes { lexemes: EachLexeme::of(text), token: Token::default() }
    }
}

impl TokenStream for Lexemes {
    fn advance(&mut self) -> bool {
        let Some(lexeme) = self.lexemes.next() else {
            return false;
        };
        // Offsets are for tantivy's own snippets, which are not used: the text is not in the index.
        self.token = Token {
            offset_from: 0,
            offset_to: 0,
            position: lexeme.position,
            text: lexeme.text,
            position_length: 1,
        };
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
