"""Speed of `track` beside a floor measured in the same run; `python -m bench`. It reports, it never fails a build."""
