"""Finds dead links in the documentation: files and headings that Markdown pages point at. No network."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/**/*.md")


def find_dead_links(root: Path) -> Iterator[str]:
    """Each dead link, as `page: link`."""
    for pattern in PAGES:
        for page in sorted(root.glob(pattern)):
            for link in _links(page.read_text(encoding="utf-8")):
                path, _, heading = link.partition("#")
                if re.match(r"[a-z]+:", path):
                    continue
                target = (page.parent / path).resolve() if path else page
                if not target.exists() or (heading and heading not in _headings(target)):
                    yield f"{page.relative_to(root)}: {link}"


def _links(text: str) -> Iterator[str]:
    for block in MarkdownIt("commonmark").enable("table").parse(text):
        for token in block.children or ():
            target = token.attrGet("href") or token.attrGet("src")
            if target:
                yield str(target)


def _headings(page: Path) -> set[str]:
    """Anchors as code hosts make them."""
    lines = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).strip().replace(" ", "-") for line in lines}


if __name__ == "__main__":
    dead = list(find_dead_links(ROOT))
    sys.stdout.writelines(f"dead link in {line}\n" for line in dead)
    sys.exit(1 if dead else 0)
