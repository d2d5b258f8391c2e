//! Building clients while the function starts.

use std::panic;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use tokio::runtime::Handle;

/// Starts `work` on another thread and returns a future of its result, which can be cloned and awaited many times.
///
/// A function whose clients are built while it already asks Lambda for its first event starts sooner.
///
/// # Panics
/// Outside of a tokio runtime. If `work` panics, so does every await of the result.
pub fn prewarm<T>(work: impl Future<Output = T> + Send + 'static) -> Shared<BoxFuture<'static, T>>
where
    T: Clone + Send + Sync + 'static,
{
    let runtime = Handle::current();
    // Not as a task: on a runtime with one thread, `work` would run before the first event is asked for.
    let task = tokio::task::spawn_blocking(move || runtime.block_on(work));
    let made = async { task.await.unwrap_or_else(|ended| panic::resume_unwind(ended.into_panic())) };
    made.boxed().shared()
}
