//! Body: what the runtime or a logger put around the app's own text, inside the format.

pub(crate) mod ansi;
pub(crate) mod cri;
mod fast;
mod field;
pub(crate) mod fields;
pub(crate) mod fluentd;
mod id;
pub(crate) mod json;
pub(crate) mod lambda;
mod log_result;
mod repair;
pub(crate) mod time;
mod value;

pub(crate) use fast::{FastRecord, node, node_text, of_lambda};
pub(crate) use id::{RecordId, Width};
pub(crate) use log_result::{log_result, may_hold_log_result, request_in, unpack};
pub(crate) use repair::repair;
pub(crate) use value::Json;

use std::borrow::Cow;

/// A body in a body in a body is the most that was ever seen.
const DEEPEST: usize = 3;

/// What Lambda says of an execution environment and its invocations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Signal<'a> {
    /// The environment is new.
    Init,
    /// An invocation begins. `sequential`: and any before it is over.
    Start {
        id: Cow<'a, str>,
        sequential: bool,
    },
    End {
        id: Cow<'a, str>,
    },
    /// An invocation is over; `cold`: it waited for a new environment.
    Report {
        id: Cow<'a, str>,
        cold: bool,
    },
    Other,
}

impl Signal<'_> {
    fn into_owned(self) -> Signal<'static> {
        let own = |id: Cow<'_, str>| Cow::Owned(id.into_owned());
        match self {
            Self::Init => Signal::Init,
            Self::Start { id, sequential } => Signal::Start { id: own(id), sequential },
            Self::End { id } => Signal::End { id: own(id) },
            Self::Report { id, cold } => Signal::Report { id: own(id), cold },
            Self::Other => Signal::Other,
        }
    }
}

/// What one layer holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Layer<'a> {
    pub body: Cow<'a, [u8]>,
    pub id: RecordId<'a>,
    pub source: Cow<'a, str>,
    pub signal: Option<Signal<'a>>,
}

impl Layer<'_> {
    fn into_owned(self) -> Layer<'static> {
        Layer {
            body: Cow::Owned(self.body.into_owned()),
            id: self.id.into_owned(),
            source: Cow::Owned(self.source.into_owned()),
            signal: self.signal.map(Signal::into_owned),
        }
    }
}

/// The app's own text in a record's text, with what the layers around it say.
pub(crate) fn unwrap(text: &[u8]) -> Layer<'_> {
    let mut out = Layer { body: clean(text), ..Layer::default() };
    for _ in 0..DEEPEST {
        let inner = match &out.body {
            Cow::Borrowed(body) => peel(body),
            Cow::Owned(body) => peel(body).map(Layer::into_owned),
        };
        let Some(inner) = inner else {
            break;
        };
        let body = match inner.body {
            Cow::Borrowed(body) => clean(body),
            Cow::Owned(body) => Cow::Owned(clean(&body).into_owned()),
        };
        let source = if out.source.is_empty() { inner.source } else { out.source };
        out = Layer { body, id: out.id.or(inner.id), source, signal: inner.signal };
        if out.signal.is_some() {
            break;
        }
    }
    out
}

/// Whether a layer may begin so: a cheap look before [`unwrap`].
pub(crate) fn may_hold(text: &[u8]) -> bool {
    match text {
        // The last is a date, not an epoch.
        [b'{' | b'[' | b' ' | 0x09..=0x0d | 0x1b | 0xef | b'S' | b'E' | b'R' | b'I', ..]
        | [b'0'..=b'9', _, _, _, b'-', ..] => true,
        _ => lambda::behind_epoch(text).is_some(),
    }
}

fn peel(text: &[u8]) -> Option<Layer<'_>> {
    match text.trim_ascii_start().first()? {
        b'{' => json::peel(text),
        _ => lambda::peel(text).or_else(|| cri::peel(text)).or_else(|| fluentd::peel(text)),
    }
}

/// Without colours, and without a byte order mark that someone put before the text.
fn clean(text: &[u8]) -> Cow<'_, [u8]> {
    ansi::strip(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unwrapped(text: &str) -> (String, String) {
        let layer = unwrap(text.as_bytes());
        (layer.id.text.into_owned(), String::from_utf8(layer.body.into_owned()).unwrap())
    }

    #[test]
    fn layers_are_taken_off_one_by_one() {
        let id = "c04f1f91-a23a-4c9a-8cbc-b701ca1f1fb0";
        let node = format!("2022-04-14T05:20:00.000Z\\t{id}\\tINFO\\tx");
        let nested = format!(r#"{{"log":"{node}","kubernetes":{{"pod_name":"p"}}}}"#);
        assert_eq!(unwrapped(&nested), (id.to_owned(), "x".to_owned()));
        assert_eq!(unwrap(nested.as_bytes()).source, "p");
        let plus = r#"{"message":"1650000000009\u002B0000|INVOKED","requestId":"r-12345678"}"#;
        assert_eq!(
            unwrapped(plus),
            ("r-12345678".to_owned(), "1650000000009+0000|INVOKED".to_owned())
        );
        let cri = "2022-04-14T05:20:00.000402117Z stdout F {\"msg\":\"\\u001b[32m1\\u001b[0m\"}";
        assert_eq!(unwrapped(cri), (String::new(), "1".to_owned()));
    }

    #[test]
    fn what_is_no_layer_is_the_text() {
        for text in ["{not json}", "plain", "", "{", "[INFO] x", "1600776870140+0000|A"] {
            assert_eq!(unwrapped(text), (String::new(), text.to_owned()));
        }
    }

    #[test]
    fn objects_without_a_text_field_are_scanned_whole() {
        assert_eq!(unwrapped(r#"{"a":"1","b":["2"]}"#).1, "1\n2\n");
        assert_eq!(unwrapped(r#"{"message":{"a":"1"},"b":"2"}"#).1, "1\n");
    }
}
