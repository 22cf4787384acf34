//! `docker-json`: files of Docker's json-file driver. A line longer than 16 KiB comes in parts, of
//! which only the last ends in a line end.

use crate::body::Json;
use crate::format::json::Out;
use crate::format::{Brackets, Format, JsonShape, Shape};

pub(in crate::format) static FORMAT: Format = Format {
    name: "docker-json",
    family: "docker",
    example: r#"{"log":"1600776870140+0000|PRE_INVOKED\n","stream":"stdout","time":"2022-04-14T05:20:00.000402117Z"}"#,
    id: "none",
    source: "none: the container's id is in the file's path",
    brackets: Brackets::Never,
    samples: &["docker-json-file.log", "docker-json-parts.log", "docker-json-nested-parts.log"],
    shape: Shape::Json(JsonShape {
        path: &[],
        claims: |keys| {
            let whole = keys.has("log") && (keys.has("stream") || keys.has("time"));
            whole && keys.only(&["log", "stream", "time", "attrs"])
        },
        read,
        encoded: is_part,
    }),
};

/// Docker cuts a line after so many bytes.
const CUT_AT: usize = 16 << 10;

fn read(record: &Json<'_>, out: &mut Out<'_, '_>) {
    let Some(log) = record.get_text("log") else {
        out.generic(record);
        return;
    };
    let stream = record.get_text("stream").unwrap_or_default();
    // What a program prints last before it ends may lack its line end, too.
    out.unless_cut(stream.as_bytes(), CUT_AT, log.as_bytes());
    out.part(log.as_bytes(), stream.as_bytes(), "", "", !log.ends_with('\n'));
}

/// Whether a record may be a part: what is not is told by its text's end, without parsing.
fn is_part(raw: &[u8]) -> bool {
    let whole = memchr::memmem::find(raw, br#"\n",""#);
    whole.is_none_or(|at| at > 0 && raw.get(at - 1) == Some(&b'\\'))
}
