//! The report's page in a real browser: nothing is cut, nothing overlaps, nothing leaves the file,
//! and what it promises to do it does.

use crate::SB_REPORT;
use sb_tests::{Browser, Sandbox};
use serde_json::{Value, json};
use std::fmt::Write;

/// A log of `traces` invocations with these labels; the steps differ in length, some are cold.
fn log(labels: &[&str], traces: i64, begin: i64, slower: i64) -> String {
    let mut text = String::new();
    let mut state = 7u64;
    let mut random = move |below: i64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(state >> 33).unwrap() % below
    };
    for trace in 0..traces {
        let mut at = begin + trace * 250;
        for (step, label) in labels.iter().enumerate() {
            let _ = writeln!(text, "{at}Z|{label} trace_id=t{trace}");
            if step == 0 {
                let start = if trace % 9 == 0 { "COLD_START" } else { "WARM_START" };
                let _ = writeln!(text, "{at}Z|{start} trace_id=t{trace}");
            }
            at += (random(90) + random(60) + i64::try_from(step).unwrap() * 7) * slower / 100;
            at += i64::from(trace % 9 == 0 && step == 0) * 200;
        }
    }
    text + "16007768703N+0200|NEARLY\n"
}

const LABELS: [&str; 4] = ["PRE_INVOKED", "HANDLER_START", "HANDLER_END", "RESPONSE_RECEIVED"];
const BEGIN: i64 = 1_600_776_870_000;

fn runs(sandbox: &Sandbox, out: &str, count: i64, traces: i64, slower: i64) {
    for run in 0..count {
        let text = log(&LABELS, traces, BEGIN + run * 3_600_000, slower + run);
        let id = format!("thumbnail_generator-20260122T1015{run:02}Z-0a1b");
        sandbox.write(format!("{out}/runs/{id}/invoke-0001.log"), text);
    }
}

/// Texts of pictures that leave them or lie over one another, other text that leaves the window,
/// and text without contrast.
const FLAWS: &str = r"(() => {
  const flaws = [], seen = element => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) flaws.push('the page is ' + document.documentElement.scrollWidth + ' wide');
  if (width >= 960) for (const part of document.querySelectorAll('#summary .scroll, #compare .scroll'))
    if (part.scrollWidth > part.clientWidth + 1) flaws.push(part.querySelector('caption').textContent + ' must be scrolled sideways');
  for (const row of document.querySelectorAll('tr')) {
    const high = row.getBoundingClientRect().height;
    if (high > 700) flaws.push(row.cells[0].textContent + ': a row ' + high + ' high');
  }
  for (const svg of document.querySelectorAll('svg.chart')) {
    if (!seen(svg)) continue;
    const frame = svg.getBoundingClientRect();
    const name = svg.querySelector('title').textContent;
    const texts = [...svg.querySelectorAll('text')].map(t => [t.textContent.trim(), t.getBoundingClientRect()]);
    texts.forEach(([text, a], index) => {
      if (a.left < Math.min(0, frame.left) - 1 || a.right > width + 1) flaws.push(name + ': ' + text + ' leaves the window');
      for (const [other, b] of texts.slice(index + 1)) {
        // Boxes of text have room above and below the letters.
        const over = Math.min(a.right, b.right) - Math.max(a.left, b.left), down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (over > 1 && down > a.height * 0.3) flaws.push(name + ': ' + text + ' lies over ' + other);
      }
    });
  }
  const rgb = text => { const c = text.match(/[\d.]+/g).map(Number); return c; };
  const light = c => { const f = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]); };
  const paper = light(rgb(getComputedStyle(document.documentElement).backgroundColor));
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const node = walker.currentNode, element = node.parentElement;
    if (!node.textContent.trim() || !seen(element) || element.closest('script,style,title,desc')) continue;
    const style = getComputedStyle(element);
    const ink = light(rgb(element.closest('svg') ? style.fill : style.color));
    const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (contrast < 4.5) flaws.push(node.textContent.trim() + ' has contrast ' + contrast.toFixed(1));
    if (element.closest('svg,.scroll,.skip,.live')) continue;
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) if (box.right > width + 1 || box.left < -1) flaws.push(node.textContent.trim() + ' leaves the window');
  }
  return flaws.slice(0, 12);
})()";

