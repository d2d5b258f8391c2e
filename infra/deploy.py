"""Deploys the contact book to AWS, or to the endpoint in AWS_ENDPOINT_URL.

    python3 infra/deploy.py STACK [--role ARN] [--tag NAME=VALUE …] [PARAMETER=VALUE …]

Asks for the parameters of template.yaml that are not given. Return accepts the default: the current value of the stack, or
else the default of the template. Without a terminal it uses the defaults. CloudFormation works with the given role, or with
that of the stack. The given tags are added to those of the stack, and CloudFormation adds them to the resources. It calls the
AWS CLI, which finds the credentials, the region and the profile.
"""

import argparse
import copy
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import preflight

ROOT = Path(__file__).resolve().parent.parent
# Shared by all stacks of an account and region.
ARTIFACTS = "contacts-artifacts"


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


def outputs(stack):
    return {output["OutputKey"]: output["OutputValue"] for output in described(stack).get("Outputs", [])}


def bucket_for_artifacts(role):
    """The bucket for packages. The first deployment creates it. It has no tags, since all stacks share it."""
    deploy(ARTIFACTS, ROOT / "infra" / "artifacts.yaml", {}, role)
    return outputs(ARTIFACTS)["BucketName"]


def deploy(stack, template, parameters, role, tags=None, bucket=None):
    """Creates or updates a stack. A template of more than 51,200 bytes goes by way of the bucket."""
    words = ["cloudformation", "deploy", "--stack-name", stack, "--template-file", str(template)]
    words += ["--s3-bucket", bucket, "--s3-prefix", stack] if bucket else []
    words += ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND", "--no-fail-on-empty-changeset"]
    words += ["--role-arn", role] if role else []
    words += ["--tags", *(f"{name}={value}" for name, value in tags.items())] if tags else []
    if parameters:
        words += ["--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items())]
    done = aws(*words)
    if done.returncode != 0:
        sys.exit("\n".join([done.stderr.strip(), *failures(stack)]))


def built_template(folder):
    """A copy of template.yaml in a folder, which names what `make build` has built instead of the sources that SAM builds."""
    template = (ROOT / "template.yaml").read_text()
    for told, meant in (("CodeUri: functions/", "target/lambda/"), ("TemplateURL: infra/", "infra/")):
        template = template.replace(told, f"{told.split()[0]} {ROOT / meant}/")
    built = Path(folder) / "template.yaml"
    built.write_text(template)
    return built


def steps(template, table):
    """The templates to deploy before this one, each with what it creates. An update of an existing table enables the stream
    or creates one index; DynamoDB does no two of these at once. The stream comes first: other resources refer to it."""
    done = aws("dynamodb", "describe-table", "--table-name", table, "--output", "json")
    if done.returncode != 0:
        return
    described_table = json.loads(done.stdout)["Table"]
    existing = {index["IndexName"] for index in described_table.get("GlobalSecondaryIndexes", [])}
    wanted = template["Resources"]["Table"]["Properties"]["GlobalSecondaryIndexes"]
    missing = [] if described_table.get("StreamSpecification", {}).get("StreamEnabled") else ["the stream of the table"]
    missing += [index["IndexName"] for index in wanted if index["IndexName"] not in existing]
    for count in range(1, len(missing)):
        step = copy.deepcopy(template)
        properties = step["Resources"]["Table"]["Properties"]
        indexes = [index for index in wanted if index["IndexName"] not in missing[count:]]
        keys = {key["AttributeName"] for keyed in [properties, *indexes] for key in keyed["KeySchema"]}
        properties["GlobalSecondaryIndexes"] = indexes
        properties["AttributeDefinitions"] = [
            definition for definition in properties["AttributeDefinitions"] if definition["AttributeName"] in keys
        ]
        yield missing[count - 1], step


def failures(stack):
    """The failure events of a stack, newest first."""
    done = aws("cloudformation", "describe-stack-events", "--stack-name", stack, "--output", "json")
    events = json.loads(done.stdout)["StackEvents"] if done.returncode == 0 else []
    return [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in events
            if event["ResourceStatus"].endswith("FAILED")]


def ask(parameters, given, now):
    """The values of all parameters. Asks for those that are not given."""
    values = {}
    for name, parameter in parameters.items():
        default = now.get(name, parameter.get("Default"))
        if name in given:
            values[name] = given.pop(name)
        elif sys.stdin.isatty():
            print(f"\n{parameter.get('Description', '')}")
            values[name] = input(f"{name} [{'' if default is None else default}]: ").strip() or default
        else:
            values[name] = default
    if given:
        sys.exit(f"unknown parameter: {', '.join(given)}")
    missing = [name for name, value in values.items() if value is None]
    if missing:
        sys.exit(f"missing value for: {', '.join(missing)}")
    return values


def check(template, parameters, now):
    """Exits if the deployment would fail. What cannot be found out is said, and CloudFormation finds it out."""
    done = aws("lambda", "get-account-settings", "--output", "json")
    if done.returncode == 0:
        limits = json.loads(done.stdout)["AccountLimit"]
        wrong = preflight.too_few_executions(
            limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"],
            preflight.reserved(template, parameters), preflight.reserved(template, now))
        if wrong:
            sys.exit(wrong)
    else:
        print(f"the limit of concurrent executions was not checked: {done.stderr.strip()}", file=sys.stderr)
    wrong, doubt = preflight.check_issuer(parameters["JwtIssuer"])
    if wrong:
        sys.exit(wrong)
    if doubt:
        print(f"the issuer was not checked: {doubt}", file=sys.stderr)


def pair(word):
    """NAME=VALUE as a pair."""
    name, is_pair, value = word.partition("=")
    if not name or not is_pair:
        raise argparse.ArgumentTypeError(f"{word!r} must be NAME=VALUE")
    return name, value


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stack", metavar="STACK")
    parser.add_argument("--role", metavar="ARN", help="the role with which CloudFormation works")
    parser.add_argument("--tag", metavar="NAME=VALUE", type=pair, action="append", default=[], help="a tag of all resources")
    parser.add_argument("parameters", metavar="PARAMETER=VALUE", type=pair, nargs="*", help="a parameter of template.yaml")
    return parser.parse_intermixed_args()


def main():
    words = arguments()
    stack, role, given = words.stack, words.role, dict(words.parameters)
    if not re.fullmatch("[a-z][a-z0-9-]{0,24}", stack):
        sys.exit(f"{stack}: the name of a stack must be at most 25 lower-case letters, digits and hyphens, like its bucket's")

    deployed = described(stack)
    now = {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in (deployed or {}).get("Parameters", [])}
    tags = {tag["Key"]: tag["Value"] for tag in (deployed or {}).get("Tags", [])} | dict(words.tag)

    bucket = bucket_for_artifacts(role)
    with tempfile.TemporaryDirectory() as folder:
        packaged = Path(folder) / "packaged.json"
        print("packaging …", flush=True)
        must("cloudformation", "package", "--template-file", str(built_template(folder)), "--output-template-file", str(packaged),
             "--s3-bucket", bucket, "--s3-prefix", stack, "--use-json")
        # CloudFormation itself says what the parameters of a template are only if it has at most 51,200 bytes.
        parameters = ask(json.loads(packaged.read_text())["Parameters"], given, now)
        check(json.loads(packaged.read_text()), parameters, now)
        if deployed and deployed["StackStatus"] == "ROLLBACK_COMPLETE":
            # A first deployment that was rolled back leaves an empty stack.
            must("cloudformation", "delete-stack", "--stack-name", stack, *(["--role-arn", role] if role else []))
            must("cloudformation", "wait", "stack-delete-complete", "--stack-name", stack)
            deployed = None
        print(f"{'updating' if deployed else 'creating'} the stack {stack} …", flush=True)
        if not deployed:
            # A protected table would block the rollback of a failed first deployment, and the next attempt.
            deploy(stack, packaged, {**parameters, "DeletionProtection": "false"}, role, tags, bucket)
        for created, step in steps(json.loads(packaged.read_text()), stack) if deployed else ():
            print(f"creating {created} …", flush=True)
            early = Path(folder) / "step.json"
            early.write_text(json.dumps(step))
            deploy(stack, early, parameters, role, tags, bucket)
        deploy(stack, packaged, parameters, role, tags, bucket)
    for name, value in outputs(stack).items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
