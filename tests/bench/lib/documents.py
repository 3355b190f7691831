"""What pymongo does for tests/bench/documents.mjs: documents.py fill|read|drop URL DATABASE COUNT."""

import sys

import pymongo

AT_ONCE = 10_000

deed, url, database, count = sys.argv[1:5]
client = pymongo.MongoClient(url)
products = client[database]["products"]


def product(number):
    return {
        "_id": number,
        "name": f"product {number}",
        "stock": number % 900,
        "price": number * 0.37,
        "tags": ["a", "b"],
        "size": {"w": number % 10, "h": 2},
    }


if deed == "fill":
    client.drop_database(database)
    for first in range(0, int(count), AT_ONCE):
        last = min(int(count), first + AT_ONCE)
        products.insert_many([product(number) for number in range(first, last)], ordered=False)
elif deed == "read":
    total = 0
    for batch in products.find_raw_batches({}):
        total += len(batch)
    assert total > int(count), "every document has more than one byte"
elif deed == "drop":
    client.drop_database(database)
else:
    sys.exit(f"no such deed: {deed}")
