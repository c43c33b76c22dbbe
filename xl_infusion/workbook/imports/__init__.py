"""Rows of a CSV export brought into the tables of a workbook: orders, visits, remittances."""
