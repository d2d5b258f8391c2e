"""`make bench-peers`: an import by Contacts beside the same import by scripts that one would write instead.

    python3 bench.py BINARIES RESULT [ROWS]

BINARIES is the folder of the built contacts-local and csv-import, RESULT the JSON file to write. Every contestant
imports the same new people into an empty table of the same engine, which is a process of its own; what is told are the
time and the CPU time of the contestant's process from start to end. Contacts goes before, between and after the others,
and the median counts. Every book has to say the same in the end, also after a second file with news of known people.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import people
import runtime
from system import BUCKET, KEYS, TABLE, System

HERE = Path(__file__).parent
# As many as a chunk of an import has: the function does all of them.
ROWS = 10_000
CONCURRENCY = [1, 4, 16]
# Beside the documented pattern: as many contacts in a transaction as fit, at this concurrency.
PACK, PACKS_AT_ONCE = 33, 4
PEERS = {"boto3": [sys.executable, HERE / "peer.py"], "Node": ["node", "--no-warnings", HERE / "peer.mjs"]}
# How many times as fast as each kind of peer the import is to be, and the share of their CPU time that it may take.
RATE_TARGETS = {"boto3": 6, "Node": 4}
CPU_TARGET = 20


def run(words):
    """Runs a program to its end. Gives its time and its CPU time in seconds."""
    begun = time.perf_counter()
    process = subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{words[1]} ended with status {process.returncode}")
    return seconds, used.ru_utime + used.ru_stime


class Bench:
    def __init__(self, binaries, folder, rows):
        self.binaries = Path(binaries)
        self.new = list(people.new_people(rows))
        self.all = self.new + list(people.news_of(self.new))
        self.files = folder / "new.csv", folder / "news.csv"
        people.write(self.files[0], self.new)
        people.write(self.files[1], self.all[rows:])

    def system(self):
        return System(self.binaries / "contacts-local")

    def check(self, name, system, rows):
        """Ends everything if a book is not what these rows make."""
        said, meant = system.says(), people.book_of(rows)
        if said != meant:
            sys.exit(f"{name}: {len(said)} contacts, which are not the {len(meant)} that there should be")

    def figures(self, name, seconds, cpu_seconds=None):
        rate = len(self.new) / seconds
        print(f"{name}: {rate:.0f} rows/s", file=sys.stderr)
        cpu = None if cpu_seconds is None else cpu_seconds * 1e3 / len(self.new)
        return {"contestant": name, "rows_per_second": rate, "cpu_ms_per_row": cpu}

    def function(self, bucket, key):
        """The import's function, with a file that is in the bucket of another system."""
        with self.system() as engine:
            urls = {"AWS_ENDPOINT_URL_DYNAMODB": engine.dynamodb, "AWS_ENDPOINT_URL_S3": bucket.s3}
            environment = {**KEYS, **urls, "TABLE_NAME": TABLE}
            used = runtime.invoke(self.binaries / "csv-import", runtime.created(BUCKET, key), environment)
            self.check("Contacts", engine, self.new)
        return self.figures("Contacts", *used)

    def peer(self, kind, concurrency, pack):
        name = f"{kind}, {concurrency} at once" + (f", {pack} contacts a transaction" if pack > 1 else "")
        with self.system() as engine:
            words = [*PEERS[kind], engine.dynamodb]
            used = run([*words, self.files[0], concurrency, pack])
            self.check(name, engine, self.new)
            run([*words, self.files[1], concurrency, pack])
            self.check(name, engine, self.all)
        return {**self.figures(name, *used), "kind": kind, "pack": pack}

    def run(self):
        """The figures of all contestants, those of Contacts first."""
        peers = []
        with self.system() as bucket:
            key, seconds = bucket.imports(self.files[0])
            whole = self.figures("Contacts, with engine and bucket in one process", seconds)
            self.check("Contacts", bucket, self.new)
            bucket.imports(self.files[1])
            self.check("Contacts", bucket, self.all)
            ours = [self.function(bucket, key)]
            for kind in PEERS:
                peers += [self.peer(kind, concurrency, 1) for concurrency in CONCURRENCY]
                peers.append(self.peer(kind, PACKS_AT_ONCE, PACK))
                ours.append(self.function(bucket, key))
        for figure in ("rows_per_second", "cpu_ms_per_row"):
            ours[0][figure] = statistics.median(run[figure] for run in ours)
        return [ours[0], whole, *peers]


def judged(ours, peers):
    """The targets, against each kind of peer by the documented pattern at its best."""
    for kind, target in RATE_TARGETS.items():
        documented = [peer for peer in peers if peer["kind"] == kind and peer["pack"] == 1]
        best = max(peer["rows_per_second"] for peer in documented)
        least = min(peer["cpu_ms_per_row"] for peer in documented)
        yield f"rows/s, times those of {kind}", ours["rows_per_second"] / best, target
        yield f"CPU time of {kind} a row, times ours", least / ours["cpu_ms_per_row"], CPU_TARGET


def show(results, targets):
    ours = results[0]
    print(f"{'':47} {'rows/s':>7} {'ours is':>9} {'CPU a row':>12} {'times ours':>11}")
    for one in results:
        rate, cpu = one["rows_per_second"], one["cpu_ms_per_row"]
        line = f"{one['contestant']:47} {rate:7.0f} {ours['rows_per_second'] / rate:7.1f} ×"
        print(line + (f" {cpu:9.3f} ms {cpu / ours['cpu_ms_per_row']:9.1f} ×" if cpu else ""))
    for what, ratio, target in targets:
        print(f"{what:47} {ratio:7.1f}   target {target}: {'holds' if ratio >= target else 'does not hold'}")


def main(binaries, result, rows=ROWS):
    with tempfile.TemporaryDirectory() as folder:
        results = Bench(binaries, Path(folder), int(rows)).run()
    targets = list(judged(results[0], results[2:]))
    show(results, targets)
    told = [{"what": what, "ratio": ratio, "target": target} for what, ratio, target in targets]
    Path(result).write_text(json.dumps({"rows": int(rows), "results": results, "targets": told}, indent=2) + "\n")


main(*sys.argv[1:])
