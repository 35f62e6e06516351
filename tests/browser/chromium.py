"""Pages looked at in a real Chromium, driven by its command line alone: sizes, colours, and what axe-core finds.

Each page is shown in a frame of a host page, as wide as asked: Chromium's own window is never narrower than 500 pixels.
The frame is a copy without the page's Content-Security-Policy, with axe-core put in, and reports to the host page.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

ROOT = Path(__file__).parents[2]
AXE = ROOT / ".venv" / "node" / "node_modules" / "axe-core" / "axe.min.js"
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_TIMEOUT = 120

_REPORT = """
addEventListener("load", async () => {
  const root = document.documentElement, seen = {width: innerWidth, closed: root.scrollWidth};
  document.querySelectorAll("details").forEach(one => { one.open = true; });
  seen.open = root.scrollWidth;
  seen.dark = matchMedia("(prefers-color-scheme: dark)").matches;
  seen.shown = [...document.querySelectorAll("svg use")].filter(one => one.getBoundingClientRect().width > 0).length;
  const found = CHECK ? await parent.next(() => axe.run()) : {passes: [], violations: []};
  seen.passed = found.passes.length;
  const where = one => one.nodes.map(node => node.target.join(" ")).join(", ");
  seen.violations = found.violations.map(one => one.id + ": " + where(one));
  parent.tell(NAME, seen);
});
"""

_HOST = """<!doctype html><html lang="en"><meta charset="utf-8"><title>host</title><body>
<pre id="seen"></pre><script>
const all = {}; let last = Promise.resolve();
function next(run) { last = last.then(run); return last; }
function tell(name, seen) { all[name] = seen; document.getElementById("seen").textContent = JSON.stringify(all); }
</script>FRAMES</body></html>"""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A page, how wide it is shown, in which colours, and whether axe-core checks it."""

    name: str
    source: str
    width: int
    dark: bool = False
    check: bool = False


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What a view was like: the width of the frame, and of the content with details closed and open; what axe found.

    `shown` are the marks that were drawn, `passed` the rules of axe-core that found nothing to say.
    """

    width: int
    closed: int
    open: int
    dark: bool
    shown: int
    passed: int
    violations: tuple[str, ...]


def find_chromium() -> str:
    """The program; skips the test where there is none, or no axe-core, but fails in CI."""
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    missing = "no Chromium" if program is None else "" if AXE.exists() else "no axe-core: run `make browser`"
    if program is None or missing:
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return program


def look(program: str, views: list[View], folder: Path) -> dict[str, Seen]:
    """Show all views side by side and read what each told."""
    axe = AXE.read_text(encoding="utf-8")
    host = folder / "host.html"
    host.write_text(_HOST.replace("FRAMES", "".join(_frame(view, axe) for view in views)), encoding="utf-8")
    command = [
        program, "--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-dev-shm-usage",
        f"--user-data-dir={folder / 'profile'}", "--window-size=1400,1000", "--virtual-time-budget=60000", "--dump-dom",
        *(["--no-sandbox"] if os.geteuid() == 0 else []), host.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=True)
    told = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout, re.DOTALL)
    assert told, done.stderr[-2000:]
    return msgspec.convert(json.loads(html.unescape(told[1]) or "{}"), dict[str, Seen])


def _frame(view: View, axe: str) -> str:
    source = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", view.source)
    report = _REPORT.replace("NAME", json.dumps(view.name)).replace("CHECK", json.dumps(view.check))
    scripts = f"<script>{axe if view.check else ''}</script><script>{report}</script>"
    page = html.escape(source.replace("</head>", f"{scripts}</head>", 1))
    scheme = "dark" if view.dark else "light"
    return (
        f'<iframe title="{html.escape(view.name)}" srcdoc="{page}" '
        f'style="border:0;color-scheme:{scheme};width:{view.width}px;height:900px"></iframe>'
    )
