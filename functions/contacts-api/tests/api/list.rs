//! `GET /contacts`: lists.

use serde_json::{Map, Value, json};

use crate::support::{TestApi, api};

async fn fill(api: &TestApi) {
    for (name, channels) in [
        ("Ada", json!({"telephone": "+15551234567", "email": "Ada@Example.com"})),
        ("Bob", json!({"whatsapp": "+447911123456"})),
        ("Cleo", json!({"email": "cleo@example.com"})),
        ("Dan", json!({})),
        ("Eve", json!({"telephone": "+15559999999", "email": "eve@other.example"})),
    ] {
        api.add(json!({"name": name, "channels": channels})).await;
    }
    // Bob was seen after all were added.
    api.converse("c", -60, &[("telephone", "+447911123456")]).await;
}

#[tokio::test]
async fn each_order_and_prefix_lists_those_that_it_should() {
    let api = api().await;
    assert_eq!(api.get("/contacts").await.ok().json, json!({"items": [], "next_cursor": null}));
    fill(&api).await;
    for (query, names) in [
        ("", &["Eve", "Dan", "Cleo", "Bob", "Ada"][..]),
        ("sort=recent", &["Eve", "Dan", "Cleo", "Bob", "Ada"]),
        ("talked=true", &["Bob"]),
        ("sort=phone", &["Ada", "Eve", "Bob"]),
        ("sort=email", &["Ada", "Cleo", "Eve"]),
        ("sort=name", &["Ada", "Bob", "Cleo", "Dan", "Eve"]),
        ("name_prefix=AD%C3%81", &["Ada"]),
        ("name_prefix=z&sort=name", &[]),
        ("phone_prefix=(555)+1", &["Ada"]),
        ("phone_prefix=%2B1555", &["Ada", "Eve"]),
        ("phone_prefix=+1-555-1", &["Ada"]),
        ("phone_prefix=44", &["Bob"]),
        ("phone_prefix=%2B1&sort=phone", &["Ada", "Eve"]),
        ("phone_prefix=", &["Ada", "Eve", "Bob"]),
        ("phone_prefix=7", &[]),
        ("email_prefix=ADA@ex", &["Ada"]),
        ("email_prefix=e", &["Eve"]),
        ("email_prefix=", &["Ada", "Cleo", "Eve"]),
        ("email_prefix=%F4%8F%BF%BF", &[]),
    ] {
        let answer = api.get(&format!("/contacts?{query}")).await.ok();
        let mut listed = answer.items("name");
        if query.is_empty() || query == "sort=recent" {
            // Those added within a millisecond are in no order.
            listed.sort_unstable_by(|a, b| b.cmp(a));
        }
        assert_eq!(listed, names, "{query}");
        assert_eq!(answer.json["next_cursor"], Value::Null);
    }
}

#[tokio::test]
async fn contacts_with_conflicts_are_listed_the_newest_conflict_first() {
    let api = api().await;
    let mut pairs = Vec::new();
    for n in 1..=3 {
        let (email, phone) = (format!("a{n}@example.com"), format!("+1555000111{n}"));
        let one = api.add(json!({"channels": {"email": email, "slack": format!("U01ABCD23{n}")}})).await;
        let other = api.add(json!({"channels": {"telephone": phone, "slack": format!("U01ABCD24{n}")}})).await;
        let folded = api.converse(&format!("c{n}"), 0, &[("email", &email), ("telephone", &phone)]).await;
        assert_eq!(folded.conflicts.len(), 1, "{folded:?}");
        pairs.push([one, other]);
    }
    api.add(json!({"name": "Without a conflict"})).await;
    pairs.reverse();
    let mut listed = Vec::new();
    let mut path = "/contacts?conflicts=true&limit=2".to_owned();
    loop {
        let page = api.get(&path).await.ok();
        listed.extend(page.items("id").into_iter().map(str::to_owned));
        let Some(cursor) = page.json["next_cursor"].as_str() else { break };
        path = format!("/contacts?conflicts=true&limit=2&cursor={cursor}");
    }
    // Both contacts of a pair have their conflict since the same moment.
    for (pair, listed) in pairs.iter_mut().zip(listed.chunks_mut(2)) {
        pair.sort_unstable();
        listed.sort_unstable();
    }
    assert_eq!(listed, pairs.concat());
    api.patch(&format!("/contacts/{}", listed[0]), json!({"conflicts": null})).await.ok();
    assert_eq!(api.get("/contacts?conflicts=true").await.items("id").len(), 4, "it is dismissed on both sides");
}

