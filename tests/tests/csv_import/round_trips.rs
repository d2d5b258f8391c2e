//! Exports that are imported again.

use contacts::{Country, CustomField, CustomKey, CustomType, ExportId, Workspace, time};
use contacts_book::Export;
use contacts_files::keys;
use contacts_harness::{ImportHarness, contact_line, summary, workspace};
use csv_export::Exporter;

/// What is hard to keep: names that run as formulas, other scripts, leading zeros, all the digits of a number, phones of
/// countries whose numbers look alike without the plus.
const PEOPLE: &str = "name,telephone,whatsapp,email,instagram,slack,microsoft_teams,custom.note,custom.code,custom.score\n\
    =1+1,+4915112345678,,eve@example.com,,,,\"=HYPERLINK(\"\"x\"\",\"\"y\"\")\",007,12345678901234567890123456789012345678\n\
    @ada,+33612345678,+33612345678,Ada@Example.com,ada.l,U01ABC,29:1,'-x,+1,-0.00000000000000000000000000000000000001\n\
    مريم العلي,+12015550123,,,,,,\"two\nlines, \"\"quoted\"\"; here\",0,1E+125\n\
    👩🏽‍🚀 Zoë,,+447400123456,zoe@example.com,,,,'tis,''=x,0\n\
    \"Müller, Jörg\",+390612345678,,,,,,-,\"\t=tab\",-1.5\n\
    O'Brien,+5511912345678,,o@example.com,,,,,,\n";

/// Defines the custom fields of [`PEOPLE`].
async fn define_fields(harness: &ImportHarness, workspace: &Workspace) {
    for (key, kind) in [("note", CustomType::String), ("code", CustomType::String), ("score", CustomType::Number)] {
        let field = CustomField::new(CustomKey::parse(key).unwrap(), key, kind).unwrap();
        harness.book().define_field(workspace, &field, &contacts_testing::person()).await.unwrap().unwrap();
    }
}

/// A harness whose book has the contacts of [`PEOPLE`].
async fn harness_with_people() -> ImportHarness {
    let harness = ImportHarness::new().await;
    define_fields(&harness, &workspace()).await;
    let import = harness.import("people", PEOPLE).await;
    assert_eq!(summary(&import), "completed read=6 created=6");
    harness
}

/// The contacts of a workspace as a file.
async fn export(harness: &ImportHarness, workspace: &Workspace) -> String {
    let export = Export::new(ExportId::new(), time::now());
    harness.book().create_export(workspace, &export, &contacts_testing::person()).await.unwrap();
    let event = harness.put(&keys::export_request(workspace, export.id), "{}").await;
    let exporter = Exporter::new(harness.book(), harness.bucket.client().clone());
    csv_export::handle(&exporter, event).await.unwrap();
    let file = harness.bucket.get(&keys::export(workspace, export.id)).await.unwrap();
    String::from_utf8(file.bytes).unwrap()
}

