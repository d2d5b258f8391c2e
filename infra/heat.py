"""Computes what the table costs and how hot its partitions become, and prints the tables of SCALE.md.

    python3 infra/heat.py [--upserts N] [--rows N] [--write-price D] [--read-price D] [--storage-price D]

The keys are those of shared/src/book/keys.rs; the units are what the functions were measured to consume for each kind
of upsert and row. DynamoDB is simulated as AWS describes it: a partition takes 1,000 write units and 3,000 read units a
second; one that is asked for more is split where that halves its load, but not where it is of no use, as with a sort key
that always rises.
"""

import argparse
import bisect
import hashlib
import math
import statistics
from dataclasses import dataclass, fields

WRITES, READS = 1_000, 3_000
# Of a new table with on-demand capacity, and of each of its indexes: they take 4,000 write units.
FIRST_PARTITIONS = 4
# Units of a kind that a table takes, and each of its indexes, unless AWS raises it.
QUOTA = 40_000
CONTACTS, WORKSPACES = 10_000_000, 100_000
SHARDS = (1, 4, 16)
COLUMNS = ("1 shard", "4 shards", "16 shards")
GB = 1024**3

# Bytes of a person with name, phone and email, told of in one conversation.
CONTACT, CLAIM, CONVERSATION, LINK, BY_PHONE, BY_EMAIL = 530, 146, 261, 258, 140, 150
# What DynamoDB adds to each item, also of an index.
OVERHEAD = 100


@dataclass(frozen=True)
class Kind:
    """Units of an upsert or a row. Those of recent-index go to its end, where the newest are, or in between."""

    requests: float
    reads: float
    settings: float = 1
    table: float = 0
    end: float = 0
    between: float = 0
    phone: float = 0
    email: float = 0


KINDS = {
    "no news": Kind(2, 4),
    "new value": Kind(3, 4, table=1, end=1),
    # The place that it leaves is a minute old.
    "seen a minute later": Kind(3, 4, table=1, end=2),
    "new person": Kind(2, 4, table=10, end=1, phone=1, email=1),
    "new conversation": Kind(3, 4, table=6, end=1, between=1),
    "new phone": Kind(3, 4, table=4, end=1, phone=1),
    "join": Kind(3, 5, table=6, end=2, between=1, phone=1),
}
# An assumption: of a hundred events of conversations, so many are of each kind.
MIX = dict(zip(KINDS, (60, 15, 10, 7, 5, 2, 1)))
# 198 rows are read at once, with the settings; 33 new contacts share a transaction. Of a chunk of new people, the first
# eight batches of fifty-one are read, the others written unread.
ROWS = {
    "row, new person": Kind(0.03, 0.32, settings=0.001, table=6, end=1, phone=1, email=1),
    "row, new value": Kind(1.03, 3, settings=0.005, table=1, between=1),
    "row, no news": Kind(0.03, 3, settings=0.005),
}


def mixed(weights, kinds):
    total = sum(weights.values())

    def mean(field):
        return math.fsum(getattr(kinds[name], field) * weight for name, weight in weights.items()) / total

    return Kind(*(mean(field.name) for field in fields(Kind)))


class Load:
    """Units over the hashed keys [0, 1): some evenly, some on single keys, which may be split by their sort keys."""

    WIDTH = 1e-9

    def __init__(self, even, keys):
        """A key is where it hashes to, its units all over its items, and those at their end."""
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

    def heats(self, rate):
        below = [self.load.below(bound) for bound in self.bounds]
        return [(over - under) * rate / self.limit for under, over in zip(below, below[1:])]

    def settle(self, rate):
        """Splits what is too hot until nothing is or no split helps."""
        cuts = [None]
        while cuts:
            hot = [pair for pair, heat in zip(zip(self.bounds, self.bounds[1:]), self.heats(rate)) if heat > 1]
            cuts = [cut for cut in (self.cut(low, high) for low, high in hot) if cut is not None]
            self.bounds = sorted(self.bounds + cuts)
        return self

    def cut(self, low, high):
        under, over = self.load.below(low), self.load.below(high)
        left, right = low, high
        for _ in range(60):
            middle = (left + right) / 2
            left, right = (middle, right) if 2 * self.load.below(middle) < under + over else (left, middle)
        # On either side of the key that has too much by itself, if one has.
        hotter, cut = min((max(self.load.below(at) - under, over - self.load.below(at)), at) for at in (left, right))
        return cut if low < cut < high and hotter < 0.99 * (over - under) else None


