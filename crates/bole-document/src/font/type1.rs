use crate::lexer::{Lexer, Token};

/// How far into a font program its clear text may reach.
const CLEAR_TEXT_BYTES: usize = 1 << 17;

/// The built-in encoding of a Type 1 font program: for each code a glyph name. None if it is the standard one, or
/// there is none.
pub(crate) fn encoding(program: &[u8]) -> Option<Vec<Option<Vec<u8>>>> {
    let program = program.get(..CLEAR_TEXT_BYTES).unwrap_or(program);
    let start = memchr::memmem::find(program, b"/Encoding")?;
    let mut lexer = Lexer::new(program.get(start..)?);
    let mut names = vec![None; 256];
    let mut n_named = 0;
    let mut code = None;
    let mut after_dup = false;
    while let Some(token) = lexer.next_token() {
        match token {
            Token::Keyword(b"StandardEncoding") => return None,
            Token::Keyword(b"dup") => after_dup = true,
            Token::Keyword(b"def" | b"readonly") if n_named > 0 => break,
            Token::Keyword(b"eexec" | b"currentfile") => break,
            Token::Number(number) if after_dup => code = Some(number as usize),
            Token::Name(name) if after_dup => {
                if let Some(slot) = code.take().and_then(|code| names.get_mut(code)) {
                    *slot = Some(name.to_vec());
                    n_named += 1;
                }
                after_dup = false;
            }
            _ => {}
        }
    }
    (n_named > 0).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_encoding() {
        let names = encoding(
            b"%!PS-AdobeFont\n/Encoding 256 array\n0 1 255 {1 index exch /.notdef put} for\n\
            dup 15 /bullet put\ndup 65 /A put\nreadonly def\ncurrentfile eexec",
        )
        .unwrap();
        assert_eq!(names[15].as_deref(), Some(&b"bullet"[..]));
        assert_eq!(names[65].as_deref(), Some(&b"A"[..]));
        assert_eq!(names[66], None);
        assert_eq!(encoding(b"/Encoding StandardEncoding def"), None);
    }
}
