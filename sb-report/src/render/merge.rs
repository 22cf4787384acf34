//! Elements that look the same, one after the other, written as one path: the look once, and for
//! each element little more than its place.

use std::fmt::Write;

/// Paths as they grow.
#[derive(Default)]
pub(super) struct Paths {
    look: String,
    path: String,
}

impl Paths {
    /// Takes an element that plotters wrote, if it is one of a kind that can be part of a path; else
    /// ends the path that was begun.
    pub(super) fn take(&mut self, line: &str, out: &mut String) -> bool {
        let Some((path, look)) = element(line) else {
            self.end(out);
            return false;
        };
        if self.look != look {
            self.end(out);
            self.look = look;
        }
        self.path.push_str(&path);
        true
    }

    /// Writes what was taken.
    pub(super) fn end(&mut self, out: &mut String) {
        if !self.path.is_empty() {
            let _ = writeln!(out, "<path d=\"{}\"{}/>", self.path, self.look);
            self.path.clear();
        }
    }
}

/// An element's outline and its look.
fn element(line: &str) -> Option<(String, String)> {
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
    let kind = line.strip_prefix('<')?.split(' ').next()?;
    match kind {
        "circle" => {
            let (x, y, r) = (whole("cx")?, whole("cy")?, whole("r")?);
            let fill = get("fill")?;
            if fill == "none" {
                let path =
                    format!("M{} {y}a{r} {r} 0 1 0 {} 0a{r} {r} 0 1 0-{} 0", x - r, 2 * r, 2 * r);
                return Some((path, look(&["fill", "stroke", "stroke-width", "opacity"])));
            }
            // A round point is shorter than a circle.
            let opacity = look(&["opacity"]);
            let width = 2 * r;
            let look = format!(
                " fill=\"none\" stroke=\"{fill}\" stroke-width=\"{width}\" stroke-linecap=\"round\"{opacity}"
            );
            Some((format!("M{x} {y}h0"), look))
        }
        "rect" => {
            let (x, y) = (whole("x")?, whole("y")?);
            let (width, height) = (whole("width")?, whole("height")?);
            let path = format!("M{x} {y}h{width}v{height}h-{width}z");
            Some((path, look(&["fill", "opacity"])))
        }
        "polygon" => Some((format!("M{}z", get("points")?.trim_end()), look(&["fill", "opacity"]))),
        "polyline" => {
            let names = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity"];
            Some((format!("M{}", get("points")?.trim_end()), look(&names)))
        }
        _ => None,
    }
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
        let path = "<path d=\"M1 2h3v4h-3zM5 2h3v4h-3z\" fill=\"#0072B2\" opacity=\"0.5\"/>\n";
        assert_eq!(merged(&two), path);
        let apart = [two[0], "<text>x</text>", two[1]];
        assert_eq!(merged(&apart).matches("<path").count(), 2, "text stays where it is");
    }

    #[test]
    fn discs_rings_and_lines() {
        let dots = [
            r##"<circle cx="30" cy="40" r="20" fill="#C94F00"/>"##,
            r##"<circle cx="30" cy="40" r="20" fill="none" stroke="#C94F00" stroke-width="15"/>"##,
            r##"<polyline fill="none" stroke="#E5E7EB" stroke-width="10" points="1,2 3,4 "/>"##,
        ];
        let paths = merged(&dots);
        let lines: Vec<&str> = paths.lines().collect();
        assert!(lines[0].contains("d=\"M30 40h0\"") && lines[0].contains("stroke-width=\"40\""));
        assert!(lines[1].contains("d=\"M10 40a20 20 0 1 0 40 0a20 20 0 1 0-40 0\""), "{paths}");
        assert!(lines[2].starts_with("<path d=\"M1,2 3,4\" fill=\"none\" stroke=\"#E5E7EB\""));
    }
}
