//! What `invoke` is told: the keys that every invoke sets anew, whatever stood there before.

use serde_json::{Map, Value, json};

/// The values of an invoke; `number` is the N of `invoke N`.
pub fn values(number: Option<u64>) -> Map<String, Value> {
    let values = json!({
        "workload_type": number.map_or(json!("single"), |number| json!(number)),
        "scale_factor": 1,
        "scale_type": "linear",
        "workload_trace": null,
        "scale_rate_per_second": null,
        "seconds_to_skip": 180,
    });
    if let Value::Object(values) = values { values } else { Map::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n_is_the_workload_type() {
        assert_eq!(values(Some(10)).get("workload_type"), Some(&json!(10)));
        assert_eq!(values(None).get("workload_type"), Some(&json!("single")));
        assert_eq!(values(None).len(), 6);
    }
}
