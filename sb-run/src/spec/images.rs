//! Container images by their short names, and the volumes that hold a provider's credentials.

use serde_json::Value;

/// The image of `spec.run` if none is named.
pub const DEFAULT: &str = "alpine:3.12.0";

/// Short names that benchmark files use.
pub const ALIASES: [(&str, &str); 14] = [
    ("aws_cli", "mikesir87/aws-cli:1.18.188"),
    ("azure_cli", "mcr.microsoft.com/azure-cli:2.34.1"),
    ("google_cli", "google/cloud-sdk:380.0.0-alpine"),
    ("ibm_cli", "ibmcom/ibm-cloud-developer-tools-amd64:1.3.0"),
    ("alibaba_cli", "rubenfunai/aliyun-cli:3.0.91-amd64"),
    ("pulumi_cli", "pulumi/pulumi:3.28.0"),
    ("serverless_cli", "amaysim/serverless:2.64.1"),
    ("node12.x", "node:12.22.11"),
    ("python3.8", "python:3.8.8"),
    ("python3.9", "python:3.9.9"),
    ("go1.x", "golang:1.16.0"),
    ("java8", "openjdk:8"),
    ("dotnetcore3.1", "mcr.microsoft.com/dotnet/sdk:3.1"),
    ("k6", "loadimpact/k6:0.37.0"),
];

/// Where each provider's own command line looks for credentials.
const SECRETS: [(&str, &str); 5] = [
    ("aws", "/root/.aws"),
    ("azure", "/root/.azure"),
    ("google", "/root/.config/gcloud"),
    ("ibm", "/root/.bluemix"),
    ("pulumi", "/root/.pulumi"),
];

/// The image that a short name stands for; every other name is an image itself.
pub fn resolve(image: &str) -> &str {
    ALIASES.iter().find(|(alias, _)| *alias == image).map_or(image, |(_, image)| image)
}

/// What to mount for a `provider` value, a name or a list of names: `aws-secrets:/root/.aws`.
/// One unknown name leaves all of them out.
pub fn secret_mounts(provider: Option<&Value>) -> Vec<String> {
    let names = match provider {
        Some(Value::Array(names)) => names.as_slice(),
        Some(name) => std::slice::from_ref(name),
        None => &[],
    };
    let mount = |name: &Value| {
        let name = name.as_str()?;
        let (_, folder) = SECRETS.iter().find(|(provider, _)| *provider == name)?;
        Some(format!("{name}-secrets:{folder}"))
    };
    names.iter().map(mount).collect::<Option<_>>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn short_names_and_images() {
        assert_eq!(resolve("k6"), "loadimpact/k6:0.37.0");
        assert_eq!(resolve("maven:3.6.3-jdk-8-slim"), "maven:3.6.3-jdk-8-slim");
    }

    #[test]
    fn credentials_of_one_or_several_providers() {
        let mounts = |provider| secret_mounts(Some(&provider));
        assert_eq!(mounts(json!("aws")), ["aws-secrets:/root/.aws"]);
        let both = ["aws-secrets:/root/.aws", "pulumi-secrets:/root/.pulumi"];
        assert_eq!(mounts(json!(["aws", "pulumi"])), both);
        assert_eq!(mounts(json!(["aws", "alibaba"])), [""; 0]);
        assert_eq!(mounts(json!(null)), [""; 0]);
        assert_eq!(secret_mounts(None), [""; 0]);
    }
}
