"""The sheets of the billing workbook, one module for those that belong together."""
