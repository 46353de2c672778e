"""Asking a model server, and everything it may answer."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from rung.adapters.openai import OpenAIGenerator
from rung.errors import EndpointFailed, InvalidTask, ModelUnavailable, RungError
from rung.task.protocols import Choice, Prompt, Shot, Written

Make = Callable[..., OpenAIGenerator]
LABELS = ("bill", "outage")
ASK = [Prompt("Name the team.", "My invoice is wrong.", ("Invoices belong to bill.",), (Shot("No light.", "outage"),))]
KEY = "sk-verysecret-0123456789"


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a variable that holds a key."""
    monkeypatch.setenv("A_KEY", KEY)
    return "A_KEY"


def test_it_asks_as_training_does_and_reads_label_and_tokens(stub: Any, generator: Make) -> None:
    stub.says('{"label": "bill"}')
    assert generator().choose(ASK, LABELS) == [Choice("bill", None, 19, 10, '{"label": "bill"}')]
    assert stub.asked[0]["messages"] == [
        {"role": "system", "content": "Name the team."},
        {"role": "user", "content": "No light."},
        {"role": "assistant", "content": "outage"},
        {"role": "user", "content": "Notes:\n- Invoices belong to bill.\n\nMy invoice is wrong."},
    ]
    assert stub.asked[0]["model"] == "m"
    assert "Authorization" not in stub.headers[0]


def test_answers_come_in_the_order_of_the_questions(stub: Any, generator: Make) -> None:
    labels = [f"label{number}" for number in range(40)]
    stub.answer = lambda body: str(body["messages"][-1]["content"])
    choices = generator(concurrency=7).choose([Prompt("Repeat.", label) for label in labels], labels)
    assert [choice.label for choice in choices] == labels
    assert generator().choose([], labels) == []


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ({"content": "I would ask someone."}, "not_a_label"),
        ({"content": "  "}, "empty"),
        ({"content": None, "refusal": "No."}, "refusal"),
        ({"content": "Well, let me", "finish_reason": "length"}, "truncated"),
    ],
)
def test_an_answer_without_a_label_is_a_value_with_its_reason(
    stub: Any, generator: Make, answer: dict[str, Any], failure: str
) -> None:
    stub.says(**answer)
    choice = generator().choose(ASK, LABELS)[0]
    assert (choice.label, choice.failure) == (None, failure)


def test_a_server_without_structured_answers_is_asked_in_plain_text_from_then_on(stub: Any, generator: Make) -> None:
    stub.fails(400, "response_format is not supported").says("bill")
    asked = generator()
    assert asked.choose(ASK, LABELS)[0].label == "bill"
    assert asked.choose(ASK, LABELS)[0].label == "bill"
    assert ["response_format" in body for body in stub.asked] == [True, False, False]


def test_a_request_that_is_refused_in_every_form_says_why(stub: Any, generator: Make) -> None:
    stub.fails(400, "model 'm' is not loaded")
    with pytest.raises(EndpointFailed, match="model 'm' is not loaded"):
        generator().choose(ASK, LABELS)


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 4096 tokens. However, your messages resulted in 9000 tokens.",
        "the request exceeds the available context size (2048 tokens), try increasing it",
    ],
)
def test_a_question_beyond_the_context_fails_alone(stub: Any, generator: Make, message: str) -> None:
    stub.fails(400, message).says("bill")
    asked = generator(concurrency=1)
    assert [(choice.label, choice.failure) for choice in asked.choose(ASK * 2, LABELS)] == [
        (None, "truncated"),
        ("bill", None),
    ]
    assert "response_format" in stub.asked[1]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
def test_trouble_that_may_pass_is_waited_out(stub: Any, generator: Make, waits: list[float], status: int) -> None:
    stub.fails(status, "busy").fails(status, "busy").says("bill")
    assert generator().choose(ASK, LABELS)[0].label == "bill"
    assert 0.5 <= waits[0] <= 0.75
    assert 1.0 <= waits[1] <= 1.5


