//! Which observations the ledger of erasures keeps out.

use crate::observation::Observation;
use crate::snapshot::{Resolution, Snapshot, Torn};

/// Whether an observation would bring back somebody who was erased.
///
/// It is older than the erasure of one of its identifiers. Or it is a row of a file: files are copies of older data, whenever
/// they are uploaded. A row is taken again once one of its erased identifiers leads to a live contact, because then the
/// person has come anew. What a person types is always taken.
pub(crate) fn is_kept_out(book: &Snapshot, seen: &Observation) -> Result<bool, Torn> {
    if seen.source.is_by_hand() {
        return Ok(false);
    }
    let (mut is_erased, mut has_come_anew) = (false, false);
    for identifier in seen.identifiers() {
        let Some(erased_at) = book.erased_at(identifier) else { continue };
        if seen.at() < erased_at {
            return Ok(true);
        }
        is_erased = true;
        has_come_anew |= matches!(book.resolve(identifier, seen.at())?, Resolution::Live(_));
    }
    Ok(seen.is_row() && is_erased && !has_come_anew)
}
