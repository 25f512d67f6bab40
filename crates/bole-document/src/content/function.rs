//! Functions of a few numbers (ISO 32000-1, 7.10), as far as colours need them.

use lopdf::{Dictionary, Object};

use crate::file::{File, as_dictionary, as_number, as_stream, decode};

/// A function whose values are the components of a colour.
#[derive(Clone, Debug)]
pub(crate) enum Function {
    /// Type 0 of one input, which `encode` maps to a place among the samples; each has a number for each output.
    Sampled { domain: (f32, f32), encode: (f32, f32), n_outputs: usize, samples: Vec<f32> },
    /// Type 2.
    Exponential { from: Vec<f32>, to: Vec<f32>, exponent: f32 },
    /// Type 3: pieces of one input, each with where it begins and what it maps to.
    Stitched { domain: (f32, f32), pieces: Vec<Piece> },
    /// Type 4.
    Calculator { program: Vec<Step>, range: Vec<(f32, f32)> },
}

#[derive(Clone, Debug)]
pub(crate) struct Piece {
    start: f32,
    encode: (f32, f32),
    function: Function,
}

/// One step of a calculator's program.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Push(f32),
    Operate(Operator),
    /// Runs the first if the top of the stack is true, the second otherwise.
    Choose(Vec<Step>, Vec<Step>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Abs,
    Add,
    Ceiling,
    Copy,
    Cvi,
    Div,
    Dup,
    Eq,
    Exch,
    Exp,
    Floor,
    Ge,
    Gt,
    Idiv,
    Index,
    Le,
    Lt,
    Mod,
    Mul,
    Ne,
    Neg,
    Pop,
    Roll,
    Round,
    Sqrt,
    Sub,
}

const MAX_DEPTH: usize = 4;
const MAX_PIECES: usize = 32;
const MAX_STEPS: usize = 512;
const MAX_STACK: usize = 64;
/// Decoded bytes of a function that are looked at.
const MAX_BYTES: usize = 1 << 16;

/// How many functions of a document are still read, pieces counted, and out of how many decoded bytes in all. Real
/// files have some tens, of a kilobyte each.
#[derive(Debug)]
pub(crate) struct FunctionBudget {
    n_functions: usize,
    n_bytes: usize,
}

impl Default for FunctionBudget {
    fn default() -> Self {
        Self { n_functions: 4096, n_bytes: 1 << 20 }
    }
}

impl FunctionBudget {
    fn take_function(&mut self) -> Option<()> {
        self.n_functions = self.n_functions.checked_sub(1)?;
        Some(())
    }

    /// The decoded bytes of a function; what cannot be decoded costs as much as it may have.
    fn decode(&mut self, object: &Object) -> Option<Vec<u8>> {
        let limit = MAX_BYTES.min(self.n_bytes);
        let decoded = decode(as_stream(object)?, limit).ok();
        self.n_bytes -= decoded.as_ref().map_or(limit, Vec::len).min(self.n_bytes);
        decoded
    }
}

impl Function {
    /// None if it is not understood, or goes over the budget.
    pub(crate) fn read(file: &File, object: &Object, budget: &mut FunctionBudget) -> Option<Self> {
        Self::read_at(file, object, 0, budget)
    }

