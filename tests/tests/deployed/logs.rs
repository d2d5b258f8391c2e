//! The logs of the functions.

use crate::deployment::{Deployment, STACK};

/// Parts of the phones, addresses and names that the tests use. Long digit sequences, since random ids contain short ones.
const PERSONAL: [&str; 12] = [
    "@example.com",
    "+1555",
    "15550000",
    "15557654",
    "15557770",
    "+1415",
    "+4420",
    "Ada",
    "Theodora",
    "Charles",
    "people.csv",
    "not an address",
];

pub(crate) async fn nothing_personal_is_logged(deployment: &Deployment) {
    for (function, said) in [
        ("contacts-api", "answered"),
        ("conversation-upsert", "event folded"),
        ("mcp", "event folded"),
        ("csv-import", "import completed"),
        ("csv-export", "export ended"),
        ("contact-changes", "StreamRecords"),
    ] {
        let group = format!("/aws/lambda/{STACK}-{function}");
        let events = deployment.aws(&["logs", "filter-log-events", "--log-group-name", &group]).await;
        let events: Vec<&str> =
            events["events"].as_array().unwrap().iter().map(|event| event["message"].as_str().unwrap()).collect();
        assert!(events.iter().any(|event| event.contains(said)), "{function}: {events:?}");
        for personal in PERSONAL {
            let found: Vec<_> = events.iter().filter(|event| event.contains(personal)).collect();
            assert!(found.is_empty(), "{function} logs {personal:?}: {found:?}");
        }
        // The API says who sent what changes something, by a hash: a `sub` may be an email address.
        let sent = events.iter().any(|event| event.contains("\"user\":\"729d7d638cef1b47\""));
        assert!(function != "contacts-api" || sent, "{events:?}");
        assert!(!events.iter().any(|event| event.contains("somebody")), "{function}");
        // Lines of metrics name the function as it is deployed, by which alarms find them.
        let metrics: Vec<_> = events.iter().filter(|event| event.contains("CloudWatchMetrics")).collect();
        let named = format!("\"FunctionName\":\"{STACK}-{function}\"");
        assert!(metrics.iter().all(|line| line.contains(&named)), "{metrics:?}");
        assert!(function == "contacts-api" || !metrics.is_empty(), "{function}");
    }
}
