"""Lines of JSON, which the tool draws and reads by itself no more than any text: loaded by schemathesis-run.ts.

Holds: most lines are nearly an observation, others any JSON or no JSON at all, so that one body has neighbours of every kind;
an answer is read line by line, and one that is not JSON is a fault.
"""

import json

import schemathesis
from hypothesis import strategies as st

NDJSON = ("application/x-ndjson", "application/ndjson")
MARKINGS = ("UNCLASSIFIED//TLP:CLEAR", "UNCLASSIFIED//TLP:AMBER", "SECRET//CANADIAN EYES ONLY", "SECRET", "")

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ENVELOPE = st.fixed_dictionaries(
    {"observedAt": st.just("2031-10-02T14:05:15.000Z") | ANY_JSON, "marking": st.sampled_from(MARKINGS) | ANY_JSON},
    optional={"id": st.uuids().map(str) | ANY_JSON, "lineage": ANY_JSON, "agency": ANY_JSON, "recalls": ANY_JSON},
)
PRACTICE = st.fixed_dictionaries(
    {
        "type": st.sampled_from(("GoodPractice", "IndicatorReport", "Recall")) | ANY_JSON,
        "envelope": ENVELOPE | ANY_JSON,
    },
    optional={
        "area": st.just("detection") | ANY_JSON,
        "title": st.text(max_size=20),
        "text": st.text(max_size=20),
        "lang": st.sampled_from(("en", "fr")) | ANY_JSON,
        "report": ANY_JSON,
        "origin": ANY_JSON,
    },
)
LINE = (PRACTICE | ANY_JSON).map(json.dumps) | st.text(max_size=40)
BODY = st.lists(LINE, max_size=12).map(lambda lines: "\n".join(lines).encode("utf-8", "replace"))

schemathesis.openapi.media_type(NDJSON[0], BODY, aliases=NDJSON[1:])


@schemathesis.deserializer(*NDJSON)
def read_lines(_context, response):
    """Raises for a line that is not JSON; the document calls the whole a text."""
    text = response.content.decode("utf-8")
    for line in text.splitlines():
        json.loads(line)
    return text
