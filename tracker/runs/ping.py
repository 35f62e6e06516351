"""The address of a monitor, from the config or from where the config says it is, and asking for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.app import App


def ping(app: App) -> str:
    """Ask for the monitor's address, where the config has one; gives what there is to warn of, or nothing."""
    from sync.ping import send_ping
    from tracker.config.records import PingSource
    from tracker.config.schedule_values import ping_problem

    source = app.config.schedule.ping_url
    if source is None:
        return ""
    url = app.env.get(source.env, "").strip() if isinstance(source, PingSource) else source
    if not url:
        return "schedule.ping_url: the variable it names is not set, so no monitor was told"
    app.secrets.add(url)
    problem = ping_problem(url) or send_ping(url)
    return f"schedule.ping_url: the monitor was not told: {problem}" if problem else ""
