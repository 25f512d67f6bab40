use lopdf::{Dictionary, Object};
use rustc_hash::FxHashMap;

use crate::content::function::{Function, FunctionBudget};
use crate::file::{File, as_number, as_stream, decode};

/// What is painted with: a colour, or what cannot be told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Paint {
    /// Red, green, blue, 0 to 1.
    Known([f32; 3]),
    /// Some colour without gaps: an image, an ink without a known look.
    Unknown,
    /// A pattern, which may have gaps.
    Pattern,
    /// The ink `None`, which leaves no mark (ISO 32000-1, 8.6.6.4).
    Nothing,
}

impl Paint {
    pub(crate) const BLACK: Self = Self::Known([0.0; 3]);
    pub(crate) const WHITE: [f32; 3] = [1.0; 3];
}

/// A colour space as far as it matters for telling colours apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Space {
    Gray,
    Rgb,
    Cmyk,
    /// One ink, from none at 0 to black at 1.
    BlackInk,
    Pattern,
    /// Inks that leave no mark.
    Nothing,
    /// By position among [`Spaces`].
    Special(u32),
    Other,
}

/// The colour spaces of a document that take more than a word to tell.
#[derive(Debug, Default)]
pub(crate) struct Spaces {
    /// With the paint that each begins with.
    special: Vec<(Special, Paint)>,
    /// By the place of the array that describes the space: the resources of many pages share it.
    places: FxHashMap<usize, Space>,
    functions: FunctionBudget,
}

#[derive(Debug)]
enum Special {
    /// CIE 1976 L*a*b*. White is shown as white whatever its white point.
    Lab,
    /// Numbers of colours in `base`, a byte for each component.
    Indexed { base: Space, n_components: usize, table: Vec<u8> },
    /// Inks (`Separation`, `DeviceN`) that look like a colour of `alternate`.
    Tint { n_inks: usize, alternate: Space, transform: Function },
}

/// How deep spaces lie within spaces.
const MAX_DEPTH: usize = 4;
const MAX_SPACES: usize = 256;
/// The highest number of a colour in a table (ISO 32000-1, 8.6.6.3).
const MAX_COLOR: usize = 255;
/// How many inks a space has at most (ISO 32000-1, annex C).
const MAX_INKS: usize = 32;

impl Spaces {
    /// From the operand of `cs`: a device space, or one of the resources.
    pub(crate) fn read(&mut self, file: &File, resources: Option<&Dictionary>, name: &[u8]) -> Space {
        if let Some(space) = device(name) {
            return space;
        }
        resources
            .and_then(|resources| file.dictionary(resources, b"ColorSpace"))
            .and_then(|spaces| spaces.get(name).ok())
            .map_or(Space::Other, |space| self.of_object(file, file.resolve(space), 0))
    }

    pub(crate) fn of_object(&mut self, file: &File, object: &Object, depth: usize) -> Space {
        let array = match object {
            Object::Name(name) => return device(name).unwrap_or(Space::Other),
            Object::Array(array) if depth < MAX_DEPTH => array,
            _ => return Space::Other,
        };
        let place = array.as_ptr() as usize;
        if let Some(space) = self.places.get(&place).filter(|_| depth == 0) {
            return *space;
        }
        let space = self.of_array(file, array, depth);
        if depth == 0 && !array.is_empty() {
            self.places.insert(place, space);
        }
        space
    }

