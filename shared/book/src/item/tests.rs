use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use contacts::{
    Channel, Claim, ClaimNote, Conflict, ConflictReason, Contact, ContactId, Conversation, ConversationChannel,
    ConversationId, ConversationInfo, Email, Field, FieldValue, Handle, HeldIdentifier, Hold, Identifier, IdentityMode,
    ImportId, Join, ListedIdentifier, Name, Phone, Proof, Record, Settings, SourceRef, Stamp, Unconfirmed, Value,
    Workspace, time,
};

use super::*;

fn workspace() -> Workspace {
    Workspace::parse("acme").unwrap()
}

fn stamp(source: &SourceRef) -> Stamp {
    Stamp { at: time::from_millis(5), sequence: 0, source: source.clone(), place: 1 }
}

fn email(text: &str) -> Value {
    Value::Email(Email::parse(text).unwrap())
}

fn name(text: &str) -> Value {
    Value::Name(Name::parse(text).unwrap())
}

fn held(channel: Channel, value: Value, source: &SourceRef) -> HeldIdentifier {
    HeldIdentifier::new(channel, value, stamp(source)).unwrap()
}

fn schema(item: &Item) -> u64 {
    item.number(SCHEMA).unwrap()
}

fn attributes(map: &AttributeValue) -> BTreeSet<&str> {
    map.as_m().unwrap().keys().map(String::as_str).collect()
}

/// A contact as builds before proofs could store it.
fn plain(source: &SourceRef) -> Contact {
    let mut contact = Contact::new(ContactId::new(), source.clone(), time::from_millis(9));
    contact.values.insert(Field::Name, FieldValue::new(name("Ada"), stamp(&SourceRef::Edit), Proof::Person));
    contact.identifiers.promote(held(Channel::Email, email("a@b.co"), source));
    contact.identifiers.add_besides(held(Channel::Email, email("c@d.co"), source));
    contact.identifiers.add_besides(held(Channel::Email, email("e@f.co"), &SourceRef::Manual));
    contact.edited =
        BTreeMap::from([(Field::Name, time::from_millis(5)), (Field::Channel(Channel::Slack), time::from_millis(6))]);
    contact
}

/// A contact with everything that a contact can have.
fn full(source: &SourceRef) -> Contact {
    let mut contact = plain(source);
    let conversation = SourceRef::Conversation(ConversationId::parse("c-1").unwrap());
    let phone = || Value::Phone(Phone::from_e164("+12015550101").unwrap());
    let proven = held(Channel::Whatsapp, phone(), &conversation);
    contact.identifiers.promote(HeldIdentifier { proof: Proof::Channel, ..proven });
    let shown = held(Channel::Telephone, Value::Phone(Phone::from_e164("+12015550102").unwrap()), &conversation);
    contact.identifiers.promote(HeldIdentifier { hold: Hold::Shared, ..shown });
    let blocked = held(Channel::Slack, Value::Handle(Handle::from_stored("U000000").unwrap()), source);
    contact.identifiers.promote(HeldIdentifier { hold: Hold::Blocked, by_hand: true, ..blocked });
    let shared = held(Channel::Email, email("us@home.co"), &conversation);
    contact.identifiers.add_besides(HeldIdentifier { hold: Hold::Shared, proof: Proof::Token, ..shared });
    let key = contacts::CustomKey::parse("plan").unwrap();
    let number = Value::Custom(contacts::CustomValue::Number(contacts::Number::parse("1.50").unwrap()));
    let sequenced = Stamp { sequence: 7, ..stamp(&conversation) };
    contact
        .values
        .insert(Field::Custom(key.clone()), FieldValue::new(number.clone(), sequenced.clone(), Proof::Stated));
    contact.unconfirmed = vec![
        Unconfirmed { field: Field::Name, value: name("Bob"), stamp: sequenced },
        Unconfirmed { field: Field::Channel(Channel::Email), value: email("bob@b.co"), stamp: stamp(source) },
    ];
    contact.reviewed_at = Some(time::from_millis(4));
    let conflict = Conflict {
        field: Field::Channel(Channel::Email),
        value: Some(email("x@y.co")),
        contact: ContactId::new(),
        reason: ConflictReason::Unproven,
        at: time::from_millis(3),
        source: Some(source.clone()),
        withheld: vec![(Field::Custom(key), number), (Field::Name, name("Carol"))],
    };
    let older = Conflict {
        value: None,
        reason: ConflictReason::Contradiction,
        source: None,
        withheld: Vec::new(),
        ..conflict.clone()
    };
    contact.conflicts = vec![older, conflict];
    contact.kept_apart = vec![ContactId::new()];
    contact.joined = vec![ContactId::new()];
    contact.request = Some("key".to_owned());
    contact
}

