"""The account of the cost in Markdown: a document of its own, or a section of the decision."""

from __future__ import annotations

from rung.decide.decision import Decision
from rung.report.cost.account import Account, account_of_decision
from rung.report.cost.drivers import HOW_TO_CHANGE, told_drivers, yaml_example
from rung.report.cost.part import Part, Table
from rung.report.cost.parts import parts_of
from rung.report.markdown_text import bullets, escape_markdown, pipe_table
from rung.report.words import PROVENANCES


def render_cost_markdown(account: Account) -> str:
    """The whole account with every driver."""
    months = "month" if account.months == 1 else "months"
    legend = ", ".join(f"{mark.symbol} {mark.word}" for mark in PROVENANCES.values())
    parts = [
        f"# {escape_markdown(account.name)}: {account.months} {months} of cost",
        *(_part(part, "##") for part in parts_of(account)),
        _drivers(account, "##"),
        f"{legend}.",
    ]
    return "\n\n".join(one for one in parts if one) + "\n"


def cost_section(decision: Decision) -> str:
    """The section of the decision's document, with its heading; "" where the record holds no analysis of the cost."""
    account = account_of_decision(decision)
    if account.analysis is None:
        return ""
    months = "month" if account.months == 1 else "months"
    parts = [f"## {account.months} {months} of cost", *(_part(part, "###") for part in parts_of(account))]
    return "\n\n".join([*parts, _drivers(account, "###")])


def _part(part: Part, level: str) -> str:
    told = [f"{level} {escape_markdown(part.title)}"]
    told += [" ".join(map(escape_markdown, part.lead))] if part.lead else []
    for table in part.tables:
        told += [f"{escape_markdown(table.caption)}:"] if len(part.tables) > 1 or table.captioned else []
        told.append(_table(table))
    told += [bullets(part.after)] if part.after else []
    return "\n\n".join(told)


def _table(table: Table) -> str:
    """Sums in bold: a table in Markdown has no rule between its rows."""
    return pipe_table([head.strip() for head in table.head], table.rows)


def _drivers(account: Account, level: str) -> str:
    if not account.drivers:
        return ""
    rows = [
        (
            one.name,
            one.meaning,
            one.value,
            one.range_ or "–",
            one.provenance,
            one.source,
            one.readers,
            one.remedy or "–",
        )
        for one in told_drivers(account)
    ]
    head = ["Driver", "Meaning", "Most likely", "Range", "Provenance", "Source", "Read by", "Better known by"]
    example = yaml_example(account.drivers)
    parts = [f"{level} Drivers", escape_markdown(HOW_TO_CHANGE)]
    parts += [f"```yaml\n{example}\n```"] if example else []
    return "\n\n".join([*parts, pipe_table(head, rows)])
