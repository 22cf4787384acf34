//! The build context of a benchmark's Dockerfile: a copy of its folder without `out/` and `.sb/`,
//! which hold results and secrets. A `.dockerignore` counts as usual.

use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A copy of `folder` without `left_out`; it goes when dropped.
pub fn copy(folder: &Path, left_out: &[PathBuf]) -> io::Result<TempDir> {
    let target = tempfile::Builder::new().prefix("sb-build-").tempdir()?;
    copy_folder(folder, target.path(), left_out)?;
    Ok(target)
}

fn copy_folder(from: &Path, to: &Path, left_out: &[PathBuf]) -> io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if left_out.contains(&path) {
            continue;
        }
        let kind = entry.file_type()?;
        if kind.is_dir() {
            std::fs::create_dir(&target)?;
            std::fs::set_permissions(&target, entry.metadata()?.permissions())?;
            copy_folder(&path, &target, left_out)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(std::fs::read_link(&path)?, &target)?;
        } else if kind.is_file() {
            std::fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_out_what_is_to_be_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["out/runs", ".sb", "src/out"] {
            std::fs::create_dir_all(at(name)).unwrap();
        }
        std::fs::write(at(".sb/config.yml"), "secret").unwrap();
        std::fs::write(at("src/out/kept"), "x").unwrap();
        std::os::unix::fs::symlink("gone", at("link")).unwrap();
        let copied = copy(folder.path(), &[at("out"), at(".sb")]).unwrap();
        let there = |name: &str| copied.path().join(name).symlink_metadata().is_ok();
        assert!(there("src/out/kept") && there("link"));
        assert!(!there("out") && !there(".sb"));
    }
}
