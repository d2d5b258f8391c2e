//! What the parts of a soak share.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::acknowledged::AcknowledgedLog;
use crate::clients::Clients;
use crate::counters::Counters;
use crate::redelivery::Redelivery;

/// An error of the soak itself.
pub type SoakError = Box<dyn std::error::Error + Send + Sync>;

/// What the lanes share.
pub(crate) struct Run {
    pub(crate) clients: Clients,
    pub(crate) acknowledged: AcknowledgedLog,
    pub(crate) counters: Arc<Counters>,
    pub(crate) redelivery: Redelivery,
    /// The time is up.
    pub(crate) over: CancellationToken,
}
