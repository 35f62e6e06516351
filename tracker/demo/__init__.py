"""The demo: twelve weeks of two teams on the embedded sandbox, from the first push to the weekly report.

`story` is what happens, `stage` is where. Everything `track` does in it is what it does for real.
"""
