"""The store against the trackers: what to push, what to pull, and how."""
