"""What can be found out before a deployment fails: limits of the account, and an issuer that API Gateway would refuse.

    python3 -m doctest infra/preflight.py
"""

import json
import urllib.error
import urllib.request

# The concurrent executions that AWS keeps for functions without a reservation. Of a lower limit it keeps all.
UNRESERVED = 100
# How long the issuer may take to answer, in seconds.
TIMEOUT = 10


def reserved(template, parameters):
    """How many concurrent executions a template reserves, by the parameter that says so.

    >>> wanted = {"Fn::If": ["ReservesPage", {"Ref": "Page"}, {"Ref": "AWS::NoValue"}]}
    >>> functions = {"Web": {"Properties": {"ReservedConcurrentExecutions": wanted}}, "Api": {"Properties": {}}, "Table": {}}
    >>> reserved({"Resources": functions}, {"Page": "5"})
    {'Page': 5}
    """
    found = {}
    for resource in template["Resources"].values():
        wanted = resource.get("Properties", {}).get("ReservedConcurrentExecutions")
        if isinstance(wanted, dict) and "Fn::If" in wanted:
            wanted = wanted["Fn::If"][1]
        if isinstance(wanted, dict) and wanted.get("Ref") in parameters:
            found[wanted["Ref"]] = int(parameters[wanted["Ref"]])
    return found


def too_few_executions(limit, unreserved, wanted, before):
    """Why an account refuses reservations, or None. `before` are those of the stack as it is.

    >>> too_few_executions(1000, 1000, {"Imports": 10, "Page": 5}, {})
    >>> too_few_executions(1000, 100, {"Imports": 10}, {"Imports": 10})
    >>> too_few_executions(1000, 100, {"Imports": 11, "Page": 0}, {"Imports": 10})
    'Imports=11 reserves 11 concurrent executions, of which the account has 10 to reserve; ask AWS to raise its limit of 1000, or reserve fewer'
    >>> too_few_executions(10, 10, {"Imports": 10, "Page": 5}, {})
    'Imports=10 Page=5 reserves 15 concurrent executions, of which the account has 0 to reserve; ask AWS to raise its limit of 10, or reserve fewer'
    >>> too_few_executions(10, 10, {"Imports": 0}, {})
    """
    available = unreserved + sum(before.values()) - min(UNRESERVED, limit)
    total = sum(wanted.values())
    if total <= max(available, 0):
        return None
    given = " ".join(f"{name}={count}" for name, count in wanted.items() if count)
    return (f"{given} reserves {total} concurrent executions, of which the account has {max(available, 0)} to reserve; "
            f"ask AWS to raise its limit of {limit}, or reserve fewer")


def discovery_url(issuer):
    """Where OpenID Connect has the document of an issuer.

    >>> discovery_url("https://id.example.com/")
    'https://id.example.com/.well-known/openid-configuration'
    >>> discovery_url("https://example.com/realms/a")
    'https://example.com/realms/a/.well-known/openid-configuration'
    """
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def wrong_document(issuer, text):
    """Why the document of an issuer is wrong, or None.

    >>> wrong_document("https://a/", '{"issuer": "https://a/", "jwks_uri": "https://a/keys"}')
    >>> wrong_document("https://a", '{"issuer": "https://a/", "jwks_uri": "https://a/keys"}')
    'its document names the issuer https://a/: give exactly this as JwtIssuer'
    >>> wrong_document("https://a", '{"issuer": "https://a"}')
    'its document names no keys (jwks_uri)'
    >>> wrong_document("https://a", '<html>')
    'its document is not a JSON object'
    """
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        return "its document is not a JSON object"
    if document.get("issuer") != issuer:
        return f"its document names the issuer {document.get('issuer')}: give exactly this as JwtIssuer"
    return None if document.get("jwks_uri") else "its document names no keys (jwks_uri)"


def check_issuer(issuer):
    """Reads the document of an issuer. Returns what is wrong, and a doubt if the document cannot be read from here: AWS may
    reach what this machine does not."""
    url = discovery_url(issuer)
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        return f"the issuer {issuer} has no document at {url}: {error}", None
    except (OSError, ValueError) as error:
        return None, f"{url} cannot be read from here: {error}"
    wrong = wrong_document(issuer, text)
    return wrong and f"the issuer {issuer}: {wrong}", None
