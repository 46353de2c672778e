"""Whether a text holds a literal secret. What is found is never repeated in a message."""

from __future__ import annotations

import re

_LITERAL_SECRET = re.compile(
    r"""(?<![A-Za-z0-9])(?:
        sk-(?:ant|proj|or|svcacct)-[\w-]{8,}          # Anthropic, OpenAI, OpenRouter
      | sk-[A-Za-z0-9]{16,}                           # OpenAI and lookalikes
      | hf_[A-Za-z0-9]{16,}                           # Hugging Face
      | (?:AKIA|ASIA)[0-9A-Z]{16}                     # AWS access key id
      | gh[pousr]_[A-Za-z0-9]{20,} | github_pat_\w{20,}
      | glpat-[\w-]{16,}
      | AIza[\w-]{30,}                                # Google
      | xox[abprs]-[A-Za-z0-9-]{10,}                  # Slack
      | gsk_[A-Za-z0-9]{20,}                          # Groq
      | [Bb]earer\s+[\w.~+/-]{16,}
      | eyJ[\w-]{10,}\.eyJ[\w-]{10,}                  # JSON Web Token
      | -----BEGIN\ [A-Z\ ]*PRIVATE\ KEY-----
    )""",
    re.VERBOSE,
)

SECRET_KEYS = frozenset(
    {
        "api_key",
        "apikey",
        "api-key",
        "key",
        "token",
        "access_token",
        "auth_token",
        "secret",
        "password",
        "authorization",
    }
)
"""Keys whose only use would be to hold a secret; none of them is a key of rung.yaml."""


def line_of_literal_secret(text: str) -> int | None:
    """The 1-based line of the first thing that looks like a secret, comments included; None if there is none."""
    found = _LITERAL_SECRET.search(text)
    return None if found is None else text.count("\n", 0, found.start()) + 1
