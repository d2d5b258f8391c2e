"""Sends a conversation event to the contact book.

    python3 invoke.py [--async] FUNCTION < events/telephone.json

README.md says what an event must tell apart: the sender, and what the sender says.

FUNCTION is the function's name or ARN: the output ConversationUpsertFunction of the stack. For a one-machine system it is
conversation-upsert, with AWS_ENDPOINT_URL_LAMBDA=http://127.0.0.1:3000. The program needs boto3 (pip install boto3), the
permission lambda:InvokeFunction, and credentials and a region as boto3 finds them (AWS_DEFAULT_REGION, a profile).

Prints the response. Prints a failure to standard error and exits with status 1. With --async it does not wait for the
response: Lambda stores the event, tries it up to three times, and sends failed events to a queue.
"""

import json
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError


class FunctionError(Exception):
    """The function failed. InvalidEvent: do not send the event again. Unavailable: send it again."""

    def __init__(self, answer):
        # Lambda omits the type if the function did not finish.
        self.type = answer.get("errorType", "")
        super().__init__(f"{self.type}: {answer['errorMessage']}")


def invoke(client, function, event):
    """Folds one event and returns the JSON of the response."""
    answer = client.invoke(FunctionName=function, Payload=event)
    payload = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise FunctionError(json.loads(payload))
    return payload


def send(client, function, event):
    """Sends one event without waiting for the response."""
    client.invoke(FunctionName=function, Payload=event, InvocationType="Event")


def main():
    # Repeated events are harmless, so the client's retries are safe. Create one client for many events.
    client = boto3.client("lambda")
    match sys.argv[1:]:
        case ["--async", function]:
            send(client, function, sys.stdin.buffer.read())
        case [function]:
            print(invoke(client, function, sys.stdin.buffer.read()))
        case _:
            sys.exit("usage: invoke.py [--async] FUNCTION < event.json")


try:
    main()
except (FunctionError, BotoCoreError, ClientError) as error:
    sys.exit(str(error))
