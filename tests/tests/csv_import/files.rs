//! Files of different origins.

use contacts::{Country, CustomField, CustomKey, CustomType, Field, Identifier, SourceRef, time};
use contacts_book::{Found, ImportColumn, ImportStatus};
use contacts_harness::{ImportHarness, summary, workspace};

#[tokio::test]
async fn exports_of_other_address_books_are_imported() {
    let cases = [
        (
            "google",
            "First Name,Middle Name,Last Name,Organization Name,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Value\n\
             Ada,King,Lovelace,Analytical Engines,\"met in\nLondon\",* myContacts,* Work,ada@example.com,countess@example.com,Mobile,+44 20 7031 3000,(650) 253-0000\n\
             Charles,,Babbage,,,* myContacts,,,,Mobile,+44 20 7031 3001 ::: +44 20 7031 3002,\n\
             Nobody,,Known,,,* myContacts,,,,,,\n",
            "completed read=3 created=2 rejected=1",
            &[
                "Ada King Lovelace telephone:+442070313000 email:ada@example.com also:+16502530000 also:countess@example.com",
                "Charles Babbage telephone:+442070313001 also:+442070313002",
            ][..],
            "ignored columns: \"Organization Name\", \"Notes\", \"Labels\", \"E-mail 1 - Label\", \"Phone 1 - Label\"",
        ),
        (
            "hubspot",
            "Record ID,First Name,Last Name,Email,Phone Number,WhatsApp Phone Number,Lead Status\r\n\
             17,Grace,Hopper,Grace@Example.com,+1 650-253-0001,16502530001,New\r\n\
             18,Alan,Turing,alan@example.com,,,\r\n",
            "completed read=2 created=2",
            &[
                "Alan Turing email:alan@example.com",
                "Grace Hopper telephone:+16502530001 whatsapp:+16502530001 email:Grace@Example.com",
            ],
            "ignored columns: \"Record ID\", \"Lead Status\"",
        ),
        (
            "ours",
            "MICROSOFT_TEAMS;Email;slack;Telephone;NAME;Instagram;whatsapp\n\
             29:1abc;ada@example.com;U01ABC;+442070313000;Ada Lovelace;@Ada.L;+442070313001\n",
            "completed read=1 created=1",
            &["Ada Lovelace telephone:+442070313000 whatsapp:+442070313001 email:ada@example.com \
               instagram:ada.l slack:U01ABC microsoft_teams:29:1abc"],
            "",
        ),
    ];
    for (name, file, counts, people, warnings) in cases {
        let harness = ImportHarness::new().await;
        let import = harness.import(name, file).await;
        assert_eq!(summary(&import), counts, "{name}");
        assert_eq!(harness.people().await, people, "{name}");
        assert_eq!(import.warnings.join("\n"), warnings, "{name}");
    }
}

#[tokio::test]
async fn rows_of_one_person_are_applied_in_file_order_however_far_apart() {
    let harness = ImportHarness::new().await;
    // More rows than are folded at once lie between.
    let others = |from: usize| (from..from + 600).map(|n| format!("p{n}@example.com,Person\n")).collect::<String>();
    let (some, more) = (others(0), others(600));
    let ada = ["Augusta", "Ada", "Countess"].map(|name| format!("ada@example.com,{name}\n"));
    let file = format!("email,name\n{}{some}{}{more}{}", ada[0], ada[1], ada[2]);
    let import = harness.import("people", file).await;
    assert_eq!(summary(&import), "completed read=1203 created=1201 updated=2");
    let email = Identifier::Email("ada@example.com".into());
    let ada = harness.book().contact_by(&workspace(), &email).await.unwrap().1.unwrap();
    assert_eq!(ada.source, SourceRef::Import { id: import.id, line: 2 });
    assert_eq!((ada.name().unwrap().as_str(), ada.version), ("Countess", 3));
}

#[tokio::test]
async fn an_import_shows_how_it_read_its_file() {
    let harness = ImportHarness::new().await;
    let file = "Phone,Name,Email\n+16502530000,Ada,\n";
    let import = harness.import("people", file).await;
    let mapping = [(0, "telephone"), (1, "name"), (2, "email")];
    let mapping = mapping.map(|(column, field)| ImportColumn { column, field: field.to_owned(), create: None });
    assert_eq!(import.mapping, mapping);
    assert_eq!((import.header, import.size_bytes, import.counts.bytes_done), (Some(true), 35, 35));
    assert_eq!((import.default_country, import.status), (Country::US, ImportStatus::Completed));
    assert!(import.created_at <= import.started_at.unwrap() && import.started_at <= import.finished_at);

    let contact = harness.contacts().await.remove(0);
    let stamp = &contact.values[&Field::Name].stamp;
    assert_eq!((&stamp.source, stamp.at), (&SourceRef::Import { id: import.id, line: 2 }, import.created_at));

    let headless = harness.import("headless", "ada@example.com,+16502530001\n").await;
    assert_eq!((headless.header, headless.counts.created), (Some(false), 1));
}

