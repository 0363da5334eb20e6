"""
Another checkout against this one: ``python -m bench.pairs FOLDER``.

The folder is a checkout with a ``.venv`` of its own, of any release since bee0b2f. Each
round measures it, then this one, by the benchmark and with the Python of either; only
neighbours are to be compared.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from bench.answers import UNPLUGGED, measure_answers
from bench.completed import complete
from bench.memory import measure_memory
from bench.seek import measure_seek
from bench.shapes import OURS
from bench.sizing import measure_sizing

_HERE = Path(__file__).resolve()
_APPLICATIONS, _EVENTS, _SECONDS, _CLIENTS = 150, 300, 3.0, 16


def main() -> None:
    """Print each round as it is measured, then the medians and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m bench.pairs", description=__doc__)
    parser.add_argument("folder", type=Path, help="the other checkout")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=_FIGURES, help="nothing else")
    asked = parser.parse_args()
    for name in [asked.only] if asked.only else _FIGURES:
        pairs = []
        for _ in range(asked.rounds):
            other = _measured(asked.folder.resolve(), name)
            this = _measured(_HERE.parent.parent, name)
            pairs.append((other, this))
            print(f"{name}: {other:.1f}, {this:.1f}", flush=True)
        other, this = (median(figures) for figures in zip(*pairs, strict=True))
        print(f"{name}: medians {other:.1f}, {this:.1f}: {this / other:.2f}")


def _measured(checkout: Path, name: str) -> float:
    """Run this file once by the modules of a checkout."""
    # Not by -m: the other checkout may not have this module, and all that is imported
    # here is its own.
    command = (checkout / ".venv" / "bin" / "python", _HERE, "--measure", name)
    done = subprocess.run(
        command,
        cwd=checkout,
        env=os.environ | {"PYTHONPATH": str(checkout), "PYTHONSAFEPATH": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout.split()[-1])


def _recorded() -> float:
    return complete(OURS, _APPLICATIONS).rate


def _answered() -> float:
    return measure_answers(UNPLUGGED, _CLIENTS, _SECONDS).load.rate


def _worker_time() -> float:
    return measure_sizing(_SECONDS).worker.cpu


def _api_time() -> float:
    return measure_sizing(_SECONDS).api.cpu


def _seek() -> float:
    return measure_seek(_EVENTS)


def _memory() -> float:
    return measure_memory().peak


_FIGURES: Mapping[str, Callable[[], float]] = {
    "recorded a second": _recorded,
    "accepted a second, no engine, 16 clients": _answered,
    "worker, CPU ms an application": _worker_time,
    "API, CPU ms an application": _api_time,
    "SEEK's events, webhook to record, a second": _seek,
    "API, MB under 50 uploads": _memory,
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(_FIGURES[sys.argv[2]]())
    else:
        main()
