"""The few pages for people: what is here and how to use it, and an issue or pull request to look at. All escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Response

from sync.sandbox.control import JIRA_VERBS, VERBS
from sync.sandbox.jira_rest import PLACES
from sync.sandbox.jira_text import as_wiki

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

    from sync.sandbox.jira_world import JiraWorld
    from sync.sandbox.state import Issue, PullRequest, Repository
    from sync.sandbox.world import World

_FRAME = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{{ title }}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
pre{white-space:pre-wrap;background:#f4f4f4;padding:1rem}td{padding:.1rem 1rem .1rem 0;vertical-align:top}</style>
<h1>{{ title }}</h1>"""

_HOME = """
<p>A small GitHub and a small Jira for rehearsal. Nothing here leaves this computer. It is {{ now }} here.</p>
<p>GitHub: <code>{{ root }}/api/v3</code> and <code>{{ root }}/api/graphql</code> · Jira Cloud:
<code>{{ root }}/jira</code> · Jira Data Center: <code>{{ root }}/jira-dc</code></p>
<h2>Repositories</h2>
{% for repository in repositories %}<h3>{{ repository.full_name }}</h3><ul>
{% for issue in repository.issues.values() %}<li><a href="/{{ repository.full_name }}/issues/{{ issue.number }}">
#{{ issue.number }} {{ issue.title }}</a> ({{ "closed" if issue.closed else "open" }})</li>{% endfor %}</ul>
{% else %}<p>None yet: one appears as soon as it is asked for.</p>{% endfor %}
{% for place, jira in jiras.items() %}<h2>{{ place }}</h2><ul>{% for issue in jira.site.issues.values() %}
<li><a href="{{ place }}/browse/{{ jira.key(issue) }}">{{ jira.key(issue) }} {{ issue.summary }}</a>
({{ jira.status(issue.status).name }})</li>{% else %}<li>No issue yet.</li>{% endfor %}</ul>{% endfor %}
<h2>Make something happen</h2>
<pre>curl {{ root }}/_sandbox/advance -d '{"days": 3}'
curl {{ root }}/_sandbox/merge_pull_request -d '{"repository": "acme/payments", "issue": 1, "author": "sam"}'
curl {{ root }}/_sandbox/jira/merge_pull_request -d '{"issue": "PLAT-1", "author": "sam"}'
curl {{ root }}/_sandbox/jira/transition -d '{"issue": "PLAT-1", "to": "Done", "resolution": "Done"}'</pre>
<table>{% for place, group in verbs.items() %}{% for verb in group.values() %}<tr>
<td><code>{{ place }}/{{ verb.name }}</code></td><td>{{ verb.does }}<br><code>{{ verb.example }}</code></td></tr>
{% endfor %}{% endfor %}</table>"""

_ISSUE = """
<p>{{ "Closed as " ~ issue.reason if issue.closed else "Open" }} · by {{ issue.author }} · {{ issue.created }} ·
assigned: {{ issue.assignees | join(", ") or "nobody" }} · labels: {{ issue.labels | join(", ") or "none" }}</p>
<pre>{{ issue.body }}</pre>
{% for comment in issue.comments %}<h3>{{ comment.author }}, {{ comment.created }}</h3><pre>{{ comment.body }}</pre>
{% endfor %}<h2>History</h2><ul>{% for event in issue.events %}<li>{{ event.at }} {{ event.kind }} by {{ event.actor }}
{{ event.reason }}</li>{% endfor %}</ul>"""

_PULL = """<p>{{ pull.state | lower }} · by {{ pull.author }} · {{ pull.created }}</p>"""

