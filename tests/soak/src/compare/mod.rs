//! Compares the book, as the system shows it, with its invariants and with the model.

mod callers;
mod conflicting;
mod erased;
mod households;
mod jobs;
mod shown;
mod table;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use contacts::Settings;
use contacts::memory::MemoryBook;
use futures_util::StreamExt as _;
use futures_util::stream;
use reqwest_tls::StatusCode;
use serde_json::{Value, json};

use crate::acknowledged::{Acknowledged, Operation};
use crate::clients::{ATTACKED, CONFLICTING, Call, GUARDED, HOUSEHOLDS, SHARED, WORKSPACES};
use crate::lanes::{Lane, lists};
use crate::model::{self, Imported};
use crate::people::SWITCHBOARD;
use crate::state::{Run, SoakError};
use shown::Shown;

/// How many requests are under way at once.
const AT_ONCE: usize = 8;

/// The result of a comparison.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    pub(crate) items: usize,
    pub(crate) contacts: usize,
    pub(crate) joins: usize,
    pub(crate) conflicts: usize,
    pub(crate) unconfirmed: usize,
    pub(crate) shared: usize,
    pub(crate) conversations: usize,
    pub(crate) imports: usize,
    pub(crate) rows: u64,
    /// Violated invariants, and every difference between the book and the acknowledged operations.
    pub(crate) differences: Vec<String>,
}

/// Compares. The system must be idle.
pub(crate) async fn compare(run: &Arc<Run>, settings: &Settings) -> Result<Comparison, SoakError> {
    let mut found = Comparison::default();
    let pages = run.acknowledged.pages();
    let table = table::read(&run.clients, &pages.erased).await?;
    found.items = table.items;
    found.differences.extend(table.violations);
    found.differences.extend(erased::in_files(&run.clients, &pages.erased).await?);
    for workspace in WORKSPACES {
        let lane = Lane { run: Arc::clone(run), workspace };
        let mut comparing = Comparing { lane, settings, pages: &pages, found: &mut found };
        let imports = jobs::compare(&mut comparing).await?;
        let live = table.live.get(workspace).cloned().unwrap_or_default();
        let contacts = comparing.lists(&live).await?;
        comparing.count(&contacts);
        match workspace {
            CONFLICTING => conflicting::compare(&mut comparing, &imports, &contacts).await?,
            ATTACKED | GUARDED => callers::compare(&mut comparing, &contacts).await?,
            HOUSEHOLDS => households::compare(&mut comparing, &imports, &contacts)?,
            _ => comparing.with_model(&imports, &contacts).await?,
        }
    }
    Ok(found)
}

/// A conversation, and where it leads.
struct Linked {
    conversation: String,
    contact: Option<String>,
    /// Whether one of its events proved that it is of that contact.
    is_proven: bool,
}

/// The comparison of one workspace.
struct Comparing<'a> {
    lane: Lane,
    settings: &'a Settings,
    pages: &'a Acknowledged,
    found: &'a mut Comparison,
}

