//! `--body-field`, `--correlation-field` and `--source-field`: the user knows better.

use super::json::Out;
use crate::body::{Json, RecordId, fields};
use crate::options::NamedFields;

impl NamedFields {
    /// Reads a JSON record by these fields, and by the usual ones where none is named.
    pub(super) fn read(&self, json: &Json<'_>, out: &mut Out<'_, '_>) {
        let at = |field: &Option<String>| field.as_ref().and_then(|field| json.at(field));
        let body = match &self.body {
            Some(field) => json.at(field),
            None => Some(fields::body(json).unwrap_or(json)),
        };
        let Some(body) = body else {
            return;
        };
        let id = match &self.correlation {
            None => fields::id(json),
            Some(_) => match at(&self.correlation) {
                Some(Json::Text(text)) => RecordId::invocation(text.as_ref()),
                other => other.and_then(Json::digits).map(RecordId::invocation).unwrap_or_default(),
            },
        };
        let source = match &self.source {
            None => fields::source(json),
            Some(_) => at(&self.source).and_then(Json::text).unwrap_or_default(),
        };
        out.record(&fields::text_of(body), id, source, "");
    }
}