def test_waiting_is_the_same_every_time(stub: Any, generator: Make, waits: list[float]) -> None:
    for _ in range(2):
        stub.replies.clear()
        stub.fails(500).fails(500).says("bill")
        generator().choose(ASK, LABELS)
    assert waits[:2] == waits[2:]


def test_a_server_that_says_how_long_to_wait_is_obeyed_up_to_a_minute(
    stub: Any, generator: Make, waits: list[float]
) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    stub.fails(429, Retry_After="7").fails(429, Retry_After=date).fails(429, Retry_After="86400")
    stub.fails(429, Retry_After="soon").says("bill")
    generator().choose(ASK, LABELS)
    assert 7 <= waits[0] <= 10.5
    assert 25 <= waits[1] <= 45
    assert waits[2] == 60
    assert 4 <= waits[3] <= 6


def test_trouble_that_does_not_pass_is_an_error_with_host_status_and_remedy(stub: Any, generator: Make) -> None:
    stub.fails(503, "overloaded")
    with pytest.raises(
        EndpointFailed, match=r"127\.0\.0\.1:\d+: .*answered 503 \(overloaded\), 3 times .*run the same"
    ):
        generator(retries=2).choose(ASK, LABELS)
    assert len(stub.asked) == 3


def test_a_server_that_does_not_answer_in_time_is_asked_again_and_then_named(stub: Any, generator: Make) -> None:
    stub.sends(b"", delay_s=60)
    with pytest.raises(EndpointFailed, match=r"did not answer within 0\.2 s, 2 times"):
        generator(timeout_s=0.2, retries=1).choose(ASK, LABELS)


def test_a_server_that_is_not_there_is_named() -> None:
    async def at_once(seconds: float) -> None: ...

    nowhere = OpenAIGenerator("http://127.0.0.1:9/v1", "m", retries=1, sleep=at_once)
    with pytest.raises(EndpointFailed, match=r"127\.0\.0\.1:9: .*could not be reached .*see that it is up"):
        nowhere.choose(ASK, LABELS)
    nowhere.close()


@pytest.mark.parametrize(
    "body", [b"", b"<html>hello</html>", b'{"choices": []}', b"[1]", b"\xff\xfe", b'{"choices": [{}]}', b"[" * 100_000]
)
def test_garbage_is_an_error_that_quotes_it_briefly(stub: Any, generator: Make, body: bytes) -> None:
    stub.sends(body)
    with pytest.raises(EndpointFailed, match="not a chat completion") as raised:
        generator().choose(ASK, LABELS)
    assert len(str(raised.value)) < 1000
    assert str(raised.value).isprintable()


def test_an_endless_answer_is_cut_off(stub: Any, generator: Make) -> None:
    stub.sends(b" " * 5_000_000)
    with pytest.raises(EndpointFailed, match="larger than 4 MB"):
        generator().choose(ASK, LABELS)


@pytest.mark.parametrize(("status", "advice"), [(401, "check the key"), (403, "allowed"), (404, "base_url")])
def test_what_waiting_cannot_mend_is_said_at_once(stub: Any, generator: Make, status: int, advice: str) -> None:
    stub.fails(status, "no")
    with pytest.raises(EndpointFailed, match=advice):
        generator().choose(ASK, LABELS)
    assert len(stub.asked) == 1


def test_terminal_escapes_of_a_server_do_not_reach_the_message(stub: Any, generator: Make) -> None:
    stub.fails(418, "\x1b[31mred\x07\n\nlines\u202e")
    with pytest.raises(EndpointFailed) as raised:
        generator().choose(ASK, LABELS)
    assert str(raised.value).isprintable()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_named_and_never_followed(
    stub: Any, other_stub: Any, generator: Make, key: str, status: int
) -> None:
    other_stub.says("bill")
    stub.fails(status, Location=other_stub.base_url.replace("127.0.0.1", "localhost") + "/chat/completions")
    with pytest.raises(EndpointFailed, match="redirect to localhost, which is not followed"):
        generator(key).choose(ASK, LABELS)
    assert other_stub.asked == []


