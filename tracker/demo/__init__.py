"""The demo: twelve weeks of two teams on the embedded sandbox, from the first push to the weekly report.

One team works on GitHub, the other on Jira. `setting` is what is there, `story` what happens, `stage` where. Everything
`track` does in it is what it does for real.
"""
