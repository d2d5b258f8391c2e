"""Tells the contact book what happened in a conversation.

    python3 invoke.py [--async] FUNCTION < event.json

FUNCTION is the function's name or ARN: the output ConversationUpsertFunction of the stack, or conversation-upsert of a
system on one machine, which AWS_ENDPOINT_URL_LAMBDA=http://127.0.0.1:3000 leads to. It needs boto3 (pip install boto3),
the permission lambda:InvokeFunction, and credentials and a region as boto3 finds them (AWS_DEFAULT_REGION, a profile).

Prints the answer. A failure is told on standard error, with exit status 1. With --async nobody waits for the answer:
Lambda keeps the event, tries three times, and puts what failed into a queue.
"""

import json
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError


class FunctionError(Exception):
    """The function failed. InvalidEvent: do not send the event again. Unavailable: send it again."""

    def __init__(self, answer):
        # Lambda leaves it out where the function did not come to an end.
        self.type = answer.get("errorType", "")
        super().__init__(f"{self.type}: {answer['errorMessage']}")


def invoke(client, function, event):
    """Folds one event; gives the answer's JSON."""
    answer = client.invoke(FunctionName=function, Payload=event)
    payload = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise FunctionError(json.loads(payload))
    return payload


def send(client, function, event):
    """Leaves one event with Lambda."""
    client.invoke(FunctionName=function, Payload=event, InvocationType="Event")


def main():
    # Events may come twice without harm, so the client's own retries are safe. Make it once for many events.
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
