//! Fetches the application's own log from its provider, where the benchmark has no collect hook:
//! the time of the invokes and a settling time, by the provider's own command line, on this machine
//! or in its image.
//!
//! What to fetch is named in the spec: `log_groups` (aws), `app_insights` with `resource_group`
//! (azure), `log_filter` with `project` (google). Where it names nothing, the ends of logs that
//! invoke itself has printed are taken.

use std::time::{Duration, Instant as Stopwatch};

use serde_json::{Map, Value};

use super::fetch::{Fetch, Fetcher};
use super::session::{Session, words};
use super::tails;
use crate::benchmark::mount::Mount;
use crate::benchmark::{Hook, shown};
use crate::clock::Instant;
use crate::error::Error;
use crate::hook::outcome::Outcome;
use crate::spec::images;
use crate::state::journal::Event;
use crate::state::run_folder::{RunFolder, file_name};

/// Clouds whose logs can be fetched.
const CLOUDS: [&str; 3] = ["aws", "azure", "google"];

/// Fetches what the spec names; nothing happens where it names nothing.
pub(super) fn built_in(session: &mut Session<'_>) -> Result<Outcome, Error> {
    let Some(record) = session.book.as_ref().map(|book| book.record().clone()) else {
        return Ok(Outcome::Returned);
    };
    let Some((from, to)) = record.invoke_window() else {
        session.say("nothing to collect: invoke has not run");
        return Ok(Outcome::Returned);
    };
    let cloud = cloud(record.values.get("provider"));
    let settle = session.options.settle.unwrap_or_else(|| settling_time(cloud.unwrap_or_default()));
    let fetches = fetches(cloud, &record.values, (from, to.later(settle)));
    if fetches.is_empty() {
        if take_tails(session)? > 0 {
            return Ok(Outcome::Returned);
        }
        if let Some((cloud, key)) = cloud.zip(cloud.and_then(key_of)) {
            session.say(&format!(
                "the log of the functions stays at {cloud}: name it in spec['{key}'], or write a hook collect(spec)"
            ));
        }
        return Ok(Outcome::Returned);
    }
    let began = Stopwatch::now();
    let waited = Instant::now().ms_since(to).max(0);
    let left = settle.saturating_sub(Duration::from_millis(waited.unsigned_abs()));
    if !left.is_zero() {
        session.say(&format!(
            "collect: waiting {} for the logs to arrive (--settle)",
            crate::units::duration(left)
        ));
        if let Some(signal) = session.wait(left) {
            return Ok(Outcome::Interrupted { signal });
        }
    }
    session.say("collect ...");
    let outcome = fetch_all(session, &fetches)?;
    session.say(&words(Hook::Collect, &outcome, began.elapsed()));
    Ok(outcome)
}

/// The ends of logs that the hooks printed in base64.
fn take_tails(session: &Session<'_>) -> Result<usize, Error> {
    let Some(book) = session.book.as_ref() else { return Ok(0) };
    let mut count = 0;
    for step in &book.record().steps {
        if step.hook != Hook::Invoke || step.warmup {
            continue;
        }
        let log = book.folder().path().join(&step.log);
        let folder = book.folder().collected();
        let target = folder.join(format!("tails-{}", step.log));
        std::fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
        count += tails::take(&log, &target).map_err(Error::io("copy the LogResult of", &log))?;
        // Only if nothing was found.
        let _ = std::fs::remove_dir(folder);
    }
    if count > 0 {
        session.say(&format!(
            "collect: {count} ends of the functions' log (LogResult) were printed by invoke; they are in collected/"
        ));
    }
    Ok(count)
}

