//! A soak of some seconds: a longer one is `make soak`.

use std::time::Duration;

use contacts_soak::{Mode, soak};

/// Far more than it takes on a busy machine: a job that nobody does would be waited for without end.
const LIMIT: Duration = Duration::from_mins(5);

#[tokio::test(flavor = "multi_thread")]
async fn the_book_is_what_was_acknowledged_whatever_goes_wrong() {
    let soak = soak(Mode::Local, Duration::from_secs(8), 20_261_122);
    let report = tokio::time::timeout(LIMIT, soak).await.expect("it ends").unwrap();
    assert_eq!(report.differences().next(), None, "{report}");
    assert_eq!(report.seconds_without_fault(), 0, "{report}");
    assert!(report.is_rich(), "{report}");
}
