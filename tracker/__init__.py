"""What a review and an action item are, where they are kept, and the command line."""

__version__ = "0.1.0"
