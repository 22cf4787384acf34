//! Sources that a collector names in the path of a file only.

use regex::Regex;
use std::sync::LazyLock;

/// `.../2022-04-14-[$LATEST]41ea.../000000.gz`: an export of CloudWatch, whose `/` became `-`.
static STREAM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:^|/)(\d{4})-(\d\d)-(\d\d)-([^/]*\[[^/\]]*\][0-9a-f]{32})/[^/]*$").ok()
});

/// `/var/log/pods/NAMESPACE_POD_UID/CONTAINER/0.log`
static POD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:^|/)pods/[^/_]+_([^/_]+)_[^/_]+/([^/]+)/[^/]*$").ok());

/// `/var/log/containers/POD_NAMESPACE_CONTAINER-ID.log`
static CONTAINER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:^|/)containers/([^/_]+)_[^/_]+_([^/_]+)-[0-9a-f]{64}\.log$").ok()
});

/// `/var/lib/docker/containers/ID/ID-json.log`
static DOCKER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:^|/)containers/([0-9a-f]{12})[0-9a-f]{52}/[^/]*$").ok());

/// The source that a path names.
pub(crate) fn source_of(path: &str) -> Option<String> {
    // Most paths hold none of these, and the expressions take long to build.
    let find = |regex: &'static LazyLock<Option<Regex>>, needs: &str| {
        if path.contains(needs) { regex.as_ref()?.captures(path) } else { None }
    };
    if let Some(found) = find(&STREAM, "[") {
        return Some(format!("{}/{}/{}/{}", &found[1], &found[2], &found[3], &found[4]));
    }
    if let Some(found) = find(&POD, "pods/").or_else(|| find(&CONTAINER, "containers/")) {
        return Some(format!("pod/{}/{}", &found[1], &found[2]));
    }
    find(&DOCKER, "containers/").map(|found| found[1].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_name_a_source() {
        let of = |path: &str| source_of(path).unwrap_or_default();
        let hash = "41ea24164659d3f79e3bd3f6f4f5a34f";
        assert_eq!(
            of(&format!("export/0a1b/2022-04-14-[$LATEST]{hash}/000000.gz")),
            format!("2022/04/14/[$LATEST]{hash}")
        );
        assert_eq!(of("/var/log/pods/shop_orders-1_8d3c-1/api/0.log"), "pod/orders-1/api");
        let id = format!("{hash}{hash}");
        assert_eq!(of(&format!("containers/orders-1_shop_api-{id}.log")), "pod/orders-1/api");
        assert_eq!(of(&format!("/var/lib/docker/containers/{id}/{id}-json.log")), "41ea24164659");
        assert_eq!(of("logs/app.log"), "");
    }
}
