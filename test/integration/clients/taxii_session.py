"""One session of unmodified outside clients: taxii2-client talks to the server, stix2 parses what it gives.

Reads its orders as one JSON line ({"url", "key", "alias", "envelope"}), pages while others write until a second line
comes, then prints what it saw as one JSON line.
"""

import json
import sys
import threading
import time

import requests
import stix2
from taxii2client.v21 import Server, Status, as_pages

PER_PAGE = 5


def patiently(act):
    """Does it, and again while the server says that it is overloaded: a machine that runs many tests at once is."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return act()
        except requests.HTTPError as error:
            if error.response.status_code != 503 or time.monotonic() > deadline:
                raise
            time.sleep(float(error.response.headers.get("Retry-After", "1")))


def main():
    orders = json.loads(sys.stdin.readline())
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()

    server = Server(orders["url"], user="any user name", password=orders["key"])
    root = patiently(lambda: server.default)
    collections = {collection._raw["alias"]: collection for collection in patiently(lambda: root.collections)}
    readable = collections[orders["alias"]]

    inbox = collections["inbox"]
    status = patiently(lambda: inbox.add_objects(orders["envelope"], wait_for_completion=False))
    while status.status != "complete":
        time.sleep(0.2)
        patiently(status.refresh)
    again = patiently(lambda: Status(f"{root.url}status/{status.id}/", user="other", password=orders["key"]))

    seen, last, pages = [], None, 0
    while True:
        finishing = stop.is_set()
        found = 0
        arguments = {} if last is None else {"added_after": last}
        try:
            for page in as_pages(readable.get_objects, per_request=PER_PAGE, **arguments):
                pages += 1
                objects = page.get("objects", [])
                found += len(objects)
                for each in objects:
                    stix2.parse(each, allow_custom=False, version="2.1")
                    seen.append([each["id"], each.get("modified", "")])
        except requests.HTTPError as error:
            if error.response.status_code != 503:
                raise
            finishing = False  # it goes on after what it has
        if found:
            last = patiently(lambda: newest(readable, seen, last))
        if finishing and not found:
            break

    report = next(identifier for identifier, _ in reversed(seen) if not identifier.startswith("marking-definition"))
    print(json.dumps({
        "title": server.title,
        "aliases": sorted(collections),
        "may": [[name, each.can_read, each.can_write] for name, each in sorted(collections.items())],
        "status": {"id": status.id, "again": again.id, "state": status.status, "total": status.total_count,
                   "successes": [each["id"] for each in status.successes],
                   "failures": [[each["id"], each["message"]] for each in status.failures]},
        "seen": seen,
        "pages": pages,
        "one": [each["id"] for each in patiently(lambda: readable.get_object(report))["objects"]],
        "filtered": sorted({each["type"] for each in patiently(lambda: readable.get_objects(type="observed-data")).get("objects", [])}),
    }))


def newest(readable, seen, after):
    """The highest date_added of what has been seen: what was revised since then has a newer one, and is not counted."""
    known = dict(seen)
    arguments = {} if after is None else {"added_after": after}
    last = after
    for page in as_pages(readable.get_manifest, per_request=PER_PAGE, **arguments):
        for entry in page.get("objects", []):
            if known.get(entry["id"]) in ("", entry["version"]):
                last = entry["date_added"]
    return last


main()
