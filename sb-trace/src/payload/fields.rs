//! Which fields of a JSON record hold its text, the id of its invocation and its source.

use super::id::{Id, Width};
use super::value::Json;
use std::borrow::Cow;

/// Fields that hold the text; the first wins.
const BODY: [&str; 12] = [
    "message",
    "msg",
    "log",
    "line",
    "body",
    "textPayload",
    "jsonPayload.message",
    "@message",
    "MESSAGE",
    "event.original",
    "Message",
    "properties.message",
];

/// Fields that hold an id, narrowest first; the first wins.
const ID: [(&str, Width); 20] = [
    ("faas.invocation_id", Width::Invocation),
    ("faas.execution", Width::Invocation),
    ("requestId", Width::Invocation),
    ("AWSRequestId", Width::Invocation),
    ("awsRequestId", Width::Invocation),
    ("aws_request_id", Width::Invocation),
    ("function_request_id", Width::Invocation),
    ("@requestId", Width::Invocation),
    ("labels.execution_id", Width::Invocation),
    ("execution_id", Width::Invocation),
    ("InvocationId", Width::Invocation),
    ("invocationId", Width::Invocation),
    ("activationId", Width::Invocation),
    ("transaction.id", Width::Transaction),
    ("trace.id", Width::Operation),
    ("trace_id", Width::Operation),
    ("traceId", Width::Operation),
    ("operation_Id", Width::Operation),
    ("OperationId", Width::Operation),
    ("trace", Width::Operation),
];

/// Fields whose JSON (an object, or one in a string) holds the id of an Azure invocation.
const DIMENSIONS: [&str; 3] = ["customDimensions", "Properties", "properties"];

/// Fields that name the source; the first wins.
const SOURCE: [&str; 9] = [
    "kubernetes.pod_name",
    "kubernetes.pod.name",
    "labels.pod",
    "container_name",
    "cloud_RoleInstance",
    "AppRoleInstance",
    "labels.container",
    "labels.instance",
    "labels.host",
];

/// The field that holds the text.
pub(crate) fn body<'j, 'a>(record: &'j Json<'a>) -> Option<&'j Json<'a>> {
    BODY.iter().find_map(|field| record.at(field))
}

/// The id of the invocation.
pub(crate) fn id<'j>(record: &'j Json<'_>) -> Id<'j> {
    for (field, width) in ID {
        let found = match record.at(field) {
            Some(Json::Text(text)) if width == Width::Operation => Id::trace_path(text),
            Some(Json::Text(text)) => Id::new(text.as_ref(), width),
            Some(Json::Number(number)) => Id::new(number.to_string(), width),
            _ => continue,
        };
        if found.width != Width::Nothing {
            // A wide id may stand beside a narrow one that is packed in a string.
            return if width == Width::Operation { found.or(dimensions(record)) } else { found };
        }
    }
    dimensions(record)
}

/// `customDimensions.InvocationId`, where customDimensions may be JSON in a string.
pub(crate) fn dimensions(record: &Json<'_>) -> Id<'static> {
    let found = DIMENSIONS.iter().find_map(|field| record.get(field)).map(invocation_in);
    found.unwrap_or_default()
}

/// The `InvocationId` in an object, or in JSON in a string.
pub(crate) fn invocation_in(dimensions: &Json<'_>) -> Id<'static> {
    let id = |json: &Json<'_>| {
        let found = ["InvocationId", "invocationId", "functionInvocationId"]
            .iter()
            .find_map(|key| json.get_text(key));
        Id::invocation(found.unwrap_or_default().to_owned())
    };
    match dimensions {
        Json::Text(text) => Json::parse(text.as_bytes()).map(|json| id(&json)).unwrap_or_default(),
        other => id(other),
    }
}

/// The source.
pub(crate) fn source<'j>(record: &'j Json<'_>) -> &'j str {
    SOURCE.iter().find_map(|field| record.at(field)?.text()).unwrap_or_default()
}

/// The text of a body: as it is, or all text in an object.
pub(crate) fn text_of<'j>(body: &'j Json<'_>) -> Cow<'j, [u8]> {
    match body {
        Json::Text(text) => Cow::Borrowed(text.as_bytes()),
        other => {
            let mut all = Vec::new();
            other.all_text(&mut all);
            Cow::Owned(all)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_id_wins_wherever_it_is() {
        let of = |text: &str| id(&Json::parse(text.as_bytes()).unwrap()).text.into_owned();
        assert_eq!(of(r#"{"trace":{"id":"t"},"transaction":{"id":"x"}}"#), "x");
        assert_eq!(of(r#"{"trace.id":"t","transaction.id":""}"#), "t");
        assert_eq!(
            of(r#"{"operation_Id":"o","customDimensions":"{\"InvocationId\":\"i\"}"}"#),
            "i"
        );
        assert_eq!(of(r#"{"operation_Id":"o","customDimensions":{"InvocationId":"i"}}"#), "i");
        assert_eq!(of(r#"{"operation_Id":"o","customDimensions":"none"}"#), "o");
        assert_eq!(of(r#"{"trace":"projects/p/traces/t"}"#), "t");
        assert_eq!(of(r#"{"requestId":null,"n":1}"#), "");
    }

    #[test]
    fn body_and_source() {
        let json = Json::parse(
            br#"{"event":{"original":"o"},"message":"m","kubernetes":{"pod":{"name":"p"}}}"#,
        )
        .unwrap();
        assert_eq!(body(&json).and_then(Json::text), Some("m"));
        assert_eq!(source(&json), "p");
    }
}
