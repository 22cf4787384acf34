//! The registry: the carriers, a file each, and the order in which they are tried.

use super::Carrier;

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

/// All carriers. The order is that of specificity: of two that claim a text, the first has it.
pub(crate) static ALL: &[&Carrier] = &[
    // JSON, by its keys; the last takes any
    &cloudwatch_events::CARRIER,
    &cloudwatch_insights_json::CARRIER,
    &cloudwatch_subscription::CARRIER,
    &lambda_telemetry::CARRIER,
    &azure_tables_json::CARRIER,
    &loki_json::CARRIER,
    &openwhisk_json::CARRIER,
    &journald_json::CARRIER,
    &gcp_json::CARRIER,
    &docker_json::CARRIER,
    &elastic_hits::CARRIER,
    &json_lines::CARRIER,
    // CSV, by its header
    &cloudwatch_insights_csv::CARRIER,
    &cloudwatch_console_csv::CARRIER,
    &azure_csv::CARRIER,
    &gcp_csv::CARRIER,
    // frames with their length
    &syslog_octet::CARRIER,
    // lines, of AWS
    &cloudwatch_events_text::CARRIER,
    &cloudwatch_tail::CARRIER,
    &sam_logs::CARRIER,
    &cloudwatch_s3_export::CARRIER,
    &cloudwatch_tail_short::CARRIER,
    &serverless_logs::CARRIER,
    &lambda_text::CARRIER,
    // other lines
    &kubectl::CARRIER,
    &docker_service::CARRIER,
    &cri::CARRIER,
    &logcli::CARRIER,
    &openwhisk::CARRIER,
    &fluent_bit_stdout::CARRIER,
    &fluentd::CARRIER,
    &azure_functions::CARRIER,
    &github_actions::CARRIER,
    &syslog::CARRIER,
    &journald_short::CARRIER,
    &docker_compose::CARRIER,
    &rfc3339_prefix::CARRIER,
    // what is nothing else
    &plain::CARRIER,
];
