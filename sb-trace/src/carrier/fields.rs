//! `--body-field`, `--correlation-field` and `--source-field`: the user knows better.

use super::json::Out;
use crate::payload::{Id, Json, fields};

/// Fields that the user named: a path with dots, or a column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Where the text is.
    pub body: Option<String>,
    /// Where the id of the invocation is.
    pub correlation: Option<String>,
    /// Where the source is.
    pub source: Option<String>,
}

impl Overrides {
    /// Whether there are any.
    pub(crate) fn any(&self) -> bool {
        self.body.is_some() || self.correlation.is_some() || self.source.is_some()
    }

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
                Some(Json::Text(text)) => Id::invocation(text.as_ref()),
                other => other.and_then(Json::digits).map(Id::invocation).unwrap_or_default(),
            },
        };
        let source = match &self.source {
            None => fields::source(json),
            Some(_) => at(&self.source).and_then(Json::text).unwrap_or_default(),
        };
        out.record(&fields::text_of(body), id, source, "");
    }
}