#[tokio::test]
async fn the_settings_of_the_workspace_count() {
    let harness = ImportHarness::new().await;
    let book = harness.book();
    book.set_default_country(&workspace(), Country::parse("DE").unwrap(), &contacts_testing::person()).await.unwrap();
    for (key, label, kind) in [("plan", "Tarif", CustomType::String), ("score", "Score", CustomType::Number)] {
        let field = CustomField::new(CustomKey::parse(key).unwrap(), label, kind).unwrap();
        book.define_field(&workspace(), &field, &contacts_testing::person()).await.unwrap().unwrap();
    }
    let file = "Vorname;Nachname;Telefon;TARIF;custom.score\n\
                Ada;Lovelace;030 1234567;007;12345678901234567890.50\n\
                Bob;Bauer;030 1234568;pro;many\n";
    // As a spreadsheet in Germany writes it.
    let import = harness.import("leute", [b"\xEF\xBB\xBF", file.as_bytes()].concat()).await;
    assert_eq!(summary(&import), "completed read=2 created=2");
    let report = "Vorname;Nachname;Telefon;TARIF;custom.score;import_result;import_line;import_column;import_reason\r\n\
                  Bob;Bauer;030 1234568;pro;many;skipped;3;custom.score;\
                  \"number_malformed: is not a number (digits, a decimal point, an exponent; no grouping)\"\r\n";
    assert_eq!(harness.report(&import).await, report);
    let ada = "Ada Lovelace telephone:+49301234567 custom.plan:007 custom.score:12345678901234567890.5";
    assert_eq!(harness.people().await, [ada, "Bob Bauer telephone:+49301234568 custom.plan:pro"]);
}

#[tokio::test]
async fn rows_of_one_person_make_one_contact() {
    let harness = ImportHarness::new().await;
    let file = "name,email,telephone,whatsapp\n\
                Ada,ada@example.com,,\n\
                ,ADA@example.com,+16502530000,\n\
                ,,,16502530000\n\
                Ada,ADA@example.com,650 253 0000,\n\
                ,,,\n\
                Bob,bob@example.com,,\n";
    let import = harness.import("duplicates", file).await;
    assert_eq!(summary(&import), "completed read=5 created=2 updated=2 unchanged=1");
    let ada = "Ada telephone:+16502530000 whatsapp:+16502530000 email:ADA@example.com";
    assert_eq!(harness.people().await, [ada, "Bob email:bob@example.com"]);
}

#[tokio::test]
async fn contacts_that_a_row_names_together_are_joined_or_in_conflict() {
    let harness = ImportHarness::new().await;
    harness.import("before", "email,telephone\nada@example.com,\n,+16502530000\nbob@example.com,+16502530001\n").await;
    let after = "email,telephone\nada@example.com,+16502530000\nada@example.com,+16502530001\n";
    let import = harness.import("after", after).await;
    assert_eq!(summary(&import), "completed read=2 updated=2 joined=1 conflicts=1");
    let people = ["telephone:+16502530000 email:ada@example.com", "telephone:+16502530001 email:bob@example.com"];
    assert_eq!(harness.people().await, people);
    let again = harness.import("again", after).await;
    assert_eq!(summary(&again), "completed read=2 unchanged=2 conflicts=1");
}

#[tokio::test]
async fn an_id_names_a_contact_of_the_workspace_and_no_other() {
    let harness = ImportHarness::new().await;
    harness.import("before", "email,telephone\nada@example.com,\n,+16502530000\nbob@example.com,\n").await;
    let before = harness.contacts().await;
    let id_of = |email: &str| {
        let found = before.iter().find(|contact| contact.email().is_some_and(|other| other.as_str() == email));
        found.unwrap().id
    };
    let (ada, bob) = (id_of("ada@example.com"), id_of("bob@example.com"));
    let phone = before.iter().find(|contact| contact.email().is_none()).unwrap().id;
    harness.import("join", "email,telephone\nada@example.com,+16502530000\n").await;
    harness.book().delete(&workspace(), bob, None, &contacts_testing::person()).await.unwrap().unwrap();

    let unknown = contacts::ContactId::new();
    let file = format!(
        "id,name,email,dial_code\n{ada},Ada,,\n{phone},Lady Ada,,\n{unknown},Nobody,,\n{unknown},,,\n17,Nobody,,\n\
         {bob},Bob,,\n{bob},Bob,new@example.com,\n"
    );
    let import = harness.import("ids", file).await;
    assert_eq!(summary(&import), "completed read=7 created=1 updated=2 rejected=4");
    let people = ["Bob email:new@example.com", "Lady Ada telephone:+16502530000 email:ada@example.com"];
    assert_eq!(harness.people().await, people);
    let (_, found) = harness.book().contact(&workspace(), unknown).await.unwrap();
    assert_eq!(found, Found::Nothing);
}

#[tokio::test]
async fn a_row_older_than_a_deletion_restores_no_contact() {
    let harness = ImportHarness::new().await;
    let file = "email\nada@example.com\n";
    harness.import("before", file).await;
    let late = harness.put("imports/acme/late.csv", file).await;
    let ada = harness.contacts().await.remove(0).id;
    // A deletion in the same millisecond would not be later.
    let put_at = time::now();
    while time::now() <= put_at {
        tokio::task::yield_now().await;
    }
    harness.book().delete(&workspace(), ada, None, &contacts_testing::person()).await.unwrap().unwrap();
    harness.handle(&late).await.unwrap();
    assert_eq!(summary(&harness.imported("late.csv").await), "completed read=1 unchanged=1");
    assert_eq!(harness.people().await, [""; 0]);
}
