//! Who makes a write, and why.
//!
//! Every write of the book stores its [`Cause`] on the contact that it changes. The cause of a past write cannot be
//! recovered later, so none is written without.

use std::fmt;

use jiff::Timestamp;

use crate::ids::ImportId;
use crate::stamp::SourceRef;

/// Who acts on the book.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A person: the `sub` claim of their token.
    User(String),
    /// An AI assistant, by its id in the events of its conversations.
    Assistant(String),
    /// A CSV import.
    Import(ImportId),
    /// A task of this system, such as `finish-deletion`.
    System(String),
}

/// Who asks for a write, and by which request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who asks.
    pub actor: Actor,
    /// The request id of API Gateway or Lambda; `None` where there is no request.
    pub request: Option<String>,
}

/// The cause of a contact's current state: who wrote it last, and from what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Who made the write.
    pub actor: Actor,
    /// What the write was made from; `None` for a task of this system.
    pub source: Option<SourceRef>,
    /// When the write was decided.
    pub at: Timestamp,
    /// The request id of API Gateway or Lambda; `None` where there was no request.
    pub request: Option<String>,
}

impl Actor {
    /// Reads the text form back; `None` when it is not one.
    pub fn parse(text: &str) -> Option<Actor> {
        let (kind, name) = text.split_once(':')?;
        match kind {
            "user" => Some(Actor::User(name.to_owned())),
            "assistant" => Some(Actor::Assistant(name.to_owned())),
            "import" => ImportId::parse(name).ok().map(Actor::Import),
            "system" => Some(Actor::System(name.to_owned())),
            _ => None,
        }
    }
}

/// `user:<sub>`, `assistant:<id>`, `import:<id>` or `system:<task>`.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::User(sub) => write!(f, "user:{sub}"),
            Actor::Assistant(id) => write!(f, "assistant:{id}"),
            Actor::Import(id) => write!(f, "import:{id}"),
            Actor::System(task) => write!(f, "system:{task}"),
        }
    }
}

impl Caller {
    /// A task of this system that acts without a request.
    pub fn system(task: &str) -> Caller {
        Caller { actor: Actor::System(task.to_owned()), request: None }
    }

    /// The cause of a write that this caller makes from `source` at `at`.
    pub fn cause(&self, source: Option<SourceRef>, at: Timestamp) -> Cause {
        Cause { actor: self.actor.clone(), source, at, request: self.request.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_of_an_actor_reads_back() {
        let import = ImportId::new();
        for actor in [
            Actor::User("a|b:c".to_owned()),
            Actor::Assistant("a-7".to_owned()),
            Actor::Import(import),
            Actor::System("finish-deletion".to_owned()),
        ] {
            assert_eq!(Actor::parse(&actor.to_string()), Some(actor));
        }
        for text in ["", "user", "robot:7", "import:7"] {
            assert_eq!(Actor::parse(text), None, "{text}");
        }
    }
}