    fn read_at(file: &File, object: &Object, depth: usize, budget: &mut FunctionBudget) -> Option<Self> {
        if depth >= MAX_DEPTH {
            return None;
        }
        budget.take_function()?;
        let object = file.resolve(object);
        let dictionary = as_dictionary(object)?;
        let domain: [f32; 2] = file.numbers(dictionary, b"Domain")?;
        let domain = (domain[0], domain[1]);
        match file.integer(dictionary, b"FunctionType")? {
            0 => Self::read_sampled(file, object, dictionary, domain, budget),
            2 => {
                let from = numbers(file, dictionary, b"C0").unwrap_or_else(|| vec![0.0]);
                let to = numbers(file, dictionary, b"C1").unwrap_or_else(|| vec![1.0]);
                let exponent = file.number(dictionary, b"N")?;
                Some(Self::Exponential { from, to, exponent })
            }
            3 => {
                let functions = file.array(dictionary, b"Functions")?;
                let encode = numbers(file, dictionary, b"Encode")?;
                let bounds = numbers(file, dictionary, b"Bounds")?;
                let starts = std::iter::once(domain.0).chain(bounds);
                if functions.len() > MAX_PIECES {
                    return None;
                }
                let mut pieces = Vec::new();
                for ((function, start), encode) in functions.iter().zip(starts).zip(encode.chunks_exact(2)) {
                    let [low, high] = *encode else { return None };
                    let function = Self::read_at(file, function, depth + 1, budget)?;
                    pieces.push(Piece { start, encode: (low, high), function });
                }
                Some(Self::Stitched { domain, pieces })
            }
            4 => {
                let program = budget.decode(object)?;
                let program = std::str::from_utf8(&program).ok()?.replace('{', " { ").replace('}', " } ");
                let mut words = program.split_ascii_whitespace();
                if words.next() != Some("{") {
                    return None;
                }
                let mut n_left = MAX_STEPS;
                let program = read_steps(&mut words, 0, &mut n_left)?;
                let range = numbers(file, dictionary, b"Range")?;
                let range = range.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?)));
                Some(Self::Calculator { program, range: range.collect() })
            }
            _ => None,
        }
    }

    fn read_sampled(
        file: &File,
        object: &Object,
        dictionary: &Dictionary,
        domain: (f32, f32),
        budget: &mut FunctionBudget,
    ) -> Option<Self> {
        let bits = file.integer(dictionary, b"BitsPerSample")?;
        let [n_samples] = file.numbers(dictionary, b"Size")?;
        if numbers(file, dictionary, b"Domain")?.len() != 2 || !matches!(bits, 8 | 16) {
            return None;
        }
        let range = numbers(file, dictionary, b"Range")?;
        let decode_to = numbers(file, dictionary, b"Decode").unwrap_or_else(|| range.clone());
        let n_outputs = range.len() / 2;
        let n_bytes = bits as usize / 8;
        let n_values = (n_samples as usize).checked_mul(n_outputs).filter(|n_values| *n_values > 0)?;
        let encode = match file.get(dictionary, b"Encode") {
            Object::Null => [0.0, n_samples - 1.0],
            _ => file.numbers(dictionary, b"Encode")?,
        };
        let data = budget.decode(object)?;
        let max = if n_bytes == 1 { 255.0 } else { 65_535.0 };
        let samples: Vec<f32> = data
            .chunks_exact(n_bytes)
            .take(n_values)
            .zip(decode_to.chunks_exact(2).take(n_outputs).cycle())
            .map(|(bytes, to)| {
                let value = bytes.iter().fold(0.0, |value, byte| value * 256.0 + f32::from(*byte));
                let (low, high) = (to.first().copied().unwrap_or(0.0), to.get(1).copied().unwrap_or(1.0));
                low + value / max * (high - low)
            })
            .collect();
        let is_whole = samples.len() == n_values && decode_to.len() == range.len();
        is_whole.then_some(Self::Sampled { domain, encode: (encode[0], encode[1]), n_outputs, samples })
    }

    /// The values at `inputs`; none where they are not defined.
    pub(crate) fn values(&self, inputs: &[f32]) -> Option<Vec<f32>> {
        self.raw_values(inputs).filter(|values| values.iter().all(|value| value.is_finite()))
    }

    fn raw_values(&self, inputs: &[f32]) -> Option<Vec<f32>> {
        match self {
            Self::Sampled { domain, encode: (low, high), n_outputs, samples } => {
                let last = (samples.len() / n_outputs).checked_sub(1)?;
                let at = low + share(*inputs.first()?, *domain) * (high - low);
                let at = at.clamp(0.0, last as f32);
                let (before, part) = (at.floor(), at.fract());
                let mut sample = samples.chunks_exact(*n_outputs).skip(before as usize);
                let low = sample.next()?;
                let high = sample.next().unwrap_or(low);
                Some(low.iter().zip(high).map(|(low, high)| low + part * (high - low)).collect())
            }
            Self::Exponential { from, to, exponent } => {
                let raised = inputs.first()?.clamp(0.0, 1.0).powf(*exponent);
                Some(from.iter().zip(to).map(|(from, to)| from + raised * (to - from)).collect())
            }
            Self::Stitched { domain, pieces } => {
                let input = inputs.first()?.clamp(domain.0, domain.1.max(domain.0));
                let index = pieces.iter().rposition(|piece| piece.start <= input)?;
                let piece = pieces.get(index)?;
                let end = pieces.get(index + 1).map_or(domain.1, |next| next.start);
                let (low, high) = piece.encode;
                piece.function.values(&[low + share(input, (piece.start, end)) * (high - low)])
            }
            Self::Calculator { program, range } => {
                let mut stack = inputs.to_vec();
                run(program, &mut stack)?;
                let outputs = stack.get(stack.len().checked_sub(range.len())?..)?;
                let clamped =
                    outputs.iter().zip(range).map(|(value, (low, high))| value.max(*low).min(*high));
                Some(clamped.collect())
            }
        }
    }
}