#[test]
fn a_contact_reads_back_in_every_place_where_it_is_stored() {
    for source in [SourceRef::Import { id: ImportId::new(), line: 17 }, SourceRef::Manual] {
        for contact in [plain(&source), full(&source)] {
            let live = Record::Live(contact.clone());
            let joined = Record::Joined { contact: contact.clone(), into: ContactId::new() };
            for stored in [live, joined] {
                let item = record(&workspace(), &stored, 1);
                assert_eq!(read_record(&item), Ok(stored));
                assert!(!has_unknown(&item, &contact));
            }
            let key = || Key::contact(&workspace(), contact.id);
            let stored = Join { at: time::from_millis(1), other: ContactId::new(), before: contact.clone() };
            assert_eq!(read_join(&join(key(), &stored)), Ok(stored));
        }
    }
}

#[test]
fn an_entry_has_only_what_its_source_does_not_imply() {
    let source = SourceRef::Import { id: ImportId::new(), line: 17 };
    let item = record(&workspace(), &Record::Live(plain(&source)), 1);
    let values = item.map("values").unwrap();
    assert_eq!(attributes(&values["name"]), BTreeSet::from(["v", "at", "by", "n", "edited_at"]));
    assert_eq!(attributes(&values["email"]), BTreeSet::from(["v", "at", "n"]), "it names its own source once");
    let known = item.list("also_known_by").unwrap();
    assert_eq!(attributes(&known[0]), BTreeSet::from(["f", "v", "at", "n"]));
    assert_eq!(attributes(&known[1]), BTreeSet::from(["f", "v", "at", "by", "n"]));

    let item = record(&workspace(), &Record::Live(full(&source)), 1);
    let values = item.map("values").unwrap();
    assert_eq!(attributes(&values["whatsapp"]), BTreeSet::from(["v", "at", "by", "n", "proof"]));
    assert_eq!(attributes(&values["slack"]), BTreeSet::from(["v", "at", "n", "edited_at", "hold", "by_hand"]));
    assert_eq!(attributes(&values["custom.plan"]), BTreeSet::from(["v", "at", "by", "n", "seq"]));
    let shared = &item.list("shared").unwrap()[0];
    assert_eq!(attributes(shared), BTreeSet::from(["f", "v", "at", "by", "n", "proof"]));
}

#[test]
fn an_item_has_the_lowest_schema_that_its_content_needs() {
    let source = SourceRef::Manual;
    let of = |change: &dyn Fn(&mut Contact)| {
        let mut contact = plain(&source);
        change(&mut contact);
        schema(&record(&workspace(), &Record::Live(contact), 1))
    };
    let full = full(&source);
    assert_eq!(of(&|_| {}), 1);
    assert_eq!(of(&|contact| contact.unconfirmed.clone_from(&full.unconfirmed)), 1);
    assert_eq!(of(&|contact| contact.conflicts.clone_from(&full.conflicts[1..].to_vec())), 1);
    assert_eq!(of(&|contact| contact.conflicts.clone_from(&full.conflicts)), 2, "two with one contact over one field");
    assert_eq!(of(&|contact| contact.kept_apart.clone_from(&full.kept_apart)), 2);
    let shared = full.identifiers.shared_besides()[0].clone();
    assert_eq!(of(&|contact| contact.identifiers.add_besides(shared.clone())), 2);
    let blocked = full.identifiers.primary(Channel::Slack).unwrap().clone();
    assert_eq!(of(&|contact| contact.identifiers.promote(blocked.clone())), 2);
}

