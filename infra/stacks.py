"""Stacks of CloudFormation, by the AWS CLI, which finds the credentials, the region and the profile."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A stack in these states has no resources: its first deployment was rolled back, or a change set was made and not executed.
EMPTY = ("ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS")
# How often the state of a stack is asked for, in seconds.
PAUSE = 2
# The name of the change set that adopts resources.
ADOPTION = "adopt"


def aws(*words):
    """Runs the AWS CLI, which may fail."""
    return subprocess.run(["aws", *words], cwd=ROOT, capture_output=True, text=True, check=False)


def must(*words):
    """Runs the AWS CLI and returns its output. Exits with its message if it fails."""
    done = aws(*words)
    if done.returncode != 0:
        sys.exit(f"aws {words[0]} {words[1]}: {done.stderr.strip()}")
    return done.stdout


def described(stack):
    """The stack, or None if it does not exist."""
    done = aws("cloudformation", "describe-stacks", "--stack-name", stack, "--output", "json")
    if done.returncode == 0:
        return json.loads(done.stdout)["Stacks"][0]
    if "does not exist" in done.stderr:
        return None
    sys.exit(f"aws cloudformation describe-stacks: {done.stderr.strip()}")


def has_resources(description):
    """Whether a stack exists and is not left over from a first deployment that failed."""
    return description is not None and description["StackStatus"] not in EMPTY


def parameters(description):
    """The parameters of a stack. None of one that does not exist."""
    return {one["ParameterKey"]: one["ParameterValue"] for one in (description or {}).get("Parameters", [])}


def outputs(stack):
    return {output["OutputKey"]: output["OutputValue"] for output in described(stack).get("Outputs", [])}


def resource(stack, name):
    """What a resource of a stack is called, or None if the stack does not have it."""
    done = aws("cloudformation", "describe-stack-resource", "--stack-name", stack, "--logical-resource-id", name, "--output", "json")
    if done.returncode != 0:
        if "does not exist" in done.stderr:
            return None
        sys.exit(f"aws cloudformation describe-stack-resource: {done.stderr.strip()}")
    found = json.loads(done.stdout)["StackResourceDetail"]
    return None if found["ResourceStatus"].startswith("DELETE_") else found["PhysicalResourceId"]


def with_role(role):
    return ["--role-arn", role] if role else []


def deploy(stack, template, values, role, tags=None, bucket=None):
    """Creates or updates a stack. A template of more than 51,200 bytes goes by way of the bucket."""
    words = ["cloudformation", "deploy", "--stack-name", stack, "--template-file", str(template)]
    words += ["--s3-bucket", bucket, "--s3-prefix", stack] if bucket else []
    words += ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND", "--no-fail-on-empty-changeset"]
    words += with_role(role)
    words += ["--tags", *(f"{name}={value}" for name, value in tags.items())] if tags else []
    if values:
        words += ["--parameter-overrides", *(f"{name}={value}" for name, value in values.items())]
    done = aws(*words)
    if done.returncode != 0:
        sys.exit("\n".join([done.stderr.strip(), *failures(stack)]))


def adopt(stack, template, name, identifier, values, role):
    """Makes a stack of a template with one resource, which exists already and does not change."""
    kind = template["Resources"][name]["Type"]
    imported = {"ResourceType": kind, "LogicalResourceId": name, "ResourceIdentifier": identifier}
    change_set = ["--stack-name", stack, "--change-set-name", ADOPTION]
    words = ["cloudformation", "create-change-set", *change_set, "--change-set-type", "IMPORT"]
    words += ["--resources-to-import", json.dumps([imported]), *with_role(role)]
    if values:
        words += ["--parameters", json.dumps([{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()])]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(template, file)
        file.flush()
        must(*words, "--template-body", f"file://{file.name}")
    if aws("cloudformation", "wait", "change-set-create-complete", *change_set).returncode != 0:
        why = must("cloudformation", "describe-change-set", *change_set, "--query", "StatusReason", "--output", "text").strip()
        remove(stack, role)
        sys.exit(f"{stack} cannot adopt {', '.join(identifier.values())}: {why}")
    must("cloudformation", "execute-change-set", *change_set)
    while (status := described(stack)["StackStatus"]).endswith("_IN_PROGRESS"):
        time.sleep(PAUSE)
    if status != "IMPORT_COMPLETE":
        sys.exit("\n".join([f"{stack} could not adopt {', '.join(identifier.values())}", *failures(stack)]))


def remove(stack, role):
    must("cloudformation", "delete-stack", "--stack-name", stack, *with_role(role))
    while (description := described(stack)) and description["StackStatus"] != "DELETE_FAILED":
        time.sleep(PAUSE)
    if description:
        sys.exit("\n".join([f"{stack} could not be deleted", *failures(stack)]))


def remove_empty(stack, role):
    """Removes a stack that is left over. It would block the next attempt."""
    description = described(stack)
    if description and not has_resources(description):
        remove(stack, role)


def failures(stack):
    """The failure events of a stack, newest first."""
    done = aws("cloudformation", "describe-stack-events", "--stack-name", stack, "--output", "json")
    events = json.loads(done.stdout)["StackEvents"] if done.returncode == 0 else []
    return [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in events
            if event["ResourceStatus"].endswith("FAILED")]
