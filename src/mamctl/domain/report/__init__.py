"""The report: every figure on the page, as `mamctl report --json` has it."""
