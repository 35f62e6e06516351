"""Thin commands: parse, call, print. One module a command, imported when it is run."""