def test_the_key_travels_in_its_header_and_nowhere_else(
    stub: Any, generator: Make, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    leaks: list[tuple[int, bytes, dict[str, str]]] = [
        (401, f'{{"error": {{"message": "Incorrect API key provided: {KEY}"}}}}'.encode(), {}),
        (200, f"<html>Bearer {KEY}</html>".encode(), {}),
        (500, f"stack trace with {KEY}".encode(), {}),
        (400, f'{{"error": "{KEY} is not allowed"}}'.encode(), {}),
        (307, b"", {"Location": f"http://{KEY}.example.com/"}),
    ]
    for status, body, headers in leaks:
        stub.replies.clear()
        stub.sends(body, status, **headers)
        asked = generator(key, retries=1)
        with pytest.raises(EndpointFailed) as raised:
            asked.choose(ASK, LABELS)
        everything = "".join(traceback.format_exception(raised.value)) + repr(asked) + asked.identity + str(vars(asked))
        assert KEY not in everything
    assert KEY not in caplog.text
    assert stub.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert KEY not in str(stub.asked)


def test_a_key_over_plain_http_is_refused_before_anything_is_sent(key: str) -> None:
    with pytest.raises(InvalidTask, match=r"A_KEY would travel unencrypted to models\.example\.com; use https"):
        OpenAIGenerator("http://models.example.com/v1", "m", key)
    assert OpenAIGenerator("https://models.example.com/v1", "m", key).hosted
    assert not OpenAIGenerator("http://localhost:8080/v1", "m", key).hosted


@pytest.mark.parametrize(
    "answer", [{"content": f"bill, says {KEY}"}, {"content": f"{KEY}?"}, {"refusal": f"No, {KEY}"}]
)
def test_an_answer_that_repeats_the_key_is_kept_without_it(
    stub: Any, generator: Make, key: str, answer: dict[str, str]
) -> None:
    stub.says(**{"content": None, **answer})
    choice = generator(key).choose(ASK, LABELS)[0]
    assert "[key]" in choice.raw
    assert KEY not in str(choice)


def test_a_missing_key_is_named_only_when_it_is_needed(stub: Any, generator: Make) -> None:
    stub.says("bill")
    asked = generator("NO_SUCH_KEY")
    assert asked.identity == f"openai:{stub.base_url}:m:1"
    assert asked.choose([], LABELS) == []
    with pytest.raises(ModelUnavailable, match="environment variable NO_SUCH_KEY"):
        asked.choose(ASK, LABELS)
    assert stub.asked == []


@pytest.mark.parametrize("value", ["", "   ", "two words", "line\nbreak", "clé"])
def test_a_key_that_no_header_could_carry_is_refused_unseen(
    generator: Make, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("A_KEY", value)
    with pytest.raises(ModelUnavailable, match="A_KEY") as raised:
        generator("A_KEY").choose(ASK, LABELS)
    assert not value.strip() or value not in str(raised.value)


def test_a_call_with_a_known_price_is_metered_and_costed(
    stub: Any, generator: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = OpenAIGenerator("https://api.openai.com/v1", "gpt-4o-mini")
    assert (known.metered, known.hosted) == (True, True)
    asked = generator()
    assert (asked.metered, asked.hosted) == (False, False)
    monkeypatch.setattr(asked, "_price", (lambda inputs, outputs: inputs * 1e-6 + outputs * 1e-5,))
    stub.says("bill")
    assert asked.choose(ASK, LABELS)[0].cost_usd == pytest.approx(19e-6 + 10e-5)


def test_an_answer_that_does_not_say_its_tokens_has_no_cost(
    stub: Any, generator: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = generator()
    monkeypatch.setattr(asked, "_price", (lambda inputs, outputs: 1.0,))
    stub.sends({"choices": [{"message": {"content": "bill"}}]})
    choice = asked.choose(ASK, LABELS)[0]
    assert (choice.label, choice.cost_usd) == ("bill", None)


def test_it_may_be_called_from_many_threads_and_from_a_running_loop(stub: Any, generator: Make) -> None:
    stub.says("bill")
    asked = generator()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: asked.choose(ASK * 3, LABELS), range(8)))
    assert all(choice.label == "bill" for choices in found for choice in choices)

    async def inside() -> list[Choice]:
        return asked.choose(ASK, LABELS)

    assert asyncio.run(inside())[0].label == "bill"
    asked.close()
    assert asked.choose(ASK, LABELS)[0].label == "bill"


def test_one_that_is_forgotten_closes_its_connections(stub: Any) -> None:
    stub.says("bill")
    forgotten = OpenAIGenerator(stub.base_url, "m")
    forgotten.choose(ASK, LABELS)
    thread = forgotten._background._finalizer
    assert thread is not None
    assert thread.alive
    del forgotten
    gc.collect()
    assert not thread.alive


def test_nothing_more_is_asked_after_a_failure(stub: Any, generator: Make) -> None:
    stub.fails(401, "no")
    with pytest.raises(RungError):
        generator(concurrency=1).choose(ASK * 50, LABELS)
    assert len(stub.asked) == 1


def test_answers_from_before_a_failure_are_handed_over(stub: Any, generator: Make) -> None:
    stub.says("bill").says("outage").fails(503, "overloaded")
    choices = generator(concurrency=1, retries=1).choose(ASK * 4, LABELS)
    assert [choice.label for choice in choices] == ["bill", "outage", None, None]
    assert [choice.failure for choice in choices] == [None, None, "endpoint_error", "endpoint_error"]
    assert "answered 503 (overloaded)" in choices[2].raw


def test_ctrl_c_ends_a_waiting_question_cleanly(stub: Any) -> None:
    stub.sends(b"", delay_s=60)
    code = (
        "import sys; from rung.adapters.openai import OpenAIGenerator; from rung.task.protocols import Prompt\n"
        "print('asking', flush=True)\n"
        "try: OpenAIGenerator(sys.argv[1], 'm').choose([Prompt('', '?')], ['a'])\n"
        "except KeyboardInterrupt: sys.exit(130)"
    )
    process = subprocess.Popen(
        [sys.executable, "-X", "dev", "-c", code, stub.base_url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "asking\n"
    while not stub.asked:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=60)
    assert process.returncode == 130
    assert complaints == ""


def test_a_text_is_asked_for_as_a_label_is_but_without_a_structure(stub: Any, generator: Make) -> None:
    stub.says(' {"team": "bill"}\n')
    assert generator().write(ASK, most_tokens=33) == [Written('{"team": "bill"}', 19, 10)]
    assert generator().write([], most_tokens=33) == []
    assert stub.asked[0]["max_tokens"] == 33
    assert stub.asked[0]["temperature"] == 0
    assert "response_format" not in stub.asked[0]
    assert [message["role"] for message in stub.asked[0]["messages"]] == ["system", "user", "assistant", "user"]


def test_texts_come_in_the_order_of_the_questions(stub: Any, generator: Make) -> None:
    questions = [f"question {number}" for number in range(40)]
    stub.answer = lambda body: str(body["messages"][-1]["content"])
    written = generator(concurrency=7).write([Prompt("Repeat.", question) for question in questions], most_tokens=9)
    assert [answer.text for answer in written] == questions


def test_writing_learns_what_a_server_refuses_and_leaves_structured_answers_alone(stub: Any, generator: Make) -> None:
    stub.fails(400, "temperature is not supported").says("bill")
    asked = generator()
    assert asked.write(ASK, most_tokens=9)[0].text == "bill"
    assert asked.choose(ASK, LABELS)[0].label == "bill"
    assert ["temperature" in body for body in stub.asked] == [True, False, False]
    assert "response_format" in stub.asked[2]


def test_a_refused_text_is_not_asked_for_again_in_the_same_form(stub: Any, generator: Make) -> None:
    stub.fails(400, "Bad Request")
    with pytest.raises(EndpointFailed, match="Bad Request"):
        generator().write(ASK, most_tokens=9)
    assert len(stub.asked) == 1


def test_texts_from_before_a_failure_are_handed_over(stub: Any, generator: Make) -> None:
    stub.says("bill").fails(400, "the request exceeds the available context size").fails(503, "overloaded")
    written = generator(concurrency=1, retries=1).write(ASK * 4, most_tokens=9)
    assert [answer.failure for answer in written] == [None, "truncated", "endpoint_error", "endpoint_error"]
    assert written[0].text == "bill"
    assert written[1].text == ""
    assert "answered 503 (overloaded)" in written[2].text


def test_a_text_keeps_its_lines_but_not_the_key(stub: Any, generator: Make, key: str) -> None:
    stub.says(f"one\n\ttwo {KEY}\nthree")
    assert generator(key).write(ASK, most_tokens=9)[0].text == "one\n\ttwo [key]\nthree"


def test_what_the_team_states_of_a_server_goes_before_what_its_address_tells(stub: Any, generator: Make) -> None:
    stated = OpenAIGenerator(
        "https://api.openai.com/v1", "gpt-4o-mini", hosted=False, usd_per_million_tokens=(10.0, 100.0)
    )
    assert (stated.hosted, stated.metered) == (False, True)
    near = generator(hosted=True, usd_per_million_tokens=(10.0, 100.0))
    assert (near.hosted, near.metered) == (True, True)
    stub.says("bill")
    assert near.write(ASK, most_tokens=9)[0].cost_usd == pytest.approx(19 * 10e-6 + 10 * 100e-6)
    assert near.choose(ASK, LABELS)[0].cost_usd == pytest.approx(19 * 10e-6 + 10 * 100e-6)


@pytest.mark.models
def test_llama_cpp_writes_and_says_when_it_was_cut(llama_server: str) -> None:
    served = OpenAIGenerator(llama_server, "smollm2-135m", timeout_s=120)
    paris, cut = (Prompt("Answer in one short sentence.", text) for text in ("What is the capital of France?", "Why?"))
    (answer,) = served.write([paris], most_tokens=30)
    assert "Paris" in answer.text
    assert answer.failure is None
    assert 0 < answer.output_tokens <= 30
    (answer,) = served.write([cut], most_tokens=2)
    assert (answer.failure, answer.output_tokens) == ("truncated", 2)


@pytest.mark.models
def test_llama_cpp_serves_the_embedded_model(llama_server: str) -> None:
    served = OpenAIGenerator(llama_server, "smollm2-135m", timeout_s=120)
    prompts = [
        Prompt("Is it an animal or a fruit?", "a plum", shots=(Shot("a horse", "animal"), Shot("a pear", "fruit"))),
        Prompt("Is it an animal or a fruit?", "a dog <|im_end|>", shots=(Shot("a horse", "animal"),)),
    ]
    choices = served.choose(prompts, ["animal", "fruit"])
    assert [choice.failure for choice in choices] == [None, None]
    assert {choice.label for choice in choices} <= {"animal", "fruit"}
    assert choices == served.choose(prompts, ["animal", "fruit"])
    # The server's own template and tokenizer count the tokens that local scoring and training see.
    from rung.adapters.local import LocalBase
    from rung.learning.chat_prompt import render

    _, tokenizer = LocalBase().load()
    assert choices[0].input_tokens == len(render(prompts[0], tokenizer).ids)
    assert not served.hosted
    assert not served.metered


@pytest.mark.models
def test_llama_cpp_refuses_a_question_beyond_its_context(llama_server: str) -> None:
    served = OpenAIGenerator(llama_server, "smollm2-135m", timeout_s=120)
    choices = served.choose([Prompt("Name it.", "word " * 4000), Prompt("Name it: a or b.", "a")], ["a", "b"])
    assert choices[0].failure == "truncated"
    assert choices[1].failure is None
