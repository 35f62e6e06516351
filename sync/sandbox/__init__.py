"""A GitHub and a Jira small enough to run in the process: for the demo, rehearsal, tests and benchmarks.

`world` and `jira_world` hold what is there, `people` and `jira_people` what people do to it, the other `github_*` and
`jira_*` how it is told to a client, `faults` what goes wrong on the way, `server` puts it on a loopback port. Nothing
outside this folder may depend on how it works inside, and nothing in it may speak to any network but loopback.
"""
