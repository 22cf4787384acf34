//! A real browser, driven through Chromium's debugging pipe: no port, no further program.

use crate::in_ci;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Chromium with one empty tab.
#[derive(Debug)]
pub struct Browser {
    child: Child,
    to: File,
    from: BufReader<File>,
    last_id: u64,
    session: Option<String>,
    events: Vec<Value>,
    _dir: tempfile::TempDir,
}

impl Browser {
    /// Starts it; none, with the reason said, where it is missing on a user's machine.
    pub fn start() -> Option<Self> {
        let found = Command::new("chromium").arg("--version").output();
        if !found.is_ok_and(|output| output.status.success()) {
            assert!(!in_ci(), "in CI this test must run: chromium is missing");
            eprintln!("skipped: chromium is missing");
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        for name in ["in", "out"] {
            assert!(Command::new("mkfifo").arg(path(name)).status().unwrap().success());
        }
        // Chromium reads commands from descriptor 3 and writes to 4. It is ended after a while, so
        // that a test that waits for it fails rather than hangs.
        let child = Command::new("sh")
            .args(["-c", "exec timeout 300 chromium \"$@\" 3<\"$IN\" 4>\"$OUT\"", "sh"])
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
            .args(["--remote-debugging-pipe", "--disable-dev-shm-usage", "about:blank"])
            .arg(format!("--user-data-dir={}", path("profile").display()))
            .env("IN", path("in"))
            .env("OUT", path("out"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let to = File::options().write(true).open(path("in")).unwrap();
        let from = BufReader::new(File::open(path("out")).unwrap());
        let mut browser =
            Self { child, to, from, last_id: 0, session: None, events: Vec::new(), _dir: dir };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.call("Target.attachToTarget", attach)["sessionId"].clone();
        browser.session = session.as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    fn read(&mut self) -> Value {
        let mut message = Vec::new();
        self.from.read_until(0, &mut message).unwrap();
        assert_eq!(message.pop(), Some(0), "the browser has ended");
        serde_json::from_slice(&message).unwrap()
    }

    /// Calls a method of the protocol.
    #[expect(clippy::needless_pass_by_value, reason = "calls read better")]
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let mut message = json!({"id": self.last_id, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        let mut bytes = serde_json::to_vec(&message).unwrap();
        bytes.push(0);
        self.to.write_all(&bytes).unwrap();
        loop {
            let answer = self.read();
            if answer["id"] == self.last_id {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    /// Opens a file, at a part of it, and waits until it is loaded. What was seen before is
    /// forgotten.
    pub fn open(&mut self, file: &Path, part: &str) {
        // From another page: a change of the part alone would load nothing.
        for url in ["about:blank".to_owned(), format!("file://{}{part}", file.display())] {
            self.events.clear();
            self.call("Page.navigate", json!({"url": url}));
            while !self.events.iter().any(|e| e["method"] == "Page.loadEventFired") {
                let event = self.read();
                self.events.push(event);
            }
        }
    }

    /// The window's width, and whether the user prefers dark pages.
    pub fn look(&mut self, width: u32, dark: bool) {
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", size);
        let value = if dark { "dark" } else { "light" };
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        self.call("Emulation.setEmulatedMedia", media);
    }

    /// The value of an expression in the page.
    pub fn value(&mut self, expression: &str) -> Value {
        let params = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.call("Runtime.evaluate", params);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// What went wrong since the page was opened: errors, and requests for anything but the file.
    pub fn problems(&self) -> Vec<String> {
        let wrong = |event: &&Value| match event["method"].as_str() {
            Some("Runtime.exceptionThrown" | "Log.entryAdded") => true,
            Some("Runtime.consoleAPICalled") => event["params"]["type"] == "error",
            Some("Network.requestWillBeSent") => {
                let url = event["params"]["request"]["url"].as_str().unwrap_or_default();
                !url.starts_with("file://") && !url.starts_with("data:") && url != "about:blank"
            }
            _ => false,
        };
        self.events.iter().filter(wrong).map(|event| event["params"].to_string()).collect()
    }

    /// How many files the page has asked for, itself included.
    pub fn requests(&self) -> usize {
        self.events.iter().filter(|e| e["method"] == "Network.requestWillBeSent").count()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ends itself when its pipe is closed; a kill is for the one that does not.
        let _ = self.to.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let mut rest = Vec::new();
        let _ = std::io::Read::read_to_end(&mut self.from, &mut rest);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
