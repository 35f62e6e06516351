"""Incidents from files: CSV and JSON in whatever shape a tool exports them -> incidents, and every row that is not one.

`csv_rows` and `json_rows` know the formats, `columns` what a column is called, `reading` what a row means. Only `files`
reads a file. Everything in one is somebody else's text: bounded, cleaned, never run.
"""
