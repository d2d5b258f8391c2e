//! Locks of the state that clients share.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// No code panics while it holds one of these locks, so the data behind a poisoned one are intact.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
