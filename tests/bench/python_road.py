"""The same road in Python: Kafka to SQLite with confluent-kafka, json and sqlite3.executemany.

Written as a good Python engineer would who knows that it is timed: batches from librdkafka, one parse a message, interned
plates and feature lists, large transactions, one executemany a table, no garbage collector. It makes the same rows in the
same schema (copied from a session that Plateside made), with the same indexes, raw bytes, page size, journal and
durability, and the positions in the same transaction. What it leaves out is to its advantage: no digests of messages, no
history chain, no board, no statistics.

usage: python_road.py BROKERS TEMPLATE.db OUT.db TOPICS_JSON MESSAGES
TOPICS_JSON: [{"kind": "results", "topic": "...", "partitions": 4}, ...]
Prints one JSON object: seconds from the first line of work to the last commit, and the rows of two tables.
"""

import gc
import hashlib
import json
import sqlite3
import struct
import sys
import time
from datetime import datetime

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

ROWS = 10_000


def well_numbers():
    """Every way to write a well of a 384-well plate, to row * 256 + column."""
    letters = "ABCDEFGHIJKLMNOP"
    return {f"{letter}{column + 1:02}": row * 256 + column for row, letter in enumerate(letters) for column in range(24)}


def make_database(template, out):
    with sqlite3.connect(f"file:{template}?mode=ro", uri=True) as source:
        page_size = source.execute("PRAGMA page_size").fetchone()[0]
        ddl = [sql for (sql,) in source.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")]
    database = sqlite3.connect(out, isolation_level=None)
    database.execute(f"PRAGMA page_size = {page_size}")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("PRAGMA cache_size = -16384")
    database.execute("PRAGMA wal_autocheckpoint = 1000")
    for sql in ddl:
        if "sqlite_" not in sql.split("(")[0]:
            database.execute(sql)
    return database


def main():
    began = time.perf_counter()
    brokers, template, out, topics, expected = sys.argv[1:]
    topics, expected = json.loads(topics), int(expected)
    gc.disable()
    database = make_database(template, out)
    consumer = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": "python-road",
            "enable.auto.commit": False,
            "check.crcs": True,
            "queued.max.messages.kbytes": 65536,
        }
    )
    consumer.assign(
        [TopicPartition(t["topic"], p, OFFSET_BEGINNING) for t in topics for p in range(t["partitions"])]
    )
    sources = {}
    for number, topic in enumerate(topics, 1):
        sources[topic["topic"]] = (number, topic["kind"] == "results")
        database.execute(
            "INSERT INTO source (id, cluster, topic, incarnation, kind) VALUES (?, 'c', ?, 0, ?)",
            (number, topic["topic"], topic["kind"]),
        )
    wells = well_numbers()
    plates, lists = {}, {}
    parse, pack = json.loads, struct.pack
    parse_time = datetime.fromisoformat
    seq, stored = 1, 0

    while stored < expected:
        batch = consumer.consume(ROWS, 0.05)
        while len(batch) < 2000 and stored + len(batch) < expected:
            batch += consumer.consume(ROWS - len(batch), 0.05)
        received_at_us = time.time_ns() // 1000
        first_seq = seq
        messages, results, layouts, undecoded = [], [], [], []
        new_plates, new_lists = [], []
        positions, ranges = {}, {}
        for message in batch:
            if message.error() is not None:
                raise SystemExit(str(message.error()))
            source, is_result = sources[message.topic()]
            partition, offset = message.partition(), message.offset()
            key, body, timestamp = message.key(), message.value(), message.timestamp()[1]
            messages.append((seq, source, partition, offset, timestamp, key, body))
            stream = (source, partition)
            if stream not in ranges:
                ranges[stream] = offset
            positions[stream] = (offset, timestamp, body)
            try:
                record = parse(body)
                name = (record["run"], record["plate"])
                plate = plates.get(name)
                if plate is None:
                    plate = plates[name] = len(plates) + 1
                    new_plates.append((plate, *name))
                if is_result:
                    features = record["features"]
                    names = tuple(features)
                    known = lists.get(names)
                    if known is None:
                        known = lists[names] = len(lists) + 1
                        blob = b"".join(pack("<I", len(n)) + n.encode() for n in names)
                        new_lists.append((known, hashlib.sha256(blob).digest(), blob))
                    read_at = record.get("read_at")
                    results.append(
                        (
                            seq * 65536,
                            plate,
                            record["format"],
                            wells[record["well"]],
                            record.get("site"),
                            int(parse_time(read_at).timestamp() * 1000) if read_at else None,
                            known,
                            pack(f"<{len(names)}d", *features.values()),
                        )
                    )
                else:
                    layouts.append((seq * 65536, plate, record["format"], json.dumps(record["wells"])))
            except (ValueError, KeyError, TypeError, struct.error) as error:
                undecoded.append((seq * 65536, str(error)))
            seq += 1
        database.execute("BEGIN IMMEDIATE")
        run = database.executemany
        run("INSERT INTO plate (id, run, barcode) VALUES (?, ?, ?)", new_plates)
        run("INSERT INTO feature_list (id, digest, names) VALUES (?, ?, ?)", new_lists)
        run(
            "INSERT INTO message (seq, source, partition, offset, timestamp_ms, key, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            messages,
        )
        run(
            "INSERT INTO result (id, plate, format, well, site, read_at_ms, feature_list, bits)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            results,
        )
        run("INSERT INTO layout (id, plate, format, body) VALUES (?, ?, ?, ?)", layouts)
        run("INSERT INTO undecoded (id, reason) VALUES (?, ?)", undecoded)
        run(
            "INSERT INTO batch_range (source, partition, first_offset, first_seq) VALUES (?, ?, ?, ?)",
            [(*stream, offset, first_seq) for stream, offset in ranges.items()],
        )
        run(
            "INSERT OR REPLACE INTO position (source, partition, next, last_offset, last_timestamp_ms, last_digest)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                (*stream, offset + 1, offset, timestamp, hashlib.sha256(body or b"").digest())
                for stream, (offset, timestamp, body) in positions.items()
            ],
        )
        database.execute(
            "INSERT INTO batch (first_seq, last_seq, received_at_us) VALUES (?, ?, ?)",
            (first_seq, seq - 1, received_at_us),
        )
        database.execute("COMMIT")
        stored += len(batch)

    seconds = time.perf_counter() - began
    counts = [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("message", "result")]
    consumer.close()
    print(json.dumps({"seconds": seconds, "messages": counts[0], "results": counts[1]}))


if __name__ == "__main__":
    main()
