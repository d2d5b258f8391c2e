//! Counts the results of rows.

use contacts::{Folded, Outcome};
use contacts_book::ImportCounts;

/// Counts a row that was folded.
pub(crate) fn folded(counts: &mut ImportCounts, row: &Folded) {
    match row.outcome {
        Outcome::Created => counts.created += 1,
        Outcome::Updated => counts.updated += 1,
        // Suppressed: the contact was deleted after the file was uploaded.
        Outcome::Unchanged | Outcome::Suppressed => counts.unchanged += 1,
        // The row has only an id, which no contact of this workspace has, or names somebody who was erased. No row belongs to
        // a conversation.
        Outcome::Ignored | Outcome::Erased | Outcome::WrongChannel => counts.rejected += 1,
    }
    counts.read += 1;
    counts.joined += u64::from(!row.joined.is_empty());
    counts.conflicts += u64::from(!row.conflicts.is_empty());
}

/// Counts a row that was rejected.
pub(crate) fn rejected(counts: &mut ImportCounts) {
    counts.read += 1;
    counts.rejected += 1;
}

#[cfg(test)]
mod tests {
    use contacts::{Conflict, ConflictReason, ContactId};

    use super::*;

    #[test]
    fn every_row_is_counted_once() {
        let mut counts = ImportCounts::default();
        let outcomes = [
            Outcome::Ignored,
            Outcome::Suppressed,
            Outcome::Erased,
            Outcome::Unchanged,
            Outcome::Updated,
            Outcome::Created,
        ];
        for outcome in outcomes {
            let conflict = |_| Conflict {
                field: contacts::Field::Name,
                value: None,
                contact: ContactId::new(),
                reason: ConflictReason::Contradiction,
                at: contacts::time::now(),
                source: None,
                withheld: Vec::new(),
            };
            let row = Folded {
                joined: vec![ContactId::new(); if outcome == Outcome::Updated { 2 } else { 0 }],
                conflicts: (0..if outcome == Outcome::Unchanged { 2 } else { 0 }).map(conflict).collect(),
                ..Folded::nothing(outcome)
            };
            folded(&mut counts, &row);
        }
        rejected(&mut counts);
        let expected = ImportCounts {
            bytes_done: 0,
            read: 7,
            created: 1,
            updated: 1,
            unchanged: 2,
            rejected: 3,
            joined: 1,
            conflicts: 1,
            ..ImportCounts::default()
        };
        assert_eq!(counts, expected);
    }
}