/// The rows of a file without the columns that a book gives by itself.
fn lasting(file: &str) -> Vec<Vec<String>> {
    let file = file.strip_prefix('\u{FEFF}').unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(file.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let own = ["id", "created_at", "last_seen_at"];
    let kept: Vec<usize> = (0..rows[0].len()).filter(|column| !own.contains(&&rows[0][*column])).collect();
    rows.iter().map(|row| kept.iter().map(|column| row[*column].to_owned()).collect()).collect()
}

#[tokio::test]
async fn importing_an_export_into_its_book_changes_nothing() {
    let harness = harness_with_people().await;
    let before = harness.contacts().await;
    let file = export(&harness, &workspace()).await;
    harness.faults.reset_counts();
    let import = harness.import("again", file).await;
    assert_eq!(summary(&import), "completed read=6 unchanged=6");
    assert_eq!(harness.faults.contact_writes(), 0);
    assert_eq!(harness.contacts().await, before);
    assert_eq!(import.warnings, [""; 0]);
}

#[tokio::test]
async fn a_household_goes_round_as_it_is() {
    let harness = ImportHarness::new().await;
    let household = "name,telephone,email\n\
                     Anneliese Quick,+16502530000,anneliese@example.com\n\
                     Bartholomew Frey,+16502530000,bartholomew@example.com\n\
                     Okonkwo Yusuf,+16502530000,okonkwo@example.com\n";
    harness.import("household", household).await;
    let (before, people) = (harness.contacts().await, harness.people().await);
    let file = export(&harness, &workspace()).await;
    harness.faults.reset_counts();
    let import = harness.import("again", file.clone()).await;
    assert_eq!(summary(&import), "completed read=3 unchanged=3");
    assert_eq!(harness.faults.contact_writes(), 0);
    assert_eq!(harness.contacts().await, before);

    let elsewhere = Workspace::parse("elsewhere").unwrap();
    let event = harness.put("imports/elsewhere/people.csv", file.clone()).await;
    harness.handle(&event).await.unwrap();
    let import = harness.book().imports(&elsewhere, 1, None).await.unwrap().unwrap().imports.remove(0);
    assert_eq!(summary(&import), "completed read=3 created=3");
    assert_eq!(lasting(&export(&harness, &elsewhere).await), lasting(&file));
    assert_eq!(harness.people().await, people);
}

#[tokio::test]
async fn an_export_makes_the_same_book_elsewhere() {
    let harness = harness_with_people().await;
    let file = export(&harness, &workspace()).await;
    let elsewhere = Workspace::parse("elsewhere").unwrap();
    define_fields(&harness, &elsewhere).await;
    let event = harness.put("imports/elsewhere/people.csv", file.clone()).await;
    harness.handle(&event).await.unwrap();
    let import = harness.book().imports(&elsewhere, 1, None).await.unwrap().unwrap().imports.remove(0);
    assert_eq!(summary(&import), "completed read=6 created=6");
    assert_eq!(lasting(&export(&harness, &elsewhere).await), lasting(&file));
}

#[tokio::test]
async fn an_export_without_its_plus_signs_changes_no_contact() {
    for country in ["US", "DE", "BR", "IN"] {
        let harness = harness_with_people().await;
        let file = export(&harness, &workspace()).await;
        harness
            .book()
            .set_default_country(&workspace(), Country::parse(country).unwrap(), &contacts_testing::person())
            .await
            .unwrap();
        let before: Vec<String> = harness.contacts().await.iter().map(contact_line).collect();
        let mut eaten = file.clone();
        for row in lasting(&file).iter().skip(1) {
            for phone in &row[1..3] {
                eaten = eaten.replace(phone.as_str(), phone.trim_start_matches('+'));
            }
        }
        assert_ne!(eaten, file);
        let import = harness.import("eaten", eaten.clone()).await;
        assert_eq!(summary(&import), "completed read=6 unchanged=6", "{country}");
        assert_eq!(harness.contacts().await.iter().map(contact_line).collect::<Vec<_>>(), before, "{country}");

        // Also in a book that does not know the ids.
        let elsewhere = Workspace::parse("elsewhere").unwrap();
        harness
            .book()
            .set_default_country(&elsewhere, Country::parse(country).unwrap(), &contacts_testing::person())
            .await
            .unwrap();
        define_fields(&harness, &elsewhere).await;
        let event = harness.put("imports/elsewhere/people.csv", eaten).await;
        harness.handle(&event).await.unwrap();
        assert_eq!(lasting(&export(&harness, &elsewhere).await), lasting(&file), "{country}");
    }
}

#[tokio::test]
async fn an_export_that_was_cleaned_joins_duplicates() {
    let harness = ImportHarness::new().await;
    harness.import("before", "name,email,telephone\nAda L.,ada@example.com,\nAda Lovelace,,+16502530000\n").await;
    let file = export(&harness, &workspace()).await;
    // The second row's phone goes into the first, and the second row out.
    let mut rows: Vec<String> = file.lines().map(str::to_owned).collect();
    rows.retain(|row| !row.contains("Ada Lovelace"));
    rows[1] = rows[1].replace("Ada L.,,", "Ada Lovelace,+16502530000,");
    let import = harness.import("cleaned", rows.join("\r\n")).await;
    assert_eq!(summary(&import), "completed read=1 updated=1 joined=1");
    assert_eq!(harness.people().await, ["Ada Lovelace telephone:+16502530000 email:ada@example.com"]);
}
