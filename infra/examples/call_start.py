"""Tells an assistant who is calling, before it says the first word.

    CONTACTS_URL=http://127.0.0.1:3000 CONTACTS_TOKEN=… WEBHOOK_SECRET=… ASSISTANT_ID=… python3 call_start.py [PORT]

A web server for two platforms of voice assistants, which ask it at the start of a call and put the variables of its answer
into the assistant's prompt, as {{contact_name}}:

- Vapi: the message "assistant-request" to the server URL of a phone number. ASSISTANT_ID is the assistant that answers.
- Retell: the event "call_inbound" to the inbound webhook of a phone number.

Configure the URL of this server with the secret as its path: https://…/<WEBHOOK_SECRET>. Whoever knows it can ask who has a
phone number. CONTACTS_TOKEN is a token of the workspace; the role reader is enough.

A caller id can be withheld or forged. So the variables have what belongs to the person only if the book answers "one" and
"proven"; and the network must attest caller ids if the assistant discloses more than a name.
"""

import hmac
import json
import os
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Vapi waits 7.5 seconds and Retell 10. Without an answer of the book, the call goes on with the defaults.
TIMEOUT_SECONDS = 3


def resolve(telephone):
    """Asks the book who has a phone number."""
    request = urllib.request.Request(
        os.environ["CONTACTS_URL"].rstrip("/") + "/contacts/resolve",
        data=json.dumps({"telephone": telephone}).encode(),
        headers={"Authorization": f"Bearer {os.environ['CONTACTS_TOKEN']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
        return json.load(answer)


def variables(telephone):
    """The variables of the assistant's prompt. All are texts, and all are always there."""
    known = {"contact_match": "none", "contact_identity": "stated", "contact_id": "", "contact_name": "",
             "contact_last_conversation": "", "contact_fields": ""}
    try:
        who = resolve(telephone)
    except (OSError, ValueError) as error:
        print(f"the book did not answer: {error}", file=sys.stderr)
        return known
    known |= {"contact_match": who["match"], "contact_identity": who["identity"]}
    if who["match"] == "one":
        known |= {"contact_id": who["contact"]["id"], "contact_name": who["contact"].get("name", "")}
    if who["match"] == "one" and who["identity"] == "proven":
        known["contact_fields"] = json.dumps(who["contact"].get("custom_fields", {}), ensure_ascii=False)
        known["contact_last_conversation"] = next((one["started_at"] for one in who["conversations"]), "")
    return known


def answer(event):
    """The answer to the request of a platform; None if there is nothing to answer."""
    message = event.get("message") or {}
    if message.get("type") == "assistant-request":
        customer = message.get("customer") or (message.get("call") or {}).get("customer") or {}
        overrides = {"variableValues": variables(customer.get("number") or "")}
        return {"assistantId": os.environ["ASSISTANT_ID"], "assistantOverrides": overrides}
    if event.get("event") == "call_inbound":
        return {"call_inbound": {"dynamic_variables": variables(event["call_inbound"].get("from_number") or "")}}
    return None


class Webhook(BaseHTTPRequestHandler):
    def do_POST(self):
        if not hmac.compare_digest(self.path.encode(), f"/{os.environ['WEBHOOK_SECRET']}".encode()):
            return self.send_error(404)
        try:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(answer(event) or {}).encode()
        except (AttributeError, KeyError, TypeError, ValueError):
            return self.send_error(400)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Nothing: the path has the secret."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8080), Webhook)
    print(f"Listening at port {server.server_port}", flush=True)
    server.serve_forever()
