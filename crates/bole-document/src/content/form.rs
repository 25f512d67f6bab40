//! Content within content: forms, and the streams of a page.

use lopdf::{Dictionary, Object};

use crate::ReadError;
use crate::content::graphics::Mixing;
use crate::content::interpreter::Interpreter;
use crate::content::operands::Operands;
use crate::content::path::Path;
use crate::file::{StreamError, as_stream, decode};
use crate::geometry::{Matrix, Rect};
use crate::stage::Stage;

impl<'f> Interpreter<'f, '_> {
    pub(crate) fn paint_object(
        &mut self,
        operands: &Operands<'_>,
        resources: Option<&'f Dictionary>,
        depth: usize,
    ) -> Result<(), ReadError> {
        let file = self.session.file;
        let Some(name) = operands.name() else {
            return Ok(());
        };
        let Some(Object::Stream(stream)) = resources
            .and_then(|resources| file.dictionary(resources, b"XObject"))
            .map(|objects| file.get(objects, name))
        else {
            return Ok(());
        };
        let is_off = stream.dict.get(b"OC").is_ok_and(|layer| self.session.layers.is_off(file, layer));
        match file.name(&stream.dict, b"Subtype") {
            Some(b"Image") if !is_off => self.paint_image(self.image_kind(&stream.dict)),
            Some(b"Form") => {
                self.marks.push_layer(is_off);
                let result = self.paint_form(stream, resources, depth);
                self.marks.pop_layer();
                return result;
            }
            _ => {}
        }
        Ok(())
    }

    /// Walks a form with its own matrix, clip and resources; the state is as before afterwards. A form that shows itself,
    /// or lies too deep, costs only itself: what it would show again is left out.
    pub(crate) fn paint_form(
        &mut self,
        stream: &'f lopdf::Stream,
        outer_resources: Option<&'f Dictionary>,
        depth: usize,
    ) -> Result<(), ReadError> {
        let place = std::ptr::from_ref(stream) as usize;
        if self.open_forms.contains(&place) {
            self.troubles.insert("a form shows itself");
            return Ok(());
        }
        if depth >= self.session.budget.limits.form_depth {
            self.troubles.insert("forms lie too deep within forms");
            return Ok(());
        }
        let file = self.session.file;
        let Some(content) = self.decode_content(stream)? else {
            return Ok(());
        };
        let path = std::mem::replace(&mut self.path, Path::EMPTY);
        let outer = (self.state, self.text_matrix, self.line_matrix, path);
        let clipping = self.clipping.take();
        let depth_before = self.saved.depth();
        let matrix = file.numbers(&stream.dict, b"Matrix").map_or(Matrix::IDENTITY, Matrix::new);
        self.state.matrix = matrix.then(&self.state.matrix);
        if let Some(bounds) = file.rect(&stream.dict, b"BBox") {
            let mut edge = Path::EMPTY;
            let Rect { x0, y0, .. } = bounds;
            edge.rectangle(&self.state.matrix, [x0, y0, bounds.width(), bounds.height()]);
            self.state.clip = self.backdrop.clip(self.state.clip, &edge.bounds, edge.shape(false));
        }
        if file
            .dictionary(&stream.dict, b"Group")
            .is_some_and(|group| file.name(group, b"S") == Some(b"Transparency"))
        {
            // The group is painted as a whole with the opacity, the blend mode and the mask outside; within,
            // they begin anew (ISO 32000-1, 11.6.6).
            self.state.group_mixing = self.state.all_mixing();
            self.state.mixing = Mixing { overprints: self.state.mixing.overprints, ..Mixing::default() };
            self.state.group_alpha *= self.state.fill.alpha;
            self.state.fill.alpha = 1.0;
            self.state.stroke.alpha = 1.0;
        }
        let resources = file.dictionary(&stream.dict, b"Resources").or(outer_resources);
        self.open_forms.push(place);
        let result = self.run(&content, resources, depth + 1);
        self.open_forms.pop();
        self.end_text();
        self.clipping = clipping;
        self.saved.truncate(depth_before);
        (self.state, self.text_matrix, self.line_matrix, self.path) = outer;
        result
    }

    /// The decoded content of a stream, taken from the budget; none if it cannot be read.
    pub(crate) fn decode_content(&mut self, stream: &lopdf::Stream) -> Result<Option<Vec<u8>>, ReadError> {
        let budget = &mut self.session.budget;
        self.session.observer.begin(Stage::Unfold);
        let decoded = decode(stream, budget.content_bytes_left());
        self.session.observer.begin(Stage::Interpret);
        match decoded {
            Ok(content) => {
                budget.take_content(content.len().max(stream.content.len()))?;
                Ok(Some(content))
            }
            Err(StreamError::OverLimit) => Err(budget.content_error()),
            Err(StreamError::Unreadable) => {
                budget.take_content(stream.content.len())?;
                self.troubles.insert("a content stream could not be read");
                Ok(None)
            }
        }
    }

    /// The content of a page: one stream, or several that count as one.
    pub(crate) fn page_content(&mut self, page: &'f Dictionary) -> Result<Vec<u8>, ReadError> {
        let file = self.session.file;
        let mut content = Vec::new();
        let streams = match file.get(page, b"Contents") {
            Object::Array(streams) => streams.as_slice(),
            single => std::slice::from_ref(single),
        };
        for stream in streams {
            let Some(stream) = as_stream(file.resolve(stream)) else {
                continue;
            };
            if let Some(part) = self.decode_content(stream)? {
                if content.is_empty() {
                    content = part;
                } else {
                    content.push(b'\n');
                    content.extend_from_slice(&part);
                }
            }
        }
        Ok(content)
    }
}
