"""Contacts on one machine, as a process: an engine and a bucket for others, and a contestant itself."""

import json
import random
import socket
import subprocess
import time
import urllib.request

import boto3

TABLE = BUCKET = "contacts"
KEYS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "us-east-1"}


class System:
    """A running contacts-local with an empty book."""

    def __init__(self, binary):
        port = free_ports()
        self.gateway, self.dynamodb, self.s3 = (f"http://127.0.0.1:{port + offset}" for offset in range(3))
        words = [binary, "--memory", "--port", str(port)]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if not self.process.stdout.readline():
            raise RuntimeError(f"{binary} did not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def imports(self, path):
        """Imports a file by the HTTP API. Gives the key that it was put under, and the seconds from then to the end."""
        token = json.loads(fetch(f"{self.gateway}/dev/token?workspace=demo"))["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        order = json.dumps({"file_name": path.name, "size_bytes": path.stat().st_size}).encode()
        job = json.loads(fetch(f"{self.gateway}/imports", "POST", order, headers))
        upload = job["upload"]
        begun = time.perf_counter()
        fetch(upload["url"], upload["method"], path.read_bytes(), upload["headers"])
        while job["status"] not in ("completed", "failed"):
            time.sleep(0.05)
            job = json.loads(fetch(f"{self.gateway}/imports/{job['id']}", headers=headers))
        seconds = time.perf_counter() - begun
        if job["status"] == "failed" or job["rows"]["rejected"]:
            raise RuntimeError(f"the import failed: {job['error'] or job['rows']}")
        return f"imports/demo/{job['id']}.csv", seconds

    def says(self):
        """Phone and email of every contact of the list."""
        client = boto3.client(
            "dynamodb",
            endpoint_url=self.dynamodb,
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
            region_name=KEYS["AWS_REGION"],
        )
        pages = client.get_paginator("query").paginate(
            TableName=TABLE,
            IndexName="recent-index",
            KeyConditionExpression="index_shard = :shard",
            ExpressionAttributeValues={":shard": {"S": "demo#0"}},
        )
        return sorted((item["phone"]["S"], item["email"]["S"]) for page in pages for item in page["Items"])


def free_ports():
    """The first of three free ports in a row."""
    while True:
        first = random.randrange(20_000, 32_000)
        try:
            for port in range(first, first + 3):
                with socket.socket() as tried:
                    tried.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue


def fetch(url, method="GET", body=None, headers=None):
    request = urllib.request.Request(url, method=method, data=body, headers=headers or {})
    with urllib.request.urlopen(request) as answer:
        return answer.read()
