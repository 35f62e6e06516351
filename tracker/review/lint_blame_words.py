"""The words of hindsight, and those that name one person or one deploy as the cause. Pure tables.

Prose is never searched for blame beyond these words: whoever wrote them is helped to others.
"""

from __future__ import annotations

import re

_LONGEST = 500

# A machine can fail to start, and a log says so; only of people is it a judgement.
_OF_MACHINES = (
    r"(?:start|restart|connect|reconnect|load|parse|resolve|deploy|boot|respond|authenticate|fetch|write|read|replicate|sync"
    r"|schedule|mount|bind|allocate|acquire|open|complete|render|build|launch|roll|reach|renew|provision|elect|fail|drain"
    r"|scale|compile|converge|initiali[sz]e|get|create|delete|update|return|process|send|receive|push|pull|apply|commit|run"
    r"|execute|join|match|validate|decode|encode|serve|route|bring|spin|come|terminate|shut|stop|flush|recover|evict|work)\b"
)
_PEOPLE = (
    r"\b(?:we|he|she|they|i|you|who|nobody|engineers?|operators?|developers?|on-?call|teams?|staff|responders?|humans?"
    r"|people|person|somebody|someone|admins?|managers?|commander|author|reviewers?|support)"
)
_HINDSIGHT = re.compile(
    r"\b(?:should(?: not|n't)? have\b|should've\b|ought to have\b|could(?: not|n't)? (?:have easily|easily have)\b"
    rf"|obvious(?:ly)?\b|careless(?:ly|ness)?\b|negligen(?:t|tly|ce)\b|failed to\b(?! {_OF_MACHINES})"
    rf"|{_PEOPLE} (?:\w+ ){{0,2}}failed to\b)"
)
_HINDSIGHT_WORD = re.compile(
    r"should(?: not|n't)? have|should've|ought to have|could.*|obvious\w*|careless\w*|negligen\w*|failed to"
)


def find_hindsight(text: str) -> str:
    """The words that judge by what became known only later; empty where there are none."""
    match = _HINDSIGHT.search(text.lower().replace("\u2019", "'"))
    word = _HINDSIGHT_WORD.search(match[0]) if match else None
    return word[0] if word else ""


_MISTAKE = r"(?:errors?|mistakes?|oversight|slip|negligence|carelessness|typo|misconfiguration)"
_SOMEBODY = (
    r"(?:(?:an?|the|one|our|some) )?(?:new |junior |senior |single |on-?call )?(?:engineer|developer|operator|admin"
    r"|administrator|sre|on-?call|employee|contractor|intern|someone|somebody|person|colleague|team member|dba|@[\w-]+)"
)
_PERSON = re.compile(
    r"(?:an? |the |simple |plain |pure )*(?:human|operators?|operational|users?|manual|people|personal|engineers?"
    rf"|developers?|administrators?|admin|pilot)(?:'s)?[ -](?:{_MISTAKE}|factors?|failure)"
    rf"|(?:an? |the |simple )*{_MISTAKE} (?:made )?(?:by|of) .{{1,60}}"
    rf"|{_SOMEBODY}(?:'s)? (?:{_MISTAKE}\b.{{0,60}}"
    r"|(?:\w+ly )?(?:forgot|mistyped|misconfigured|deleted|ran|pushed|deployed|merged"
    r"|made|entered|applied|executed|typed|missed|dropped|broke|changed|did)\b[^.;]{0,120})"
    r"|@?[\w.-]{2,30} (?:forgot|mistyped|made a mistake|accidentally \w+)\b[^.;]{0,120}"
)
_DEPLOY = re.compile(
    r"(?:an? |the |one |our )*(?:bad|faulty|broken|failed|buggy|new|latest|recent|wrong|routine)?[ -]?"
    r"(?:code |config |software )?"
    r"(?:deploy(?:ment)?|roll-?out|release|push|commit|merge|pull request|pr|(?:code|config) change|upgrade)"
    r"(?: (?:of|to|in|for|from|on|at|by|v?\d|#)[^,;.]{0,40}(?:\.\d[^,;.\s]*)*)?"
)


def is_one_cause(text: str) -> bool:
    """Whether the text is nothing but one person's mistake, or one deploy."""
    return names_person(text) or _DEPLOY.fullmatch(_plain(text)) is not None


def names_person(text: str) -> bool:
    """Whether the text is nothing but one person's mistake."""
    return _PERSON.fullmatch(_plain(text)) is not None


def _plain(text: str) -> str:
    return " ".join(text[:_LONGEST].lower().replace("\u2019", "'").split()).strip(" .!*_")
