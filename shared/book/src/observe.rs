//! Folding observations into the book.

use std::borrow::Cow;

use contacts::{Folded, Observation, Settings, Workspace};

use crate::batch::Guess;
use crate::{BookError, ContactBook};

impl ContactBook {
    /// Folds one observation into the book: creates a contact, updates it, joins several, or leaves all as it is.
    ///
    /// `read` makes the observation from the source's words under the workspace's settings, and whatever else it wants
    /// to keep of them. It is called again when the settings turn out to have changed. An observation may be folded any
    /// number of times, in any order with others: see [`crate::fold()`].
    ///
    /// # Errors
    /// When the table is unavailable, or others win every race, for longer than the book's patience. The observation
    /// may have been folded nonetheless; to fold it again is safe.
    pub async fn observe<T>(
        &self,
        workspace: &Workspace,
        read: impl Fn(&Settings) -> (Observation, T),
    ) -> Result<(Folded, T), BookError> {
        let mut rest = None;
        // Boxed, as below: the SDK's futures nest so deep that callers would meet the compiler's recursion limit.
        let (folded, _) = Box::pin(self.fold_all(workspace, Guess::Anybody, |settings| {
            let (observation, kept) = read(settings);
            rest = Some(kept);
            Cow::Owned(vec![observation])
        }))
        .await?;
        // One observation goes in, so one result comes out.
        folded.into_iter().next().zip(rest).ok_or(BookError::Contended)
    }

    /// Folds many observations into the book, as if one after the other, and tells of each what it did.
    ///
    /// Those that share no identifier are folded side by side; new contacts share transactions. If an error is
    /// returned, some of them were folded; to fold all again is safe.
    pub async fn observe_all(
        &self,
        workspace: &Workspace,
        observations: &[Observation],
    ) -> Result<Vec<Folded>, BookError> {
        let folded = self.fold_all(workspace, Guess::Anybody, |_| Cow::Borrowed(observations));
        Ok(Box::pin(folded).await?.0)
    }

    /// As [`ContactBook::observe_all`], of people whom the book has probably not met: their contacts are written without
    /// looking first. Tells also whether all of that was right.
    ///
    /// Nothing depends on the guess, since each claim is written on the condition that there is none. Where that is wrong
    /// the transaction is refused, though paid for, and the book is read after all.
    ///
    /// # Errors
    /// As [`ContactBook::observe_all`].
    pub async fn observe_strangers(
        &self,
        workspace: &Workspace,
        observations: &[Observation],
    ) -> Result<(Vec<Folded>, bool), BookError> {
        Box::pin(self.fold_all(workspace, Guess::Strangers, |_| Cow::Borrowed(observations))).await
    }
}
