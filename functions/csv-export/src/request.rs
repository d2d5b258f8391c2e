//! The request of an export, from the key of its object.

use contacts::{ExportId, Workspace};
use contacts_files::{Ignored, StoredObject, keys};

/// A requested export. The key of its object says everything; the object's content is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExportRequest {
    pub(crate) workspace: Workspace,
    pub(crate) id: ExportId,
    pub(crate) bucket: String,
}

impl ExportRequest {
    /// Parses an object's key.
    pub(crate) fn of(object: StoredObject) -> Result<ExportRequest, Ignored> {
        let (workspace, name) = object.below(keys::EXPORTS)?;
        let id = name.strip_suffix(keys::ORDER).ok_or(Ignored::Elsewhere)?;
        Ok(ExportRequest { workspace, id: ExportId::parse(id)?, bucket: object.bucket })
    }
}

#[cfg(test)]
mod tests {
    use contacts::{IdError, WorkspaceError};

    use super::*;

    const ID: &str = "0190c5f2-0000-7000-8000-000000000001";

    fn request(key: &str) -> Result<ExportRequest, Ignored> {
        ExportRequest::of(StoredObject { bucket: "b".to_owned(), key: key.to_owned(), etag: None })
    }

    #[test]
    fn a_key_names_the_workspace_and_the_export() {
        let found = request(&format!("exports/a_b-2/{ID}.json")).unwrap();
        assert_eq!(
            (found.workspace.as_str(), found.id.to_string(), found.bucket.as_str()),
            ("a_b-2", ID.to_owned(), "b")
        );
        assert_eq!(keys::export_request(&found.workspace, found.id), format!("exports/a_b-2/{ID}.json"));
    }

    #[test]
    fn other_objects_are_ignored() {
        for (key, reason) in [
            (format!("exports/acme/{ID}.csv"), Ignored::Elsewhere),
            (format!("exports/acme/{ID}.json/x"), Ignored::Elsewhere),
            (format!("exports/{ID}.json"), Ignored::Elsewhere),
            (format!("imports/acme/{ID}.json"), Ignored::Elsewhere),
            (format!("exports/Acme/{ID}.json"), Ignored::Workspace(WorkspaceError)),
            (format!("exports/acme/2026/{ID}.json"), Ignored::Id(IdError::NotUuid)),
            (format!("exports/acme/ {ID}.json"), Ignored::Id(IdError::NotUuid)),
            ("exports/acme/.json".to_owned(), Ignored::Id(IdError::NotUuid)),
        ] {
            assert_eq!(request(&key), Err(reason), "{key}");
        }
    }
}
