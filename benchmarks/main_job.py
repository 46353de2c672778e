"""How fast and how large the main job is: medians of several runs, beside the goals they are held to.

    python benchmarks/main_job.py [--runs 3] [--skip-demo] [--skip-install]

Needs the set-up of `make setup`. Everything is written to a temporary directory.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rung.adapters.machine import describe_machine

ROOT = Path(__file__).parents[1]
RUNG = Path(sys.executable).with_name("rung")


@dataclass(frozen=True)
class Timed:
    """One finished command: wall seconds, peak memory of the largest process in bytes, what it printed."""

    seconds: float
    peak_bytes: int
    stdout: str
    stderr: str
    code: int


def timed(*command: str | Path, cwd: Path | None = None) -> Timed:
    """Run a command in a process of its own, with byte code caching as an installed user has it."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = subprocess.Popen([str(part) for part in command], stdout=out, stderr=err, cwd=cwd, env=environment)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return Timed(seconds, usage.ru_maxrss * 1024, out.read(), err.read(), child.returncode)


def row(name: str, measured: str, goal: str, met: bool) -> None:
    print(f"{name:<44} {measured:>22}   goal {goal:<12} {'met' if met else 'MISSED'}", flush=True)


def seconds_text(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} s (n={len(values)})"


def bench_help(runs: int) -> None:
    timed(RUNG, "--help")
    values = [timed(RUNG, "--help").seconds for _ in range(runs * 5)]
    row("rung --help", seconds_text(values), "< 0.5 s", statistics.median(values) < 0.5)


def bench_demo(runs: int, work: Path) -> Path:
    demos = []
    for number in range(runs):
        directory = work / f"demo-{number}"
        demos.append(timed(RUNG, "demo", "--directory", directory))
        if demos[-1].code != 0:
            sys.exit(f"rung demo failed:\n{demos[-1].stderr}")
    minutes = [demo.seconds / 60 for demo in demos]
    peak = max(demo.peak_bytes for demo in demos) / 1e9
    median = statistics.median(minutes)
    row("rung demo, models prepared", f"{median:.1f} min (n={runs})", "< 10 min", median < 10)
    row("rung demo, peak memory", f"{peak:.2f} GB (max of {runs})", "< 4 GB", peak < 4)
    return work / "demo-0"


def bench_second_decide(runs: int, project: Path) -> None:
    again = [timed(RUNG, "decide", "--project", project) for _ in range(runs + 2)]
    seconds = [one.seconds for one in again]
    calls = {int(found.group(1)) for one in again if (found := re.search(r"(\d+) model calls?", one.stderr))}
    row("second rung decide", seconds_text(seconds), "< 5 s", statistics.median(seconds) < 5)
    row("second rung decide, model calls", str(sorted(calls)), "0", calls == {0})


def bench_install(work: Path) -> None:
    environment = work / "base"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-compile"]
    subprocess.run([*pip, "-c", str(ROOT / "constraints.txt"), str(ROOT)], check=True)
    packages = next((environment / "lib").iterdir()) / "site-packages"
    own = {"pip", "setuptools", "pkg_resources", "_distutils_hack"}
    size = sum(
        path.stat().st_size
        for path in packages.rglob("*")
        if path.is_file() and path.relative_to(packages).parts[0].split("-")[0] not in own
    )
    row("base install (without pip and setuptools)", f"{size / 1e6:.0f} MB", "< 500 MB", size < 500e6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--skip-demo", action="store_true", help="use --project for the second decide instead")
    parser.add_argument("--skip-install", action="store_true")
    parser.add_argument("--project", type=Path, help="a project that was decided before")
    arguments = parser.parse_args()
    print(f"machine: {describe_machine()}; Python {sys.version.split()[0]}; load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        bench_help(arguments.runs)
        if not arguments.skip_install:
            bench_install(work)
        project = arguments.project if arguments.skip_demo else bench_demo(arguments.runs, work)
        if project is not None:
            bench_second_decide(arguments.runs, project)
    print(f"largest child process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
