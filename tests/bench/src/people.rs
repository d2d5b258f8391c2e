//! People to measure with, and files of them.

use std::ops::Range;
use std::time::Duration;

use contacts::{Channel, Country, Email, Field, ImportId, Name, Observation, Outcome, Phone, Value, Workspace, time};
use contacts_book::ContactBook;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::Failure;

pub(crate) const WORKSPACE: &str = "acme";

/// The mobile numbers of sixty countries, but for their last four digits. All of them are valid.
const MOBILES: [&str; 60] = [
    "+1 201-555-",
    "+44 7400 12",
    "+49 1512 345",
    "+33 6 12 34 ",
    "+39 312 345 ",
    "+34 612 34 ",
    "+351 912 34",
    "+31 6 1234",
    "+32 450 00 ",
    "+43 664 12",
    "+41 78 123 ",
    "+46 70 123 ",
    "+47 40 61 ",
    "+45 34 41 ",
    "+358 41 234",
    "+48 512 34",
    "+420 601 12",
    "+421 912 12",
    "+36 20 123 ",
    "+40 712 03",
    "+359 43 01",
    "+30 691 234 ",
    "+90 501 234 ",
    "+380 50 123 ",
    "+7 912 345-",
    "+972 50-234-",
    "+966 51 234 ",
    "+971 50 123 ",
    "+20 10 0123",
    "+212 6 50 12 ",
    "+27 71 123 ",
    "+234 802 123 ",
    "+254 712 12",
    "+233 23 123 ",
    "+251 91 123 ",
    "+91 81234 5",
    "+92 301 234",
    "+880 1812-34",
    "+94 71 234 ",
    "+977 984-123",
    "+86 131 2345 ",
    "+81 90-1234-",
    "+82 10-2000-",
    "+886 912 34",
    "+852 5123 ",
    "+65 8123 ",
    "+60 12-345 ",
    "+66 81 234 ",
    "+84 912 34",
    "+62 812-345-",
    "+63 905 123 ",
    "+61 412 34",
    "+64 21 123 ",
    "+55 11 96123-",
    "+54 9 11 2345-",
    "+52 222 123 ",
    "+57 321 123",
    "+56 2 2123 ",
    "+51 912 34",
    "+1 506-234-",
];

/// Where the people of a file are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Countries {
    /// One country, and their phones are written as there.
    One,
    /// Sixty countries, one after the other.
    Sixty,
    /// The same, after a spreadsheet has made numbers of the phones.
    SixtyWithoutPlus,
}

impl Countries {
    /// The phone of the person `n`, unique among the first half a million.
    pub(crate) fn phone(self, n: usize) -> String {
        match self {
            // Exchanges begin with 2 to 9.
            Countries::One => format!("(650) {}-{:04}", 200 + n / 10_000, n % 10_000),
            Countries::Sixty => {
                format!("{}{:04}", MOBILES[n % MOBILES.len()], n / MOBILES.len() % 10_000)
            }
            Countries::SixtyWithoutPlus => Countries::Sixty.phone(n).chars().filter(char::is_ascii_digit).collect(),
        }
    }
}

pub(crate) fn email(n: usize) -> String {
    format!("Person.{n}@Example.com")
}

/// A file of people, with a header.
pub(crate) fn file(people: Range<usize>, countries: Countries, first_name: &str) -> String {
    let mut file = "First Name,Last Name,Phone,Email\r\n".to_owned();
    for n in people {
        file.push_str(&format!("{first_name},Number {n},{},{}\r\n", countries.phone(n), email(n)));
    }
    file
}

pub(crate) fn workspace() -> Result<Workspace, Failure> {
    Ok(Workspace::parse(WORKSPACE)?)
}

/// How many people are added by one call of the book, and how many calls are under way.
const FILLED_BY_ONE: usize = 500;
const FILLED_BY: usize = 2;

/// How long a book tries: the machine may be busy.
pub(crate) const RETRY_LIMIT: Duration = Duration::from_secs(60);

/// Adds people to a book, as an import would.
pub(crate) async fn fill(book: &ContactBook, people: Range<usize>) -> Result<(), Failure> {
    let (workspace, import) = (workspace()?, ImportId::new());
    let observations = people.map(|n| person(n, import)).collect::<Result<Vec<_>, _>>()?;
    let added = observations.chunks(FILLED_BY_ONE).map(|some| book.observe_all(&workspace, some));
    let added: Vec<_> = stream::iter(added).buffer_unordered(FILLED_BY).try_collect().await?;
    let created = |folded: &contacts::Folded| folded.outcome == Outcome::Created;
    if added.iter().flatten().all(created) { Ok(()) } else { Err("somebody was there already".into()) }
}

fn person(n: usize, import: ImportId) -> Result<Observation, Failure> {
    let now = time::now();
    let mut person = Observation::of_row(import, n as u64 + 2, now, now);
    person.add(Field::Name, Value::Name(Name::parse(&format!("Ada Number {n}"))?))?;
    let phone = Phone::parse(&Countries::Sixty.phone(n), Country::US)?;
    person.add(Field::Channel(Channel::Telephone), Value::Phone(phone))?;
    person.add(Field::Channel(Channel::Email), Value::Email(Email::parse(&email(n))?))?;
    Ok(person)
}
