"""The few pages for people: what is here and how to use it, and an issue or pull request to look at. All escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Response

from sync.sandbox.control import VERBS

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

    from sync.sandbox.state import Issue, PullRequest, Repository
    from sync.sandbox.world import World

_FRAME = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{{ title }}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
pre{white-space:pre-wrap;background:#f4f4f4;padding:1rem}td{padding:.1rem 1rem .1rem 0;vertical-align:top}</style>
<h1>{{ title }}</h1>"""

_HOME = """
<p>A small GitHub for rehearsal. Nothing here leaves this computer.</p>
<p>REST: <code>{{ root }}/api/v3</code> · GraphQL: <code>{{ root }}/api/graphql</code> · It is {{ now }} here.</p>
<h2>Repositories</h2>
{% for repository in repositories %}<h3>{{ repository.full_name }}</h3><ul>
{% for issue in repository.issues.values() %}<li><a href="/{{ repository.full_name }}/issues/{{ issue.number }}">
#{{ issue.number }} {{ issue.title }}</a> ({{ "closed" if issue.closed else "open" }})</li>{% endfor %}</ul>
{% else %}<p>None yet: one appears as soon as it is asked for.</p>{% endfor %}
<h2>Make something happen</h2>
<pre>curl {{ root }}/_sandbox/advance -d '{"days": 3}'
curl {{ root }}/_sandbox/merge_pull_request -d '{"repository": "acme/payments", "issue": 1, "author": "sam"}'</pre>
<table>{% for verb in verbs %}<tr><td><code>{{ verb.name }}</code></td><td>{{ verb.does }}<br>
<code>{{ verb.example }}</code></td></tr>{% endfor %}</table>"""

_ISSUE = """
<p>{{ "Closed as " ~ issue.reason if issue.closed else "Open" }} · by {{ issue.author }} · {{ issue.created }} ·
assigned: {{ issue.assignees | join(", ") or "nobody" }} · labels: {{ issue.labels | join(", ") or "none" }}</p>
<pre>{{ issue.body }}</pre>
{% for comment in issue.comments %}<h3>{{ comment.author }}, {{ comment.created }}</h3><pre>{{ comment.body }}</pre>
{% endfor %}<h2>History</h2><ul>{% for event in issue.events %}<li>{{ event.at }} {{ event.kind }} by {{ event.actor }}
{{ event.reason }}</li>{% endfor %}</ul>"""

_PULL = """<p>{{ pull.state | lower }} · by {{ pull.author }} · {{ pull.created }}</p>"""

_TEMPLATES = Environment(autoescape=True)
_SHOWN = {
    kind: _TEMPLATES.from_string(_FRAME + body)
    for kind, body in {"home": _HOME, "issue": _ISSUE, "pull": _PULL}.items()
}
_ROUTES = Map(
    [
        Rule("/", endpoint="home"),
        Rule("/<owner>/<name>/issues/<int:number>", endpoint="issue"),
        Rule("/<owner>/<name>/pull/<int:number>", endpoint="pull"),
    ]
)


class Pages:
    """The room for everything that is not an API. It changes nothing: a look creates no repository."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(self, request: Request) -> Response:
        """One page, or 404."""
        try:
            kind, values = _ROUTES.bind_to_environ(request.environ).match(method="GET")
        except HTTPException:
            return Response("There is no such page here.\n", 404)
        if kind == "home":
            return self._home(request.host_url.rstrip("/"))
        known = self.world.state.names.get(f"{values['owner']}/{values['name']}".lower())
        repository = self.world.state.repositories.get(known or 0)
        item = _item(repository, kind, values["number"])
        if repository is None or item is None:
            return Response("There is no such page here.\n", 404)
        title = f"{repository.full_name}#{item.number}: {item.title}"
        return _html(kind, title=title, **{kind: item})

    def _home(self, root: str) -> Response:
        shown = [each for each in self.world.state.repositories.values() if not each.hidden]
        return _html("home", title="Sandbox", root=root, now=self.world.now(), repositories=shown, verbs=VERBS.values())


def _item(repository: Repository | None, kind: str, number: int) -> Issue | PullRequest | None:
    if repository is None or repository.hidden:
        return None
    return repository.issues.get(number) if kind == "issue" else repository.pulls.get(number)


def _html(kind: str, **values: object) -> Response:
    return Response(_SHOWN[kind].render(values), content_type="text/html; charset=utf-8")