    fn of_array(&mut self, file: &File, array: &[Object], depth: usize) -> Space {
        let part = |index: usize| array.get(index).map_or(&Object::Null, |object| file.resolve(object));
        let Object::Name(family) = part(0) else {
            return Space::Other;
        };
        match family.as_slice() {
            b"ICCBased" => {
                let Some(profile) = as_stream(part(1)) else {
                    return Space::Other;
                };
                match as_number(file.get(&profile.dict, b"N")).map(|number| number as i64) {
                    Some(1) => Space::Gray,
                    // Three components need not be red, green and blue.
                    Some(3) => match file.get(&profile.dict, b"Alternate") {
                        alternate @ Object::Array(_) => self.of_object(file, alternate, depth + 1),
                        _ => Space::Rgb,
                    },
                    Some(4) => Space::Cmyk,
                    _ => Space::Other,
                }
            }
            b"Lab" | b"Indexed" | b"I" | b"Separation" | b"DeviceN" if self.special.len() >= MAX_SPACES => {
                Space::Other
            }
            b"Lab" => self.add(Special::Lab),
            b"Indexed" | b"I" => {
                let base = self.of_object(file, part(1), depth + 1);
                let Some(n_components) = self.n_components(base) else {
                    return Space::Other;
                };
                let last =
                    as_number(part(2)).map_or(MAX_COLOR, |last| (last.max(0.0) as usize).min(MAX_COLOR));
                let n_bytes = (last + 1) * n_components;
                let mut table = match part(3) {
                    Object::String(table, _) => table.get(..n_bytes).unwrap_or(table).to_vec(),
                    Object::Stream(table) => decode(table, (MAX_COLOR + 1) * MAX_INKS).unwrap_or_default(),
                    _ => return Space::Other,
                };
                table.truncate(n_bytes);
                self.add(Special::Indexed { base, n_components, table })
            }
            b"Separation" | b"DeviceN" => {
                let names = match part(1) {
                    Object::Array(names) => names.as_slice(),
                    name => std::slice::from_ref(name),
                };
                if names.is_empty() || names.len() > MAX_INKS {
                    return Space::Other;
                }
                let is = |expected: &[u8]| {
                    names
                        .iter()
                        .all(|name| matches!(file.resolve(name), Object::Name(name) if name == expected))
                };
                if is(b"None") {
                    return Space::Nothing;
                }
                if names.len() == 1 && (is(b"Black") || is(b"All")) {
                    return Space::BlackInk;
                }
                let alternate = self.of_object(file, part(2), depth + 1);
                match Function::read(file, part(3), &mut self.functions) {
                    Some(transform) if alternate != Space::Other => {
                        self.add(Special::Tint { n_inks: names.len(), alternate, transform })
                    }
                    _ => Space::Other,
                }
            }
            name => device(name).unwrap_or(Space::Other),
        }
    }

    fn add(&mut self, special: Special) -> Space {
        if self.special.len() >= MAX_SPACES {
            return Space::Other;
        }
        let first = match &special {
            Special::Lab => None,
            Special::Indexed { .. } => Some(vec![0.0]),
            Special::Tint { n_inks, .. } => Some(vec![1.0; *n_inks]),
        };
        self.special.push((special, Paint::BLACK));
        let space = Space::Special(self.special.len() as u32 - 1);
        if let Some(components) = first {
            let paint = self.paint(space, &components);
            if let Some((_, initial)) = self.special.last_mut() {
                *initial = paint;
            }
        }
        space
    }

    fn n_components(&self, space: Space) -> Option<usize> {
        match space {
            Space::Gray | Space::BlackInk => Some(1),
            Space::Rgb => Some(3),
            Space::Cmyk => Some(4),
            Space::Special(index) => match &self.special.get(index as usize)?.0 {
                Special::Lab => Some(3),
                Special::Tint { n_inks, .. } => Some(*n_inks),
                Special::Indexed { .. } => None,
            },
            Space::Pattern | Space::Nothing | Space::Other => None,
        }
    }

    /// The paint that a space begins with.
    pub(crate) fn initial(&self, space: Space) -> Paint {
        match space {
            Space::Gray | Space::Rgb | Space::Cmyk | Space::BlackInk => Paint::BLACK,
            Space::Pattern => Paint::Pattern,
            Space::Nothing => Paint::Nothing,
            Space::Special(index) => {
                self.special.get(index as usize).map_or(Paint::Unknown, |(_, initial)| *initial)
            }
            Space::Other => Paint::Unknown,
        }
    }

    /// The paint of the components given with `sc` and its like.
    pub(crate) fn paint(&self, space: Space, components: &[f32]) -> Paint {
        match (space, components) {
            (Space::Gray, [gray]) => known([*gray; 3]),
            (Space::Rgb, [red, green, blue]) => known([*red, *green, *blue]),
            (Space::Cmyk, [cyan, magenta, yellow, black]) => known(
                [cyan, magenta, yellow]
                    .map(|ink| (1.0 - ink.clamp(0.0, 1.0)) * (1.0 - black.clamp(0.0, 1.0))),
            ),
            (Space::BlackInk, [tint]) => known([1.0 - tint; 3]),
            (Space::Nothing, _) => Paint::Nothing,
            (Space::Pattern, _) => Paint::Pattern,
            (Space::Special(index), _) => self.special_paint(index, components).unwrap_or(Paint::Unknown),
            _ => Paint::Unknown,
        }
    }

    fn special_paint(&self, index: u32, components: &[f32]) -> Option<Paint> {
        Some(match &self.special.get(index as usize)?.0 {
            Special::Lab => {
                let [lightness, a, b] = components else { return None };
                known(lab_to_rgb([*lightness, *a, *b]))
            }
            Special::Indexed { base, n_components, table } => {
                let [number] = components else { return None };
                let start = (number.max(0.0) as usize).min(table.len()).checked_mul(*n_components)?;
                let entry = table.get(start..start + n_components)?;
                if let Space::Special(base) = base
                    && matches!(self.special.get(*base as usize), Some((Special::Lab, _)))
                {
                    return None;
                }
                let entry: Vec<f32> = entry.iter().map(|byte| f32::from(*byte) / 255.0).collect();
                self.paint(*base, &entry)
            }
            Special::Tint { n_inks, alternate, transform } => {
                if components.len() != *n_inks {
                    return None;
                }
                self.paint(*alternate, &transform.values(components)?)
            }
        })
    }
}

