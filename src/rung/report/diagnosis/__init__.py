"""How a failure analysis is told: three sentences first, then the evidence, and every class down to its items."""

from rung.report.diagnosis.document import diagnosis_document
from rung.report.diagnosis.files import write_diagnosis
from rung.report.diagnosis.page import render_diagnosis_html
from rung.report.diagnosis.terminal import render_diagnosis

__all__ = ["diagnosis_document", "render_diagnosis", "render_diagnosis_html", "write_diagnosis"]
