"""Delivers the weekly report. `plan` decides, `brief` words the short form, the others each carry one thing out.

Who calls them keeps the intent before, and what came of it after: `tracker.runs.deliver`.
"""
