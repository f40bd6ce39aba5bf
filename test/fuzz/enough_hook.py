"""Ends a run that has asked enough, as Ctrl-C does, so that it is bounded by what it did: loaded by schemathesis-run.ts.

Holds: the report is written, without the operation at which it ended. FUZZ_ENOUGH: how many operations and cases, `20 50`.
"""

import _thread
import os

import schemathesis

OPERATIONS, CASES = (int(word) for word in os.environ["FUZZ_ENOUGH"].split())


class Asked:
    """What was answered so far."""

    operations: set[str] = set()
    cases = 0
    is_enough = False


@schemathesis.hook
def after_call(_context, case, _response):
    """Once: a second interrupt would end it without a report."""
    Asked.operations.add(case.operation.label)
    Asked.cases += 1
    if not Asked.is_enough and len(Asked.operations) >= OPERATIONS and Asked.cases >= CASES:
        Asked.is_enough = True
        _thread.interrupt_main()
