"""Imports people from a CSV file as one would write it with boto3: a peer that `make bench-peers` compares with.

    python3 peer.py DYNAMODB_URL FILE CONCURRENCY [PACK]

One person is one contact, by the pattern that AWS documents ("Simulating Amazon DynamoDB unique constraints using
transactions"): the transaction that puts a contact puts a marker for its phone and one for its email, too, each on
condition that it is not there. A marker that is there says whose the phone is, and that contact is updated. PACK, 33 at
most, is how many new contacts share a transaction; the documented pattern has 1.

What this does not do: see that two contacts are one person and join them, tell late news from new, know its own write
again when the answer was lost, report bad rows and go on, or say how far it has come.
"""

import csv
import itertools
import random
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

import boto3
import phonenumbers
from botocore.config import Config
from botocore.exceptions import ClientError

TABLE, WORKSPACE, COUNTRY = "contacts", "demo", "US"
ATTEMPTS = 10


def read(row):
    """The person of a row: name, phone in E.164, email in lower case, as far as they are there."""
    person = {"name": " ".join(row["Name"].split()), "email": row["Email"].strip().lower()}
    if row["Phone"].strip():
        phone = phonenumbers.parse(row["Phone"], COUNTRY)
        if not phonenumbers.is_possible_number(phone):
            raise ValueError(f"no phone: {row['Phone']}")
        person["phone"] = phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.E164)
    return {field: value for field, value in person.items() if value}


def identifiers(person):
    return [(kind, person[kind]) for kind in ("phone", "email") if kind in person]


def contact_key(contact_id):
    return {"pk": {"S": f"W#{WORKSPACE}#C#{contact_id}"}, "sk": {"S": "CONTACT"}}


def marker(kind, value, contact_id):
    """The write that takes a phone or an email for a contact. If somebody has it, the answer says who."""
    key = {"pk": {"S": f"W#{WORKSPACE}#I#{kind}#{value}"}, "sk": {"S": "CLAIM"}}
    return put({**key, "contact_id": {"S": contact_id}})


def put(item):
    return {
        "Put": {
            "TableName": TABLE,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def creation(person):
    """The writes that make a contact: itself, with what the indexes go by, and its markers."""
    contact_id, at = str(uuid.uuid4()), now()
    texts = {"id": contact_id, "created_at": at, "updated_at": at, **person}
    texts |= {"index_shard": f"{WORKSPACE}#0", "recent": f"{at}#{contact_id}"}
    item = {name: {"S": text} for name, text in texts.items()}
    contact = put({**contact_key(contact_id), **item, "version": {"N": "1"}})
    return [contact, *(marker(kind, value, contact_id) for kind, value in identifiers(person))]


class Book:
    def __init__(self, url, connections):
        keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "us-east-1"}
        retries = {"mode": "standard", "total_max_attempts": 5}
        config = Config(max_pool_connections=connections, tcp_keepalive=True, retries=retries)
        # The threads share it.
        self.client = boto3.client("dynamodb", endpoint_url=url, config=config, **keys)

    def write(self, writes):
        """Writes all or nothing. Gives nothing when done, else what stood in the way of each write."""
        try:
            self.client.transact_write_items(TransactItems=writes)
        except self.client.exceptions.TransactionCanceledException as error:
            return error.response["CancellationReasons"]
        return None

    def upsert(self, person):
        for attempt in range(ATTEMPTS):
            # Most are new: trying costs new people one request, and looking first would cost all of them one more.
            reasons = self.write(creation(person))
            if reasons is None:
                return
            owners = [reason.get("Item", {}).get("contact_id", {}).get("S") for reason in reasons[1:]]
            if any(owners) and self.update(person, owners):
                return
            # Another writer holds, or has just changed, what this one needs. boto3 does not try these again.
            time.sleep(random.uniform(0, 0.01 * 2**attempt))
        raise RuntimeError("too many other writers")

    def update(self, person, owners):
        """Tells the first known contact what is new. Gives false if it changes meanwhile."""
        contact_id = next(filter(None, owners))
        known = self.client.get_item(TableName=TABLE, Key=contact_key(contact_id), ConsistentRead=True).get("Item")
        if known is None:
            return False
        claims = list(zip(identifiers(person), owners))
        # The phone or email of somebody else stays theirs.
        theirs = [kind for (kind, _), owner in claims if owner not in (None, contact_id)]
        told = {field: {"S": value} for field, value in person.items() if field not in theirs}
        news = {field: value for field, value in told.items() if known.get(field) != value}
        if not news:
            return True
        values = {":version": known["version"], ":one": {"N": "1"}, ":at": {"S": now()}}
        update = {
            "TableName": TABLE,
            "Key": contact_key(contact_id),
            "UpdateExpression": ", ".join(
                ["SET version = version + :one", "updated_at = :at", *(f"#{field} = :{field}" for field in news)]
            ),
            "ConditionExpression": "version = :version",
            "ExpressionAttributeNames": {f"#{field}": field for field in news},
            "ExpressionAttributeValues": values | {f":{field}": value for field, value in news.items()},
        }
        markers = [marker(kind, value, contact_id) for (kind, value), owner in claims if owner is None]
        if markers:
            return self.write([{"Update": update}, *markers]) is None
        try:
            # Outside of a transaction it costs half.
            self.client.update_item(**update)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("ConditionalCheckFailedException", "TransactionConflictException"):
                return False
            raise
        return True

    def upsert_all(self, people):
        """Makes contacts in one transaction. If one of them is known it is cancelled, and they come one by one."""
        values = [value for person in people for value in identifiers(person)]
        # A transaction names an item once.
        alone = len(people) == 1 or len(set(values)) < len(values)
        if alone or self.write([write for person in people for write in creation(person)]) is not None:
            for person in people:
                self.upsert(person)


def main(url, path, concurrency, pack="1"):
    book = Book(url, int(concurrency))
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows, lock = csv.DictReader(file), threading.Lock()

        def work():
            while True:
                with lock:
                    batch = list(itertools.islice(rows, int(pack)))
                if not batch:
                    return
                book.upsert_all([read(row) for row in batch])

        with ThreadPoolExecutor(int(concurrency)) as pool:
            for worker in [pool.submit(work) for _ in range(int(concurrency))]:
                worker.result()


main(*sys.argv[1:])
