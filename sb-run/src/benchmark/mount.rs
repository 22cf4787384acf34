//! Where a benchmark's folder appears in a container: its root, which may lie some levels higher
//! (`root: ..`), is mounted at `/apps/<name of the root>`.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// A mounted benchmark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// The folder of this machine that is mounted.
    pub host_root: PathBuf,
    /// Where: `/apps/higher_root_path`
    pub root: String,
    /// The benchmark's own folder in it: `/apps/higher_root_path/azure`
    pub inside: String,
}

impl Mount {
    /// `root` is the value of that name. Only the number of its parts counts: `..` and `.` are
    /// one level, `../..` and `../` are two.
    pub fn new(folder: &Path, root: Option<&Value>) -> Self {
        let root = root.and_then(Value::as_str).filter(|root| !root.is_empty());
        let levels = root.map_or(0, |root| root.split('/').count());
        let host_root = folder.ancestors().nth(levels).unwrap_or(Path::new("/"));
        let name = host_root.file_name().unwrap_or_default().to_string_lossy();
        let root = format!("/apps/{name}");
        let below = folder.strip_prefix(host_root).unwrap_or(Path::new(""));
        let inside = format!("{root}/{}", below.display());
        Self { host_root: host_root.into(), root, inside: inside.trim_end_matches('/').to_string() }
    }

    /// The argument of the engine's `-v`.
    pub fn volume(&self) -> String {
        format!("{}:{}", self.host_root.display(), self.root)
    }

    /// A path of the container as one of this machine.
    pub fn outside(&self, path: &str) -> Option<PathBuf> {
        Path::new(path).strip_prefix(&self.root).ok().map(|below| self.host_root.join(below))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_number_of_parts_counts() {
        let inside = |root: Value| {
            let mount = Mount::new(Path::new("/home/joe/fixtures/higher/azure"), Some(&root));
            (mount.volume(), mount.inside)
        };
        let expected = |root: &str, name: &str, inside: &str| {
            (format!("{root}:/apps/{name}"), format!("/apps/{inside}"))
        };
        let here = expected("/home/joe/fixtures/higher/azure", "azure", "azure");
        let up = expected("/home/joe/fixtures/higher", "higher", "higher/azure");
        let two = expected("/home/joe/fixtures", "fixtures", "fixtures/higher/azure");
        assert_eq!(inside(json!(null)), here);
        assert_eq!(inside(json!("")), here);
        assert_eq!(inside(json!("..")), up);
        assert_eq!(inside(json!(".")), up);
        assert_eq!(inside(json!("../..")), two);
        assert_eq!(inside(json!("../")), two);
    }

    #[test]
    fn paths_go_back_out() {
        let mount = Mount::new(Path::new("/a/b/c"), Some(&json!("..")));
        assert_eq!(mount.outside("/apps/b/c/x.py"), Some("/a/b/c/x.py".into()));
        assert_eq!(mount.outside("/usr/lib/x.py"), None);
    }
}
