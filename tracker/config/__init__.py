"""The config: TOML -> a frozen `Config`, with every problem at once, its line and what to write instead.

`records` and `report` are the definition, `values` and its like convert one value, `reader` walks, `lines` finds
places, `parse` joins them; `files` and `credentials` touch the disk and commands, `starter` is a first config. None of
them reads the clock or the environment by itself.
"""

from tracker.config.credentials import missing_credentials, read_secret, read_token
from tracker.config.deliver import ChatTarget, FolderTarget, IssueTarget, MailSection, MailTarget, Target
from tracker.config.files import NoConfig, find_config, find_reviews, load_config
from tracker.config.parse import parse_config
from tracker.config.records import Config, GitHubApp, GitHubTracker, JiraTracker, TokenSource, Tracker
from tracker.config.report import ClassSection, Feed, Source, TimeSource
from tracker.config.values import pattern_folder

__all__ = [
    "ChatTarget",
    "ClassSection",
    "Config",
    "Feed",
    "FolderTarget",
    "GitHubApp",
    "GitHubTracker",
    "IssueTarget",
    "JiraTracker",
    "MailSection",
    "MailTarget",
    "NoConfig",
    "Source",
    "Target",
    "TimeSource",
    "TokenSource",
    "Tracker",
    "find_config",
    "find_reviews",
    "load_config",
    "missing_credentials",
    "parse_config",
    "pattern_folder",
    "read_secret",
    "read_token",
]
