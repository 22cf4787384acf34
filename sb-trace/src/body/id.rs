//! Ids of one invocation, and which of two is narrower.

use std::borrow::Cow;

/// What an id is of; the narrowest wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Width {
    /// An invocation, request, execution or activation.
    Invocation,
    /// A request in one service.
    Transaction,
    /// A distributed operation, which may hold several invocations.
    Operation,
    #[default]
    Nothing,
}

/// An id and what it is of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RecordId<'a> {
    pub text: Cow<'a, str>,
    pub width: Width,
}

impl<'a> RecordId<'a> {
    /// An id, unless the text says that there is none.
    pub(crate) fn new(text: impl Into<Cow<'a, str>>, width: Width) -> Self {
        let text = text.into();
        // Runtimes print these before the first request, and JSON writers for a missing value.
        if matches!(text.as_ref(), "" | "-" | "undefined" | "None" | "null") {
            Self::default()
        } else {
            Self { text, width }
        }
    }

    /// An id of one invocation.
    pub(crate) fn invocation(text: impl Into<Cow<'a, str>>) -> Self {
        Self::new(text, Width::Invocation)
    }

    /// `projects/P/traces/T` is the trace T.
    pub(crate) fn trace_path(text: &'a str) -> Self {
        let last = text.rsplit('/').next().unwrap_or(text);
        Self::new(last, Width::Operation)
    }

    /// The narrower of two; of two alike, the outer.
    pub(crate) fn or(self, inner: RecordId<'a>) -> RecordId<'a> {
        if inner.width < self.width { inner } else { self }
    }

    pub(crate) fn into_owned(self) -> RecordId<'static> {
        RecordId { text: Cow::Owned(self.text.into_owned()), width: self.width }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_wins_and_no_id_is_none() {
        let invocation = RecordId::invocation("a");
        let operation = RecordId::trace_path("projects/p/traces/b");
        assert_eq!(operation.text, "b");
        assert_eq!(operation.clone().or(invocation.clone()).text, "a");
        assert_eq!(invocation.or(operation).text, "a");
        assert_eq!(RecordId::invocation("undefined").or(RecordId::invocation("x")).text, "x");
    }
}
