"""The recipes are true: the page shows the files as they are, and their command lines run as they are written."""

from __future__ import annotations

import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.doc_links import ROOT
from tests.harness import last_good
from tests.once.machines import TOKEN
from tracker.cli.main import COMMANDS

if TYPE_CHECKING:
    from tests.once.machines import Machine

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def loaded(name: str) -> list[Any]:
    return list(yaml.safe_load_all(text(name)))


def setting(name: str, key: str) -> str:
    """The value of a key of a unit that has it once."""
    (value,) = re.findall(rf"^{key}=(.*)$", text(name), re.MULTILINE)
    return str(value)


def cron_lines() -> list[tuple[str, str]]:
    """The times and the command of each line, taken apart as cron does."""
    lines = [line for line in text("crontab").splitlines() if line and not line.startswith(("#", "MAILTO="))]
    return [(" ".join(line.split()[:5]), line.split(None, 5)[5]) for line in lines]


def workflow_runs() -> list[str]:
    (workflow,) = loaded("github-actions.yml")
    return [step["run"] for step in workflow["jobs"]["track"]["steps"] if "run" in step]


def container() -> Any:
    cron_job = next(each for each in loaded("kubernetes.yaml") if each["kind"] == "CronJob")
    return cron_job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_page_shows_each_file_as_it_is(path: Path) -> None:
    page = (ROOT / "docs" / "unattended.md").read_text(encoding="utf-8")
    assert f"\n{path.read_text(encoding='utf-8')}```\n" in page


class Host:
    """A machine with the places of the recipes below a folder: /opt/track, /etc/track, /var/lib/track, /config."""

    def __init__(self, machine: Machine) -> None:
        self.machine, self.root = machine, machine.folder
        program = self.root / "opt" / "track" / "bin" / "track"
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -m tracker "$@"\n')
        program.chmod(0o755)
        etc = self.root / "etc" / "track"
        etc.mkdir(parents=True)
        (self.root / "var" / "lib" / "track").mkdir(parents=True)
        config = (self.root / "config.toml").read_text()
        (etc / "config.toml").write_text(config.replace('"track.db"', f'"{machine.store_path}"'))
        (self.root / "config").symlink_to(etc)
        (etc / "env").write_text(f"GITHUB_TOKEN={TOKEN}\n")

    def here(self, command: str) -> str:
        """The command with its places below the folder."""
        return re.sub(r"(?<![\w.])/(opt/track|etc/track|var/lib/track|config)\b", rf"{self.root}/\1", command)

    def env(self, *, token: bool = True) -> dict[str, str]:
        """As little as cron gives, the package to be tested, and the token where the recipe brings it."""
        env = {"PATH": f"{self.root}/opt/track/bin:/usr/bin:/bin", "HOME": str(self.root), "PYTHONPATH": str(ROOT)}
        return env | ({"GITHUB_TOKEN": TOKEN} if token else {})

    def run(self, command: str | list[str], *, token: bool) -> subprocess.CompletedProcess[str]:
        words = ["/bin/sh", "-c", command] if isinstance(command, str) else command
        return subprocess.run(
            words, env=self.env(token=token), cwd=self.root, capture_output=True, text=True, check=False, timeout=30
        )


@pytest.fixture
def host(machine: Machine) -> Host:
    return Host(machine)


def test_the_crontab_runs_as_it_is_written(host: Host) -> None:
    look, fresh, backup = (host.here(command) for _times, command in cron_lines())
    stale = host.run(fresh, token=False)
    assert (stale.returncode, stale.stdout) == (0, "track: no good sync for an hour\n")
    for command in (look, look, fresh, backup):
        ran = host.run(command, token=False)  # the line brings its own
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", ""), command
    assert last_good(host.machine) is not None
    assert (host.root / "var/lib/track/backup.db").stat().st_mode & 0o777 == 0o600


def test_a_crontab_holds_times_and_no_percent_sign() -> None:
    field = r"(\*(/\d+)?|\d+)"
    for times, command in cron_lines():
        assert re.fullmatch(rf"{field}( {field}){{4}}", times)
        assert "%" not in command


def env_of(unit: str, host: Host) -> dict[str, str]:
    """The environment that the unit's EnvironmentFile gives."""
    lines = Path(host.here(setting(unit, "EnvironmentFile"))).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_the_timers_service_runs_as_it_is_written(host: Host) -> None:
    words = shlex.split(host.here(setting("track-once.service", "ExecStart")))
    env = host.env(token=False) | env_of("track-once.service", host)
    ran = subprocess.run(words, env=env, capture_output=True, text=True, check=False, timeout=30)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert last_good(host.machine) is not None


