"""A GitHub small enough to run in the process: for the demo, rehearsal, tests and benchmarks.

`world` holds what is there, `people` what people do to it, `github_*` how it is told to a client, `faults` what goes
wrong on the way, `server` puts it on a loopback port. Nothing outside this folder may depend on how it works inside,
and nothing in it may speak to any network but loopback. Another tracker is added as one more room of the server.
"""
