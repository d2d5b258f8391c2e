//! The cases of identity, through the interfaces: the events of conversations, the HTTP API and imports.

use std::collections::{BTreeMap, BTreeSet};

use contacts_cases::{Action, Answer, End, Found, Lookup, Row, Scenario, Step, scenarios};
use futures_util::{StreamExt as _, future, stream};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::running::Program;
use crate::workspace::{AT_ONCE, Workspace};

#[tokio::test]
async fn every_case_has_the_right_answer() {
    let program = Program::start(&["--memory"]);
    let scenarios = scenarios();
    let runs = stream::iter(scenarios.iter().enumerate()).map(async |(place, scenario)| {
        let mut run = Run::new(Workspace::new(&program, &format!("case-{place}")).await);
        run.prepare(scenario).await;
        for step in &scenario.steps {
            run.carry_out(step).await;
        }
        let found = scenario.check(&run.end(scenario).await);
        (!found.is_empty()).then(|| format!("{}:\n    {}", scenario.title, found.join("\n    ")))
    });
    let problems: Vec<String> = runs.buffered(AT_ONCE).filter_map(future::ready).collect().await;
    assert!(problems.is_empty(), "{} scenarios fail\n{}", problems.len(), problems.join("\n"));
    program.stop();
}

/// A scenario that is carried out, and what the interfaces answered.
struct Run<'a> {
    workspace: Workspace<'a>,
    led: BTreeMap<String, Option<String>>,
    rows: Vec<Row>,
    answers: BTreeMap<String, Answer>,
}

