"""The program as its users run it: as a process of its own, on a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

PASSWORD = "correct horse battery staple"


def assay(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {
        **os.environ,
        "ASSAY_HOME": str(home),
        "ASSAY_PASSWORD": PASSWORD,
        "ASSAY_DATABASE": f"sqlite:///{home / 'assay.sqlite3'}",
        **environment,
    }
    settings.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, "-m", "assay.cli", *words], env=settings, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    done = assay(home, "init", "--name", "Our marketplace", "--login", "ana")
    assert done.returncode == 0, done.stderr
    return home


def test_help_names_the_commands():
    done = subprocess.run([sys.executable, "-m", "assay.cli", "--help"], capture_output=True, text=True, check=False)
    listed = {line.split()[0] for line in done.stdout.split("Commands:")[1].splitlines() if line.strip()}
    wanted = {"audit", "backup", "demo", "doctor", "draw", "estimate", "import", "init", "plan", "restore", "serve"}
    assert wanted - listed == set()


def test_version_is_said(installed: Path):
    assert assay(installed, "--version").stdout == "assay 0.1.0\n"


def test_trail_of_a_new_installation_holds(installed: Path):
    found = json.loads(assay(installed, "audit", "verify", "--json").stdout)
    assert found["first_bad"] is None
    assert found["entries"] > 5


def test_second_organisation_is_refused_in_one_sentence(installed: Path):
    done = assay(installed, "init", "--name", "Another")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "There is an organisation already; add people on the page “People and roles”.\n"


def test_uninitialised_home_says_what_to_do(tmp_path: Path):
    done = assay(tmp_path, "audit", "verify")
    assert (done.returncode, done.stderr) == (1, "The database is not set up yet: run `assay init` first.\n")


def test_weak_first_password_leaves_nothing_behind(tmp_path: Path):
    done = assay(tmp_path, "init", "--name", "X", ASSAY_PASSWORD="short")
    assert done.returncode == 1
    assert "12 characters" in done.stderr
    assert json.loads(assay(tmp_path, "audit", "verify", "--json").stdout)["entries"] == 0


def test_backup_restores_elsewhere_with_its_trail(installed: Path, tmp_path: Path):
    archive = tmp_path / "backup.tar.gz"
    assert assay(installed, "backup", str(archive)).returncode == 0
    restored = assay(tmp_path / "other", "restore", str(archive), "--json")
    assert restored.returncode == 0, restored.stderr
    assert json.loads(restored.stdout)["trail"] == "holds"
    heads = [json.loads(assay(h, "audit", "verify", "--json").stdout) for h in (installed, tmp_path / "other")]
    assert heads[0] == heads[1]
    salts = [(h / "secrets" / "sampling-salt").read_text() for h in (installed, tmp_path / "other")]
    assert salts[0] == salts[1]


def test_restore_into_a_used_home_is_refused(installed: Path, tmp_path: Path):
    archive = tmp_path / "backup.tar.gz"
    assay(installed, "backup", str(archive))
    done = assay(installed, "restore", str(archive))
    assert done.returncode == 1
    assert "is not empty" in done.stderr


def test_damaged_archive_is_named(installed: Path, tmp_path: Path):
    archive, damaged = tmp_path / "backup.tar.gz", tmp_path / "damaged.tar.gz"
    assay(installed, "backup", str(archive))
    with tarfile.open(archive) as old, tarfile.open(damaged, "w:gz") as new:
        for member in old:
            content = old.extractfile(member)
            if member.name == "tables/organisation.unit.jsonl":
                altered = content.read().replace(b"Our marketplace", b"Her marketplace")
                assert len(altered) == member.size
                path = tmp_path / "altered"
                path.write_bytes(altered)
                new.add(path, arcname=member.name)
            else:
                new.addfile(member, content)
    done = assay(tmp_path / "other", "restore", str(damaged))
    assert (done.returncode, done.stderr) == (1, "organisation.unit in the archive is damaged.\n")
    assert json.loads(assay(tmp_path / "other", "audit", "verify", "--json").stdout)["entries"] == 0


@pytest.mark.parametrize("words", [["restore", "nowhere.tar.gz"], ["import", "nowhere.csv"], ["nonsense"]])
def test_bad_words_end_with_a_sentence(installed: Path, words: list[str]):
    done = assay(installed, *words)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
