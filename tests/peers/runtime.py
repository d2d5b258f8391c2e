"""Runs a function as Lambda does, for one event: the runtime API, and the process."""

import json
import os
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class RuntimeApi(ThreadingHTTPServer):
    """Lambda's side of a function: it gives one event and takes the answer."""

    daemon_threads = True

    def __init__(self, event):
        super().__init__(("127.0.0.1", 0), Handler)
        self.events = [json.dumps(event).encode()]
        self.failure = None
        self.answered = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        """The function is ended while it waits."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """The next event. There is none after the first: the function waits until it is ended."""
        if not self.server.events:
            self.close_connection = True
            threading.Event().wait()
        deadline = int((time.time() + 900) * 1000)
        arn = "arn:aws:lambda:us-east-1:000000000000:function:bench"
        event = self.server.events.pop()
        self.answer(200, event, Aws_Request_Id="1", Deadline_Ms=deadline, Invoked_Function_Arn=arn)

    def do_POST(self):
        """What came of an event."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.path.endswith("/response"):
            self.server.failure = body.decode()
        self.answer(202, b"")
        self.server.answered.set()

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header("Lambda-Runtime-" + name.replace("_", "-"), str(value))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def created(bucket, key):
    """The event of an object that was put into a bucket."""
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": "us-east-1",
                "eventTime": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
                "eventName": "ObjectCreated:Put",
                "userIdentity": {"principalId": "bench"},
                "requestParameters": {"sourceIPAddress": "127.0.0.1"},
                "responseElements": {},
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "bucket": {"name": bucket, "ownerIdentity": {}, "arn": f"arn:aws:s3:::{bucket}"},
                    "object": {"key": key, "sequencer": "01"},
                },
            }
        ]
    }


def invoke(binary, event, environment):
    """Starts a function for one event and ends it when it has answered. Gives its time and CPU time in seconds."""
    api = RuntimeApi(event)
    lambdas = {
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_GROUP_NAME": "bench",
        "AWS_LAMBDA_LOG_STREAM_NAME": "bench",
    }
    begun = time.perf_counter()
    function = subprocess.Popen([binary], env=lambdas | environment, stdout=subprocess.DEVNULL)
    while not api.answered.wait(1):
        if function.poll() is not None:
            raise RuntimeError(f"{binary} ended with status {function.returncode}")
    seconds = time.perf_counter() - begun
    function.terminate()
    _, _, used = os.wait4(function.pid, 0)
    function.returncode = 0
    if api.failure:
        raise RuntimeError(f"{binary} failed: {api.failure}")
    return seconds, used.ru_utime + used.ru_stime
