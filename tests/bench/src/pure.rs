//! The pure parts, on one core: criterion measures them.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use contacts::{ContactId, Context, Country, Email, ImportId, OnInvalid, Phone, Settings, Snapshot, fold, time};
use contacts_csv::cut::{Cutter, Limits};
use contacts_csv::encoding::SAMPLE_BYTES;
use contacts_csv::file::FileReader;
use contacts_csv::plan::{Plan, PlanError, PlanOptions};
use contacts_csv::row::{Origin, RowReader};
use contacts_csv::sample::Extent;
use criterion::{Criterion, Throughput};
use serde_json::Value;

use crate::Failure;
use crate::people::{self, Countries};
use crate::table::{Row, Target};

const PURE: &str = "pure";
const PEOPLE: usize = 50_000;
/// Bytes come from the network in about such pieces.
const PIECE: usize = 64 * 1024;

/// Criterion keeps its results under `target`, and shows there how the last run differs from the one before.
pub(crate) fn measure(target: &Path) -> Result<Vec<Row>, Failure> {
    let bench = Bench { folder: target.join("criterion") };
    let one = people::file(0..PEOPLE, Countries::One, "Ada");
    let sixty = people::file(0..PEOPLE, Countries::Sixty, "Ada");
    let without_plus = people::file(0..PEOPLE, Countries::SixtyWithoutPlus, "Ada");
    let rows = Throughput::Elements(PEOPLE as u64);
    let of_one = bench.per_second("rows of 1 country", &rows, || rows_folded(&one))?;
    let of_sixty = bench.per_second("rows of 60 countries", &rows, || rows_folded(&sixty))?;
    let of_bare_digits = bench.per_second("rows of 60 countries without plus", &rows, || rows_folded(&without_plus))?;
    let home = Country::US;
    let phones = |countries: Countries| (0..PEOPLE).map(|n| countries.phone(n)).collect::<Vec<_>>();
    let parsed = |phones: &[String]| phones.iter().filter(|phone| Phone::parse(phone, home).is_ok()).count();
    let (at_home, abroad) = (phones(Countries::One), phones(Countries::Sixty));
    let phones_of_one = bench.per_second("phones of 1 country", &rows, || parsed(&at_home))?;
    let phones_of_sixty = bench.per_second("phones of 60 countries", &rows, || parsed(&abroad))?;
    let emails: Vec<String> = (0..PEOPLE).map(people::email).collect();
    let emails =
        bench.per_second("emails", &rows, || emails.iter().filter(|email| Email::parse(email).is_ok()).count())?;
    let planned = bench.per_second("planner", &Throughput::Bytes(one.len() as u64), || cut(&one))?;
    let row = |what, figure, unit| Row::new(PURE, what, figure, unit);
    Ok(vec![
        row("read, normalise, fold: 1 country", of_one, "rows/s").target(Target::AtLeast(150_000.0)),
        row("read, normalise, fold: 60 countries", of_sixty, "rows/s")
            .beside("1 country", of_one)
            .target(Target::RatioAtLeast(0.5)),
        row("read, normalise, fold: 60 countries, + lost", of_bare_digits, "rows/s")
            .beside("1 country", of_one)
            .target(Target::RatioAtLeast(0.5)),
        row("phones of 1 country", phones_of_one, "phones/s"),
        row("phones of 60 countries", phones_of_sixty, "phones/s").beside("1 country", phones_of_one),
        row("emails", emails, "emails/s"),
        row("planner: read through and cut", planned / 1e6, "MB/s"),
    ])
}

struct Bench {
    folder: PathBuf,
}

impl Bench {
    /// How much a second, if `work` does so much each time.
    fn per_second<T>(&self, name: &str, throughput: &Throughput, mut work: impl FnMut() -> T) -> Result<f64, Failure> {
        let mut criterion = Criterion::default()
            .output_directory(&self.folder)
            .warm_up_time(Duration::from_secs(1))
            .measurement_time(Duration::from_secs(4))
            .sample_size(20);
        let mut group = criterion.benchmark_group(PURE);
        group.throughput(throughput.clone());
        group.bench_function(name, |bencher| bencher.iter(|| black_box(work())));
        group.finish();
        let found = self.folder.join(PURE).join(name).join("new/estimates.json");
        let found: Value = serde_json::from_slice(&fs::read(found)?)?;
        let nanoseconds = found["median"]["point_estimate"].as_f64().ok_or("criterion has no median")?;
        let (Throughput::Elements(count) | Throughput::Bytes(count)) = throughput else {
            return Err("no count".into());
        };
        Ok(*count as f64 * 1e9 / nanoseconds)
    }
}

/// What an import does with a file but for the book: rows become observations, and each a new contact.
fn rows_folded(file: &str) -> Result<usize, PlanError> {
    let settings = Settings::default();
    let plan = plan(file, &settings)?;
    let mapping = plan.mapping.clone();
    let headers = plan.sample.headers();
    let rows = RowReader::new(&mapping, &headers, &settings, OnInvalid::RejectRow);
    let now = time::now();
    let origin = Origin { import: ImportId::new(), at: now };
    let mut reader = FileReader::of(plan);
    let (mut header, mut written) = (true, 0);
    let mut rest = file.as_bytes()[SAMPLE_BYTES..].chunks(PIECE);
    loop {
        while let Some(record) = reader.read()? {
            if std::mem::take(&mut header) {
                continue;
            }
            let row = rows.read(&record, origin, now).unwrap_or_else(|problems| panic!("{problems:?}"));
            let mut book = Snapshot::default();
            for identifier in row.observation.identifiers() {
                book.note_claim(identifier.clone(), None);
            }
            let folded = fold(&mut book, &row.observation, &Context { now, new_id: ContactId::new(), max_writes: 100 });
            folded.unwrap_or_else(|error| panic!("{error}"));
            book.settle(now);
            written += book.write_count();
        }
        match rest.next() {
            Some(piece) => reader.push(piece),
            None => break,
        }
    }
    assert_eq!(written, 3 * PEOPLE, "a contact and two claims each");
    Ok(written)
}

fn cut(file: &str) -> Result<u64, PlanError> {
    let mut cutter = Cutter::new(plan(file, &Settings::default())?, Limits { rows: 10_000, bytes: 8 * 1024 * 1024 });
    for piece in file.as_bytes()[SAMPLE_BYTES..].chunks(PIECE) {
        cutter.push(piece)?;
    }
    Ok(cutter.finish()?.rows)
}

fn plan(file: &str, settings: &Settings) -> Result<Plan, PlanError> {
    Plan::of(&file.as_bytes()[..SAMPLE_BYTES], Extent::Beginning, &PlanOptions::default(), &settings.custom_fields)
}
