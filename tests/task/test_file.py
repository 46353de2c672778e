from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from rung.errors import InvalidTask
from rung.task.file import read_task
from rung.task.task import (
    Constraints,
    Correlation,
    DriverChoice,
    EndpointChoice,
    Flow,
    Lifecycle,
    Moat,
    ModelChoices,
    Policy,
    Prices,
    Target,
    Team,
    WarehouseChoice,
)

HEAD = "task: {name: t, kind: classify}\ndata: {examples: data/e.jsonl}\n"

FULL = """\
task:
  name: ticket-routing
  kind: classify
  instructions: Route the ticket.
  labels: {billing: Money, technical: }
data: {examples: data/e.jsonl, corpus: data/e.jsonl, dev_items: 100, sealed_items: 200}
current: {strategy: few-shot}
requirements: changing
flows:
  - {name: web, requests_per_month: 40000, value_usd: 1.20, correction_minutes: 4, corrected_share_of_failures: 0.6,
     edited_share_of_successes: 0.02}
targets:
  correction_rate: {max: 0.15}
  task_success: {min: 0.80, segments: {adversarial: {min: 0.60}}}
  latency_p95_ms: {max: 1500}
constraints: {deployment: on_prem, weights: open, audit: strict, launch_weeks: 8, budget_usd: 60000, machine: cpu}
team: {ml_engineers: 2, senior_ml: 0, horizon_months: 12}
moat: {proprietary_tokens: 0, exclusive: false}
lifecycle: {annotation_usd: 8000, retrain_every_days: 90, rollback_plan: data/e.jsonl}
policies: [{name: no-url, must_not_match: 'https?://'}]
prices: {wage_usd_per_hour: 30, machine_usd_per_hour: 0.10}
strategies: [zero-shot, lora]
models: {generator: {base_url: "http://127.0.0.1:8080/v1", model: m, api_key_env: MY_KEY}, encoder: minilm}
scores: {quality_gap: {score: 3, reason: two customers complain}}
seed: 7
"""


def test_every_key_arrives_in_the_task(project: Path) -> None:
    path = project / "rung.yaml"
    path.write_text(FULL)
    task = read_task(path)
    examples = project.resolve() / "data" / "e.jsonl"
    assert (task.name, task.kind, task.instructions) == ("ticket-routing", "classify", "Route the ticket.")
    assert task.labels == {"billing": "Money", "technical": ""}
    assert (task.data.examples, task.data.corpus) == (examples, examples)
    assert (task.data.dev_items, task.data.sealed_items) == (100, 200)
    assert (task.current, task.requirements, task.seed) == ("few-shot", "changing", 7)
    assert task.flows == (Flow("web", 40000, 1.2, 4, 0.6, 0.02),)
    assert task.targets == (
        Target("task_success", minimum=0.8),
        Target("task_success", minimum=0.6, segment="adversarial"),
        Target("correction_rate", maximum=0.15),
        Target("latency_p95_ms", maximum=1500),
    )
    assert task.constraints == Constraints("on_prem", "open", "strict", 8, 60000, "cpu")
    assert task.team == Team(2, 0, 12)
    assert task.moat == Moat(0, False)
    assert task.lifecycle == Lifecycle(8000, 90, "data/e.jsonl")
    assert task.policies == (Policy("no-url", "https?://", False),)
    assert task.prices == Prices(30, 0.1)
    assert task.strategies == ("zero-shot", "lora")
    assert task.models == ModelChoices(EndpointChoice("http://127.0.0.1:8080/v1", "m", "MY_KEY"), "minilm")
    assert task.score_overrides == {"quality_gap": (3.0, "two customers complain")}
    assert task.content_hash == sha256(FULL.encode()).hexdigest()


def test_what_is_left_out_or_left_empty_is_unknown_and_not_guessed(project: Path) -> None:
    path = project / "rung.yaml"
    path.write_text(HEAD + "constraints: {launch_weeks: }\nteam:\nstrategies: auto\ncurrent: none\n")
    task = read_task(path)
    assert task.constraints == Constraints()
    assert task.team == Team()
    assert (task.current, task.requirements, task.strategies, task.labels) == (None, None, None, {})
    assert (task.flows, task.targets) == ((), ())


def test_a_list_of_labels_is_labels_without_descriptions(project: Path) -> None:
    path = project / "rung.yaml"
    path.write_text("task: {name: t, labels: [yes, no, token]}\ndata: {examples: data/e.jsonl}\n")
    assert read_task(path).labels == {"yes": "", "no": "", "token": ""}


