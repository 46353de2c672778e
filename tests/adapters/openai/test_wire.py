"""What is sent, and what is given up when a server refuses it."""

from __future__ import annotations

from rung.adapters.openai.wire import Dialect, ErrorBody, request_body, token_limit


def test_a_request_is_greedy_seeded_and_closed_over_the_labels() -> None:
    body = request_body("m", [{"role": "user", "content": "?"}], Dialect(), most_tokens=9, labels=("a", "b"))
    assert (body["temperature"], body["seed"], body["stream"]) == (0, 0, False)
    schema = body["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert schema["schema"]["properties"]["label"]["enum"] == ["a", "b"]
    assert body["max_tokens"] == 9


def test_a_text_is_asked_for_without_a_structure() -> None:
    assert "response_format" not in request_body("m", [], Dialect(), most_tokens=9)


def test_the_token_limit_leaves_room_for_one_token_a_byte() -> None:
    label = "β-thalassämie"
    assert token_limit(("a", label)) >= len(f'{{"label": "{label}"}}'.encode())


def test_the_refused_parameter_is_given_up_first() -> None:
    assert Dialect().without("'temperature' does not support 0 with this model") == Dialect(temperature=False)
    assert Dialect().without("extra inputs are not permitted [seed]") == Dialect(seed=False)
    newer = Dialect().without("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
    assert newer == Dialect(max_tokens_name="max_completion_tokens")
    assert newer is not None
    assert "max_completion_tokens" in request_body("m", [], newer, most_tokens=9, labels=("a",))
    assert newer.without("unknown field max_completion_tokens") == Dialect(max_tokens_name=None)


def test_an_unexplained_refusal_is_about_the_structured_answer_and_ends_there() -> None:
    plain = Dialect().without("Bad Request")
    assert plain == Dialect(response_format=False)
    assert plain is not None
    assert plain.without("Bad Request") is None
    assert "response_format" not in request_body("m", [], plain, most_tokens=9, labels=("a",))


def test_giving_up_always_ends() -> None:
    dialect: Dialect | None = Dialect()
    steps = 0
    while dialect is not None:
        dialect = dialect.without("temperature seed max_tokens max_completion_tokens response_format")
        steps += 1
        assert steps < 10


def test_simpler_servers_give_errors_as_text() -> None:
    assert ErrorBody.model_validate_json('{"error": "model not found"}').text == "model not found"
    assert ErrorBody.model_validate_json('{"error": {"message": "no", "param": "seed"}}').text == "no [seed]"
