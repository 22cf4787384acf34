//! `syslog-octet`: syslog with octet counting (RFC 6587), as it stands on a connection.

use crate::format::{Brackets, Format, Shape};

pub(in crate::format) static FORMAT: Format = Format {
    name: "syslog-octet",
    family: "syslog",
    example: "88 <14>1 2022-04-14T05:20:00.000000Z node-a orders 4711 - - 1600776870140+0000|PRE_INVOKED",
    id: "none",
    source: "HOST/APP[PID]",
    brackets: Brackets::Never,
    samples: &["syslog-octet.log", "syslog-octet-lines.log"],
    shape: Shape::Octets,
};
