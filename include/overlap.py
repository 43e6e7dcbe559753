# SPDX-License-Identifier: MIT
"""overlap from Python: computes curves with the library, and loads the tables of the program.

One file without dependencies: put it beside your script, or its directory on PYTHONPATH. Columns are
array.array of doubles, which numpy.asarray, pandas.DataFrame and matplotlib take as they are. The library is the
file that OVERLAP_LIBRARY names, else the one that was built or installed with this file (`make library`, `make
install`), else one that the system finds. A call can't be interrupted by Ctrl-C before it returns.
"""
import array
import ctypes
import ctypes.util
import json
import os


class Error(Exception):
    """What the library says is wrong; .status is its enum ov_status."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class _Error(ctypes.Structure):  # struct ov_error
    _fields_ = [("status", ctypes.c_int), ("diverged_at", ctypes.c_double), ("text", ctypes.c_char * 4096)]


class _Rows(ctypes.Structure):  # struct ov_rows
    _fields_ = [
        ("n_run", ctypes.c_size_t),
        ("n_row", ctypes.c_size_t),
        ("n_col", ctypes.c_size_t),
        ("first", ctypes.c_uint64),
        ("column", ctypes.POINTER(ctypes.c_char * 32)),
        ("rows", ctypes.POINTER(ctypes.c_double)),
        ("diverged_at", ctypes.POINTER(ctypes.c_double)),
    ]


_library = None


def _load():
    global _library
    if _library is None:
        here = os.path.dirname(os.path.abspath(__file__))
        near = [os.path.join(here, *place, "liboverlap.so") for place in (("..", "build"), ("..", "..", "lib"))]
        near = [path for path in near if os.path.exists(path)] + [ctypes.util.find_library("overlap")]
        path = os.environ.get("OVERLAP_LIBRARY") or near[0]
        if path is None:
            raise Error(None, "no liboverlap.so: make library, or OVERLAP_LIBRARY=/where/it/is/liboverlap.so")
        _library = ctypes.CDLL(path)
        _library.ov_compute.argtypes = [
            ctypes.POINTER(_Rows),
            ctypes.c_void_p,
            ctypes.c_char_p,
            ctypes.c_char_p,
            ctypes.c_int,
            ctypes.c_uint64,
            ctypes.POINTER(_Error),
        ]
        _library.ov_rows_free.argtypes = [ctypes.POINTER(_Rows)]
        _library.ov_rows_free.restype = None
    return _library


def _table(names, numbers, n_run, n_row, first):
    """Columns by name, with the seed in front."""
    table = {"seed": array.array("q", (first + run for run in range(n_run) for _ in range(n_row)))}
    for i, name in enumerate(names):
        table[name] = numbers[i :: len(names)]
    return table


def _plain(x):
    """Arrays, ranges and numpy's numbers as JSON has them."""
    return x.tolist() if hasattr(x, "tolist") else list(x)


def compute(experiment, side="theory", curve=None, stream=1):
    """One side of one curve, "theory" or "sgd", as {column: numbers}, run after run.

    `experiment` is the text of an experiment.yaml, or the same as a dict. The numbers are those of the table that
    `overlap run` would write: of a run that diverges those up to then, and nan; column diverged_at has the time, nan
    where it did not."""
    if stream < 1:
        raise ValueError("streams of random numbers are counted from 1")
    if side not in ("theory", "sgd"):
        raise ValueError("side is theory or sgd, not %r" % (side,))
    text = experiment if isinstance(experiment, str) else json.dumps(experiment, default=_plain)
    library, rows, error = _load(), _Rows(), _Error()
    systems = ctypes.addressof(ctypes.c_void_p.in_dll(library, "ov_systems"))
    status = library.ov_compute(
        ctypes.byref(rows),
        systems,
        text.encode(),
        None if curve is None else curve.encode(),
        0 if side == "theory" else 1,
        stream,
        ctypes.byref(error),
    )
    if status != 0:
        raise Error(status, error.text.decode(errors="replace"))
    try:
        size = rows.n_run * rows.n_row * rows.n_col
        numbers = array.array("d")
        numbers.frombytes(ctypes.string_at(rows.rows, 8 * size))
        names = [rows.column[i].value.decode() for i in range(rows.n_col)]
        table = _table(names, numbers, rows.n_run, rows.n_row, rows.first)
        table["diverged_at"] = array.array("d", (rows.diverged_at[i // rows.n_row] for i in range(len(table["seed"]))))
        return table
    finally:
        library.ov_rows_free(ctypes.byref(rows))


def _curve(side, system, keys):
    curve = dict(keys, id="a")
    curve.setdefault(side, True)
    return compute({"title": "from Python", "system": system, "tier": "ci", "curves": [curve]}, side)


def theory(system="two-layer", **keys):
    """Theory of one curve: theory(K=2, M=2, eta_w=0.2, init={"kind": "informed"}, alpha=[0, 10, 100])."""
    return _curve("theory", system, keys)


def sgd(system="two-layer", **keys):
    """Runs of one curve: sgd(K=2, …, N=500, sgd={"engine": "law", "seeds": 8})."""
    return _curve("sgd", system, keys)


def load(path):
    """A table that the program wrote (CURVE.theory.csv, CURVE.sgd.csv, agreement.csv), as {column: numbers};
    columns that are words are lists of str."""
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file if not line.startswith("#")]
    names = lines[0].split(",")
    cells = [line.split(",") for line in lines[1:]]
    table = {}
    for i, name in enumerate(names):
        words = [row[i] for row in cells]
        try:
            table[name] = array.array("q", map(int, words)) if name == "seed" else array.array("d", map(float, words))
        except ValueError:
            table[name] = words
    return table
