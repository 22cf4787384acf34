//! The regions of the clouds. `East US` and `eastus` are the same one.

/// AWS, general regions.
const AWS: &str = "af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 \
    ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 \
    ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 cn-north-1 cn-northwest-1 \
    eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 \
    il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 \
    us-gov-east-1 us-gov-west-1 us-west-1 us-west-2";

/// Azure.
const AZURE: &str = "australiacentral australiacentral2 australiaeast australiasoutheast \
    austriaeast belgiumcentral brazilsouth brazilsoutheast canadacentral canadaeast centralindia \
    centralus chilecentral eastasia eastus eastus2 francecentral francesouth germanynorth \
    germanywestcentral indonesiacentral israelcentral italynorth japaneast japanwest \
    jioindiacentral jioindiawest koreacentral koreasouth malaysiawest mexicocentral \
    newzealandnorth northcentralus northeurope norwayeast norwaywest polandcentral qatarcentral \
    southafricanorth southafricawest southcentralus southeastasia southindia spaincentral \
    swedencentral swedensouth switzerlandnorth switzerlandwest uaecentral uaenorth uksouth ukwest \
    westcentralus westeurope westindia westus westus2 westus3";

/// Google Cloud.
const GOOGLE: &str = "africa-south1 asia-east1 asia-east2 asia-northeast1 asia-northeast2 \
    asia-northeast3 asia-south1 asia-south2 asia-southeast1 asia-southeast2 australia-southeast1 \
    australia-southeast2 europe-central2 europe-north1 europe-north2 europe-southwest1 \
    europe-west1 europe-west10 europe-west12 europe-west2 europe-west3 europe-west4 europe-west6 \
    europe-west8 europe-west9 me-central1 me-central2 me-west1 northamerica-northeast1 \
    northamerica-northeast2 northamerica-south1 southamerica-east1 southamerica-west1 us-central1 \
    us-east1 us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4";

/// The cloud's own name of a region, or what is wrong with it. Clouds that are not known here
/// have whatever regions they like.
pub fn canonical(cloud: &str, region: &str) -> Result<String, String> {
    let list = match cloud {
        "aws" => AWS,
        "azure" => AZURE,
        "google" => GOOGLE,
        _ => return Ok(region.into()),
    };
    let plain = |name: &str| -> String {
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
    };
    let wanted = plain(region);
    if let Some(found) = list.split_whitespace().find(|known| plain(known) == wanted) {
        return Ok(found.into());
    }
    let mut near: Vec<(usize, &str)> =
        list.split_whitespace().map(|known| (distance(&plain(known), &wanted), known)).collect();
    near.sort_by_key(|(distance, _)| *distance);
    let near: Vec<&str> = near.into_iter().take(3).map(|(_, known)| known).collect();
    Err(format!("'{region}' is not a region of {cloud}; near to it are: {}", near.join(", ")))
}

/// Whether it is one of this cloud's, as far as they are known here.
pub fn is_of(cloud: &str, region: &str) -> bool {
    ["aws", "azure", "google"].contains(&cloud) && canonical(cloud, region).is_ok()
}

/// How many letters differ.
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, right) in b.iter().enumerate() {
            let change = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        assert_eq!(canonical("azure", "East US"), Ok("eastus".into()));
        assert_eq!(canonical("azure", "eastus"), Ok("eastus".into()));
        assert_eq!(canonical("aws", "EU-West-1"), Ok("eu-west-1".into()));
        assert_eq!(canonical("google", "us-central1"), Ok("us-central1".into()));
        assert_eq!(canonical("local", "my desk"), Ok("my desk".into()));
    }

    #[test]
    fn what_is_none_is_named_with_what_is_near() {
        let message = canonical("aws", "eu-west-9").unwrap_err();
        assert!(message.contains("near to it are: eu-west-1, eu-west-2, eu-west-3"), "{message}");
        assert!(canonical("azure", "").is_err());
    }

    #[test]
    fn distances() {
        assert_eq!(distance("provder", "provider"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }
}