impl Comparing<'_> {
    fn differ(&mut self, what: String) {
        self.found.differences.push(format!("{}: {what}", self.lane.workspace));
    }

    fn operations(&self) -> &[Operation] {
        self.pages.operations.get(self.lane.workspace).map_or(&[], Vec::as_slice)
    }

    /// Compares every list with the live contacts that belong in it; returns the contacts of the first.
    async fn lists(&mut self, live: &BTreeSet<String>) -> Result<Vec<Value>, SoakError> {
        let mut contacts: Option<Vec<Value>> = None;
        for (sort, wants) in [("recent", "id"), ("phone", "phone"), ("email", "email")] {
            let listed = lists::walk(&self.lane, &format!("sort={sort}&"), 200, usize::MAX).await;
            let listed = listed.ok_or("a list cannot be read")?;
            let ids: BTreeSet<String> = listed.iter().map(id_of).collect();
            if ids.len() != listed.len() {
                self.differ(format!("the list by {sort} has contacts twice"));
            }
            let all = contacts.get_or_insert(listed);
            let expected = if sort == "recent" {
                live.clone()
            } else {
                all.iter().filter(|contact| !contact[wants].is_null()).map(id_of).collect()
            };
            for id in ids.symmetric_difference(&expected) {
                let what = if expected.contains(id) { "lacks" } else { "has" };
                self.differ(format!("the list by {sort} {what} {id}"));
            }
        }
        let url = lists::export(&self.lane).await.ok_or("there is no export")?;
        let export = self.lane.run.clients.download(&url).await?;
        let exported: BTreeSet<String> =
            export.lines().skip(1).filter_map(|row| Some(row.split_once(',')?.0.to_owned())).collect();
        for id in exported.symmetric_difference(live) {
            let what = if live.contains(id) { "lacks" } else { "has" };
            self.differ(format!("the export {what} {id}"));
        }
        Ok(contacts.unwrap_or_default())
    }

    fn count(&mut self, contacts: &[Value]) {
        let total =
            |name: &str| contacts.iter().filter_map(|contact| Some(contact[name].as_array()?.len())).sum::<usize>();
        self.found.contacts += contacts.len();
        self.found.joins += total("joined");
        self.found.conflicts += total("conflicts");
        self.found.unconfirmed += total("unconfirmed");
        self.found.shared += total("shared");
    }

    /// Compares field by field with the model.
    async fn with_model(
        &mut self,
        imports: &HashMap<String, Vec<Imported>>,
        contacts: &[Value],
    ) -> Result<(), SoakError> {
        let mut steps = model::steps(self.operations(), &self.pages.files, imports, self.settings)?;
        if self.lane.workspace == SHARED {
            model::by_moment(&mut steps);
        }
        let model = model::book(&steps, self.settings)?;
        let conversations = self.conversations().await?;
        let mut book: BTreeMap<String, Shown> = BTreeMap::new();
        for contact in contacts {
            book.insert(id_of(contact), Shown::of_json(contact, self.settings)?);
        }
        for Linked { conversation, contact, .. } in &conversations {
            match contact {
                Some(id) if book.contains_key(id) => {
                    book.entry(id.clone()).or_default().conversations.insert(conversation.clone());
                }
                Some(id) => self.differ(format!("conversation {conversation} leads to {id}, which is not listed")),
                None => {}
            }
        }
        self.each_is_one_person(contacts).await?;
        self.match_up(&model, book);
        Ok(())
    }

    /// Checks without the model that nobody was taken for somebody else: each person has one email, and nobody is found by
    /// the number of the switchboard.
    async fn each_is_one_person(&mut self, contacts: &[Value]) -> Result<(), SoakError> {
        for contact in contacts {
            let is_of_another = |known: &Value| known["field"] == "email" || known["value"] == SWITCHBOARD;
            if shown::list(contact, "also_known_by").any(is_of_another) {
                self.differ(format!("{} is more than one person: {contact}", id_of(contact)));
            }
        }
        let query = format!("phone={}", SWITCHBOARD.replace('+', "%2B"));
        let found = lists::look_up(&self.lane, &query).await.ok_or("a look-up cannot be made")?;
        if found.json["items"] != json!([]) {
            self.differ(format!("the number of the switchboard is somebody's: {found:?}"));
        }
        Ok(())
    }

    /// Finds each contact of the model in the book by its identifiers and conversations.
    fn match_up(&mut self, model: &MemoryBook, mut book: BTreeMap<String, Shown>) {
        let known: HashMap<String, String> =
            book.iter().flat_map(|(id, shown)| shown.known_by().map(|name| (name, id.clone()))).collect();
        for expected in Shown::all_of(model) {
            let id = expected.known_by().find_map(|name| known.get(&name));
            match id.and_then(|id| Some((id, book.remove(id)?))) {
                Some((id, shown)) => {
                    for difference in expected.differences(&shown) {
                        self.differ(format!("{id}: {difference}"));
                    }
                }
                None => self.differ(format!("the book lacks {expected:?}")),
            }
        }
        for (id, shown) in book {
            self.differ(format!("{id} should not be there: {shown:?}"));
        }
    }

    /// The conversations of all acknowledged events, and where they lead.
    async fn conversations(&mut self) -> Result<Vec<Linked>, SoakError> {
        let mut values = BTreeSet::new();
        for act in self.operations() {
            if let Operation::Event(payload) = act {
                let event: Value = serde_json::from_str(payload)?;
                values.insert(event["conversation_id"].as_str().unwrap_or_default().to_owned());
            }
        }
        let lane = &self.lane;
        let asked = stream::iter(values).map(|conversation| async move {
            let path = format!("/conversations/{conversation}");
            let answer = lane.call("conversations looked at", &Call::get(lane.workspace, path)).await;
            let answer = answer.ok_or("a conversation cannot be read")?;
            let (contact, is_proven) = match answer.status {
                StatusCode::OK => (answer.json["contact_id"].as_str(), answer.json["identity"] == "proven"),
                StatusCode::NOT_FOUND => (None, false),
                _ => return Err(format!("{conversation}: {answer:?}")),
            };
            Ok(Linked { conversation, contact: contact.map(ToOwned::to_owned), is_proven })
        });
        let found: Vec<Result<_, String>> = asked.buffer_unordered(AT_ONCE).collect().await;
        let found: Vec<_> = found.into_iter().collect::<Result<_, _>>()?;
        self.found.conversations += found.iter().filter(|linked| linked.contact.is_some()).count();
        Ok(found)
    }
}

fn id_of(contact: &Value) -> String {
    contact["id"].as_str().unwrap_or_default().to_owned()
}
