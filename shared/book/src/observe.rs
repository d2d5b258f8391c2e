//! Folds observations into the book.

use std::borrow::Cow;

use contacts::{Folded, Observation, Settings, Workspace};

use crate::batch::Assumption;
use crate::{BookError, ContactBook};

impl ContactBook {
    /// Folds one observation into the book: creates a contact, updates it, joins several, or leaves all as it is.
    ///
    /// `read` creates the observation from the source's words under the workspace's settings, and also returns whatever
    /// the caller needs. It is called again if the settings turn out to have changed. An observation may be folded any
    /// number of times, in any order with others: see [`contacts::fold()`].
    ///
    /// # Errors
    /// When the table is unavailable, or other writers win every race, for longer than the book's retry limit. The
    /// observation may have been folded nonetheless; folding it again is safe.
    pub async fn observe<T>(
        &self,
        workspace: &Workspace,
        read: impl Fn(&Settings) -> (Observation, T),
    ) -> Result<(Folded, T), BookError> {
        let read = |settings: &Settings| {
            let (observation, rest) = read(settings);
            (vec![observation], rest)
        };
        let (folded, rest) = self.observe_batch(workspace, read).await?;
        // One observation gives one result.
        Ok((folded.into_iter().next().ok_or(BookError::Contended)?, rest))
    }

    /// As [`ContactBook::observe`], for many observations, which `read` creates together. Has the same result as folding them
    /// in order, and returns the outcome of each.
    ///
    /// # Errors
    /// As [`ContactBook::observe`]. Some observations may have been folded; folding all of them again is safe.
    pub async fn observe_batch<T>(
        &self,
        workspace: &Workspace,
        read: impl Fn(&Settings) -> (Vec<Observation>, T),
    ) -> Result<(Vec<Folded>, T), BookError> {
        let mut rest = None;
        // Boxed, as below: the SDK's futures nest so deep that callers would meet the compiler's recursion limit.
        let (folded, _) = Box::pin(self.fold_all(workspace, Assumption::Any, |settings| {
            let (observations, kept) = read(settings);
            rest = Some(kept);
            Cow::Owned(observations)
        }))
        .await?;
        // `fold_all` reads at least once.
        Ok((folded, rest.ok_or(BookError::Contended)?))
    }

    /// Folds many observations into the book with the same result as folding them in order, and returns the outcome of
    /// each.
    ///
    /// Observations that share no identifier are folded concurrently; new contacts share transactions.
    ///
    /// # Errors
    /// As [`ContactBook::observe`]. Some observations may have been folded; folding all of them again is safe.
    pub async fn observe_all(
        &self,
        workspace: &Workspace,
        observations: &[Observation],
    ) -> Result<Vec<Folded>, BookError> {
        let folded = self.fold_all(workspace, Assumption::Any, |_| Cow::Borrowed(observations));
        Ok(Box::pin(folded).await?.0)
    }

    /// As [`ContactBook::observe_all`], for people whom the book probably does not know: writes their contacts without
    /// reading first. Also returns whether that assumption was right.
    ///
    /// The assumption need not be right, because each claim is written on the condition that it does not exist. If it
    /// is wrong, DynamoDB rejects (and charges for) the transaction, and the book reads first after all.
    ///
    /// # Errors
    /// As [`ContactBook::observe_all`].
    pub async fn observe_all_assuming_new(
        &self,
        workspace: &Workspace,
        observations: &[Observation],
    ) -> Result<(Vec<Folded>, bool), BookError> {
        Box::pin(self.fold_all(workspace, Assumption::New, |_| Cow::Borrowed(observations))).await
    }
}