def hashed(key):
    """DynamoDB's own hash is not known; any good one will do."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6], "big") / 2**48


def parts(kind, shards, shares):
    """Table and indexes under one upsert a second; of the workspaces, the largest are named with their shares."""
    rest = 1 - math.fsum(shares.values())
    places = [(hashed(f"{name}#{shard}"), share / shards) for name, share in shares.items() for shard in range(shards)]

    def index(between, end=0.0):
        return Load(rest * (between + end), [(place, share * between, share * end) for place, share in places])

    settings = [(hashed(f"W#{name}"), 0.0, share * kind.settings) for name, share in shares.items()]
    return {
        "table writes": Partitions(Load(kind.table, []), WRITES),
        "table reads": Partitions(Load(kind.reads - kind.settings * (1 - rest), settings), READS),
        "recent-index": Partitions(index(kind.between, kind.end), WRITES),
        "phone-index": Partitions(index(kind.phone), WRITES),
        "email-index": Partitions(index(kind.email), WRITES),
    }


def most_at_once(kind, shards, shares):
    return 1 / max(max(part.heats(1)) for part in parts(kind, shards, shares).values())


def most(kind, shards, shares):
    """The most a second once partitions have been split, and what is in the way of more."""

    def hottest(rate):
        found = parts(kind, shards, shares)
        heats = [(max(part.settle(rate).heats(rate)), name) for name, part in found.items()]
        return max(heats + [(part.load.below(1) * rate / QUOTA, f"quota of {name}") for name, part in found.items()])

    low, high = 1.0, 100_000.0
    while high / low > 1.002:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if hottest(middle)[0] <= 1 else (low, middle)
    return low, hottest(high)[1]


def one(seed=0):
    return {f"workspace-{seed}": 1.0}


def many(seed=0):
    """The largest fifty workspaces, where the n-th has an n-th of the first one's traffic."""
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
        indexes = kind.end + kind.between + kind.phone + kind.email
        dollars = kind.reads * prices.read_price + (kind.table + indexes) * prices.write_price
        figures = [kind.requests, kind.reads, kind.table, indexes]
        rows.append([name, *(number(figure) for figure in figures), f"{dollars:.2f}"])
    show(["an upsert, a row", "requests", "read units", "write units: table", "indexes", "$ a million"], rows)


def show_limits(title, kinds, shares):
    def cell(kind, shards):
        # Where few keys hash to is chance.
        at_once = statistics.median(most_at_once(kind, shards, shares(seed)) for seed in range(25))
        settled, limit = most(kind, shards, shares())
        return f"{number(at_once)} → {number(settled)} ({limit})"

    show([title, *COLUMNS], [[name, *(cell(kind, shards) for shards in SHARDS)] for name, kind in kinds.items()])


def show_heat(title, kind, rate, shares):
    def cell(name, shards):
        part = parts(kind, shards, shares)[name]
        first, heats = max(part.heats(rate)), part.settle(rate).heats(rate)
        return f"{first:.0%} → {max(heats):.0%} of {len(heats)}"

    show([title, *COLUMNS], [[name, *(cell(name, shards) for shards in SHARDS)] for name in parts(kind, 1, {})])


def show_sizes(prices):
    table = CONTACT + 2 * CLAIM + CONVERSATION + LINK + 5 * OVERHEAD
    indexes = {"recent-index": CONTACT, "phone-index": BY_PHONE, "email-index": BY_EMAIL}
    rows = []
    for name, size in {"table": table, **{name: size + OVERHEAD for name, size in indexes.items()}}.items():
        gb = size * CONTACTS / GB
        rows.append([name, str(size), f"{gb:.1f}", str(math.ceil(gb / 10)), f"{gb * prices.storage_price:.2f}"])
    show([f"{CONTACTS:,} contacts", "bytes each", "GB", "partitions, at least", "$ a month"], rows)


def show_pages():
    rows = []
    for shards in (*SHARDS, 64):
        share = math.ceil(50 / shards) + (1 if shards == 1 else 8)
        units = 1 + shards * math.ceil(share * CONTACT / 4096) / 2
        rows.append([str(shards), str(shards + 1), str(shards * share), number(units)])
    show(["a page of 50: shards", "requests", "contacts read", "read units"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--upserts", type=int, default=1_000, help="a second, of the mix")
    parser.add_argument("--rows", type=int, default=1_000, help="a second, of new people")
    parser.add_argument("--write-price", type=float, default=0.625, help="dollars a million write request units")
    parser.add_argument("--read-price", type=float, default=0.125, help="dollars a million read request units")
    parser.add_argument("--storage-price", type=float, default=0.25, help="dollars a GB and month")
    told = parser.parse_args()
    loads = {"mix": mixed(MIX, KINDS), "new person": KINDS["new person"], **ROWS}
    both = mixed({"mix": told.upserts, "row, new person": told.rows}, loads)
    rate = told.upserts + told.rows

    show_costs({**KINDS, "mix": loads["mix"], **ROWS}, told)
    show_limits("one workspace", loads, one)
    show_heat(f"one workspace, {told.upserts:,} upserts and {told.rows:,} rows a second", both, rate, one())
    show_limits(f"{WORKSPACES:,} workspaces", loads, many)
    show_heat(f"{WORKSPACES:,} workspaces, 4 times as much", both, 4 * rate, many())
    show_sizes(told)
    show_pages()


main()
