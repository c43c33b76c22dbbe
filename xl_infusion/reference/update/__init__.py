"""Bringing the reference up to date with CMS's files: what changes, and the tables of the edition after it."""
