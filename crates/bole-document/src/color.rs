use lopdf::{Dictionary, Object};

use crate::file::{File, as_number, as_stream};

/// What is painted with: a colour, or what cannot be told (patterns, inks without a known look).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Paint {
    /// Red, green, blue, 0 to 1.
    Known([f32; 3]),
    Unknown,
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
    Other,
}

impl Space {
    /// From the operand of `cs`: a device space, or one of the resources.
    pub(crate) fn read(file: &File, resources: Option<&Dictionary>, name: &[u8]) -> Self {
        if let Some(space) = Self::device(name) {
            return space;
        }
        resources
            .and_then(|resources| file.dictionary(resources, b"ColorSpace"))
            .and_then(|spaces| spaces.get(name).ok())
            .map_or(Self::Other, |space| Self::of_object(file, file.resolve(space)))
    }

    fn device(name: &[u8]) -> Option<Self> {
        match name {
            b"DeviceGray" | b"CalGray" | b"G" => Some(Self::Gray),
            b"DeviceRGB" | b"CalRGB" | b"RGB" => Some(Self::Rgb),
            b"DeviceCMYK" | b"CMYK" => Some(Self::Cmyk),
            _ => None,
        }
    }

    fn of_object(file: &File, object: &Object) -> Self {
        let array = match object {
            Object::Name(name) => return Self::device(name).unwrap_or(Self::Other),
            Object::Array(array) => array,
            _ => return Self::Other,
        };
        let name_at = |index: usize| match array.get(index).map(|object| file.resolve(object)) {
            Some(Object::Name(name)) => name.as_slice(),
            _ => b"",
        };
        match name_at(0) {
            b"ICCBased" => {
                let n_components = array
                    .get(1)
                    .and_then(|profile| as_stream(file.resolve(profile)))
                    .and_then(|profile| as_number(file.get(&profile.dict, b"N")));
                match n_components.map(|number| number as i64) {
                    Some(1) => Self::Gray,
                    Some(3) => Self::Rgb,
                    Some(4) => Self::Cmyk,
                    _ => Self::Other,
                }
            }
            b"Separation" if matches!(name_at(1), b"Black" | b"All") => Self::BlackInk,
            name => Self::device(name).unwrap_or(Self::Other),
        }
    }

    /// The paint that a space begins with.
    pub(crate) fn initial(self) -> Paint {
        match self {
            Self::Gray | Self::Rgb | Self::Cmyk | Self::BlackInk => Paint::BLACK,
            Self::Other => Paint::Unknown,
        }
    }

    /// The paint of the components given with `sc` and its like.
    pub(crate) fn paint(self, components: &[f32]) -> Paint {
        match (self, components) {
            (Self::Gray, [gray]) => known([*gray; 3]),
            (Self::Rgb, [red, green, blue]) => known([*red, *green, *blue]),
            (Self::Cmyk, [cyan, magenta, yellow, black]) => {
                known([cyan, magenta, yellow].map(|ink| (1.0 - ink) * (1.0 - black)))
            }
            (Self::BlackInk, [tint]) => known([1.0 - tint; 3]),
            _ => Paint::Unknown,
        }
    }
}

fn known(components: [f32; 3]) -> Paint {
    Paint::Known(components.map(|component| component.clamp(0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_to_colours() {
        assert_eq!(Space::Gray.paint(&[0.5]), Paint::Known([0.5; 3]));
        assert_eq!(Space::Cmyk.paint(&[0.0, 0.0, 0.0, 1.0]), Paint::BLACK);
        assert_eq!(Space::Cmyk.paint(&[0.0; 4]), Paint::Known(Paint::WHITE));
        assert_eq!(Space::BlackInk.paint(&[1.0]), Paint::BLACK);
        assert_eq!(Space::Rgb.paint(&[1.0]), Paint::Unknown);
        assert_eq!(Space::Other.paint(&[1.0]), Paint::Unknown);
    }
}
