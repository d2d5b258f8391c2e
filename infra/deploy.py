"""Deploys the contact book to AWS, or to whatever AWS_ENDPOINT_URL is.

    python3 infra/deploy.py STACK [PARAMETER=VALUE …]

Asks for the parameters of template.yaml that are not told, each with what the stack has now (or else the template's own
value) to be taken by return. Without a terminal, it asks nothing. It is the AWS CLI that does the work: the credentials,
the region and the profile are its own.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Shared by all stacks of an account and region.
ARTIFACTS = "contacts-artifacts"


def aws(*words):
    """Runs the AWS CLI, which may fail; gives what it printed."""
    return subprocess.run(["aws", *words], cwd=ROOT, capture_output=True, text=True, check=False)


def must(*words):
    """Runs the AWS CLI, or ends with what it complained of."""
    done = aws(*words)
    if done.returncode != 0:
        sys.exit(f"aws {words[0]} {words[1]}: {done.stderr.strip()}")
    return done.stdout


def described(stack):
    """The stack, if it is there."""
    done = aws("cloudformation", "describe-stacks", "--stack-name", stack, "--output", "json")
    if done.returncode == 0:
        return json.loads(done.stdout)["Stacks"][0]
    if "does not exist" in done.stderr:
        return None
    sys.exit(f"aws cloudformation describe-stacks: {done.stderr.strip()}")


def outputs(stack):
    return {output["OutputKey"]: output["OutputValue"] for output in described(stack).get("Outputs", [])}


def bucket_for_artifacts():
    """The bucket that packages are put into. It is made with the first deployment."""
    deploy(ARTIFACTS, ROOT / "infra" / "artifacts.yaml", {})
    return outputs(ARTIFACTS)["BucketName"]


def deploy(stack, template, parameters):
    words = ["cloudformation", "deploy", "--stack-name", stack, "--template-file", str(template)]
    words += ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND", "--no-fail-on-empty-changeset"]
    if parameters:
        words += ["--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items())]
    done = aws(*words)
    if done.returncode != 0:
        sys.exit("\n".join([done.stderr.strip(), *failures(stack)]))


def failures(stack):
    """What went wrong with a stack, the last first."""
    done = aws("cloudformation", "describe-stack-events", "--stack-name", stack, "--output", "json")
    events = json.loads(done.stdout)["StackEvents"] if done.returncode == 0 else []
    return [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in events
            if event["ResourceStatus"].endswith("FAILED")]


def asked(parameters, told, now):
    """The values of all parameters, those that were not told asked for."""
    values = {}
    for parameter in parameters:
        name = parameter["ParameterKey"]
        default = now.get(name, parameter.get("DefaultValue"))
        if name in told:
            values[name] = told.pop(name)
        elif sys.stdin.isatty():
            print(f"\n{parameter.get('Description', '')}")
            values[name] = input(f"{name} [{'' if default is None else default}]: ").strip() or default
        else:
            values[name] = default
    if told:
        sys.exit(f"no such parameter: {', '.join(told)}")
    missing = [name for name, value in values.items() if value is None]
    if missing:
        sys.exit(f"a value is needed for: {', '.join(missing)}")
    return values


def main():
    if len(sys.argv) < 2 or any("=" not in word for word in sys.argv[2:]):
        sys.exit(__doc__.strip())
    stack, told = sys.argv[1], dict(word.split("=", 1) for word in sys.argv[2:])
    if not re.fullmatch("[a-z][a-z0-9-]{0,24}", stack):
        sys.exit(f"{stack}: a stack is named by at most 25 lower-case letters, digits and hyphens, as its bucket is")

    template = ROOT / "template.yaml"
    summary = must("cloudformation", "get-template-summary", "--template-body", f"file://{template}", "--output", "json")
    deployed = described(stack)
    now = {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in (deployed or {}).get("Parameters", [])}
    parameters = asked(json.loads(summary)["Parameters"], told, now)

    if deployed and deployed["StackStatus"] == "ROLLBACK_COMPLETE":
        # What a first deployment leaves that was taken back: nothing but its name.
        must("cloudformation", "delete-stack", "--stack-name", stack)
        must("cloudformation", "wait", "stack-delete-complete", "--stack-name", stack)
        deployed = None
    bucket = bucket_for_artifacts()
    with tempfile.TemporaryDirectory() as folder:
        packaged = Path(folder) / "packaged.yaml"
        print("packaging …", flush=True)
        must("cloudformation", "package", "--template-file", str(template), "--output-template-file", str(packaged),
             "--s3-bucket", bucket, "--s3-prefix", stack)
        print(f"{'updating' if deployed else 'making'} the stack {stack} …", flush=True)
        if not deployed:
            # A protected table would be in the way of a first deployment that is taken back, and of the next one.
            deploy(stack, packaged, {**parameters, "DeletionProtection": "false"})
        deploy(stack, packaged, parameters)
    for name, value in outputs(stack).items():
        print(f"{name}: {value}")


main()