fn fetch_all(session: &mut Session<'_>, fetches: &[Fetch]) -> Result<Outcome, Error> {
    let interrupts = session.interrupts;
    let (mode, engine, benchmark) =
        (session.options.mode, session.engine.clone(), session.benchmark);
    let limit = session.options.timeouts.of(Hook::Collect);
    let Some(book) = session.book.as_mut() else { return Ok(Outcome::Returned) };
    let step = book.record().steps.last().map_or(0, |step| step.number) + 1;
    let call = book.record().calls(Hook::Collect, false) + 1;
    let log = RunFolder::log_name(Hook::Collect, call, false);
    let token = format!("{:016x}", crate::state::run_folder::random());
    book.write(Event::StepStarted {
        step,
        hook: Hook::Collect,
        call,
        log: log.clone(),
        token: token.clone(),
        group: 0,
        python: String::new(),
        image: None,
        warmup: false,
    })?;
    book.statement("COLLECT_START", "")?;
    let folder = book.folder().collected();
    std::fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
    let log = book.folder().path().join(log);
    session.output.log().open(&log).map_err(Error::io("write", &log))?;
    let values = &book.record().values;
    let fetcher = Fetcher {
        mode,
        engine: &engine,
        mount: Mount::new(&benchmark.folder, values.get("root")),
        volumes: images::secret_mounts(values.get("provider")),
        token: &token,
        run_id: book.record().run_id.clone(),
        output: &session.output,
        limit,
        interrupts,
    };
    let mut problem = None;
    for (index, fetch) in fetches.iter().enumerate() {
        let id = u64::try_from(index + 1).unwrap_or(u64::MAX);
        let line = fetch.words.join(" ");
        let image = fetcher.image(fetch);
        book.write(Event::CommandStarted {
            step,
            command: id,
            line: line.clone(),
            image: image.map(Into::into),
            container: image.is_some(),
        })?;
        let place = image.map(|image| format!(" (in {image})")).unwrap_or_default();
        session.output.log().write(format!("{line}{place}\n").as_bytes());
        let began = Stopwatch::now();
        let target = folder.join(&fetch.name);
        let result = fetcher.fetch(fetch, image, &target);
        let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let code = i32::from(result.is_err());
        book.write(Event::CommandEnded { step, command: id, code, ms })?;
        match result {
            Ok(()) => session.output.log().write(format!("-> {}\n", shown(&target)).as_bytes()),
            Err(found) => {
                problem.get_or_insert(found);
            }
        }
    }
    let outcome = match (interrupts.seen(), problem) {
        (Some(seen), Some(_)) => Outcome::Interrupted { signal: seen.signal },
        (_, Some(problem)) => Outcome::NotCollected { problem },
        _ => Outcome::Returned,
    };
    book.write(Event::StepEnded {
        step,
        outcome: outcome.word().into(),
        exit_code: None,
        error: outcome.sentence(),
    })?;
    book.statement("COLLECT_END", outcome.word())?;
    book.save()?;
    Ok(outcome)
}

/// The cloud of a `provider` value, a name or a list of names.
fn cloud(provider: Option<&Value>) -> Option<&'static str> {
    let names = match provider {
        Some(Value::Array(names)) => names.as_slice(),
        Some(name) => std::slice::from_ref(name),
        None => &[],
    };
    CLOUDS.into_iter().find(|cloud| names.iter().any(|name| name == cloud))
}

fn key_of(cloud: &str) -> Option<&'static str> {
    Some(match cloud {
        "aws" => "log_groups",
        "azure" => "app_insights",
        "google" => "log_filter",
        _ => return None,
    })
}

/// How long after an invoke its logs can be asked for, as a rule.
fn settling_time(cloud: &str) -> Duration {
    Duration::from_secs(match cloud {
        "aws" => 15,
        "azure" => 180,
        _ => 30,
    })
}

fn fetches(
    cloud: Option<&str>,
    values: &Map<String, Value>,
    window: (Instant, Instant),
) -> Vec<Fetch> {
    let Some((cloud, key)) = cloud.zip(cloud.and_then(key_of)) else { return Vec::new() };
    let names: Vec<&str> = match values.get(key) {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(name)) => vec![name],
        _ => Vec::new(),
    };
    let text = |key: &str| values.get(key).and_then(Value::as_str);
    let one = |(index, name): (usize, &&str)| {
        let plain = file_name(name.trim_matches('/'));
        let short: String = plain.chars().take(60).collect();
        let words = match cloud {
            "aws" => aws(name, text("region"), window),
            "azure" => azure(name, text("resource_group"), window),
            _ => google(name, text("project"), window),
        };
        let image = match cloud {
            "aws" => "aws_cli",
            "azure" => "azure_cli",
            _ => "google_cli",
        };
        Fetch { name: format!("{:02}-{short}.json", index + 1), words, image }
    };
    names.iter().enumerate().map(one).collect()
}

