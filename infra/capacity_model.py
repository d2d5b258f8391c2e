"""Computes the costs of the system and the load of the table's partitions, and prints the tables of SCALE.md.

    python3 infra/capacity_model.py [--upserts N] [--rows N] [--write-price D] [--read-price D] [--storage-price D]
                                    [--queue-price D] [--invocation-price D]

The keys are those of shared/book/src/keys.rs. The units are the measured consumption of the functions for each kind of
upsert and row; those of the history follow from the size of its items. The model simulates DynamoDB as AWS describes it: a partition serves 1,000 write units and 3,000 read
units a second. DynamoDB splits an overloaded partition where that halves its load. It does not split where that is of no
use, as with a sort key that only grows.
"""

import argparse
import bisect
import hashlib
import math
import statistics
from dataclasses import dataclass, fields
from pathlib import Path

WRITES, READS = 1_000, 3_000
# The partitions of a new on-demand table, and of each new index, which therefore serve 4,000 write units.
FIRST_PARTITIONS = 4
# The default quota of read units, and of write units, for a table and for each index.
QUOTA = 40_000
CONTACTS, WORKSPACES = 10_000_000, 100_000
SHARDS = (1, 4, 16)
COLUMNS = ("1 shard", "4 shards", "16 shards")
GB = 1024**3

# The messages that a request to SQS sends, receives or deletes at most, and those of a batch of conversation-upsert.
MESSAGES_A_REQUEST, MESSAGES_A_BATCH = 10, 50
# The pollers that Lambda keeps for a queue with a maximum concurrency, and the seconds that each waits for a message.
POLLERS, POLL_SECONDS = 5, 20
SECONDS_A_MONTH = 30 * 86_400

# The bytes of the items of a person with name, phone and email, and one conversation.
CONTACT, CLAIM, CONVERSATION, LINK, BY_PHONE, BY_EMAIL, BY_NAME, BY_CREATION = 530, 146, 261, 258, 140, 150, 145, 115
# The bytes of the entry of the history that says how this person was created, by calculation.
HISTORY = 700
# The bytes that DynamoDB adds to each item of a table or an index.
OVERHEAD = 100

# Prices in dollars, in us-east-1 and without free tiers, for arm64: of a million requests, of a GB and second, of a GB that is
# logged, of a metric, an alarm and a dashboard a month, and of a GB that can be recovered a month.
REQUEST, GB_SECOND, LOGGED, METRIC, ALARM, DASHBOARD, RECOVERY = 0.20, 0.0000133334, 0.50, 0.30, 0.10, 3.00, 0.20
API_REQUEST, EVENT = 1.00, 1.00
MILLION, MONTH = 1e6, 365.25 / 12 * 86_400

# Assumptions. The memory of the functions in GB; how many milliseconds an invocation takes; the bytes that it writes to its
# log with the lines of Lambda, and those of the API's access log; and the read units of a request to the API.
MEMORY, UPSERT_MS, REQUEST_MS, CHANGES_MS, ROW_MS = 0.5, 20, 25, 20, 1
UPSERT_LOG, REQUEST_LOG, CHANGES_LOG = 1_300, 1_400, 900
REQUEST_READS = 4
# The mean bytes of an entry of the history, and how long it is kept.
ENTRY, HISTORY_DAYS = 500, 400
# The metrics that conversations and their changes have in most hours: counts of 0 are not sent.
METRICS = 8
# A batch of changes waits for a second, and two batches of a partition of the table are followed at once.
BATCHES = 2 * FIRST_PARTITIONS
ALARMS = (Path(__file__).parent / "operations.yaml").read_text().count("Type: AWS::CloudWatch::Alarm")


@dataclass(frozen=True)
class Kind:
    """Units of an upsert or a row. Those of recent-index go to its end, where the newest entries are, or in between. A new
    contact also goes to the end of created-index. The history is written to the table afterwards."""

    requests: float
    reads: float
    settings: float = 1
    table: float = 0
    end: float = 0
    between: float = 0
    phone: float = 0
    email: float = 0
    name: float = 0
    family: float = 0
    created: float = 0
    history: float = 0