fn share(input: f32, (low, high): (f32, f32)) -> f32 {
    if high > low { ((input - low) / (high - low)).clamp(0.0, 1.0) } else { 0.0 }
}

/// The numbers of an array; none if there is none, or too many of them.
fn numbers(file: &File, dictionary: &Dictionary, key: &[u8]) -> Option<Vec<f32>> {
    let array = file.array(dictionary, key).filter(|array| array.len() <= MAX_STACK)?;
    array.iter().map(|object| as_number(file.resolve(object))).collect()
}

fn read_steps<'a>(
    words: &mut impl Iterator<Item = &'a str>,
    depth: usize,
    n_left: &mut usize,
) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut blocks: Vec<Vec<Step>> = Vec::new();
    loop {
        *n_left = n_left.checked_sub(1)?;
        match words.next()? {
            "}" => return Some(steps),
            "{" if depth < MAX_DEPTH => blocks.push(read_steps(words, depth + 1, n_left)?),
            "{" => return None,
            "if" => steps.push(Step::Choose(blocks.pop()?, Vec::new())),
            "ifelse" => {
                let otherwise = blocks.pop()?;
                steps.push(Step::Choose(blocks.pop()?, otherwise));
            }
            "true" => steps.push(Step::Push(1.0)),
            "false" => steps.push(Step::Push(0.0)),
            word => match operator(word) {
                Some(operator) => steps.push(Step::Operate(operator)),
                None => steps.push(Step::Push(word.parse().ok()?)),
            },
        }
    }
}

fn operator(word: &str) -> Option<Operator> {
    Some(match word {
        "abs" => Operator::Abs,
        "add" => Operator::Add,
        "ceiling" => Operator::Ceiling,
        "copy" => Operator::Copy,
        "cvi" | "truncate" => Operator::Cvi,
        "div" => Operator::Div,
        "dup" => Operator::Dup,
        "eq" => Operator::Eq,
        "exch" => Operator::Exch,
        "exp" => Operator::Exp,
        "floor" => Operator::Floor,
        "ge" => Operator::Ge,
        "gt" => Operator::Gt,
        "idiv" => Operator::Idiv,
        "index" => Operator::Index,
        "le" => Operator::Le,
        "lt" => Operator::Lt,
        "mod" => Operator::Mod,
        "mul" => Operator::Mul,
        "ne" => Operator::Ne,
        "neg" => Operator::Neg,
        "pop" => Operator::Pop,
        "roll" => Operator::Roll,
        "round" => Operator::Round,
        "sqrt" => Operator::Sqrt,
        "sub" => Operator::Sub,
        _ => return None,
    })
}

