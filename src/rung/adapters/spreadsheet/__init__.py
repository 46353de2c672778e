"""The year as a workbook whose cells work it out again: for those who check a sum in a spreadsheet."""

from rung.adapters.spreadsheet.workbook import WorkbookFacts, workbook_bytes, write_workbook

__all__ = ["WorkbookFacts", "workbook_bytes", "write_workbook"]
