"""The templates by which an existing table becomes what data.yaml says.

    python3 -m doctest infra/table.py

The examples have a template with one index, a table as a restoration makes it, and one that has everything:

    >>> key = [{"AttributeName": "pk", "KeyType": "HASH"}]
    >>> wanted = {"Resources": {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": {
    ...     "TableName": {"Ref": "TableName"},
    ...     "DeletionProtectionEnabled": {"Ref": "DeletionProtection"},
    ...     "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    ...     "SSESpecification": {"SSEEnabled": True},
    ...     "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
    ...     "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
    ...     "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "phone")],
    ...     "KeySchema": key,
    ...     "GlobalSecondaryIndexes": [{"IndexName": "phone-index", "KeySchema": [{"AttributeName": "phone", "KeyType": "HASH"}]}],
    ... }}}, "Outputs": {"TableStreamArn": {}}}
    >>> bare = {"TableName": "restored", "TableStatus": "ACTIVE", "KeySchema": key}
    >>> whole = bare | {"GlobalSecondaryIndexes": [{"IndexName": "phone-index"}], "DeletionProtectionEnabled": True,
    ...     "StreamSpecification": {"StreamEnabled": True}, "SSEDescription": {"Status": "ENABLED"}}

A table is adopted as it is:

    >>> restored = as_it_is(wanted, bare, "DISABLED", "DISABLED")
    >>> properties(restored) == {
    ...     "TableName": {"Ref": "TableName"}, "DeletionProtectionEnabled": False, "KeySchema": key,
    ...     "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]}
    True
    >>> kept = as_it_is(wanted, whole, "ENABLED", "ENABLED")
    >>> properties(kept) == properties(wanted) | {"DeletionProtectionEnabled": True}
    True
    >>> "Outputs" in kept
    False

    >>> why_not_adopted(wanted, whole)
    >>> why_not_adopted(wanted, whole | {"TableStatus": "CREATING"})
    'the table restored is CREATING: wait until it is ACTIVE'
    >>> why_not_adopted(wanted, whole | {"KeySchema": []})
    'the table restored has other keys than a contact book'

What it lacks follows, one after the other:

    >>> [created for created, step in steps(wanted, bare)]
    ['the stream of the table']
    >>> list(steps(wanted, whole))
    []
"""

import copy


def properties(template):
    return template["Resources"]["Table"]["Properties"]


def indexes(table):
    """The names of the indexes of a table, as DynamoDB describes it."""
    return {index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])}


def has_stream(table):
    return table.get("StreamSpecification", {}).get("StreamEnabled", False)


def keep_indexes(template, kept):
    """Removes the other indexes from a template, and the attributes that are then in no key, which DynamoDB refuses."""
    table = properties(template)
    table["GlobalSecondaryIndexes"] = [index for index in table["GlobalSecondaryIndexes"] if index["IndexName"] in kept]
    keys = {key["AttributeName"] for keyed in [table, *table["GlobalSecondaryIndexes"]] for key in keyed["KeySchema"]}
    table["AttributeDefinitions"] = [
        definition for definition in table["AttributeDefinitions"] if definition["AttributeName"] in keys
    ]
    if not table["GlobalSecondaryIndexes"]:
        del table["GlobalSecondaryIndexes"]


def steps(template, table):
    """The templates to deploy before this one, each with what it creates. An update of an existing table enables the stream
    or creates one index; DynamoDB does no two of these at once. The stream comes first: other resources refer to it.
    """
    wanted = [index["IndexName"] for index in properties(template)["GlobalSecondaryIndexes"]]
    missing = [] if has_stream(table) else ["the stream of the table"]
    missing += [index for index in wanted if index not in indexes(table)]
    for count in range(1, len(missing)):
        step = copy.deepcopy(template)
        keep_indexes(step, [index for index in wanted if index not in missing[count:]])
        yield missing[count - 1], step


def why_not_adopted(template, table):
    """Why a table cannot be adopted, or None."""
    if table["TableStatus"] != "ACTIVE":
        return f"the table {table['TableName']} is {table['TableStatus']}: wait until it is ACTIVE"
    if table["KeySchema"] != properties(template)["KeySchema"]:
        return f"the table {table['TableName']} has other keys than a contact book"
    return None


def as_it_is(template, table, time_to_live, recovery):
    """The template by which a stack adopts a table: with the settings that the table has. CloudFormation compares templates, not
    tables. So a setting that the table lacks, and that the first template had, would never be made.

    `time_to_live` is the status in DynamoDB's description, `recovery` that of the recovery to a point in time. An adoption may
    not add outputs.
    """
    adopted = copy.deepcopy(template)
    adopted.pop("Outputs", None)
    settings = properties(adopted)
    settings["DeletionProtectionEnabled"] = table.get("DeletionProtectionEnabled", False)
    for name, present in (
        ("StreamSpecification", has_stream(table)),
        ("SSESpecification", table.get("SSEDescription", {}).get("Status") == "ENABLED"),
        ("TimeToLiveSpecification", time_to_live == "ENABLED"),
        ("PointInTimeRecoverySpecification", recovery == "ENABLED"),
    ):
        if not present:
            del settings[name]
    keep_indexes(adopted, indexes(table))
    return adopted