BAD = {
    "unknown key at the top": (HEAD + "flow: []\n", "rung.yaml:3: unknown key 'flow'; did you mean 'flows'?"),
    "unknown key far from any": (
        HEAD + "moat:\n  zzz: 1\n",
        "rung.yaml:4: unknown key 'zzz' in moat; known: exclusive, proprietary_tokens",
    ),
    "unknown key in a list": (
        HEAD + "flows:\n  - name: web\n    value_us: 1\n",
        "rung.yaml:5: unknown key 'value_us' in flows.1; did you mean 'value_usd'?",
    ),
    "unknown metric": (
        HEAD + "targets: {task_succes: {min: 0.8}}\n",
        "rung.yaml:3: unknown key 'task_succes' in targets; did you mean 'task_success'?",
    ),
    "unknown segment": (
        HEAD + "targets:\n  task_success:\n    segments:\n      adverserial: {min: 0.6}\n",
        "rung.yaml:6: unknown key 'adverserial' in targets.task_success.segments; did you mean 'adversarial'?",
    ),
    "unknown score": (
        HEAD + "scores: {quality: {score: 3, reason: x}}\n",
        "rung.yaml:3: unknown key 'quality' in scores; did you mean 'quality_gap'?",
    ),
    "share as percent": (
        HEAD + "targets:\n  task_success:\n    min: 80\n",
        "rung.yaml:5: targets.task_success.min: must be a share between 0 and 1, found 80",
    ),
    "share of a flow": (
        HEAD + "flows:\n- {name: web, corrected_share_of_failures: 60}\n",
        "rung.yaml:4: flows.1.corrected_share_of_failures: must be a share between 0 and 1, found 60",
    ),
    "wrong direction": (
        HEAD + "targets: {latency_p95_ms: {min: 5}}\n",
        "rung.yaml:3: targets.latency_p95_ms.min: less latency_p95_ms is better, so this target needs max",
    ),
    "two bounds": (
        HEAD + "targets: {task_success: {min: 0.8, max: 0.9}}\n",
        "rung.yaml:3: targets.task_success: has both min and max; keep the one that matters",
    ),
    "no bound": (HEAD + "targets: {task_success: {}}\n", "rung.yaml:3: targets.task_success: needs min or max"),
    "no bound in a segment": (
        HEAD + "targets: {task_success: {segments: {edge: {}}}}\n",
        "rung.yaml:3: targets.task_success.segments.edge: needs exactly one of min and max",
    ),
    "negative amount": (
        HEAD + "constraints: {budget_usd: -1}\n",
        "rung.yaml:3: constraints.budget_usd: must be an amount in USD, at least 0, found -1",
    ),
    "number as text": (
        HEAD + "constraints: {launch_weeks: '8'}\n",
        "rung.yaml:3: constraints.launch_weeks: must be a time in weeks, found '8'",
    ),
    "true as number": (
        HEAD + "prices: {wage_usd_per_hour: true}\n",
        "rung.yaml:3: prices.wage_usd_per_hour: must be an amount in USD per hour, found true",
    ),
    "yes as true": (
        HEAD + "moat: {exclusive: yes}\n",
        "rung.yaml:3: moat.exclusive: must be true or false, found 'yes'",
    ),
    "choice": (
        HEAD + "constraints: {deployment: onprem}\n",
        "rung.yaml:3: constraints.deployment: must be 'on_prem' or 'any', found 'onprem'",
    ),
    "mapping for list": (
        HEAD + "flows: {name: web}\n",
        "rung.yaml:3: flows: must be a list, each line starting with '-', found a mapping",
    ),
    "flow twice": (
        HEAD + "flows: [{name: a}, {name: a}]\n",
        "rung.yaml:3: flows: 'a' stands in the list twice; keep it once",
    ),
    "extract without a schema": (
        "task: {name: t, kind: extract}\ndata: {examples: data/e.jsonl}\n",
        "rung.yaml:1: task.schema: kind 'extract' needs the JSON Schema of a record; name its file in task.schema",
    ),
    "schema for classify": (
        "task:\n  name: t\n  schema: s.json\ndata: {examples: data/e.jsonl}\n",
        "rung.yaml:3: task.schema: belongs to kind 'extract', and this task is of kind 'classify'; remove the key or "
        "change the kind",
    ),
    "labels for answer": (
        "task: {name: t, kind: answer, labels: [a, b]}\ndata: {examples: data/e.jsonl}\n",
        "rung.yaml:1: task.labels: belongs to kind 'classify', and this task is of kind 'answer'; remove the key or "
        "change the kind",
    ),
    "nothing to judge a text by": (
        "task: {name: t, kind: generate}\ndata: {examples: data/e.jsonl}\n",
        "rung.yaml:1: task.kind: 'generate' needs task.checks or task.judge; else no output could be called right",
    ),
    "no checks": (
        "task: {name: t, kind: generate, checks: []}\ndata: {examples: data/e.jsonl}\n",
        "rung.yaml:1: task.checks: is an empty list; name at least one check, or remove the key",
    ),
    "two rules in one check": (
        "task:\n  name: t\n  kind: generate\n  checks:\n    - {name: short, most_words: 9, must_match: x}\n"
        "data: {examples: data/e.jsonl}\n",
        "rung.yaml:5: task.checks.1: needs exactly one of must_match, must_not_match, most_words, fewest_words and "
        "schema",
    ),
    "overlap without a bound": (
        "task: {name: t, kind: answer, answer: {right_when: token_f1}}\ndata: {examples: data/e.jsonl}\n",
        "rung.yaml:1: task.answer: token_f1 needs min, the least overlap that counts as right, such as 0.8",
    ),
    "a bound that nothing reads": (
        "task: {name: t, kind: answer, answer: {min: 0.5}}\ndata: {examples: data/e.jsonl}\n",
        "rung.yaml:1: task.answer: min belongs to right_when: token_f1, not to contains; remove one of them",
    ),
    "half a price": (
        HEAD + "models: {generator: {base_url: 'http://127.0.0.1:1/v1', model: m, usd_per_million_input_tokens: 1}}\n",
        "rung.yaml:3: models.generator: needs a price for both input and output tokens, or for neither",
    ),
    "no task": ("data: {examples: data/e.jsonl}\n", "rung.yaml:1: task: is missing; add it"),
    "no data": ("task: {name: t}\n", "rung.yaml:1: data: is missing; add it"),
    "no examples": (
        "task: {name: t}\ndata: {}\n",
        "rung.yaml:2: data.examples: is missing; name a JSONL or CSV file of labelled items, or a production log in "
        "data.traces",
    ),
    "current as word": (
        HEAD + "current: lora\n",
        "rung.yaml:3: current: must be none, traces or {strategy: NAME}; to name a strategy write {strategy: lora}",
    ),
    "current from traces": (
        HEAD + "current: traces\n",
        "rung.yaml:3: current: traces needs the production log that shows what runs today; name it in data.traces",
    ),
    "strategies as word": (
        HEAD + "strategies: all\n",
        "rung.yaml:3: strategies: must be auto or a list; to name one strategy write [all]",
    ),
    "no strategy": (
        HEAD + "strategies: []\n",
        "rung.yaml:3: strategies: is an empty list; name at least one strategy, or write auto",
    ),
    "one label": (
        "task: {name: t, labels: [a]}\ndata: {examples: data/e.jsonl}\n",
        "rung.yaml:1: task.labels: needs at least two labels; a single one leaves nothing to decide",
    ),
    "lookalike labels": (
        "task: {name: t, labels: [a b, A  b]}\ndata: {examples: data/e.jsonl}\n",
        "rung.yaml:1: task.labels: 'a b' and 'A  b' differ only by case or spaces; keep one of them",
    ),
    "number as label": (
        "task: {name: t, labels: [a, 3]}\ndata: {examples: data/e.jsonl}\n",
        "rung.yaml:1: task.labels: the label 3 is not text; put it in quotes",
    ),
    "terminal escape in a name": (
        'task: {name: "a\\e[31m"}\ndata: {examples: data/e.jsonl}\n',
        "rung.yaml:1: task.name: must be one line without control characters or spaces around it",
    ),
    "broken pattern": (
        HEAD + "policies: [{name: x, must_match: '('}]\n",
        "rung.yaml:3: policies.1.must_match: is not a regular expression (missing ) at position 1)",
    ),
    "score out of range": (
        HEAD + "scores: {quality_gap: {score: 7, reason: x}}\n",
        "rung.yaml:3: scores.quality_gap.score: must be a number, at most 5, found 7",
    ),
    "path that leaves": (
        "task: {name: t}\ndata: {examples: ../e.jsonl}\n",
        "rung.yaml:2: data.examples: '../e.jsonl' leads outside the project directory; copy the file into it and name "
        "it from there",
    ),
    "absolute path": (
        "task: {name: t}\ndata: {examples: /etc/hostname}\n",
        "rung.yaml:2: data.examples: '/etc/hostname' leads outside the project directory; copy the file into it and "
        "name it from there",
    ),
    "no such file": (
        "task: {name: t}\ndata: {examples: x.jsonl}\n",
        "rung.yaml:2: data.examples: there is no file 'x.jsonl' in the project; create it or correct the path",
    ),
    "directory": (
        "task: {name: t}\ndata: {examples: data}\n",
        "rung.yaml:2: data.examples: 'data' is a directory; name a file in it",
    ),
    "several problems, in the order of the file": (
        HEAD + "team:\n  ml_enginers: 1\nseed: -1\n",
        "rung.yaml:4: unknown key 'ml_enginers' in team; did you mean 'ml_engineers'?\n"
        "rung.yaml:5: seed: must be a number, at least 0, found -1",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_wrong_file_is_refused_with_place_and_remedy(refusal: Callable[[str], str], case: str) -> None:
    text, message = BAD[case]
    assert refusal(text) == message


def test_a_link_that_leaves_the_project_is_refused(project: Path, refusal: Callable[[str], str]) -> None:
    (project / "data" / "link.jsonl").symlink_to("/etc/hostname")
    message = refusal("task: {name: t}\ndata: {examples: data/link.jsonl}\n")
    assert message.startswith("rung.yaml:2: data.examples: 'data/link.jsonl' leads outside the project directory")


def test_more_than_five_problems_are_counted(refusal: Callable[[str], str]) -> None:
    message = refusal(HEAD + "".join(f"bogus{number}: 1\n" for number in range(8)))
    assert message.splitlines()[-1] == "and 3 more problems in rung.yaml"
    assert len(message.splitlines()) == 6


SECRETS = [
    "sk-" + "a1B2" * 8,
    "sk-ant-api03-" + "x" * 30,
    "sk-proj-" + "Zz9" * 9,
    "hf_" + "A" * 34,
    "AKIA" + "ABCDEFGH12345678",
    "ghp_" + "k" * 36,
    "Bearer " + "abcDEF123" * 4,
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("line", ["models: {{encoder: '{}'}}", "# {}", "'{}': 1", "models: [{}"])
def test_a_literal_secret_is_refused_anywhere_and_never_repeated(
    refusal: Callable[[str], str], secret: str, line: str
) -> None:
    message = refusal(HEAD + line.format(secret) + "\n")
    assert message.startswith("rung.yaml:3: this line holds what looks like a literal secret")
    assert "api_key_env" in message
    assert secret not in message


@pytest.mark.parametrize("key", ["api_key", "key", "Token", "password"])
def test_a_key_that_would_hold_a_secret_is_refused_without_its_value(refusal: Callable[[str], str], key: str) -> None:
    message = refusal(HEAD + f"models:\n  generator: {{base_url: 'https://h/v1', model: m, {key}: hunter2}}\n")
    assert message == (
        f"rung.yaml:4: the key {key!r} would hold a secret; name an environment variable in api_key_env instead"
    )


def test_words_that_only_look_like_keys_are_no_secrets(project: Path) -> None:
    path = project / "rung.yaml"
    path.write_text(
        "task: {name: risk-assessment-of-ask-forms, labels: [sk-learn, hf_x]}\ndata: {examples: data/e.jsonl}\n"
    )
    assert read_task(path).name == "risk-assessment-of-ask-forms"


@pytest.mark.parametrize(
    ("generator", "problem"),
    [
        ("{base_url: 'http://example.com/v1', model: m, api_key_env: MY_KEY}",
         "the key in MY_KEY would cross the network to example.com unencrypted; use https or a local address"),
        ("{base_url: 'https://user:hunter2@example.com/v1', model: m}",
         "base_url holds credentials; remove them and name an environment variable in api_key_env"),
        ("{base_url: 'https://example.com/v1?key=hunter2', model: m}",
         "base_url must end before any '?' or '#'; a key in it belongs into the variable named by api_key_env"),
        ("{base_url: 'ftp://example.com', model: m}",
         "base_url must start with http:// or https:// and name a host, such as http://127.0.0.1:8080/v1"),
        ("{base_url: 'https://[::1', model: m}", "base_url is not a URL; write it as https://host/v1"),
    ],
)  # fmt: skip
def test_an_unsafe_server_address_is_refused(refusal: Callable[[str], str], generator: str, problem: str) -> None:
    message = refusal(HEAD + f"models: {{generator: {generator}}}\n")
    assert message == f"rung.yaml:3: models.generator: {problem}"


@pytest.mark.parametrize("name", ["hunter2", "d41d8cd98f00b204e9800998ecf8427e", "MY-KEY"])
def test_api_key_env_must_look_like_a_variable_and_is_never_repeated(refusal: Callable[[str], str], name: str) -> None:
    message = refusal(HEAD + f"models: {{generator: {{base_url: 'https://h/v1', model: m, api_key_env: {name}}}}}\n")
    assert "must be the name of an environment variable in capitals" in message
    assert name not in message


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:80", "127.9.9.9"])
def test_plain_http_with_a_key_is_fine_on_this_machine(project: Path, host: str) -> None:
    path = project / "rung.yaml"
    path.write_text(HEAD + f"models: {{generator: {{base_url: 'http://{host}/v1', model: m, api_key_env: K}}}}\n")
    generator = read_task(path).models.generator
    assert isinstance(generator, EndpointChoice)
    assert generator.base_url == f"http://{host}/v1"


def test_no_message_shows_a_traceback_cause_from_pydantic(project: Path) -> None:
    path = project / "rung.yaml"
    path.write_text(HEAD + "seed: x\n")
    with pytest.raises(InvalidTask) as caught:
        read_task(path)
    assert "pydantic" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_warehouse_takes_the_place_of_data(project: Path) -> None:
    path = project / "rung.yaml"
    path.write_text(
        "task: {name: t, kind: classify}\ndata: {}\nwarehouse: {url_env: TRACES_URL, table: analytics.traces}\n"
    )
    assert read_task(path).warehouse == WarehouseChoice("TRACES_URL", "analytics.traces")


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("{url_env: 'postgresql://u:hunter2@h/d', table: traces}", "name of an environment variable, not its content"),
        ("{url_env: URL, table: 'traces; DROP TABLE x'}", "must be the name of a table"),
        ("{url_env: URL, table: a.b.c.d}", "must be the name of a table"),
        ("{url_env: URL}", "warehouse.table"),
    ],
)
def test_a_warehouse_is_named_by_a_variable_and_a_table(project: Path, section: str, said: str) -> None:
    path = project / "rung.yaml"
    path.write_text(f"{HEAD}warehouse: {section}\n")
    with pytest.raises(InvalidTask, match=said) as raised:
        read_task(path)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("smollm2-135m", "smollm2-135m"),
        ("{base_url: 'http://127.0.0.1:8080/v1', model: big}", EndpointChoice("http://127.0.0.1:8080/v1", "big")),
    ],
)
def test_a_larger_model_is_named_as_the_generator_is(tmp_path: Path, written: str, expected: object) -> None:
    path = tmp_path / "rung.yaml"
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "e.jsonl").write_text("")
    path.write_text(HEAD + f"models: {{larger: {written}}}\n")
    assert read_task(path).models == ModelChoices(larger=expected)  # type: ignore[arg-type]


