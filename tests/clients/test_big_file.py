"""A large reviewed file (csv-formats 10, row 20), in small: what is asserted stands in bench/big.py.
The whole, 2,000,000 rows in 1.2 GiB, is ./dev bench big, or BIG_ROWS=2000000 here.
"""
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import hitd  # noqa: E402

ROWS = int(os.environ.get("BIG_ROWS", "10000"))


@pytest.mark.parametrize("kind", hitd.STORES)
def test_big_file(kind):
    hitd.run(sys.executable, os.path.join(hitd.ROOT, "bench", "bench"), "big", "--rows",
             str(ROWS), "--store", kind, env=dict(os.environ, HITD_BIN=hitd.BIN))