_TICKET = """
<p>{{ jira.status(issue.status).name }}{{ " · " ~ resolution if resolution }} · by {{ issue.reporter }} ·
{{ issue.created }} · assigned: {{ issue.assignee or "nobody" }} · due: {{ issue.due or "never" }} ·
labels: {{ issue.labels | join(", ") or "none" }}</p>
<pre>{{ wiki(issue.description or "") }}</pre>
{% for comment in issue.comments %}<h3>{{ comment.author }}, {{ comment.created }}</h3>
<pre>{{ wiki(comment.text) }}</pre>{% endfor %}
<h2>Links</h2><ul>{% for link in issue.links %}<li>{{ link.target.title }}: {{ link.target.url }}</li>{% endfor %}</ul>
<h2>Pull requests</h2><ul>{% for pull in issue.pulls %}<li>{{ pull.title }}: {{ pull.url }}, {{ pull.status | lower }},
by {{ pull.author }}</li>{% endfor %}</ul>
<h2>History</h2><ul>{% for change in issue.changes %}{% for item in change.items %}<li>{{ change.at }} {{ item.field }}:
{{ item.old_text or "nothing" }} → {{ item.new_text or "nothing" }}, by {{ change.author }}</li>
{% endfor %}{% endfor %}</ul>"""

_TEMPLATES = Environment(autoescape=True)
_SHOWN = {
    kind: _TEMPLATES.from_string(_FRAME + body)
    for kind, body in {"home": _HOME, "issue": _ISSUE, "pull": _PULL, "ticket": _TICKET}.items()
}
_ROUTES = Map(
    [
        Rule("/", endpoint="home"),
        Rule("/<owner>/<name>/issues/<int:number>", endpoint="issue"),
        Rule("/<owner>/<name>/pull/<int:number>", endpoint="pull"),
        *(Rule(f"{place}/browse/<key>", endpoint=place) for place in PLACES.values()),
    ]
)


class Pages:
    """The room for everything that is not an API. It changes nothing: a look creates no repository."""

    def __init__(self, world: World, cloud: JiraWorld, data_center: JiraWorld) -> None:
        self.world = world
        self.jiras = {PLACES["cloud"]: cloud, PLACES["data-center"]: data_center}

    def __call__(self, request: Request) -> Response:
        """One page, or 404."""
        try:
            kind, values = _ROUTES.bind_to_environ(request.environ).match(method="GET")
        except HTTPException:
            return Response("There is no such page here.\n", 404)
        if kind == "home":
            return self._home(request.host_url.rstrip("/"))
        if kind in self.jiras:
            return _ticket(self.jiras[kind], values["key"])
        known = self.world.state.names.get(f"{values['owner']}/{values['name']}".lower())
        repository = self.world.state.repositories.get(known or 0)
        item = _item(repository, kind, values["number"])
        if repository is None or item is None:
            return Response("There is no such page here.\n", 404)
        title = f"{repository.full_name}#{item.number}: {item.title}"
        return _html(kind, title=title, **{kind: item})

    def _home(self, root: str) -> Response:
        shown = [each for each in self.world.state.repositories.values() if not each.hidden]
        verbs = {"/_sandbox": VERBS, "/_sandbox/jira": JIRA_VERBS}
        facts = {"root": root, "now": self.world.now(), "repositories": shown, "jiras": self.jiras, "verbs": verbs}
        return _html("home", title="Sandbox", **facts)


def _ticket(jira: JiraWorld, key: str) -> Response:
    issue = jira.find_issue(key)
    if issue is None:
        return Response("There is no such page here.\n", 404)
    resolution = next((each.name for each in jira.site.resolutions if each.id == issue.resolution), "")
    title = f"{jira.key(issue)}: {issue.summary}"
    return _html("ticket", title=title, jira=jira, issue=issue, resolution=resolution, wiki=as_wiki)


def _item(repository: Repository | None, kind: str, number: int) -> Issue | PullRequest | None:
    if repository is None or repository.hidden:
        return None
    return repository.issues.get(number) if kind == "issue" else repository.pulls.get(number)


def _html(kind: str, **values: object) -> Response:
    return Response(_SHOWN[kind].render(values), content_type="text/html; charset=utf-8")
