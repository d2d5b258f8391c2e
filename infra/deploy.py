"""Deploys the contact book to AWS, or to the endpoint in AWS_ENDPOINT_URL: its table by infra/data.yaml in a stack of its own,
and everything else by template.yaml.

    python3 infra/deploy.py STACK [--adopt] [--role ARN] [--tag NAME=VALUE …] [PARAMETER=VALUE …]

Asks for the parameters of the templates that are not given, except for the names of the table and the bucket. Return accepts the
default: the current value of the stack, or else the default of the template. Without a terminal it uses the defaults. CloudFormation
works with the given role, or with that of the stack. The given tags are added to those of the stack, and CloudFormation adds
them to the resources. It calls the AWS CLI, which finds the credentials, the region and the profile.

The stack of a table is called like the table, with "-data" at the end. `TableName` of another table moves the system to it. With
--adopt, a table and a bucket that exist, and belong to no stack, are not made, but adopted; and a system whose stack has the
table itself is split in two. Neither changes what they contain.
"""

import argparse
import json
import re
import sys
import tempfile
from pathlib import Path

import preflight
import stacks
import table
from stacks import ROOT, aws, must

# Shared by all stacks of an account and region.
ARTIFACTS = "contacts-artifacts"


def bucket_for_artifacts(role):
    """The bucket for packages. The first deployment creates it. It has no tags, since all stacks share it."""
    stacks.deploy(ARTIFACTS, ROOT / "infra" / "artifacts.yaml", {}, role)
    return stacks.outputs(ARTIFACTS)["BucketName"]


def built_template(folder):
    """A copy of template.yaml in a folder, which names what `make build` has built instead of the sources that SAM builds."""
    template = (ROOT / "template.yaml").read_text()
    for setting, directory in (("CodeUri: functions/", "target/lambda/"), ("TemplateURL: infra/", "infra/")):
        template = template.replace(setting, f"{setting.split()[0]} {ROOT / directory}/")
    built = Path(folder) / "template.yaml"
    built.write_text(template)
    return built


def packaged(template, output, bucket, stack):
    """A template in JSON, whose files are in the bucket. CloudFormation itself says what the parameters of a template are only if
    it has at most 51,200 bytes."""
    must("cloudformation", "package", "--template-file", str(template), "--output-template-file", str(output),
         "--s3-bucket", bucket, "--s3-prefix", stack, "--use-json")
    return json.loads(output.read_text())


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
        stop_if(wrong)
    else:
        print(f"the limit of concurrent executions was not checked: {done.stderr.strip()}", file=sys.stderr)
    wrong, doubt = preflight.check_issuer(parameters["JwtIssuer"])
    stop_if(wrong)
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
    parser.add_argument("--adopt", action="store_true", help="adopt a table and a bucket that exist")
    parser.add_argument("--role", metavar="ARN", help="the role with which CloudFormation works")
    parser.add_argument("--tag", metavar="NAME=VALUE", type=pair, action="append", default=[], help="a tag of all resources")
    parser.add_argument("parameters", metavar="PARAMETER=VALUE", type=pair, nargs="*", help="a parameter of a template")
    return parser.parse_intermixed_args()


def stop_if(wrong):
    """Exits if something is wrong: says what."""
    if wrong:
        sys.exit(wrong)


class Data:
    """The table of a system, and its stack, as they are before a deployment."""

    def __init__(self, name):
        self.name = name
        self.stack = f"{name}-data"
        self.description = stacks.described(self.stack)
        done = aws("dynamodb", "describe-table", "--table-name", name, "--output", "json")
        if done.returncode != 0 and "ResourceNotFound" not in done.stderr:
            sys.exit(f"aws dynamodb describe-table: {done.stderr.strip()}")
        self.table = json.loads(done.stdout)["Table"] if done.returncode == 0 else None

    def has_stack(self):
        return stacks.has_resources(self.description)

    def is_adopted(self):
        """Whether the table exists without its stack, so that the deployment adopts it."""
        return self.table is not None and not self.has_stack()

    def wrong(self, system, inside, is_deployed, may_adopt):
        """Why the table cannot be used, or None. `inside` is the table that the stack of the system has itself, as builds before
        had it; `is_deployed` whether that stack has resources."""
        if inside and inside != self.name:
            return f"{system} has the table {inside} itself: move it to a stack of its own before you use {self.name}"
        if inside and not may_adopt:
            return (f"{system} has the table {inside} itself, which now belongs in a stack of its own: infra/UPGRADING.md says how "
                    "it gets there. Nothing was changed")
        if self.table is None and (is_deployed or self.has_stack()):
            return (f"there is no table {self.name}, and {system} would get an empty one: give TableName, or restore the table "
                    "(infra/RESTORE.md)")
        if inside and not self.table.get("LatestStreamArn"):
            return (f"the table {self.name} has no stream. Enable it first: aws dynamodb update-table --table-name {self.name} "
                    "--stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES")
        if self.has_stack() and stacks.resource(self.stack, "Table") != self.name:
            return f"the stack {self.stack} exists, and does not have the table {self.name}"
        if self.is_adopted() and not may_adopt:
            return (f"the table {self.name} exists, and belongs to no stack of its own. If it was restored, or kept when its stack "
                    "was deleted, deploy with --adopt")
        return None

    def adopt(self, template, role):
        """Gives the table to a stack."""
        print(f"adopting the table {self.name} …", flush=True)
        words = ["--table-name", self.name, "--output", "json"]
        time_to_live = json.loads(must("dynamodb", "describe-time-to-live", *words))["TimeToLiveDescription"]
        backups = json.loads(must("dynamodb", "describe-continuous-backups", *words))["ContinuousBackupsDescription"]
        recovery = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
        found = table.as_it_is(template, self.table, time_to_live.get("TimeToLiveStatus"), recovery)
        stacks.adopt(self.stack, found, "Table", {"TableName": self.name}, {"TableName": self.name}, role)

    def deploy(self, template, protection, role, tags, folder):
        """Creates or updates the stack of the table. Returns the ARN of the stream."""
        stacks.remove_empty(self.stack, role)
        if self.is_adopted():
            self.adopt(template, role)
        values = {"TableName": self.name, "DeletionProtection": protection}
        file = Path(folder) / "data.json"
        for created, step in table.steps(template, self.table) if self.table else ():
            print(f"creating {created} …", flush=True)
            file.write_text(json.dumps(step))
            stacks.deploy(self.stack, file, values, role, tags)
        print(f"{'updating' if self.table else 'creating'} the table {self.name} …", flush=True)
        file.write_text(json.dumps(template))
        stacks.deploy(self.stack, file, values, role, tags)
        return stacks.outputs(self.stack)["TableStreamArn"]


