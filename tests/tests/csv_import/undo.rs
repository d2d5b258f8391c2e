//! Imports that are taken back.

use std::time::{Duration, SystemTime};

use contacts::{
    ConversationChannel, ConversationId, ConversationInfo, Field, Name, Observation, Patch, Settings, Value, time,
};
use contacts_book::{Import, ImportStatus, ImportUndo, UndoRefused};
use contacts_csv::cut::Limits;
use contacts_files::keys;
use contacts_harness::{ImportHarness, contact_line, people_csv, summary, workspace};
use contacts_testing::{ByHand as _, Fault, FaultInjector, Items, each_request, person};
use csv_import::handle;
use jiff::SignedDuration;
use lambda_runtime::{Context, LambdaEvent};

const HEADER: &str = "Name,Phone,Email\n";

/// A harness whose history follows when the test says so.
struct Book {
    harness: ImportHarness,
    followed: Items,
}

impl Book {
    /// Ada and Bob from an earlier file, and Cleo, who is three contacts: one conversation knows her phone, one her WhatsApp
    /// number, and the last one her email.
    async fn before() -> Book {
        let mut book = Book { harness: ImportHarness::new().await, followed: Items::new() };
        let earlier = "Ada,+16502530001,ada@x.example\nBob,+16502530002,bob@x.example\n";
        book.harness.import("earlier", format!("{HEADER}{earlier}")).await;
        book.converse("c-0", &[("telephone", "+16502530003")]).await;
        book.converse("c-1", &[("whatsapp", "+16502530013")]).await;
        book.converse("c-2", &[("email", "cleo@x.example")]).await;
        book.follow().await;
        book
    }

    async fn follow(&mut self) {
        self.harness.engine.keep_history(&mut self.followed).await;
    }

    async fn converse(&self, conversation: &str, values: &[(&str, &str)]) {
        let id = ConversationId::parse(conversation).unwrap();
        let info = ConversationInfo { id, channel: ConversationChannel::WebChat, assistant_id: "a-1".into() };
        let mut event = Observation::of_conversation(info, time::now(), time::now());
        for (name, text) in values {
            let field = Field::parse(name).unwrap();
            let value = field.read(&(*text).into(), &Settings::default()).unwrap().unwrap();
            event.add(field, value).unwrap();
        }
        self.harness.book().observe_all(&workspace(), &[event]).await.unwrap();
    }

    /// The import to take back: it renames Ada, joins the three that are Cleo, the youngest into the next and that into the
    /// oldest, and adds Dirk and Eva.
    async fn import(&mut self) -> Import {
        let rows = "Name,Phone,Email,WhatsApp\nAda Lovelace,+16502530009,ada@x.example,\n\
                    Cleo,+16502530003,cleo@x.example,+16502530013\n\
                    Dirk,+16502530004,dirk@x.example,\nEva,+16502530005,eva@x.example,\n";
        let import = self.harness.import("wrong", rows.to_owned()).await;
        assert_eq!(summary(&import), "completed read=4 created=2 updated=2 joined=1");
        self.follow().await;
        import
    }

    /// What people and conversations say after the import: of Bob, whom it did not touch, and of Eva.
    async fn later(&mut self) {
        self.converse("c-3", &[("telephone", "+16502530005")]).await;
        let contacts = self.harness.contacts().await;
        let bob = contacts.iter().find(|contact| contact.name().map(Name::as_str) == Some("Bob")).unwrap();
        let patch =
            Patch { values: vec![(Field::Name, Some(Value::Name(Name::parse("Bobby").unwrap())))], ..Patch::default() };
        self.harness.book().change(&workspace(), bob.id, None, &patch).await.unwrap().unwrap();
        self.follow().await;
    }

    async fn begin(&self, import: &Import) -> Result<(), UndoRefused> {
        self.harness.book().begin_undo(&workspace(), import.id, &person()).await.unwrap()
    }

    async fn undone(&self, import: &Import) -> ImportUndo {
        self.harness.book().import(&workspace(), import.id).await.unwrap().unwrap().undo.unwrap()
    }

    /// Counts and people.
    async fn result(&self, import: &Import) -> ([u64; 3], Vec<String>) {
        let undo = self.undone(import).await;
        assert!(undo.finished_at.is_some());
        let counts = undo.counts;
        ([counts.removed, counts.restored, counts.kept], self.harness.people().await)
    }
}

/// The book without the import, but for what was said later of it.
const EXPECTED: [&str; 6] = [
    "Ada telephone:+16502530001 email:ada@x.example",
    "Bobby telephone:+16502530002 email:bob@x.example",
    "email:cleo@x.example",
    "telephone:+16502530003",
    "telephone:+16502530005",
    "whatsapp:+16502530013",
];

