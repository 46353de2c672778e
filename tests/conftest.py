"""What every test starts from."""

from __future__ import annotations

import os

from hypothesis import settings

# As the command line sets it: tests run side by side, and threads that wait by spinning would starve each other.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# The same examples in every run, and no deadline: how busy the machine is says nothing about the code.
settings.register_profile("rung", deadline=None, derandomize=True)
settings.load_profile("rung")