fn device(name: &[u8]) -> Option<Space> {
    match name {
        b"DeviceGray" | b"CalGray" | b"G" => Some(Space::Gray),
        b"DeviceRGB" | b"CalRGB" | b"RGB" => Some(Space::Rgb),
        b"DeviceCMYK" | b"CMYK" => Some(Space::Cmyk),
        b"Pattern" => Some(Space::Pattern),
        _ => None,
    }
}

fn known(components: [f32; 3]) -> Paint {
    Paint::Known(components.map(|component| component.clamp(0.0, 1.0)))
}

/// ISO 32000-1, 8.6.5.4, and the primaries of sRGB.
fn lab_to_rgb([lightness, green_red, blue_yellow]: [f32; 3]) -> [f32; 3] {
    let middle = (lightness + 16.0) / 116.0;
    let unfold = |value: f32| {
        if value >= 6.0 / 29.0 { value * value * value } else { 108.0 / 841.0 * (value - 4.0 / 29.0) }
    };
    let x = 0.9505 * unfold(middle + green_red / 500.0);
    let y = unfold(middle);
    let z = 1.089 * unfold(middle - blue_yellow / 200.0);
    let encode = |linear: f32| {
        let linear = linear.clamp(0.0, 1.0);
        if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 }
    };
    [
        encode(3.2406 * x - 1.5372 * y - 0.4986 * z),
        encode(-0.9689 * x + 1.8758 * y + 0.0415 * z),
        encode(0.0557 * x - 0.2040 * y + 1.0570 * z),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_to_colours() {
        let mut spaces = Spaces::default();
        let transform =
            Function::Exponential { from: vec![0.0; 4], to: vec![0.0, 1.0, 1.0, 0.0], exponent: 1.0 };
        for special in [
            Special::Lab,
            Special::Indexed { base: Space::Rgb, n_components: 3, table: vec![0, 0, 0, 255, 255, 255] },
            Special::Tint { n_inks: 1, alternate: Space::Cmyk, transform },
        ] {
            spaces.add(special);
        }
        assert_eq!(spaces.initial(Space::Special(2)), Paint::Known([1.0, 0.0, 0.0]));
        let white = Paint::Known(Paint::WHITE);
        for (space, components, expected) in [
            (Space::Gray, &[0.5][..], Paint::Known([0.5; 3])),
            (Space::Cmyk, &[0.0, 0.0, 0.0, 1.0], Paint::BLACK),
            (Space::Cmyk, &[0.0; 4], white),
            (Space::BlackInk, &[1.0], Paint::BLACK),
            (Space::Rgb, &[1.0], Paint::Unknown),
            (Space::Special(1), &[1.0], white),
            (Space::Special(1), &[2.0], Paint::Unknown),
            (Space::Special(2), &[0.0], white),
            (Space::Special(2), &[1.0], Paint::Known([1.0, 0.0, 0.0])),
            (Space::Nothing, &[1.0], Paint::Nothing),
            (Space::Other, &[1.0], Paint::Unknown),
        ] {
            assert_eq!(spaces.paint(space, components), expected, "{space:?} {components:?}");
        }
        let Paint::Known(white) = spaces.paint(Space::Special(0), &[100.0, 0.0, 0.0]) else {
            panic!("a known colour");
        };
        assert!(white.iter().all(|component| *component > 0.99), "{white:?}");
    }

    #[test]
    fn tables_and_inks_are_bounded() {
        let file = File::new(lopdf::Document::new());
        let mut spaces = Spaces::default();
        let device = || Object::from("DeviceGray");
        let table = Object::string_literal(vec![255; 100_000]);
        let indexed = vec!["Indexed".into(), device(), Object::from(99_999), table];
        let space = spaces.of_object(&file, &indexed.into(), 0);
        assert_eq!(spaces.initial(space), Paint::Known(Paint::WHITE));
        let Some((Special::Indexed { table, .. }, _)) = spaces.special.first() else {
            panic!("a table");
        };
        assert_eq!(table.len(), MAX_COLOR + 1);
        for (n_inks, expected) in
            [(MAX_INKS, Space::Nothing), (MAX_INKS + 1, Space::Other), (0, Space::Other)]
        {
            let names = vec![Object::from("None"); n_inks];
            let space = vec!["DeviceN".into(), names.into(), device(), Object::Null];
            assert_eq!(Spaces::default().of_object(&file, &space.into(), 0), expected);
        }
    }
}