def test_drivers_are_numbers_or_ranges_with_their_source(project: Path) -> None:
    (project / "rung.yaml").write_text(
        HEAD + "economics: {months: 36}\n"
        "drivers:\n"
        "  volume_factor: 1.5\n"
        "  peak_factor: {low: 2, mode: 3, high: 9, ends: p5_p95, unit: x, source: our log, as_of: '2026-10-01'}\n"
        "correlations: [{drivers: [volume_factor, peak_factor], rank: -0.5}]\n"
        "lifecycle: {model_retires_on: '2027-03-31'}\n"
        "prices: {gpu_usd_per_hour: {H100: 2.9}, source: contract, as_of: '2026-11-01'}\n"
    )
    task = read_task(project / "rung.yaml")
    assert task.months == 36
    assert task.drivers == (
        DriverChoice("volume_factor", 1.5, 1.5, 1.5),
        DriverChoice("peak_factor", 2.0, 3.0, 9.0, "p5_p95", "x", "our log", "2026-10-01"),
    )
    assert task.correlations == (Correlation("volume_factor", "peak_factor", -0.5),)
    assert task.lifecycle.model_retires_on == "2027-03-31"
    assert task.prices == Prices(None, None, {"H100": 2.9}, "contract", "2026-11-01")


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("drivers: {wage: {low: 3, mode: 2, high: 4}}", "write low <= mode <= high"),
        ("drivers: {wage: many}", "must be a number"),
        ("drivers: {wage: .inf}", "give a finite one"),
        ("drivers: {wage: {low: 1, mode: 2, high: 3, as_of: soon}}", "must be a date such as"),
        ("correlations: [{drivers: [a, a], rank: 0.5}]", "names 'a' twice"),
        ("correlations: [{drivers: [a], rank: 0.5}]", "correlations"),
        ("correlations: [{drivers: [a, b], rank: 2}]", "rank"),
        ("economics: {months: 0}", "economics.months"),
        ("lifecycle: {model_retires_on: '2027-02-30'}", "must be a date such as"),
    ],
)
def test_a_driver_that_cannot_be_is_refused(refusal: Callable[[str], str], section: str, said: str) -> None:
    assert said in refusal(HEAD + section + "\n")