def wrong_move(now, parameters):
    """Why the system cannot move to another table, or None."""
    moves = now.get("TableName", parameters["TableName"]) != parameters["TableName"]
    if moves and parameters["ReleaseType"] != "AllAtOnce":
        return "a gradual release would use both tables for a while: move to another one with ReleaseType=AllAtOnce"
    return None


def wrong_bucket(bucket, is_deployed, may_adopt):
    """Why a bucket that exists, and is not that of the stack, cannot be used, or None."""
    if is_deployed:
        return f"the bucket {bucket} exists: a system that is deployed can only move to a new one"
    if not may_adopt:
        return (f"the bucket {bucket} exists. If it was kept when its stack was deleted, deploy with --adopt, or give another "
                "BucketName")
    return None


def is_there(bucket):
    """Whether the account has a bucket."""
    return aws("s3api", "head-bucket", "--bucket", bucket).returncode == 0


def adopt_bucket(stack, bucket, role):
    """Makes a stack that has only a bucket, which exists. The deployment adds the rest."""
    print(f"adopting the bucket {bucket} …", flush=True)
    files = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain",
             "Properties": {"BucketName": bucket}}
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Files": files}}
    stacks.adopt(stack, template, "Files", {"BucketName": bucket}, {}, role)


def main():
    words = arguments()
    stack, role, given = words.stack, words.role, dict(words.parameters)
    if not re.fullmatch("[a-z][a-z0-9-]{2,24}", stack):
        sys.exit(f"{stack}: the name of a stack must be 3 to 25 lower-case letters, digits and hyphens, like its bucket's")

    deployed = stacks.described(stack)
    is_deployed = stacks.has_resources(deployed)
    inside = stacks.resource(stack, "Table") if is_deployed else None
    if inside and not stacks.resource(stack, "HttpApi"):
        sys.exit(f"{stack} is the stack of the table {inside}, and not of a system")
    now = stacks.parameters(deployed)
    name = given.setdefault("TableName", now.get("TableName") or inside or stack)
    if not re.fullmatch("[a-z][a-z0-9-]{2,39}", name):
        sys.exit(f"{name}: the name of a table must be 3 to 40 lower-case letters, digits and hyphens, like its stack's")
    data = Data(name)
    stop_if(data.wrong(stack, inside, is_deployed, words.adopt))
    now = stacks.parameters(data.description) | now
    tags = {tag["Key"]: tag["Value"] for tag in (deployed or {}).get("Tags", [])} | dict(words.tag)

    artifacts = bucket_for_artifacts(role)
    region, account = stacks.described(ARTIFACTS)["StackId"].split(":")[3:5]
    bucket = given.setdefault("BucketName", now.get("BucketName") or f"{stack}-files-{account}-{region}")
    exists = is_there(bucket)
    is_kept = exists and stacks.resource(stack, "Files") != bucket
    if is_kept:
        stop_if(wrong_bucket(bucket, is_deployed, words.adopt))
    with tempfile.TemporaryDirectory() as folder:
        print("packaging …", flush=True)
        system = Path(folder) / "packaged.json"
        template = packaged(built_template(folder), system, artifacts, stack)
        template_of_data = packaged(ROOT / "infra" / "data.yaml", Path(folder) / "data.json", artifacts, stack)
        asked = template_of_data["Parameters"] | template["Parameters"]
        del asked["TableStreamArn"]
        parameters = ask(asked, given, now)
        protection = parameters.pop("DeletionProtection")

        check(template, parameters, now)
        stop_if(wrong_move(now, parameters))
        if data.is_adopted():
            stop_if(table.why_not_adopted(template_of_data, data.table))

        if inside:
            # The table leaves the stack, which keeps it, before another can adopt it. Nothing that uses it changes.
            print(f"taking the table {inside} out of the stack {stack} …", flush=True)
            parameters["TableStreamArn"] = data.table["LatestStreamArn"]
            stacks.deploy(stack, system, parameters, role, tags, artifacts)
        parameters["TableStreamArn"] = data.deploy(template_of_data, protection, role, tags, folder)
        stacks.remove_empty(stack, role)
        if is_kept:
            adopt_bucket(stack, bucket, role)
        if exists and not stacks.resource(stack, "FilesPolicy"):
            # The deployment makes it, and could not if there were one. Without it, the bucket is as private.
            must("s3api", "delete-bucket-policy", "--bucket", bucket)
        print(f"{'updating' if is_deployed else 'creating'} the stack {stack} …", flush=True)
        stacks.deploy(stack, system, parameters, role, tags, artifacts)
    for name, value in stacks.outputs(stack).items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