KINDS = {
    "no news": Kind(2, 4),
    "new value": Kind(3, 4, table=1, end=1, history=1),
    # The entry that it removes is a minute old.
    "seen a minute later": Kind(3, 4, table=1, end=2, history=1),
    "new person": Kind(2, 4, table=10, end=1, phone=1, email=1, name=1, family=1, created=1, history=1),
    "new conversation": Kind(3, 4, table=6, end=1, between=1, history=1),
    "new phone": Kind(3, 4, table=4, end=1, phone=1, history=1),
    # The other contact leaves all its indexes. Both contacts have a history.
    "join": Kind(3, 5, table=6, end=2, between=1, phone=1, name=1, family=1, created=1, history=2),
}
# An assumption: the number of each kind in a hundred conversation events.
MIX = dict(zip(KINDS, (60, 15, 10, 7, 5, 2, 1)))
# An import reads 198 rows at once, with the settings; 33 new contacts share a transaction. In a chunk of new people, the
# import looks up the first eight of 51 batches, and writes the others without reading.
ROWS = {
    "row, new person": Kind(
        0.03, 0.32, settings=0.001, table=6, end=1, phone=1, email=1, name=1, family=1, created=1, history=1
    ),
    "row, new value": Kind(1.03, 3, settings=0.005, table=1, between=1, history=1),
    "row, new name": Kind(1.03, 3, settings=0.005, table=1, between=1, name=2, family=2, history=1),
    "row, no news": Kind(0.03, 3, settings=0.005),
}


def mixed(weights, kinds):
    total = sum(weights.values())

    def mean(field):
        return math.fsum(getattr(kinds[name], field) * weight for name, weight in weights.items()) / total

    return Kind(*(mean(field.name) for field in fields(Kind)))


class Load:
    """Units over the hashed keys [0, 1): some spread evenly, some on single keys, which can be split by sort key."""

    WIDTH = 1e-9

    def __init__(self, even, keys):
        """A key is its hash, the units spread over its items, and the units at the end of its items."""
        self.even, self.keys, self.sums = even, sorted(keys), [0.0]
        for _, between, end in self.keys:
            self.sums.append(self.sums[-1] + between + end)

    def below(self, at):
        count = bisect.bisect_left(self.keys, (at,))
        units = self.even * at + self.sums[count]
        if count:
            start, between, end = self.keys[count - 1]
            if at <= start + self.WIDTH:
                units -= end + between * (1 - (at - start) / self.WIDTH)
        return units


class Partitions:
    """The partitions of a table or an index, for reads or for writes."""

    def __init__(self, load, limit):
        self.load, self.limit = load, limit
        self.bounds = [place / FIRST_PARTITIONS for place in range(FIRST_PARTITIONS + 1)]

    def utilizations(self, rate):
        below = [self.load.below(bound) for bound in self.bounds]
        return [(over - under) * rate / self.limit for under, over in zip(below, below[1:])]

    def settle(self, rate):
        """Splits overloaded partitions until none is left or no split helps."""
        cuts = [None]
        while cuts:
            bounds = zip(zip(self.bounds, self.bounds[1:]), self.utilizations(rate))
            overloaded = [pair for pair, utilization in bounds if utilization > 1]
            cuts = [cut for cut in (self.cut(low, high) for low, high in overloaded) if cut is not None]
            self.bounds = sorted(self.bounds + cuts)
        return self

    def cut(self, low, high):
        under, over = self.load.below(low), self.load.below(high)
        left, right = low, high
        for _ in range(60):
            middle = (left + right) / 2
            left, right = (middle, right) if 2 * self.load.below(middle) < under + over else (left, middle)
        # If one key has most of the load, cut on the better side of it.
        larger, cut = min((max(self.load.below(at) - under, over - self.load.below(at)), at) for at in (left, right))
        return cut if low < cut < high and larger < 0.99 * (over - under) else None


