//! Which fields of a JSON record hold its text, the id of its invocation and its source.

use super::field::{Field, KeyPrefixes};
use super::id::{RecordId, Width};
use super::value::Json;
use std::borrow::Cow;

/// Fields that hold the text; the first wins.
static BODY: [Field; 12] = [
    Field::new("message"),
    Field::new("msg"),
    Field::new("log"),
    Field::new("line"),
    Field::new("body"),
    Field::new("textPayload"),
    Field::new("jsonPayload.message"),
    Field::new("@message"),
    Field::new("MESSAGE"),
    Field::new("event.original"),
    Field::new("Message"),
    Field::new("properties.message"),
];

/// Fields that hold an id, narrowest first; the first wins.
static ID: [(Field, Width); 20] = [
    (Field::new("faas.invocation_id"), Width::Invocation),
    (Field::new("faas.execution"), Width::Invocation),
    (Field::new("requestId"), Width::Invocation),
    (Field::new("AWSRequestId"), Width::Invocation),
    (Field::new("awsRequestId"), Width::Invocation),
    (Field::new("aws_request_id"), Width::Invocation),
    (Field::new("function_request_id"), Width::Invocation),
    (Field::new("@requestId"), Width::Invocation),
    (Field::new("labels.execution_id"), Width::Invocation),
    (Field::new("execution_id"), Width::Invocation),
    (Field::new("InvocationId"), Width::Invocation),
    (Field::new("invocationId"), Width::Invocation),
    (Field::new("activationId"), Width::Invocation),
    (Field::new("transaction.id"), Width::Transaction),
    (Field::new("trace.id"), Width::Operation),
    (Field::new("trace_id"), Width::Operation),
    (Field::new("traceId"), Width::Operation),
    (Field::new("operation_Id"), Width::Operation),
    (Field::new("OperationId"), Width::Operation),
    (Field::new("trace"), Width::Operation),
];

/// Fields whose JSON (an object, or one in a string) holds the id of an Azure invocation.
static DIMENSIONS: [Field; 3] =
    [Field::new("customDimensions"), Field::new("Properties"), Field::new("properties")];

/// Fields that name the source; the first wins.
static SOURCE: [Field; 9] = [
    Field::new("kubernetes.pod_name"),
    Field::new("kubernetes.pod.name"),
    Field::new("labels.pod"),
    Field::new("container_name"),
    Field::new("cloud_RoleInstance"),
    Field::new("AppRoleInstance"),
    Field::new("labels.container"),
    Field::new("labels.instance"),
    Field::new("labels.host"),
];

/// The field that holds the text.
pub(crate) fn body<'j, 'a>(record: &'j Json<'a>) -> Option<&'j Json<'a>> {
    let prefixes = KeyPrefixes::of(record);
    BODY.iter().find_map(|field| field.of(record, prefixes))
}

/// The id of the invocation.
pub(crate) fn id<'j>(record: &'j Json<'_>) -> RecordId<'j> {
    let prefixes = KeyPrefixes::of(record);
    for &(ref field, width) in &ID {
        let found = match field.of(record, prefixes) {
            Some(Json::Text(text)) if width == Width::Operation => RecordId::trace_path(text),
            Some(Json::Text(text)) => RecordId::new(text.as_ref(), width),
            other => match other.and_then(Json::digits) {
                Some(digits) => RecordId::new(digits, width),
                None => continue,
            },
        };
        if found.width != Width::Nothing {
            // A wide id may stand beside a narrow one that is packed in a string.
            return if width == Width::Operation { found.or(dimensions(record)) } else { found };
        }
    }
    dimensions(record)
}

/// `customDimensions.InvocationId`, where customDimensions may be JSON in a string.
pub(crate) fn dimensions(record: &Json<'_>) -> RecordId<'static> {
    let prefixes = KeyPrefixes::of(record);
    let found = DIMENSIONS.iter().find_map(|field| field.of(record, prefixes)).map(invocation_in);
    found.unwrap_or_default()
}

/// The `InvocationId` in an object, or in JSON in a string.
pub(crate) fn invocation_in(dimensions: &Json<'_>) -> RecordId<'static> {
    let id = |json: &Json<'_>| {
        let found = ["InvocationId", "invocationId", "functionInvocationId"]
            .iter()
            .find_map(|key| json.get_text(key));
        RecordId::invocation(found.unwrap_or_default().to_owned())
    };
    match dimensions {
        Json::Text(text) => Json::parse(text.as_bytes()).map(|json| id(&json)).unwrap_or_default(),
        other => id(other),
    }
}

/// The source.
pub(crate) fn source<'j>(record: &'j Json<'_>) -> &'j str {
    let prefixes = KeyPrefixes::of(record);
    SOURCE.iter().find_map(|field| field.of(record, prefixes)?.text()).unwrap_or_default()
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