def test_the_service_runs_as_it_is_written_until_systemd_stops_it(host: Host) -> None:
    words = shlex.split(host.here(setting("track.service", "ExecStart")))
    env = host.env(token=False) | env_of("track.service", host)
    with subprocess.Popen(words, env=env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if '"event":"run.ended"' in line:
                break
        process.send_signal(getattr(signal, setting("track.service", "KillSignal")))
        assert process.wait(10) == 0
    assert last_good(host.machine) is not None


def test_the_container_and_the_cron_job_run_as_they_are_written(host: Host) -> None:
    words = [*_json_form("ENTRYPOINT"), *map(host.here, container()["args"])]
    ran = host.run(words, token=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    health = host.run(["track", "--config", host.here("/config/config.toml"), *_health()[1:]], token=False)
    assert health.returncode == 0


def test_the_workflow_runs_as_it_is_written(host: Host) -> None:
    ran = host.run(workflow_runs()[-1], token=True)
    assert ran.returncode == 0, ran.stderr
    assert "sync done" in ran.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_takes_the_units(host: Host, tmp_path: Path) -> None:
    units = [path for path in FILES if path.suffix in (".service", ".timer")]
    for unit in units:
        (tmp_path / unit.name).write_text(host.here(unit.read_text()))
    names = [str(tmp_path / unit.name) for unit in units]
    ran = subprocess.run(["systemd-analyze", "verify", *names], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_service_is_not_started_again_for_what_a_person_has_to_mend() -> None:
    assert setting("track.service", "RestartPreventExitStatus") == "2 3 6"
    assert setting("track-once.service", "SuccessExitStatus") == "5 6"
    assert setting("track-once.timer", "Persistent") == "true"


def test_the_workflow_has_the_shape_that_github_reads() -> None:
    (workflow,) = loaded("github-actions.yml")
    events = workflow[True]  # YAML 1.1 reads `on` so
    assert set(workflow) == {"name", True, "concurrency", "permissions", "jobs"}
    assert set(events) == {"schedule", "workflow_dispatch"}
    assert [re.fullmatch(r"\S+( \S+){4}", each["cron"]) is not None for each in events["schedule"]] == [True]
    job = workflow["jobs"]["track"]
    assert (job["runs-on"], job["timeout-minutes"]) == ("ubuntu-latest", 15)
    assert workflow["concurrency"]["cancel-in-progress"] is False
    for step in job["steps"]:
        assert ("uses" in step) != ("run" in step)
        assert set(step) <= {"name", "uses", "run", "with", "env", "if"}
        assert re.fullmatch(r"[\w-]+/[\w/-]+@v\d+", step.get("uses", "a/b@v1"))
        assert "secrets." not in step.get("run", "")
    keys = {step["with"]["key"] for step in job["steps"] if "cache" in step.get("uses", "")}
    assert len(keys) == 1
    assert "github.run_id" in keys.pop()  # a cache is written once: each run needs a key of its own


def test_the_cron_job_has_the_shape_that_kubernetes_reads() -> None:
    claim, cron_job = loaded("kubernetes.yaml")
    assert (claim["apiVersion"], claim["kind"]) == ("v1", "PersistentVolumeClaim")
    assert (cron_job["apiVersion"], cron_job["kind"]) == ("batch/v1", "CronJob")
    spec = cron_job["spec"]
    assert spec["concurrencyPolicy"] == "Forbid"
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["restartPolicy"] == "Never"
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert {mount["name"] for mount in container()["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
    volume = next(each for each in pod["volumes"] if each["name"] == "data")
    assert volume["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert container()["securityContext"]["readOnlyRootFilesystem"] is True


def instructions() -> list[tuple[str, str]]:
    joined = re.sub(r"\\\n\s*", " ", text("Containerfile"))
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def _json_form(name: str) -> list[str]:
    (value,) = [rest for instruction, rest in instructions() if instruction == name]
    words: list[str] = yaml.safe_load(value)
    return words


def _health() -> list[str]:
    (value,) = [rest for name, rest in instructions() if name == "HEALTHCHECK"]
    words: list[str] = yaml.safe_load(value.partition("CMD ")[2])
    return words


def test_the_container_file_is_small_pinned_and_without_rights() -> None:
    found = instructions()
    bases = [rest for name, rest in found if name == "FROM"]
    assert len(bases) == 2
    assert all(re.match(r"python:3\.\d+-slim\b", base) for base in bases)
    assert "ADD" not in [name for name, _rest in found]
    last = found[len(found) - found[::-1].index(("FROM", bases[1])) :]
    (user,) = [rest for name, rest in last if name == "USER"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    assert str(container_user()) == user.split(":")[0]
    assert not any("pip install" in rest for _name, rest in last)
    assert all("--no-cache-dir" in rest for _name, rest in found if "pip install" in rest)
    assert (_json_form("ENTRYPOINT"), _json_form("CMD")[0] in COMMANDS) == (["track"], True)
    assert [rest for name, rest in found if name == "STOPSIGNAL"] == ["SIGTERM"]


def container_user() -> int:
    (cron_job,) = [each for each in loaded("kubernetes.yaml") if each["kind"] == "CronJob"]
    user: int = cron_job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["securityContext"]["runAsUser"]
    return user


def test_the_container_file_copies_what_is_there_and_all_that_is_packaged() -> None:
    sources = [
        word for name, rest in instructions() if name == "COPY" and "--from" not in rest for word in rest.split()[:-1]
    ]
    assert [source for source in sources if not (ROOT / source).exists()] == []
    packages = re.search(r"^packages = \[(.*)\]$", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert packages is not None
    assert set(re.findall(r'"(\w+)"', packages[1])) <= set(sources)
    assert {"README.md", "LICENSE", "pyproject.toml", "constraints.txt"} <= set(sources)