def hashed(key):
    """A stand-in for the hash of DynamoDB, which is not public."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6], "big") / 2**48


def parts(kind, shards, shares):
    """Table and indexes under one upsert a second. `shares` has the shares of the largest workspaces in the load."""
    rest = 1 - math.fsum(shares.values())
    places = [(hashed(f"{name}#{shard}"), share / shards) for name, share in shares.items() for shard in range(shards)]

    def index(between, end=0.0):
        return Load(rest * (between + end), [(place, share * between, share * end) for place, share in places])

    settings = [(hashed(f"W#{name}"), 0.0, share * kind.settings) for name, share in shares.items()]
    return {
        "table writes": Partitions(Load(kind.table + kind.history, []), WRITES),
        "table reads": Partitions(Load(kind.reads - kind.settings * (1 - rest), settings), READS),
        "recent-index": Partitions(index(kind.between, kind.end), WRITES),
        "phone-index": Partitions(index(kind.phone), WRITES),
        "email-index": Partitions(index(kind.email), WRITES),
        "name-index": Partitions(index(kind.name), WRITES),
        "family-index": Partitions(index(kind.family), WRITES),
        "created-index": Partitions(index(0, kind.created), WRITES),
    }


def most_at_once(kind, shards, shares):
    return 1 / max(max(part.utilizations(1)) for part in parts(kind, shards, shares).values())


def most(kind, shards, shares):
    """The most upserts a second after partitions have been split, and what limits them."""

    def highest(rate):
        found = parts(kind, shards, shares)
        utilizations = [(max(part.settle(rate).utilizations(rate)), name) for name, part in found.items()]
        return max(utilizations + [(part.load.below(1) * rate / QUOTA, f"quota of {name}") for name, part in found.items()])

    low, high = 1.0, 100_000.0
    while high / low > 1.002:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if highest(middle)[0] <= 1 else (low, middle)
    return low, highest(high)[1]


def one(seed=0):
    return {f"workspace-{seed}": 1.0}


def many(seed=0):
    """The fifty largest workspaces. The n-th has an n-th of the traffic of the first."""
    total = math.fsum(1 / rank for rank in range(1, WORKSPACES + 1))
    return {f"workspace-{seed}-{rank}": 1 / rank / total for rank in range(1, 51)}


def show(head, rows):
    print("| " + " | ".join(head) + " |\n| --- |" + " ---: |" * (len(head) - 1))
    print("\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n")


def number(value):
    return f"{float(f'{value:.2g}'):,.0f}" if value >= 100 else f"{value:.3g}"


def show_costs(kinds, prices):
    rows = []
    for name, kind in kinds.items():
        indexes = kind.end + kind.between + kind.phone + kind.email + kind.name + kind.family + kind.created
        dollars = kind.reads * prices.read_price + (kind.table + indexes + kind.history) * prices.write_price
        figures = [kind.requests, kind.reads, kind.table, indexes, kind.history]
        rows.append([name, *(number(figure) for figure in figures), f"{dollars:.2f}"])
    show(["an upsert, a row", "requests", "read units", "write units: table", "indexes", "history", "$ a million"], rows)


def show_limits(title, kinds, shares):
    def cell(kind, shards):
        # Take a median, since the hashes of a few keys are random.
        at_once = statistics.median(most_at_once(kind, shards, shares(seed)) for seed in range(25))
        settled, limit = most(kind, shards, shares())
        return f"{number(at_once)} → {number(settled)} ({limit})"

    show([title, *COLUMNS], [[name, *(cell(kind, shards) for shards in SHARDS)] for name, kind in kinds.items()])


def show_utilization(title, kind, rate, shares):
    def cell(name, shards):
        part = parts(kind, shards, shares)[name]
        first, utilizations = max(part.utilizations(rate)), part.settle(rate).utilizations(rate)
        return f"{first:.0%} → {max(utilizations):.0%} of {len(utilizations)}"

    show([title, *COLUMNS], [[name, *(cell(name, shards) for shards in SHARDS)] for name in parts(kind, 1, {})])


def show_sizes(prices):
    table = CONTACT + 2 * CLAIM + CONVERSATION + LINK + 5 * OVERHEAD
    indexes = {
        "recent-index": CONTACT,
        "phone-index": BY_PHONE,
        "email-index": BY_EMAIL,
        "name-index": BY_NAME,
        "family-index": BY_NAME,
        "created-index": BY_CREATION,
    }
    rows = []
    tables = {"table": table, "history, an entry": HISTORY + OVERHEAD}
    for name, size in {**tables, **{name: size + OVERHEAD for name, size in indexes.items()}}.items():
        gb = size * CONTACTS / GB
        rows.append([name, str(size), f"{gb:.1f}", str(math.ceil(gb / 10)), f"{gb * prices.storage_price:.2f}"])
    show([f"{CONTACTS:,} contacts", "bytes each", "GB", "partitions, at least", "$ a month"], rows)


def polls():
    """The requests of a month with which Lambda asks a queue that has no messages."""
    return POLLERS * SECONDS_A_MONTH / POLL_SECONDS


def show_queues(prices):
    many = 1 / MESSAGES_A_REQUEST
    ways = {
        "invoked with one event": (0, 1),
        "one message at a time": (3, 1),
        "full batches, sent one by one": (1 + 2 * many, 1 / MESSAGES_A_BATCH),
        "full batches, sent by ten": (3 * many, 1 / MESSAGES_A_BATCH),
    }
    rows = []
    for name, (requests, invocations) in ways.items():
        dollars = requests * prices.queue_price + invocations * prices.invocation_price
        rows.append([name, number(requests), number(invocations), f"{dollars:.2f}"])
    show(["an event", "requests of SQS", "invocations", "$ a million"], rows)
    show(["a queue", "requests a month", "$ a month"], [["idle", f"{polls():,.0f}", f"{polls() * prices.queue_price / 1e6:.2f}"]])


@dataclass(frozen=True)
class System:
    """What a system does: conversation events, requests to the API and rows of new people in a month, and the contacts that
    it has."""

    events: float
    requests: float
    rows: float
    contacts: float


SYSTEMS = {
    "quiet": System(1_000 * 30.4, 300 * 30.4, 1_000, 10_000),
    "busy": System(10 * MONTH, 2 * MONTH, MILLION, MILLION),
    "large": System(100 * MONTH, 20 * MONTH, 10 * MILLION, 10 * MILLION),
}


def functions(count, milliseconds):
    return count * (REQUEST / MILLION + milliseconds / 1_000 * MEMORY * GB_SECOND)


def bill(system, kinds, prices):
    """The dollars of a month, by what they are paid for, when the history has reached its length."""
    upsert, row = kinds["mix"], kinds["row, new person"]

    def dynamodb(kind):
        indexes = kind.end + kind.between + kind.phone + kind.email + kind.name + kind.family + kind.created
        return (kind.reads * prices.read_price + (kind.table + indexes) * prices.write_price) / MILLION

    written = system.events * upsert.history + system.rows * row.history
    batch = max(1, written / MONTH / BATCHES)
    entries = written / MONTH * HISTORY_DAYS * 86_400 * (ENTRY + OVERHEAD) / GB
    table = system.contacts * (CONTACT + 2 * CLAIM + CONVERSATION + LINK + 5 * OVERHEAD) / GB
    indexes = system.contacts * (CONTACT + BY_PHONE + BY_EMAIL + 2 * BY_NAME + BY_CREATION + 6 * OVERHEAD) / GB
    logged = system.events * UPSERT_LOG + system.requests * REQUEST_LOG + written / batch * CHANGES_LOG
    return {
        "DynamoDB: events and rows": system.events * dynamodb(upsert) + system.rows * dynamodb(row),
        "DynamoDB: requests": system.requests * REQUEST_READS * prices.read_price / MILLION,
        "DynamoDB: writing the history": written * prices.write_price / MILLION,
        "DynamoDB: storage, contacts": (table + indexes) * prices.storage_price,
        "DynamoDB: storage, history": entries * prices.storage_price,
        "DynamoDB: point-in-time recovery": (table + entries) * RECOVERY,
        "Lambda: events": functions(system.events, UPSERT_MS),
        "Lambda: requests": functions(system.requests, REQUEST_MS),
        "Lambda: changes": functions(written / batch, CHANGES_MS),
        "Lambda: rows": system.rows * ROW_MS / 1_000 * MEMORY * GB_SECOND,
        "API Gateway": system.requests * API_REQUEST / MILLION,
        "EventBridge": written * EVENT / MILLION,
        "SQS: two idle queues": 2 * polls() * prices.queue_price / MILLION,
        "CloudWatch: logs": logged / GB * LOGGED,
        "CloudWatch: metrics": METRICS * METRIC,
        "CloudWatch: alarms, dashboard": ALARMS * ALARM + DASHBOARD,
    }


def show_bills(kinds, prices):
    def per_month(count):
        return f"{count / MILLION:,.0f} million" if count >= MILLION else f"{number(count)}"

    bills = [bill(system, kinds, prices) for system in SYSTEMS.values()]
    rows = [[f"{field.name} a month" if field.name != "contacts" else "contacts",
             *(per_month(getattr(system, field.name)) for system in SYSTEMS.values())] for field in fields(System)]
    rows += [[f"$ {name}", *(f"{dollars[name]:,.2f}" for dollars in bills)] for name in bills[0]]
    totals = [sum(dollars.values()) for dollars in bills]
    shares = [sum(cost for name, cost in dollars.items() if name.startswith("DynamoDB")) for dollars in bills]
    rows.append(["**$ in all**", *(f"**{total:,.2f}**" for total in totals)])
    rows.append(["share of DynamoDB", *(f"{share / total:.0%}" for share, total in zip(shares, totals))])
    show(["a system", *SYSTEMS], rows)


def show_pages():
    rows = []
    for shards in (*SHARDS, 64):
        share = math.ceil(50 / shards) + (1 if shards == 1 else 8)
        units = 1 + shards * math.ceil(share * CONTACT / 4096) / 2
        rows.append([str(shards), str(shards + 1), str(shards * share), number(units)])
    show(["a page of 50: shards", "requests", "contacts read", "read units"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--upserts", type=int, default=1_000, help="upserts of the mix a second")
    parser.add_argument("--rows", type=int, default=1_000, help="rows of new people a second")
    parser.add_argument("--write-price", type=float, default=0.625, help="dollars per million write request units")
    parser.add_argument("--read-price", type=float, default=0.125, help="dollars per million read request units")
    parser.add_argument("--storage-price", type=float, default=0.25, help="dollars per GB and month")
    parser.add_argument("--queue-price", type=float, default=0.4, help="dollars per million requests of SQS")
    parser.add_argument("--invocation-price", type=float, default=0.2, help="dollars per million invocations of Lambda")
    options = parser.parse_args()
    loads = {"mix": mixed(MIX, KINDS), "new person": KINDS["new person"], **ROWS}
    both = mixed({"mix": options.upserts, "row, new person": options.rows}, loads)
    rate = options.upserts + options.rows

    show_costs({**KINDS, "mix": loads["mix"], **ROWS}, options)
    show_bills(loads, options)
    show_limits("one workspace", loads, one)
    show_utilization(f"one workspace, {options.upserts:,} upserts and {options.rows:,} rows a second", both, rate, one())
    show_limits(f"{WORKSPACES:,} workspaces", loads, many)
    show_utilization(f"{WORKSPACES:,} workspaces, 4 times as much", both, 4 * rate, many())
    show_sizes(options)
    show_pages()
    show_queues(options)


main()