fn aws(group: &str, region: Option<&str>, (from, to): (Instant, Instant)) -> Vec<String> {
    let (from, to) = (from.epoch_ms().to_string(), to.epoch_ms().to_string());
    let mut words = all(&["aws", "logs", "filter-log-events", "--log-group-name", group]);
    words.extend(all(&["--start-time", &from, "--end-time", &to, "--output", "json"]));
    words.extend(region.iter().flat_map(|region| all(&["--region", region])));
    words
}

fn azure(app: &str, group: Option<&str>, (from, to): (Instant, Instant)) -> Vec<String> {
    let query = "traces | project timestamp, message, customDimensions, operation_Id, cloud_RoleInstance | order by timestamp asc";
    let (from, to) = (from.rfc3339(), to.rfc3339());
    let mut words = all(&["az", "monitor", "app-insights", "query", "--app", app]);
    words.extend(all(&["--analytics-query", query, "--start-time", &from, "--end-time", &to]));
    words.extend(group.iter().flat_map(|group| all(&["--resource-group", group])));
    words.extend(all(&["--output", "json"]));
    words
}

fn google(filter: &str, project: Option<&str>, (from, to): (Instant, Instant)) -> Vec<String> {
    let (from, to) = (from.rfc3339(), to.rfc3339());
    let filter = format!("({filter}) AND timestamp>=\"{from}\" AND timestamp<=\"{to}\"");
    let mut words = all(&["gcloud", "logging", "read", &filter, "--format=json", "--order=asc"]);
    words.extend(project.iter().flat_map(|project| all(&["--project", project])));
    words
}

fn all(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lines(values: &Value) -> Vec<String> {
        let values = values.as_object().unwrap();
        let time = |text| Instant::parse(text).unwrap();
        let window = (time("2026-01-22T10:15:00Z"), time("2026-01-22T10:16:00.5Z"));
        let found = fetches(cloud(values.get("provider")), values, window);
        found.iter().map(|fetch| format!("{}: {}", fetch.name, fetch.words.join(" "))).collect()
    }

    #[test]
    fn the_providers_own_command_lines() {
        assert_eq!(
            lines(
                &json!({"provider": ["aws", "pulumi"], "region": "eu-west-1", "log_groups": ["/aws/lambda/a", "/aws/lambda/b"]})
            ),
            [
                "01-aws_lambda_a.json: aws logs filter-log-events --log-group-name /aws/lambda/a --start-time 1769076900000 --end-time 1769076960500 --output json --region eu-west-1",
                "02-aws_lambda_b.json: aws logs filter-log-events --log-group-name /aws/lambda/b --start-time 1769076900000 --end-time 1769076960500 --output json --region eu-west-1",
            ]
        );
        let azure =
            lines(&json!({"provider": "azure", "app_insights": "app", "resource_group": "rg"}));
        assert!(azure[0].starts_with("01-app.json: az monitor app-insights query --app app --analytics-query traces | project"), "{azure:?}");
        assert!(azure[0].ends_with("--start-time 2026-01-22T10:15:00.000Z --end-time 2026-01-22T10:16:00.500Z --resource-group rg --output json"), "{azure:?}");
        let google = lines(
            &json!({"provider": "google", "log_filter": "resource.type=cloud_function", "project": "p"}),
        );
        assert!(google[0].contains("logging read (resource.type=cloud_function) AND timestamp>=\"2026-01-22T10:15:00.000Z\""), "{google:?}");
    }

    #[test]
    fn nothing_where_nothing_is_named() {
        assert!(lines(&json!({"provider": "aws"})).is_empty());
        assert!(lines(&json!({"provider": "local", "log_groups": "x"})).is_empty());
        assert!(lines(&json!({})).is_empty());
    }
}
