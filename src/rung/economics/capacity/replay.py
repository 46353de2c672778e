"""Arrivals played against a fleet of batching copies, event by event.

Continuous batching as the roofline sees it: a request waits in one queue for the whole fleet until a copy has a free
sequence and room in its cache, goes to the copy with the fewest at work, is read (which holds up the others on that
copy), and then gets a token a step with them. A step takes as long as the sequences and cached tokens on the copy at
that moment say; a sequence counts with its mean context. No request is paused, moved or dropped.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np

from rung.economics.capacity.pace import Pace
from rung.economics.capacity.trace import Trace
from rung.economics.draws import FloatArray

NEVER = float("inf")
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Replayed:
    """What every request met, seconds, shape (requests,): from arrival to its start, first token and last token.

    `busy` is the share of the copies' time in which they had work, from the first arrival to the last completion.
    """

    wait: FloatArray
    first_token: FloatArray
    total: FloatArray
    busy: float


@dataclass(slots=True)
class _Copy:
    """One copy at work. `steps` counts decode steps so far (a fraction while one is under way); a sequence that
    started at step v and writes o tokens is done at step v + o. Until `reading_until` no step is made."""

    at: float = 0.0
    steps: float = 0.0
    reading_until: float = 0.0
    cached: float = 0.0
    reserved: float = 0.0
    busy: float = 0.0
    version: int = 0
    done_at: list[tuple[float, int]] = field(default_factory=list)

    def advance(self, now: float, pace: Pace) -> None:
        """Makes the steps that fit until `now`."""
        if self.done_at:
            self.busy += now - self.at
            since = max(self.at, self.reading_until)
            if now > since:
                self.steps += (now - since) / pace.step_seconds(len(self.done_at), self.cached)
        self.at = now

    def next_done(self, pace: Pace) -> float:
        """When the first of its sequences is done if no other request comes."""
        if not self.done_at:
            return NEVER
        left = max(self.done_at[0][0] - self.steps, 0.0)
        return max(self.at, self.reading_until) + left * pace.step_seconds(len(self.done_at), self.cached)


def replay(trace: Trace, pace: Pace, copies: int) -> Replayed:
    """The trace against so many copies of this pace. Every request must fit into an empty copy
    (trace.py, `without_too_long`)."""
    arrivals, reads, writes = (array.tolist() for array in (trace.seconds, trace.input_tokens, trace.output_tokens))
    count = len(arrivals)
    start, first, last = ([0.0] * count for _ in range(3))
    fleet = [_Copy() for _ in range(copies)]
    events: list[tuple[float, int, int]] = []
    queue: deque[int] = deque()
    arrived = 0

    def admit(now: float) -> None:
        while queue:
            request = queue[0]
            tokens = reads[request] + writes[request]
            free = [
                number
                for number, copy in enumerate(fleet)
                if len(copy.done_at) < pace.sequences and copy.reserved + tokens <= pace.room_tokens
            ]
            if not free:
                return
            queue.popleft()
            number = min(free, key=lambda one: len(fleet[one].done_at))
            copy = fleet[number]
            copy.advance(now, pace)
            copy.reading_until = max(now, copy.reading_until) + pace.prefill_seconds(reads[request])
            heappush(copy.done_at, (copy.steps + writes[request], request))
            copy.cached += reads[request] + writes[request] / 2.0
            copy.reserved += tokens
            start[request] = now
            # The first token comes with the first step after the prompt is read.
            first[request] = copy.reading_until + pace.step_seconds(len(copy.done_at), copy.cached)
            _schedule(events, number, copy, pace)

    while arrived < count or events:
        coming = arrivals[arrived] if arrived < count else NEVER
        if events and events[0][0] <= coming:
            now, number, version = heappop(events)
            copy = fleet[number]
            if version != copy.version:
                continue
            copy.advance(now, pace)
            copy.steps = max(copy.steps, copy.done_at[0][0])
            while copy.done_at and copy.done_at[0][0] <= copy.steps + _ROUNDING:
                _, request = heappop(copy.done_at)
                last[request] = now
                copy.cached -= reads[request] + writes[request] / 2.0
                copy.reserved -= reads[request] + writes[request]
            _schedule(events, number, copy, pace)
            admit(now)
        else:
            queue.append(arrived)
            arrived += 1
            if len(queue) == 1:
                admit(coming)
    times = np.array(arrivals)
    total = np.array(last) - times
    end = max(max(last), _ROUNDING)
    busy = sum(copy.busy for copy in fleet) / (copies * end)
    return Replayed(np.array(start) - times, np.minimum(np.array(first) - times, total), total, busy)


def _schedule(events: list[tuple[float, int, int]], number: int, copy: _Copy, pace: Pace) -> None:
    copy.version += 1
    if copy.done_at:
        heappush(events, (copy.next_done(pace), number, copy.version))
