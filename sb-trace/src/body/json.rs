//! A JSON object as body: a JSON log line of the app or of its runtime.

use super::value::Json;
use super::{Layer, Signal, fields, repair};
use std::borrow::Cow;

/// The text and the id of a JSON object; none where the text is none.
pub(super) fn peel(text: &[u8]) -> Option<Layer<'_>> {
    let text = text.trim_ascii();
    if text.first() != Some(&b'{') || text.last() != Some(&b'}') {
        return None;
    }
    let decoded = decode(text);
    match Json::parse(&decoded) {
        Some(json) => Some(layer(&json)),
        None => Json::parse(&repair(&decoded)?).map(|json| layer(&json)),
    }
}

/// Bytes that are no UTF-8 are replaced: one broken character is no reason to lose a record.
pub(crate) fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    match std::str::from_utf8(text) {
        Ok(_) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(String::from_utf8_lossy(text).into_owned().into_bytes()),
    }
}

/// What an object says.
pub(crate) fn layer(json: &Json<'_>) -> Layer<'static> {
    if let Some(signal) = signal(json) {
        return Layer { signal: Some(signal), ..Layer::default() };
    }
    let json = json.get("_source").unwrap_or(json);
    let body = fields::text_of(fields::body(json).unwrap_or(json)).into_owned();
    Layer {
        body: Cow::Owned(body),
        id: fields::id(json).into_owned(),
        source: Cow::Owned(fields::source(json).to_owned()),
        signal: None,
    }
}

/// Lambda's own records: `{"time":..,"type":"platform.start","record":{"requestId":..}}`.
pub(crate) fn signal(json: &Json<'_>) -> Option<Signal<'static>> {
    let kind = json.get_text("type")?.strip_prefix("platform.")?;
    let record = json.get("record")?;
    let id = || Cow::Owned(record.get_text("requestId").unwrap_or_default().to_owned());
    match kind {
        "initStart" => Some(Signal::Init),
        // Here a stream may serve several requests at a time.
        "start" => Some(Signal::Start { id: id(), sequential: false }),
        "runtimeDone" => Some(Signal::End { id: id() }),
        "report" => {
            let cold = record.at("metrics.initDurationMs").is_some();
            Some(Signal::Report { id: id(), cold })
        }
        _ => Some(Signal::Other),
    }
}
