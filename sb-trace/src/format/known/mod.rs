//! The registry: the formats, a file each, and the order in which they are tried.

use super::Format;

pub(super) mod azure_csv;
pub(super) mod azure_functions;
pub(super) mod azure_tables_json;
pub(super) mod cloudwatch_console_csv;
pub(super) mod cloudwatch_events;
pub(super) mod cloudwatch_events_text;
pub(super) mod cloudwatch_insights_csv;
pub(super) mod cloudwatch_insights_json;
pub(super) mod cloudwatch_s3_export;
pub(super) mod cloudwatch_subscription;
pub(super) mod cloudwatch_tail;
pub(super) mod cloudwatch_tail_short;
pub(super) mod cri;
pub(super) mod docker_compose;
pub(super) mod docker_json;
pub(super) mod docker_service;
pub(super) mod elastic_hits;
pub(super) mod fluent_bit_stdout;
pub(super) mod fluentd;
pub(super) mod gcp_csv;
pub(super) mod gcp_json;
pub(super) mod github_actions;
pub(super) mod journald_json;
pub(super) mod journald_short;
pub(super) mod json_lines;
pub(super) mod kubectl;
pub(super) mod lambda_telemetry;
pub(super) mod lambda_text;
pub(super) mod logcli;
pub(super) mod loki_json;
pub(super) mod openwhisk;
pub(super) mod openwhisk_json;
pub(super) mod plain;
pub(super) mod rfc3339_prefix;
pub(super) mod sam_logs;
pub(super) mod serverless_logs;
pub(super) mod syslog;
pub(super) mod syslog_octet;

/// All formats. The order is that of specificity: of two that claim a text, the first has it.
pub(crate) static ALL: &[&Format] = &[
    // JSON, by its keys; the last takes any
    &cloudwatch_events::FORMAT,
    &cloudwatch_insights_json::FORMAT,
    &cloudwatch_subscription::FORMAT,
    &lambda_telemetry::FORMAT,
    &azure_tables_json::FORMAT,
    &loki_json::FORMAT,
    &openwhisk_json::FORMAT,
    &journald_json::FORMAT,
    &gcp_json::FORMAT,
    &docker_json::FORMAT,
    &elastic_hits::FORMAT,
    &json_lines::FORMAT,
    // CSV, by its header
    &cloudwatch_insights_csv::FORMAT,
    &cloudwatch_console_csv::FORMAT,
    &azure_csv::FORMAT,
    &gcp_csv::FORMAT,
    // frames with their length
    &syslog_octet::FORMAT,
    // lines, of AWS
    &cloudwatch_events_text::FORMAT,
    &cloudwatch_tail::FORMAT,
    &sam_logs::FORMAT,
    &cloudwatch_s3_export::FORMAT,
    &cloudwatch_tail_short::FORMAT,
    &serverless_logs::FORMAT,
    &lambda_text::FORMAT,
    // other lines
    &kubectl::FORMAT,
    &docker_service::FORMAT,
    &cri::FORMAT,
    &logcli::FORMAT,
    &openwhisk::FORMAT,
    &fluent_bit_stdout::FORMAT,
    &fluentd::FORMAT,
    &azure_functions::FORMAT,
    &github_actions::FORMAT,
    &syslog::FORMAT,
    &journald_short::FORMAT,
    &docker_compose::FORMAT,
    &rfc3339_prefix::FORMAT,
    // what is nothing else
    &plain::FORMAT,
];