#[tokio::test]
async fn the_last_active_comes_first() {
    let api = api().await;
    for (n, age) in [(1, 300), (2, 100), (3, 200)] {
        api.converse(&format!("c{n}"), age, &[("name", &format!("N{n}"))]).await;
    }
    let order = api.get("/contacts").await;
    assert_eq!(order.items("name"), ["N2", "N3", "N1"]);
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let api = api().await;
    fill(&api).await;
    for query in ["", "&sort=phone", "&sort=email", "&email_prefix=", "&phone_prefix=%2B1"] {
        let all = api.get(&format!("/contacts?limit=200{query}")).await;
        let mut paged = Vec::new();
        let mut path = format!("/contacts?limit=1{query}");
        loop {
            let page = api.get(&path).await.ok();
            paged.extend(page.items("id").into_iter().map(str::to_owned));
            match page.json["next_cursor"].as_str() {
                Some(cursor) => path = format!("/contacts?limit=1{query}&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(paged, all.items("id"), "{query}");
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_list_only() {
    let api = api().await;
    fill(&api).await;
    let cursor = api.get("/contacts?limit=1&sort=phone").await.text("next_cursor").to_owned();
    for query in ["", "sort=email", "phone_prefix=%2B1", "phone=%2B15551234567"] {
        assert_eq!(api.get(&format!("/contacts?{query}&cursor={cursor}")).await.problem(400), ["cursor"], "{query}");
    }
}

#[tokio::test]
async fn filters_exclude_each_other_and_contradicting_orders() {
    let api = api().await;
    for (query, fields) in [
        ("phone=%2B15551234567&email=a@b.co", &["phone", "email"][..]),
        ("phone=1&phone_prefix=1", &["phone", "phone_prefix"]),
        ("email_prefix=a&phone_prefix=1", &["phone_prefix", "email_prefix"]),
        ("email=a@b.co&email_prefix=a", &["email", "email_prefix"]),
        ("phone_prefix=1&sort=email", &["sort"]),
        ("phone_prefix=1&sort=recent", &["sort"]),
        ("email_prefix=1&sort=phone", &["sort"]),
        ("email=a@b.co&sort=phone", &["sort"]),
        ("slack=U01ABCD234&instagram=ada", &["instagram", "slack"]),
        ("conflicts=true&email_prefix=a", &["email_prefix", "conflicts"]),
        ("conflicts=1", &["conflicts"]),
        ("conflicts=true&sort=phone", &["sort"]),
        ("name_prefix=a&sort=email", &["sort"]),
        ("name_prefix=a&email_prefix=a", &["email_prefix", "name_prefix"]),
        ("sort=Recent", &["sort"]),
        ("phone_prefix=abc", &["phone_prefix"]),
    ] {
        assert_eq!(api.get(&format!("/contacts?{query}")).await.problem(400), fields, "{query}");
    }
}

/// A contact that is as large as the API lets it become: every custom field, 32 KiB of custom values full of characters that
/// JSON escapes, and the longest name.
async fn largest(api: &TestApi, n: usize) -> Value {
    let custom: Map<String, Value> =
        (0..100).map(|field| (format!("field_{field}"), json!("\"".repeat(327)))).collect();
    let channels =
        json!({"email": format!("person{n}@example.com"), "telephone": format!("+1555{:07}", 2_000_000 + n)});
    let name = format!("{n:03}{}", "é".repeat(197));
    let answer = api.post("/contacts", json!({"name": name, "channels": channels, "custom_fields": custom})).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json
}

#[tokio::test]
async fn a_list_of_the_largest_contacts_ends_at_4_mib_and_its_pages_reach_everybody() {
    let api = api().await;
    for field in 0..100 {
        api.define(&format!("field_{field}"), "string").await;
    }
    let mut ids = Vec::new();
    let people = 80;
    for n in 0..people {
        ids.push(largest(&api, n).await["id"].as_str().unwrap().to_owned());
    }
    ids.sort_unstable();
    for (sort, limit) in [("recent", 200), ("email", 50)] {
        let (mut listed, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = api.get(&format!("/contacts?sort={sort}&limit={limit}{cursor}")).await.ok();
            assert!(page.written.len() <= 4 * 1024 * 1024 + 1_000, "{}", page.written.len());
            let answer = serde_json::to_string(&page.written).unwrap();
            assert!(answer.len() < 6_000_000, "{sort} {limit}: {}", answer.len());
            listed.extend(page.items("id").iter().map(|id| (*id).to_owned()));
            pages += 1;
            match page.json["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        listed.sort_unstable();
        assert!(listed == ids, "{sort} {limit}: {} of {}", listed.len(), ids.len());
        assert!(pages > usize::div_ceil(people, limit), "{sort} {limit}: {pages}");
    }
}