/// Runs a program, which has no loops. None if it goes wrong, or uses what colours do not need.
fn run(program: &[Step], stack: &mut Vec<f32>) -> Option<()> {
    for step in program {
        match step {
            Step::Push(number) => stack.push(*number),
            Step::Choose(then, otherwise) => {
                let chosen = if stack.pop()? == 0.0 { otherwise } else { then };
                run(chosen, stack)?;
            }
            Step::Operate(operator) => operate(*operator, stack)?,
        }
        if stack.len() > MAX_STACK {
            return None;
        }
    }
    Some(())
}

fn operate(operator: Operator, stack: &mut Vec<f32>) -> Option<()> {
    let last = stack.pop()?;
    let one = |value: f32, stack: &mut Vec<f32>| stack.push(value);
    let truth = |is_so: bool| if is_so { 1.0 } else { 0.0 };
    match operator {
        Operator::Abs => one(last.abs(), stack),
        Operator::Ceiling => one(last.ceil(), stack),
        Operator::Cvi => one(last.trunc(), stack),
        Operator::Floor => one(last.floor(), stack),
        Operator::Neg => one(-last, stack),
        Operator::Round => one(last.round(), stack),
        Operator::Sqrt => one(last.max(0.0).sqrt(), stack),
        Operator::Pop => {}
        Operator::Dup => stack.extend([last, last]),
        Operator::Copy => {
            let count = whole(last)?;
            stack.extend_from_within(stack.len().checked_sub(count)?..);
        }
        Operator::Index => {
            let value = *stack.get(stack.len().checked_sub(whole(last)? + 1)?)?;
            stack.push(value);
        }
        Operator::Roll => {
            let count = whole(stack.pop()?)?;
            let start = stack.len().checked_sub(count)?;
            if count > 0 {
                stack.get_mut(start..)?.rotate_right((last as i64).rem_euclid(count as i64) as usize);
            }
        }
        _ => {
            let first = stack.pop()?;
            let value = match operator {
                Operator::Exch => {
                    stack.push(last);
                    first
                }
                Operator::Add => first + last,
                Operator::Sub => first - last,
                Operator::Mul => first * last,
                Operator::Div => first / last,
                Operator::Exp => first.powf(last),
                Operator::Idiv => (first / last).trunc(),
                Operator::Mod => first % last,
                Operator::Eq => truth((first - last).abs() <= f32::EPSILON),
                Operator::Ne => truth((first - last).abs() > f32::EPSILON),
                Operator::Ge => truth(first >= last),
                Operator::Gt => truth(first > last),
                Operator::Le => truth(first <= last),
                Operator::Lt => truth(first < last),
                _ => return None,
            };
            stack.push(value);
        }
    }
    stack.last().is_none_or(|value| value.is_finite()).then_some(())
}

fn whole(number: f32) -> Option<usize> {
    (number >= 0.0 && number <= MAX_STACK as f32).then_some(number as usize)
}

#[cfg(test)]
mod tests {
    use lopdf::dictionary;

    use super::*;

    fn calculate(program: &str, inputs: &[f32], n_outputs: usize) -> Option<Vec<f32>> {
        let program = program.replace('{', " { ").replace('}', " } ");
        let mut words = program.split_ascii_whitespace();
        words.next();
        let program = read_steps(&mut words, 0, &mut 500)?;
        Function::Calculator { program, range: vec![(0.0, 1.0); n_outputs] }.values(inputs)
    }

    #[test]
    fn calculators_compute_tints() {
        for (program, inputs, expected) in [
            ("{dup 0.5 mul exch 1 exch sub}", &[0.4][..], Some(&[0.2, 0.6][..])),
            ("{pop 0 0 0}", &[1.0], Some(&[0.0, 0.0, 0.0])),
            ("{3 copy pop pop pop 3 1 roll}", &[0.1, 0.2, 0.3], Some(&[0.3, 0.1, 0.2])),
            ("{dup 0.5 gt {pop 1} {pop 0} ifelse}", &[0.7], Some(&[1.0])),
            ("{0 index}", &[0.25], Some(&[0.25, 0.25])),
            ("{0 div}", &[0.25], None),
            ("{cos}", &[0.25], None),
            ("{pop pop}", &[0.25], None),
        ] {
            let n_outputs = expected.map_or(1, <[f32]>::len);
            assert_eq!(calculate(program, inputs, n_outputs).as_deref(), expected, "{program}");
        }
    }

