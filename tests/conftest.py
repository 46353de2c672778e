"""What every test starts from, and the databases that some of them need."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# As the command line sets it: tests run side by side, and threads that wait by spinning would starve each other.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# The same examples in every run, and no deadline: how busy the machine is says nothing about the code.
settings.register_profile("rung", deadline=None, derandomize=True)
settings.load_profile("rung")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL database: RUNG_TEST_POSTGRES_URL, or a server of our own that ends with the tests."""
    if given := os.environ.get("RUNG_TEST_POSTGRES_URL"):
        yield given
        return
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = str(programs[-1]) if programs else shutil.which("initdb")
    if found is None:
        pytest.skip("PostgreSQL is not installed; make setup-test installs it")
    with tempfile.TemporaryDirectory(prefix="rung-postgres-") as directory:
        yield from _postgres(Path(found).parent, Path(directory))


def _postgres(programs: Path, directory: Path) -> Iterator[str]:
    """A server on a free port of the loopback address, with its data below `directory`."""
    # The server refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(directory, user)
    data, log = directory / "data", directory / "log"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "rung", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
        check=True, user=user, cwd=directory, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": directory, "fsync": "off",
        "shared_buffers": "32MB", "max_connections": 40,
    }  # fmt: skip
    settings_given = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *settings_given], user=user, cwd=directory, stdout=output, stderr=output
        )
    try:
        _wait_for(server, port, log)
        yield f"postgresql+psycopg://rung@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(60)


def _wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    import psycopg

    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="rung", dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A small Spark on this machine, reached by the loopback address alone."""
    from pyspark.sql import SparkSession

    if shutil.which("java") is None:
        pytest.skip("Java is not installed; make setup-test installs it")
    options = {
        "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.driver.memory": "1g",
        "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2", "spark.default.parallelism": "2", "spark.sql.adaptive.enabled": "false",
    }  # fmt: skip
    builder = SparkSession.builder.master("local[2]").appName("rung tests")
    for key, value in options.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