fn conversation(proven: bool) -> Conversation {
    let id = ConversationId::parse("c-1").unwrap();
    let info = ConversationInfo { id, channel: ConversationChannel::Sms, assistant_id: "a-7".to_owned() };
    Conversation { info, started_at: time::from_millis(8), proven }
}

#[test]
fn a_claim_reads_back_with_the_schema_that_it_needs() {
    let none = Claim {
        contact: ContactId::new(),
        note: ClaimNote::None,
        expires_at: None,
        void_before: Some(time::from_millis(7)),
        taken_from: Vec::new(),
        shared_by: Vec::new(),
    };
    for (stored, needs) in [
        (none.clone(), 1),
        (Claim { taken_from: vec![ContactId::new()], ..none.clone() }, 1),
        (Claim { shared_by: vec![ContactId::new(), ContactId::new()], ..none.clone() }, 2),
        (Claim { note: ClaimNote::Conversation(conversation(false)), ..none.clone() }, 1),
        (Claim { note: ClaimNote::Conversation(conversation(true)), ..none.clone() }, 1),
        (Claim { note: ClaimNote::Unlinked(conversation(true)), ..none.clone() }, 2),
    ] {
        let item = claim(Key::claim(&workspace(), &Identifier::Email("a@b.co".to_owned())), &stored);
        assert_eq!((read_claim(&item), schema(&item)), (Ok(stored), needs));
        assert!(!has_unknown_claim(&item));
    }
}

#[test]
fn settings_read_back_and_a_mode_of_a_newer_build_is_kept() {
    let listed = |value| ListedIdentifier { channel: Channel::Email, value };
    let stored = Settings {
        identity: IdentityMode::Guarded,
        blocked_identifiers: vec![listed(email("info@firm.co"))],
        allowed_identifiers: vec![listed(email("none@firm.co"))],
        closed_at: Some(time::from_millis(7)),
        ..Settings::default()
    };
    let item = settings(&workspace(), &stored);
    assert_eq!(read_settings(&item), Ok(stored.clone()));
    assert!(!settings(&workspace(), &Settings::default()).contains_key("identity"));

    let mut newer = item;
    newer.insert("identity".to_owned(), text("strict"));
    let read = read_settings(&newer).unwrap();
    assert_eq!(read.identity, IdentityMode::Guarded);
    for (mode, kept) in [(read.identity, Some("strict")), (IdentityMode::Open, None)] {
        let mut written = settings(&workspace(), &Settings { identity: mode, ..read.clone() });
        carry_unknown_settings(&mut written, &newer);
        assert_eq!(written.text("identity").ok(), kept);
    }
}

#[test]
fn entries_of_a_newer_build_are_carried_in_every_list() {
    let source = SourceRef::Manual;
    let contact = full(&source);
    let mut read = record(&workspace(), &Record::Live(contact.clone()), 1);
    let newer = || AttributeValue::M(Item::from([("f".to_owned(), text("telegram"))]));
    for name in ["also_known_by", "shared", "unconfirmed", "conflicts"] {
        let AttributeValue::L(list) = read.get_mut(name).unwrap() else { panic!("{name}") };
        let AttributeValue::M(entry) = list.first_mut().unwrap() else { panic!("{name}") };
        entry.insert("newer".to_owned(), text(name));
        list.push(newer());
    }
    let AttributeValue::L(conflicts) = read.get_mut("conflicts").unwrap() else { panic!() };
    let AttributeValue::M(conflict) = &mut conflicts[1] else { panic!() };
    let AttributeValue::L(withheld) = conflict.get_mut("withheld").unwrap() else { panic!() };
    withheld.push(newer());
    assert!(has_unknown(&read, &contact));

    let mut written = record(&workspace(), &read_record(&read).unwrap(), 1);
    carry_unknown(&mut written, &read);
    assert_eq!(written, read);
}
