//! Elements that look the same, one after the other, written as one path: the look once, and for
//! each element little more than its place. Text between them does not part them; it follows.

use std::fmt::Write;

/// Paths as they grow.
#[derive(Default)]
pub(super) struct Paths {
    look: String,
    path: String,
    /// Where the path has come to.
    at: (i64, i64),
    texts: String,
}

/// An element: where it begins, how it goes on from there, and where it ends.
struct Outline {
    from: (i64, i64),
    way: String,
    to: (i64, i64),
}

impl Paths {
    /// Takes an element that plotters wrote, if it is one of a kind that can be part of a path; else
    /// ends the path that was begun.
    pub(super) fn take(&mut self, line: &str, out: &mut String) -> bool {
        let Some((outline, look)) = element(line) else {
            self.end(out);
            return false;
        };
        if self.look != look {
            self.end(out);
            self.look = look;
        }
        let (x, y) = outline.from;
        let from = format!("M{x} {y}");
        let by = format!("m{}", step(x - self.at.0, y - self.at.1));
        let shorter = if self.path.is_empty() || from.len() < by.len() { from } else { by };
        self.path.push_str(&shorter);
        self.path.push_str(&outline.way);
        self.at = outline.to;
        true
    }

    /// Takes a part of a text.
    pub(super) fn text(&mut self, part: &str) {
        self.texts.push_str(part);
    }

    /// Writes what was taken.
    pub(super) fn end(&mut self, out: &mut String) {
        if !self.path.is_empty() {
            let _ = writeln!(out, "<path d=\"{}\"{}/>", self.path, self.look);
            self.path.clear();
        }
        out.push_str(&self.texts);
        self.texts.clear();
    }
}

/// Two numbers; a sign parts them as well as a space does.
fn step(dx: i64, dy: i64) -> String {
    format!("{dx}{}{dy}", if dy < 0 { "" } else { " " })
}

/// An element's outline and its look.
fn element(line: &str) -> Option<(Outline, String)> {
    let get = |name: &str| line.split_once(&format!(" {name}=\""))?.1.split('"').next();
    let whole = |name: &str| get(name)?.parse::<i64>().ok();
    let look = |names: &[&str]| {
        names.iter().fold(String::new(), |mut look, name| {
            if let Some(value) = get(name) {
                let _ = write!(look, " {name}=\"{value}\"");
            }
            look
        })
    };
    let closed = |from, way| Some(Outline { from, way, to: from });
    let kind = line.strip_prefix('<')?.split(' ').next()?;
    match kind {
        "circle" => {
            let (x, y, r) = (whole("cx")?, whole("cy")?, whole("r")?);
            let fill = get("fill")?;
            if fill == "none" {
                let way = format!("a{r} {r} 0 1 0 {} 0a{r} {r} 0 1 0-{} 0", 2 * r, 2 * r);
                let look = look(&["fill", "stroke", "stroke-width", "opacity"]);
                return Some((closed((x - r, y), way)?, look));
            }
            // A round point is shorter than a circle.
            let opacity = look(&["opacity"]);
            let width = 2 * r;
            let look = format!(
                " fill=\"none\" stroke=\"{fill}\" stroke-width=\"{width}\" stroke-linecap=\"round\"{opacity}"
            );
            Some((closed((x, y), "h0".to_owned())?, look))
        }
        "rect" => {
            let (width, height) = (whole("width")?, whole("height")?);
            let way = format!("h{width}v{height}h-{width}z");
            Some((closed((whole("x")?, whole("y")?), way)?, look(&["fill", "opacity"])))
        }
        "polygon" => {
            let Outline { from, way, .. } = through(get("points")?)?;
            Some((closed(from, way + "z")?, look(&["fill", "opacity"])))
        }
        "polyline" => {
            let names = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity"];
            Some((through(get("points")?)?, look(&names)))
        }
        _ => None,
    }
}

/// An outline through points: each as its distance from the one before, which is short.
fn through(points: &str) -> Option<Outline> {
    let mut points = points.split_whitespace().map(|point| {
        let (x, y) = point.split_once(',')?;
        Some((x.parse::<i64>().ok()?, y.parse::<i64>().ok()?))
    });
    let from = points.next()??;
    let ((mut x, mut y), mut way, mut line) = (from, String::new(), false);
    for point in points {
        let (to_x, to_y) = point?;
        let (dx, dy) = (to_x - x, to_y - y);
        let _ = match (dx, dy) {
            (_, 0) => write!(way, "h{dx}"),
            (0, _) => write!(way, "v{dy}"),
            // The letter need not be said again.
            _ if line => write!(way, "{}{}", if dx < 0 { "" } else { " " }, step(dx, dy)),
            _ => write!(way, "l{}", step(dx, dy)),
        };
        (x, y, line) = (to_x, to_y, dx != 0 && dy != 0);
    }
    Some(Outline { from, way, to: (x, y) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(lines: &[&str]) -> String {
        let (mut paths, mut out) = (Paths::default(), String::new());
        for line in lines {
            if !paths.take(line, &mut out) {
                out.push_str(line);
                out.push('\n');
            }
        }
        paths.end(&mut out);
        out
    }

    #[test]
    fn what_looks_alike_becomes_one_path() {
        let two = [
            r##"<rect x="1" y="2" width="3" height="4" opacity="0.5" fill="#0072B2"/>"##,
            r##"<rect x="5" y="2" width="3" height="4" opacity="0.5" fill="#0072B2"/>"##,
        ];
        let path = "<path d=\"M1 2h3v4h-3zm4 0h3v4h-3z\" fill=\"#0072B2\" opacity=\"0.5\"/>\n";
        assert_eq!(merged(&two), path);
        let apart = [two[0], "<image/>", two[1]];
        assert_eq!(merged(&apart).matches("<path").count(), 2);
        let (mut paths, mut out) = (Paths::default(), String::new());
        paths.take(two[0], &mut out);
        paths.text("<text>x</text>\n");
        paths.take(two[1], &mut out);
        paths.end(&mut out);
        assert_eq!(out, format!("{path}<text>x</text>\n"), "text follows");
    }

    #[test]
    fn discs_rings_and_lines() {
        let dots = [
            r##"<circle cx="30" cy="40" r="20" fill="#C94F00"/>"##,
            r##"<circle cx="30" cy="40" r="20" fill="none" stroke="#C94F00" stroke-width="15"/>"##,
            r##"<polyline fill="none" stroke="#E5E7EB" stroke-width="10" points="1,2 3,4 1,9 9,9 9,4 7,2 "/>"##,
        ];
        let paths = merged(&dots);
        let lines: Vec<&str> = paths.lines().collect();
        assert!(lines[0].contains("d=\"M30 40h0\"") && lines[0].contains("stroke-width=\"40\""));
        assert!(lines[1].contains("d=\"M10 40a20 20 0 1 0 40 0a20 20 0 1 0-40 0\""), "{paths}");
        assert!(
            lines[2]
                .starts_with("<path d=\"M1 2l2 2-2 5h8v-5l-2-2\" fill=\"none\" stroke=\"#E5E7EB\"")
        );
    }
}