    #[test]
    fn pieces_and_powers() {
        let piece = |start, from: f32, to: f32| Piece {
            start,
            encode: (0.0, 1.0),
            function: Function::Exponential { from: vec![from], to: vec![to], exponent: 1.0 },
        };
        let stitched = Function::Stitched {
            domain: (0.0, 1.0),
            pieces: vec![piece(0.0, 0.0, 1.0), piece(0.5, 1.0, 0.5)],
        };
        for (input, expected) in [(0.0, 0.0), (0.25, 0.5), (0.5, 1.0), (1.0, 0.5)] {
            assert_eq!(stitched.values(&[input]), Some(vec![expected]), "{input}");
        }
    }

    /// A function of stream with these entries and samples.
    fn sampled(entries: Dictionary, samples: &[u8]) -> Object {
        let mut stream = lopdf::Stream::new(entries, samples.to_vec());
        for (key, value) in [("FunctionType", 0), ("BitsPerSample", 8)] {
            stream.dict.set(key, value);
        }
        stream.dict.set("Domain", vec![Object::from(0), 1.into()]);
        Object::Stream(stream)
    }

    #[test]
    fn samples_are_encoded_and_complete() {
        let file = File::new(lopdf::Document::new());
        let ends = |low: i64, high: i64| Object::from(vec![Object::from(low), high.into()]);
        let range = ends(0, 1);
        for (size, encode, samples, expected) in [
            (3, None, &[0, 255, 0][..], Some(0.5)),
            (3, None, &[0, 255, 0, 9], Some(0.5)),
            (2, Some(ends(1, 0)), &[0, 255], Some(0.75)),
            (2, Some(ends(-9, -5)), &[0, 255], Some(0.0)),
            (4, None, &[0, 255, 0], None),
            (0, None, &[0, 255, 0], None),
        ] {
            let mut entries = dictionary! { "Size" => vec![Object::from(size)], "Range" => range.clone() };
            if let Some(encode) = encode {
                entries.set("Encode", encode);
            }
            let function = Function::read(&file, &sampled(entries, samples), &mut FunctionBudget::default());
            let values = function.and_then(|function| function.values(&[0.25]));
            assert_eq!(values, expected.map(|value| vec![value]), "{size} {samples:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_unknown() {
        let power = Function::Exponential { from: vec![0.5], to: vec![0.5], exponent: -1.0 };
        assert_eq!(power.values(&[0.0]), None);
        assert_eq!(power.values(&[0.5]), Some(vec![0.5]));
    }

    #[test]
    fn functions_of_a_document_are_bounded() {
        let mut document = lopdf::Document::new();
        let entries =
            dictionary! { "Size" => vec![Object::from(9)], "Range" => vec![0.into(), Object::from(1)] };
        let mut function = document.add_object(sampled(entries, &[0; 9]));
        for _ in 1..MAX_DEPTH {
            let bounds = (1..MAX_PIECES as i64).map(Object::from).collect::<Vec<_>>();
            function = document.add_object(dictionary! {
                "FunctionType" => 3,
                "Domain" => vec![0.into(), Object::from(99)],
                "Functions" => vec![Object::from(function); MAX_PIECES],
                "Bounds" => bounds,
                "Encode" => vec![Object::from(0); 2 * MAX_PIECES],
            });
        }
        let file = File::new(document);
        let mut budget = FunctionBudget::default();
        assert!(Function::read(&file, &function.into(), &mut budget).is_none());
        assert_eq!(budget.n_functions, 0);
        let mut budget = FunctionBudget { n_functions: 99_999, n_bytes: 100 };
        assert!(Function::read(&file, &function.into(), &mut budget).is_none());
        assert!(budget.n_functions > 99_000 && budget.n_bytes < 9);
    }
}