#[test]
fn nothing_is_cut_and_nothing_overlaps() {
    let Some(mut browser) = Browser::start() else { return };
    let sandbox = Sandbox::new();
    runs(&sandbox, "five", 5, 120, 110);
    runs(&sandbox, "twelve", 12, 60, 100);
    sandbox.write("app.log", log(&LABELS, 700, BEGIN, 100));
    sandbox.write("one.log", log(&LABELS, 1, BEGIN, 100));
    let long = "A_LABEL_OF_200_CHARACTERS".repeat(8);
    let whole = "AnotherLabelWithoutAnyBreakInIt".repeat(6);
    sandbox.write("odd.log", log(&["A", &long, &whole, "B-c.d:e/f"], 40, BEGIN, 100));
    let steps: Vec<String> = (0..61).map(|n| format!("STEP_{n}")).collect();
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    sandbox.write("sixty.log", log(&steps, 12, BEGIN, 100));
    for (name, args) in [
        ("one series", &["app.log"][..]),
        ("one trace", &["one.log"]),
        ("odd labels", &["odd.log"]),
        ("sixty pairs", &["sixty.log"]),
        ("five runs against twelve", &["five", "--baseline", "twelve"]),
        ("twelve runs", &["twelve"]),
        ("groups", &["twelve", "--group-by", "start_class"]),
    ] {
        let all: Vec<&str> = args.iter().copied().chain(["-o", "report"]).collect();
        sandbox.run(SB_REPORT, &all).expect(0);
        browser.open(&sandbox.path("report/report.html"), "");
        assert_eq!(browser.problems(), [""; 0], "{name}");
        assert_eq!(browser.requests(), 1, "{name}: the page asks for nothing but itself");
        browser.value("document.querySelectorAll('details').forEach(d => d.open = true)");
        for width in [360, 400, 960, 1600] {
            for dark in [false, true] {
                browser.look(width, dark);
                let flaws = browser.value(FLAWS);
                assert_eq!(flaws, json!([]), "{name}, {width} wide, dark: {dark}");
            }
        }
    }
}

