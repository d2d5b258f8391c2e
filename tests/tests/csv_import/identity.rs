//! Who is who in a file: lines that several people share, placeholders, and names that do not fit.

use std::convert::Infallible;

use contacts::{Channel, Contact, Country, Hold, ListedIdentifier, Phone, Value};
use contacts_harness::{ImportHarness, summary, workspace};

const HEADER: &str = "name,telephone,email\n";
const ANNELIESE: &str = "Anneliese Quick,+16502530000,anneliese@example.com\n";
const BARTHOLOMEW: &str = "Bartholomew Frey,+16502530000,bartholomew@example.com\n";
const OKONKWO: &str = "Okonkwo Yusuf,+16502530000,okonkwo@example.com\n";

/// A file with these rows.
fn file(rows: &[&str]) -> String {
    HEADER.to_owned() + &rows.concat()
}

/// The names of the contacts that own their telephone, and of those that only show it.
fn owners_and_others(contacts: &[Contact]) -> (Vec<&str>, Vec<&str>) {
    let of = |hold| {
        let shows = move |contact: &&Contact| {
            contact.identifiers.primary(Channel::Telephone).is_some_and(|held| held.hold == hold)
        };
        let mut names: Vec<&str> =
            contacts.iter().filter(shows).filter_map(|contact| Some(contact.name()?.as_str())).collect();
        names.sort_unstable();
        names
    };
    (of(Hold::Owned), of(Hold::Shared))
}

#[tokio::test]
async fn a_household_is_as_many_contacts_as_it_has_people() {
    let [a, b, c] = [ANNELIESE, BARTHOLOMEW, OKONKWO];
    for rows in [[a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]] {
        let harness = ImportHarness::new().await;
        let import = harness.import("household", file(&rows)).await;
        assert_eq!(summary(&import), "completed read=3 created=3", "{rows:?}");
        assert_eq!(import.reported, 0);
        let people = [
            "Anneliese Quick telephone:+16502530000 email:anneliese@example.com",
            "Bartholomew Frey telephone:+16502530000 email:bartholomew@example.com",
            "Okonkwo Yusuf telephone:+16502530000 email:okonkwo@example.com",
        ];
        assert_eq!(harness.people().await, people, "{rows:?}");
        let contacts = harness.contacts().await;
        let (owners, others) = owners_and_others(&contacts);
        assert_eq!((owners.as_slice(), others.len()), (&[&rows[0][..rows[0].find(',').unwrap()]][..], 2), "{rows:?}");

        harness.faults.reset_counts();
        let again = harness.import("again", file(&rows)).await;
        assert_eq!(summary(&again), "completed read=3 unchanged=3", "{rows:?}");
        assert_eq!(harness.faults.contact_writes(), 0, "{rows:?}");
    }
}

#[tokio::test]
async fn a_name_beside_a_phone_alone_is_left_out_if_it_is_clearly_another() {
    let harness = ImportHarness::new().await;
    harness.import("before", file(&[ANNELIESE])).await;
    let other = "Bartholomew Frey,+16502530000,\nA. Quick,+16502530000,\n";
    let import = harness.import("after", file(&[other])).await;
    assert_eq!((summary(&import).as_str(), import.reported), ("completed read=2 updated=1 unchanged=1", 1));
    let warnings = [
        "1 row is about a contact that had a clearly different name (line 2): check whether it is the same person",
        "1 row is about the same contact as an earlier row: 1 by the column \"telephone\" (line 3 with 2)",
        "names of some rows without email or id were left out, because the contacts have clearly different names; the report \
         lists them",
    ];
    assert_eq!(import.warnings, warnings);
    let report = harness.report(&import).await;
    let expected = "Bartholomew Frey,+16502530000,,skipped,2,name,\
                    other_name: was left out: differs from the contact's name; only a row with an email or id changes it";
    assert_eq!(report.lines().nth(1), Some(expected), "{report}");
    assert_eq!(harness.people().await, ["A. Quick telephone:+16502530000 email:anneliese@example.com"]);
}

#[tokio::test]
async fn values_for_which_a_contact_has_no_room_are_reported_and_the_book_comes_to_rest() {
    let harness = ImportHarness::new().await;
    // Five values of a field in a row; the first email leads all rows to one contact.
    let row = |n: usize| {
        let emails: Vec<String> = (0..4).map(|place| format!("ada{}@example.com", 4 * n + place)).collect();
        format!("Ada,,ada@example.com ::: {}\n", emails.join(" ::: "))
    };
    let rows: String = (0..6).map(row).collect();
    let import = harness.import("many", file(&[&rows])).await;
    assert_eq!((summary(&import).as_str(), import.reported), ("completed read=6 created=1 updated=4 unchanged=1", 1));
    let warning = "phones, emails or handles of some rows were left out, because their contacts have too many; the report \
                   lists them";
    let same = "5 rows are about the same contact as an earlier row: 5 by the column \"email\" (line 3 with 2, 4 with 2, 5 with 2)";
    assert_eq!(import.warnings, [same, warning]);
    let report = harness.report(&import).await;
    let line = report.lines().nth(1).unwrap();
    assert!(line.ends_with(",skipped,7,email,too_many_values: was left out: too many values"), "{line}");
    let before = harness.people().await;
    assert_eq!((before.len(), before[0].matches("also:").count()), (1, 20), "{before:?}");

    let again = harness.import("again", file(&[&rows])).await;
    assert_eq!((again.counts.updated, again.counts.created, again.reported), (0, 0, 1), "{}", summary(&again));
    assert_eq!(harness.people().await, before);
}

#[tokio::test]
async fn the_switchboard_and_placeholders_name_nobody() {
    let harness = ImportHarness::new().await;
    let value = Value::Phone(Phone::parse("+16502530000", Country::US).unwrap());
    let blocked = [ListedIdentifier { channel: Channel::Telephone, value }];
    let block = |settings: &mut contacts::Settings| {
        settings.blocked_identifiers = blocked.to_vec();
        Ok::<(), Infallible>(())
    };
    let caller = contacts_testing::person();
    harness.book().change_settings(&workspace(), &caller, block).await.unwrap().unwrap();
    let rows = [
        "Ada,+16502530000,ada@example.com\n",
        "Bob,+16502530000,bob@example.com\n",
        "Eve,+16502530001,noreply@example.com\n",
        "Joe,+16502530002,noreply@example.com\n",
        "Nobody,+16502530000,noreply@example.com\n",
    ];
    let import = harness.import("people", file(&rows)).await;
    assert_eq!(summary(&import), "completed read=5 created=4 rejected=1");
    let people = [
        "Ada telephone:+16502530000 email:ada@example.com",
        "Bob telephone:+16502530000 email:bob@example.com",
        "Eve telephone:+16502530001 email:noreply@example.com",
        "Joe telephone:+16502530002 email:noreply@example.com",
    ];
    assert_eq!(harness.people().await, people);
    let contacts = harness.contacts().await;
    assert_eq!(owners_and_others(&contacts), (vec!["Eve", "Joe"], vec![]));
    let report = harness.report(&import).await;
    assert!(report.lines().nth(1).unwrap().contains(",rejected,6,,\"names_nobody: "), "{report}");
}
