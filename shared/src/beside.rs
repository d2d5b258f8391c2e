//! What a function makes while it starts.

use std::panic;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use tokio::runtime::Handle;

/// Begins to make something on another thread; whoever needs it waits for it, each with a clone.
///
/// A function that asks Lambda for its first event at once, and makes its clients meanwhile, is started sooner.
///
/// # Panics
/// Outside of a runtime of tokio. What waits panics as `work` did.
pub fn beside<T>(work: impl Future<Output = T> + Send + 'static) -> Shared<BoxFuture<'static, T>>
where
    T: Clone + Send + Sync + 'static,
{
    let runtime = Handle::current();
    // Not as a task: a runtime with one thread would make it before it asks.
    let task = tokio::task::spawn_blocking(move || runtime.block_on(work));
    let made = async { task.await.unwrap_or_else(|ended| panic::resume_unwind(ended.into_panic())) };
    made.boxed().shared()
}