impl<'a> Run<'a> {
    fn new(workspace: Workspace<'a>) -> Run<'a> {
        Run { workspace, led: BTreeMap::new(), rows: Vec::new(), answers: BTreeMap::new() }
    }

    async fn prepare(&self, scenario: &Scenario) {
        for (key, kind) in &scenario.custom_fields {
            let field = json!({"key": key, "label": key, "type": kind});
            let (status, body) = self.workspace.call(Method::POST, "/custom-fields", Some(&field)).await;
            assert_eq!(status, 201, "{body}");
        }
        if let Some(settings) = &scenario.settings {
            self.workspace.change_settings(settings).await;
        }
    }

    async fn carry_out(&mut self, step: &Step) {
        let answer = match &step.action {
            Action::Event { event, captured_json } => {
                let answer = self.event(event, captured_json.as_deref()).await;
                self.led.insert(step.name.clone(), answer["contact_id"].as_str().map(str::to_owned));
                answer
            }
            Action::Form(body) => {
                let (status, contact) = self.workspace.call(Method::POST, "/contacts", Some(body)).await;
                let id = contact["id"].as_str().filter(|_| status == 201);
                self.led.insert(step.name.clone(), id.map(str::to_owned));
                json!({"status": status})
            }
            Action::Patch { of, body } => {
                let path = format!("/contacts/{}", self.contact_of(of).await);
                let (status, _) = self.workspace.call(Method::PATCH, &path, Some(body)).await;
                json!({"status": status})
            }
            Action::Unlink { of, conversation } => {
                let path = format!("/contacts/{}/conversations/{conversation}", self.contact_of(of).await);
                let (status, body) = self.workspace.call(Method::DELETE, &path, None).await;
                assert_eq!(status, 204, "{body}");
                json!({"status": status})
            }
            Action::Settings(body) => {
                self.workspace.change_settings(body).await;
                json!({})
            }
            Action::Import(rows) => self.import(rows).await,
            Action::UndoJoin { of, was } => {
                let (survivor, other) = (self.contact_of(of).await, self.led[was].clone().unwrap());
                let path = format!("/contacts/{survivor}/joins/{other}/undo");
                let (status, body) = self.workspace.call(Method::POST, &path, None).await;
                assert_eq!(status, 200, "{body}");
                json!({})
            }
        };
        self.answers.insert(step.name.clone(), answer.as_object().unwrap().clone());
    }

    async fn event(&self, event: &Value, captured_json: Option<&str>) -> Value {
        let mut event = event.clone();
        event["workspace_id"] = json!(self.workspace.name);
        event["assistant_id"] = json!("a-1");
        if event["occurred_at"] == "now" {
            event["occurred_at"] = json!(Timestamp::now().to_string());
        }
        let mut payload = event.to_string();
        if let Some(captured) = captured_json {
            payload = format!("{},\"captured\":{captured}}}", payload.strip_suffix('}').unwrap());
        }
        let url = self.workspace.program.url("/2015-03-31/functions/conversation-upsert/invocations");
        let answer = self.workspace.client.post(url).body(payload).send().await.unwrap();
        let invalid = answer.headers().contains_key("x-amz-function-error");
        let mut answer: Value = answer.json().await.unwrap();
        if invalid {
            assert_eq!(answer["errorType"], "InvalidEvent", "{answer}");
        }
        answer["invalid"] = json!(invalid);
        answer["joined"] = json!(answer["joined"].as_array().map_or(0, Vec::len));
        answer
    }

    async fn import(&mut self, rows: &[Row]) -> Value {
        let fields: BTreeSet<&str> = rows.iter().flat_map(|row| &row.cells).map(|(field, _)| field.as_str()).collect();
        let cell = |row: &Row, field: &str| {
            let text = row.cells.iter().find(|(name, _)| name == field).map_or("", |(_, text)| text);
            format!("\"{}\"", text.replace('"', "\"\""))
        };
        let line = |row: &Row| fields.iter().map(|field| cell(row, field)).collect::<Vec<_>>().join(",");
        let header = fields.iter().copied().collect::<Vec<_>>().join(",");
        let file = std::iter::once(header).chain(rows.iter().map(line)).collect::<Vec<_>>().join("\n");
        let mapping: Vec<Value> =
            fields.iter().enumerate().map(|(column, field)| json!({"column": column, "field": field})).collect();
        let order = json!({"file_name": "people.csv", "size_bytes": file.len(), "header": true, "mapping": mapping});
        self.rows.extend(rows.iter().filter(|row| row.name.is_some()).cloned());
        let import = self.workspace.import(&order, file.into_bytes()).await;
        assert_eq!(import["status"], "completed", "{import}");
        json!({"rows": import["rows"], "joined": import["joined"], "conflicts": import["conflicts"]})
    }

    /// The contact to which a step leads now.
    async fn contact_of(&self, step: &str) -> String {
        let id = self.led[step].as_ref().unwrap();
        self.workspace.get(&format!("/contacts/{id}")).await["id"].as_str().unwrap().to_owned()
    }

    async fn find(&self, field: &str, value: &str) -> Option<String> {
        let filter = match field {
            "telephone" | "whatsapp" => "phone",
            other => other,
        };
        let value = percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
        let list = self.workspace.get(&format!("/contacts?{filter}={value}")).await;
        list["items"][0]["id"].as_str().map(str::to_owned)
    }

    async fn resolve(&self, field: &str, value: &str) -> Value {
        let question = json!({ field: value });
        let (status, answer) = self.workspace.call(Method::POST, "/contacts/resolve", Some(&question)).await;
        assert_eq!(status, 200, "{answer}");
        let contact = Some(&answer["contact"]).filter(|contact| contact.is_object());
        let listed = contact.into_iter().chain(answer["candidates"].as_array().unwrap());
        let ids: Vec<&Value> = listed.map(|contact| &contact["id"]).collect();
        json!({"match": answer["match"], "identity": answer["identity"], "lists": ids})
    }

    async fn end(&self, scenario: &Scenario) -> End {
        let mut end = End { as_written: true, answers: self.answers.clone(), ..End::default() };
        for mut contact in self.workspace.get("/contacts?limit=200").await["items"].as_array().unwrap().iter().cloned()
        {
            let id = contact["id"].as_str().unwrap().to_owned();
            let conversations = self.workspace.get(&format!("/contacts/{id}/conversations?limit=200")).await;
            let linked = conversations["items"].as_array().unwrap().iter();
            let linked =
                linked.map(|link| (link["conversation_id"].as_str().unwrap().to_owned(), link["identity"].clone()));
            contact["conversations"] = Value::Object(linked.collect());
            end.contacts.insert(id, contact);
        }
        for (step, id) in &self.led {
            let id = if id.is_some() { Some(self.contact_of(step).await) } else { None };
            end.led.insert(step.clone(), id);
        }
        for row in &self.rows {
            let (field, value) = row.found_by.as_ref().unwrap();
            end.led.insert(row.name.clone().unwrap(), self.find(field, value).await);
        }
        for Lookup { field, value } in scenario.lookups() {
            let resolved = self.resolve(&field, &value).await;
            end.found.push(Found { finds: self.find(&field, &value).await, resolved: Some(resolved) });
        }
        end
    }
}