#[test]
fn sorting_filtering_themes_and_links() {
    let Some(mut browser) = Browser::start() else { return };
    let sandbox = Sandbox::new();
    let labels: Vec<String> = (0..18).map(|n| format!("L{n}")).collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    sandbox.write("app.log", log(&labels, 60, BEGIN, 100));
    sandbox.run(SB_REPORT, &["app.log"]).expect(0);
    let page = sandbox.path("report/report.html");
    browser.open(&page, "");
    browser.look(960, false);

    let column = "[...document.querySelectorAll('#summary > .scroll tbody tr')].map(r => Number.parseFloat(r.cells[3].dataset.sort))";
    let p50 = "[...document.querySelectorAll('#summary > .scroll thead th')].find(h => h.textContent === 'p50')";
    let numbers = |value: Value| -> Vec<f64> {
        value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap_or(f64::NEG_INFINITY)).collect()
    };
    let as_made = numbers(browser.value(column));
    assert!(!as_made.is_sorted(), "{as_made:?}");
    browser.value(&format!("{p50}.querySelector('button').click()"));
    let sorted = numbers(browser.value(column));
    assert!(sorted.is_sorted() && sorted.len() == as_made.len(), "{sorted:?}");
    assert_eq!(browser.value(&format!("{p50}.getAttribute('aria-sort')")), "ascending");
    browser.value(&format!("{p50}.querySelector('button').click()"));
    assert!(numbers(browser.value(column)).iter().rev().is_sorted());
    assert_eq!(browser.value("location.hash.includes('sort=p50%2Cdescending')"), true);

    browser.value("(() => { const i = document.querySelector('#filter input'); i.value = 'l3->l4'; i.dispatchEvent(new Event('input')); })()");
    let shown = "[...document.querySelectorAll('section.pair')].filter(p => p.checkVisibility()).map(p => p.id)";
    assert_eq!(browser.value(shown), json!(["pair-l3-l4"]));
    let theme = "(() => { document.getElementById('theme').click(); return getComputedStyle(document.documentElement).backgroundColor; })()";
    assert_eq!(browser.value(theme), "rgb(255, 255, 255)");
    assert_eq!(browser.value(theme), "rgb(20, 24, 31)", "dark, whatever the system prefers");

    // The state is in the link: opened anew, the page looks the same.
    let hash = browser.value("location.hash");
    browser.open(&page, hash.as_str().unwrap());
    assert!(numbers(browser.value(column)).iter().rev().is_sorted());
    assert_eq!(browser.value(shown), json!(["pair-l3-l4"]));
    assert_eq!(browser.value("document.documentElement.dataset.theme"), "dark");

    // Of many pairs most are folded; a link opens the one that it names.
    browser.open(&page, "#pair-l9-l10");
    let folded = "document.querySelectorAll('section.pair > details:not([open])').length";
    assert!(browser.value(folded).as_u64().unwrap() > 10);
    let target = "(() => { const t = document.getElementById('pair-l9-l10'); const top = t.getBoundingClientRect().top; return [t.querySelector('details').open, top >= -1 && top < 900]; })()";
    assert_eq!(browser.value(target), json!([true, true]));
    browser.value("document.querySelector('#summary a[href=\"#pair-l5-l6\"]').click()");
    let opened = "new Promise(r => setTimeout(() => r(document.querySelector('#pair-l5-l6 > details').open), 50))";
    assert_eq!(browser.value(opened), true);

    // Paper shows everything, in black on white.
    let pdf = browser.call("Page.printToPDF", json!({"paperWidth": 8.27, "paperHeight": 11.69}));
    assert!(pdf["data"].as_str().unwrap().len() > 50_000);
    assert_eq!(browser.value("document.querySelectorAll('details:not([open])').length"), 0);
    browser.call(
        "Emulation.setEmulatedMedia",
        json!({"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]}),
    );
    let printed = "[getComputedStyle(document.documentElement).backgroundColor, getComputedStyle(document.getElementById('theme')).display]";
    assert_eq!(browser.value(printed), json!(["rgb(255, 255, 255)", "none"]));
    // As wide as A4 between its margins: every table fits, and has its heads.
    let size = json!({"width": 718, "height": 900, "deviceScaleFactor": 1, "mobile": false});
    browser.call("Emulation.setDeviceMetricsOverride", size);
    let cut = "[...document.querySelectorAll('table')].filter(t => t.getBoundingClientRect().right > innerWidth + 1).map(t => t.caption.textContent)";
    assert_eq!(browser.value(cut), json!([]));
    let heads = "[...document.querySelectorAll('#summary > .scroll th')].filter(t => t.scope === 'col' && !t.innerText.trim()).length";
    assert_eq!(browser.value(heads), 0);
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
fn readable_by_keyboard_without_scripts_and_without_styles() {
    let Some(mut browser) = Browser::start() else { return };
    let sandbox = Sandbox::new();
    runs(&sandbox, "out", 2, 60, 100);
    sandbox.run(SB_REPORT, &["out"]).expect(0);
    let page = sandbox.path("out/report.html");
    browser.open(&page, "");
    browser.look(960, false);
    let unnamed = "[...document.querySelectorAll('svg.chart')].filter(s => !s.querySelector(':scope > title').textContent || !s.querySelector(':scope > desc').textContent || s.getAttribute('aria-labelledby').split(' ').some(i => !document.getElementById(i))).length";
    assert_eq!(browser.value(unnamed), 0);
    let without_table = "[...document.querySelectorAll('figure')].filter(f => !f.closest('section').querySelector('table') && !f.closest('section').querySelector('a[href=\"#summary\"]')).map(f => f.id)";
    assert_eq!(browser.value(without_table), json!([]), "every chart has its numbers");
    let twice = "(() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.filter((id, at) => ids.indexOf(id) !== at); })()";
    assert_eq!(browser.value(twice), json!([]), "an id stands once");
    let dead = "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1)).filter(id => !document.getElementById(id))";
    assert_eq!(browser.value(dead), json!([]), "links lead somewhere");
    let heads = "[...document.querySelectorAll('th')].filter(t => !t.scope).length + [...document.querySelectorAll('table')].filter(t => !t.caption).length";
    assert_eq!(browser.value(heads), 0);

    // The first things that the tabulator reaches: the skip link, the theme, the parts.
    let mut reached = Vec::new();
    for _ in 0..3 {
        for kind in ["keyDown", "keyUp"] {
            let key =
                json!({"type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9});
            browser.call("Input.dispatchKeyEvent", key);
        }
        let focus = "(() => { const a = document.activeElement; return [a.textContent, getComputedStyle(a).outlineStyle !== 'none']; })()";
        reached.push(browser.value(focus));
    }
    let expected =
        json!([["Skip to the figures", true], ["theme: auto", true], ["Latencies", true]]);
    assert_eq!(Value::from(reached), expected);

    browser.call("Emulation.setScriptExecutionDisabled", json!({"value": true}));
    browser.open(&page, "");
    browser.call("Emulation.setScriptExecutionDisabled", json!({"value": false}));
    browser.value("document.querySelectorAll('style').forEach(s => s.remove())");
    let text = browser.value("document.body.innerText");
    let text = text.as_str().unwrap();
    let places: Vec<Option<usize>> = [
        "thumbnail_generator",
        "at the median",
        "Latencies",
        "PRE_INVOKED",
        "Data quality",
        "How to read this",
        "latencies.parquet",
    ]
    .iter()
    .map(|word| text.find(word))
    .collect();
    assert!(places.iter().all(Option::is_some) && places[4] < places[5], "{places:?}");
    assert!(!text.contains("theme:"), "what needs a script is not offered without one");
}