#[tokio::test]
async fn the_book_is_as_it_would_be_without_the_import() {
    let mut book = Book::before().await;
    let import = book.import().await;
    book.later().await;
    assert_eq!(book.begin(&import).await, Ok(()));
    let request = book.harness.put(&keys::undo(&workspace(), import.id), "{}").await;
    book.harness.handle(&request).await.unwrap();
    // Dirk was removed, Ada and the three restored, and Eva keeps her conversation.
    assert_eq!(book.result(&import).await, ([1, 2, 1], EXPECTED.map(str::to_owned).to_vec()));
    book.follow().await;
    // A request that comes late, or twice, changes nothing.
    book.harness.faults.reset_counts();
    book.harness.handle(&request).await.unwrap();
    assert_eq!(book.harness.faults.contact_writes(), 0);
    assert_eq!(book.begin(&import).await, Err(UndoRefused::Undone));
    // The rows of the same file, as another import, are welcome.
    let again = format!("{HEADER}Dirk,+16502530004,dirk@x.example\n");
    assert_eq!(summary(&book.harness.import("again", again).await), "completed read=1 created=1");
}

#[tokio::test]
async fn an_undo_that_is_killed_at_any_request_and_runs_again_ends_the_same() {
    for requests in each_request() {
        let mut book = Book::before().await;
        let import = book.import().await;
        book.later().await;
        book.begin(&import).await.unwrap();
        let request = book.harness.put(&keys::undo(&workspace(), import.id), "{}").await;
        let faults = FaultInjector::default();
        let importer = book.harness.importer_through(&faults);
        faults.inject(move |request| (request.nth == requests).then_some(Fault::Kill));
        let handled = handle(&importer, LambdaEvent::new(request.clone(), Context::default()));
        let died = faults.run_until_killed(handled).await.map(Result::unwrap).is_none();
        book.follow().await;
        book.harness.handle(&request).await.unwrap();
        assert_eq!(book.result(&import).await, ([1, 2, 1], EXPECTED.map(str::to_owned).to_vec()), "{requests}");
        if !died {
            assert!(requests > 10, "{requests}");
            break;
        }
    }
}

#[tokio::test]
async fn an_undo_waits_for_the_history_and_continues_when_its_time_is_up() {
    let mut book = Book::before().await;
    let rows = "Ada Lovelace,+16502530009,ada@x.example\nDirk,+16502530004,dirk@x.example\n";
    let import = book.harness.import("wrong", format!("{HEADER}{rows}")).await;
    book.begin(&import).await.unwrap();
    let request = book.harness.put(&keys::undo(&workspace(), import.id), "{}").await;
    // Lambda ends an invocation at its deadline.
    let mut context = Context::default();
    let soon = SystemTime::now() + Duration::from_secs(30);
    context.deadline = soon.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis().try_into().unwrap();
    handle(&book.harness.importer, LambdaEvent::new(request.clone(), context)).await.unwrap();
    assert_eq!(book.undone(&import).await.finished_at, None);
    let next = book.harness.chunk_event().await;
    // Nothing of Ada is known yet.
    let harness = &book.harness;
    let (handled, ()) = tokio::join!(harness.handle(&next), harness.engine.keep_history(&mut book.followed));
    handled.unwrap();
    let (counts, people) = book.result(&import).await;
    assert_eq!((counts, people.len(), &*people[0]), ([1, 1, 0], 5, EXPECTED[0]));
}

#[tokio::test]
async fn only_an_import_that_wrote_and_has_ended_is_taken_back() {
    let book = Book {
        harness: ImportHarness::with_chunks(Limits { rows: 10, bytes: u64::MAX }).await,
        followed: Items::new(),
    };
    let event = book.harness.put("imports/acme/people.csv", people_csv(25)).await;
    book.harness.handle(&event).await.unwrap();
    let chunk = book.harness.chunk_event().await;
    book.harness.handle(&chunk).await.unwrap();
    let import = book.harness.imported("people.csv").await;
    assert_eq!((import.status, book.begin(&import).await), (ImportStatus::Running, Err(UndoRefused::Runs)));
    // What a cancelled one wrote is taken back, too, and it cannot go on.
    assert!(book.harness.book().cancel_import(&workspace(), import.id).await.unwrap());
    assert_eq!((book.begin(&import).await, book.begin(&import).await), (Ok(()), Ok(())));
    let request = book.harness.put(&keys::undo(&workspace(), import.id), "{}").await;
    book.harness.handle(&request).await.unwrap();
    // The chunk that came first: of ten rows, or the last.
    assert!(import.counts.created > 0);
    assert_eq!(book.result(&import).await, ([import.counts.created, 0, 0], vec![]));
    let again = book.harness.book().interrupt_import(&workspace(), import.clone(), SignedDuration::ZERO).await.unwrap();
    assert!(!book.harness.book().resume_import(&workspace(), &again).await.unwrap());
    let chunk = book.harness.chunk_event().await;
    book.harness.handle(&chunk).await.unwrap();
    assert_eq!(book.harness.contacts().await.iter().map(contact_line).collect::<Vec<_>>(), Vec::<String>::new());
}
