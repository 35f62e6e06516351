"""The words of an action that say nothing anybody could see done. Pure tables.

The test is: actionable, specific, bounded. "Improve monitoring" is none of them; "Improve search latency to under
200 ms" has an end. So there are words that never bind anybody, and words that are fine where an end follows.
"""

from __future__ import annotations

import re

_LONGEST = 500

# What a sentence may begin with before it says anything.
_OPENING = re.compile(
    r"(?:(?:we|(?:the )?team|every(?:one|body)|let's|lets|should|must|needs? to|have to|will|could|might|please|also|to"
    r"|p\d|action|todo)\b[\s:,]*)*"
    r"(?:\[?@?[\w-]{1,30}\]? to (?=(?:improve|enhance|look|consider|investigate|write|review|ensure|communicate|remind"
    r"|educate|follow|be|discuss|explore|update|complete|publish|share|schedule)\b))?"
)
# An end: a number that is neither part of a name nor a date, or the means by which it gets there.
_DATE = re.compile(r"\b(?:(?:by|before|until|in|end of) )?(?:20\d\d(?:-\d\d?){0,2}|q[1-4](?: 20\d\d)?)\b")
_END = re.compile(
    r"(?<![\w#/.-])[<>≤≥~]?\d|\bby (?!the\b)\w+ing\b|: *\w+(?:\W+\w+){3}|\bfrom \w+ to \w+|\band decide\b"
)

_ABSTRACT = (
    r"(?:monitoring|alerting|alerts?|observability|visibility|awareness|communications?|documentation|docs|runbooks?"
    r"|process(?:es)?|procedures?|resilien(?:ce|cy)|robustness|reliability|stability|quality|testing|tests|coverage"
    r"|logging|logs|metrics|dashboards?|validation|safeguards?|guardrails|automation|training|tooling|response|security"
    r"|performance|scalability|collaboration|knowledge(?: sharing)?|error handling)"
)
_VAGUE = (
    r"(?:proper|properly|appropriate|adequate|sufficient|better|improved|enough|stronger|more robust|more reliable)"
)

