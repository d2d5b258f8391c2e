//! How causes are stored.

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{Actor, Cause, SourceRef};

use super::{Attributes as _, Item, moment, optional, text};
use crate::keys::CAUSE;

pub(crate) fn cause(cause: &Cause) -> AttributeValue {
    let mut map =
        Item::from([("actor".to_owned(), text(cause.actor.to_string())), ("at".to_owned(), moment(cause.at))]);
    if let Some(source) = &cause.source {
        map.insert("source".to_owned(), text(source.to_string()));
    }
    if let Some(request) = &cause.request {
        map.insert("request".to_owned(), text(request));
    }
    AttributeValue::M(map)
}

/// The cause of an item; `None` if it has no cause, or one that this build does not understand. In both cases the next
/// write replaces it.
pub(super) fn read_cause(item: &Item) -> Option<Cause> {
    read_cause_at(item, CAUSE)
}

/// The cause in an attribute.
pub(crate) fn read_cause_at(item: &Item, name: &'static str) -> Option<Cause> {
    let map = item.map(name).ok()?;
    Some(Cause {
        actor: map.parsed("actor", Actor::parse).ok()?,
        source: optional(map, "source", |map, name| map.text(name).map(SourceRef::parse)).ok()?,
        at: map.moment("at").ok()?,
        request: optional(map, "request", |map, name| map.text(name).map(str::to_owned)).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use contacts::{Caller, ImportId, time};

    #[test]
    fn a_cause_reads_back() {
        let import = ImportId::new();
        let row = SourceRef::Import { id: import, line: 17 };
        for written in [
            Cause {
                actor: Actor::Import(import),
                source: Some(row),
                at: time::from_millis(5),
                request: Some("r".into()),
            },
            Caller::system("finish-deletion").cause(None, time::from_millis(6)),
        ] {
            let item = Item::from([(CAUSE.to_owned(), cause(&written))]);
            assert_eq!(read_cause(&item), Some(written));
        }
    }

    #[test]
    fn a_cause_of_a_newer_build_is_no_error() {
        let item =
            Item::from([(CAUSE.to_owned(), AttributeValue::M(Item::from([("actor".to_owned(), text("robot:7"))])))]);
        assert_eq!(read_cause(&item), None);
    }
}
