//! A soak of some seconds: a longer one is `make soak`.

use std::time::Duration;

use contacts_soak::{Mode, soak};

#[tokio::test(flavor = "multi_thread")]
async fn the_book_is_what_was_acknowledged_whatever_goes_wrong() {
    let report = soak(Mode::Local, Duration::from_secs(8), 20_261_122).await.unwrap();
    assert_eq!(report.differences().next(), None, "{report}");
    assert_eq!(report.seconds_without_fault(), 0, "{report}");
    assert!(report.is_rich(), "{report}");
}
