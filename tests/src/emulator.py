"""Runs the stand-in for AWS until its input ends: it ends with the tests, whatever they end of."""

import os
import signal
import sys
import threading

from ministack.app import main
from ministack.services import cloudformation, lambda_svc
from ministack.services.cloudformation import provisioners

ALIAS = "live"


def end_with_input():
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def limit_of_mapping(limit):
    """A number that a template takes from a parameter arrives at the mapping of a queue as a text, which it cannot compare."""

    def as_number(esm, *rest):
        scaling = {name: int(value) for name, value in (esm.get("ScalingConfig") or {}).items()}
        return limit({**esm, "ScalingConfig": scaling}, *rest)

    return as_number


def asynchronously(invoke):
    """Retries and the queue of failures belong to the alias that is invoked, but are looked for at the version behind it."""

    def with_config_of_alias(func, event):
        config = func.get("config") or func
        function = lambda_svc._functions.get(config.get("FunctionName")) or {}
        found = (function.get("event_invoke_configs") or {}).get(ALIAS)
        invoke({**func, "event_invoke_config": found} if found else func, event)

    return with_config_of_alias


def with_attributes(update):
    """A resource of a nested stack that an update leaves alone loses the attributes to which others refer."""

    def updated(kind, physical_id, old, new, stack, name=None, attributes=None):
        resources = (cloudformation._stacks.get(stack) or {}).get("_resources", {})
        known = attributes or resources.get(name, {}).get("Attributes")
        return update(kind, physical_id, old, new, stack, name, known)

    return updated


# Where MiniStack 1.5 is not like AWS.
provisioners._update_resource = with_attributes(provisioners._update_resource)
lambda_svc._sqs_esm_concurrency = limit_of_mapping(lambda_svc._sqs_esm_concurrency)
lambda_svc.invoke_async_with_retry = asynchronously(lambda_svc.invoke_async_with_retry)

threading.Thread(target=end_with_input, daemon=True).start()
main()
