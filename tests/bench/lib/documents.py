"""The server and the other side of tests/bench/documents.mjs: documents.py serve URL COUNT, documents.py read URL COUNT."""

import socket
import struct
import sys
import threading
from urllib.parse import urlsplit

import bson
import pymongo

DATABASE, COLLECTION = "bench", "products"
# What a server of the protocol sends at once: 101 documents first, then as many as 16 MiB hold.
FIRST_BATCH, BATCH_BYTES = 101, 16 * 1024 * 1024
CURSOR = 4_611_686_018_427
MESSAGE, BODY = 2013, 0


def product(number):
    return {
        "_id": number,
        "name": f"product {number}",
        "stock": number % 900,
        "price": number * 0.37,
        "tags": ["a", "b"],
        "size": {"w": number % 10, "h": 2},
    }


def array(documents):
    """The documents as BSON's array: names are positions."""
    elements = b"".join(b"\x03" + str(at).encode() + b"\x00" + document for at, document in enumerate(documents))
    return struct.pack("<i", len(elements) + 5) + elements + b"\x00"


def answer(name, documents, cursor):
    """The body of a cursor's answer, made without reading the documents again."""
    inner = b"\x04" + name.encode() + b"\x00" + array(documents)
    inner += b"\x12id\x00" + struct.pack("<q", cursor)
    namespace = f"{DATABASE}.{COLLECTION}".encode() + b"\x00"
    inner += b"\x02ns\x00" + struct.pack("<i", len(namespace)) + namespace
    inner = struct.pack("<i", len(inner) + 5) + inner + b"\x00"
    outer = b"\x03cursor\x00" + inner + b"\x01ok\x00" + struct.pack("<d", 1.0)
    return struct.pack("<i", len(outer) + 5) + outer + b"\x00"


def answers(count):
    """Every answer of one reading."""
    batches, batch, size = [], [], 0
    for number in range(count):
        document = bson.encode(product(number))
        first = not batches
        if (first and len(batch) == FIRST_BATCH) or size + len(document) > BATCH_BYTES - 16 * 1024 * 2:
            batches.append(batch)
            batch, size = [], 0
        batch.append(document)
        # Its name and its type stand before it.
        size += len(document) + 8
    batches.append(batch)
    last = len(batches) - 1
    return [
        answer("nextBatch" if at else "firstBatch", batch, 0 if at == last else CURSOR)
        for at, batch in enumerate(batches)
    ]


def exactly(stream, size):
    parts = bytearray()
    while len(parts) < size:
        part = stream.recv(size - len(parts))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def pump(source, sink):
    try:
        while part := source.recv(1 << 16):
            sink.sendall(part)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def attend(client, address, made):
    """Answers readings of the collection out of memory; the rest is the server's."""
    server = socket.create_connection(address)
    threading.Thread(target=pump, args=(server, client), daemon=True).start()
    at = 0
    try:
        while True:
            header = exactly(client, 16)
            length, request, _, kind = struct.unpack("<iiii", header)
            rest = exactly(client, length - 16)
            command = bson.decode(rest[5 : 5 + struct.unpack_from("<i", rest, 5)[0]]) if kind == MESSAGE and rest[4] == BODY else {}
            if command.get("find") == COLLECTION:
                at = 0
            elif command.get("getMore") != CURSOR:
                server.sendall(header + rest)
                continue
            body = made[at]
            at += 1
            client.sendall(struct.pack("<iiiiIB", 21 + len(body), request, request, MESSAGE, 0, BODY) + body)
    except (EOFError, OSError):
        server.close()
        client.close()


def serve(url, count):
    place = urlsplit(url)
    made = answers(count)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        client, _ = listener.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=attend, args=(client, (place.hostname, place.port), made), daemon=True).start()


def read(url, count):
    total = 0
    for batch in pymongo.MongoClient(url)[DATABASE][COLLECTION].find_raw_batches({}):
        total += len(batch)
    assert total > count, "every document has more than one byte"


if __name__ == "__main__":
    deed, url, count = sys.argv[1:4]
    {"serve": serve, "read": read}[deed](url, int(count))