# Never bind anybody, whatever follows.
_NEVER = re.compile(
    r"^(?P<begin>consider(?:ing)?|try to|look(?:ing)? (?:into|at)"
    r"|be (?:more |extra )?(?:careful|mindful|vigilant|aware)|educate|remind|encourage|raise awareness|think about"
    r"|talk (?:to|with)|discuss|explore|brainstorm|pay (?:more |closer )?attention|double[- ]check|take (?:more )?care"
    r"|keep (?:an eye|monitoring|watching)|continue (?:to|monitoring|watching|working|improving|investigating)"
    r"|(?:do|be|get) better|strive|aim to|emphasi[sz]e|reinforce|learn from|invest in|focus on|spend more time"
    r"|(?:share|spread) (?:the |our |more )*knowledge|promote (?:an? |the )?(?:\w+ )?(?:culture|awareness)"
    r"|prioriti[sz]e (?:reliability|stability|quality|testing|safety|resilience|security)"
    r"|(?:create|build|spread|increase) (?:more |the )?awareness"
    r"|(?:establish|follow|adopt|apply) (?:\w+ )?best practices"
    r"|(?:provide|give|offer) (?:\w+ )?(?:training|guidance|education))\b"
    r"|\b(?P<anywhere>(?:should|could|might|also|please|we|and|or|then) consider|considering whether|look(?:ing)? into"
    r"|think about|(?:should|will|must|and) try to|be more careful|more careful(?:ly)?|pay (?:more|closer) attention"
    r"|communicate(?: \w+){0,3} better|better communication|raise awareness|be mindful|keep an eye on"
    r"|(?:where|when|if|as|wherever|whenever) (?:ever )?(?:possible|appropriate|applicable|necessary|needed|feasible)"
    r"|and so on|and the like|in the future|going forward|as soon as possible)\b"
    r"|(?P<rest>(?<![\w/])etc\b(?![/\w]))"
)
# Fine where an end follows.
_WITHOUT_END = re.compile(
    r"^(?P<verb>improve|enhance|optimi[sz]e|strengthen|streamline|refine|better|reduce|minimi[sz]e|ensure|make sure"
    r"|investigate|evaluate|assess|examine|revisit|review|analy[sz]e|study|research|understand|work (?:on|with)|explore"
    r"|follow up|address|audit|communicate|monitor (?:the )?(?:situation|systems?|closely))\b"
    r"|^(?P<avoid>avoid)\b(?!.* (?:with|by|through|using|via) )"
    rf"|^(?:increase|expand|extend|boost|raise|tune|tighten|harden|rethink|rework) (?:\w+ ){{0,2}}"
    rf"(?P<object>{_ABSTRACT}|services?|systems?|platform|infrastructure|application)$"
    rf"|^(?:increase|expand|extend|boost|(?:add|create) (?:additional|extra|further)) (?:(?:the|our|overall) )?"
    rf"(?P<around>{_ABSTRACT})(?:$| (?:of|for|on|in|around|among|across|over) )"
    r"|\b(?P<how>(?:more|less|better) (?:closely|thorough(?:ly)?|graceful(?:ly)?|robust(?:ly)?|resilient|reliabl[ey]"
    r"|often|frequent(?:ly)?|consistent(?:ly)?|proactive(?:ly)?|stable|efficient(?:ly)?|quickly|clearly|secure(?:ly)?"
    r"|visible|transparent)|(?:for|have|with|through|need) better)\b"
    r"|\b(?P<end>better|more|properly|appropriately|adequately|sufficiently)$"
    rf"|^(?:(?:add|have|create|implement|introduce|provide|write|do|get|put|set up) )?(?:in place )?"
    rf"(?P<more>more(?! than)|{_VAGUE}) \w+"
    rf"|^(?:add|implement|create|introduce|set up|setup|write|update|fix|do|have|automate|document)"
    rf" (?:some |the |new |our )?(?P<alone>{_ABSTRACT}|everything|things|it)$"
    rf"|^(?P<noun>{_ABSTRACT}|(?:more|better) \w+)$"
)
_META = re.compile(
    r"^(?:write|finish|complete|publish|share|schedule|hold|conduct|run|fill (?:in|out)|update|review|send|prepare"
    r"|draft|circulate|organi[sz]e|do|file) (?:up |out )?(?:(?:the|a|an|this|our|follow[- ]up) )*"
    r"(?:(?:incident |post-?incident |blameless |internal |outage )*"
    r"(?:reports?(?! of (?!the incident|this incident))|post-?mortems?|retro(?:spective)?s?|rca|root cause analysis"
    r"|incident review|review (?:meeting|document)|incident timeline)"
    r"|post-?incident review|pir|review(?: (?:to|with|for) .*)?$|timeline of (?:the |this )?incident)"
    r"(?! (?:template|bot|page|generator|tool|process)\b)(?=$|[\s.,;:(])"
    r"|^(?:create|open|file|track|follow up on|close|review|assign)"
    r" (?:(?:the|all|these|jira|github|open|follow[- ]up) )*(?:tickets?|issues?|action items?) (?:for|from|of)"
    r" (?:all |the |these |this |each )*(?:action items?|actions?|follow[- ]ups?|post-?mortem|review|incident)\b"
    r"|^(?:track|follow up on|complete|review) (?:(?:the|all|these|open) )*action items?$"
    r"|^write up (?:the |this )*(?:incident|outage)$"
)
_PROCESS = re.compile(
    r"^(?:train|educate|remind|document|communicate|announce|hold|schedule"
    r"|write (?:a |the |up )*(?:runbook|guide|policy|playbook|checklist|document)"
    r"|update (?:the )?(?:runbook|docs|documentation|wiki|policy|playbook|checklist)"
    r"|(?:create|add) (?:a |the )*(?:runbook|policy|playbook|checklist|document))\b"
)


def find_soft(title: str) -> str:
    """The words of an action that name no change, or one without an end; empty where there are none."""
    text = _sentence(title)
    if match := _NEVER.search(text):
        return _matched(match)
    if _END.search(_DATE.sub(" ", text)):
        return ""
    match = _WITHOUT_END.search(text)
    return _matched(match) if match else ""


def _matched(match: re.Match[str]) -> str:
    return next((words for words in match.groups() if words), "")


def is_about_the_review(title: str) -> bool:
    """Whether an action is about the review and its papers, and changes nothing in the system."""
    return _META.search(_sentence(title)) is not None


def is_process(title: str) -> bool:
    """Whether an action, by its first words, changes only what people read, hear or are told."""
    return _PROCESS.search(_sentence(title)) is not None


def _sentence(title: str) -> str:
    text = " ".join(title[:_LONGEST].lower().replace("\u2019", "'").split()).rstrip(" .!")
    opening = _OPENING.match(text)
    return text[opening.end() :] if opening else text
